// Arrow keys, Home and End move the focus over the tiles of the grid; Enter opens, as on any link.
const step = {
  ArrowLeft: (tiles, at) => at - 1,
  ArrowRight: (tiles, at) => at + 1,
  ArrowUp: (tiles, at) => inNextRow(tiles, at, -1),
  ArrowDown: (tiles, at) => inNextRow(tiles, at, 1),
  Home: () => 0,
  End: (tiles) => tiles.length - 1,
};

function inNextRow(tiles, at, direction) {
  const here = tiles[at].getBoundingClientRect();
  for (let i = at + direction; tiles[i]; i += direction) {
    const there = tiles[i].getBoundingClientRect();
    if (there.top !== here.top && Math.abs(there.left - here.left) < there.width / 2) return i;
  }
  return direction > 0 ? tiles.length - 1 : at;
}

document.addEventListener("keydown", (event) => {
  const tile = event.target.closest?.("#tiles a");
  if (!tile || !step[event.key] || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const tiles = [...document.querySelectorAll("#tiles a")];
  tiles[step[event.key](tiles, tiles.indexOf(tile))]?.focus();
  event.preventDefault();
});
