// Keeps <div data-refresh="/address" data-every="5"> as the server has it: asks with the last ETag and puts the
// answered HTML fragment in place. 304: nothing new; 204: nothing will change any more; X-Reload: load the whole page,
// and so when the answer is another page (signed out), or the page itself is no more (a link was revoked).
import { serverSaid } from './countdown.js';

const LONGEST = 60; // seconds

// What each place held as the server sent it, read before other scripts touch it: the first answer often brings the
// same again, and must not be read aloud again.
const held = new WeakMap();
document.querySelectorAll('[data-refresh]').forEach((place) => held.set(place, place.innerHTML.trim()));

function put(place, html) {
  const body = new DOMParser().parseFromString(html, 'text/html').body;
  const text = body.innerHTML.trim();
  if (text === held.get(place)) return true;
  // Somebody who is typing or answering a question in this place keeps it; the next answer is put in.
  if (place.contains(document.activeElement) && document.activeElement.matches('input, select, textarea')) return false;
  if (place.querySelector('details.confirm[open]')) return false;
  const focused = place.contains(document.activeElement) && document.activeElement.id;
  const open = [...place.querySelectorAll('details[id][open]')].map((part) => part.id);
  place.replaceChildren(...body.childNodes);
  held.set(place, text);
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  if (focused) document.getElementById(focused)?.focus();
  document.dispatchEvent(new CustomEvent('swapped', { detail: place }));
  return true;
}

function follow(place) {
  // Where a stream of events tells when to ask (live/live.js), asking by the clock is only a precaution.
  const pace = () => Number(('streaming' in document.documentElement.dataset && place.dataset.calm) || place.dataset.every) || 5;
  let etag = null;
  let failures = 0;
  let timer = 0;
  let asking = false;
  let over = false;
  let again = false;

  const later = (seconds) => {
    clearTimeout(timer);
    if (!over && !document.hidden) timer = setTimeout(ask, seconds * 1000);
  };

  async function ask() {
    again = asking;
    if (asking || over || !place.isConnected) return;
    asking = true;
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), 10_000);
    try {
      const headers = { 'X-Fragment': '1' };
      if (etag) headers['If-None-Match'] = etag;
      const answer = await fetch(place.dataset.refresh, { headers, cache: 'no-store', signal: stop.signal });
      serverSaid(answer.headers.get('Date'));
      if (answer.status === 404 || answer.status === 410 || answer.status === 204) over = true;
      else if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
      const revoked = answer.status === 404 && place.dataset.refresh === location.pathname && answer.headers.has('X-Request-ID');
      if (answer.headers.has('X-Reload') || answer.redirected || revoked) {
        over = true;
        location.reload();
      } else if (answer.status === 200 && put(place, await answer.text())) etag = answer.headers.get('ETag');
      failures = 0;
      delete place.dataset.stale;
    } catch {
      failures += 1;
      if (failures > 1) place.dataset.stale = '';
    } finally {
      clearTimeout(patience);
      asking = false;
      // Doubling, and not all phones at once.
      later(failures ? Math.min(LONGEST, pace() * 2 ** failures) * (0.75 + Math.random() / 2) : again ? 0 : pace());
    }
  }

  document.addEventListener('visibilitychange', () => (document.hidden ? clearTimeout(timer) : ask()));
  document.addEventListener('elapsed', () => later(1));
  document.addEventListener('changed', ask);
  window.addEventListener('online', ask);
  later(pace());
}

export function start() {
  document.querySelectorAll('[data-refresh]').forEach(follow);
}
