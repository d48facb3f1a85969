"""A page under watch: what a browser complains of, and where it turns to, must come to nothing."""

import time
from typing import Any

from playwright.sync_api import ConsoleMessage, Dialog, Error, Page, Request, Response

PATIENCE_S = 30
ASIDE = ("data:", "blob:", "about:")
# What htmx says when a request ends because its page is left, or because a newer one takes its place; of what
# fails it says htmx:sendError, htmx:responseError, htmx:swapError and more.
ABORTED = ("htmx:sendAbort", "htmx:afterRequest")
REPORT = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""


# A page is ready once its scripts have run, and again once htmx knows what it has put in: htmx does so by a
# timer of 20 ms, which comes before this one.
READINESS = """{
    const ready = () => { document.documentElement.dataset.ready = "" };
    addEventListener("load", ready);
    document.addEventListener("htmx:afterSwap", () => {
        delete document.documentElement.dataset.ready;
        setTimeout(ready, 25);
    });
}"""


class Watch:
    """Collects errors of the console, requests to other hosts, violations of the policy and server errors."""

    def __init__(self, page: Page, address: str) -> None:
        self.address = address
        self.found: list[str] = []
        self.allowed: list[str] = []
        page.add_init_script(REPORT)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("dialog", self._dialog)

    def allow(self, part: str) -> None:
        """Let pass what a test brings about on purpose."""
        self.allowed.append(part)

    @property
    def troubles(self) -> list[str]:
        return [text for text in self.found if not any(part in text for part in self.allowed)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ABORTED):
            self.found.append(f"console: {message.text} {message.location.get('url', '')}")

    def _dialog(self, dialog: Dialog) -> None:
        self.found.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, *ASIDE)):
            self.found.append(f"other host: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.found.append(f"server: {response.status} {response.url}")


def be_patient(page: Page) -> None:
    """Let whatever a test does to the page wait for its scripts, as the eyes and hands of a person would."""
    page.add_init_script(READINESS)
    # Playwright asks for it before each act on a part of the page, and waits until it has gone.
    page.add_locator_handler(page.locator("html:not([data-ready])"), lambda: None)
    press, ready = page.keyboard.press, page.locator("html[data-ready]")

    def press_when_ready(key: str, **options: Any) -> None:
        ready.wait_for(state="attached")
        press(key, **options)

    page.keyboard.press = press_when_ready  # type: ignore[method-assign]


def until(page: Page, expression: str, *, seconds: float = PATIENCE_S) -> None:
    """Wait until it holds; `page.wait_for_function` asks again by `eval`, which the policy forbids."""
    last = time.monotonic() + seconds
    while not _holds(page, expression):
        assert time.monotonic() < last, expression
        page.wait_for_timeout(50)


def _holds(page: Page, expression: str) -> bool:
    try:
        return bool(page.evaluate(expression))
    except Error as error:
        if "context was destroyed" in error.message:  # by another page, that comes just now
            return False
        raise
