"""Scores of documents' health, with what makes them up."""

from dataclasses import dataclass
from datetime import date

from aika.domain.documents import Document


@dataclass(frozen=True, slots=True)
class ScorePart:
    """What a score loses by one thing."""

    name: str
    """``outdated``, ``conflicting``, …, ``replaced``, ``not reviewed``, ``not helpful``, ``missing documents``."""
    points: float
    """Below 0."""
    explanation: str
    """In words a person understands."""


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """How healthy one document is: 100 and its parts, at least 0."""

    document: Document
    owner: str | None
    """Its own owner's name, or that of its source's."""
    score: float
    parts: tuple[ScorePart, ...]
    findings: int


@dataclass(frozen=True, slots=True)
class GroupScore:
    """How healthy the documents of an owner or a source are: the mean of their scores, each missing document as one of 0."""

    name: str
    """Empty for documents without an owner."""
    score: float
    parts: tuple[ScorePart, ...]
    documents: int
    gaps: int
    findings: int


@dataclass(frozen=True, slots=True)
class DayScore:
    """A group's score on a day."""

    level: str
    """``owner`` or ``source``."""
    name: str
    score: int
    documents: int
    findings: int
    day: date | None = None
    """``None`` where it is not recorded yet."""
