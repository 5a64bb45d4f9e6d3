// Asks the phone where it is, only when the button is pressed, and shows how exact the answer is.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-locate]");
  if (!button) return;
  const box = button.closest("[data-position]"), text = box.querySelector("[data-position-text]");
  const inputs = box.querySelectorAll(".dd-two input");
  const byHand = () => { text.textContent = box.dataset.refused; box.querySelector(".dd-two").classList.remove("dd-no-js"); };
  if (!navigator.geolocation) { byHand(); return; }
  text.textContent = box.dataset.asking;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      [coords.latitude.toFixed(6), coords.longitude.toFixed(6), String(Math.round(coords.accuracy))].forEach((value, i) => { if (inputs[i]) inputs[i].value = value; });
      text.textContent = box.dataset.got.replace("{n}", Math.round(coords.accuracy));
    },
    byHand,
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 },
  );
});
