// Sends people back to where they are now: htmx may have changed the address since the page was made.
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll("input[data-here]")) {
    field.value = location.pathname + location.search;
  }
}, true);

// Takes a notice away that somebody has read.
document.addEventListener("click", (event) => event.target.closest("[data-dismiss]")?.closest("li").remove());
