"""What comes after the first stage: stages that look closer at the hits and reorder them, one after the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aika.domain.identifiers import ChunkId
from aika.domain.queries import Hit, Query


@dataclass(frozen=True, slots=True)
class Reordered:
    """What a stage made of a ranking."""

    hits: Sequence[Hit]
    """Best first: those that came in, in another order or with other scores, never others."""
    reasons: Mapping[ChunkId, str] = field(default_factory=dict)
    """Why a hit moved, for people; where a hit has none, the stage's own words serve."""
    notes: tuple[str, ...] = ()


class Stage(Protocol):
    """Reorders hits. What it cannot do in its time it leaves, and says so in its notes."""

    @property
    def name(self) -> str:
        """As `Move.stage` and the spans call it."""
        ...

    @property
    def purpose(self) -> str:
        """What it does, as the account of a ranking says it: ``a closer look at question and passage``."""
        ...

    async def reorder(self, query: Query, hits: Sequence[Hit]) -> Reordered: ...
