// Fetches ahead what the next pages show: the addresses in data-preload, as pictures, each once.
const MOST_HELD = 24;
const held = new Map();

function fetchAhead() {
  for (const element of document.querySelectorAll("[data-preload]")) {
    for (const address of element.dataset.preload.split(/\s+/)) {
      if (!address || held.has(address)) continue;
      const picture = new Image();
      picture.src = address;
      held.set(address, picture);
    }
  }
  for (const address of [...held.keys()].slice(0, -MOST_HELD)) held.delete(address);
}

window.addEventListener("load", fetchAhead);
document.addEventListener("htmx:afterSettle", fetchAhead);
