"""Drafts, answers, abstentions, and why to believe them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aika.domain.documents import Document
from aika.domain.identifiers import AnswerId, ChunkId, SourceId
from aika.domain.queries import Hit, Query

STOPPED = "stopped"
"""The reason of an abstention that stands where the asker stopped before anything could be judged good."""


class Origin(StrEnum):
    """Where an answer's words come from."""

    EXTRACTED = "extracted"
    """Sentences of the evidence, quoted."""
    GENERATED = "generated"
    """Written by a language model from the evidence."""
    GENERAL = "general"
    """Written by a language model from its own knowledge, without the company's documents."""


class Band(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Signal:
    """One input to the confidence."""

    name: str
    value: float
    contribution: float
    """How far it moved the confidence, in log-odds: positive raised it."""
    explanation: str
    """In words a person understands."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """The probability that the answer helps the asker."""

    value: float
    """0..1, calibrated."""
    band: Band
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A marker in the answer with the exact span it stands for."""

    marker: int
    """The number in the text, ``[1]``."""
    document: Document
    chunk: ChunkId
    quote: str
    """Verbatim: the document's text between the offsets."""
    start: int
    end: int
    """Character offsets into the document's stored text; ``end`` is exclusive."""
    url: str | None
    """A link that opens the document at the quote, where the source's links allow it."""
    heading_path: tuple[str, ...] = ()
    support: float = 1.0
    """0..1: how well the span backs the sentences that carry the marker. 1 for a verbatim quote."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model used."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = None
    """``None`` where the price is unknown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Written, not yet judged."""

    query: Query
    text: str
    """Markdown with the markers ``[1]`` … of ``citations``."""
    origin: Origin
    evidence: tuple[Hit, ...]
    citations: tuple[Citation, ...] = ()
    citations_removed: int = 0
    """Markers that did not resolve to a passage, or whose passage does not back the sentence."""
    statements_dropped: int = 0
    """Statements of the text as it was written that no passage backs, and that were taken out."""
    declined: bool = False
    """Whether the writer itself said that the evidence does not answer."""
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A draft judged good."""

    id: AnswerId
    question: str
    """As run, after rewriting."""
    text: str
    origin: Origin
    citations: tuple[Citation, ...]
    confidence: Confidence
    created_at: datetime
    evidence: tuple[Hit, ...] = ()
    citations_removed: int = 0
    usage: Usage | None = None
    notes: tuple[str, ...] = ()
    """What the asker should know: a source that changed long ago, one that is superseded, a ranking that was unavailable."""
    private: bool = False
    """Whether it may hold words of passages that were handed over with the question: for the asker alone, and never kept."""
    stopped: bool = False
    """Whether its asker stopped it: it may be incomplete."""


@dataclass(frozen=True, slots=True)
class Abstention:
    """An honest "I don't know", with what comes nearest."""

    id: AnswerId
    question: str
    text: str
    """For the asker, in plain words."""
    reason: str
    """For operators and logs: ``no evidence``, ``insufficient evidence``, ``declined``, ``unsupported``."""
    confidence: Confidence
    created_at: datetime
    nearest: tuple[Hit, ...] = ()
    usage: Usage | None = None
    notes: tuple[str, ...] = ()
    private: bool = False
    """As `Answer.private`."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The evidence was found; text may follow."""

    hits: tuple[Hit, ...]
    question: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the draft's text, in order. It is provisional until the `Answer` or `Abstention` that ends the stream."""

    text: str
    anew: bool = False
    """Whether the text begins anew with it: what came before is taken back."""


AnswerEvent = Retrieved | TextDelta | Answer | Abstention


class Rating(StrEnum):
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person said of an answer."""

    answer: AnswerId
    rating: Rating
    comment: str = ""
    created_at: datetime | None = None
    tags: tuple[str, ...] = field(default=())
    """Reasons, such as ``outdated`` or ``rejected``."""
    reply: str = ""
    """What a person answered instead."""


@dataclass(frozen=True, slots=True)
class Experience:
    """A question that was answered, with how many people said what of the answer."""

    question: str
    sources: tuple[SourceId, ...]
    """That the answer cites."""
    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class RatedSignals:
    """An answer that a person rated, with what its confidence was made of. Neither question nor person can be told from it."""

    origin: Origin
    confidence: float
    """As it was told."""
    signals: Mapping[str, float]
    helpful: bool
    person: int
    """Tells people apart within one reading, and means nothing beyond it."""
    question: int
    """Equal for equal questions, within one reading."""
