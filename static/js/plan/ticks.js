// Ticks all boxes of a form, or none: <button data-ticks="1" hidden> and <button data-ticks="0" hidden>.
for (const button of document.querySelectorAll("[data-ticks]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const box of button.form.querySelectorAll("input[type=checkbox]")) box.checked = button.dataset.ticks === "1";
  });
}
