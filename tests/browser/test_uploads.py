"""Uploading in a real browser: chosen or dropped, once more after a reload, and without JavaScript."""

import hashlib
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from media_catalog.models import MediaFile, Upload, UploadedFile
from media_catalog.services import import_folders, upload_disk
from tests.browser import accessibility, site

NAMES = (
    "DCIM/a.jpg",
    "DCIM/inner/Grüße {ski, alps} 🎂.jpg",
    "DCIM/inner/[FORCE]20150131_142030.jpg",
    "DCIM/<img src=x onerror=document.title=1>.jpg",
    "other/a.jpg",
)
MTIME_S = 1_422_714_030


@pytest.fixture
def photos(tmp_path: Path, make_picture) -> Path:
    for seed, name in enumerate(NAMES):
        path = make_picture(f"photos/{name}", seed=500 + seed)
        os.utime(path, (MTIME_S, MTIME_S))
    return tmp_path / "photos"


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def arrived() -> dict[str, str]:
    return digests(upload_disk.files(Upload.objects.latest("created_at").pk))


def drop(page: Page, *paths: Path) -> None:
    """Drop files or folders as a hand would: scripts may not make up folders."""
    box = page.locator("#drop").bounding_box()
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": box["x"] + 20, "y": box["y"] + 20, "data": data}
        session.send("Input.dispatchDragEvent", event)


def wait_for_import(page: Page) -> None:
    page.wait_for_url(re.compile(r"/jobs/\d+/$"))


def test_a_dropped_folder_arrives_with_folders_names_and_times(page, photos):
    page.goto("/import/")
    page.get_by_label("What to call them").fill("Mum's phone")
    drop(page, photos)
    page.get_by_label("What to call them").blur()
    wait_for_import(page)
    assert arrived() == {f"photos/{name}": digest for name, digest in digests(photos).items()}
    upload = Upload.objects.latest("created_at")
    assert upload.source.label == "Mum's phone"
    times = {path.stat().st_mtime for path in upload_disk.files(upload.pk).rglob("*.jpg")}
    assert times == {MTIME_S}
    site.work()
    assert MediaFile.objects.filter(source=upload.source, state="analysed").count() == len(NAMES)


def test_chosen_files_of_one_name_are_both_kept(page, photos):
    page.goto("/import/")
    page.get_by_label("Import as soon as").uncheck()
    page.locator("#pick-files").set_input_files([photos / "DCIM/a.jpg", photos / "other/a.jpg"])
    expect(page.locator("#upload-said")).to_have_text("All files are here.")
    page.get_by_role("button", name="Import what has arrived").click()
    wait_for_import(page)
    found = digests(photos)
    assert set(arrived().values()) == {found["DCIM/a.jpg"], found["other/a.jpg"]}
    assert set(arrived()) == {"a.jpg", "2/a.jpg"}


def test_goes_on_after_a_reload_with_what_is_missing(page, photos):
    sent: list[str] = []
    pieces = re.compile(r"/files/\d+/\?offset=0$")

    def let_two_pass(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) <= 2:
            route.continue_()

    page.route(pieces, let_two_pass)
    page.goto("/import/")
    page.get_by_label("What to call them").fill("Mum's phone")
    page.locator("#pick-folder").set_input_files(photos)
    expect(page.locator("#upload-sums")).to_contain_text("2 arrived")
    page.reload()
    page.unroute(pieces)
    expect(page).to_have_url(re.compile("/import/uploads/[0-9a-f-]{36}/$"))
    expect(page.get_by_label("What to call them")).to_have_value("Mum's phone")
    expect(page.get_by_text("choose the same files or folder again")).to_be_visible()
    sent.clear()
    page.on("request", lambda request: sent.append(request.url) if pieces.search(request.url) else None)
    page.locator("#pick-folder").set_input_files(photos)
    wait_for_import(page)
    assert len(sent) == len(NAMES) - 2
    assert set(arrived().values()) == set(digests(photos).values())


def test_waits_for_a_server_that_is_away(page, photos):
    page.watch.allow("")
    page.goto("/import/")
    page.route(re.compile("/offer/"), lambda route: route.abort())
    page.locator("#pick-files").set_input_files([photos / "DCIM/a.jpg"])
    expect(page.locator("#upload-said")).to_contain_text("The server does not answer")
    page.unroute(re.compile("/offer/"))
    wait_for_import(page)
    assert len(arrived()) == 1


def test_does_not_send_what_the_library_has(page):
    known = MediaFile.objects.filter(kind="image", state="analysed").exclude(sha256="").first()
    path = Path(known.source.root_text) / known.path_text
    page.goto("/import/")
    page.locator("#pick-files").set_input_files([path])
    expect(page.locator("#upload-said")).to_contain_text("in the library already")
    expect(page.locator("#upload-sums")).to_have_text("1 in the library already")
    assert UploadedFile.objects.get().state == "known"


def test_sends_a_file_that_is_larger_than_a_piece(page, photos, tmp_path):
    large = tmp_path / "large.mov"
    large.write_bytes(bytes(range(256)) * 90_000)  # 23 MB: three pieces, and hashed slice by slice
    page.goto("/import/")
    page.locator("#pick-files").set_input_files([large])
    wait_for_import(page)
    assert list(arrived().values()) == [hashlib.sha256(large.read_bytes()).hexdigest()]


def test_tells_of_a_file_that_cannot_be_taken_and_keeps_the_others(page, photos, settings):
    settings.MEDIAPARSER_UPLOAD_FILE_GB = 0.02
    large = photos / "<b>large.mov"
    large.write_bytes(b"x" * 21_000_000)
    page.goto("/import/")
    page.locator("#pick-files").set_input_files([photos / "DCIM/a.jpg", large])
    expect(page.locator("#upload-faults")).to_contain_text("<b>large.mov: it is larger than 0.02 GB")
    expect(page.locator("#upload-said")).to_have_text("Some files did not arrive; the others are here.")
    page.get_by_role("button", name="Import what has arrived").click()
    expect(page.locator("#notices")).to_contain_text("has not arrived yet")
    page.get_by_label("Import without").check()
    page.get_by_role("button", name="Import what has arrived").click()
    wait_for_import(page)
    assert set(arrived()) == {"a.jpg"}


def test_sees_that_zips_are_parts_of_a_takeout(page, tmp_path):
    parts = [tmp_path / f"takeout-20240131T142030Z-00{number}.zip" for number in (1, 3)]
    for part in parts:
        part.write_bytes(part.name.encode())
    page.goto("/import/")
    page.get_by_label("Import as soon as").uncheck()
    page.locator("#pick-files").set_input_files(parts)
    expect(page.locator("#upload-takeouts")).to_contain_text("Google Takeout of 2024-01-31, part 1, 3")
    expect(page.locator("#upload-takeouts")).to_contain_text("Part 2 is missing.")


def test_works_without_javascript(plain, photos):
    plain.goto("/import/")
    plain.get_by_label("What to call them").fill("Old disk")
    plain.locator("#pick-files").set_input_files([photos / "DCIM/a.jpg", photos / "other/a.jpg"])
    plain.get_by_role("button", name="Upload and import").click()
    wait_for_import(plain)
    assert set(arrived()) == {"a.jpg", "2/a.jpg"}


def test_imports_a_folder_of_the_server(page, photos, settings):
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(photos)]
    page.goto("/import/")
    page.get_by_role("link", name=str(photos)).click()
    page.get_by_role("link", name=re.compile("^DCIM")).click()
    expect(page.get_by_text("4 photos and videos").first).to_be_visible()
    page.get_by_role("link", name="This folder alone").click()
    expect(page.get_by_text("2 photos and videos").first).to_be_visible()
    assert accessibility.faults(page) == []
    page.get_by_role("button", name="Import this folder").click()
    wait_for_import(page)
    site.work()
    assert MediaFile.objects.filter(source__root_text=str(photos / "DCIM")).count() == 2


@pytest.mark.parametrize("name", ["page", "phone"])
def test_its_pages_fit_and_shut_nobody_out(request, name, photos, settings):
    window = request.getfixturevalue(name)
    settings.MEDIAPARSER_IMPORT_ROOTS = [str(photos)]
    window.goto("/import/")
    window.get_by_label("Import as soon as").uncheck()
    window.locator("#pick-files").set_input_files([photos / "DCIM/a.jpg"])
    expect(window.locator("#upload-said")).to_have_text("All files are here.")
    upload = f"/import/uploads/{Upload.objects.get().pk}/"
    folder = f"/import/folders/?at={import_folders.shown_roots()[0].token}"
    for address in ("", "/import/", upload, folder):
        if address:
            window.goto(address)
        assert accessibility.faults(window) == []
        assert window.evaluate("document.documentElement.scrollWidth <= innerWidth")
