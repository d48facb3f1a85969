import re

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Page, expect

from media_catalog.models import Disposition, MediaFile
from media_catalog.services import decisions
from tests.browser import site
from tests.browser.library import MARKUP


def me():
    return get_user_model().objects.get(username=site.WHO)


def discard(*names):
    files = MediaFile.objects.filter(name__in=names)
    return decisions.set_disposition(files, disposition=Disposition.DISCARD, actor=me(), at=timezone.now())


def dispositions(*names):
    return set(MediaFile.objects.filter(name__in=names).values_list("disposition", flat=True))


PRINTS = ("print 0.jpg", "print 1.jpg", MARKUP)


@pytest.fixture
def act(mine):
    return discard(*PRINTS)


def test_an_act_is_taken_back_and_done_again_with_the_mouse(page, act):
    page.goto("/history/")
    page.get_by_role("button", name=re.compile("^Undo .*Discarded")).click()
    expect(page.locator("#notices")).to_contain_text("Took back: Discarded 3 files")
    assert dispositions(*PRINTS) == {"undecided"}
    page.get_by_role("button", name=re.compile("^Redo .*Discarded")).click()
    expect(page.locator("#notices")).to_contain_text("Did again")
    assert dispositions(*PRINTS) == {"discard"}


def test_the_last_act_is_taken_back_and_done_again_with_a_key_wherever_one_is(page, act):
    page.goto("/files/?name=print")
    page.keyboard.press("z")
    expect(page.locator("#notices")).to_contain_text("Took back: Discarded 3 files")
    assert page.url.endswith("/files/?name=print")
    assert dispositions(*PRINTS) == {"undecided"}
    page.keyboard.press("Shift+Z")
    expect(page.locator("#notices")).to_contain_text("Did again")
    assert dispositions(*PRINTS) == {"discard"}


def test_undo_and_redo_work_without_javascript(plain, act):
    plain.goto(f"/history/{act}/")
    expect(plain.locator("#changes")).to_contain_text("print 0.jpg")
    plain.get_by_role("button", name=re.compile("^Undo .*Discarded")).click()
    expect(plain.locator("h1")).to_contain_text("Discarded 3 files")
    expect(plain.get_by_text("taken back by mum")).to_be_visible()
    assert dispositions(*PRINTS) == {"undecided"}
    plain.get_by_role("button", name=re.compile("^Redo .*Discarded")).click()
    assert dispositions(*PRINTS) == {"discard"}


def test_a_long_history_goes_on_by_itself_at_a_click(page, mine):
    for _ in range(61):
        discard("print 0.jpg")
    page.goto("/history/")
    expect(page.locator(".acts > .act")).to_have_count(60)
    page.get_by_role("link", name="Earlier").click()
    expect(page.locator(".acts > .act")).to_have_count(61)
    expect(page.get_by_role("link", name="Earlier")).to_have_count(0)


def test_home_leads_to_what_is_next_with_enter(page, mine):
    page.goto("/")
    expect(page.locator("#next-step")).to_have_text("Decide about near copies")
    page.keyboard.press("Enter")
    page.wait_for_url("**/copies/**kind=near**")


def test_hostile_names_are_text(page: Page, act):
    page.goto(f"/history/{act}/")
    expect(page.get_by_text(MARKUP)).to_be_visible()
    assert page.evaluate("document.title").startswith("Discarded 3 files")
