// Counts <time data-until="ISO"> down on the server's clock, whatever the phone's clock says.
const page = performance.getEntriesByType('navigation')[0];
const told = Date.parse(document.querySelector('meta[name="server-now"]')?.content);
let ahead = 0; // milliseconds to add to this phone's clock

// A page out of the cache (also after a 304) carries the time of long ago.
if (told && (!page || page.transferSize >= page.encodedBodySize)) {
  ahead = told - (performance.timeOrigin + (page ? page.responseStart : 0));
}

// Corrects the clock from an answer's Date header, which has whole seconds.
export function serverSaid(date) {
  const instant = Date.parse(date);
  if (instant && Math.abs(instant + 500 - now()) > 1500) ahead = instant + 500 - Date.now();
}

export const now = () => Date.now() + ahead;

const two = (n) => String(n).padStart(2, '0');

function written(seconds) {
  const hours = Math.floor(seconds / 3600);
  if (hours >= 24) {
    const words = new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: 'day', unitDisplay: 'long' });
    return words.format(Math.floor(hours / 24));
  }
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function tick() {
  for (const time of document.querySelectorAll('time[data-until]')) {
    const left = Math.ceil((Date.parse(time.dataset.until) - now()) / 1000);
    if (Number.isNaN(left)) continue;
    const over = 'over' in time.dataset && left < 0;
    const text = left > 0 ? `${time.dataset.prefix} ${written(left)}`.trim() : over ? `${time.dataset.over}${written(-left)}` : time.dataset.done;
    time.hidden = false;
    if (time.textContent !== text) time.textContent = text;
    time.classList.toggle('is-soon', left > 0 && left <= 60);
    if (left > 0 || time.classList.contains('is-over')) continue;
    time.classList.add('is-over');
    document.dispatchEvent(new CustomEvent('elapsed'));
    // Once for each instant, lest a page that is a little early loads itself for ever.
    if ('reload' in time.dataset && sessionStorage.getItem('elapsed') !== time.dataset.until) {
      sessionStorage.setItem('elapsed', time.dataset.until);
      setTimeout(() => location.reload(), 1000);
    }
  }
}

export function start() {
  tick();
  setInterval(tick, 1000);
  document.addEventListener('swapped', tick);
}
