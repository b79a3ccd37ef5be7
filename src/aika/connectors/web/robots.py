"""What a site asks of robots, and how fast it may be asked."""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from protego import Protego

from aika.connectors.web.addresses import origin_of
from aika.domain.errors import PermanentError, TransientError
from aika.http import HttpClient

AGENT = "aika"
_LONGEST_CRAWL_DELAY = 60.0
"""Seconds. A site that asks for more would not be read within a day."""
_CLIENT_ERRORS = frozenset(range(400, 429)) | frozenset(range(430, 500))


class Robots:
    """The robots.txt of each origin, read once in a run (RFC 9309)."""

    def __init__(self, http: HttpClient, *, respected: bool) -> None:
        self._http = http
        self._respected = respected
        self._rules: dict[str, Protego] = {}
        self._reading = asyncio.Lock()

    async def allows(self, url: str) -> bool:
        """Raises `TransientError` where the rules cannot be known now: such a site is not read."""
        return not self._respected or bool((await self._of(url)).can_fetch(url, AGENT))

    async def delay(self, url: str) -> float:
        """Return the seconds between two requests that the site asks for."""
        if not self._respected:
            return 0.0
        asked = float((await self._of(url)).crawl_delay(AGENT) or 0)
        # Written so that what is no number is none.
        return min(asked, _LONGEST_CRAWL_DELAY) if asked > 0 else 0.0

    async def sitemaps(self, url: str) -> list[str]:
        """Return the sitemaps that the robots.txt of the URL's origin names."""
        return list((await self._of(url)).sitemaps)

    async def _of(self, url: str) -> Protego:
        origin = origin_of(url)
        async with self._reading:
            if origin not in self._rules:
                self._rules[origin] = await self._read(origin)
        return self._rules[origin]

    async def _read(self, origin: str) -> Protego:
        try:
            response = await self._http.get(f"{origin}/robots.txt", accept=_CLIENT_ERRORS)
        except TransientError as error:
            raise TransientError(
                f"the robots.txt of {origin} cannot be read, and without its rules nothing of the site is: {error}",
                retry_after=error.retry_after,
            ) from error
        except PermanentError:
            # Too large, or redirected in circles: RFC 9309 calls that unavailable, which allows everything.
            return Protego.parse("")
        return Protego.parse(response.text if response.status < 400 else "")


class Pace:
    """Keeps the time between two requests to one host."""

    def __init__(self, *, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._free_at: dict[str, float] = {}

    async def turn(self, url: str, *, seconds: float) -> None:
        """Wait until the URL's host may be asked again, and keep it for ``seconds`` from then."""
        host = urlsplit(url).netloc
        now = self._clock()
        at = max(now, self._free_at.get(host, now))
        self._free_at[host] = at + seconds
        if at > now:
            await self._sleep(at - now)
