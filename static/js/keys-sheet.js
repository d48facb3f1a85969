// The sheet of all keys: it is made from what carries data-key, so that it is never out of date.
// What a page moves by a script of its own it tells with <span hidden data-key="…" data-key-label="…">.
const SHOWN = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", Delete: "Del", PageUp: "Page ↑", PageDown: "Page ↓" };

function entry(element) {
  const term = document.createElement("dt");
  for (const name of element.dataset.key.trim().split(/\s+/)) {
    const key = document.createElement("kbd");
    key.textContent = name.split(/(?<=.)\+/).map((part) => SHOWN[part] ?? part[0].toUpperCase() + part.slice(1)).join(" ");
    term.append(key, " ");
  }
  const label = document.createElement("dd");
  label.textContent = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
  return [term, label];
}

function isTold(element) {
  return element.checkVisibility() || (element.hidden && element.tagName === "SPAN");
}

function list(place) {
  const told = [...document.querySelectorAll(`${place} [data-key]`)].filter(isTold);
  const once = new Map(told.map((element) => [element.dataset.key, element]));
  return [...once.values()].flatMap(entry);
}

for (const button of document.querySelectorAll("[data-opens]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const sheet = document.getElementById(button.dataset.opens);
    for (const part of sheet.querySelectorAll("[data-keys-of]")) {
      part.replaceChildren(...list(part.dataset.keysOf));
      part.parentElement.hidden = !part.children.length;
    }
    sheet.showModal();
  });
}
