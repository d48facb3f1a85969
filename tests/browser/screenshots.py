"""Pictures of every page, on desk and phone, in light and dark: `python -m tests.browser.screenshots FOLDER`.

They show the library of the browser tests, after a few decisions.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from benchmarks.page_addresses import Page

TALLEST_PX = 2400  # what lies further down is cut off


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="pages whose name contains this")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    number = _shoot(options.folder, only=options.only)
    print(f"{number} pictures in {options.folder}")


def _shoot(folder: Path, *, only: str) -> int:
    from django.conf import settings
    from playwright.sync_api import sync_playwright

    from benchmarks import page_addresses
    from tests.browser import conftest, site

    if conftest.CHROMIUM is None:
        sys.exit("There is no Chromium here; Debian, Ubuntu: sudo apt-get install chromium")
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]
    with (
        tempfile.TemporaryDirectory() as name,
        site.database(site.prepare(Path(name))),
        site.server() as address,
    ):
        site.decide()
        every = [*page_addresses.pages(), *page_addresses.admin_pages()]
        pages = [one for one in every if only in one.title and not one.form]
        cookie = site.log_in()
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=conftest.CHROMIUM)
            for variant, options in {"desk": conftest.DESKTOP, "phone": conftest.PHONE}.items():
                _shoot_all(browser, pages, folder / variant, address=address, cookie=cookie, options=options)
    return len(pages) * 4


def _shoot_all(
    browser: "Browser",
    pages: list["Page"],
    folder: Path,
    *,
    address: str,
    cookie: str,
    options: dict[str, object],
) -> None:
    context = browser.new_context(base_url=address, **options)  # type: ignore[arg-type]
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
    window = context.new_page()
    for one in pages:
        window.goto(one.address)
        window.wait_for_load_state("networkidle")
        width = window.viewport_size["width"] if window.viewport_size else 0
        height = min(window.evaluate("document.documentElement.scrollHeight"), TALLEST_PX)
        for scheme in ("light", "dark"):
            window.emulate_media(color_scheme=scheme)
            target = folder / scheme / f"{re.sub('[^a-z0-9]+', '-', one.title.lower())}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            clip = {"x": 0, "y": 0, "width": width, "height": height}
            window.screenshot(path=target, full_page=True, clip=clip)  # type: ignore[arg-type]
    context.close()


if __name__ == "__main__":
    main()
