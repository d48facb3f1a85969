// Two pictures laid over each other: shown in turn, or what differs between them.
const AMPLIFIED = 4; // so that small differences are seen
const NOTICED = 24; // of 255: what an eye takes for different
const WIDEST_PX = 2400;
const SAME_SHAPE = 0.03;
let mode = "beside";
let isSecond = false;

const place = () => document.querySelector("#copies[data-group]");
const stage = () => place()?.querySelector(".stage");

function chosen() {
  const members = place().querySelectorAll(".members .box");
  return ["first", "second"].map((name) => members[Number(place().querySelector(`[data-pair="${name}"]`).value)]);
}

function lay(layer, box) {
  const picture = box?.querySelector(".over");
  layer.src = picture?.currentSrc || picture?.src || "";
  if (picture?.dataset.full) layer.dataset.full = picture.dataset.full;
  else delete layer.dataset.full;
}

function set(wanted) {
  if (!stage()) return;
  isSecond = wanted === "flicker" && mode === "flicker" ? !isSecond : false;
  mode = wanted;
  stage().hidden = mode === "beside";
  place().classList.toggle("laid", mode !== "beside");
  for (const button of place().querySelectorAll("[data-mode]")) {
    button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  }
  if (mode !== "beside") arrange();
  document.dispatchEvent(new CustomEvent("compare:changed"));
}

function arrange() {
  const [first, second] = chosen();
  const box = stage().querySelector(".box");
  const [under, over, canvas] = ["img.under", "img.over", "canvas"].map((name) => box.querySelector(name));
  const largest = Number(first.dataset.width) >= Number(second?.dataset.width) ? first : (second ?? first);
  Object.assign(box.dataset, { width: largest.dataset.width ?? "", height: largest.dataset.height ?? "" });
  if (box.dataset.pair !== `${first.href} ${second?.href}`) {
    box.dataset.pair = `${first.href} ${second?.href}`;
    lay(under, first);
    lay(over, second ?? first);
  }
  under.classList.toggle("off", mode === "difference" || isSecond);
  over.classList.toggle("off", mode === "difference" || !isSecond);
  canvas.hidden = mode !== "difference";
  const shown = isSecond ? second : first;
  if (mode === "flicker") stage().querySelector(".stage-label").textContent = `${shown.dataset.number}: ${shown.dataset.name}`;
  if (mode === "difference") subtract(under, over, canvas);
}

async function subtract(under, over, canvas) {
  const label = stage().querySelector(".stage-label");
  const { differs, cannot } = stage().dataset;
  try {
    await Promise.all([under.decode(), over.decode()]);
  } catch {
    label.textContent = cannot;
    return;
  }
  if (mode !== "difference" || !canvas.isConnected) return;
  const shapes = [under, over].map((picture) => picture.naturalWidth / picture.naturalHeight);
  canvas.width = Math.min(WIDEST_PX, Math.max(under.naturalWidth, over.naturalWidth));
  canvas.height = Math.max(1, Math.round(canvas.width / shapes[0]));
  const share = paint(canvas, under, over);
  const text = differs.replace("{0}", share < 0.1 && share > 0 ? "< 0.1" : share.toFixed(1));
  label.textContent = Math.abs(shapes[0] / shapes[1] - 1) > SAME_SHAPE ? cannot : text;
}

// Draws how much the pixels differ, and returns how many per cent of them do so visibly.
function paint(canvas, under, over) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const pixels = (picture) => {
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return context.getImageData(0, 0, canvas.width, canvas.height);
  };
  const one = pixels(under);
  const other = pixels(over);
  let number = 0;
  for (let i = 0; i < one.data.length; i += 4) {
    let largest = 0;
    for (let colour = i; colour < i + 3; colour++) {
      const gap = Math.abs(one.data[colour] - other.data[colour]);
      one.data[colour] = gap * AMPLIFIED;
      largest = Math.max(largest, gap);
    }
    if (largest >= NOTICED) number++;
  }
  context.putImageData(one, 0, 0);
  return (400 * number) / one.data.length;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("#copies [data-mode]");
  if (button) set(button.dataset.mode);
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("#copies [data-pair]") || mode === "beside") return;
  isSecond = false;
  arrange();
  document.dispatchEvent(new CustomEvent("compare:changed"));
});
document.addEventListener("compare:sharper", () => {
  if (mode === "difference") set(mode);
});
// Another group begins side by side.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "copies" || !stage()) [mode, isSecond] = ["beside", false];
});
