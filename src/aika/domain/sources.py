"""Sources, and what happens when one is synced."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from aika.domain.documents import Owner, RawDocument
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.rules import RankingRule

Cursor = NewType("Cursor", str)
"""How far a source was read, in the connector's own words. Opaque to everyone else."""


@dataclass(frozen=True, slots=True)
class Lent:
    """The rights of a source that was declared where no operator reviews every change."""

    secrets: frozenset[str]
    """The environment variables that its options may name."""
    hosts: frozenset[str]
    """The hosts with private addresses that it may read. Lower case."""
    groups: bool
    """Whether what it says of groups counts. It could be a server that makes anybody a member of any group."""


@dataclass(frozen=True, slots=True)
class Source:
    """A configured place that documents come from."""

    id: SourceId
    connector: str
    options: Mapping[str, object] = field(default_factory=dict)
    """Checked by the connector's own ``Options``."""
    readers: frozenset[PrincipalId] | None = None
    """Who may read documents whose readers the connector cannot know. ``None`` makes those unreadable."""
    owner: Owner | None = None
    purpose: str = ""
    """What is in it and what it is for, for people."""
    declared_in: str = "aika.toml"
    refresh: timedelta | None = None
    """How often it is synced by itself. ``None`` leaves it to notifications and to people."""
    promise: timedelta | None = None
    """How far it may lag behind at most, as its owners promise."""
    webhook_secret: str | None = None
    """Signs notifications that only say that something has changed; may be the name of a variable, ``${NAME}``."""
    lent: "Lent | None" = None
    """What it may use at most. ``None`` is everything: an operator declared it."""
    rules: tuple[RankingRule, ...] = ()
    """For its own documents."""
    managers: frozenset[PrincipalId] = frozenset()
    """Who may change it, beside administrators. It is no right to read its documents."""


@dataclass(frozen=True, slots=True)
class Found:
    """The source has this document, in this version. Its content is loaded only when the version is new."""

    key: str
    version: str
    """Equal versions have equal content, metadata and readers."""
    load: Callable[[], Awaitable[RawDocument]]
    """Raises `UnreadableDocumentError` or `TransientError`; one document's failure is only its own."""


@dataclass(frozen=True, slots=True)
class Removed:
    """The source no longer has this document. For connectors that can tell; others are compared with a full listing."""

    key: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A document or a part of the source could not be read. What was known of ``key`` stays as it is."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything before this event has been read; a later sync may start here."""

    cursor: Cursor
    complete: bool = False
    """Whether this run listed *every* document of the source, so that what it did not list is gone."""


@dataclass(frozen=True, slots=True)
class Members:
    """The source knows this group, and these are all its members; none means that the group is gone.

    A member is a person (``user:`` and an e-mail address in lower case) or another group. A person's account is a group of
    one: ``github:octocat`` with the member ``user:octo@example.org``. What a group may read, its members may read, from the
    moment this is recorded; no document is read again. A run that lists every document lists every group too, and what it
    does not list is gone; a group whose members cannot be told is a `Failed` with the group as its key.
    """

    group: PrincipalId
    members: frozenset[PrincipalId]


Event = Found | Removed | Failed | Members | Checkpoint


@dataclass(frozen=True, slots=True)
class Notification:
    """A message of the source's that something in it has changed: the body of a webhook's request."""

    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class SyncPhase(StrEnum):
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REFUSED = "refused"
    """Nothing was removed because almost everything seemed to be gone."""

    @property
    def is_good(self) -> bool:
        """Whether the source is as current as this sync could make it."""
        return self is SyncPhase.SUCCEEDED


@dataclass(frozen=True, slots=True)
class UnreadableDocument:
    """A document that a sync could not take in, with the reason a person can act on."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What one sync did, or has done so far."""

    source: SourceId
    phase: SyncPhase
    started_at: datetime
    finished_at: datetime | None = None
    seen: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: int = 0
    warnings: int = 0
    expected: int | None = None
    """How many documents the source will list, where that is known or can be estimated from the last sync."""
    message: str = ""
    """What a person should know about the outcome: the error, or why nothing was removed."""
    reading: str = ""
    """The key of the document that was begun last, while the sync runs."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source stands: the numbers of ``aika sources`` and of the API."""

    source: Source
    documents: int
    chunks: int
    findable: int
    """Documents that can be found by words."""
    embedded: int
    """Documents that can also be found by meaning."""
    last_sync: SyncReport | None
    last_success_at: datetime | None
    lag: timedelta | None = None
    """The time since its last good sync: what changed there meanwhile may not be known here. ``None`` before the first."""

    @property
    def is_late(self) -> bool:
        """Whether it lags behind further than its owners promise."""
        promise = self.source.promise
        return promise is not None and (self.lag is None or self.lag > promise)
