// Copies the text of a [data-copy] button and says so.
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // In-app browsers often have no clipboard; the old way works in most of them.
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'visually-hidden';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
  return true;
}

const show = () => document.querySelectorAll('[data-copy][hidden]').forEach((button) => { button.hidden = false; });

export function start() {
  show();
  document.addEventListener('swapped', show);
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-copy]');
    if (!button || !(await write(button.dataset.copy))) return;
    const words = button.querySelector('span');
    words.setAttribute('role', 'status');
    button.dataset.label ??= words.textContent;
    words.textContent = button.dataset.copied;
    button.classList.add('is-copied');
    setTimeout(() => {
      words.textContent = button.dataset.label;
      button.classList.remove('is-copied');
    }, 2500);
  });
}
