// A signature drawn by finger. Without it the tick "I received them" is enough.
const form = document.querySelector('#sign');
const pad = document.querySelector('#pad');
const pen = pad.getContext('2d');
let drawing = false;
let inked = false;

pad.closest('.sign-box').hidden = false;
Object.assign(pen, { lineWidth: 5, lineCap: 'round', lineJoin: 'round', strokeStyle: '#000' });

if (form.signature.value) {
  const ink = new Image();
  ink.onload = () => { pen.drawImage(ink, 0, 0, pad.width, pad.height); inked = true; };
  ink.src = form.signature.value;
}

function at(event) {
  const box = pad.getBoundingClientRect();
  return [(event.clientX - box.left) * (pad.width / box.width), (event.clientY - box.top) * (pad.height / box.height)];
}
pad.addEventListener('pointerdown', (event) => {
  event.preventDefault();
  pad.setPointerCapture(event.pointerId);
  drawing = inked = true;
  pen.beginPath();
  pen.moveTo(...at(event));
});
pad.addEventListener('pointermove', (event) => {
  if (!drawing) return;
  for (const part of event.getCoalescedEvents?.() ?? [event]) pen.lineTo(...at(part));
  pen.stroke();
});
for (const end of ['pointerup', 'pointercancel']) pad.addEventListener(end, () => { drawing = false; });
document.querySelector('#wipe').addEventListener('click', () => {
  pen.clearRect(0, 0, pad.width, pad.height);
  inked = false;
});
form.addEventListener('submit', () => { form.signature.value = inked ? pad.toDataURL('image/png') : ''; }, true);
