// The board: arrows walk over the grid, letters act, cells are dragged; each change is sent as the form without script
// would be, and the answered fragment put in place.
const board = document.getElementById('board');
const said = document.getElementById('board-said');
const menu = document.getElementById('board-menu');
const words = board && JSON.parse(board.dataset.words);
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

let picking = null; // what is being carried: { key or code, targets: { key: why not } }
let here = ''; // key of the cell in hand

const grid = () => document.getElementById('board-grid');
const edit = () => document.getElementById('board-edit');
const cellOf = (key) => document.getElementById(`c-${key}`);
const keyOf = (cell) => (cell?.id ? cell.id.slice(2) : undefined);
const isTaken = (cell) => !cell.classList.contains('cell-empty');
const cellAt = (event) => event.target.closest?.('a.cell');

let quiet = 0;
function say(text, stays = false) {
  said.textContent = text;
  clearTimeout(quiet);
  if (text && !picking && !stays) quiet = setTimeout(() => say(''), 6000);
}

async function ask(url, options = {}) {
  try {
    const answer = await fetch(url, { ...options, headers: { 'X-Fragment': '1' }, cache: 'no-store' });
    if (answer.redirected) location.reload(); // no longer signed in, or the draft is gone
    else return answer;
  } catch {
    say(words.lost);
  }
  return null;
}

const parsed = (html) => new DOMParser().parseFromString(html, 'text/html').body.childNodes;

// The grid after it was put in place

function wake() {
  board.querySelectorAll('[data-scripted]').forEach((part) => { part.hidden = false; });
  board.querySelectorAll('.board-waiting [data-code]').forEach((item) => { item.draggable = Boolean(edit()); });
  const cells = [...board.querySelectorAll('a.cell')];
  cells.forEach((cell) => {
    cell.tabIndex = -1;
    cell.draggable = isTaken(cell);
  });
  const first = cellOf(here) ?? cells.find((cell) => cell.offsetParent) ?? cells[0];
  if (first) first.tabIndex = 0;
  board.querySelectorAll('.day-chip[aria-current]').forEach((chip) => {
    const list = chip.closest('ul');
    list.scrollLeft += chip.getBoundingClientRect().left - list.getBoundingClientRect().left - 48;
  });
}

function focus(cell) {
  grid().querySelector('a.cell[tabindex="0"]')?.setAttribute('tabindex', '-1');
  cell.tabIndex = 0;
  cell.focus();
}

function walk(cell, [down, right]) {
  const rows = grid().tBodies[0].rows;
  let y = cell.closest('tr').sectionRowIndex + down;
  let x = cell.closest('td').cellIndex + right;
  for (; rows[y]?.cells[x]; y += down, x += right) {
    const next = rows[y].cells[x].querySelector('a.cell');
    if (next?.offsetParent) return focus(next);
  }
  return null;
}

// Sending

async function send(url, body) {
  say(words.wait);
  const answer = await ask(url, { method: 'POST', body });
  if (answer) await put(answer);
}

async function put(answer) {
  const html = await answer.text();
  const why = document.getElementById('board-why')?.value;
  const wrap = board.querySelector('.board-wrap');
  const at = wrap && [wrap.scrollTop, wrap.scrollLeft];
  menu.close();
  stop();
  board.replaceChildren(...parsed(html));
  if (at) board.querySelector('.board-wrap')?.scrollTo(at[1], at[0]);
  if (!answer.ok && why) document.getElementById('board-why').value = why; // what was refused is asked again
  wake();
  const cell = cellOf(here);
  if (cell?.matches('a')) cell.focus({ preventScroll: true });
  say([...board.querySelectorAll('[data-say]')].map((part) => part.textContent).join(' '), !answer.ok);
  board.querySelectorAll('.notice-success').forEach((part) => part.remove()); // has just been said
  document.dispatchEvent(new CustomEvent('swapped', { detail: board }));
}

function change(fields) {
  const body = new FormData(edit());
  body.set('alasan', document.getElementById('board-why').value);
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return send(edit().action, body);
}

// Carrying something to another cell

async function pick(what) {
  stop();
  picking = { ...what, targets: null };
  const mine = picking;
  const { targets, openings, day } = grid().dataset;
  const url = what.key ? targets.replace('KEY', what.key) : openings.replace('KEY', encodeURIComponent(what.code));
  const draft = edit().elements.rancangan.value;
  const answer = await ask(`${url}?rancangan=${draft}&hari=${day}`);
  const found = answer?.ok ? await answer.json() : null;
  if (picking !== mine) return null; // put down, or another was taken, meanwhile
  if (!found) return stop();
  mine.targets = found;
  grid().classList.add('is-picking');
  cellOf(what.key)?.classList.add('is-picked');
  for (const cell of grid().querySelectorAll('a.cell')) {
    const why = mine.targets[keyOf(cell)];
    cell.classList.toggle('may-go', why === '');
    if (why) cell.title = why;
  }
  if (!what.dragged) say(words.pick);
  return null;
}

function stop() {
  picking = null;
  grid()?.classList.remove('is-picking');
  grid()?.querySelectorAll('.may-go, .is-picked, [title]').forEach((cell) => {
    cell.classList.remove('may-go', 'is-picked');
    cell.removeAttribute('title');
  });
}

// Until the targets have come everything may be tried; the server has the last word.
const whyNot = (cell) => (picking.targets ? picking.targets[keyOf(cell)] ?? words.never : '');

function drop(cell) {
  const why = whyNot(cell);
  if (why) return say(why);
  const { key, code } = picking;
  here = keyOf(cell);
  return change(code ? { slot: here, aksi: 'put', umkm: code } : { slot: key, aksi: 'go', ke: here });
}

// The menu

async function open(url) {
  const answer = await ask(url);
  if (!answer?.ok) return;
  menu.replaceChildren(...parsed(await answer.text()));
  const why = document.getElementById('board-why')?.value;
  if (why) menu.querySelector('[name=alasan]').value = why;
  if (!menu.open) menu.showModal();
  menu.scrollTop = 0;
}

function inMenu(event) {
  const link = event.target.closest('a[href]');
  if (!link || 'leave' in link.dataset || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if ('close' in link.dataset) menu.close();
  else open(link.href);
}

function submitted(event) {
  const form = event.target;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  if (form.method === 'post') send(form.action, body);
  else open(`${form.action}?${new URLSearchParams(body)}`);
}

// Keys, clicks, dragging

const KEYS = {
  t: (cell) => isTaken(cell) && pick({ key: keyOf(cell) }),
  p: (cell) => change({ slot: keyOf(cell), aksi: 'pin' in cell.dataset ? 'unpin' : 'pin' }),
  k: (cell) => change({ slot: keyOf(cell), aksi: 'empty' }),
  u: () => document.getElementById('board-undo').requestSubmit(),
};

function pressed(event) {
  const cell = cellAt(event);
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key];
  const act = KEYS[event.key.toLowerCase()];
  if (step) {
    const next = walk(cell, step) ?? document.activeElement;
    if (picking) say((next.matches('a.cell') && whyNot(next)) || words.pick);
  } else if (event.key === 'Escape' && picking) {
    stop();
    say(words.stop);
  } else if (act && !picking) act(cell);
  else return;
  event.preventDefault();
}

function clicked(event) {
  const warned = event.target.closest('.board-warnings a, .notice a');
  const named = warned && cellOf(warned.hash.slice(3));
  if (named?.offsetParent) {
    event.preventDefault();
    named.scrollIntoView({ block: 'center', inline: 'center' });
    if (named.matches('a')) focus(named);
    return;
  }
  const cell = cellAt(event);
  if (!cell || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (picking) drop(cell);
  else open(cell.href);
}

function start() {
  wake();
  board.addEventListener('keydown', pressed);
  board.addEventListener('click', clicked);
  board.addEventListener('focusin', (event) => { here = keyOf(cellAt(event)) ?? here; });
  board.addEventListener('submit', (event) => { if (event.target.id === 'board-undo') submitted(event); });
  menu.addEventListener('click', inMenu);
  menu.addEventListener('submit', submitted);
  board.addEventListener('dragstart', (event) => {
    const from = event.target.closest('a.cell, [data-code]');
    if (!from) return;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', from.querySelector('b').textContent);
    pick({ key: keyOf(from), code: from.dataset.code, dragged: true });
  });
  board.addEventListener('dragover', (event) => {
    const cell = cellAt(event);
    if (!cell || !picking) return;
    const why = whyNot(cell);
    if (said.textContent !== why) say(why);
    if (!why) event.preventDefault();
  });
  board.addEventListener('drop', (event) => {
    const cell = cellAt(event);
    if (!cell || !picking) return;
    event.preventDefault();
    drop(cell);
    picking = null;
  });
  board.addEventListener('dragend', () => {
    stop();
    if (said.textContent !== words.wait) say('');
  });
}

if (board) start();
