// The page of a channel for those who watch: the video once it is asked for, the channel's state every few seconds.
// Small changes (stock, price) are put in place; when somebody else is on, the living part is asked anew (`changed`).
import { poll } from './live.js';

const root = document.querySelector('#watch');
const play = document.querySelector('[data-embed]');
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayOf = (instant, timeZone) => new Intl.DateTimeFormat(language, { weekday: 'short', day: 'numeric', month: 'short', timeZone }).format(instant);
const plain = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

play?.addEventListener('click', (event) => {
  event.preventDefault();
  const frame = document.createElement('iframe');
  Object.assign(frame, { src: play.dataset.embed, title: play.dataset.title, allow: 'autoplay; encrypted-media; fullscreen; picture-in-picture', referrerPolicy: 'strict-origin-when-cross-origin' });
  play.replaceWith(frame);
  frame.focus();
});

// Times where the reader is, when that is another zone than the bazaar's; with the day where that is another one.
function ownTimes() {
  for (const time of root.querySelectorAll('time[data-own]')) {
    const instant = new Date(time.dateTime);
    if (time.nextElementSibling?.classList.contains('own-time') || Number.isNaN(instant.getTime())) continue;
    if (time.textContent.replace('.', ':').includes(plain.format(instant))) continue;
    const own = document.createElement('span');
    own.className = 'own-time';
    const day = dayOf(instant);
    const words = [day === dayOf(instant, root.dataset.zone) ? '' : day, clock.format(instant)].join(' ').trim();
    own.textContent = ` (${root.dataset.own.replace('{time}', words)})`;
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

// With many channels the row of chips is wider than a phone: the one that is shown stands in sight.
const chip = document.querySelector('.day-chip[aria-current]');
if (chip) chip.closest('ul').scrollLeft = chip.offsetLeft - chip.closest('ul').offsetLeft - 16;
if (root) {
  ownTimes();
  document.addEventListener('swapped', ownTimes);
  poll({ state: root.dataset.state, every: 5, heard });
}
