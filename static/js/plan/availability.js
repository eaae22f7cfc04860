// Comfort for the tap grid: counts, quick choices in place, part of a window shown in its cell.
const form = document.querySelector('[data-avail]');

const boxes = (root) => [...root.querySelectorAll('input[name^="w-"]')];
const fill = (text, all) => text.replace('{n}', all.filter((box) => box.checked).length).replace('{of}', all.length);
const quick = {
  all: () => true,
  evenings: (box) => box.dataset.column === '3',
  weekends: (box) => box.dataset.weekday > 4,
  none: () => true,
};

function edges(box) {
  const number = box.name.slice(2);
  return ['from', 'until'].map((name) => form.elements[`${name}-${number}`]).filter(Boolean);
}

function show(box) {
  const chosen = edges(box);
  const label = box.nextElementSibling;
  label.classList.toggle('avail-part', chosen.some((select) => select.value));
  if (chosen.length) label.querySelector('.avail-some').textContent = chosen.map((select) => select.selectedOptions[0].text).join('–');
}

function count() {
  for (const week of form.querySelectorAll('.avail-week')) {
    const line = week.querySelector('[data-avail-count]');
    line.textContent = fill(line.dataset.availCount, boxes(week));
  }
  const total = form.querySelector('[data-avail-total]');
  if (total) total.textContent = fill(total.dataset.availTotal, boxes(form).filter((box) => !box.disabled));
}

let changed = false;

form?.addEventListener('change', ({ target }) => {
  if (target.dataset.cell) {
    const box = form.elements[target.dataset.cell];
    if (target.value) box.checked = true;
    show(box);
  }
  if (target.name) changed = true;
  count();
});

form?.addEventListener('click', (event) => {
  const button = event.target.closest('[data-quick]');
  if (!button) return;
  event.preventDefault();
  for (const box of boxes(form).filter((one) => !one.disabled && quick[button.dataset.quick](one))) {
    box.checked = button.dataset.quick !== 'none';
    edges(box).forEach((select) => { select.value = ''; });
    show(box);
  }
  changed = true;
  count();
});

// Without a connection the browser's own page would take the place of what was chosen.
form?.addEventListener('submit', (event) => {
  const note = form.querySelector('[data-avail-offline]');
  note.hidden = navigator.onLine;
  if (navigator.onLine) {
    changed = false;
  } else {
    event.preventDefault();
    note.scrollIntoView({ block: 'center' });
  }
});
window.addEventListener('beforeunload', (event) => { if (changed) event.preventDefault(); });
if (form) count();
