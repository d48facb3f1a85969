import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser import accessibility
from tests.browser.watching import PATIENCE_S, until

# What the keys are tried on: each button writes down that it was pressed.
STAGE = """
<input id="field" data-key="e" value="summer">
<label><input type="radio" name="one" id="first" checked> 1</label>
<label><input type="radio" name="one"> 2</label>
<button id="accept" data-key="Enter">Accept</button>
<button id="hidden" data-key="x" hidden>hidden</button>
<button id="off" data-key="x" disabled>off</button>
<button id="discard" data-key="x Delete">Discard</button>
<button id="again" data-key="shift+x">Again</button>
<button id="all" data-key="ctrl+a">All</button>
<button id="back" data-key="ArrowLeft">Back</button>
<button id="mine" data-key="z">Mine</button>
<a id="link" href="#link" data-key="l ArrowRight">Link</a>
<span hidden data-key="Home End" data-key-label="First and last"></span>
<dialog id="sure"><button id="yes" data-key="y Enter">Yes</button><button id="no">No</button></dialog>
"""
NOTE = """for (const one of document.querySelectorAll("main button, main a"))
    one.addEventListener("click", (event) => { event.preventDefault(); window.pressed.push(one.id); });
window.pressed = []"""


@pytest.fixture
def stage(page: Page) -> Page:
    page.goto("/trouble/")
    page.locator("main").evaluate("(main, html) => { main.innerHTML = html }", STAGE)
    page.evaluate(f"() => {{ {NOTE} }}")
    return page


def pressed(page: Page) -> list[str]:
    return list(page.evaluate("window.pressed.splice(0)"))


def test_a_key_presses_the_first_button_of_the_page_that_carries_it_and_can_be_pressed(stage):
    wanted = {
        "Enter": ["accept"],
        "x": ["discard"],
        "Delete": ["discard"],
        "Shift+X": ["again"],
        "Control+a": ["all"],
        "Meta+a": ["all"],
        "ArrowRight": ["link"],
        "l": ["link"],
        "z": ["mine"],
        "q": [],
        "Alt+x": [],
    }
    found = {}
    for key in wanted:
        stage.keyboard.press(key)
        found[key] = pressed(stage)
    assert found == wanted


def test_letters_belong_to_the_field_that_one_types_in_until_escape_leaves_it(stage):
    stage.keyboard.press("e")
    expect(stage.locator("#field")).to_be_focused()
    stage.keyboard.type("xz")
    stage.keyboard.press("Enter")
    assert (stage.locator("#field").input_value(), pressed(stage)) == ("xz", [])
    stage.keyboard.press("Escape")
    stage.keyboard.press("x")
    assert pressed(stage) == ["discard"]


def test_arrows_move_a_choice_that_has_the_focus(stage):
    stage.locator("#first").focus()
    stage.keyboard.press("ArrowLeft")
    assert pressed(stage) == []


def test_enter_activates_what_was_reached_with_the_keyboard(stage):
    stage.locator("#discard").focus()
    stage.keyboard.press("Enter")
    assert pressed(stage) == ["discard"]


def test_enter_is_meant_for_the_page_after_a_click_with_the_mouse(stage):
    stage.locator("#discard").click()
    stage.keyboard.press("Enter")
    assert pressed(stage) == ["discard", "accept"]


def test_a_button_whose_request_is_under_way_is_not_pressed_again(stage):
    stage.locator("#accept").evaluate("(button) => button.classList.add('htmx-request')")
    stage.keyboard.press("Enter")
    assert pressed(stage) == []


def test_keys_belong_to_the_dialog_that_is_open_and_escape_closes_it_alone(stage):
    stage.locator("#sure").evaluate("(dialog) => { dialog.showModal(); document.activeElement.blur() }")
    stage.keyboard.press("x")
    assert pressed(stage) == []
    stage.keyboard.press("y")
    stage.keyboard.press("Enter")
    assert pressed(stage) == ["yes", "yes"]
    stage.keyboard.press("Escape")
    expect(stage.locator("#sure")).to_be_hidden()
    assert pressed(stage) == []


def test_the_sheet_lists_every_key_that_works_here(stage):
    stage.keyboard.press("?")
    sheet = stage.get_by_role("dialog", name="Keys")
    expect(sheet).to_be_visible()
    expect(sheet).to_contain_text("X Del Discard")
    expect(sheet).to_contain_text("Shift X Again")
    expect(sheet).to_contain_text("First and last")
    expect(sheet).not_to_contain_text("hidden")
    assert accessibility.faults(stage) == []
    stage.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_pictures_of_the_next_pages_are_fetched_ahead_each_once(page):
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "favicon.svg?" in request.url else None)
    page.goto("/trouble/")
    page.locator("main").evaluate(
        """(main) => { main.innerHTML = '<p data-preload="/static/favicon.svg?1 /static/favicon.svg?2"></p>';
           for (const _ of [1, 2]) document.dispatchEvent(new Event("htmx:afterSettle")) }"""
    )
    until(page, "performance.getEntriesByType('resource').some((one) => one.name.endsWith('?2'))")
    assert [url[-1] for url in fetched] == ["1", "2"]


def test_the_parts_of_the_workplace_scroll_on_a_phone_and_the_page_does_not(phone):
    phone.goto("/trouble/")
    assert phone.locator("header").evaluate("(header) => header.offsetHeight") < 100
    expect(phone.get_by_role("link", name="Admin")).to_be_attached()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    phone.goto("/settings/")
    expect(phone.get_by_role("link", name="Settings", exact=True)).to_be_in_viewport(ratio=1)


def test_the_header_leaves_the_room_to_the_pictures(page):
    page.goto("/trouble/")
    header = page.locator("header")
    assert header.evaluate("(header) => header.offsetHeight") < 70
    assert page.locator("main").evaluate("(main) => main.offsetWidth") == 1440


def test_a_bare_picture_has_the_icon_that_browsers_look_for_by_themselves_even_logged_out(open_page):
    answer = open_page(is_logged_in=False).request.get("/favicon.ico")
    assert (answer.status, answer.headers["content-type"]) == (200, "image/svg+xml")


def test_a_page_under_watch_notices_what_must_not_be(open_page):
    page = open_page()
    page.goto("/trouble/")
    page.evaluate("console.error('ours')")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">')")
    page.evaluate("fetch('http://127.0.0.2:9/').catch(() => 0)")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.evaluate("htmx.ajax('GET', '/no/such/page', 'main')")
    parts = (
        "console: ours",
        "policy: style-src",
        "policy: connect-src http://127.0.0.2",
        "script: thrown",
        "console: Response Status Error Code 404",
    )
    until_troubled(page, *parts)
    page.watch.allow("")


def until_troubled(page, *parts: str):
    last = time.monotonic() + PATIENCE_S
    while missing := [part for part in parts if part not in " ".join(page.watch.troubles)]:
        assert time.monotonic() < last, (missing, page.watch.troubles)
        page.wait_for_timeout(50)


def test_a_request_that_ends_because_its_page_is_left_is_no_trouble(page):
    page.route("**/slow/", lambda route: None)
    page.goto("/trouble/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate("void htmx.ajax('GET', '/slow/', 'main').catch(() => 0)")
    page.evaluate("htmx.trigger('body', 'htmx:abort')")
    page.goto("/")
    assert any(text.startswith("htmx:sendAbort") for text in said), said
    assert page.watch.troubles == []
