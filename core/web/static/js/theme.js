// Runs before the first paint: says that script works, and follows the system's light or dark where the person chose "auto".
(function () {
  const root = document.documentElement;
  root.classList.add("dd-js");
  if (root.dataset.theme !== "auto" || !window.matchMedia) return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => root.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  apply();
  if (dark.addEventListener) dark.addEventListener("change", apply);
})();
