// Sends people back to where they are now: htmx may have changed the address since the page was made.
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("input[data-here]")) {
    field.value = location.pathname + location.search;
  }
}, true);

// Takes a notice away that somebody has read.
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("li").remove());

// Brings the page's own link into view where the navigation is wider than the screen.
const current = document.querySelector(".top nav [aria-current]");
if (current) {
  current.parentElement.scrollLeft = current.offsetLeft - current.parentElement.clientWidth / 2;
}
