import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, Route, expect

from media_catalog.models import MediaFile
from review.date_queue import Queue
from tests.browser.watching import until
from tests.conftest import NOW


@pytest.fixture
def files(mine) -> list[MediaFile]:
    """The first files of the queue: two scans with a year or a day, and so on."""
    return Queue.of({}, at=NOW).next(None, 6)


@pytest.fixture
def undated(mine) -> list[MediaFile]:
    """Undated scans of one folder."""
    return list(MediaFile.objects.filter(name__startswith="print ").order_by("pk"))


def now(file: MediaFile) -> MediaFile:
    file.refresh_from_db()
    return file


def expect_file(page: Page, file: MediaFile) -> None:
    expect(page.locator(".caption a")).to_have_attribute("href", re.compile(f"/files/{file.pk}/"))
    expect(page.locator(".caption a")).to_be_in_viewport()


def notice(page: Page, text: str) -> None:
    expect(page.locator("#notices")).to_contain_text(text)


def place(page: Page) -> str:
    """The address without what is before the path, for the place of the file in it."""
    return str(page.evaluate("location.pathname + location.search"))


def test_an_evening_by_keyboard_alone(page, files):
    page.goto("/dates/")
    expect_file(page, files[0])
    page.keyboard.press("Enter")
    expect_file(page, files[1])
    notice(page, "Accepted")
    assert now(files[0]).reviewed_by.username == "mum"

    page.keyboard.press("2")
    expect_file(page, files[2])
    assert now(files[1]).reviewed_at
    assert now(files[1]).confidence == "high"

    page.keyboard.press("e")
    page.keyboard.type("summer 1978")
    expect(page.locator("#understood")).to_contain_text("Summer 1978, June to August, precise to the season")
    page.keyboard.press("Enter")
    expect_file(page, files[3])
    assert (now(files[2]).captured_local, files[2].captured_precision) == (datetime(1978, 6, 1), "season")

    page.keyboard.press("s")
    expect_file(page, files[4])
    assert now(files[3]).snoozed_until
    page.keyboard.press("f")
    expect_file(page, files[5])
    assert now(files[4]).is_flagged
    page.keyboard.press("x")
    notice(page, "Discarded")
    assert now(files[5]).disposition == "discard"


def test_undo_goes_back_file_by_file_and_redo_forth(page, files):
    page.goto("/dates/")
    for number, key in enumerate(("Enter", "x", "s")):
        expect_file(page, files[number])
        page.keyboard.press(key)
    expect_file(page, files[3])
    page.keyboard.press("z")
    expect_file(page, files[2])
    page.keyboard.press("z")
    expect_file(page, files[1])
    assert (now(files[1]).disposition, now(files[2]).snoozed_until) == ("undecided", None)
    page.keyboard.press("z")
    expect_file(page, files[0])
    assert now(files[0]).reviewed_at is None
    page.keyboard.press("Shift+Z")
    expect_file(page, files[1])
    assert now(files[0]).reviewed_at


def test_the_address_follows_and_going_back_works(page, files):
    page.goto("/dates/")
    page.keyboard.press("ArrowRight")
    expect_file(page, files[1])
    second = place(page)
    page.keyboard.press("j")
    expect_file(page, files[2])
    assert place(page) != second
    page.go_back()
    expect_file(page, files[1])
    page.keyboard.press("ArrowLeft")
    expect_file(page, files[0])
    page.reload()
    expect_file(page, files[0])
    assert not now(files[0]).reviewed_at


def test_a_tag_is_put_by_keyboard_and_the_file_stays(page, files):
    page.goto("/dates/")
    page.keyboard.press("t")
    page.keyboard.type("Bridges")
    page.keyboard.press("Enter")
    expect(page.locator(".tagging .tag")).to_have_text("Bridges")
    expect_file(page, files[0])
    page.keyboard.press("Enter")
    expect_file(page, files[1])
    assert now(files[0]).reviewed_at


def test_keys_are_letters_while_somebody_types(page, files):
    page.goto("/dates/")
    page.keyboard.press("e")
    page.keyboard.type("sfxz1")
    expect(page.get_by_label("You know better?")).to_have_value("sfxz1")
    expect(page.locator("#understood")).to_contain_text("not understood")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    expect_file(page, files[1])


def test_with_the_mouse_the_next_file_comes_by_itself_too(page, files):
    page.goto("/dates/")
    page.get_by_role("button", name="Accept").click()
    expect_file(page, files[1])
    page.locator(".claims button").nth(1).click()
    expect_file(page, files[2])
    page.get_by_label("You know better?").fill("3/4/1979")
    page.get_by_role("button", name="No, 4 Mar 1979").click()
    expect_file(page, files[3])
    assert now(files[2]).captured_local == datetime(1979, 3, 4)
    page.get_by_role("button", name="Skip").click()
    expect_file(page, files[4])
    page.get_by_role("button", name="Flag").click()
    expect_file(page, files[5])
    page.get_by_role("main").get_by_role("button", name="Undo", exact=False).first.click()
    expect_file(page, files[4])
    assert not now(files[4]).is_flagged


def test_who_moves_by_tab_stays_where_they_were(page, files):
    page.goto("/dates/")
    page.get_by_role("button", name="Skip").focus()
    page.keyboard.press("Enter")
    expect_file(page, files[1])
    expect(page.get_by_role("button", name="Skip")).to_be_focused()
    assert now(files[0]).snoozed_until


def test_after_a_click_enter_accepts_again(page, files):
    page.goto("/dates/")
    page.get_by_role("button", name="Skip").click()
    expect_file(page, files[1])
    page.keyboard.press("Enter")
    expect_file(page, files[2])
    assert now(files[1]).reviewed_at


def test_all_of_it_without_javascript(plain, files):
    plain.goto("/dates/")
    plain.get_by_role("button", name="Accept").click()
    expect_file(plain, files[1])
    notice(plain, "Accepted")
    plain.locator(".claims button").nth(1).click()
    expect_file(plain, files[2])
    plain.get_by_label("You know better?").fill("about 1985")
    plain.get_by_role("button", name="Set").click()
    expect_file(plain, files[3])
    assert now(files[2]).captured_precision == "range"
    plain.get_by_label("Tags").fill("Bridges")
    plain.get_by_role("button", name="Add").click()
    expect(plain.locator(".tagging .tag")).to_have_text("Bridges")
    plain.get_by_role("button", name="Discard").click()
    expect_file(plain, files[4])
    plain.get_by_role("main").get_by_role("button", name="Undo", exact=False).first.click()
    expect_file(plain, files[3])
    assert now(files[3]).disposition == "undecided"


def test_on_a_phone_the_buttons_stay_in_reach_and_nothing_is_wider(phone, files):
    phone.goto("/dates/")
    expect(phone.get_by_role("button", name="Accept")).to_be_in_viewport()
    expect(phone.locator("#large")).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.get_by_role("button", name="Accept").tap()
    expect_file(phone, files[1])
    assert now(files[0]).reviewed_at


def test_the_large_picture_is_shown_and_the_next_are_fetched_ahead(page, files):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/dates/")
    expect(page.locator("#large")).to_be_visible()
    until(page, "document.querySelector('#large').complete")
    assert page.evaluate("document.querySelector('#large').naturalWidth") > 400
    page.wait_for_load_state("networkidle")
    ahead = [file for file in files[1:4] if file.has_thumbnail]
    for file in ahead:
        assert any(f"/files/{file.pk}/preview/" in url for url in asked)


def test_a_video_plays_where_the_browser_can(page, mine):
    video = MediaFile.objects.get(name="VID-20191224-WA0002.mp4")
    page.goto(f"/dates/?kind=video&name={video.name}")
    if not page.evaluate("document.createElement('video').canPlayType('video/mp4; codecs=\"avc1.42E01E\"')"):
        pytest.skip("this Chromium plays no H.264")
    until(page, "document.querySelector('video').readyState > 1")
    page.keyboard.press("p")
    until(page, "document.querySelector('video').currentTime > 0")


def test_of_a_video_that_the_browser_cannot_play_a_picture_is_shown(page, mine):
    page.goto("/dates/?kind=video&name=MVI_0420.AVI")
    expect(page.locator(".unplayable")).to_be_visible()
    expect(page.locator(".picture img")).to_be_visible()


def test_a_video_that_failed_before_the_script_of_the_page_came_is_given_up_as_well(page, mine):
    held: list[Route] = []
    page.route("**/js/dates*.js", lambda route: held.append(route))
    page.goto("/dates/?kind=video&name=MVI_0420.AVI", wait_until="commit")
    until(page, "Boolean(document.querySelector('.dates video')?.error)")
    held.pop().continue_()
    expect(page.locator(".unplayable")).to_be_visible()


def test_one_date_serves_all_the_prints_of_a_folder(page, undated):
    first = undated[0]
    page.goto(f"/dates/?name=print&folder={first.folder_key}")
    page.keyboard.press("a")
    others = page.locator("#others")
    expect(others).to_contain_text("its folder (9)")
    others.get_by_label("When it was").fill("easter 1985")
    expect(others.locator("#others-outcome")).to_contain_text("5 Apr 1985")
    others.get_by_role("button", name="Do this with 9 files").click()
    notice(page, "9 files")
    assert {now(file).captured_local for file in undated} == {datetime(1985, 4, 5)}


def test_the_day_of_a_neighbour_is_taken_over(page, files):
    page.goto("/dates/")
    page.locator(".strip a.date").first.click()
    expect(page.locator("#understood")).to_contain_text("Understood as")
    assert page.get_by_label("You know better?").input_value()


def test_of_two_who_decide_at_once_the_later_one_is_told(open_page, files):
    mums, dads = open_page(), open_page()
    mums.goto("/dates/")
    dads.goto("/dates/")
    mums.keyboard.press("Enter")
    expect_file(mums, files[1])
    dads.keyboard.press("x")
    notice(dads, "changed this file meanwhile")
    expect_file(dads, files[1])
    assert now(files[0]).disposition == "undecided"


def test_a_key_before_the_answer_decides_nothing_about_the_file_that_one_has_left(page, files):
    held: list[Route] = []
    page.goto("/dates/")
    page.route(re.compile("/accept/"), lambda route: held.append(route))
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#accept').matches('.htmx-request')")
    for key in ("x", "ArrowRight", "z"):
        page.keyboard.press(key)
    page.locator("#discard").click()
    (accepting,) = held
    accepting.continue_()
    expect_file(page, files[1])
    notice(page, "Accepted")
    assert now(files[0]).reviewed_at
    assert now(files[0]).disposition == now(files[1]).disposition == "undecided"


def test_the_end_of_the_queue_says_what_is_left(page, mine):
    MediaFile.objects.filter(name__startswith="print").update(is_flagged=True)
    page.goto("/dates/?name=print%207.jpg")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are through")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".caption")).to_contain_text("print 7.jpg")


def test_the_sheet_of_keys_tells_them_all(page, files):
    page.goto("/dates/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    for label in ("Accept this date", "Type the date", "Put off until tomorrow", "Undo, and go back"):
        expect(sheet).to_contain_text(label)
