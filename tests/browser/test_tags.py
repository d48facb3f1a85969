import re

from playwright.sync_api import expect

from media_catalog.models import FileTag, Tag, TagProposal


def tagged(name: str) -> int:
    return FileTag.objects.filter(tag__name=name).count()


def test_a_word_of_a_folder_is_taken_renamed_merged_and_taken_back_by_keys_and_mouse(page, mine):
    page.goto("/tags/proposals/?origin=folder")
    page.get_by_label("Choose Ski trip").check()
    page.get_by_label("Choose From Anna").check()
    page.get_by_role("button", name="Take the chosen ones…").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Take proposed tags")
    page.get_by_role("button", name=re.compile(r"^Tag \d+ files")).click()
    expect(page.locator("#notices")).to_contain_text("Took proposed tags")
    expect(page.get_by_label("Choose Ski trip")).to_have_count(0)
    number, others = tagged("Ski trip"), tagged("From Anna")
    assert number > 1
    page.goto("/tags/?q=ski")
    page.get_by_role("link", name="Ski trip", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ski trip")
    page.get_by_label("Name", exact=True).fill("from anna")
    page.get_by_role("button", name="Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Merge tags")
    expect(page.get_by_role("heading", level=2)).to_contain_text(f"{number} files get “From Anna”")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("From Anna")
    assert tagged("From Anna") > others
    assert not Tag.objects.filter(name="Ski trip").exists()
    page.get_by_role("button", name="blue").click()
    expect(page.locator("h1 .tag-blue")).to_be_visible()
    for took_back in ("the colour blue", "Merged into", "Took proposed tags"):
        page.goto("/history/")
        page.keyboard.press("z")
        expect(page.locator("#notices")).to_contain_text(took_back)
    assert not FileTag.objects.filter(origin="person").exists()
    assert not TagProposal.objects.filter(until_file__gt=0).exists()
