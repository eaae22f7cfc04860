// The address on one screen: places appear while one types, shipping as soon as the place is known.
const form = document.querySelector('[data-address]');
const places = form?.querySelector('[data-places]');
const find = form?.elements.find;
let asked = 0;
let pointed = true; // by finger or mouse; arrow keys choose everything on their way, so nothing may move under them

const json = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

function made(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function choice(place, within, n) {
  const label = made('label', { className: 'form-check-label', htmlFor: `village-js-${n}` }, made('strong', {}, place.name));
  label.append(' ', made('small', {}, `${within} ${place.postal_code ?? ''}`.trim()));
  return made('div', { className: 'form-check' },
    made('input', { className: 'form-check-input', type: 'radio', name: 'village', id: `village-js-${n}`, value: place.code }), label);
}

function opener(place) {
  const text = made('span', {}, `Kec. ${place.name} `, made('small', {}, place.within));
  const button = made('button', { className: 'btn btn-secondary place-open', type: 'button', value: place.code }, text);
  button.dataset.within = `${place.name}, ${place.within}`;
  return button;
}

function put(rows) {
  const chosen = places.querySelector('input:checked')?.closest('.form-check');
  places.replaceChildren(...(chosen ? [chosen] : []), ...rows);
}

async function search() {
  const text = find.value.trim();
  const mine = ++asked;
  if (text.length < 3) return;
  const { places: hits } = await json(`${form.dataset.placesUrl}?q=${encodeURIComponent(text)}`);
  if (mine !== asked) return; // a later question is under way
  if (!hits.length) put([made('p', { className: 'mb-0' }, form.dataset.none)]);
  else put(hits.map((place, n) => (place.code.length > 8 ? choice(place, place.within, n) : opener(place))));
}

async function open(code, within, lead = true) {
  asked += 1;
  const { regions } = await json(`${form.dataset.placesUrl}/${encodeURIComponent(code)}`);
  put(regions.map((place, n) => choice(place, within, n)));
  if (lead) places.querySelector('input')?.focus();
}

async function level(select) {
  const names = ['province', 'regency', 'district'];
  const next = names[names.indexOf(select.dataset.level) + 1];
  if (!select.value) return;
  if (!next) {
    await open(select.value, `${select.selectedOptions[0].text}, ${form.elements.regency.selectedOptions[0].text}`, pointed);
    return;
  }
  const { regions } = await json(`${form.dataset.placesUrl}/${encodeURIComponent(select.value)}`);
  for (const name of names.slice(names.indexOf(next))) form.elements[name].length = 1;
  form.elements[next].append(...regions.map((region) => new Option(region.name, region.code)));
}

async function shipping() {
  const part = form.querySelector('[data-shipping-part]');
  const wanted = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (/^(country|village|fetch|courier-)/.test(name)) wanted.append(name, value);
  part.setAttribute('aria-busy', 'true');
  const answer = await fetch(`${form.dataset.shippingUrl}?${wanted}`);
  if (answer.ok) {
    const body = new DOMParser().parseFromString(await answer.text(), 'text/html').body;
    const focused = part.contains(document.activeElement) && document.activeElement.id;
    part.replaceChildren(...body.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
  part.removeAttribute('aria-busy');
}

function moved(country) {
  const ask = () => form.querySelector('[value="country"]').click();
  if (pointed) ask();
  else country.addEventListener('blur', ask, { once: true });
}

const quietly = (work) => work.catch(() => {}); // the buttons of the page still work

function start() {
  let timer = 0;
  find?.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => quietly(search()), 250);
  });
  form.addEventListener('pointerdown', () => { pointed = true; });
  form.addEventListener('keydown', () => { pointed = false; });
  places?.addEventListener('click', (event) => {
    const button = event.target.closest('.place-open');
    if (!button) return;
    event.preventDefault();
    quietly(open(button.value, button.dataset.within ?? button.querySelector('small').textContent));
  });
  form.addEventListener('change', (event) => {
    if (event.target.name === 'country') moved(event.target);
    else if (event.target.dataset.level) quietly(level(event.target));
    else if (event.target.name === 'village') {
      if (pointed) put([]); // only the chosen one stays
      quietly(shipping());
    } else if ('shipping' in event.target.dataset) quietly(shipping());
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target !== find) return;
    event.preventDefault();
    quietly(search());
  });
  if (find?.value && !places.querySelector('input, button')) quietly(search()); // typed before this script came
}

if (form) start();
