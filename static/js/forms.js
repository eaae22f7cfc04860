// Steppers, forms that are sent once, and the way to the first wrong field.
const wake = () => document.querySelectorAll('[data-step][hidden]').forEach((button) => { button.hidden = false; });

function step(event) {
  const button = event.target.closest('[data-step]');
  if (!button) return;
  const input = button.parentElement.querySelector('input');
  if (input.value === '') input.value = input.min || '0';
  else if (button.dataset.step > 0) input.stepUp();
  else input.stepDown();
  input.dispatchEvent(new Event('input', { bubbles: true }));
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function once(event) {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  event.submitter?.setAttribute('aria-busy', 'true');
  setTimeout(() => again(form), 8000); // the network may have lost it
}

function again(form) {
  delete form.dataset.sent;
  form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy'));
}

export function start() {
  wake();
  document.addEventListener('swapped', wake);
  document.addEventListener('click', step);
  document.addEventListener('submit', once);
  window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(again));
  document.querySelector('[data-focus]')?.focus();
}
