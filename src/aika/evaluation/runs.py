"""What a finished evaluation leaves: the same record for retrieval, answers and confidence.

Whoever measures makes a `Run`; the tables, the HTML report, the history, comparisons and the gate read it and know nothing
else of how it was measured.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from statistics import median

import numpy as np

from aika.evaluation.measures import Estimate

SHORT_QUESTION_WORDS = 5
"""A question of at most so many words is short."""
LONG_QUESTION_WORDS = 14
"""A question of at least so many words is long."""


class RunKind(StrEnum):
    """What was measured."""

    RETRIEVAL = "retrieval"
    ANSWERS = "answers"
    CONFIDENCE = "confidence"


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a topic took, in milliseconds."""

    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class SystemOutcome:
    """What one way of doing it reached: ``hybrid``, ``lexical``, a stage, an answerer."""

    measures: Mapping[str, Estimate]
    """By name: ``nDCG@10``, ``nugget recall``."""
    latency: Latency | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What was measured, so that two runs can be told apart and one can be repeated."""

    fingerprint: str
    """Equal for equal settings and versions."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Those that bear on quality, by dotted name: ``retrieval.dense_weight``. Never a secret."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Of aika, of Python, of the model and of what else decides outcomes."""
    revision: str = ""
    """The commit of the settings' repository. Not part of the fingerprint: most commits change nothing of this."""


@dataclass(frozen=True, slots=True)
class Record:
    """A run without its topics: what quality over time is drawn from."""

    id: str
    """Sorts by time: ``20261122-041500-3f2a``."""
    kind: RunKind
    collection: str
    digest: str
    """Of topics and judgments. Documents are not part of it: they change, and quality with them."""
    configuration: Configuration
    started_at: datetime
    seconds: float
    n: int
    """Topics that the measures are taken over."""
    systems: Mapping[str, SystemOutcome]
    """The first is the one that the run is about, which the history shows and the gate looks at by default."""
    facts: Mapping[str, float] = field(default_factory=dict)
    """Further numbers of the run: ``documents``, ``chunks``, ``seconds to embed``."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers should know."""

    @property
    def system(self) -> str:
        """The one that the run is about."""
        return next(iter(self.systems))


@dataclass(frozen=True, slots=True)
class Found:
    """A document in a topic's ranking, or a citation of its answer, with why it stands there."""

    document: str
    """Its judged id: a key, or ``source/key``."""
    title: str = ""
    url: str | None = None
    grade: int | None = None
    """What the collection says of it: 0 is not relevant, ``None`` is not judged."""
    reason: str = ""
    """In words: the rankings that had it, the stages that moved it; for a citation the sentence that it supports."""
    quote: str = ""
    """What an answer cites of it. Empty in a ranking."""
    support: float | None = None
    """0..1, of a citation."""
    ranks: Mapping[str, int] = field(default_factory=dict)
    """Where each ranking of the run has it, from 1. Empty for a citation, and in runs from before it was kept."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a system answered to a topic."""

    text: str
    """Of the answer, or of the abstention."""
    abstained: bool = False
    confidence: float | None = None
    remarks: tuple[str, ...] = ()
    """What was wrong with it, in words: a nugget that lacks, a sentence without support."""


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic's part of a run."""

    id: str
    text: str
    slices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By dimension (``source``, ``kind``, ``assistant``, ``language``, ``length``, ``tag`` and a collection's own). A topic may
    be in several slices of one dimension, such as the sources of its relevant documents."""
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """By system, then by measure. A measure that is undefined for the topic is absent."""
    rankings: Mapping[str, tuple[Found, ...]] = field(default_factory=dict)
    """By system: the first ten documents or the citations of the answer, best first."""
    missed: tuple[str, ...] = ()
    """Relevant documents that the system which the run is about did not find at all."""
    told: Mapping[str, Told] = field(default_factory=dict)
    """By system; empty where only retrieval was measured."""
    expected: tuple[str, ...] = ()
    """Nuggets or answers that the collection expects."""
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    """By system."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished evaluation."""

    record: Record
    topics: tuple[TopicRow, ...]

    def values(self, measure: str, *, system: str | None = None) -> dict[str, float]:
        """Return the measure's value of each topic that has one, by default of the system which the run is about."""
        name = self.record.system if system is None else system
        rows = ((row.id, row.values.get(name, {}).get(measure)) for row in self.topics)
        return {topic: value for topic, value in rows if value is not None}


def latency(seconds: Sequence[float]) -> Latency | None:
    """Return the latency of topics that took so many seconds each, ``None`` where there are none."""
    if not seconds:
        return None
    return Latency(p50=1000 * median(seconds), p95=1000 * float(np.percentile(seconds, 95)))


def length_slice(question: str) -> str:
    """Return the slice ``length`` of a question: ``short``, ``medium`` or ``long``."""
    words = len(question.split())
    if words <= SHORT_QUESTION_WORDS:
        return "short"
    return "long" if words >= LONG_QUESTION_WORDS else "medium"


def run_id(started_at: datetime, *parts: str) -> str:
    """Return an id that sorts by time, told from others of the same second by ``parts``."""
    return f"{started_at:%Y%m%d-%H%M%S}-{fingerprint(parts)[:4]}"


def fingerprint(value: object) -> str:
    """Return a digest of what ``json.dumps`` takes, equal for equal values."""
    written = json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16]
