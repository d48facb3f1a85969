// Keys press what is on the page: whatever carries data-key is clicked, or focused if one types in it.
// data-key="j ArrowDown" names several keys; "shift+z" and "ctrl+a" are as they read (Command counts as Ctrl).
const TYPES_TEXT = 'textarea, select, [contenteditable], input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="reset"])';
const OWN_KEYS = { Enter: "a[href], button, summary", " ": "a[href], button, summary, input" };
const IS_CHOICE = 'input[type="radio"]';
let clicked = null; // by the pointer: a later Enter is meant for the page, not for what was clicked

function nameOf(event) {
  const key = event.key === " " ? "Space" : event.key;
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  const shift = event.shiftKey && (isLetter || key.length > 1) ? "shift+" : "";
  const control = event.ctrlKey || event.metaKey ? "ctrl+" : "";
  const alt = event.altKey ? "alt+" : "";
  return control + alt + shift + (isLetter ? key.toLowerCase() : key);
}

function isMeant(element, name) {
  return element.dataset.key.split(/\s+/).includes(name) && !element.disabled && element.checkVisibility();
}

function find(name) {
  const dialog = [...document.querySelectorAll("dialog:modal")].at(-1);
  const places = dialog ? [dialog] : [document.querySelector("main"), document.body];
  for (const place of places) {
    const found = [...place.querySelectorAll("[data-key]")].find((element) => isMeant(element, name));
    if (found) return found;
  }
  return null;
}

// A decision, or the next file or group, that is on its way; what has its own trigger only tells while one types.
const ON_ITS_WAY = "main :is([hx-post], [hx-push-url]).htmx-request:not([hx-trigger])";

// A key that is pressed before the answer would still decide about what one has left.
function press(element) {
  if (element.closest(".htmx-request") || document.querySelector(ON_ITS_WAY)) return;
  if (!element.matches(TYPES_TEXT)) return element.click();
  element.focus();
  element.select?.();
}

// Whether the browser itself, or the field that one types in, answers to this key.
function belongsElsewhere(event) {
  const { target, key } = event;
  if (target.matches(TYPES_TEXT)) {
    if (key === "Escape" && !target.closest("dialog")) target.blur();
    return true;
  }
  if (target.matches(IS_CHOICE) && key.startsWith("Arrow")) return true;
  const wasClicked = clicked && (target === clicked || (target.id && target.id === clicked.id));
  return OWN_KEYS[key] !== undefined && target.matches(OWN_KEYS[key]) && !wasClicked;
}

document.addEventListener("click", (event) => {
  clicked = event.detail > 0 ? event.target.closest("a[href], button, summary, input") : null;
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || belongsElsewhere(event)) return;
  if (event.repeat && !/^(Arrow|[jk]$)/.test(event.key)) return;
  const element = find(nameOf(event));
  if (!element) return;
  event.preventDefault();
  press(element);
});
