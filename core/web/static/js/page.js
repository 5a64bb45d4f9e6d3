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

  // A question that depends on another answer is hidden until it is needed. Its answer stays (a browser that goes back
  // brings back nothing that is disabled); the server reads no answer of a question that is not asked.
  const depend = (root) => {
    root.querySelectorAll("[data-shown-by]").forEach((row) => {
      const form = row.closest("form");
      if (!form) return;
      const wanted = row.dataset.shownWhen.split("|");
      const others = [...form.elements].filter((element) => element.name === row.dataset.shownBy);
      if (!others.length) return;
      const given = others.filter((element) => (element.type === "radio" || element.type === "checkbox" ? element.checked : true)).map((element) => element.value);
      row.hidden = !given.some((value) => wanted.includes(value));
    });
  };
  on("change", (event) => { const form = event.target.closest("form"); if (form) depend(form); });

  // What went wrong behind htmx is said beside what was pressed.
  const tell = (element, text) => {
    const place = element.closest("form") || element.closest("section") || document.getElementById("main");
    const old = document.getElementById("dd-trouble");
    if (old) old.remove();
    const box = document.createElement("div");
    box.id = "dd-trouble";
    box.className = "dd-flash dd-flash-danger";
    box.setAttribute("role", "alert");
    box.textContent = text;
    place.prepend(box);
  };
  on("htmx:responseError", ({ detail }) => { if (detail.xhr.getResponseHeader("X-Doudi-Error")) tell(detail.elt, detail.xhr.responseText); });
  on("htmx:sendError", ({ detail }) => { if (document.body.dataset.offline) tell(detail.elt, document.body.dataset.offline); });

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
    if (window.innerWidth < 1200 || document.documentElement.classList.contains("large")) root.querySelectorAll("details[data-fold][open]").forEach((fold) => { fold.open = false; });
    // a drawing made for a wide screen gives way to its table
    if (window.innerWidth < 768) root.querySelectorAll("details[data-open-phone]").forEach((fold) => { fold.open = true; });
    root.querySelectorAll("details[data-fold-js][open]").forEach((fold) => { fold.open = false; });
    depend(root.closest ? root.closest("form") || root : root);
    // what scrolls sideways must be reachable by keyboard
    root.querySelectorAll(".dd-table, .dd-scroll, .dd-nav").forEach((wide) => { if (wide.scrollWidth > wide.clientWidth + 1) wide.tabIndex = 0; });
    // on a phone the page at hand may lie beyond the edge of the navigation
    const here = root.querySelector(".dd-nav [aria-current]");
    if (here) { const nav = here.closest(".dd-nav"); if (here.offsetLeft + here.offsetWidth > nav.clientWidth) nav.scrollLeft = here.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2; }
    const wrong = root.querySelector("[data-focus]");
    if (wrong) wrong.focus();
  };
  on("htmx:load", (event) => prepare(event.target.parentElement || event.target));
  // a browser that goes back ticks again what was ticked, after everything else is ready
  window.addEventListener("pageshow", () => [...document.forms].forEach(depend));
  if (document.readyState === "loading") on("DOMContentLoaded", () => prepare(document)); else prepare(document);
})();
