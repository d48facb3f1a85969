"""Selecting and changing files in the grid: by mouse, by keyboard, without JavaScript, on a phone."""

import re

from playwright.sync_api import Page, expect

from media_catalog.models import FileTag, MediaFile
from media_catalog.services import walks
from tests.browser import accessibility

IN_ORDER = ("-captured_local", "-pk")


def first_names(number: int) -> list[str]:
    """The names of the first tiles."""
    dated = MediaFile.objects.filter(captured_local__isnull=False).order_by(*IN_ORDER)
    return list(dated.values_list("name", flat=True)[:number])


def boxes(page: Page):
    return page.locator("#tiles input[name=id]")


def ticked(page: Page) -> list[int]:
    """The places of the tiles that are selected."""
    script = "boxes => boxes.flatMap((box, at) => box.checked ? [at] : [])"
    return list(boxes(page).evaluate_all(script))


def acted(page: Page, act) -> None:
    """Do something that posts, and wait for its answer."""
    with page.expect_response(re.compile("/files/bulk/")):
        act()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_selects_with_the_mouse_by_tick_box_control_and_shift(page):
    page.goto("/files/")
    expect(page.locator("#bar")).to_be_hidden()
    page.locator(".pick").nth(1).click()
    page.locator(".pick").nth(4).click(modifiers=["Shift"])
    assert ticked(page) == [1, 2, 3, 4]
    page.locator("a.tile").nth(2).click(modifiers=["Control"])
    page.locator("a.tile").nth(6).click(modifiers=["Control"])
    assert ticked(page) == [1, 3, 4, 6]
    expect(page.locator("#chosen")).to_have_text("4 selected")
    page.locator("a.tile").nth(8).click(modifiers=["Shift"])
    assert ticked(page) == [1, 3, 4, 6, 7, 8]
    page.get_by_role("button", name="Select nothing").click()
    assert ticked(page) == []
    expect(page.locator("#bar")).to_be_hidden()


def test_discards_and_undoes_with_the_keyboard_alone(page):
    names = first_names(3)
    page.goto("/files/")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowRight")
    assert ticked(page) == [0, 1, 2]
    acted(page, lambda: page.keyboard.press("x"))
    expect(page.locator("#notices")).to_contain_text("Discarded 3 files.")
    expect(page.locator(".cell").first).to_contain_text("discarded")
    assert ticked(page) == []
    assert set(MediaFile.objects.filter(disposition="discard").values_list("name", flat=True)) == set(names)
    with page.expect_navigation():
        page.keyboard.press("z")
    assert not MediaFile.objects.filter(disposition="discard").exists()


def test_shrinks_a_range_that_is_taken_back_by_the_keyboard(page):
    page.goto("/files/")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    assert ticked(page) == [0, 1]
    page.keyboard.press("Escape")
    assert ticked(page) == []


def test_selects_all_that_match_on_the_server_and_shows_what_would_change(page):
    page.goto("/files/?kind=video")
    number = MediaFile.objects.filter(kind="video").count()
    page.keyboard.press("Control+a")
    expect(page.locator("#chosen")).to_have_text("All that match are selected")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", name=f"{number} files would change")).to_be_visible()
    flagged = MediaFile.objects.filter(is_flagged=True, kind="video")
    others = MediaFile.objects.filter(is_flagged=True).exclude(kind="video").count()
    assert not flagged.exists()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/files/?kind=video")
    assert flagged.count() == number
    assert MediaFile.objects.filter(is_flagged=True).count() == number + others


def test_what_is_selected_is_cleared_and_told_when_the_filter_changes(page):
    page.goto("/files/")
    page.locator(".pick").first.click()
    page.get_by_label("Confidence").select_option("high")
    expect(page.locator("#cleared")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?confidence=high$"))
    assert ticked(page) == []
    page.locator(".chip").first.click()
    expect(page).to_have_url(re.compile("/files/$"))
    expect(page.locator("#cleared")).to_be_hidden()


def test_going_back_shows_the_filter_as_it_was(page):
    page.goto("/files/")
    page.get_by_label("Confidence").select_option("high")
    expect(page.locator(".chip").first).to_contain_text("Confidence: high")
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.get_by_label("Confidence")).to_have_value("")


def test_tags_with_names_that_are_offered(page):
    page.goto("/files/")
    page.locator(".pick").first.click()
    page.keyboard.press("t")
    page.keyboard.type("Ski trip, Alps")
    acted(page, lambda: page.keyboard.press("Enter"))
    expect(page.locator("#notices")).to_contain_text("Ski trip, Alps")
    assert set(FileTag.objects.filter(origin="person").values_list("tag__name", flat=True)) == {
        "Ski trip",
        "Alps",
    }
    page.locator(".pick").nth(1).click()
    page.locator("#bar-tags").fill("sk")
    expect(page.locator("#tag-names option")).to_have_attribute("value", "Ski trip")


def test_more_tiles_come_below_and_keep_what_is_selected(page, monkeypatch):
    monkeypatch.setattr(walks.page, "__kwdefaults__", {"size": 20})
    page.goto("/files/")
    page.locator(".pick").nth(3).click()
    page.keyboard.press("m")
    expect(page.locator(".cell")).to_have_count(40)
    assert ticked(page) == [3]
    page.keyboard.press("Control+a")
    page.keyboard.press("m")
    expect(page.locator(".cell")).to_have_count(60)
    assert len(ticked(page)) == 60
    page.locator(".pick").nth(50).click()
    expect(page.locator("#chosen")).to_have_text("59 selected")
    assert not page.locator("[name=all]").is_checked()


def test_keeps_the_size_of_the_tiles(page):
    page.goto("/files/")
    before = page.locator(".cell").first.bounding_box()["width"]
    page.locator("#tile-size").fill("20")
    assert page.locator(".cell").first.bounding_box()["width"] > before * 1.5
    page.reload()
    expect(page.locator("#tile-size")).to_have_value("20")
    assert page.locator(".cell").first.bounding_box()["width"] > before * 1.5


def test_changes_a_date_in_the_bulk_editor(page):
    names = first_names(2)
    page.goto("/files/")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", name="Change 2 files")).to_be_visible()
    page.get_by_label("Take tags away").fill("no such tag")
    page.get_by_label("Take tags away").fill("")
    page.get_by_label("Give them all this date").fill("summer 1978")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The date is understood as")).to_contain_text("summer 1978")
    page.get_by_label("Give them all this date").fill("autumn 1979")
    page.get_by_label("Give them all this date").press("Enter")
    expect(page.get_by_text("The date is understood as")).to_contain_text("autumn 1979")
    assert not MediaFile.objects.filter(captured_precision="season").exists()
    with page.expect_navigation():
        page.get_by_role("button", name="Change 2 files").click()
    dated = MediaFile.objects.filter(captured_precision="season")
    assert set(dated.values_list("name", flat=True)) == set(names)
    with page.expect_navigation():
        page.locator("#notices").get_by_role("button", name="Undo").click()
    assert not MediaFile.objects.filter(captured_precision="season").exists()


def test_leads_from_file_to_file_by_the_arrow_keys(page):
    names = first_names(2)
    page.goto("/files/?state=analysed")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(names[0])
    page.wait_for_load_state()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text(names[1])
    expect(page.locator(".story")).to_contain_text("Found in")
    page.keyboard.press("f")
    expect(page.locator(".marks").first).to_contain_text("flagged")
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/files/\?state=analysed$"))


def test_zooms_to_one_pixel_for_one(open_page):
    page = open_page(viewport={"width": 500, "height": 600})
    file = MediaFile.objects.filter(has_thumbnail=True, kind="image", width_px__gt=600).first()
    page.goto(f"/files/{file.pk}/")
    expect(page.get_by_role("button", name="1:1")).to_be_visible()
    page.keyboard.press("v")
    expect(page.locator(".viewer")).to_have_class(re.compile("zoomed"))
    expect(page.locator(".scale")).to_contain_text("100 %")
    page.keyboard.press("0")
    expect(page.locator(".viewer")).not_to_have_class(re.compile("zoomed"))


def test_works_without_javascript(plain):
    names = first_names(2)
    plain.goto("/files/?state=analysed")
    boxes(plain).nth(0).check()
    boxes(plain).nth(1).check()
    plain.get_by_role("button", name="Discard").click()
    expect(plain.locator("#notices")).to_contain_text("Discarded 2 files.")
    assert set(MediaFile.objects.filter(disposition="discard").values_list("name", flat=True)) == set(names)
    plain.locator("#notices").get_by_role("button", name="Undo").click()
    assert not MediaFile.objects.filter(disposition="discard").exists()
    plain.get_by_label(re.compile("all .* that match")).check()
    plain.get_by_role("button", name="Change…").click()
    plain.get_by_label("Rating").select_option("4")
    plain.get_by_role("button", name="Show what would change").click()
    plain.get_by_role("button", name=re.compile("^Change .* files")).click()
    assert set(MediaFile.objects.filter(state="analysed").values_list("rating", flat=True)) == {4}


def test_the_filters_work_without_javascript(plain):
    plain.goto("/files/")
    plain.locator(".narrow-by > summary").click() if plain.locator(
        ".narrow-by > summary"
    ).is_visible() else None
    plain.get_by_label("Confidence").select_option("high")
    plain.get_by_role("button", name="Show", exact=True).click()
    expect(plain).to_have_url(re.compile("confidence=high"))
    expect(plain.locator(".chip").first).to_contain_text("Confidence: high")


def test_works_on_a_phone(phone):
    phone.goto("/files/")
    assert fits(phone)
    phone.locator(".pick").nth(1).tap()
    expect(phone.locator("#chosen")).to_have_text("1 selected")
    acted(phone, lambda: phone.get_by_role("button", name="Flag", exact=True).tap())
    expect(phone.locator(".cell").nth(1)).to_contain_text("flagged")
    assert fits(phone)
    phone.locator("a.tile").nth(1).tap()
    expect(phone.get_by_role("button", name="Unflag")).to_be_visible()
    assert fits(phone)


def test_the_bar_for_what_is_selected_shuts_nobody_out(page):
    page.goto("/files/?kind=image&name=IMG")
    page.locator(".pick").first.click()
    assert accessibility.faults(page) == []


def test_types_another_date_of_a_file_by_keyboard(page):
    file = MediaFile.objects.filter(captured_local__isnull=False, kind="image").order_by(*IN_ORDER)[0]
    page.goto(f"/files/{file.pk}/")
    page.keyboard.press("e")
    page.keyboard.type("summer 1978", delay=0)
    page.keyboard.press("Enter")
    expect(page.get_by_text("The date is understood as")).to_contain_text("summer 1978")
    expect(page.get_by_role("button", name="Change 1 file")).to_be_visible()


def test_shows_hostile_names_as_text(page):
    page.goto("/files/?name=onerror")
    expect(page.locator(".tile .name").first).to_contain_text("<img src=x onerror")
    page.keyboard.press("Control+a")
    page.keyboard.press("e")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Change")
    assert "MediaParser" in page.title()
