// Asks the device where it is, only when the button is pressed, and shows how exact the answer is.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-locate]");
  if (!button) return;
  const box = button.closest("[data-position]"), text = box.querySelector("[data-position-text]");
  const put = (part, value) => { const input = box.querySelector(`[data-part="${part}"]`); if (input) input.value = value; };
  // nobody knows her coordinates by heart: what is left is to say why there are none
  const failed = () => { text.textContent = box.dataset.refused; const reason = box.querySelector(".dd-decline"); if (reason) reason.open = true; };
  if (!navigator.geolocation) { failed(); return; }
  text.textContent = box.dataset.asking;
  navigator.geolocation.getCurrentPosition(
    ({ coords, timestamp }) => {
      put("latitude", coords.latitude.toFixed(6));
      put("longitude", coords.longitude.toFixed(6));
      put("accuracy", String(Math.round(coords.accuracy)));
      put("fixed_at", new Date(timestamp).toISOString());
      text.textContent = box.dataset.got.replace("{n}", Math.round(coords.accuracy));
      box.querySelector("[data-position-confirm]").classList.remove("dd-no-js");
    },
    failed,
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 },
  );
});
