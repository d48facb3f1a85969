// Selecting tiles: by tick box, Space, Ctrl or Command and click; with Shift a range; Ctrl+A all that match; Esc none.
// The tick boxes are the selection, so what is selected is always seen; "all" is a tick box of its own, for the server.
(() => {
  const TYPES_TEXT = 'textarea, select, input:not([type="checkbox"], [type="radio"], [type="range"])';
  let anchor = null; // where a range begins
  let ranged = []; // what was selected from there on
  let isShift = false; // while a tick box was clicked
  let selectedBefore = 0; // when the filter changed

  const boxes = () => [...document.querySelectorAll('#tiles input[name="id"]')];
  const all = () => document.querySelector('#selection input[name="all"]');
  const boxOf = (element) => element?.closest("#tiles .cell")?.querySelector('input[name="id"]') ?? null;

  function show() {
    const bar = document.getElementById("bar");
    if (!bar) return;
    const number = boxes().filter((box) => box.checked).length;
    bar.hidden = !number && !all().checked;
    const chosen = document.getElementById("chosen");
    const text = all().checked ? chosen.dataset.all : `${number} ${chosen.dataset.label}`;
    if (chosen.textContent !== text) chosen.textContent = text;
  }

  function set(some, isTicked) {
    for (const box of some) box.checked = isTicked;
    if (!isTicked && all()) all().checked = false;
    show();
  }

  function setAnchor(box) {
    [anchor, ranged] = [box, []];
  }

  // Another range from the same place takes the place of the one before.
  function setRange(box, isTicked = true) {
    const known = boxes();
    const from = Math.max(known.indexOf(anchor), 0);
    const to = known.indexOf(box);
    const wanted = known.slice(Math.min(from, to), Math.max(from, to) + 1);
    set(ranged.filter((one) => !wanted.includes(one)), !isTicked);
    set(wanted, isTicked);
    ranged = wanted;
  }

  function toggle(box, isTicked = !box.checked) {
    set([box], isTicked);
    setAnchor(box);
  }

  function selectNothing() {
    set(boxes(), false);
    setAnchor(null);
  }

  function selectAll() {
    all().checked = true;
    set(boxes(), true);
  }

  function begin() {
    for (const hidden of document.querySelectorAll("#tiles [data-selects], #clear")) hidden.hidden = false;
    if (all()?.checked) set(boxes(), true);
    show();
  }

  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.closest(".pick")) isShift = event.shiftKey;
    if (target.closest("#clear")) return selectNothing();
    const heading = target.closest("[data-selects]")?.closest("li");
    if (heading) return selectSection(heading);
    const tile = target.closest("#tiles a.tile");
    if (!tile || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
    event.preventDefault();
    if (event.shiftKey) setRange(boxOf(tile));
    else toggle(boxOf(tile));
  });

  function selectSection(heading) {
    const found = [];
    for (let item = heading.nextElementSibling; item?.matches(".cell"); item = item.nextElementSibling) found.push(boxOf(item));
    set(found, !found.every((box) => box.checked));
  }

  document.addEventListener("change", ({ target }) => {
    if (target.matches('#selection input[name="all"]')) return target.checked ? selectAll() : selectNothing();
    if (!target.matches('#tiles input[name="id"]')) return;
    if (isShift && anchor) setRange(target, target.checked);
    else toggle(target, target.checked);
    isShift = false;
  });

  function press(event) {
    if (event.key === "Escape") return document.getElementById("bar")?.hidden === false && (selectNothing(), true);
    if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) return all() && (selectAll(), true);
    const box = boxOf(event.target);
    if (!box || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === " " && event.target.matches("a")) return toggle(box), true;
    if (!event.shiftKey || !/^(Arrow|Home|End)/.test(event.key)) return false;
    if (!anchor?.checked) setAnchor(box);
    const next = tileByKey(box.closest(".cell").querySelector("a.tile"), event.key);
    next.focus();
    setRange(boxOf(next));
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || document.querySelector("dialog:modal")) return;
    if (event.target.matches?.("#bar-tags") && event.key === "Enter") {
      event.preventDefault();
      return document.querySelector('#bar button[value="tag"]').click();
    }
    if (!event.target.matches?.(TYPES_TEXT) && press(event)) event.preventDefault();
  });

  // One field for all that is selected: servers take no thousand of them. All that match need no names.
  document.addEventListener("formdata", ({ target, formData }) => {
    if (target.id !== "selection") return;
    const picked = formData.getAll("id").join();
    formData.delete("id");
    if (!formData.has("all")) formData.set("id", picked);
  });

  // What is done with all that match is shown first, on a page of its own.
  document.addEventListener("htmx:beforeRequest", (event) => {
    const button = event.detail.elt;
    if (!button.matches("#bar button") || !all().checked) return;
    event.preventDefault();
    button.form.requestSubmit(button);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt.matches("#bar button")) selectNothing();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "grid") selectedBefore = boxes().filter((box) => box.checked).length;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    begin();
    const cleared = document.getElementById("cleared");
    if (event.target.id !== "grid" || !cleared) return;
    cleared.hidden = !selectedBefore;
    if (selectedBefore) document.getElementById("announcement").textContent = cleared.textContent;
    selectedBefore = 0;
  });
  window.addEventListener("pageshow", begin);
  begin();
})();
