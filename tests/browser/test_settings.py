"""Settings, as hands and keys change them."""

from playwright.sync_api import expect

from media_catalog.services import preferences


def test_a_city_and_enter_set_the_zone_and_a_button_takes_it_back(page):
    page.goto("/settings/")
    zone = page.get_by_label("A city, or the whole name")
    zone.fill("tokyo")
    zone.press("Enter")
    expect(page.get_by_text("Set by mum")).to_be_visible()
    expect(zone).to_have_value("Asia/Tokyo")
    assert preferences.time_zone() == "Asia/Tokyo"
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(zone).to_have_value("UTC")
    page.locator("#time_zone").get_by_role("button", name="Work out their dates anew").click()
    expect(page.get_by_role("heading", name="Change of dates")).to_be_visible()


def test_a_year_and_a_measure_of_copies_are_set_by_keys_and_say_what_is_wrong(page):
    page.goto("/settings/")
    year = page.locator("#earliest_year").get_by_label("Year")
    year.fill("2012")
    year.press("Enter")
    expect(page.locator("#earliest_year").get_by_text("Set by mum")).to_be_visible()
    copies = page.locator("#copy_bits")
    copies.get_by_label("From 0 to 10").fill("14")
    copies.get_by_label("From 0 to 10").press("Enter")
    expect(copies.get_by_role("alert")).to_contain_text("pictures of other things were taken for copies")
    copies.get_by_label("From 0 to 10").fill("3")
    copies.get_by_role("button", name="Save").click()
    expect(copies.get_by_text("Set by mum")).to_be_visible()
    assert (preferences.earliest_year(), preferences.copy_bits()) == (2012, 3)


def test_a_phone_is_told_what_is_wrong_beside_what_was_typed(phone, tmp_path):
    phone.goto("/settings/")
    card = phone.locator("#archive_dir")
    card.get_by_label("Folder").fill("archive")
    card.get_by_role("button", name="Save").tap()
    expect(card.get_by_role("alert")).to_contain_text("Give the whole path of a folder")
    expect(card.get_by_role("alert")).to_be_in_viewport()
    card.get_by_label("Folder").fill(f"{tmp_path}/archive")
    card.get_by_role("button", name="Save").tap()
    expect(card.get_by_text("Set by mum")).to_be_visible()
    assert (tmp_path / "archive").is_dir()


def test_without_javascript_patterns_are_tried_and_stored(plain):
    plain.goto("/settings/")
    card = plain.locator("#name_patterns")
    card.get_by_label("One pattern in each line").fill("Scan_%d%m%Y_*")
    card.get_by_role("button", name="Try them first").click()
    expect(card.get_by_role("status")).to_contain_text("Not saved yet.")
    card.get_by_role("button", name="Save").click()
    expect(card.get_by_text("Set by mum")).to_be_visible()
    assert preferences.value(preferences.Name.NAME_PATTERNS) == "Scan_%d%m%Y_*"
