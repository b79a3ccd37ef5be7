"""One run over a website: what to visit next, and what that means for the source."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from aika.connectors.web.addresses import without_index
from aika.connectors.web.fetching import (
    Content,
    Fetcher,
    Gone,
    Moved,
    NoDocument,
    Outcome,
    Refused,
    Target,
    Visited,
)
from aika.connectors.web.options import WebOptions
from aika.connectors.web.visits import Visit, Visits
from aika.domain.documents import RawDocument
from aika.domain.errors import PermanentError, TransientError
from aika.domain.sources import Event, Failed, Found, Removed

_AT_ONCE = 4
_GIVE_UP_AFTER = 12
"""Failures in a row after which the site counts as down. Each was tried several times already."""

Load = Callable[[Visit, Content | None], Awaitable[RawDocument]]


@dataclass(slots=True)
class Crawl:
    """Visits every URL of a website once. ``complete`` tells, afterwards, whether nothing can have been missed."""

    options: WebOptions
    fetcher: Fetcher
    visits: Visits
    today: float
    """Seconds since 1970."""
    conditional: bool
    """Whether what is remembered may be used instead of content."""
    complete: bool = True
    seen: set[str] = field(default_factory=set)
    _waiting: deque[Target] = field(default_factory=deque)
    _titles: dict[str, str] = field(default_factory=dict)
    _copies: list[tuple[str, Visit]] = field(default_factory=list)
    _gone: list[str] = field(default_factory=list)
    _failures: int = 0
    """In a row."""
    _failed: set[str] = field(default_factory=set)

    def add(self, target: Target) -> None:
        """Let a URL be visited, unless it was or will be."""
        if target.url not in self.seen and target.depth <= self.options.max_depth:
            self.seen.add(target.url)
            self._waiting.append(target)

    async def events(self) -> AsyncIterator[Event]:
        """Yield what the site has. Raises `PermanentError` where no start page can be read."""
        visited = 0
        while self._waiting and visited < self.options.max_pages:
            size = min(_AT_ONCE, len(self._waiting), self.options.max_pages - visited)
            batch = [self._waiting.popleft() for _ in range(size)]
            visited += size
            remembered = await asyncio.to_thread(self.visits.of, [target.url for target in batch])
            outcomes = await asyncio.gather(*(self._visit(target, remembered.get(target.url)) for target in batch))
            told = list(zip(batch, outcomes, strict=True))
            await asyncio.to_thread(self.visits.keep, [out.visit for _, out in told if isinstance(out, Visited)])
            for target, outcome in told:
                for event in self._judge(target, outcome, remembered.get(target.url)):
                    yield event
        if self._waiting:
            self.complete = False
            yield Failed(
                "max_pages",
                f"the site has more than max_pages = {self.options.max_pages} addresses: raise it, or narrow the source "
                "with allowed and exclude. Until then nothing of it is removed unless the site says that it is gone",
            )
        for event in self._settle():
            yield event

    async def _visit(self, target: Target, known: Visit | None) -> Outcome:
        return await self.fetcher.visit(target, known if self.conditional else None, today=self.today)

    def _judge(self, target: Target, outcome: Outcome, known: Visit | None) -> Iterator[Event]:
        if not (isinstance(outcome, Refused) and outcome.passing):
            self._failures = 0
        match outcome:
            case Visited(visit, content):
                self._follow(target, visit)
                yield from self._list(target, visit, content)
            case Moved(to):
                yield from self._move(target, to)
            case Gone():
                yield from self._require(target, "answered that it is not there: correct start")
                if known is not None and known.version:
                    self._gone.append(known.url)
            case NoDocument(why):
                yield from self._require(target, f"cannot be read: {why}")
            case Refused(reason, passing):
                yield self._fail(target, reason, known, passing=passing)

    def _list(self, target: Target, visit: Visit, content: Content | None) -> Iterator[Event]:
        if not visit.version:
            return
        original = visit.canonical if self.options.canonical_links else None
        original = original or without_index(visit.url)
        if original is not None:
            self.add(Target(original, target.depth))
            self._copies.append((original, visit))
        else:
            yield self._found(visit, content)

    def _found(self, visit: Visit, content: Content | None) -> Found:
        self._titles[visit.url] = visit.title
        return Found(visit.url, visit.version, partial(self.fetcher.load, visit, content))

    def _follow(self, target: Target, visit: Visit) -> None:
        if self.options.follow_links:
            for link in visit.links:
                self.add(Target(link, target.depth + 1))

    def _move(self, target: Target, to: str) -> Iterator[Failed]:
        if self.options.territory.admits(to):
            self.add(Target(to, target.depth, named=target.named))
        else:
            yield from self._require(target, f"leads to {to}, which is not within allowed: add that, or correct start")

    def _fail(self, target: Target, reason: str, known: Visit | None, *, passing: bool) -> Failed:
        only = target.named and self._is_only_start
        self._failures += passing
        if passing and (self._failures >= _GIVE_UP_AFTER or (only and known is None)):
            raise TransientError(f"the site cannot be read now: {reason}")
        if only and not passing:
            raise PermanentError(f"the start page {target.url} cannot be read: {reason}")
        if known is not None:
            self._follow(target, known)
        elif passing:
            # Where it leads is unknown, so what was found there may still be there. A page that is closed for good leads nowhere.
            self.complete = False
        self._failed.add(target.url)
        return Failed(target.url, reason)

    def _require(self, target: Target, what: str) -> Iterator[Failed]:
        """Report a start page that is none. Raises `PermanentError` where there is no other."""
        if not target.named:
            return
        if self._is_only_start:
            raise PermanentError(f"the start page {target.url} {what}")
        self.complete = False
        yield Failed(target.url, f"this start page {what}")

    @property
    def _is_only_start(self) -> bool:
        return len(self.options.start) + len(self.options.sitemaps) == 1

    def _settle(self) -> Iterator[Event]:
        """List the copies whose original is not there, or is something else: some sites name one original for all pages."""
        for original, visit in self._copies:
            if original not in self._failed and self._titles.get(original) != visit.title:
                yield self._found(visit, None)
        if not self.complete:
            for url in self._gone:
                yield Removed(url)
