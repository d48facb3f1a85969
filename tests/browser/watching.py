"""A page under watch: what a browser complains of, and where it turns to, must come to nothing."""

import time

from playwright.sync_api import ConsoleMessage, Dialog, Page, Request, Response

ASIDE = ("data:", "blob:", "about:")
REPORT = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""


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
        if message.type in ("error", "warning"):
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


def until(page: Page, expression: str, *, seconds: float = 20) -> None:
    """Wait until it holds; `page.wait_for_function` asks again by `eval`, which the policy forbids."""
    last = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < last, expression
        page.wait_for_timeout(50)
