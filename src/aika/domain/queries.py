"""Queries, rankings, and the account of how a ranking came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aika.domain.access import Scope
from aika.domain.assistants import Assistant
from aika.domain.documents import Chunk
from aika.domain.identifiers import ChunkId, DocumentId


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """An information need as put."""

    text: str
    scope: Scope
    history: tuple[Message, ...] = ()
    """Earlier messages, oldest first, ``text`` excluded."""
    assistant: Assistant | None = None
    """Whose instructions and rules hold. What it may know is in the scope already."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk in one ranking of an index, before its text is looked up. Best first in a list."""

    chunk: ChunkId
    document: DocumentId
    score: float
    """Comparable only with scores of the same ranking."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk. A list of hits is a ranking, best first."""

    chunk: Chunk
    score: float
    """Comparable only with scores of the same ranking."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chunk stood in one ranking."""

    rank: int
    """From 1."""
    score: float


@dataclass(frozen=True, slots=True)
class Move:
    """A stage that changed where a hit stands, and why."""

    stage: str
    rank_before: int | None
    """``None`` where the stage brought it in."""
    rank_after: int | None
    """``None`` where the stage took it out."""
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """How one hit came to stand where it stands."""

    places: Mapping[str, Place] = field(default_factory=dict)
    """By ranking (``lexical``, ``dense``, ``fused``, …). A ranking that does not have the chunk is missing."""
    matched_terms: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Retrieval:
    """A ranking with the account of it."""

    query: str
    """The query that was run, after rewriting."""
    hits: tuple[Hit, ...]
    explanations: Mapping[ChunkId, Explanation] = field(default_factory=dict)
    """For every hit, and for chunks that a stage took out."""
    notes: tuple[str, ...] = ()
    """What a person should know: a ranking that was unavailable, a question that was rewritten."""
