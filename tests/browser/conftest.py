"""A real Chromium on the real pages over a library that the real pipeline has imported.

`page` is a desktop, `phone` a phone, `plain` a desktop without JavaScript; all are logged in, and watched: a
test fails at its end where the console complained, another host was asked, or the policy was violated.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import site
from tests.browser.site import Site
from tests.browser.watching import PATIENCE_S, Watch, be_patient

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
expect.set_options(timeout=PATIENCE_S * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.any_database)
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def chromium() -> str:
    if CHROMIUM is None:
        reason = "no Chromium here; Debian, Ubuntu: sudo apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return CHROMIUM


@pytest.fixture(scope="session")
def saved(chromium: str, django_db_blocker, tmp_path_factory) -> Path:
    """The database as it is once the library has been imported; its pictures stay in the data folder."""
    if connection.vendor != "sqlite":
        pytest.skip("has a database of its own, a file of SQLite")
    usual = tmp_path_factory.getbasetemp()
    folder = (usual.parent if "PYTEST_XDIST_WORKER" in os.environ else usual) / "site"
    with django_db_blocker.unblock():
        return site.prepared(folder)


# Of this folder alone: the driver runs an event loop, in which the connections of other tests are not found.
@pytest.fixture(scope="package")
def browser(chromium: str, saved: Path) -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=chromium)
        yield started
        started.close()


@pytest.fixture(scope="session")
def served(django_db_blocker) -> Iterator[str]:
    with django_db_blocker.unblock(), site.server() as address:
        yield address


@pytest.fixture
def mine(browser: Browser, saved: Path, served: str, tmp_path: Path, django_db_blocker) -> Iterator[Site]:
    """The site with the library as it was imported; what a test changes ends with it."""
    file = tmp_path / "site.sqlite3"
    site.restore(saved, file)
    with django_db_blocker.unblock(), site.database(file):
        yield Site(address=served, cookie=site.log_in())


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, mine: Site) -> Iterator[OpenPage]:
    """Open one more window; all of them are watched until the end of the test."""
    watches: list[Watch] = []
    contexts = []

    def open_one(*, is_logged_in: bool = True, **options: Any) -> Page:
        context = browser.new_context(base_url=mine.address, **(options or DESKTOP))
        contexts.append(context)
        if is_logged_in:
            context.add_cookies([{"name": "sessionid", "value": mine.cookie, "url": mine.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE_S * 1000)
        if options.get("java_script_enabled", True):
            be_patient(page)
        watches.append(Watch(page, mine.address))
        page.watch = watches[-1]  # type: ignore[attr-defined]
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [trouble for watch in watches for trouble in watch.troubles] == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page(**DESKTOP)


@pytest.fixture
def phone(open_page: OpenPage) -> Page:
    return open_page(**PHONE)


@pytest.fixture
def plain(open_page: OpenPage) -> Page:
    """A desktop without JavaScript."""
    return open_page(**DESKTOP, java_script_enabled=False)
