// Videos of the queue of dates: a picture where a browser cannot play one, and P to play and to stop.
function giveUp(video) {
  const hint = video.parentElement.querySelector(".unplayable");
  if (video.poster) {
    const picture = new Image();
    picture.src = video.poster;
    picture.alt = video.getAttribute("aria-label");
    video.replaceWith(picture);
  }
  hint.hidden = false;
}

// Errors of videos do not bubble.
document.addEventListener("error", (event) => {
  if (event.target.matches?.(".dates video")) giveUp(event.target);
}, true);

// One may have failed before this script was read.
for (const video of document.querySelectorAll(".dates video")) if (video.error) giveUp(video);

document.addEventListener("keydown", (event) => {
  const video = document.querySelector(".dates video");
  const isTyping = event.target.matches("input, textarea, select");
  if (event.key !== "p" || !video || isTyping || event.altKey || event.ctrlKey || event.metaKey) return;
  if (video.paused) video.play().catch(() => {});
  else video.pause();
});
