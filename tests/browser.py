"""Chromium as people use it, with an eye on everything a page must not do."""

from collections.abc import Callable
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

PATIENCE_MS = 30_000
"""A busy machine is slow; what never comes is told as well after this as after less."""

Screen = Literal["phone", "desktop"]
SCREENS: dict[Screen, dict[str, object]] = {
    "phone": {
        "viewport": {"width": 360, "height": 740},
        "is_mobile": True,
        "has_touch": True,
        "device_scale_factor": 2,
    },
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}

REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  window.reportViolation(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}`));
"""

# Only our own pages are opened; root and containers cannot have the sandbox, and little /dev/shm.
ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage")


def width_of(page: Page) -> int:
    """Return how many pixels wide a page is, with whatever stands out; waits until it is there."""
    return int(page.locator(":root").evaluate("root => root.scrollWidth"))


class Visitors:
    """Opens pages, each for a new person, and notes in `problems` what pages did wrong.

    A problem is: a breach of the content security policy, an error in a script, anything the
    console calls an error, a request to another host, and a part of a page (script, style,
    picture, fetch) that was refused or did not arrive. A page that is itself a refusal is none.
    """

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def open(self, screen: Screen = "phone", *, script: bool = True) -> Page:
        """Return an empty page of a new person; `page.goto("/")` leads to the bazaar."""
        context = self._browser.new_context(
            base_url=self._url,
            locale="id-ID",
            timezone_id="Asia/Jakarta",
            java_script_enabled=script,
            **SCREENS[screen],
        )
        context.set_default_timeout(PATIENCE_MS)
        self._contexts.append(context)
        self._watch(context, script=script)
        return context.new_page()

    def close(self) -> None:
        """Send everybody home."""
        for context in self._contexts:
            context.close()

    def _watch(self, context: BrowserContext, *, script: bool) -> None:
        host = urlsplit(self._url).netloc

        def asked(request: Request) -> None:
            place = urlsplit(request.url)
            if place.scheme in {"http", "https", "ws", "wss"} and place.netloc != host:
                self.problems.append(f"request to another host: {request.url}")

        def answered(response: Response) -> None:
            part = response.request.resource_type != "document"
            if part and response.status >= 400:
                self.problems.append(f"{response.status}: {response.url}")

        def failed(request: Request) -> None:
            # A page that is left drops what it was still waiting for; Chromium without script
            # refuses scripts as if by policy.
            refused = not script and request.resource_type == "script"
            if request.failure != "net::ERR_ABORTED" and not refused:
                self.problems.append(f"{request.failure}: {request.url}")

        def said(message: ConsoleMessage) -> None:
            # What could not be loaded is noted above, with its address.
            if message.type == "error" and "Failed to load resource" not in message.text:
                self.problems.append(f"console: {message.text}")

        context.on("request", asked)
        context.on("response", answered)
        context.on("requestfailed", failed)
        context.on("console", said)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        note: Callable[..., None] = lambda _, text: self.problems.append(f"policy: {text}")  # noqa: E731
        context.expose_binding("reportViolation", note)
        context.add_init_script(REPORT_VIOLATIONS)
