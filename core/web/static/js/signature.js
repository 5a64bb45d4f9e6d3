// Signing by hand: the strokes go into a hidden field as a PNG; the form sends it like any other answer.
(function () {
  const prepare = (box) => {
    const canvas = box.querySelector("canvas"), field = box.querySelector("input[type=hidden]"), pad = box.querySelector(".dd-pad");
    if (!canvas || canvas.dataset.ready) return;
    canvas.dataset.ready = "1";
    const pen = canvas.getContext("2d");
    let strokes = [], drawing = null;

    const draw = () => {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.lineWidth = Math.max(3, canvas.width / 220);
      pen.lineCap = pen.lineJoin = "round";
      pen.strokeStyle = "#10233a";
      for (const stroke of strokes) {
        pen.beginPath();
        stroke.forEach(([x, y], i) => pen[i ? "lineTo" : "moveTo"](x * canvas.width, y * canvas.height));
        if (stroke.length === 1) pen.lineTo(stroke[0][0] * canvas.width + 1, stroke[0][1] * canvas.height);
        pen.stroke();
      }
    };
    const fit = () => {
      const box = canvas.getBoundingClientRect(), dots = window.devicePixelRatio || 1;
      if (!box.width) return;
      canvas.width = Math.round(box.width * dots);
      canvas.height = Math.round(box.height * dots);
      draw();
    };
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    };
    const keep = () => {
      field.value = strokes.length ? canvas.toDataURL("image/png") : "";
      // a hidden field tells nobody of its own accord that it changed
      field.dispatchEvent(new Event("change", { bubbles: true }));
    };

    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      drawing = [at(event)];
      strokes.push(drawing);
      draw();
    });
    canvas.addEventListener("pointermove", (event) => { if (drawing) { drawing.push(at(event)); draw(); } });
    const end = () => { if (drawing) { drawing = null; keep(); } };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    box.querySelector("[data-clear]").addEventListener("click", () => { strokes = []; draw(); keep(); });
    const wide = box.querySelector("[data-wide]"), words = wide.textContent;
    wide.addEventListener("click", () => {
      const big = pad.classList.toggle("is-wide");
      wide.textContent = big ? wide.dataset.back : words;
      wide.classList.toggle("dd-wide-back", big);
      fit();
      keep();
    });
    if (window.ResizeObserver) new ResizeObserver(fit).observe(canvas);
    fit();
  };
  const all = (root) => root.querySelectorAll("[data-signature]").forEach(prepare);
  document.addEventListener("htmx:load", (event) => all(event.target.parentElement || event.target));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => all(document)); else all(document);
})();
