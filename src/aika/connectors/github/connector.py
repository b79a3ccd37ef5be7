"""GitHub's conversations and releases as documents.

A run either lists everything, or asks what has changed since the last one: the newest first, until it meets what it knows.
Asking costs nothing of the rate limit where nothing has changed, since the pages are asked for conditionally. What vanished
is seen by the next whole listing, or at once where a webhook tells.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from aika.connectors.github.api import Credentials, GitHubApi
from aika.connectors.github.credentials import AppCredentials, TokenCredentials, app_key, utc_now
from aika.connectors.github.documents import Documents, digest, parsed
from aika.connectors.github.finding import Findings, find
from aika.connectors.github.listed import ListedKeys
from aika.connectors.github.notices import EVERYBODYS, MEMBERS, Notice
from aika.connectors.github.options import PUBLIC_API, GitHubOptions
from aika.connectors.github.people import People, group_of, readers_of
from aika.connectors.github.position import Position
from aika.connectors.github.reading import RepositoryReading
from aika.connectors.github.run import Run
from aika.connectors.github.wire import Repository
from aika.connectors.proofs import check_signature
from aika.domain.errors import NotFoundError
from aika.domain.sources import Cursor, Event, Members, Notification, Removed
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Surroundings


class GitHubConnector:
    """Reads repositories of GitHub, or of a GitHub Enterprise Server."""

    Options = GitHubOptions

    def __init__(
        self, api: GitHubApi, options: GitHubOptions, listed: ListedKeys, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._api = api
        self._options = options
        self._listed = listed
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        options: GitHubOptions,
        surroundings: Surroundings,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> AsyncIterator["GitHubConnector"]:
        own = frozenset[str]() if options.api_url == PUBLIC_API else frozenset({host_of(options.api_url)})
        async with open_http(HttpOptions(allowed_hosts=own), sleep=sleep) as http:
            credentials: Credentials = TokenCredentials(options.token)
            if options.app is not None:
                key = await app_key(options.app, surroundings.base_dir)
                credentials = AppCredentials(http, options.api_url, options.app, key, now)
            api = GitHubApi(
                http, options.api_url, credentials, options.longest_wait, now, sleep, options.requests_a_minute
            )
            listed = ListedKeys(surroundings.data_dir / "github" / options.fingerprint)
            yield cls(api, options, listed, now=now)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield everything, or what has changed, then a `Checkpoint`: complete where everything was listed."""
        findings = await find(self._api, self._options)
        for failure in findings.failures:
            yield failure
        before = Position.of(since, self._options.fingerprint)
        gone: set[str] = set()
        for name in before.repositories if before and findings.whole else ():
            if name not in findings.names:
                # Gone, or out of reach: from now on nobody reads what came from it, whatever else this run achieves.
                yield Members(group_of(name), frozenset())
                gone |= await self._listed.of(name)
        run = Run(self._api, self._options, self._listed, self._from_where(before, findings), gone)
        for repository in findings.repositories:
            async for event in run.events(repository):
                yield event
        complete = run.is_full and run.whole and findings.whole
        # A complete listing says by itself what is gone, and is looked at twice where that is almost everything.
        for key in () if complete else sorted(run.gone):
            yield Removed(key)
        failed = frozenset(run.again)
        yield run.checkpoint(self._now(), complete=complete)
        if run.again != failed:
            # The last documents are loaded, and can fail, while the checkpoint is taken.
            yield run.checkpoint(self._now(), complete=complete)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Yield what a webhook says: a changed or removed thing, other readers, a repository that moved or vanished."""
        check_signature(notification, self._options.webhook_secret, header="x-hub-signature-256", prefix="sha256=")
        notice = Notice.of(notification)
        if notice.repository is None:
            events = self._everybodys() if notice.event in EVERYBODYS else _nothing()
        elif notice.event in {"repository", "public"}:
            events = self._repository_changed(notice, notice.repository.full_name)
        elif not self._options.admits(notice.repository):
            events = _nothing()
        elif notice.event in MEMBERS:
            events = self._members_changed(notice.repository.full_name)
        else:
            events = self._thing_changed(notice, touched=digest(notification.body.hex()))
        async for event in events:
            yield event

    def _from_where(self, before: Position | None, findings: Findings) -> Position | None:
        """Return the position to go on from, ``None`` where everything is to be listed."""
        if before is None or self._now() - before.full_at >= self._options.full_every:
            return None
        # What a vanished repository held can only be told by listing what is left.
        return before if findings.names.issuperset(before.repositories) else None

    async def _thing_changed(self, notice: Notice, *, touched: str) -> AsyncIterator[Event]:
        name = notice.thing
        if name is None or notice.repository is None or notice.content not in self._options.content:
            return
        if notice.thing_is_gone:
            yield Removed(name.key)
            return
        repository = await self._current(notice.repository.full_name)
        if repository is None:
            yield Removed(name.key)
            return
        event = await self._documents(repository).fetch(name, self._api.hurried, touched=touched)
        await self._listed.add(repository.full_name, {event.key})
        yield event

    async def _members_changed(self, name: str) -> AsyncIterator[Event]:
        repository = await self._current(name)
        if repository is not None:
            async for event in People(self._api.hurried, self._options).events(repository):
                yield event

    async def _everybodys(self) -> AsyncIterator[Event]:
        api = self._api.hurried
        people = People(api, self._options)
        for repository in (await find(api, self._options)).repositories:
            async for event in people.events(repository):
                yield event

    async def _repository_changed(self, notice: Notice, name: str) -> AsyncIterator[Event]:
        repository = None if notice.action == "deleted" else await self._current(name)
        admitted = repository is not None and self._options.admits(repository)
        for old in {notice.old_name or name, name} - ({name} if admitted else set()):
            for key in sorted(await self._listed.of(old)):
                yield Removed(key)
            yield Members(group_of(old), frozenset())
        if repository is None or not admitted:
            return
        async for member in People(self._api.hurried, self._options).events(repository):
            yield member
        reading = RepositoryReading(self._api.hurried, self._documents(repository), before=None)
        async for event in reading.events():
            yield event
        await self._listed.add(repository.full_name, reading.keys)

    def _documents(self, repository: Repository) -> Documents:
        return Documents(self._api.hurried, self._options, repository, readers_of(repository, self._options))

    async def _current(self, name: str) -> Repository | None:
        """Return a repository as it is now, ``None`` where it is not there under this name."""
        try:
            repository = parsed(Repository, await self._api.hurried.get(f"/repos/{name}"))
        except NotFoundError:
            return None
        return repository if repository.full_name.lower() == name.lower() else None


async def _nothing() -> AsyncIterator[Event]:
    nothing: tuple[Event, ...] = ()
    for event in nothing:
        yield event
