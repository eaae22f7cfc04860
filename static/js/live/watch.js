// The page of a channel for those who watch: the video once it is asked for, the channel's state every few seconds.
// Small changes (stock, price) are put in place; when somebody else is on, the living part is asked anew (`changed`).
import { poll } from './live.js';

const root = document.querySelector('#watch');
const play = document.querySelector('[data-embed]');
const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
const plain = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

play?.addEventListener('click', (event) => {
  event.preventDefault();
  const frame = document.createElement('iframe');
  Object.assign(frame, { src: play.dataset.embed, title: play.dataset.title, allow: 'autoplay; encrypted-media; fullscreen; picture-in-picture', allowFullscreen: true, referrerPolicy: 'strict-origin-when-cross-origin' });
  play.replaceWith(frame);
  frame.focus();
});

// Times where the reader is, when that is another zone than the bazaar's.
function ownTimes() {
  for (const time of root.querySelectorAll('time[data-own]')) {
    const instant = new Date(time.dateTime);
    if (time.nextElementSibling?.classList.contains('own-time') || Number.isNaN(instant.getTime())) continue;
    if (time.textContent.replace('.', ':').includes(plain.format(instant))) continue;
    const own = document.createElement('span');
    own.className = 'own-time';
    own.textContent = ` (${root.dataset.own.replace('{time}', clock.format(instant))})`;
    time.after(own);
  }
}

function putStock(row, stock) {
  row.dataset.stock = stock;
  const word = stock === 0 ? root.dataset.out : stock <= 5 ? root.dataset.left.replace('{n}', stock) : '';
  row.querySelector('[data-stock-word]').textContent = word;
  row.querySelector('button').hidden = stock === 0;
  row.querySelector('[data-wait]').hidden = stock !== 0;
}

// What must be the same for a change to be small: who is on and next, the times, which goods in which order.
const shape = (state) => JSON.stringify([state.scene, state.held, state.on_air, state.next,
  state.products.map((each) => [each.code, each.price_idr, each.pinned]).sort()]);
let known = null;
let mark = root?.querySelector('[data-mark]')?.dataset.mark;

function heard(state) {
  const now = shape(state);
  if (known === null ? state.mark !== mark : now !== known) {
    // Not all at once.
    setTimeout(() => document.dispatchEvent(new Event('changed')), Math.random() * 1500);
  }
  known = now;
  mark = state.mark;
  for (const each of state.products) {
    const row = root.querySelector(`[data-product="${CSS.escape(each.code)}"]`);
    if (row && Number(row.dataset.stock) !== each.stock) putStock(row, each.stock);
  }
}

if (root) {
  ownTimes();
  document.addEventListener('swapped', ownTimes);
  poll({ state: root.dataset.state, every: 5, heard });
}
