"""Linear as a source.

A full run lists what there is without its text. Between full runs, only what was updated since is asked for; what was archived
or put into the bin is removed. A version holds the times of an issue's comments, because Linear does not always count a comment
as an update of its issue. A document's key has Linear's own id, which stays when an issue moves to another team.
"""

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from pydantic import Field, PositiveFloat, SecretStr, ValidationError

from aika.connectors.linear import entities
from aika.connectors.linear.api import Fields, LinearApi, Schema
from aika.connectors.linear.entities import Comment, Issue, Listed, ListedComment, Whole
from aika.connectors.linear.rendering import Page, document_page, initiative_page, issue_page, project_page
from aika.connectors.linear.teams import Readers, Teams
from aika.connectors.owed import Owed
from aika.connectors.places import Place, digest_of
from aika.connectors.proofs import check_age, check_signature
from aika.domain.documents import RawDocument
from aika.domain.errors import AuthenticationError, InvalidRequestError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Found, Notification, Removed
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Options, Surroundings

_API = "https://api.linear.app/graphql"
_OVERLAP = timedelta(minutes=5)
"""By this, two clocks may differ."""
_UPDATED = "updatedAt"


class LinearOptions(Options):
    """Which teams to read, and with which token."""

    token: SecretStr = Field(
        description="A personal API key (lin_api_...) or an OAuth access token, with the scope read."
    )
    teams: tuple[str, ...] = Field(
        default=(), description="Keys or names of teams, such as ENG. None: all that the token sees."
    )
    workspace_members_only: bool = Field(
        default=False,
        description="Whether public teams are for the workspace's members, guests excepted, and not for everyone.",
    )
    projects: bool = Field(default=True, description="Whether to read projects, with their updates.")
    documents: bool = Field(default=True, description="Whether to read documents.")
    initiatives: bool = Field(default=True, description="Whether to read initiatives.")
    full_every: PositiveFloat = Field(
        default=24, description="Hours after which everything is listed again. Before that, only what was updated."
    )
    webhook_secret: SecretStr | None = Field(
        default=None, description="The signing secret of a webhook in Linear. Unset: no notifications are taken."
    )
    api_url: str = Field(default=_API, description="Where the GraphQL API is. It may be private.")


@dataclass(frozen=True, slots=True)
class _Sort:
    """What is read beside issues."""

    name: str
    """Of the query for one, and before the keys' slash."""
    listing: str
    """Of the query for all."""
    model: type[Whole]
    type: str
    listed: Fields
    fields: Fields
    page: Callable[..., Page]


_SORTS = (
    _Sort(
        name="project",
        listing="projects",
        model=entities.Project,
        type="Project",
        listed=entities.PROJECT_LISTED,
        fields=entities.PROJECT,
        page=project_page,
    ),
    _Sort(
        name="document",
        listing="documents",
        model=entities.LinearDocument,
        type="Document",
        listed=entities.DOCUMENT_LISTED,
        fields=entities.DOCUMENT,
        page=document_page,
    ),
    _Sort(
        name="initiative",
        listing="initiatives",
        model=entities.Initiative,
        type="Initiative",
        listed=entities.INITIATIVE_LISTED,
        fields=entities.INITIATIVE,
        page=initiative_page,
    ),
)


class LinearConnector:
    """Reads issues with their comments, projects, documents and initiatives of Linear."""

    Options = LinearOptions

    def __init__(
        self, api: LinearApi, options: LinearOptions, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._api = api
        self._options = options
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(cls, options: LinearOptions, surroundings: Surroundings) -> AsyncIterator["LinearConnector"]:
        allowed = frozenset() if options.api_url == _API else frozenset({host_of(options.api_url)})
        token = options.token.get_secret_value()
        # Personal keys are sent alone, access tokens of OAuth as bearers.
        authorization = token if token.startswith("lin_api_") else f"Bearer {token}"
        async with open_http(HttpOptions(allowed_hosts=allowed)) as http:
            yield cls(LinearApi(http, options.api_url, authorization), options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield everything, or what was updated since the cursor; then groups; then a `Checkpoint`."""
        run = await _Run.begun(self._api, self._options)
        began = self._now()
        place = _Place.of(since, options=_digest(self._options), full_every=self._options.full_every, now=began)
        if place is not None and (place.teams != run.teams.digest or not run.can_ask_since):
            place = None
        async for event in run.full() if place is None else run.since(place.read_at - _OVERLAP):
            yield event
        async for members in run.teams.memberships():
            yield members
        # Everything is loaded when this is taken: only then is it known whether the place may be moved.
        yield Checkpoint(Cursor("listed, not yet all loaded") if place is None else place.cursor)
        listed_at = began if place is None else place.listed_at
        moved = _Place(options=_digest(self._options), listed_at=listed_at, read_at=began, teams=run.teams.digest)
        if not run.owed.keys:
            yield Checkpoint(moved.cursor, complete=place is None)
        elif place is None:
            yield Checkpoint(Cursor("some could not be loaded"), complete=True)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Read anew what a webhook names: webhooks may come twice, late, and out of order."""
        check_signature(notification, self._options.webhook_secret, header="linear-signature")
        said = _Said.of(notification.body)
        check_age(datetime.fromtimestamp(said.webhook_timestamp / 1000, UTC), now=self._now())
        run = await _Run.begun(self._api, self._options)
        issue = said.issue
        if issue is not None:
            async for event in run.issue(issue):
                yield event
            return
        for sort in run.sorts:
            if sort.type == said.type:
                async for event in run.all_of(sort, only=said.data.id):
                    yield event


class _Place(Place):
    """What a cursor says."""

    read_at: datetime
    teams: str
    """`Teams.digest`."""


@dataclass(frozen=True, slots=True)
class _Run:
    """One reading of the source."""

    api: LinearApi
    schema: Schema
    teams: Teams
    sorts: tuple[_Sort, ...]
    owed: Owed

    @classmethod
    async def begun(cls, api: LinearApi, options: LinearOptions) -> "_Run":
        schema = await api.schema()
        teams = await Teams.of(api, options.teams, workspace_members_only=options.workspace_members_only)
        chosen = {"project": options.projects, "document": options.documents, "initiative": options.initiatives}
        sorts = tuple(sort for sort in _SORTS if chosen[sort.name] and schema.has("Query", sort.listing))
        return cls(api, schema, teams, sorts, Owed())

    @property
    def can_ask_since(self) -> bool:
        return self.schema.has("IssueFilter", _UPDATED) and self.schema.has("CommentFilter", _UPDATED)

    async def full(self) -> AsyncIterator[Event]:
        """List everything. What is archived is not listed."""
        comments: defaultdict[str, list[str]] = defaultdict(list)
        async for comment in self._listed_comments({}):
            if comment.issue is not None:
                comments[comment.issue.id].append(_comment_version(comment.id, comment.updated_at))
        selection = self.schema.select("Issue", entities.ISSUE_LISTED)
        async for item in self.api.nodes("issues", Listed, selection, size=100, arguments={}):
            if not item.is_gone and self.teams.holds(item):
                yield self._found(item, _issue_version(item.updated_at, comments[item.id], self.teams.readers(item)))
        for sort in self.sorts:
            async for event in self.all_of(sort):
                yield event

    async def since(self, when: datetime) -> AsyncIterator[Event]:
        """Read what was updated since, each issue whole: its version needs its comments."""
        updated = {"updatedAt": {"gt": when.isoformat()}}
        ids: dict[str, None] = {}
        arguments = {"filter": ("IssueFilter", updated), "includeArchived": ("Boolean", True)}
        async for item in self.api.nodes("issues", Listed, "id", size=100, arguments=arguments):
            ids[item.id] = None
        async for comment in self._listed_comments(
            {"filter": ("CommentFilter", updated), "includeArchived": ("Boolean", True)}
        ):
            if comment.issue is not None:
                ids[comment.issue.id] = None
        for changed in ids:
            async for event in self.issue(changed):
                yield event
        for sort in self.sorts:
            # Few, so that all are listed, with the archived ones: their projects and teams decide who may read them.
            async for event in self.all_of(sort):
                yield event

    async def issue(self, id: str) -> AsyncIterator[Event]:
        """Read one issue."""
        read = await self._read_issue(id)
        if read is None:
            yield Removed(f"issue/{id}")
            return
        issue, comments = read
        item = Listed(id=issue.id, team=issue.team)
        if issue.is_gone or not self.teams.holds(item):
            yield Removed(f"issue/{id}")
            return
        versions = [_comment_version(comment.id, comment.updated_at) for comment in comments]
        readers = self.teams.readers(item)

        async def load() -> RawDocument:
            return issue_page(issue, comments).raw(f"issue/{id}", issue, readers)

        yield Found(f"issue/{id}", _issue_version(issue.updated_at, versions, readers), load)

    async def all_of(self, sort: _Sort, *, only: str | None = None) -> AsyncIterator[Event]:
        """List one sort, or of it the one with an id."""
        selection = self.schema.select(sort.type, sort.listed)
        arguments: Mapping[str, tuple[str, object]] = {"includeArchived": ("Boolean", True)}
        listed = self.api.nodes(sort.listing, Listed, selection, size=50, arguments=arguments)
        if only is not None:
            one = await self.api.one(sort.name, only, Listed, selection)
            if one is None:
                yield Removed(f"{sort.name}/{only}")
                return
            listed = _single(one)
        async for item in listed:
            key = f"{sort.name}/{item.id}"
            if item.is_gone or not self.teams.holds(item):
                yield Removed(key)
                continue
            readers = self.teams.readers(item)
            load = partial(self._load, sort, item.id, readers)
            yield Found(key, _version(item.updated_at, readers), self.owed.noting(key, load))

    def _listed_comments(self, arguments: Mapping[str, tuple[str, object]]) -> AsyncIterator[ListedComment]:
        selection = self.schema.select("Comment", entities.COMMENT_LISTED)
        return self.api.nodes("comments", ListedComment, selection, size=100, arguments=arguments)

    def _found(self, item: Listed, version: str) -> Found:
        key = f"issue/{item.id}"
        return Found(key, version, self.owed.noting(key, partial(self._load_issue, item)))

    async def _load_issue(self, item: Listed) -> RawDocument:
        read = await self._read_issue(item.id)
        if read is None or read[0].is_gone:
            raise UnreadableDocumentError("it vanished while the source was read; sync again")
        issue, comments = read
        readers = self.teams.readers(Listed(id=item.id, team=issue.team))
        return issue_page(issue, comments).raw(f"issue/{item.id}", issue, readers)

    async def _read_issue(self, id: str) -> tuple[Issue, list[Comment]] | None:
        """Return an issue with all its comments, oldest first."""
        comments: list[Comment] = []
        issue = await self.api.one("issue", id, Issue, self.schema.select("Issue", entities.ISSUE), after=None)
        page = issue.comments if issue is not None else None
        while page is not None:
            comments.extend(page.nodes)
            if not page.page_info.has_next_page:
                break
            after = page.page_info.end_cursor
            more = await self.api.one("issue", id, entities.WithComments, entities.COMMENTS, after=after)
            page = more.comments if more is not None else None
        return None if issue is None else (issue, sorted(comments, key=_written))

    async def _load(self, sort: _Sort, id: str, readers: Readers | None) -> RawDocument:
        whole = await self.api.one(sort.name, id, sort.model, self.schema.select(sort.type, sort.fields))
        if whole is None:
            raise UnreadableDocumentError("it vanished while the source was read; sync again")
        page = sort.page(whole)
        return page.raw(f"{sort.name}/{id}", whole, readers)


class _About(entities.Wire):
    id: str = ""
    issue_id: str | None = None
    issue: entities.Reference | None = None


class _Said(entities.Wire):
    """A webhook's body. Everything else in it is ignored."""

    type: str = ""
    webhook_timestamp: int
    data: _About = _About()

    @classmethod
    def of(cls, body: bytes) -> "_Said":
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            # Without a time, a recorded notification would prove something for ever.
            if b'"webhookTimestamp"' not in body:
                raise AuthenticationError("the notification says no webhookTimestamp") from error
            raise InvalidRequestError("the notification is no webhook of Linear's") from error

    @property
    def issue(self) -> str | None:
        """The id of the issue that it is about."""
        if self.type == "Issue":
            return self.data.id
        if self.type == "Comment":
            return self.data.issue_id or (self.data.issue.id if self.data.issue else None)
        return None


async def _single(item: Listed) -> AsyncIterator[Listed]:
    yield item


def _written(comment: Comment) -> tuple[datetime, str]:
    return (comment.created_at or datetime.min.replace(tzinfo=UTC), comment.id)


def _comment_version(id: str, updated_at: str) -> str:
    return f"{id}@{updated_at}"


def _issue_version(updated_at: str, comments: Iterable[str], readers: Readers | None) -> str:
    return _version(f"{updated_at} {sorted(comments)}", readers)


def _version(said: str, readers: Readers | None) -> str:
    allowed = None if readers is None else sorted(readers)
    return hashlib.blake2b(repr((said, allowed)).encode(), digest_size=12).hexdigest()


def _digest(options: LinearOptions) -> str:
    return digest_of(options, without={"token", "webhook_secret", "full_every"})
