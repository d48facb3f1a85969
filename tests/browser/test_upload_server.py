"""Uploading to the real web server: it is killed in the middle, and a film of 3 GB must not fill memory."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import databases
from tests.browser import conftest
from tests.browser.server import Server, digests
from tests.browser.test_uploads import drop
from tests.browser.watching import be_patient

FEW, MANY = 200, 1000
FILM_BYTES = 3 << 30
MOST_GROWTH_BYTES = 64 << 20


@pytest.fixture
def server(tmp_path: Path, migrated: str) -> Iterator[Server]:
    databases.copy_to(tmp_path / "data/mediaparser.sqlite3", migrated)
    started = Server(tmp_path)
    yield started
    started.kill()


@pytest.fixture
def window(browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.address, **conftest.DESKTOP)
    page = context.new_page()
    be_patient(page)
    server.log_in(page, then="/import/")
    page.get_by_label("Import as soon as").uncheck()
    yield page
    context.close()


@pytest.fixture
def number(request) -> int:
    return int(request.param)


@pytest.mark.parametrize("number", [FEW, pytest.param(MANY, marks=pytest.mark.soak)], indirect=True)
def test_a_dropped_folder_arrives_whole_though_the_server_is_killed(window, server, tmp_path, number):
    chance = random.Random(7)
    for count in range(number):
        path = tmp_path / f"photos/{count % 7}/IMG_{count // 7} {{é}}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(chance.randbytes(chance.randrange(1, 20_000)))
    drop(window, tmp_path / "photos")
    while len(list(server.data.glob("uploads/*/files/**/*.jpg"))) < number // 3:
        window.wait_for_timeout(20)
    server.kill()
    expect(window.locator("#upload-said")).to_contain_text("The server does not answer", timeout=60_000)
    assert len(server.arrived()) < number
    server.start()
    expect(window.locator("#upload-said")).to_have_text("All files are here.", timeout=120_000)
    expected = {f"photos/{path}": digest for path, digest in digests(tmp_path / "photos").items()}
    assert server.arrived() == expected
    expect(window.locator("#upload-sums")).to_have_text(f"{number} arrived")


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_film_of_3_gb_needs_no_more_memory_than_a_photo(window, server, tmp_path):
    film = tmp_path / "film.mov"
    with film.open("wb") as file:
        file.write(b"\0\0\0\x14ftypqt  ")
        file.truncate(FILM_BYTES)
    window.locator("#pick-files").set_input_files([tmp_path / "film.mov"])
    before, most, is_over = server.memory_bytes(), 0, threading.Event()

    def watch() -> None:
        nonlocal most
        while not is_over.wait(0.2):
            most = max(most, server.memory_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    expect(window.locator("#upload-said")).to_have_text("All files are here.", timeout=800_000)
    is_over.set()
    watcher.join()
    [arrived] = server.data.glob("uploads/*/files/film.mov")
    assert arrived.stat().st_size == FILM_BYTES
    assert most - before < MOST_GROWTH_BYTES, f"from {before} to {most} bytes"
