"""Queries, rankings, and the account of how a ranking came about."""

from collections.abc import Awaitable, Callable, Mapping
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
    handing: "Handing | None" = None
    """Hands over passages that are in no index and that the asker alone may see. ``None``: nobody does."""
    private: bool = False
    """Whether it may hold, or come upon, words that are not to be kept: no trace holds content of it then."""


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
class Handed:
    """Passages that are handed over with a question. They are not to be kept: what is made of them is private."""

    hits: tuple[Hit, ...] = ()
    """Best first, each a whole document of its own, whose only reader is the asker."""
    notes: tuple[str, ...] = ()
    """What the asker should know, such as that nothing could be handed over. Never words of the passages."""
    mark: str = ""
    """What is said with an outcome that rests on one of them."""


Handing = Callable[[str], Awaitable[Handed]]
"""Called once with the question as it stands alone. It does not raise where a service fails, and keeps to its own time."""


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
    private: bool = False
    """Whether one of the hits was handed over with the question."""
