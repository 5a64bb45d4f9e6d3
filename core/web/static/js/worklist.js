// Keys of the worklist: J K move, Enter opens, O opens beside, F filters, / searches, ? shows the list of keys.
(function () {
  const rows = () => [...document.querySelectorAll("[data-work-row]")];
  const choose = (row) => {
    rows().forEach((other) => {
      other.classList.toggle("is-cur", other === row);
      const link = other.querySelector("[data-open]");
      link.classList.toggle("dd-b-main", other === row);
      if (other === row) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
    row.querySelector("[data-open]").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const search = document.getElementById("dd-q");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); return; }
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.classList.contains("is-cur"));
    const key = event.key.toLowerCase();
    if (key === "j") choose(all[Math.min(all.length - 1, at + 1)]);
    else if (key === "k") choose(all[Math.max(0, at - 1)]);
    else if (key === "o" && at >= 0) window.open(all[at].querySelector("[data-open]").href, "_blank", "noopener");
    else if (key === "enter" && at >= 0 && event.target === document.body) all[at].querySelector("[data-open]").click();
    else if (key === "f") { const first = document.querySelector("[data-pills] a"); if (first) first.focus(); }
    else if (event.key === "?") { const keys = document.getElementById("dd-keys"); if (keys) { keys.tabIndex = -1; keys.scrollIntoView({ block: "center" }); keys.focus(); } }
    else return;
    event.preventDefault();
  });
})();
