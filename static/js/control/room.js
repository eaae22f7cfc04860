// The control room: timers by the server's clock, keys that press buttons, forms that are sent without leaving the page.
// What is shown is the server's: after each act the living part asks anew (the event `changed`).
import { now } from '../countdown.js';

const room = document.getElementById('room');
const place = document.getElementById('said');
const two = (n) => String(n).padStart(2, '0');
const byClass = (element, prefix, value) => {
  const names = [...element.classList].filter((name) => !name.startsWith(prefix));
  const wanted = [...names, prefix + value].join(' ');
  if (element.className !== wanted) element.className = wanted;
};
const write = (element, text) => { if (element && element.textContent !== text) element.textContent = text; };

function written(seconds) {
  const hours = Math.floor(seconds / 3600);
  return `${hours ? `${hours}:` : ''}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

// Time

function phaseOf(left, timer) {
  if (timer.dataset.held) return 'held';
  if (left < 0) return 'overtime';
  if (left <= Number(timer.dataset.danger)) return 'danger';
  return left <= Number(timer.dataset.warn) ? 'warning' : 'running';
}

function show(timer) {
  const { end, start, held, begins } = timer.dataset;
  const shown = timer.querySelector('[data-left]');
  if (!end) {
    if (!begins) return;
    const wait = Math.ceil((Date.parse(begins) - now()) / 1000);
    write(shown, `${wait < 0 ? '+' : ''}${written(Math.abs(wait))}`);
    return;
  }
  const at = held ? Date.parse(held) : now();
  const exact = (Date.parse(end) - at) / 1000;
  const left = exact >= 0 ? Math.ceil(exact) : Math.floor(exact);
  write(shown, `${left < 0 ? '+' : ''}${written(Math.abs(left))}`);
  const phase = phaseOf(exact, timer);
  byClass(timer, 'phase-', phase);
  const word = timer.querySelector('[data-phase][data-words]');
  if (word && phase !== 'held') write(word, JSON.parse(word.dataset.words)[phase]);
  const gone = timer.querySelector('[data-gone]');
  if (gone && start) gone.value = Math.min(1000, (1000 * (at - Date.parse(start))) / (Date.parse(end) - Date.parse(start)));
}

function tick() {
  document.querySelectorAll('[data-timer]').forEach(show);
  document.querySelectorAll('[data-clock]').forEach((clock) => {
    const form = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: clock.dataset.zone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
    write(clock, form.format(now()));
  });
  document.querySelectorAll('[data-beat]').forEach((beat) => {
    const age = Math.max(0, Math.round((now() - Date.parse(beat.dataset.beat)) / 1000));
    write(beat.querySelector('[data-age]'), age < 60 ? `${age} ${beat.dataset.unit}` : written(age));
    beat.classList.toggle('beat-dead', age > 10);
  });
  document.querySelectorAll('[data-undo]').forEach((button) => {
    const left = Math.ceil((Date.parse(button.dataset.undo) - now()) / 1000);
    write(button.querySelector('[data-undo-left]'), left > 0 ? String(left) : '');
    button.disabled = left <= 0;
  });
}

// The host's steps in Zoom: ticks of this screen only

const done = new Set(JSON.parse(sessionStorage.getItem('zoom-steps') ?? '[]'));

function ticked() {
  document.querySelectorAll('[data-tick]').forEach((box) => box.setAttribute('aria-checked', String(done.has(box.dataset.tick))));
}

// Sending

let quiet = 0;

function say(nodes) {
  clearTimeout(quiet);
  place.replaceChildren(...nodes);
  place.querySelector('[data-focus]')?.focus();
  if (place.querySelector('[data-brief]')) quiet = setTimeout(() => place.replaceChildren(), 4000);
}

// A note is for who was on air when its first letter was typed, whoever is on when it is sent.
let meant = null;
const onAir = () => document.getElementById('now')?.dataset.turn ?? '';

document.addEventListener('input', (event) => {
  if (event.target.id !== 'note') return;
  if (!event.target.value) meant = null;
  else meant ??= onAir();
});

// What is on air changes under the finger, by the clock or by somebody else: whoever presses "next" just then meant the
// one before.
const HASTY = 1500; // ms
let seen = onAir();
let moved = -Infinity;
const hasty = (form) => performance.now() - moved < HASTY && form.querySelector('#act-next, #act-end, [data-key="S"]');

document.addEventListener('swapped', () => {
  if (onAir() !== seen) moved = performance.now();
  seen = onAir();
});

const parsed = (html) => new DOMParser().parseFromString(html, 'text/html').body.childNodes;

function lost(why = room.dataset.lost) {
  const text = Object.assign(document.createElement('p'), { textContent: why });
  const box = Object.assign(document.createElement('div'), { className: 'said said-error' });
  box.setAttribute('role', 'alert');
  box.append(text);
  say([box]);
}

async function send(form) {
  const body = new FormData(form);
  const why = document.getElementById('why');
  const revision = document.getElementById('now')?.dataset.revision;
  // Fields that stand still have the revision of the page; what is on the screen is newer. A question keeps its own.
  if (body.has('revisi') && !place.contains(form) && revision) body.set('revisi', revision);
  if (body.has('aksi') && !body.has('alasan') && !form.closest('.goods') && why?.value) body.set('alasan', why.value);
  if (form.contains(document.getElementById('note'))) body.set('giliran', meant ?? onAir());
  if (body.get('aksi') === 'hold' && !body.get('alasan') && why) body.set('alasan', why.placeholder);
  try {
    const answer = await fetch(form.action, { method: 'POST', body, headers: { 'X-Fragment': '1' }, cache: 'no-store' });
    if (answer.redirected || !(answer.headers.get('Content-Type') ?? '').startsWith('text/html')) location.reload();
    else {
      const nodes = parsed(await answer.text());
      const page = [...nodes].find((node) => node.id === 'main' || node.querySelector?.('.refused'));
      // A whole page: refused before anybody looked at the act. Its reason is told, not its frame.
      if (page) lost((page.querySelector('.refused .lead') ?? page.querySelector('h1'))?.textContent);
      else say(nodes);
      if (answer.ok && why && body.get('alasan') === why.value) why.value = '';
      if (answer.ok && 'clears' in form.dataset) {
        form.reset();
        meant = null;
      }
    }
  } catch {
    lost();
  }
  if (body.has('revisi')) document.getElementById('absent')?.removeAttribute('open');
  document.dispatchEvent(new Event('changed'));
}

document.addEventListener('submit', async (event) => {
  const form = event.target;
  if (!room || form.method !== 'post' || event.defaultPrevented || form.dataset.sending) return;
  event.preventDefault();
  form.dataset.sending = '';
  form.setAttribute('aria-busy', 'true');
  form.closest('details.confirm')?.removeAttribute('open');
  if (hasty(form)) lost(room.dataset.moved);
  else await send(form);
  delete form.dataset.sending;
  // Sent in place, so it may be sent again at once: forms.js would hold it back for some seconds.
  delete form.dataset.sent;
  for (const busy of [form, ...form.querySelectorAll('[aria-busy]')]) busy.removeAttribute('aria-busy');
});

document.addEventListener('click', (event) => {
  const dismiss = event.target.closest('[data-dismiss]');
  if (dismiss && place) {
    event.preventDefault();
    place.replaceChildren();
  }
  const box = event.target.closest('[data-tick]');
  if (box) {
    if (!done.delete(box.dataset.tick)) done.add(box.dataset.tick);
    sessionStorage.setItem('zoom-steps', JSON.stringify([...done]));
    ticked();
  }
  // A button pressed with the mouse does not keep the focus: the next space means hold, not the same again.
  if (event.detail > 0) event.target.closest('button')?.blur();
});

// Keys

const keys = document.getElementById('keys');
const typing = (element) => element?.matches('input:not([type=checkbox]), select, textarea, [contenteditable]');
const NAMES = { ' ': 'Space', '=': '+', _: '-' };

document.addEventListener('keydown', (event) => {
  const at = document.activeElement;
  if (event.key === 'Escape') {
    if (typing(at)) at.blur();
    else {
      place?.replaceChildren();
      document.getElementById('absent')?.removeAttribute('open');
    }
    return;
  }
  if (!room || !keys?.checked || typing(at) || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === ' ' && at?.matches('button, summary, a, [role=checkbox], input')) return; // reached by Tab: it is meant
  const name = NAMES[event.key] ?? event.key.toUpperCase();
  const field = room.querySelector(`[data-key-focus="${CSS.escape(name)}"]`);
  const button = [...room.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find((one) => !one.disabled && one.offsetParent);
  if (name === '?') document.getElementById('keys')?.closest('details').toggleAttribute('open');
  if (!field && !button) return;
  event.preventDefault();
  if (field) {
    field.closest('details').open = true;
    field.focus();
  } else button.click();
});

if (keys) {
  keys.closest('[hidden]').hidden = false;
  keys.checked = localStorage.getItem('control-keys') !== 'off';
  keys.addEventListener('change', () => localStorage.setItem('control-keys', keys.checked ? 'on' : 'off'));
}

tick();
ticked();
setInterval(tick, 250);
document.addEventListener('swapped', () => { tick(); ticked(); });
