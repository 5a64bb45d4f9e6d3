// Photos are shrunk on the phone before they are sent (longest side 1600 px), and each file says how it stands.
(function () {
  const LONGEST = 1600, QUALITY = 0.82, SMALL = 400 * 1024;

  const shrink = async (file) => {
    if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(file.type) || file.size < SMALL || !window.createImageBitmap) return file;
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    return blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" }) : file;
  };
  const size = (bytes) => (bytes > 1048576 ? (bytes / 1048576).toFixed(1) + " MB" : Math.max(1, Math.round(bytes / 1024)) + " KB");

  const row = (list, file, box) => {
    const item = document.createElement("li");
    item.dataset.fresh = "1";
    const name = document.createElement("span");
    name.textContent = file.name;
    const state = document.createElement("span");
    state.className = "dd-state";
    state.textContent = box.dataset.sending;
    item.append(name, state);
    list.append(item);
    return (text, kind) => { state.textContent = text; state.className = "dd-state dd-state-" + kind; };
  };

  const many = async (input, box) => {
    const list = box.querySelector("[data-upload-list]");
    list.querySelectorAll("[data-fresh]").forEach((old) => old.remove());
    const kept = new DataTransfer();
    box.classList.add("is-sending");
    box.classList.remove("is-failed");
    for (const file of input.files) {
      const tell = row(list, file, box);
      try {
        const small = await shrink(file);
        kept.items.add(small);
        tell("✓ " + box.dataset.kept + " " + size(small.size), "ok");
      } catch {
        tell("✗ " + box.dataset.failed, "bad");
        box.classList.add("is-failed");
      }
    }
    input.files = kept.files;
    box.classList.remove("is-sending");
  };

  const one = async (input, box) => {
    if (!input.files.length) return;
    const kept = new DataTransfer();
    kept.items.add(await shrink(input.files[0]).catch(() => input.files[0]));
    input.files = kept.files;
    const shot = box.querySelector(".dd-shot"), image = document.createElement("img"), state = box.querySelector("[data-photo-state]");
    image.alt = "";
    image.src = URL.createObjectURL(kept.files[0]);
    shot.replaceChildren(image);
    shot.classList.add("is-taken");
    const now = new Date();
    const done = document.createElement("span");
    done.className = "dd-state-ok";
    done.textContent = "✓ " + state.dataset.kept + " " + now.getHours() + ":" + String(now.getMinutes()).padStart(2, "0") + " " + size(kept.files[0].size);
    state.replaceChildren(done);
  };

  document.addEventListener("change", (event) => {
    if (event.target.type !== "file") return;
    const box = event.target.closest("[data-upload]"), photo = event.target.closest("[data-photo]");
    if (box) many(event.target, box);
    if (photo) one(event.target, photo);
  });
})();
