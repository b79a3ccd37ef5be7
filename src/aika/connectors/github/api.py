"""Requests to GitHub's API within its limits, and its refusals in words that say what to do.

GitHub counts requests by the hour, and besides objects to more than 900 a minute. A listing waits until it may go on; a single
document waits for a minute at most, because it holds up others: it is read again by the next run.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError
from aika.http import HttpClient, Request, Response

logger = logging.getLogger(__name__)

PER_PAGE = 100
_HANDLED = frozenset({401, 403, 404, 410, 429, 451})
_RESERVE = 320
"""Requests to keep for the documents of one batch: 64, of five requests at most."""
_BURST_WAIT = 60.0
"""Seconds, where GitHub names none: its documentation asks for at least a minute."""
_A_MINUTE = 60.0
_HURRIED_WAIT = timedelta(minutes=1)
_WAITS = 5
_NEXT = 'rel="next"'


class RefusedError(PermanentError):
    """GitHub knows the credentials, and they may not see this."""


class Credentials(Protocol):
    async def header(self) -> str | None: ...

    def renew(self) -> bool: ...

    @property
    def remedy(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing."""

    items: list[Any]
    next: str | None
    etag: str | None
    at: datetime
    """When the server answered, by its own clock."""


@dataclass(slots=True)
class _Allowance:
    """What is left of the hour's requests."""

    limit: int | None = None
    remaining: int | None = None
    resets_at: float = 0
    answered_at: datetime | None = None
    """By the server's clock."""
    sent: deque[float] = field(default_factory=deque)
    """When the requests of the last minute were sent."""

    def note(self, headers: Mapping[str, str]) -> None:
        self.answered_at = _date(headers)
        limit, remaining, reset = (headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset"))
        # GraphQL and searches have allowances of their own.
        if headers.get("x-ratelimit-resource", "core") == "core" and remaining.isdigit() and reset.isdigit():
            self.limit = int(limit) if limit.isdigit() else None
            self.remaining = int(remaining)
            self.resets_at = float(reset)

    def pace(self, now: float, a_minute: int) -> float:
        """Note a request; return the seconds to wait before it is sent, so that no minute has more than these."""
        while self.sent and self.sent[0] <= now - _A_MINUTE:
            self.sent.popleft()
        at = max(now, self.sent[-a_minute] + _A_MINUTE) if len(self.sent) >= a_minute else now
        self.sent.append(at)
        return at - now

    def wait(self, now: float) -> float:
        """Return the seconds until a batch of documents can be read."""
        if self.remaining is None:
            return 0
        reserve = min(_RESERVE, (self.limit or _RESERVE) // 4)
        return max(0.0, self.resets_at - now) if self.remaining < reserve else 0


@dataclass(frozen=True, slots=True)
class GitHubApi:
    """Reads GitHub. Raises `TransientError`, `NotFoundError`, `RefusedError`, and `ConfigurationError` for bad credentials."""

    http: HttpClient
    url: str
    credentials: Credentials
    longest_wait: timedelta
    """For a limit that is used up."""
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    a_minute: int = 800
    """The most requests in a minute."""
    _allowance: _Allowance = field(default_factory=_Allowance)

    @property
    def hurried(self) -> "GitHubApi":
        """The same, waiting for a minute at most."""
        return replace(self, longest_wait=min(self.longest_wait, _HURRIED_WAIT))

    @property
    def server_time(self) -> datetime:
        """When GitHub answered last, by its own clock."""
        return self._allowance.answered_at or self.now()

    async def get(self, path: str) -> Any:
        """Return the answer's JSON."""
        return (await self._send(Request("GET", f"{self.url}{path}"))).json()

    async def page(
        self, path: str, params: Mapping[str, str | int] | None = None, *, etag: str | None = None
    ) -> Page | None:
        """Return a listing's first page, ``None`` where it is the one with this ETag. Being told so costs no request."""
        asked = {**(params or {}), "per_page": PER_PAGE}
        headers = {"If-None-Match": etag} if etag else None
        answer = await self._send(Request("GET", f"{self.url}{path}", params=asked, headers=headers))
        return None if answer.status == 304 else self._page(answer)

    async def after(self, page: Page) -> Page | None:
        """Return the next page of a listing, ``None`` after the last."""
        if page.next is None:
            return None
        if urlsplit(page.next)[:2] != urlsplit(self.url)[:2]:
            # The credentials are for this server only.
            raise PermanentError(f"GitHub's listing goes on at another server than {self.url}")
        return self._page(await self._send(Request("GET", page.next)))

    async def items(self, path: str, params: Mapping[str, str | int] | None = None) -> AsyncIterator[Any]:
        """Yield everything of a listing."""
        page = await self.page(path, params)
        while page is not None:
            for item in page.items:
                yield item
            page = await self.after(page)

    async def query(self, document: str, **variables: str | int | None) -> Any:
        """Return the data of a GraphQL query."""
        url = f"{self.url.removesuffix('/v3')}/graphql"
        answer = await self._send(Request("POST", url, json={"query": document, "variables": variables}))
        said = answer.json()
        for error in said.get("errors") or ():
            kind, message = error.get("type"), str(error.get("message"))[:200]
            if kind == "RATE_LIMITED":
                raise TransientError(f"GitHub's limit for GraphQL is used up: {message}", retry_after=_A_MINUTE)
            if kind == "NOT_FOUND":
                raise NotFoundError(f"GitHub has no such thing: {message}")
            if kind in {"FORBIDDEN", "INSUFFICIENT_SCOPES"}:
                raise RefusedError(f"GitHub refused a query: {message}")
            raise PermanentError(f"GitHub could not answer a query: {message}")
        return said["data"]

    async def breathe(self) -> None:
        """Wait, where the hour's requests would not do for another batch of documents."""
        wait = self._allowance.wait(self.now().timestamp())
        if wait:
            await self._wait(wait)

    async def _send(self, request: Request) -> Response:
        for _ in range(_WAITS):
            answer = await self._once(request)
            if answer.status == 401 and self.credentials.renew():
                answer = await self._once(request)
            wait = _limited(answer, self.now())
            if wait is None:
                return _checked(answer, self.credentials)
            await self._wait(wait)
        raise TransientError(f"GitHub asked {_WAITS} times in a row to wait: sync again later")

    async def _once(self, request: Request) -> Response:
        headers = {
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            **(request.headers or {}),
        }
        authorization = await self.credentials.header()
        if authorization is not None:
            headers["Authorization"] = authorization
        pause = self._allowance.pace(self.now().timestamp(), self.a_minute)
        if pause:
            await self.sleep(pause)
        answer = await self.http.send(replace(request, headers=headers, accept=_HANDLED))
        self._allowance.note(answer.headers)
        return answer

    async def _wait(self, seconds: float) -> None:
        if seconds > self.longest_wait.total_seconds():
            raise TransientError(
                f"GitHub's rate limit is used up for another {seconds:,.0f} s: sync again after that, or sign in as a "
                "GitHub App, which may ask more often",
                retry_after=seconds,
            )
        logger.info("waiting for the rate limit", extra={"host": urlsplit(self.url).hostname, "seconds": seconds})
        await self.sleep(seconds + 1)

    def _page(self, answer: Response) -> Page:
        items = answer.json()
        # Some listings are wrapped: {"total_count": 1, "repositories": [...]}.
        if isinstance(items, dict):
            items = next((value for value in items.values() if isinstance(value, list)), [])
        return Page(items, _next(answer.headers), answer.headers.get("etag"), self.server_time)


def _limited(answer: Response, now: datetime) -> float | None:
    """Return the seconds to wait where a limit is the reason for a refusal.

    https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: first Retry-After, then the reset of a used-up
    allowance, else a minute.
    """
    if answer.status not in {403, 429}:
        return None
    after, reset = answer.headers.get("retry-after", ""), answer.headers.get("x-ratelimit-reset", "")
    if after.isdigit():
        return float(after)
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(0.0, float(reset) - now.timestamp())
    return _BURST_WAIT if answer.status == 429 or "rate limit" in answer.text[:1000].lower() else None


def _checked(answer: Response, credentials: Credentials) -> Response:
    if answer.status < 400:
        return answer
    subject = urlsplit(answer.url).path
    if answer.status == 401:
        raise ConfigurationError(f"GitHub refused the credentials of this source (401): {credentials.remedy}")
    if answer.status in {404, 410}:
        raise NotFoundError(f"GitHub has no {subject}, or the credentials may not see it")
    if answer.status == 451:
        raise RefusedError(f"GitHub blocks {subject} for legal reasons (451)")
    if "x-github-sso" in answer.headers:
        raise RefusedError(
            f"the organization asks for single sign-on at {subject}: authorize the token for it on GitHub"
        )
    needed = answer.headers.get("x-accepted-github-permissions") or answer.headers.get("x-accepted-oauth-scopes")
    missing = f" It needs: {needed}." if needed else ""
    raise RefusedError(f"the credentials may not read {subject} (403).{missing} Grant it, or leave this out")


def _next(headers: Mapping[str, str]) -> str | None:
    for link in headers.get("link", "").split(","):
        address, _, rest = link.partition(";")
        if _NEXT in rest:
            return address.strip().strip("<>")
    return None


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return None
