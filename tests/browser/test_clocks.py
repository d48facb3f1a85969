import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from media_catalog.models import CameraRule, Job, MediaFile
from tests.browser import accessibility, site
from tests.conftest import NOW

MODEL = "EOS 80D"
HOUR = timedelta(hours=1)
SHOT = datetime(2018, 7, 21, 16, 30, 10)
WIDTH = "document.documentElement.scrollWidth"


def hours() -> set[int]:
    """By how many hours the dates of the series were moved."""
    dates = MediaFile.objects.filter(camera_model=MODEL).values_list("captured_local", flat=True)
    return {round((local - SHOT) / HOUR) for local in dates}


def effect(page: Page):
    return page.locator("#effect")


@pytest.fixture
def found(mine) -> CameraRule:
    """What the program could have found about the clock of the series."""
    evidence = {
        "files_for": 4,
        "files_against": 0,
        "files_silent": 0,
        "margin_seconds": 0,
        "kinds": {"GPS time": 4},
        "examples": [],
    }
    return CameraRule.objects.create(
        camera_make="Canon", camera_model=MODEL, shift_seconds=-3600, evidence=evidence, created_at=NOW
    )


def test_a_photo_of_a_known_moment_sets_a_clock_right(page, mine):
    page.goto("/clocks/set/")
    page.get_by_label("Camera").select_option(MODEL)
    page.get_by_role("button", name="Show its files").click()
    page.get_by_role("link", name=re.compile("IMG_7000")).click()
    page.get_by_label("What was the time really?").fill("15:30:10")
    expect(effect(page)).to_contain_text("The clock was 1 hour ahead at all times.")
    expect(effect(page)).to_contain_text("4 would get another date.")
    effect(page).get_by_role("button", name="Keep for this camera").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Clock of Canon {MODEL}")
    expect(page.locator("#notices")).to_contain_text("The rule is in force.")
    site.work()
    assert hours() == {-1}
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#notices")).to_contain_text("The rule is taken back.")
    site.work()
    assert hours() == {0}


def test_a_clock_is_set_right_by_keyboard(page, mine):
    file = MediaFile.objects.get(name="IMG_7000.JPG")
    page.goto(f"/clocks/set/?file={file.pk}&how=once")
    page.keyboard.press("e")
    page.keyboard.type("17:30:10")
    expect(effect(page)).to_contain_text("The dates become 1 hour later.")
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("4 files have another date now.")
    assert hours() == {1}
    page.keyboard.press("z")
    expect(page.locator("#notices")).to_contain_text("Took back")
    assert hours() == {0}


def test_a_clock_is_set_right_without_javascript(plain, mine):
    plain.goto("/clocks/set/")
    plain.get_by_label("Camera").select_option(MODEL)
    plain.get_by_role("button", name="Show its files").click()
    plain.get_by_label("Move the dates by").fill("+1 h")
    plain.get_by_label("Only this once, for the files that are here").check()
    plain.get_by_role("button", name="Show what it does").click()
    expect(effect(plain)).to_contain_text("after: 21 Jul 2018 17:30:10")
    plain.get_by_role("button", name="Change 4 files").click()
    assert hours() == {1}
    plain.locator("#notices").get_by_role("button", name="Undo").click()
    assert hours() == {0}


def test_what_was_found_is_accepted_put_aside_and_proposed_again(page, found):
    page.goto("/clocks/")
    page.get_by_role("button", name="Put aside").click()
    page.get_by_text("Put aside or taken back").click()
    page.get_by_role("button", name="Propose again").click()
    page.get_by_role("link", name="Before and after").click()
    expect(page.locator("main")).to_contain_text("4 would get another date.")
    page.get_by_role("button", name="Accept").click()
    site.work()
    assert hours() == {-1}
    page.get_by_role("link", name="See how far it is").click()
    assert page.url.endswith(f"/jobs/{Job.objects.latest('pk').pk}/")


def test_what_was_found_is_accepted_by_keyboard(page, found):
    page.goto("/clocks/")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(MODEL)
    page.keyboard.press("a")
    expect(page.locator("#notices")).to_contain_text("The rule is in force.")
    site.work()
    assert hours() == {-1}
    page.keyboard.press("u")
    expect(page.locator("#notices")).to_contain_text("The rule is taken back.")
    page.goto("/clocks/")
    page.keyboard.press("x")
    expect(page.locator("#notices")).to_contain_text("Put aside.")


def test_a_zone_is_found_by_its_city_on_a_phone(phone, mine):
    phone.goto(f"/clocks/zone/?camera={MODEL}&how=once")
    phone.get_by_label("Time zone").fill("tokyo")
    expect(effect(phone)).to_contain_text("The clocks showed the time of Asia/Tokyo.")
    expect(effect(phone)).to_contain_text("after: 21 Jul 2018 16:30:10 +09:00")
    assert phone.evaluate(WIDTH) == 390
    effect(phone).get_by_role("button", name="Change 4 files").tap()
    expect(phone.locator("#notices")).to_contain_text("4 files have another date now.")
    assert set(MediaFile.objects.filter(camera_model=MODEL).values_list("offset_minutes", flat=True)) == {540}


def test_scans_are_spread_over_an_evening(page, mine):
    prints = MediaFile.objects.filter(name__startswith="print ").order_by("name")
    ids = ",".join(str(pk) for pk in prints.values_list("pk", flat=True))
    page.goto(f"/clocks/files/?ids={ids}")
    page.get_by_label(re.compile("One after the other")).check()
    page.get_by_label("The first one").fill("24 December 1985 18:00")
    page.get_by_label("Distance").fill("10 min")
    expect(effect(page)).to_contain_text("8 would get another date.")
    expect(effect(page)).to_contain_text("24 Dec 1985 18:10")
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert accessibility.faults(page, schemes=("dark",)) == []
    page.get_by_role("button", name="Change 8 files").click()
    expect(page.locator("#notices")).to_contain_text("8 files have another date now.")
    first = datetime(1985, 12, 24, 18)
    assert list(prints.values_list("captured_local", flat=True)) == [
        first + timedelta(minutes=10 * number) for number in range(8)
    ]
