"""Every page there is: whole on a desk and on a phone, open to everybody, and there without JavaScript."""

import pytest
from django.urls import URLPattern, get_resolver
from playwright.sync_api import Error, Page

from benchmarks import page_addresses
from tests.browser import accessibility, conftest, site

# Text that a file brought with it, and that a browser took for markup, says so by this.
HARMED = "document.title.match(/^[0-9]+$/) || document.querySelector('main bdi *, main b b, main [onclick]')"
WIDTH = "document.documentElement.scrollWidth"
UNLIKE = ("hostile", "video", "failed", "burst", "identical")  # the rest of their kind
TOO_SMALL = """[...document.querySelectorAll("main button, main .button, header button, nav a, main summary")]
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 39.5)
    .map((one) => `${one.textContent.trim().slice(0, 30)}: ${one.getBoundingClientRect().height}`)"""

# Buttons and fields that reach over the edge of their card, and tabs that nobody sees without scrolling.
CUT_OFF = """[
    ...[...document.querySelectorAll("main .card :is(button, .button, input)")].filter((one) => {
        const card = one.closest(".card");
        const inner = card.getBoundingClientRect().right - parseFloat(getComputedStyle(card).paddingRight);
        return one.checkVisibility() && one.getBoundingClientRect().right > inner + 1;
    }).map((one) => `${one.name || one.textContent.trim().slice(0, 30)} leaves its card`),
    ...[...document.querySelectorAll("main .tabs")]
        .filter((tabs) => tabs.scrollWidth > tabs.clientWidth)
        .map(() => "not all tabs are seen"),
]"""
BROKEN_WORDS = """[...document.querySelectorAll(".rows :is(th, td)")].filter((cell) => {
    const text = document.createRange();
    text.selectNodeContents(cell);
    const tops = [...text.getClientRects()].map((one) => one.top);
    return /^\\S{1,12}$/.test(cell.textContent.trim()) && Math.max(...tops) - Math.min(...tops) > 12;
}).map((cell) => `breaks the word ${cell.textContent.trim()}`).slice(0, 3)"""


@pytest.fixture
def pages(mine) -> list[page_addresses.Page]:
    site.decide()
    found = {one.title: one for one in page_addresses.pages(of_each=1)}
    found |= {one.title: one for one in page_addresses.pages() if one.about in UNLIKE}
    return [one for one in found.values() if not one.form]


def visit(page: Page, one: page_addresses.Page) -> list[str]:
    try:
        answer = page.goto(one.address)
    except Error as error:
        return [str(error)]
    found = [f"answers {answer.status}"] if answer.status != 200 else []
    if page.locator("main h1").count() != 1:
        found.append("has not one heading")
    return found


def told(problems: dict[str, list[str]]) -> dict[str, list[str]]:
    return {title: found for title, found in problems.items() if found}


def test_every_page_is_open_to_everybody_and_no_wider_than_a_desk(page, pages):
    problems = {}
    for one in pages:
        problems[one.title] = visit(page, one) + accessibility.faults(page)
        if (width := page.evaluate(WIDTH)) > 1440:
            problems[one.title].append(f"{width} pixels wide")
        problems[one.title] += page.evaluate(BROKEN_WORDS)
        if page.evaluate(f"Boolean({HARMED})"):
            problems[one.title].append("takes text for markup")
    assert told(problems) == {}


def test_every_page_fits_a_phone_and_its_fingers(phone, pages):
    problems = {}
    for one in pages:
        problems[one.title] = visit(phone, one) + phone.evaluate(TOO_SMALL) + phone.evaluate(CUT_OFF)
        if (width := phone.evaluate(WIDTH)) > 390:
            problems[one.title].append(f"{width} pixels wide")
    assert told(problems) == {}


def test_every_page_is_there_without_javascript(plain, pages):
    problems = {one.title: visit(plain, one) for one in pages}
    assert told(problems) == {}


def test_every_address_is_a_page_that_is_tried_here_or_known_to_be_none():
    resolver = get_resolver("review.urls")
    patterns = [entry for entry in resolver.url_patterns if isinstance(entry, URLPattern)]
    named = {entry.name for entry in patterns}
    answers_forms = {entry.name for entry in patterns if not answers_get(entry)}
    known = {*page_addresses.BOOK, *page_addresses.NO_PAGES}
    assert (named - answers_forms, sorted(known & answers_forms)) == (known, [])


def answers_get(entry) -> bool:
    """Whether a view lets GET pass: those that only take forms say so by `require_POST`."""
    closure = getattr(entry.callback, "__closure__", None) or ()
    methods = [cell.cell_contents for cell in closure if isinstance(cell.cell_contents, list)]
    return not methods or "GET" in methods[0]


def test_the_pages_before_the_log_in_are_open_to_everybody_too(open_page):
    page = open_page(**conftest.PHONE, is_logged_in=False)
    page.watch.allow("404")
    problems = {}
    for address in ("/account/login/", "/no/such/page"):
        page.goto(address)
        problems[address] = accessibility.faults(page) + page.evaluate(TOO_SMALL)
        if page.evaluate(WIDTH) > 390:
            problems[address].append("too wide")
    assert told(problems) == {}
