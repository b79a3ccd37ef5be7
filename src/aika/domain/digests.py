"""Digests: what owners are told of their documents, how often, and where."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aika.domain.errors import AikaError
from aika.domain.findings import FindingKind, SuggestedEdit
from aika.domain.identifiers import FindingId


class Every(StrEnum):
    """How often an owner wants to hear."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    NEVER = "never"


class Medium(StrEnum):
    MAIL = "e-mail"
    SLACK = "slack"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where a digest goes."""

    medium: Medium
    address: str
    """``ada@example.org``, ``#payments``, or the id of a Slack channel."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Another document, by its name alone."""

    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """A finding as its owner is told of it. Holds no word of a document that the owner's readers may not read."""

    finding: FindingId
    kind: FindingKind
    title: str
    reason: str
    url: str | None
    """Of the document; ``None`` for a gap."""
    quote: str
    """What the document says, verbatim."""
    people: int
    questions: tuple[str, ...]
    """Some of those that it broke."""
    more_questions: int
    suggestion: SuggestedEdit | None = None
    mentions: tuple[Mention, ...] = ()
    """Other documents that it rests on."""


@dataclass(frozen=True, slots=True)
class Digest:
    """What an owner is told at once."""

    id: str
    owner: str
    recipient: Recipient
    every: Every
    entries: tuple[DigestEntry, ...]
    """New to the owner; what cost the most people first."""
    more: int
    """New ones beyond those: they come with the next digest."""
    still_open: int
    """Findings of earlier digests that nobody has dealt with."""
    composed_at: datetime


class DigestState(StrEnum):
    """How far a digest got."""

    SENDING = "sending"
    """It is on its way, or was when its process died."""
    SENT = "sent"
    WAITING = "waiting"
    """It was not sent, and is tried again."""
    FAILED = "failed"
    """It was not sent, and something has to change first. Its findings come with the next digest."""
    UNCERTAIN = "uncertain"
    """Nobody knows whether it arrived. It is not sent again, so that nobody gets it twice."""


@dataclass(frozen=True, slots=True)
class DigestRecord:
    """A digest as it is remembered."""

    id: str
    owner: str
    occasion: datetime
    """What it was sent for: a moment of the schedule, or when somebody asked for it. One digest an owner and occasion."""
    recipient: Recipient
    state: DigestState
    findings: tuple[FindingId, ...]
    begun_at: datetime
    tries: int = 1
    retry_at: datetime | None = None
    reason: str = ""
    """Why it was not sent."""


class UncertainDeliveryError(AikaError):
    """It may have arrived, and it may not: sending it again could make two of it."""
