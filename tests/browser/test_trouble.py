import pytest
from playwright.sync_api import Page, expect

from tests.browser import site

EMPTY = "/trouble/failed/empty/"
TEXTS = "/trouble/skipped/not_media/"


def ignore_all(page: Page) -> None:
    page.get_by_role("button", name="Ignore it for ever").click()
    expect(page.locator("#notices")).to_contain_text("One file is ignored for ever.")


def test_files_are_ignored_with_the_mouse_and_the_notice_takes_it_back(page):
    page.goto("/trouble/")
    page.get_by_role("link", name="Empty files").click()
    expect(page.get_by_role("main")).to_contain_text("empty file (0 bytes)")
    ignore_all(page)
    expect(page.get_by_role("main")).to_contain_text("No file has failed.")
    page.locator("#notices").get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="Empty files")).to_be_visible()


def test_a_notice_goes_when_it_was_read(page):
    page.goto(EMPTY)
    page.get_by_role("button", name="Ignore the ticked ones for ever").click()
    notice = page.get_by_text("Select some files first.")
    expect(notice).to_be_visible()
    page.get_by_role("button", name="Close this notice").click()
    expect(notice).to_be_hidden()


def test_files_are_reached_and_tried_again_by_keyboard(page):
    page.goto("/trouble/")
    page.keyboard.press("1")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Empty files")
    page.keyboard.press("r")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Import of")
    site.work()
    page.goto(EMPTY)
    expect(page.get_by_role("main")).to_contain_text("FILE0002.JPG")


@pytest.mark.parametrize("who", ["plain", "phone"])
def test_ticked_files_are_ignored_without_javascript_and_on_a_phone(who, request):
    page = request.getfixturevalue(who)
    page.goto(TEXTS)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Ignore the ticked ones for ever").click()
    expect(page.locator("#notices")).to_contain_text("One file is ignored for ever.")
    page.locator("header").get_by_role("button", name="Undo").click()
    page.goto(TEXTS)
    expect(page.get_by_role("checkbox")).to_be_visible()
