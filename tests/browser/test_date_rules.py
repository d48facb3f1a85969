import re

import pytest
from playwright.sync_api import Page, expect

from media_catalog.models import DecisionBatch, MediaFile
from review import date_rules

WIDTH = "document.documentElement.scrollWidth"


@pytest.fixture
def waiting(mine) -> int:
    """How many dates of medium confidence wait."""
    return MediaFile.objects.filter(needs_date=True, confidence="medium").count()


def accepted() -> int:
    return MediaFile.objects.exclude(reviewed_at=None).count()


def rule(page: Page):
    return page.locator("#rule")


def test_a_level_is_looked_at_accepted_checked_and_taken_back(page, waiting):
    page.goto("/rules/dates/")
    page.get_by_role("radio", name=re.compile("medium")).check()
    expect(rule(page)).to_contain_text(f"Accept the dates of {waiting} files of medium confidence.")
    expect(page.locator(".sample")).to_have_count(min(waiting, 20))
    expect(page.locator("#announcement")).to_have_text(f"{waiting} dates")
    page.get_by_label("Date found").select_option(label="in its name")
    expect(rule(page)).to_contain_text("with a date found in its name.")
    expect(page).to_have_url(re.compile("origin=name"))
    page.go_back()
    expect(rule(page)).to_contain_text(f"Accept the dates of {waiting} files of medium confidence.")
    page.get_by_role("button", name=f"Accept {waiting} dates").click()
    expect(page.locator("#notices")).to_contain_text(f"{waiting} dates are accepted.")
    assert accepted() == waiting
    page.get_by_role("link", name="Right", exact=True).first.click()
    expect(page.locator("#audit")).to_contain_text("Of 1 that you looked at 0 are wrong.")
    page.locator("#notices").get_by_role("button", name="Undo").click()
    expect(page.locator("#audit")).to_contain_text("This was taken back.")
    assert accepted() == 0


def test_a_level_is_accepted_and_checked_by_keyboard(page, waiting):
    page.goto("/rules/dates/")
    page.keyboard.press("1")
    expect(rule(page)).to_contain_text(f"Accept the dates of {waiting} files")
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check what was accepted")
    page.keyboard.press("1")
    expect(page.locator("#audit")).to_contain_text("Of 1 that you looked at 0 are wrong.")
    page.keyboard.press("2")
    expect(page.locator("#audit")).to_contain_text("Of 2 that you looked at 1 is wrong.")
    assert accepted() == waiting - 1
    page.get_by_role("link", name="Mend it").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/dates/"))
    wrong = MediaFile.objects.get(decisions__batch=DecisionBatch.objects.get(verb="doubt").pk)
    expect(page.locator("main")).to_contain_text(wrong.name)


def test_a_level_is_accepted_and_checked_without_javascript(plain, waiting):
    plain.goto("/rules/dates/")
    plain.get_by_role("radio", name=re.compile("medium")).check()
    plain.get_by_role("button", name="Show", exact=True).click()
    plain.get_by_role("button", name=f"Accept {waiting} dates").click()
    assert accepted() == waiting
    plain.get_by_role("link", name="Right", exact=True).first.click()
    plain.get_by_role("button", name="Wrong").first.click()
    expect(plain.locator("#audit")).to_contain_text("Of 2 that you looked at 1 is wrong.")
    assert accepted() == waiting - 1


def test_many_are_counted_while_the_samples_are_looked_at(page, waiting, monkeypatch):
    monkeypatch.setattr(date_rules, "WINDOW", 6)
    monkeypatch.setattr(date_rules, "SAMPLES", 3)
    page.goto("/rules/dates/?confidence=medium")
    expect(rule(page)).to_contain_text(f"Accept the dates of {waiting} files of medium confidence.")
    page.get_by_role("link", name="Other samples").click()
    expect(page).to_have_url(re.compile("seed="))
    page.get_by_role("button", name=f"Accept {waiting} dates").click()
    expect(page.locator("#notices")).to_contain_text("dates are accepted.")


def test_many_are_counted_on_request_without_javascript(plain, waiting, monkeypatch):
    monkeypatch.setattr(date_rules, "WINDOW", 6)
    plain.goto("/rules/dates/?confidence=medium")
    expect(rule(plain)).to_contain_text("Accept the dates of about")
    plain.get_by_role("link", name="Count them all").click()
    plain.get_by_role("button", name=f"Accept {waiting} dates").click()
    assert accepted() == waiting


def test_a_level_is_accepted_on_a_phone(phone, waiting):
    phone.goto("/rules/dates/")
    phone.get_by_text("medium").tap()
    expect(rule(phone)).to_contain_text(f"Accept the dates of {waiting} files")
    assert phone.evaluate(WIDTH) == 390
    phone.get_by_role("button", name=f"Accept {waiting} dates").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Check what was accepted")
    assert phone.evaluate(WIDTH) == 390
    assert accepted() == waiting
