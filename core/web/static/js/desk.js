// The clerk's desk by keyboard: Enter goes to the next field, Ctrl+Enter submits, a row just added has the focus.
(function () {
  const form = document.querySelector("form[data-desk]");
  if (!form) return;

  // one stop per field: of a group of radios the chosen one, else the first
  const stops = () => [...form.elements].filter((element) => {
    if (element.disabled || element.type === "hidden" || element.tabIndex < 0 || element.tagName === "FIELDSET" || !element.getClientRects().length) return false;
    if (element.type !== "radio") return true;
    const group = [...form.elements].filter((other) => other.type === "radio" && other.name === element.name);
    return element === (group.find((other) => other.checked) || group[0]);
  });

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-desk-submit]"));
      return;
    }
    const at = event.target;
    if (at.tagName === "TEXTAREA" || at.tagName === "BUTTON" || at.tagName === "A" || at.tagName === "SUMMARY") return;
    event.preventDefault();
    const all = stops();
    const place = all.findIndex((element) => element === at || (at.type === "radio" && element.name === at.name && element.type === "radio"));
    const next = all[place + 1];
    if (next) { next.focus(); if (next.select && next.type !== "radio") next.select(); }
  });

  // who was just named is called so wherever the page points at her
  form.addEventListener("input", ({ target }) => {
    const row = /^members\/[^/]+\/name$/.test(target.name) && target.closest("fieldset");
    if (!row) return;
    const place = [...form.querySelectorAll('fieldset[id^="members/"]')].indexOf(row);
    const legend = row.querySelector("legend");
    legend.textContent = target.value.trim() || legend.dataset.unnamed;
    form.querySelectorAll(`select[data-members] option[value="${place}"]`).forEach((option) => { option.textContent = legend.textContent; });
  });

  // the browser itself focuses the row its address names, after this script has run
  window.addEventListener("load", () => setTimeout(() => {
    const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const first = row && row.tagName === "FIELDSET" && row.querySelector("input:not([type=hidden]), select");
    if (first) first.focus();
  }, 0));
})();
