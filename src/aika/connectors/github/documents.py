"""GitHub's things as documents: their keys, versions and contents."""

import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import BaseModel, ValidationError

from aika.connectors.github import queries, rendering
from aika.connectors.github.api import GitHubApi, RefusedError
from aika.connectors.github.options import GitHubOptions
from aika.connectors.github.wire import (
    Account,
    ChangedFile,
    Comment,
    CommentCount,
    Discussion,
    Issue,
    ListedDiscussion,
    Pull,
    Release,
    Repository,
    Review,
    Thread,
)
from aika.domain.documents import AttributeValue, Kind, Owner, RawDocument
from aika.domain.errors import NotFoundError, PermanentError, TransientError, UnreadableDocumentError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Found, Removed

T = TypeVar("T", bound=BaseModel)

_KEY = re.compile(r"(?P<repository>[^/]+/[^/]+)/(?P<kind>issues|pull|discussions|releases/tag)/(?P<name>.+)")
_MARKDOWN = "text/markdown"


class MalformedError(PermanentError):
    """GitHub answered with something else than its documentation says."""


class Name(NamedTuple):
    """A key, taken apart. The parts are those of the page's address."""

    repository: str
    kind: str
    name: str

    @property
    def key(self) -> str:
        return "/".join(self)

    @classmethod
    def of(cls, key: str) -> "Name | None":
        match = _KEY.fullmatch(key)
        return None if match is None else cls(match["repository"], match["kind"], match["name"])


@dataclass(frozen=True, slots=True)
class Documents:
    """Makes documents of one repository's things."""

    api: GitHubApi
    """One that does not wait long for limits."""
    options: GitHubOptions
    repository: Repository
    readers: frozenset[PrincipalId]
    again: set[str] = field(default_factory=set)
    """Takes the keys of what could not be loaded now."""

    def key(self, kind: str, name: str | int) -> str:
        return Name(self.repository.full_name, kind, str(name)).key

    def issue(self, issue: Issue, *, touched: str = "") -> Found:
        """Return the event that found an issue. ``touched`` makes its version new."""
        said = issue.model_dump_json()
        return self._found(self.key("issues", issue.number), said, touched, partial(self._issue, issue))

    def pull(self, pull: Pull, *, touched: str = "") -> Found:
        # Listings leave out what a single pull request has.
        left_out = {"comments", "review_comments", "changed_files", "additions", "deletions", "merged_by"}
        said = pull.model_dump_json(exclude=left_out)
        return self._found(self.key("pull", pull.number), said, touched, partial(self._pull, pull.number))

    def release(self, release: Release, *, touched: str = "") -> Found:
        said = release.model_dump_json()
        return self._found(
            self.key("releases/tag", release.tag_name), said, touched, partial(self._release, release.id)
        )

    def discussion(self, listed: ListedDiscussion, *, touched: str = "") -> Found:
        said = listed.model_dump_json()
        return self._found(
            self.key("discussions", listed.number), said, touched, partial(self._discussion, listed.number)
        )

    def wanted(self, author: Account | None) -> bool:
        """Return whether what somebody opened is to be read."""
        return author is None or author.login not in self.options.exclude_authors

    async def fetch(self, name: Name, api: GitHubApi, *, touched: str) -> Found | Removed:
        """Return the event of one thing as it is now. What is not there any more, or moved elsewhere, is removed."""
        try:
            event = await self._fetched(name, api, touched)
        except NotFoundError:
            return Removed(name.key)
        return Removed(name.key) if event is None else event

    async def _fetched(self, name: Name, api: GitHubApi, touched: str) -> Found | None:
        path = f"/repos/{self.repository.full_name}"
        match name.kind:
            case "issues":
                issue = parsed(Issue, await api.get(f"{path}/issues/{name.name}"))
                return self.issue(issue, touched=touched) if self._is_here(issue) else None
            case "pull":
                pull = parsed(Pull, await api.get(f"{path}/pulls/{name.name}"))
                return self.pull(pull, touched=touched) if self._is_here(pull) else None
            case "discussions":
                discussion = await self._asked(int(name.name), api)
                listed = ListedDiscussion(
                    number=discussion.number,
                    title=discussion.title,
                    updated=discussion.updated,
                    comments=CommentCount(total=len(discussion.comments.nodes)),
                )
                return self.discussion(listed, touched=touched)
            case _:
                tag = quote(name.name, safe="")
                release = parsed(Release, await api.get(f"{path}/releases/tags/{tag}"))
                return None if release.draft else self.release(release, touched=touched)

    def _is_here(self, thread: Thread) -> bool:
        """Return whether a thread is still in this repository: asking for a transferred one leads to where it is now."""
        here = urlsplit(thread.html_url).path.lower().startswith(f"/{self.repository.full_name.lower()}/")
        return here and self.wanted(thread.user)

    def _found(self, key: str, said: str, touched: str, load: Callable[[], Awaitable[RawDocument]]) -> Found:
        version = digest(said, *sorted(self.readers), self.options.fingerprint)
        return Found(key, f"{version}+{touched}" if touched else version, partial(self._loaded, key, load))

    async def _loaded(self, key: str, load: Callable[[], Awaitable[RawDocument]]) -> RawDocument:
        try:
            return await load()
        except NotFoundError as error:
            raise UnreadableDocumentError("it vanished while the source was read; sync again") from error
        except RefusedError as error:
            raise UnreadableDocumentError(str(error)) from error
        except TransientError:
            self.again.add(key)
            raise

    async def _issue(self, issue: Issue) -> RawDocument:
        path = f"/repos/{self.repository.full_name}/issues/{issue.number}"
        if issue.comments:
            comments = await self._all(Comment, f"{path}/comments")
        else:
            # One request a document also here: it may be gone by now.
            issue, comments = parsed(Issue, await self.api.get(path)), []
        status = "closed" if issue.state == "closed" else "open"
        reason = {"state_reason": issue.state_reason} if issue.state_reason else {}
        return self._thread(
            self.key("issues", issue.number),
            issue,
            rendering.issue_text(self.repository.full_name, issue, comments),
            (issue.user, *(comment.user for comment in comments)),
            {"status": status, **reason},
        )

    async def _pull(self, number: int) -> RawDocument:
        path = f"/repos/{self.repository.full_name}"
        pull = parsed(Pull, await self.api.get(f"{path}/pulls/{number}"))
        comments = await self._all(Comment, f"{path}/issues/{number}/comments") if pull.comments else []
        if pull.review_comments:
            comments += await self._all(Comment, f"{path}/pulls/{number}/comments")
        reviews = await self._all(Review, f"{path}/pulls/{number}/reviews")
        wants_files = self.options.changed_files and pull.changed_files
        files = await self._all(ChangedFile, f"{path}/pulls/{number}/files") if wants_files else []
        approvers = rendering.approvers(reviews)
        status = "merged" if pull.merged_at else "draft" if pull.draft and pull.state == "open" else pull.state
        return self._thread(
            self.key("pull", number),
            pull,
            rendering.pull_text(self.repository.full_name, pull, comments, reviews, files),
            (pull.user, *(comment.user for comment in comments), *(review.user for review in reviews)),
            {
                "status": status,
                "branch": pull.head.ref,
                **({"approvers": approvers} if approvers else {}),
                **({"merged_by": pull.merged_by.login} if pull.merged_by else {}),
            },
        )

    async def _release(self, id: int) -> RawDocument:
        release = parsed(Release, await self.api.get(f"/repos/{self.repository.full_name}/releases/{id}"))
        key = self.key("releases/tag", release.tag_name)
        return RawDocument(
            key=key,
            content=rendering.release_text(self.repository.full_name, release).encode(),
            path=f"{key}.md",
            media_type=_MARKDOWN,
            title=f"{self.repository.full_name} {release.name or release.tag_name}",
            url=release.html_url,
            kind=Kind.PAGE,
            readers=self.readers,
            authors=(release.author.login,) if release.author else (),
            created_at=release.created_at,
            modified_at=release.published_at or release.created_at,
            attributes={
                "repository": self.repository.full_name,
                "version": release.tag_name,
                "status": "pre-release" if release.prerelease else "released",
            },
        )

    async def _discussion(self, number: int) -> RawDocument:
        discussion = await self._asked(number, self.api)
        key = self.key("discussions", number)
        comments = discussion.comments.nodes
        people = [discussion.author, *(comment.author for comment in comments)]
        answer = rendering.answer_of(discussion)
        labels = tuple(label.name for label in discussion.labels.nodes) if discussion.labels else ()
        return RawDocument(
            key=key,
            content=rendering.discussion_text(self.repository.full_name, discussion).encode(),
            path=f"{key}.md",
            media_type=_MARKDOWN,
            title=discussion.title,
            url=discussion.url,
            kind=Kind.CONVERSATION,
            readers=self.readers,
            authors=_logins(people),
            created_at=discussion.created,
            modified_at=discussion.updated,
            attributes={
                "repository": self.repository.full_name,
                "number": str(number),
                "category": discussion.category.name,
                "status": "answered" if answer else "closed" if discussion.closed else "open",
                **({"answered_by": rendering.name(answer.author)} if answer else {}),
                **({"labels": labels} if labels else {}),
            },
        )

    def _thread(
        self,
        key: str,
        thread: Thread,
        text: str,
        people: tuple[Account | None, ...],
        attributes: dict[str, AttributeValue],
    ) -> RawDocument:
        labels, assignees = tuple(label.name for label in thread.labels), _logins(thread.assignees)
        return RawDocument(
            key=key,
            content=text.encode(),
            path=f"{key}.md",
            media_type=_MARKDOWN,
            title=thread.title,
            url=thread.html_url,
            kind=Kind.ISSUE,
            readers=self.readers,
            owner=Owner(assignees[0], found_in="assignee") if assignees else None,
            authors=_logins(people),
            created_at=thread.created_at,
            modified_at=thread.updated_at,
            attributes={
                "repository": self.repository.full_name,
                "number": str(thread.number),
                **attributes,
                **({"labels": labels} if labels else {}),
                **({"assignees": assignees} if assignees else {}),
                **({"milestone": thread.milestone.title} if thread.milestone else {}),
            },
        )

    async def _asked(self, number: int, api: GitHubApi) -> Discussion:
        owner, name = self.repository.full_name.split("/", 1)
        data = await api.query(queries.DISCUSSION, owner=owner, name=name, number=number, after=None)
        discussion = parsed(Discussion, _discussion_in(data))
        comments = discussion.comments
        while comments.page.has_next:
            data = await api.query(queries.DISCUSSION, owner=owner, name=name, number=number, after=comments.page.end)
            more = parsed(Discussion, _discussion_in(data)).comments
            comments = more.model_copy(update={"nodes": (*comments.nodes, *more.nodes)})
        return discussion.model_copy(update={"comments": comments})

    async def _all(self, model: type[T], path: str) -> list[T]:
        return [parsed(model, item) async for item in self.api.items(path)]


def parsed(model: type[T], item: object) -> T:
    """Return what GitHub answered as its type. Raises `MalformedError`."""
    try:
        return model.model_validate(item)
    except ValidationError as error:
        fields = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors(include_input=False))
        raise MalformedError(f"GitHub's answer has a {model.__name__.lower()} with a malformed {fields}") from error


def digest(*said: str) -> str:
    return blake2b("\n".join(said).encode(), digest_size=12).hexdigest()


def _discussion_in(data: Any) -> object:
    found = (data.get("repository") or {}).get("discussion")
    if found is None:
        raise NotFoundError("GitHub has no such discussion")
    return found


def _logins(accounts: Iterable[Account | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(account.login for account in accounts if account is not None))
