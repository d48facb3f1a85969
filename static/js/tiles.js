// Arrow keys, Home and End move the focus over the tiles; Enter opens, as on any link. The slider sets their size.
const tileStep = {
  ArrowLeft: (tiles, at) => at - 1,
  ArrowRight: (tiles, at) => at + 1,
  ArrowUp: (tiles, at) => tileInNextRow(tiles, at, -1),
  ArrowDown: (tiles, at) => tileInNextRow(tiles, at, 1),
  Home: () => 0,
  End: (tiles) => tiles.length - 1,
};

function tileInNextRow(tiles, at, direction) {
  const here = tiles[at].getBoundingClientRect();
  let nearest = -1;
  for (let i = at + direction; tiles[i]; i += direction) {
    const there = tiles[i].getBoundingClientRect();
    if (there.top === here.top) continue;
    if (nearest >= 0 && there.top !== tiles[nearest].getBoundingClientRect().top) break;
    const isNearer = nearest < 0 || Math.abs(there.left - here.left) < Math.abs(tiles[nearest].getBoundingClientRect().left - here.left);
    if (isNearer) nearest = i;
  }
  return nearest >= 0 ? nearest : direction > 0 ? tiles.length - 1 : 0;
}

// The tile that a key leads to from another one; without one, the first that is in sight.
function tileByKey(tile, key) {
  const tiles = [...document.querySelectorAll("#tiles a.tile")];
  if (tile) return tiles[tileStep[key](tiles, tiles.indexOf(tile))] ?? tile;
  return tiles.find((one) => one.getBoundingClientRect().bottom > 0) ?? null;
}

document.addEventListener("keydown", (event) => {
  if (!tileStep[event.key] || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const isOnPage = event.target === document.body || event.target.id === "content";
  const cell = event.target.closest?.("#tiles .cell");
  if (!cell && !(isOnPage && event.key.startsWith("Arrow"))) return;
  const next = tileByKey(cell?.querySelector("a.tile") ?? null, event.key);
  if (!next) return;
  next.focus();
  event.preventDefault();
});

function showTileSize() {
  const slider = document.getElementById("tile-size");
  if (!slider) return;
  slider.parentElement.hidden = false;
  slider.value = localStorage.getItem("tile-size") ?? slider.value;
  document.documentElement.style.setProperty("--tile", `${slider.value}rem`);
}

document.addEventListener("input", (event) => {
  if (event.target.id !== "tile-size") return;
  localStorage.setItem("tile-size", event.target.value);
  showTileSize();
});
document.addEventListener("htmx:afterSettle", showTileSize);
showTileSize();
