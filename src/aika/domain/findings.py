"""Findings: why an answer was bad, and what has to change in which document."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aika.domain.access import Scope
from aika.domain.answers import STOPPED, Abstention, Answer, Feedback, Rating
from aika.domain.documents import Document, Owner
from aika.domain.identifiers import AnswerId, AssistantId, DocumentId, FindingId, SourceId

REJECTED_TAG = "rejected"
"""A reason in feedback: whoever says so knows, and was not merely unhappy."""
_NO_QUESTION = frozenset({"empty question", "question too long", "small talk", STOPPED})
"""Reasons of abstentions from what no document could have answered, or was given no time to."""


class FindingKind(StrEnum):
    """Why an answer was bad, or what is wrong with a document."""

    UNSUPPORTED = "unsupported"
    """The words of the answer are not in the sources."""
    OUTDATED = "outdated"
    """A source is superseded, or older than another one that says otherwise."""
    CONFLICTING = "conflicting"
    """Sources say different things of the same, and nothing tells which of them holds."""
    NOT_RETRIEVED = "not retrieved"
    """A document answers, and was not among the evidence."""
    NO_DOCUMENT = "no document"
    """Nothing that the asker may read answers."""


class Cause(StrEnum):
    """What says that an answer was bad."""

    REJECTED = "rejected"
    """Somebody who knows said no to it."""
    RATED_DOWN = "rated down"
    CONTRADICTED = "contradicted"
    """A person then answered otherwise."""
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Complaint:
    """An answer that was bad, with all that is known of it."""

    question: str
    outcome: Answer | Abstention
    cause: Cause
    scope: Scope
    """What the asker may read: a verdict looks at nothing else."""
    comment: str = ""
    """What was said of the answer."""
    reply: str = ""
    """What a person answered instead."""


@dataclass(frozen=True, slots=True)
class WaitingComplaint:
    """A complaint that was accepted and not examined yet."""

    id: int
    complaint: Complaint
    asked_at: datetime
    asker: str
    """As `BrokenQuestion.asker`."""
    answer: AnswerId | None = None
    """``None`` for what is in no kept conversation."""
    assistant: AssistantId | None = None
    said: str = ""
    """As `BrokenQuestion.said`."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A passage that a verdict rests on. Shown only to those who may read its document."""

    document: Document
    quote: str
    """Verbatim; empty where the whole document is meant."""
    start: int = 0
    end: int = 0
    """Character offsets into the document's text."""
    note: str = ""
    """What it shows, for people: ``says 30 days``, ``rank 14``."""


@dataclass(frozen=True, slots=True)
class SuggestedEdit:
    """What a document should say instead. A proposal, never applied by itself."""

    document: DocumentId
    before: str
    """Verbatim from the document; empty where something is to be added."""
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why an answer was bad, with its evidence."""

    kind: FindingKind
    reason: str
    """One or two sentences for the document's owner."""
    subject: str
    """What it is about, the same for everything that one change would mend: parts of it and the document make up a finding's
    key. A claim, a quantity's words, a topic."""
    certainty: float
    """0..1: how sure the verdict itself is."""
    exhibits: tuple[Exhibit, ...] = ()
    """The document that has to change first; empty where there is none."""
    rank: int | None = None
    """Of the document that answers and was not retrieved, from 1."""
    suggestion: SuggestedEdit | None = None

    @property
    def document(self) -> Document | None:
        """The document that has to change."""
        return self.exhibits[0].document if self.exhibits else None


class FindingState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    """Its owner will do something."""
    DISMISSED = "dismissed"
    """Its owner gave a reason why nothing has to change. The same finding does not come back."""
    RESOLVED = "resolved"
    """The document changed, and the questions pass. It opens again when one fails again."""


@dataclass(frozen=True, slots=True)
class BrokenQuestion:
    """A question that a finding broke."""

    text: str
    asked_at: datetime
    cause: Cause
    asker: str
    """A keyed digest that tells people apart and nobody who they are; empty for what nobody asked."""
    scope: Scope
    """What is asked again when the document changes."""
    expected: str = ""
    """What a person answered instead."""
    refused: str = ""
    """The answer that must not come back word for word."""
    passes: bool = False
    answer: AnswerId | None = None
    """Of the kept conversation that it was asked in: the question goes when that is deleted."""
    assistant: AssistantId | None = None
    """Who was asked."""
    said: str = ""
    """A follow-up as its asker put it: shown in place of ``text``, which may say what earlier answers said."""
    words: str = ""
    """What the asker wrote to the owner, and who they are where they said so."""

    @property
    def shown(self) -> str:
        """The words that people may be shown."""
        return self.said or self.text


@dataclass(frozen=True, slots=True)
class Finding:
    """A reason to change a document, or, without a document, to write one: a gap."""

    id: FindingId
    key: str
    """Equal keys are one finding."""
    kind: FindingKind
    state: FindingState
    title: str
    """A line for a list."""
    reason: str
    source: SourceId | None
    document: DocumentId | None
    """``None`` for a gap."""
    owner: Owner | None
    """As the sources know it; of a gap, the owner of the nearest documents."""
    exhibits: tuple[Exhibit, ...]
    questions: tuple[BrokenQuestion, ...]
    suggestion: SuggestedEdit | None
    created_at: datetime
    changed_at: datetime
    content_seen: str = ""
    """The fingerprint of what its documents held when it was last looked at: with another one, the questions are asked again."""
    sequence_seen: int = 0
    """Of a gap, the catalogue's change number up to which documents are known not to answer."""
    assignee: str = ""
    note: str = ""
    """Why it was dismissed, or what resolved it."""
    version: int = 0

    @property
    def documents(self) -> frozenset[DocumentId]:
        """Every document that it rests on, and may hold words of."""
        exhibits = {exhibit.document.id for exhibit in self.exhibits}
        suggested = set() if self.suggestion is None else {self.suggestion.document}
        about = set() if self.document is None else {self.document}
        return frozenset(exhibits | suggested | about)

    @property
    def people(self) -> int:
        """How many people it cost an answer."""
        return len({question.asker for question in self.questions if question.asker})


class Happening(StrEnum):
    """What can happen to a finding."""

    FOUND = "found"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    DISMISSED = "dismissed"
    RESOLVED = "resolved"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class FindingEvent:
    """Something that happened to a finding."""

    at: datetime
    what: Happening
    by: str = ""
    """The principal of whoever did it; empty for aika itself."""
    assignee: str = ""
    """Who was to do something from then on."""
    note: str = ""
    """Why it was dismissed, or what resolved it."""


def cause_of_outcome(outcome: Answer | Abstention) -> Cause | None:
    """Return what an outcome says against itself: nothing for an answer, and nothing where no question was put."""
    unanswered = isinstance(outcome, Abstention) and outcome.reason not in _NO_QUESTION
    return Cause.UNANSWERED if unanswered else None


def cause_of_feedback(feedback: Feedback) -> Cause | None:
    """Return what was said against an answer, ``None`` where nothing was."""
    if feedback.rating is not Rating.NOT_HELPFUL:
        return None
    if feedback.reply:
        return Cause.CONTRADICTED
    return Cause.REJECTED if REJECTED_TAG in feedback.tags else Cause.RATED_DOWN
