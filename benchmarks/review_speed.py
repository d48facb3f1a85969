"""How long a person waits for the next picture: `python -m benchmarks.review_speed`.

A real Chromium decides by keyboard on a real web server over photos of 12 megapixels, whose previews are
made for the first time. Measured is the time from a key until the next picture stands on the screen; it
holds if half of them take less than a quarter of a second. Before each key somebody looks for a moment.
"""

import argparse
import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import installation, libraries, page_latency
from benchmarks.page_latency import percentile

if TYPE_CHECKING:
    from playwright.sync_api import Page

BAR_MS = 250
DESKTOP = (1440, 900)
# Until the large picture of another file has come, is decoded, and was painted.
SHOWN = """(before) => new Promise((resolve) => {
  const look = () => {
    const picture = document.querySelector("#large");
    const isNew = picture && picture.src !== before && picture.complete && picture.naturalWidth;
    if (isNew) requestAnimationFrame(() => setTimeout(resolve, 0, picture.src));
    else requestAnimationFrame(look);
  };
  look();
})"""

# Until all pictures of another group have come.
SHOWN_GROUP = """(before) => new Promise((resolve) => {
  const look = () => {
    const group = document.querySelector("#copies[data-group]");
    const pictures = [...(group?.querySelectorAll(".members .over") ?? [])];
    const isNew = group && group.dataset.group !== before;
    if (isNew && pictures.length && pictures.every((one) => one.complete && one.naturalWidth)) {
      requestAnimationFrame(() => setTimeout(resolve, 0, group.dataset.group));
    } else requestAnimationFrame(look);
  };
  look();
})"""
SENT = "sent-"
COPY_SHARE = 0.5  # of the sides of a photo: its copy, as a messenger would send it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--number", type=int, default=100, help="decisions")
    parser.add_argument("--megapixels", type=float, default=12)
    parser.add_argument("--look", type=float, default=0.3, help="seconds that somebody looks at each picture")
    options = parser.parse_args()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser driver runs an event loop
    with installation.scratch() as folder:
        from django.conf import settings
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        photos = libraries.photos(folder / "photos", number=options.number + 8, megapixels=options.megapixels)
        send(photos, folder / "photos/sent")
        installation.import_here(folder / "photos")
        with page_latency.web() as port, browser(port) as page:
            print(installation.surroundings())
            wanted = {"number": options.number, "look_s": options.look}
            held = show("groups of copies decided by keyboard", list(groups(page, **wanted)))
            _forget_previews(Path(settings.DATA_DIR) / "previews")
            held &= show("dates accepted by keyboard", list(dates(page, **wanted)))
    sys.exit(0 if held else "the bar was not held")


def _forget_previews(folder: Path) -> None:
    """Let dates begin without previews as well; those that are being made just now may stay."""
    shutil.rmtree(folder, ignore_errors=True)


def send(photos: Sequence[Path], folder: Path) -> None:
    """Make a smaller copy of each photo."""
    from PIL import Image

    folder.mkdir()
    for photo in photos:
        with Image.open(photo) as picture:
            exif = picture.info["exif"]  # has a date of its own, without which some would be identical
            picture.thumbnail((picture.width * COPY_SHARE, picture.height * COPY_SHARE))
            picture.save(folder / f"{SENT}{photo.name}", quality=70, exif=exif)


def groups(page: "Page", *, number: int, look_s: float) -> Iterator[float]:
    """Keep the recommended file of groups by pressing Enter, and yield how long each took until the next."""
    from media_catalog.models import DuplicateGroup

    _pair()
    page.goto("/copies/")
    yield from decide(
        page, lambda: page.keyboard.press("Enter"), number=number, look_s=look_s, shown=SHOWN_GROUP
    )
    if (done := DuplicateGroup.objects.filter(resolved_batch__isnull=False).count()) != number:
        raise SystemExit(f"{done} of {number} groups were decided")


def _pair() -> None:
    """Put each photo into a group with its copy: the scenes are too few for a search to tell them apart."""
    from django.utils import timezone

    from media_catalog.models import DuplicateGroup, MediaFile
    from media_catalog.services import counts

    DuplicateGroup.objects.all().delete()
    files = {file.name: file for file in MediaFile.objects.all()}
    for name, file in files.items():
        if copy := files.get(f"{SENT}{name}"):
            group = DuplicateGroup.objects.create(kind="near", key=file.sha256, created_at=timezone.now())
            for rank, member in enumerate((file, copy)):
                group.members.create(file=member, kind="near", rank=rank, is_keeper=not rank)
    counts.rebuild()


def dates(page: "Page", *, number: int, look_s: float) -> Iterator[float]:
    """Accept dates by pressing Enter, and yield how many milliseconds passed until the next picture."""
    from media_catalog.models import MediaFile
    from media_catalog.services import counts

    MediaFile.objects.update(confidence="medium")
    counts.rebuild()
    page.goto("/dates/")
    yield from decide(page, lambda: page.keyboard.press("Enter"), number=number, look_s=look_s)
    if (done := MediaFile.objects.filter(reviewed_at__isnull=False).count()) != number:
        raise SystemExit(f"{done} of {number} dates were accepted")


def decide(
    page: "Page", press: Callable[[], None], *, number: int, look_s: float, shown: str = SHOWN
) -> Iterator[float]:
    """Press a key again and again, and yield how many milliseconds passed until the next picture."""
    picture = page.evaluate(shown, "")
    for _ in range(number):
        time.sleep(look_s)
        start = time.perf_counter()
        press()
        picture = page.evaluate(shown, picture)
        yield (time.perf_counter() - start) * 1000


@contextlib.contextmanager
def browser(port: int) -> Iterator["Page"]:
    """Open a window in which somebody is logged in."""
    from playwright.sync_api import sync_playwright

    name, _, value = page_latency.sign_in().partition("=")
    address = f"http://127.0.0.1:{port}"
    with sync_playwright() as driver:
        program = driver.chromium.launch(executable_path=_chromium())
        width, height = DESKTOP
        context = program.new_context(base_url=address, viewport={"width": width, "height": height})
        context.add_cookies([{"name": name, "value": value, "url": address}])
        yield context.new_page()
        program.close()


def _chromium() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        raise SystemExit("no Chromium here; Debian, Ubuntu: sudo apt-get install chromium")
    return str(Path(found))


def show(name: str, times: Sequence[float]) -> bool:
    """Print how long the decisions took, and tell whether half of them were quick enough."""
    parts = ", ".join(f"{share} % {percentile(times, share):.0f} ms" for share in (50, 95))
    print(f"{name}: {len(times)} times: {parts}, longest {max(times):.0f} ms (bar: half within {BAR_MS} ms)")
    return percentile(times, 50) < BAR_MS


if __name__ == "__main__":
    main()
