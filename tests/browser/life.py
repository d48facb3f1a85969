"""A whole life in the browser, from the first drop to the end: `python -m tests.browser.life SHOTS`.

Upload, import, copies by rule, dates, tags, plan, export, a check of the archive, and clearing up; with
pictures of each step on desk and phone, in light and dark.
"""

import argparse
import contextlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.server import Server

FILES = 300
WAIT_MS = 600_000
PATIENCE_MS = 60_000
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TALLEST_PX = 2400  # what lies further down is cut off
LABEL, TAG = "Our family", "family"
Shoot = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What came of it: the sums of the export, and what checks of the archive found at its end and later."""

    ledger: dict[str, int]
    checked: dict[str, Any]
    checked_again: dict[str, Any]


def live(page: "Page", server: "Server", photos: Path, *, shoot: Shoot) -> Life:
    """Go through all of it by hand, so to speak; `shoot` is told the name of each step."""
    page.set_default_timeout(PATIENCE_MS)
    server.log_in(page)
    empty(page, shoot)
    bring_in(page, photos, shoot)
    look_at_jobs(page, shoot)
    decide_copies(page, shoot)
    decide_dates(page, shoot)
    tag(page, shoot)
    ledger = export(page, shoot)
    checked = json.loads(server.manage("verify_archive", "--json"))
    clear_up(page, shoot)
    checked_again = json.loads(server.manage("verify_archive", "--json"))
    return Life(ledger=ledger, checked=checked, checked_again=checked_again)


def empty(page: "Page", shoot: Shoot) -> None:
    for path in (
        "/",
        "/jobs/",
        "/exports/",
        "/exports/deletions/",
        "/dates/",
        "/copies/",
        "/files/",
        "/history/",
    ):
        page.goto(path)
        shoot(f"01 empty {path.strip('/').replace('/', ' ') or 'home'}")


def bring_in(page: "Page", photos: Path, shoot: Shoot) -> None:
    from playwright.sync_api import expect

    from tests.browser.test_uploads import drop

    page.goto("/import/")
    shoot("02 import")
    page.get_by_label("What to call them").fill(LABEL)
    page.get_by_label("Import as soon as").uncheck()
    drop(page, photos)
    expect(page.locator("#upload-sums")).to_contain_text("arrived", timeout=PATIENCE_MS)
    shoot("03 uploading")
    expect(page.locator("#upload-said")).to_contain_text("are here", timeout=WAIT_MS)
    shoot("04 uploaded")
    address = page.url
    page.goto("/import/")
    shoot("05 not imported yet")
    page.goto(address)
    shoot("06 upload again")
    if page.get_by_label("Import without").count():
        page.get_by_label("Import without").check()
    page.get_by_role("button", name="Import what has arrived").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    shoot("07 job runs")
    ended(page)
    shoot("08 job ended")


def ended(page: "Page") -> None:
    from playwright.sync_api import expect

    expect(page.locator(".numbers .facts").first).to_contain_text("completed", timeout=WAIT_MS)


def look_at_jobs(page: "Page", shoot: Shoot) -> None:
    job = page.url
    for outcome in ("skipped", "failed", "done"):
        page.goto(f"{job}files/{outcome}/")
        shoot(f"09 files {outcome}")
    for name, path in (("jobs", "/jobs/"), ("home", "/"), ("trouble", "/trouble/"), ("import", "/import/")):
        page.goto(path)
        shoot(f"10 {name}")


def decide_copies(page: "Page", shoot: Shoot) -> None:
    for kind in ("same_pixels", "near"):
        page.goto(f"/rules/copies/?kind={kind}")
        counted = page.locator("#count .numbers-row, #count .empty").first
        counted.wait_for()
        shoot(f"11 rule {kind}")
        button = page.get_by_role("button", name=re.compile(r"^Decide \d+ group"))
        if button.count():
            button.click()
            page.get_by_role("heading", name="Look at what was decided by rule").wait_for()
            shoot(f"12 decided {kind}")


def decide_dates(page: "Page", shoot: Shoot) -> None:
    page.goto("/rules/dates/")
    page.get_by_role("radio", name=re.compile("medium")).check()
    button = page.get_by_role("button", name=re.compile(r"^Accept \d+ dates?$"))
    button.wait_for()
    shoot("13 dates by rule")
    button.click()
    page.get_by_role("heading", level=1, name="Check what was accepted").wait_for()
    page.goto("/dates/")
    shoot("14 dates")
    for _ in range(3):
        accept = page.locator("main [data-key~=Enter]:visible").first
        if not accept.count():
            return
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            accept.click()
        page.wait_for_load_state("networkidle")


def tag(page: "Page", shoot: Shoot) -> None:
    page.goto("/files/")
    page.locator("#tiles").wait_for()
    page.keyboard.press("Control+a")
    page.locator("#bar-tags").fill(TAG)
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_role("heading", name="files would change").wait_for()
    shoot("15 tag")
    page.locator("main [data-key~=Enter]:visible").first.click()
    page.locator("#notices").get_by_text(TAG).wait_for()


def export(page: "Page", shoot: Shoot) -> dict[str, int]:
    page.goto("/exports/")
    shoot("16 export")
    page.get_by_label("Also what still needs a decision").check()
    page.get_by_role("button", name="Show the plan first").click()
    page.wait_for_url(re.compile(r"/exports/plans/\d+/"))
    shoot("17 plan is made")
    page.get_by_role("heading", name="would be written").wait_for(timeout=WAIT_MS)
    shoot("18 plan")
    page.locator("summary").first.click()
    page.locator(".tree details[open] a").first.click()
    page.get_by_role("heading", name="Copies", exact=True).wait_for()
    shoot("19 plan of a month")
    page.get_by_role("button", name="Export now").click()
    page.wait_for_url(re.compile(r"/exports/\d+/$"))
    shoot("20 export runs")
    page.get_by_role("heading", name="What came of it").wait_for(timeout=WAIT_MS)
    shoot("21 result")
    sums = page.locator(".sums tr").all()
    ledger = {row.locator("th").inner_text(): row.locator("td").inner_text() for row in sums}
    address = page.url
    page.goto(f"{address}tags/")
    shoot("22 copies without tags")
    page.goto(address)
    return {label.strip(): int(number.replace(",", "")) for label, number in ledger.items()}


def clear_up(page: "Page", shoot: Shoot) -> None:
    page.get_by_role("link", name="Clear up").click()
    page.wait_for_url(re.compile("/finalize/$"))
    shoot("23 clear up")
    page.get_by_label("Clear the lists of finished jobs").check()
    page.locator("input[name=sources]").check()
    page.get_by_label("To delete originals").fill("delete all")
    page.get_by_role("button", name="Clear up").click()
    page.get_by_text("Nothing was deleted.").wait_for()
    shoot("24 wrong words")
    page.locator("input[name=sources]").check()
    page.get_by_label("To delete originals").fill("delete originals")
    page.get_by_role("button", name="Clear up").click()
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))
    shoot("25 clearing up")
    ended(page)
    shoot("26 cleared up")
    page.goto("/exports/deletions/")
    shoot("27 journal")
    for name, path in (("home", "/"), ("jobs", "/jobs/"), ("exports", "/exports/"), ("import", "/import/")):
        page.goto(path)
        shoot(f"28 {name}")


def shooting(page: "Page", folder: Path) -> Shoot:
    """Return what takes pictures of a page in four ways, and leaves it as it was."""

    def shoot(name: str) -> None:
        for size, viewport in (("phone", PHONE), ("desk", DESK)):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]  # both are there
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > viewport["width"]:
                sys.stdout.write(f"{name}: {wide} pixels wide on the {size}\n")
            height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST_PX)
            for scheme in ("dark", "light"):
                page.emulate_media(color_scheme=scheme)
                target = folder / f"{name.replace(' ', '-')}-{size}-{scheme}.png"
                clip = {"x": 0, "y": 0, "width": viewport["width"], "height": height}
                page.screenshot(path=target, full_page=True, clip=clip)  # type: ignore[arg-type]

    folder.mkdir(parents=True, exist_ok=True)
    return shoot


@contextlib.contextmanager
def installation(folder: Path) -> Iterator["Server"]:
    """Run all of it, with workers, in a data folder of its own; originals may be deleted there."""
    from tests.browser.server import Server

    server = Server(folder, has_workers=True, MEDIAPARSER_DELETE_ORIGINALS="1")
    try:
        yield server
    finally:
        server.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("shots", type=Path)
    parser.add_argument("--photos", type=Path, help="a library, instead of one that is made up")
    parser.add_argument("--files", type=int, default=FILES, help="of how many files that is")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    sys.stdout.write(f"{_lived(options)}\n")


def _lived(options: argparse.Namespace) -> Life:
    from playwright.sync_api import sync_playwright

    from tests.browser import conftest, family

    if conftest.CHROMIUM is None:
        sys.exit("There is no Chromium here; Debian, Ubuntu: sudo apt-get install chromium")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        photos = options.photos or Path(name, "photos")
        if not options.photos:
            family.make(photos, files=options.files)
        with installation(Path(name)) as server:
            browser = driver.chromium.launch(executable_path=conftest.CHROMIUM)
            page = browser.new_context(base_url=server.address, **conftest.DESKTOP).new_page()
            return live(page, server, photos, shoot=shooting(page, options.shots))


if __name__ == "__main__":
    main()
