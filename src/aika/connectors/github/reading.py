"""Reading one repository: everything in it, or what has changed since a mark."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from aika.connectors.github import queries
from aika.connectors.github.api import GitHubApi, Page, RefusedError
from aika.connectors.github.documents import Documents, MalformedError, Name, digest, parsed
from aika.connectors.github.position import Mark, RepositoryMark
from aika.connectors.github.wire import Comment, DiscussionListing, Issue, Pull, Release
from aika.domain.errors import NotFoundError
from aika.domain.sources import Event, Failed, Found, Removed

_OVERLAP = timedelta(minutes=1)
"""Looked at twice, since GitHub's listings may lag behind a little."""

_KINDS = {
    "issues": "issues",
    "pull requests": "pull",
    "review comments": "pull",
    "comments": "issues",
    "discussions": "discussions",
    "releases": "releases/tag",
}
_NEWEST = {"sort": "updated", "direction": "desc"}

AnyThread = TypeVar("AnyThread", Issue, Pull)


@dataclass(slots=True)
class RepositoryReading:
    """One run over one repository. Afterwards it says how far it came."""

    api: GitHubApi
    documents: Documents
    before: RepositoryMark | None
    """``None`` lists everything."""
    keys: set[str] = field(default_factory=set)
    """What was found."""
    _unlisted: set[str] = field(default_factory=set)
    """The kinds of keys that a part would have had that could not be listed."""
    _marks: dict[str, Mark] = field(default_factory=dict)
    _releases: tuple[str, ...] = ()

    @property
    def mark(self) -> RepositoryMark:
        readers = digest(*sorted(self.documents.readers))
        return RepositoryMark(readers=readers, marks=self._marks, releases=self._releases)

    @property
    def whole(self) -> bool:
        """Whether everything that was asked for could be listed."""
        return not self._unlisted

    def cannot_tell(self, key: str) -> bool:
        """Return whether a document may be there though it was not found."""
        name = Name.of(key)
        return name is None or name.kind in self._unlisted

    async def events(self) -> AsyncIterator[Event]:
        """Yield what there is, or what has changed. A part that is refused is a failure of its own."""
        for part, events in self._parts():
            marks = dict(self._marks)
            try:
                async for event in events:
                    if isinstance(event, Found):
                        await self.api.breathe()
                        self.keys.add(event.key)
                    yield event
            except (RefusedError, NotFoundError, MalformedError) as error:
                self._unlisted.add(_KINDS[part])
                # The next run lists this part whole.
                self._marks = marks
                yield Failed(f"{self._name}/{part}", f"{error}. Until this can be listed, what was read of it stays")

    @property
    def _name(self) -> str:
        return self.documents.repository.full_name

    def _parts(self) -> Iterator[tuple[str, AsyncIterator[Event]]]:
        repository, content = self.documents.repository, self.documents.options.content
        if "issues" in content and repository.has_issues:
            yield "issues", self._issues()
        if "pull_requests" in content:
            yield "pull requests", self._pulls()
            yield "review comments", self._comments("pulls/comments", "pulls")
        if {"issues", "pull_requests"} & set(content) and repository.has_issues:
            yield "comments", self._comments("issues/comments", "issues" if "issues" in content else "pulls")
        if "discussions" in content and repository.has_discussions:
            yield "discussions", self._discussions()
        if "releases" in content:
            yield "releases", self._listed_releases()

    async def _issues(self) -> AsyncIterator[Event]:
        async for issue in self._threads(Issue, "issues"):
            # GitHub lists pull requests as issues too.
            if issue.pull_request is None and self.documents.wanted(issue.user):
                yield self.documents.issue(issue)

    async def _pulls(self) -> AsyncIterator[Event]:
        async for pull in self._threads(Pull, "pulls"):
            if self.documents.wanted(pull.user):
                yield self.documents.pull(pull)

    async def _threads(self, model: type[AnyThread], name: str) -> AsyncIterator[AnyThread]:
        mark, path = self._mark_of(name), self._path(name)
        if mark is None:
            # By creation, because nothing moves then while the listing is read.
            page = await self.api.page(path, {"state": "all", "sort": "created", "direction": "asc"})
        else:
            page = await self.api.page(path, {"state": "all", **_NEWEST}, etag=mark.etag)
        self._note(name, page, mark)
        while page is not None:
            for item in page.items:
                thread = parsed(model, item)
                if mark is not None and thread.updated_at < mark.until - _OVERLAP:
                    return
                yield thread
            page = await self.api.after(page)

    async def _comments(self, name: str, threads: str) -> AsyncIterator[Event]:
        """Yield the threads whose comments were edited, which changes nothing of the threads themselves."""
        mark = self._mark_of(name)
        if mark is None:
            # The threads were just listed, and are loaded with their comments.
            self._marks[name] = Mark(
                until=self._marks[threads].until if threads in self._marks else self.api.server_time
            )
            return
        page = await self.api.page(self._path(name), _NEWEST, etag=mark.etag)
        self._note(name, page, mark)
        seen: set[Name] = set()
        while page is not None:
            for item in page.items:
                comment = parsed(Comment, item)
                if comment.updated_at < mark.until - _OVERLAP:
                    return
                thread = self._thread_of(comment)
                if comment.updated_at > comment.created_at and thread is not None and thread not in seen:
                    seen.add(thread)
                    yield await self.documents.fetch(thread, self.api, touched=comment.updated_at.isoformat())
            page = await self.api.after(page)

    def _thread_of(self, comment: Comment) -> Name | None:
        # .../issues/12 or .../pulls/12; what a page's address has tells whether an issue is a pull request.
        number = urlsplit(comment.pull_request_url or comment.issue_url or "").path.rpartition("/")[2]
        kind = "pull" if comment.pull_request_url or "/pull/" in comment.html_url else "issues"
        wanted = "pull_requests" if kind == "pull" else "issues"
        return Name(self._name, kind, number) if wanted in self.documents.options.content else None

    async def _listed_releases(self) -> AsyncIterator[Event]:
        mark = self._mark_of("releases")
        page = await self.api.page(self._path("releases"), etag=mark.etag if mark else None)
        self._note("releases", page, mark)
        if page is None and self.before is not None:
            self._releases = self.before.releases
            return
        keys: list[str] = []
        while page is not None:
            for item in page.items:
                release = parsed(Release, item)
                if not release.draft:
                    found = self.documents.release(release)
                    keys.append(found.key)
                    yield found
            page = await self.api.after(page)
        self._releases = tuple(keys)
        for gone in set(self.before.releases if self.before else ()) - set(keys):
            yield Removed(gone)

    async def _discussions(self) -> AsyncIterator[Event]:
        mark = self._mark_of("discussions")
        field_, direction = ("CREATED_AT", "ASC") if mark is None else ("UPDATED_AT", "DESC")
        owner, name = self._name.split("/", 1)
        after: str | None = None
        while True:
            data = await self.api.query(
                queries.DISCUSSIONS, owner=owner, name=name, field=field_, direction=direction, after=after
            )
            self._marks.setdefault("discussions", Mark(until=self.api.server_time))
            listing = parsed(DiscussionListing, (data.get("repository") or {}).get("discussions"))
            for discussion in listing.nodes:
                if mark is not None and discussion.updated < mark.until - _OVERLAP:
                    return
                if self.documents.wanted(discussion.author):
                    yield self.documents.discussion(discussion)
            if not listing.page.has_next:
                return
            after = listing.page.end

    def _path(self, listing: str) -> str:
        return f"/repos/{self._name}/{listing}"

    def _mark_of(self, name: str) -> Mark | None:
        return self.before.marks.get(name) if self.before else None

    def _note(self, name: str, page: Page | None, mark: Mark | None) -> None:
        """Note where the next run has to go on. Called before a listing is read, since it changes meanwhile."""
        if page is None:
            if mark is not None:
                self._marks[name] = mark
            return
        # The first page of releases tells nothing of the others, and that of a whole listing is asked for otherwise next time.
        usable = page.next is None if name == "releases" else mark is not None
        self._marks[name] = Mark(until=page.at, etag=page.etag if usable else None)
