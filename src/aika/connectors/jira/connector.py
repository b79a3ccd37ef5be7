"""Jira as a source.

A full run lists the issues of each project without their text, and learns who may read. Between full runs, JQL finds what was
updated. A document's key has Jira's own id, which stays when an issue moves to another project.
"""

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from math import ceil

from pydantic import BaseModel, ValidationError

from aika.connectors.jira.access import Access, Readers
from aika.connectors.jira.api import JiraApi
from aika.connectors.jira.options import JiraOptions
from aika.connectors.jira.rendering import issue_document
from aika.connectors.jira.wire import Issue, Project
from aika.connectors.owed import Owed
from aika.connectors.places import Place, digest_of
from aika.connectors.proofs import check_signature
from aika.domain.documents import RawDocument
from aika.domain.errors import InvalidRequestError, NotFoundError, PermanentError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Notification, Removed
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Surroundings

_OVERLAP = timedelta(minutes=3)
"""By this, two clocks may differ; JQL knows whole minutes."""
_KEYS_AT_ONCE = 40
"""Of projects in one search."""


class JiraConnector:
    """Reads issues with their comments of Jira Cloud or Data Center."""

    Options = JiraOptions

    def __init__(
        self, api: JiraApi, options: JiraOptions, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._api = api
        self._options = options
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(cls, options: JiraOptions, surroundings: Surroundings) -> AsyncIterator["JiraConnector"]:
        hosts = frozenset(host_of(url) for url in (options.url, options.api_url) if url)
        async with open_http(HttpOptions(allowed_hosts=hosts)) as http:
            yield cls(JiraApi(http, options), options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield everything and who may read it, or what was updated since the cursor; then a `Checkpoint`."""
        began = self._now()
        place = _Place.of(since, options=_digest(self._options), full_every=self._options.full_every, now=began)
        run = _Run(self._api, self._options, place)
        async for event in run.full() if place is None else run.since(began - place.read_at + _OVERLAP):
            yield event
        # Everything is loaded when this is taken: only then is it known whether the place may be moved.
        yield Checkpoint(Cursor("listed, not yet all loaded") if place is None else place.cursor)
        if not run.owed.keys:
            moved = _Place(
                options=_digest(self._options),
                listed_at=began if place is None else place.listed_at,
                read_at=began,
                projects=tuple(run.projects),
                open_projects=tuple(sorted(run.access.open_projects)),
            )
            yield Checkpoint(moved.cursor, complete=place is None and run.complete)
        elif place is None:
            yield Checkpoint(Cursor("some could not be loaded"), complete=run.complete)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Read anew the issue that a webhook names: webhooks may come twice, late, and out of order.

        Their age is not checked, because Jira sends one again for hours, and an old one makes nothing old of what is read now.
        """
        check_signature(notification, self._options.webhook_secret, header="x-hub-signature", prefix="sha256=")
        said = _Said.of(notification.body)
        if said is None:
            return
        try:
            issue = await self._api.issue(said)
        except NotFoundError:
            yield Removed(f"issue/{said}")
            return
        project = issue.fields.project
        wanted = self._options.projects
        if project is None or (wanted and project.key not in wanted) or not await self._is_found(issue):
            yield Removed(f"issue/{said}")
            return
        run = _Run(self._api, self._options, None)
        if self._options.permissions:
            # Whether it is open to everyone; who is in its groups, the last listing of everything has told.
            await run.access.enter(project)
        yield run.event(issue)

    async def _is_found(self, issue: Issue) -> bool:
        if self._options.jql is None:
            return True
        return any([found async for found in self._api.search(f"id = {issue.id} AND ({self._options.jql})")])


class _Place(Place):
    """What a cursor says."""

    read_at: datetime
    projects: tuple[str, ...]
    open_projects: tuple[str, ...]


class _Run:
    """One reading of the source. Without a place it is a full one, which learns who may read."""

    def __init__(self, api: JiraApi, options: JiraOptions, place: _Place | None) -> None:
        self._api = api
        self._options = options
        self.access = Access(api, options.host)
        self.projects: list[str] = []
        self.owed = Owed()
        self.complete = True
        if place is not None:
            self.projects.extend(place.projects)
            self.access.open_projects.update(place.open_projects)

    async def full(self) -> AsyncIterator[Event]:
        """List every project, then the groups."""
        for project in await self._projects():
            self.projects.append(project.key)
            if self._options.permissions:
                await self.access.enter(project)
            try:
                async for issue in self._api.search(self._jql(f'project = "{project.key}"')):
                    yield self.event(issue)
            except PermanentError as error:
                self.complete = False
                yield Failed(project.key, f"the project's issues cannot be listed: {error}")
        if self._options.permissions:
            async for members in self.access.events():
                yield members

    async def since(self, ago: timedelta) -> AsyncIterator[Event]:
        """Find what was updated."""
        # A time would be read in the account's time zone; a distance is the same everywhere.
        updated = f"updated >= -{ceil(ago.total_seconds() / 60)}m"
        for keys in _portions(self.projects):
            named = ", ".join(f'"{key}"' for key in keys)
            async for issue in self._api.search(self._jql(f"project in ({named}) AND {updated}")):
                yield self.event(issue)

    def event(self, issue: Issue) -> Event:
        key = f"issue/{issue.id}"
        readers = self._readers(issue)
        if readers is None and issue.fields.security is not None:
            # The source's readers are those of its other issues.
            return Removed(key)
        load = partial(self._load, issue.id)
        return Found(key, _version(issue, readers), self.owed.noting(key, load))

    async def _projects(self) -> Sequence[Project]:
        if not self._options.projects:
            return await self._api.projects()
        return [await self._api.project(key) for key in self._options.projects]

    def _jql(self, restriction: str) -> str:
        more = f" AND ({self._options.jql})" if self._options.jql else ""
        return f"{restriction}{more} ORDER BY created ASC"

    def _readers(self, issue: Issue) -> Readers | None:
        if not self._options.permissions:
            return None
        project, security = issue.fields.project, issue.fields.security
        if project is None:
            return frozenset()
        return self.access.readers(project.key, security.id if security else None)

    async def _load(self, id: str) -> RawDocument:
        try:
            issue = await self._api.issue(id)
            comments = await self._api.comments(id)
        except NotFoundError as error:
            raise UnreadableDocumentError("it vanished while the source was read; sync again") from error
        readers = self._readers(issue)
        if readers is None and issue.fields.security is not None:
            raise UnreadableDocumentError("it was given a security level while the source was read; sync again")
        # A comment for a role or a group is for fewer people than its issue.
        shown = [comment for comment in comments if comment.visibility is None]
        return issue_document(issue, shown, url=self._options.url, readers=readers)


class _Named(BaseModel):
    id: str | int = ""


class _Said(BaseModel):
    """A webhook's body. Everything else in it is ignored."""

    issue: _Named | None = None

    @classmethod
    def of(cls, body: bytes) -> str | None:
        """Return the id of the issue that it is about, ``None`` where it is about something else."""
        try:
            said = cls.model_validate_json(body).issue
        except ValidationError as error:
            raise InvalidRequestError("the notification is no webhook of Jira's") from error
        if said is None or not str(said.id):
            return None
        if not str(said.id).isdigit():
            raise InvalidRequestError("the notification names an issue in no way that Jira does")
        return str(said.id)


def _version(issue: Issue, readers: Readers | None) -> str:
    said = (issue.key, str(issue.fields.updated), None if readers is None else sorted(readers))
    return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()


def _portions(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield keys[start : start + _KEYS_AT_ONCE]


def _digest(options: JiraOptions) -> str:
    return digest_of(options, without={"token", "webhook_secret", "full_every"})
