"""Notices what a page must never do: errors, violations of the content security policy, requests elsewhere, dialogs."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Route

CANARY = "__pwned"
"""Payloads set this on the window, which proves that they ran."""

_WATCH = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
});
"""


@dataclass
class Watch:
    """What happened in a browser context that should not have."""

    origin: str
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Every address that was asked for, by path."""
    _expected: list[re.Pattern[str]] = field(default_factory=list)
    _through: list[str] = field(default_factory=list)

    async def begin(self, context: BrowserContext) -> None:
        """Watch every page of a context, those that open later included."""
        await context.add_init_script(_WATCH)
        await context.route(self._is_elsewhere, self._refuse)
        context.on("page", self._watch)

    def expect(self, *patterns: str) -> None:
        """Allow problems that match: a test that provokes an error says which."""
        self._expected.extend(re.compile(pattern) for pattern in patterns)

    def let_through(self, origin: str) -> None:
        """Let requests to another origin reach it, which counts them itself."""
        self._through.append(origin)

    def found(self) -> Sequence[str]:
        """Return the problems that nobody expected."""
        return [problem for problem in self.problems if not any(known.search(problem) for known in self._expected)]

    def _watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("dialog", self._dismiss)
        page.on("request", self._asked)
        page.on("crash", lambda _: self.problems.append("the page crashed"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            where = message.location
            self.problems.append(f"console {message.type}: {message.text} ({where.get('url', '')})")

    async def _dismiss(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.problems.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _asked(self, request: Request) -> None:
        self.requests.append(urlsplit(request.url).path)

    def _is_elsewhere(self, url: str) -> bool:
        parts = urlsplit(url)
        known = {self.origin, *self._through}
        return parts.scheme in {"http", "https", "ws", "wss"} and f"{parts.scheme}://{parts.netloc}" not in known

    async def _refuse(self, route: Route) -> None:
        self.problems.append(f"request elsewhere: {route.request.url}")
        await route.abort()


async def nothing_ran(page: Page) -> bool:
    """Return whether no payload set the canary, in the page or in a frame of it."""
    for frame in page.frames:
        if await frame.evaluate(f"() => {CANARY!r} in globalThis || {CANARY!r} in Object.prototype"):
            return False
    return True
