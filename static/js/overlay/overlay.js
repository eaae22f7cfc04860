// What stands in the picture. The server tells everything (texts, codes, instants); here it is shown, the time counted
// down, and, when nothing is heard any more, what was last known kept: prices and stock no longer than STALE_MS.
// Nothing here ever writes a fault into the picture.

const POLL_MS = 2500;
const SLOWEST_MS = 10_000;
const PATIENCE_MS = 8000;
const STALE_MS = 120_000;
const CHANGE_MS = 350;
const GOOD_MS = 8000;
const SETTLED_MS = 30_000;

const body = document.body;
const all = (selector) => [...document.querySelectorAll(selector)];
const pageVersion = JSON.parse(body.dataset.first).version;

let state = null;
let etag = "";
let heardAt = -Infinity;
let wait = POLL_MS;
let polling = null;
let asking = false;
let gone = false;
let good = 0;
// The server's clock is this much ahead of performance.now(): a laptop's clock may be wrong, and may be set meanwhile.
let ahead = Number(body.dataset.sentAt) - performance.now();

const serverNow = () => performance.now() + ahead;

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A code is as large as it must be and every module whole pixels wide, so that it stays sharp after the encoder.
function fit(image) {
  if (!image.naturalWidth) return;
  const modules = image.naturalWidth;
  const symbol = modules - 8;
  const scale = Math.max(1, Number(getComputedStyle(body).getPropertyValue("--scale")) || 1);
  const ratio = window.devicePixelRatio || 1;
  const height = Math.min(window.innerHeight, window.innerWidth * 9 / 16) * ratio;
  const wide = image.closest(".variant-code") ? 1 : scale;
  const pixels = Math.max(1, Math.ceil(height * Number(image.dataset.least) * wide / symbol));
  image.style.width = image.style.height = `${pixels * modules / ratio}px`;
}

function picture(image, address) {
  if (image.dataset.shown === address) return;
  image.dataset.shown = address;
  if (address) image.src = address;
  else image.removeAttribute("src");
}

function showGood() {
  const goods = state.goods;
  const stage = document.querySelector("[data-goods]");
  if (!stage) return;
  stage.hidden = goods.length === 0;
  document.querySelector("[data-home]").hidden = goods.length > 0;
  if (!goods.length) return;
  const shown = goods[good % goods.length];
  for (const element of all("[data-good]")) put(element, shown[element.dataset.good]);
  const photo = document.querySelector("[data-good-photo]");
  photo.hidden = !shown.photo;
  picture(photo, shown.photo);
  picture(document.querySelector("[data-good-code]"), shown.qr);
}

function fill() {
  body.dataset.scene = state.scene;
  body.classList.toggle("is-now", state.scene === "now");
  body.classList.toggle("sold-out", state.sold_out);
  body.classList.toggle("is-prayer", state.prayer);
  body.classList.toggle("no-product", !state.texts.product);
  body.classList.toggle("no-next", !state.texts.next);
  for (const element of all("[data-text]")) put(element, state.texts[element.dataset.text] ?? "");
  for (const element of all("[data-with]")) element.hidden = !state.texts[element.dataset.with];
  for (const image of all("img[data-code]")) picture(image, state.qr);
  showGood();
  count();
  body.hidden = false;
}

function take(next) {
  const first = state === null;
  const other = !first && state.key !== next.key;
  state = next;
  if (other) good = 0;
  if (first || !other) {
    fill();
    return;
  }
  body.classList.add("changing");
  setTimeout(() => {
    fill();
    body.classList.remove("changing");
  }, CHANGE_MS);
}

function written(ms) {
  const seconds = Math.ceil(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return `${hours ? `${hours}:` : ""}${hours ? two(minutes) : minutes}:${two(seconds % 60)}`;
}

let atZero = null;
function count() {
  if (!state) return;
  const left = state.until === null ? null : state.until - serverNow();
  const words = left > 0 ? [state.texts.before, written(left)] : [state.texts.over];
  const text = left === null ? "" : words.filter(Boolean).join(" ");
  for (const element of all("[data-timer]")) {
    put(element, text);
    element.classList.toggle("is-words", left !== null && left <= 0);
    element.classList.toggle("is-last", state.scene === "now" && left !== null && left <= 60_000);
  }
  if (left !== null && left <= 0 && atZero !== state.until) {
    atZero = state.until;
    ask();
  }
}

function watch() {
  count();
  body.classList.toggle("stale", performance.now() - heardAt > STALE_MS);
}

function vanish() {
  gone = true;
  clearTimeout(polling);
  body.replaceChildren();
  body.className = "";
}

function heard(answer) {
  const told = Number(answer.headers.get("X-Server-Now"));
  if (told) ahead = told - performance.now();
  heardAt = performance.now();
  body.classList.remove("stale");
}

async function read() {
  const answer = await fetch(body.dataset.state, {
    cache: "no-store",
    credentials: "omit",
    headers: etag ? { "If-None-Match": etag } : {},
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  // Only our own server can say that the address is no more; a proxy between may say anything.
  if (answer.status === 404 && answer.headers.get("X-Request-ID")) return vanish();
  if (answer.status === 304) return heard(answer);
  if (!answer.ok) throw new Error(`answered ${answer.status}`);
  const next = await answer.json();
  heard(answer);
  etag = answer.headers.get("ETag") ?? "";
  const [assets, look] = next.version.split(" ");
  const [ours, mine] = pageVersion.split(" ");
  // Another look was chosen, or the site was renewed: the page comes again, from a server that answers.
  if (look !== mine || (assets !== ours && performance.now() > SETTLED_MS)) return window.location.reload();
  take(next);
}

async function ask() {
  if (asking || gone) return;
  asking = true;
  clearTimeout(polling);
  try {
    await read();
    wait = POLL_MS;
  } catch {
    wait = Math.min(wait * 1.5, SLOWEST_MS);
  } finally {
    asking = false;
  }
  if (!gone) polling = setTimeout(ask, wait * (0.9 + Math.random() / 5));
}

for (const image of all("img.qr")) image.addEventListener("load", () => fit(image));
for (const image of all("[data-good-photo]")) image.addEventListener("error", () => { image.hidden = true; });
window.addEventListener("resize", () => all("img.qr").forEach(fit));

// Where the installation tells news by itself, they only wake: what is shown comes from one address.
if (body.dataset.events) new EventSource(body.dataset.events).addEventListener("onair", ask);

heardAt = performance.now();
take(JSON.parse(body.dataset.first));
setInterval(watch, 250);
setInterval(() => {
  if (state.goods.length < 2) return;
  good += 1;
  const stage = document.querySelector("[data-goods]");
  stage?.classList.add("leaving");
  setTimeout(() => {
    showGood();
    stage?.classList.remove("leaving");
  }, CHANGE_MS);
}, GOOD_MS);
polling = setTimeout(ask, POLL_MS);
