"""A website.

Every run visits every page, so that what is gone is seen; a page that did not change costs a request without a body, or
none where its sitemap's date is the same. What is remembered for that lies in a file of the data directory; a run without
it reads more and finds the same.
"""

import asyncio
import hashlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aika.connectors.web.crawl import Crawl
from aika.connectors.web.fetching import Fetcher, Target
from aika.connectors.web.options import WebOptions
from aika.connectors.web.robots import AGENT, Pace, Robots
from aika.connectors.web.sitemaps import Sitemap, SitemapEntry, read_sitemap
from aika.connectors.web.visits import Visits
from aika.domain.errors import NotFoundError, PermanentError, TransientError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed
from aika.http import HttpClient, HttpOptions, open_http
from aika.registry import Surroundings

logger = logging.getLogger(__name__)

_CURSOR = "web-1:"
_MOST_SITEMAPS = 1_000
_DEEPEST_SITEMAP = 3


@dataclass(frozen=True, slots=True)
class Timing:
    """Where the connector's time comes from."""

    clock: Callable[[], float] = time.monotonic
    """Seconds, from anywhere."""
    today: Callable[[], float] = time.time
    """Seconds since 1970."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class WebConnector:
    """Reads a website by its links and sitemaps, as robots.txt allows, and only what has changed."""

    Options = WebOptions

    def __init__(self, http: HttpClient, options: WebOptions, visits: Visits, *, timing: Timing | None = None) -> None:
        self._http = http
        self._options = options
        self._visits = visits
        self._timing = timing or Timing()

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: WebOptions, surroundings: Surroundings, *, timing: Timing | None = None
    ) -> AsyncIterator["WebConnector"]:
        timing = timing or Timing()
        limits = HttpOptions(
            max_bytes=options.max_file_bytes, allowed_hosts=options.hosts, headers={"User-Agent": AGENT}
        )
        visits = Visits(surroundings.data_dir / "web" / f"{_digest(options)}.sqlite")
        async with open_http(limits, sleep=timing.sleep) as http:
            yield cls(http, options, visits, timing=timing)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield every page and file, then a `Checkpoint`, which is complete unless pages may have been missed."""
        timing = self._timing
        robots = Robots(self._http, respected=self._options.respect_robots)
        pace = Pace(clock=timing.clock, sleep=timing.sleep)
        fetcher = Fetcher(self._http, self._options, robots, pace, clock=timing.clock)
        conditional = since is not None and since.startswith(_CURSOR)
        crawl = Crawl(self._options, fetcher, self._visits, timing.today(), conditional=conditional)
        for url in self._options.start:
            crawl.add(Target(url, 0, named=True))
        async for failure in self._add_sitemaps(crawl, robots):
            yield failure
        async for event in crawl.events():
            yield event
        if crawl.complete:
            await asyncio.to_thread(self._visits.forget_all_but, crawl.seen)
        logger.info("website read", extra={"start": self._options.named[0], "addresses": len(crawl.seen)})
        yield Checkpoint(Cursor(f"{_CURSOR}{timing.today():.0f}"), complete=crawl.complete)

    async def _add_sitemaps(self, crawl: Crawl, robots: Robots) -> AsyncIterator[Failed]:
        """Let the sitemaps' pages be visited; yield those that robots.txt names and that cannot be read."""
        for url in self._options.sitemaps:
            for entry in await self._entries(url):
                self._add(crawl, entry)
        if not (self._options.sitemaps_of_robots and self._options.respect_robots):
            return
        origins = sorted(self._options.origins)
        named = [url for origin in origins for url in await robots.sitemaps(origin)]
        for url in dict.fromkeys(named):
            if url in self._options.sitemaps:
                continue
            try:
                for entry in await self._entries(url):
                    self._add(crawl, entry)
            except NotFoundError:
                continue
            except (PermanentError, TransientError) as error:
                # The team did not name it, so it must not end the run; but pages may be known to it alone.
                crawl.complete = False
                yield Failed(url, f"the sitemap that robots.txt names cannot be read: {error}")

    def _add(self, crawl: Crawl, entry: SitemapEntry) -> None:
        place = self._options.territory.place(entry.url, "")
        if place is not None:
            crawl.add(Target(place, 0, sitemap_modified=entry.modified))

    async def _entries(self, url: str) -> list[SitemapEntry]:
        """Return the pages of a sitemap and of those it lists."""
        entries: list[SitemapEntry] = []
        waiting, seen = [(url, 0)], {url}
        while waiting:
            place, depth = waiting.pop(0)
            sitemap = await self._sitemap(place)
            entries.extend(sitemap.pages)
            below = [inner for inner in sitemap.sitemaps if inner not in seen] if depth < _DEEPEST_SITEMAP else []
            if len(seen) + len(below) > _MOST_SITEMAPS:
                raise PermanentError(f"{url} lists more than {_MOST_SITEMAPS} sitemaps")
            seen.update(below)
            waiting.extend((inner, depth + 1) for inner in below)
        return entries

    async def _sitemap(self, url: str) -> Sitemap:
        secret = self._options.authorization
        sends = secret is not None and any(url.startswith(f"{origin}/") for origin in self._options.origins)
        headers = {"Authorization": secret.get_secret_value()} if secret is not None and sends else None
        response = await self._http.get(url, headers=headers)
        try:
            return await asyncio.to_thread(read_sitemap, response.content)
        except PermanentError as error:
            raise PermanentError(f"{url} {error}") from error


def _digest(options: WebOptions) -> str:
    """Return a name for what is remembered: other places or rules are another memory. The secret is no part of it."""
    said = options.model_dump_json(exclude={"authorization", "requests_per_second"})
    return hashlib.blake2b((_CURSOR + said).encode(), digest_size=12).hexdigest()
