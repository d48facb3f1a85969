"""The admin: many files at once from its list, with and without JavaScript, on desk and phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from media_catalog.models import DecisionBatch, MediaFile
from tests.browser import accessibility

LIST = "/admin/media_catalog/mediafile/"
GROUPS = "/admin/media_catalog/duplicategroup/"
TAGS = "/admin/media_catalog/tag/"
OF_DJANGO = ("inline", "preload assets")  # of pages of Django, where the policy stops it
SCHEMES: dict[str, tuple[accessibility.Scheme, ...]] = {
    "set_zone": ("light", "dark"),
    "keep_best": ("light",),
    "merge": ("light",),
}


LONG = "x" * 40  # in the name of a file, without a blank
JOBS = "/admin/media_catalog/job/"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def is_whole(page: Page) -> bool:
    """Tell whether no column of the table lies beyond its edge."""
    return bool(page.locator(".results").evaluate("(one) => one.scrollWidth <= one.clientWidth"))


def test_discards_all_that_match_without_javascript_and_takes_it_back(plain):
    videos = MediaFile.objects.filter(kind="video")
    number = videos.count()
    plain.goto(f"{LIST}?kind=video")
    plain.get_by_label("that match, on all pages").check()
    plain.get_by_label("Action:").select_option("discard")
    plain.get_by_role("button", name="Go").click()
    expect(plain.locator("#act-samples tbody tr").first).to_contain_text("discard")
    assert not DecisionBatch.objects.exists()
    plain.get_by_role("button", name=f"Discard ({number})").click()
    expect(plain.locator(".messagelist")).to_contain_text(f"{number} file")
    assert videos.filter(disposition="discard").count() == number
    plain.get_by_role("link", name="See it, or take it back").click()
    plain.get_by_role("button", name=re.compile("^Undo .*Discarded")).click()
    assert not videos.filter(disposition="discard").exists()


def test_shifts_what_was_ticked_once_it_was_seen(page):
    page.goto(f"{LIST}?confidence=high&kind=image")
    boxes = page.locator("#result_list input.action-select")
    boxes.nth(0).check()
    boxes.nth(1).check()
    expect(page.locator(".action-counter")).to_contain_text("2 of")
    page.get_by_label("Action:").select_option("shift")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Move the dates by").fill("+1 h")
    page.keyboard.press("Enter")
    expect(page.locator("#act-samples tbody tr")).to_have_count(2)
    assert not DecisionBatch.objects.exists()
    page.get_by_role("button", name="Shift the clock (2)").click()
    expect(page.locator(".messagelist")).to_contain_text("2 files were changed")
    assert DecisionBatch.objects.get().verb == "shift"


def test_the_years_lead_to_months_and_days(page):
    page.goto(LIST)
    page.locator("nav.toplinks a").first.click()
    assert "from=" in page.url
    page.locator("nav.toplinks a").nth(1).click()
    expect(page.locator("#result_list tbody tr").first).to_be_visible()


def choose(window, name, *, ticked=None):
    """Choose an action for the first rows of a list, or for all that match, and wait for its page."""
    if ticked is None:
        window.get_by_label("that match, on all pages").check()
    for place in range(ticked or 0):
        window.locator("#result_list input.action-select").nth(place).check()
    window.get_by_label("Action:").select_option(name)
    window.get_by_role("button", name="Go").click()
    expect(window.get_by_role("link", name="Back, and change nothing")).to_be_visible()


@pytest.mark.parametrize("size", ["page", "phone"])
def test_lists_and_the_pages_of_actions_fit_and_shut_nobody_out(request, size):
    window = request.getfixturevalue(size)
    for address, name, ticked in ((LIST, "set_zone", None), (GROUPS, "keep_best", 2), (TAGS, "merge", 2)):
        window.goto(address)
        assert fits(window)
        choose(window, name, ticked=ticked)
        if name == "set_zone":
            window.get_by_label("Time zone").fill("Tokyo")
            window.keyboard.press("Enter")
        expect(window.locator("#act-samples tbody tr").first).to_be_visible()
        assert fits(window)
        assert is_whole(window)
        assert seen(window) == []
        if size == "page":
            assert accessibility.faults(window, schemes=SCHEMES[name]) == []
    if size == "page":
        window.goto(LIST)
        assert accessibility.faults(window, schemes=("light",)) == []
    for part in OF_DJANGO:
        window.watch.allow(part)


def test_no_column_of_the_lists_lies_beyond_the_edge_of_a_desk(page):
    for address in (LIST, JOBS, GROUPS):
        page.goto(address)
        assert is_whole(page), address


@pytest.mark.parametrize("size", ["page", "phone"])
def test_the_page_of_a_file_with_a_long_name_fits(request, size):
    window = request.getfixturevalue(size)
    file = MediaFile.objects.get(name__contains=LONG)
    window.goto(f"{LIST}{file.pk}/change/")
    assert fits(window)


def seen(window) -> list[str]:
    """What was noticed but for what the checker does: it tries styles out, and reads style sheets."""
    return [text for text in window.watch.troubles if not any(part in text for part in OF_DJANGO)]
