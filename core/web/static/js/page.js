// Small comforts of every page; each works by attributes, and the page works without any of them.
(function () {
  const on = (type, handler, options) => document.addEventListener(type, handler, options);

  // A form is sent once: the second press within ten seconds does nothing. The button itself stays enabled for keyboards.
  on("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("hx-post") || form.hasAttribute("hx-get")) return;
    if (form.dataset.sent && Date.now() - Number(form.dataset.sent) < 10000) { event.preventDefault(); return; }
    form.dataset.sent = Date.now();
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
    document.querySelectorAll(".dd-b[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });

  const say = (button, text) => {
    const words = button.querySelector("span") || button;
    const before = words.textContent;
    words.textContent = text;
    setTimeout(() => { words.textContent = before; }, 3000);
  };
  on("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy && navigator.clipboard) navigator.clipboard.writeText(copy.dataset.copy).then(() => say(copy, copy.dataset.done));
    else if (copy) { const field = copy.closest(".dd-share").querySelector("input"); field.focus(); field.select(); document.execCommand("copy"); say(copy, copy.dataset.done); }
    const share = event.target.closest("[data-share]");
    if (share) navigator.share({ url: share.dataset.share }).catch(() => undefined);
    if (event.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details[data-close-outside][open]").forEach((open) => { if (!open.contains(event.target)) open.open = false; });
  });
  on("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details[data-close-outside][open]").forEach((open) => { open.open = false; open.querySelector("summary").focus(); });
  });

  // The count under a list of ticks.
  on("change", (event) => {
    const list = event.target.closest("[data-count]");
    if (list) document.getElementById(list.dataset.count).textContent = list.querySelectorAll("input:checked").length;
  });

  // A revealed value hides again, also after the page was left open or restored from memory.
  const hide = (element) => {
    const id = document.createElement("span");
    id.className = "dd-id";
    id.textContent = element.dataset.mask;
    element.removeAttribute("data-hide-after");
    element.replaceChildren(id);
  };
  window.addEventListener("pagehide", () => document.querySelectorAll("[data-hide-after]").forEach(hide));
  const prepare = (root) => {
    root.querySelectorAll("[data-hide-after]").forEach((element) => {
      if (element.dataset.counting) return;
      element.dataset.counting = "1";
      setTimeout(() => hide(element), Number(element.dataset.hideAfter) * 1000);
    });
    if (navigator.share) root.querySelectorAll("[data-share][hidden]").forEach((button) => { button.hidden = false; });
    if (window.innerWidth < 768) root.querySelectorAll("details[data-fold][open]").forEach((fold) => { fold.open = false; });
    const wrong = root.querySelector("[data-focus]");
    if (wrong) wrong.focus();
  };
  on("htmx:load", (event) => prepare(event.target.parentElement || event.target));
  if (document.readyState === "loading") on("DOMContentLoaded", () => prepare(document)); else prepare(document);
})();
