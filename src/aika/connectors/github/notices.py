"""What GitHub's webhooks say. Only names are taken from them: what is there now is asked for, so their order does not matter."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from pydantic import Field, ValidationError

from aika.connectors.github.documents import Name
from aika.connectors.github.wire import Repository, Wire
from aika.domain.errors import InvalidRequestError
from aika.domain.sources import Notification

MEMBERS = frozenset({"member", "team_add"})
"""About who may read one repository."""
EVERYBODYS = frozenset({"membership", "organization", "team"})
"""About who may read any repository."""
GONE = frozenset({"deleted"})
MOVED = frozenset({"renamed", "transferred"})
_KINDS = {
    "issues": "issues",
    "issue_comment": "issues",
    "pull_request": "pull",
    "pull_request_review": "pull",
    "pull_request_review_comment": "pull",
    "discussion": "discussions",
    "discussion_comment": "discussions",
    "release": "releases/tag",
}
_CONTENT = {"issues": "issues", "pull": "pull_requests", "discussions": "discussions", "releases/tag": "releases"}
_THING_IS_GONE = frozenset({"deleted", "transferred", "unpublished"})


class _Subject(Wire):
    number: int | None = None
    tag_name: str | None = None
    pull_request: object = None


class Notice(Wire):
    """A webhook's message, as far as it is read."""

    event: str
    action: str = ""
    repository: Repository | None = None
    issue: _Subject | None = None
    pull_request: _Subject | None = None
    discussion: _Subject | None = None
    release: _Subject | None = None
    changes: Mapping[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, notification: Notification) -> "Notice":
        """Raises `InvalidRequestError` for what is no webhook of GitHub's."""
        event = notification.headers.get("x-github-event", "")
        body = notification.body
        if notification.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            body = parse_qs(body.decode("utf-8", errors="replace")).get("payload", [""])[0].encode()
        try:
            return _Message.model_validate_json(body).as_notice(event)
        except ValidationError as error:
            raise InvalidRequestError(
                f"the notification is no webhook of GitHub's: {error.error_count()} fields of {event!r} make no sense"
            ) from error

    @property
    def thing(self) -> Name | None:
        """The issue, pull request, discussion or release that it is about."""
        kind = _KINDS.get(self.event)
        if kind is None or self.repository is None:
            return None
        # A comment of a pull request is one of its issue, as GitHub sees it.
        subject = self.issue or self.pull_request or self.discussion or self.release
        if subject is None:
            return None
        if kind == "issues" and subject.pull_request is not None:
            kind = "pull"
        name = subject.tag_name if kind == "releases/tag" else subject.number
        return None if name is None else Name(self.repository.full_name, kind, str(name))

    @property
    def content(self) -> str | None:
        """The kind of content, as the source's options call it."""
        return None if self.thing is None else _CONTENT[self.thing.kind]

    @property
    def thing_is_gone(self) -> bool:
        return self.event in {"issues", "discussion", "release"} and self.action in _THING_IS_GONE

    @property
    def old_name(self) -> str | None:
        """What a moved repository was called."""
        if self.repository is None:
            return None
        owner, name = self.repository.full_name.split("/", 1)
        old = self.changes.get("repository", {}).get("name", {}).get("from") or name
        moved = self.changes.get("owner", {}).get("from", {})
        before = (moved.get("user") or moved.get("organization") or {}).get("login") or owner
        return f"{before}/{old}"


class _Message(Notice):
    event: str = ""

    def as_notice(self, event: str) -> Notice:
        return self.model_copy(update={"event": event})
