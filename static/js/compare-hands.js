// What mouse, fingers and keys do to the pictures that compare.js shows.
const MOVED_PX = 5; // a press that moves less is a click
const PAN = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const IN_BOX = "#copies[data-group] .box";
const pointers = new Map();
let hasMoved = false;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-zoom], [data-mode]");
  if (event.detail) button?.blur(); // so that Enter decides again
  zooms[button?.dataset.zoom]?.();
  const box = event.target.closest(IN_BOX);
  if (!box || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (event.detail) box.blur();
  if (!hasMoved) zoomTo(zoom > 1 ? 1 : most(), box, event.detail ? event : null);
});

document.addEventListener("wheel", (event) => {
  const box = event.target.closest(IN_BOX);
  if (!box || (zoom === 1 && event.deltaY >= 0)) return;
  event.preventDefault();
  zoomTo(zoom * Math.exp(-event.deltaY / 300), box, event);
}, { passive: false });

document.addEventListener("pointerdown", (event) => {
  if (!event.target.closest(IN_BOX)) return;
  pointers.set(event.pointerId, event);
  hasMoved = false;
});

document.addEventListener("pointermove", (event) => {
  const before = pointers.get(event.pointerId);
  const box = before?.target.closest(".box");
  if (!box || !box.isConnected) return;
  const other = [...pointers.values()].find((one) => one.pointerId !== event.pointerId);
  const far = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
  const moved = Math.hypot(event.clientX - before.clientX, event.clientY - before.clientY);
  if (!hasMoved && moved < MOVED_PX) return;
  hasMoved = true;
  pointers.set(event.pointerId, { pointerId: event.pointerId, target: before.target, clientX: event.clientX, clientY: event.clientY });
  if (other) zoomTo((zoom * far(event)) / (far(before) || 1), box, event);
  else if (zoom > 1) pan(box, event.clientX - before.clientX, event.clientY - before.clientY);
});

for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, (event) => pointers.delete(event.pointerId));
}
document.addEventListener("dragstart", (event) => {
  if (event.target.closest(IN_BOX)) event.preventDefault();
});

document.addEventListener("keydown", (event) => {
  const step = PAN[event.key];
  if (!step || zoom === 1 || event.defaultPrevented || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  const box = boxes()[0];
  if (box) pan(box, (-step[0] * box.clientWidth) / 8, (-step[1] * box.clientHeight) / 8);
});
document.addEventListener("htmx:afterSettle", () => pointers.clear());
