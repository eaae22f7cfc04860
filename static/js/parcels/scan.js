// Scanning parcels onto a manifest. What is scanned goes into a queue in this browser and is sent in
// order; each scan has a key of its own, so that sending it twice counts once.
const form = document.querySelector('#scan');
const field = form.code;
const list = document.querySelector('#answers');
const count = document.querySelector('#scan-count');
const sound = document.querySelector('#sound');
const store = `scans:${form.dataset.manifest}`;
const SAME_MS = 2000;
const RETRY_MS = 4000;
const TIMEOUT_MS = 15000;
const SHOWN = 30;
let last = { code: '', at: 0 };
let sending = false;
let timer = 0;

const load = () => { try { return JSON.parse(localStorage.getItem(store)) || []; } catch { return memory; } };
let memory = [];
const save = (queue) => {
  memory = queue;
  try { localStorage.setItem(store, JSON.stringify(queue)); } catch { /* private windows: this page remembers */ }
};
const makeKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, '0')).join('');

function show(key, { tone, title, text, code }) {
  let item = list.querySelector(`[data-key="${key}"]`);
  if (!item) {
    item = document.createElement('li');
    item.dataset.key = key;
    list.prepend(item);
    while (list.children.length > SHOWN) list.lastElementChild.remove();
  }
  item.className = `scan-answer scan-${tone}`;
  item.replaceChildren(...[['strong', 'scan-title', title], ['span', 'reference', code], ['span', 'scan-text', text]].map(([tag, name, words]) => {
    const part = document.createElement(tag);
    part.className = name;
    part.textContent = words;
    return part;
  }));
}

const wait = (scan) => show(scan.key, { tone: 'waiting', title: form.dataset.waiting, text: form.dataset.waitingText, code: scan.code });

let audio;
function beep(tone) {
  if (!sound.checked) return;
  audio ??= new AudioContext();
  const tones = { done: [[880, 0.09]], again: [[660, 0.09], [660, 0.09]] }[tone] || [[220, 0.35]];
  let at = audio.currentTime;
  for (const [pitch, length] of tones) {
    const voice = audio.createOscillator();
    voice.frequency.value = pitch;
    voice.connect(audio.destination);
    voice.start(at);
    voice.stop(at + length);
    at += length + 0.05;
  }
  navigator.vibrate?.(tone === 'done' ? 60 : [120, 60, 120]);
}

async function send(scan) {
  const body = new URLSearchParams({ csrf_token: form.csrf_token.value, code: scan.code, key: scan.key });
  const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (answer.status === 429 || answer.status >= 500) throw new Error('later');
  if (!answer.headers.get('Content-Type')?.includes('json')) return null;
  return answer.json();
}

async function drain() {
  if (sending) return;
  sending = true;
  clearTimeout(timer);
  for (let queue = load(); queue.length; queue = load()) {
    const scan = queue[0];
    let told;
    try {
      if (!navigator.onLine) throw new Error('offline');
      told = await send(scan);
    } catch {
      queue.forEach(wait);
      timer = setTimeout(drain, RETRY_MS);
      break;
    }
    if (!told) {
      show('old', { tone: 'stop', title: form.dataset.old, text: form.dataset.oldText, code: '' });
      break;
    }
    save(load().filter((one) => one.key !== scan.key));
    show(scan.key, told);
    count.textContent = told.count;
    beep(told.tone);
  }
  sending = false;
}

function scanned(text) {
  const code = text.trim();
  const now = Date.now();
  if (!code || (code === last.code && now - last.at < SAME_MS)) return;
  last = { code, at: now };
  const scan = { key: makeKey(), code };
  save([...load(), scan]);
  wait(scan);
  drain();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  event.stopImmediatePropagation();
  scanned(field.value);
  field.value = '';
  field.focus();
}, true);
window.addEventListener('online', drain);
window.addEventListener('pagehide', () => view.srcObject?.getTracks().forEach((track) => track.stop()));

sound.parentElement.hidden = !('AudioContext' in window);
sound.checked = localStorage.getItem('scan-sound') === '1';
sound.addEventListener('change', () => { localStorage.setItem('scan-sound', sound.checked ? '1' : '0'); beep('done'); });

document.querySelector('#photo').addEventListener('change', (event) => event.target.files.length && event.target.form.requestSubmit());

const camera = document.querySelector('#camera');
const view = document.querySelector('#view');
async function canSee() {
  if (!('BarcodeDetector' in window) || !navigator.mediaDevices?.getUserMedia) return false;
  const known = await BarcodeDetector.getSupportedFormats();
  return ['code_128', 'qr_code'].every((format) => known.includes(format));
}
async function look() {
  if (view.srcObject) {
    view.srcObject.getTracks().forEach((track) => track.stop());
    view.srcObject = null;
    view.hidden = true;
    return;
  }
  const video = { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } };
  try {
    view.srcObject = await navigator.mediaDevices.getUserMedia({ video });
  } catch {
    camera.hidden = true;
    return;
  }
  view.hidden = false;
  await view.play();
  const detector = new BarcodeDetector({ formats: ['code_128', 'qr_code'] });
  while (view.srcObject) {
    const found = await detector.detect(view).catch(() => []);
    found.forEach((code) => scanned(code.rawValue));
    await new Promise((done) => { setTimeout(done, 200); });
  }
}
camera.addEventListener('click', look);
canSee().then((can) => { camera.hidden = !can; });

load().forEach(wait);
drain();
