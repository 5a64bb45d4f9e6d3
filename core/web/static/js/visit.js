// The visit on a phone: marks at once what differs from the stored value, as the last save told it.
(function () {
  const mark = () => {
    const state = document.getElementById("_visit_state");
    if (!state) return;
    const named = new Set([...state.querySelectorAll("[data-differs]")].map((link) => link.dataset.differs + "-row"));
    document.querySelectorAll("#visit-form .dd-f").forEach((row) => {
      if (row.querySelector(".dd-old, .dd-stored")) row.classList.toggle("dd-changed", named.has(row.id));
    });
  };
  document.addEventListener("htmx:afterSettle", mark);
  document.addEventListener("htmx:sendError", () => {
    const state = document.getElementById("dd-draft-state");
    if (state) state.textContent = "✗";
  });
})();
