import re

import pytest
from playwright.sync_api import Page, Route, expect

from media_catalog.models import DecisionBatch, DuplicateGroup, MediaFile
from tests.browser.watching import until

# Where each picture of the group stands in its box, and how large.
PLACES = """() => [...document.querySelectorAll('.members .over')]
    .map((one) => getComputedStyle(one).transform)"""
# Whether a canvas holds anything but black.
IS_PAINTED = """() => {
    const one = document.querySelector('.stage canvas');
    const { data } = one.getContext('2d').getImageData(0, 0, one.width, one.height);
    return data.some((value, place) => place % 4 < 3 && value);
}"""
ARE_THERE = "[...document.querySelectorAll('.members .over')].every((one) => one.naturalWidth)"
HOSTILE = "<img src=x onerror=document.title=1>.jpg"


def shown(page: Page) -> int:
    return int(page.locator("#copies").get_attribute("data-group"))


def open_first(page: Page, kind: str = "duplicates") -> int:
    page.goto(f"/copies/?kind={kind}")
    return shown(page)


def pictures_are_there(page: Page) -> None:
    until(page, ARE_THERE)


def wait_for_another(page: Page, group: int) -> None:
    expect(page.locator("#copies")).not_to_have_attribute("data-group", str(group))


def discarded(group: int) -> list[int]:
    """Return the ranks of the members of a group that are discarded."""
    members = DuplicateGroup.objects.get(pk=group).members.filter(file__disposition="discard")
    return list(members.order_by("rank").values_list("rank", flat=True))


def test_keys_decide_group_after_group_and_take_it_back(page):
    first = open_first(page)
    page.keyboard.press("Enter")
    wait_for_another(page, first)
    assert discarded(first) == [1]
    second = shown(page)
    assert page.url.endswith(f"/copies/{second}/?kind=duplicates")
    page.keyboard.press("1")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    wait_for_another(page, second)
    assert discarded(second) == [0]
    with page.expect_navigation():
        page.keyboard.press("z")
    assert discarded(second) == []
    third = shown(page)
    page.keyboard.press("a")
    wait_for_another(page, third)
    assert discarded(third) == []
    fourth = shown(page)
    page.keyboard.press("s")
    wait_for_another(page, fourth)
    fifth = shown(page)
    page.keyboard.press("n")
    wait_for_another(page, fifth)
    assert not DuplicateGroup.objects.filter(pk=fifth).exists()
    assert DuplicateGroup.objects.get(pk=fourth).resolved_at is None


def test_a_key_before_the_next_group_is_there_decides_nothing(page):
    held: list[Route] = []
    first = open_first(page)
    page.route(re.compile(r"/copies/\d+/\?"), lambda route: held.append(route))
    page.keyboard.press("s")
    until(page, "document.querySelector('#copies [data-key~=s]').matches('.htmx-request')")
    page.keyboard.press("n")
    page.get_by_role("button", name="Keep all").click()
    (skipping,) = held
    skipping.continue_()
    wait_for_another(page, first)
    assert DuplicateGroup.objects.get(pk=first).resolved_at is None


def test_the_mouse_decides_as_well_and_says_before_what_it_comes_to(page):
    first = open_first(page)
    page.get_by_label("Keep", exact=False).nth(1).check()
    expect(page.locator("#outcome")).to_contain_text("All are kept")
    page.get_by_role("button", name="Only this one").nth(1).click()
    wait_for_another(page, first)
    assert discarded(first) == [0]
    page.locator("#notices").get_by_role("button", name="Undo").click()
    expect(page.locator("#notices")).not_to_contain_text("is discarded")
    assert discarded(first) == []


def test_pictures_are_enlarged_and_moved_together(page):
    open_first(page)
    pictures_are_there(page)
    page.keyboard.press("v")
    enlarged = page.evaluate(PLACES)
    assert enlarged[0] == enlarged[1] != "none"
    box = page.locator(".members .box").first.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, box["y"] + 120, steps=3)
    page.mouse.up()
    moved = page.evaluate(PLACES)
    assert moved[0] == moved[1] != enlarged[0]
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(PLACES)[1] != moved[1]
    page.mouse.wheel(0, -200)
    page.keyboard.press("0")
    assert page.evaluate(PLACES) == ["none", "none"]
    page.get_by_role("button", name="1:1").click()
    expect(page.locator(".scale")).to_have_text("100 %")
    page.locator(".members .box").first.click()
    assert page.evaluate(PLACES) == ["none", "none"]


def test_two_pictures_flicker_and_show_their_difference(page):
    open_first(page)
    pictures_are_there(page)
    names = page.locator(".member-name").all_inner_texts()
    label = page.locator(".stage-label")
    page.keyboard.press("f")
    expect(label).to_have_text(f"1: {names[0]}")
    page.keyboard.press("f")
    expect(label).to_have_text(f"2: {names[1]}")
    expect(page.locator(".stage .under")).to_be_hidden()
    page.keyboard.press("d")
    expect(label).to_have_text(re.compile(r"% of the picture differ$"))
    assert page.evaluate(IS_PAINTED)
    page.get_by_role("button", name="Side by side").click()
    expect(page.locator(".stage")).to_be_hidden()
    page.keyboard.press("d")
    group = shown(page)
    page.keyboard.press("Enter")
    wait_for_another(page, group)
    expect(page.locator(".stage")).to_be_hidden()


def test_a_series_is_a_film_strip_of_which_the_best_is_kept(page):
    group = DuplicateGroup.objects.filter(kind="burst").order_by("-pk")[0]
    page.goto(f"/copies/{group.pk}/")
    number = group.members.count()
    expect(page.locator(".film li")).to_have_count(number)
    expect(page.locator(".film .best")).to_have_count(1)
    page.keyboard.press("b")
    expect(page.locator("#copies")).not_to_have_attribute("data-group", str(group.pk))
    assert discarded(group.pk) == list(range(1, number))


def test_going_back_shows_what_was_decided(page):
    first = open_first(page)
    page.keyboard.press("Enter")
    wait_for_another(page, first)
    page.go_back()
    expect(page.locator(".settled")).to_contain_text("Decided by mum")
    page.get_by_role("link", name="Decide anew").click()
    page.keyboard.press("a")
    wait_for_another(page, first)
    assert discarded(first) == []


def test_the_second_of_two_people_is_told(page, open_page):
    group = open_first(page)
    other = open_page()
    open_first(other)
    page.keyboard.press("Enter")
    wait_for_another(page, group)
    other.keyboard.press("a")
    expect(other.locator("#notices")).to_contain_text("This group has changed")
    expect(other.locator(".settled")).to_contain_text("Decided by mum")
    assert discarded(group) == [1]


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_rule_counts_shows_some_and_is_taken_back(page, by):
    page.goto("/rules/copies/?kind=near")
    number = DuplicateGroup.objects.filter(kind="near").count()
    expect(page.locator(".numbers-row dd").first).to_have_text(str(number))
    expect(page.locator(".samples > li")).to_have_count(min(number, 20))
    page.get_by_label("How large").select_option("more")
    expect(page).to_have_url(re.compile(r"size=more"))
    button = page.get_by_role("button", name=re.compile(r"^Decide \d+ group"))
    expect(button).to_be_visible()
    wanted = int(page.locator(".numbers-row dd").first.inner_text())
    if by == "mouse":
        button.click()
    else:
        button.focus()
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Look at what was decided by rule")).to_be_visible()
    assert DuplicateGroup.objects.filter(kind="near", resolved_at__isnull=False).count() == wanted
    undo = page.locator("#notices").get_by_role("button", name="Undo")
    if by == "mouse":
        undo.click()
    else:
        page.keyboard.press("z")
    expect(page.get_by_text("It was taken back.")).to_be_visible()
    assert not MediaFile.objects.filter(disposition="discard").exists()


def test_everything_works_without_javascript(plain):
    first = open_first(plain)
    expect(plain.locator(".tools-bar")).to_be_hidden()
    boxes = plain.locator('.keep input[type="checkbox"]')
    boxes.nth(0).uncheck()
    boxes.nth(1).check()
    plain.locator("#keep").click()
    assert discarded(first) == [0]
    second = shown(plain)
    plain.get_by_role("button", name="Only this one").first.click()
    assert discarded(second) == [1]
    plain.locator("#notices").get_by_role("button", name="Undo").click()
    assert discarded(second) == []
    third = shown(plain)
    plain.get_by_role("link", name="Skip", exact=True).click()
    assert shown(plain) != third
    fourth = shown(plain)
    plain.get_by_role("button", name="No copies").click()
    assert not DuplicateGroup.objects.filter(pk=fourth).exists()
    plain.get_by_role("button", name="Keep all").click()
    plain.locator("summary", has_text="More").click()
    fifth = shown(plain)
    plain.get_by_role("button", name="Discard all").click()
    assert discarded(fifth) == [0, 1]


def test_a_whole_picture_opens_by_itself_without_javascript(plain):
    open_first(plain)
    plain.locator(".members .box").first.click()
    plain.wait_for_url("**/full/**")


def test_rules_work_without_javascript(plain):
    plain.goto("/rules/copies/?kind=near")
    plain.get_by_role("button", name="Count").click()
    plain.get_by_role("link", name="Show 20 of them").click()
    expect(plain.locator(".samples > li").first).to_be_visible()
    plain.get_by_role("button", name=re.compile(r"^Decide \d+ group")).click()
    assert DuplicateGroup.objects.filter(kind="near", resolved_at=None).count() == 0
    plain.get_by_role("button", name="Take all of it back").click()
    assert DecisionBatch.objects.get(verb="copy_rule").undone_by_id is not None


def test_on_a_phone_one_swipes_through_the_pictures_and_nothing_sticks_out(phone):
    group = open_first(phone)
    pictures_are_there(phone)
    members = phone.locator(".members")
    assert members.evaluate("(one) => one.scrollWidth > one.clientWidth")
    for address in (phone.url, "/copies/?kind=near&view=list", "/rules/copies/?kind=near"):
        phone.goto(address)
        phone.wait_for_load_state("networkidle")
        assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.goto(f"/copies/{group}/")
    pictures_are_there(phone)
    phone.locator(".members .box").first.tap()
    assert phone.evaluate(PLACES)[0] != "none"
    phone.locator("#keep").tap()
    wait_for_another(phone, group)
    assert discarded(group) == [1]


def test_nothing_of_hostile_files_runs_or_sticks_out(page):
    folder = MediaFile.objects.get(name=HOSTILE).folder_key
    hostile = list(MediaFile.objects.filter(folder_key=folder).order_by("pk")[:3])
    group = DuplicateGroup.objects.create(kind="near", key="hostile", created_at=hostile[0].discovered_at)
    for rank, file in enumerate(hostile):
        group.members.create(file=file, kind="near", rank=rank, is_keeper=not rank)
    page.goto(f"/copies/{group.pk}/")
    pictures_are_there(page)
    page.keyboard.press("f")
    expect(page.locator(".stage-label")).to_contain_text(".jpg")
    page.goto("/copies/?kind=near&view=list")
    assert page.title() not in ("1", "2", "3")
