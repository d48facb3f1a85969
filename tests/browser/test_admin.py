"""The admin: many files at once from its list, with and without JavaScript, on desk and phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from media_catalog.models import DecisionBatch, MediaFile
from tests.browser import accessibility

LIST = "/admin/media_catalog/mediafile/"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


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


@pytest.mark.parametrize("size", ["page", "phone"])
def test_lists_and_the_page_of_an_action_fit_and_shut_nobody_out(request, size):
    window = request.getfixturevalue(size)
    window.goto(LIST)
    assert fits(window)
    window.get_by_label("that match, on all pages").check()
    window.get_by_label("Action:").select_option("set_zone")
    window.get_by_role("button", name="Go").click()
    window.get_by_label("Time zone").fill("Tokyo")
    window.keyboard.press("Enter")
    expect(window.locator("#act-samples tbody tr").first).to_be_visible()
    assert fits(window)
    assert window.watch.troubles == []
    # The checker tries styles out, and reads style sheets, on pages of Django, which the policy stops.
    for part in ("inline", "preload assets"):
        window.watch.allow(part)
    assert accessibility.faults(window) == []
