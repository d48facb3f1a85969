// Zoom and pan of all pictures of a group at once: up to one pixel of the largest for one of the screen.
// compare-hands.js says how mouse, fingers and keys do it.
const STEP = 1.5;
let zoom = 1; // of pictures that fit into their boxes
let x = 0.5; // what is in the middle, as shares of the picture
let y = 0.5;
let shownGroup = null;

const group = () => document.querySelector("#copies[data-group]");
const boxes = () => [...(group()?.querySelectorAll(".box") ?? [])].filter((box) => box.checkVisibility());
const within = (value, low, high) => Math.min(Math.max(value, low), high);

// How large the whole picture is in its box, and how large it is in truth.
function sizes(box) {
  const picture = box.querySelector(".over");
  const width = Number(box.dataset.width) || picture?.naturalWidth || box.clientWidth;
  const height = Number(box.dataset.height) || picture?.naturalHeight || box.clientHeight;
  const fit = Math.min(box.clientWidth / width, box.clientHeight / height);
  return { width, across: width * fit, down: height * fit };
}

function most() {
  return Math.max(1, ...boxes().map((box) => sizes(box)).map((one) => one.width / (one.across * devicePixelRatio)));
}

function clamp() {
  const box = boxes()[0];
  if (!box) return;
  const { across, down } = sizes(box);
  const halfAcross = Math.min(0.5, box.clientWidth / (2 * across * zoom));
  const halfDown = Math.min(0.5, box.clientHeight / (2 * down * zoom));
  x = within(x, halfAcross, 1 - halfAcross);
  y = within(y, halfDown, 1 - halfDown);
}

function draw() {
  clamp();
  group()?.classList.toggle("zoomed", zoom > 1);
  for (const box of boxes()) {
    const { width, across, down } = sizes(box);
    const move = `translate(${(0.5 - x) * across * zoom}px, ${(0.5 - y) * down * zoom}px) scale(${zoom})`;
    for (const layer of box.querySelectorAll("img, canvas")) {
      layer.style.transform = zoom > 1 ? move : "";
      sharpen(layer, width, across * zoom * devicePixelRatio);
    }
  }
  tell();
}

// The whole picture is fetched when its preview is too small for what is to be seen.
function sharpen(picture, width, wanted) {
  const address = picture.dataset.full;
  if (!address || !picture.naturalWidth || picture.naturalWidth >= width || wanted <= picture.naturalWidth) return;
  delete picture.dataset.full;
  const whole = new Image();
  whole.src = address;
  whole.decode().then(() => {
    picture.src = address;
    document.dispatchEvent(new CustomEvent("compare:sharper"));
    picture.decode().then(draw, () => {});
  }, () => {});
}

function tell() {
  const scale = group()?.querySelector(".scale");
  const box = boxes().sort((one, other) => sizes(other).width - sizes(one).width)[0];
  const picture = box?.querySelector(".over");
  if (!scale || !picture) return;
  const { width, across } = sizes(box);
  const wanted = across * zoom * devicePixelRatio;
  const isPreview = picture.naturalWidth < width && wanted > picture.naturalWidth * 1.01;
  scale.value = `${Math.round((100 * wanted) / width)} %${isPreview ? ` (${scale.dataset.preview})` : ""}`;
}

// Keeps what lies under a point of the screen where it is.
function zoomTo(wanted, box, at) {
  const next = within(wanted, 1, most());
  if (box && at) {
    const place = box.getBoundingClientRect();
    const { across, down } = sizes(box);
    const change = 1 / zoom - 1 / next;
    x += ((at.clientX - place.left - place.width / 2) / across) * change;
    y += ((at.clientY - place.top - place.height / 2) / down) * change;
  }
  zoom = next;
  draw();
}

const zooms = {
  in: () => zoomTo(zoom * STEP),
  out: () => zoomTo(zoom / STEP),
  fit: () => zoomTo(1),
  full: () => zoomTo(zoom < most() ? most() : 1),
};

function pan(box, acrossPx, downPx) {
  const { across, down } = sizes(box);
  x -= acrossPx / (across * zoom);
  y -= downPx / (down * zoom);
  draw();
}

// Another group begins with whole pictures.
function begin() {
  const key = group()?.dataset.group ?? null;
  if (key !== shownGroup) [shownGroup, zoom, x, y] = [key, 1, 0.5, 0.5];
  group()?.querySelector(".tools-bar")?.removeAttribute("hidden");
  draw();
}
for (const event of ["htmx:afterSettle", "DOMContentLoaded"]) document.addEventListener(event, begin);
document.addEventListener("compare:changed", draw);
document.addEventListener("load", (event) => event.target.matches?.("#copies[data-group] .box img") && draw(), true);
window.addEventListener("resize", () => group() && draw());
