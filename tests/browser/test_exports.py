import os
import zipfile

import pytest
from django.conf import settings
from playwright.sync_api import expect

from benchmarks import page_addresses
from media_catalog.models import Deletion, Job
from media_catalog.services import export_rehearsals, exports
from tests.browser import accessibility, site, test_pages
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def usual(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "MEDIAPARSER_ARCHIVE_DIR", tmp_path / "archive")


def last() -> int:
    return Job.objects.filter(kind="export").latest("pk").pk


def test_an_export_is_planned_by_keyboard_started_watched_and_downloaded(page, tmp_path):
    page.goto("/exports/")
    page.get_by_label("Also what still needs a decision").check()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("Nothing is written.")
    site.work()
    expect(page.get_by_role("heading", name="would be written")).to_be_visible()
    assert not (tmp_path / "archive").exists()
    page.locator("summary").first.click()
    page.locator(".tree details[open] a").first.click()
    expect(page.get_by_role("heading", name="Copies", exact=True)).to_be_visible()
    page.get_by_role("button", name="Export now").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    site.work()
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the whole archive").click()
    packed = zipfile.ZipFile(download.value.path())
    assert packed.testzip() is None
    copies = [path for path in (tmp_path / "archive").rglob("*.*") if path.is_file()]
    assert len(packed.namelist()) == len(copies)  # less the marker, and with the list of checksums


@pytest.mark.parametrize("who", ["plain", "phone"])
def test_an_export_is_made_and_cleared_up_without_javascript_and_on_a_phone(who, request):
    page = request.getfixturevalue(who)
    page.goto("/exports/")
    page.get_by_label("Also what still needs a decision").check()
    page.get_by_role("button", name="Export now").click()
    site.work()
    page.goto(f"/exports/{last()}/")
    page.get_by_role("link", name="Clear up").click()
    page.get_by_role("button", name="Clear up").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Clearing up")
    site.work()
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("Working files removed")


def test_what_is_selected_in_the_grid_is_exported_alone(page, tmp_path):
    page.goto("/files/?confidence=high")
    page.locator("#tiles input[type=checkbox]").first.check()
    page.get_by_role("button", name="Export…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Export what is selected")
    page.get_by_role("button", name="Export now").click()
    site.work()
    page.goto(f"/exports/{last()}/")
    expect(page.get_by_role("heading", name="What came of it")).to_be_visible()
    assert len([path for path in (tmp_path / "archive").rglob("*.*") if path.suffix]) == 1


@pytest.fixture
def pages(mine, tmp_path):
    """All pages about exports, after a plan, an export, and originals that were deleted or kept."""
    archive = os.fsencode(tmp_path / "archive")
    scope = exports.Scope(is_forced=True)
    for begin in (export_rehearsals.start, exports.start_scope):
        begin(archive, scope=scope, actor=None, created_at=NOW)
        site.work()
    for number, state in enumerate(Deletion.State.values):
        Deletion.objects.create(
            state=state,
            original_bytes=b"x",
            original_text=f"/photos/{'long' * 40}/<b>{number}</b>.jpg",
            copy_text="/archive/2015/20150131_142030.jpg",
            copy_sha256="0" * 64,
            reason_text="it has changed since it was exported",
            created_at=NOW,
            deleted_at=NOW,
        )
    names = ("exports", "export", "export_plan", "export_tags", "finalize", "deletions")
    found = [one for one in page_addresses.pages() if one.name in names]
    assert {one.name for one in found} == set(names)
    return found


def test_pages_about_exports_are_open_to_everybody_and_no_wider_than_a_desk(page, pages):
    problems = {}
    for one in pages:
        page.goto(one.address)
        problems[one.title] = accessibility.faults(page)
        if page.evaluate(test_pages.WIDTH) > 1440:
            problems[one.title].append("too wide")
        if page.evaluate(f"Boolean({test_pages.HARMED})"):
            problems[one.title].append("takes text for markup")
    assert test_pages.told(problems) == {}


def test_pages_about_exports_fit_a_phone_and_its_fingers(phone, pages):
    problems = {}
    for one in pages:
        phone.goto(one.address)
        problems[one.title] = phone.evaluate(test_pages.TOO_SMALL)
        if (width := phone.evaluate(test_pages.WIDTH)) > 390:
            problems[one.title].append(f"{width} pixels wide")
    assert test_pages.told(problems) == {}
