// Ticks the lines of a packing list without loading the page again. The server answers the list as it is now.
const sayFailed = (list) => {
  if (list.querySelector('.tick-failed')) return;
  const text = document.createElement('p');
  text.className = 'tick-failed';
  text.setAttribute('role', 'alert');
  text.textContent = list.dataset.failed;
  list.append(text);
};

async function send(event) {
  const list = event.target.closest('form[data-ticks]');
  if (!list || !event.submitter) return;
  event.preventDefault();
  event.stopPropagation(); // several lines may be under way at once
  const button = event.submitter;
  button.setAttribute('aria-busy', 'true');
  const body = new FormData(list);
  body.set(button.name, button.value);
  try {
    const answer = await fetch(list.action, { method: 'POST', body, headers: { 'X-Fragment': '1' } });
    if (!answer.ok) return location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('form[data-ticks]');
    const focused = list.contains(document.activeElement) && document.activeElement.id;
    list.replaceChildren(...fresh.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  } catch {
    button.removeAttribute('aria-busy');
    sayFailed(list);
  }
}

for (const place of document.querySelectorAll('.packing')) place.addEventListener('submit', send);
