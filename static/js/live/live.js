// Follows a channel. A stream of events where there is one, else the state every few seconds.
//
//   const stop = follow({ events, state, every, heard(snapshot), open(), lost() })
//   const stop = poll({ state, every, heard(snapshot) })
//
// `events` and `state` are addresses; without `state`, lost() is called and nothing asked. A hidden page neither listens
// nor asks; on focus it does at once. An element with data-events needs no code: each event asks living regions anew.
import { serverSaid } from '../countdown.js';

const around = (seconds, spread = 0.2) => 1000 * seconds * (1 - spread + 2 * spread * Math.random());
const LONGEST = 60;

export function poll({ state, every = 5, heard }) {
  let etag = null;
  let timer = 0;
  let failures = 0;
  let asking = false;
  let over = false;

  function later() {
    clearTimeout(timer);
    if (!over && !document.hidden) timer = setTimeout(ask, around(Math.min(LONGEST, every * 2 ** failures)));
  }

  async function ask() {
    if (asking || over || document.hidden) return;
    clearTimeout(timer);
    asking = true;
    try {
      const headers = etag ? { 'If-None-Match': etag } : {};
      const answer = await fetch(state, { headers, cache: 'no-store', signal: AbortSignal.timeout(10_000) });
      serverSaid(answer.headers.get('Date'));
      if (answer.status === 404 || answer.status === 410) over = true;
      else if (answer.status === 200) {
        const snapshot = await answer.json();
        etag = answer.headers.get('ETag');
        if (!over) heard(snapshot);
      } else if (answer.status !== 304) throw new Error(String(answer.status));
      failures = 0;
    } catch {
      failures += 1;
    } finally {
      asking = false;
      later();
    }
  }

  const shown = () => (document.hidden ? clearTimeout(timer) : ask());
  document.addEventListener('visibilitychange', shown);
  window.addEventListener('focus', ask);
  window.addEventListener('online', ask);
  timer = setTimeout(ask, around(1, 0.5));
  return () => {
    over = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', shown);
    window.removeEventListener('focus', ask);
    window.removeEventListener('online', ask);
  };
}

export function follow({ events, state = null, every = 5, heard, open = () => {}, lost = () => {} }) {
  let source = null;
  let again = 0;
  let stopPolling = null;
  let over = false;

  function fallBack() {
    if (stopPolling) return;
    lost();
    stopPolling = state ? poll({ state, every, heard }) : () => {};
  }

  function listen() {
    clearTimeout(again);
    if (over || source || document.hidden) return;
    if (!window.EventSource) {
      fallBack();
      return;
    }
    source = new EventSource(events);
    source.addEventListener('open', () => {
      stopPolling?.();
      stopPolling = null;
      open();
    });
    source.addEventListener('onair', (event) => heard(JSON.parse(event.data)));
    source.addEventListener('error', () => {
      fallBack();
      // A refusal (503) closes it for good; a lost line is tried again by the browser itself.
      if (source?.readyState === EventSource.CLOSED) {
        source = null;
        again = setTimeout(listen, around(75));
      }
    });
  }

  function shown() {
    if (!document.hidden) listen();
    else {
      clearTimeout(again);
      source?.close();
      source = null;
    }
  }

  document.addEventListener('visibilitychange', shown);
  listen();
  return () => {
    over = true;
    document.removeEventListener('visibilitychange', shown);
    clearTimeout(again);
    source?.close();
    stopPolling?.();
  };
}

// Living regions ask seldom while a stream tells when, and as often as the page says without one.
for (const place of document.querySelectorAll('[data-events]')) {
  let last = null;
  follow({
    events: place.dataset.events,
    heard(snapshot) {
      if (last !== null && last !== snapshot.mark) document.dispatchEvent(new Event('changed'));
      last = snapshot.mark;
    },
    open: () => { document.documentElement.dataset.streaming = ''; },
    lost: () => {
      delete document.documentElement.dataset.streaming;
      last = '';
      document.dispatchEvent(new Event('changed')); // perhaps the link is no more: the page itself knows
    },
  });
}
