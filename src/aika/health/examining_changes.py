"""Comparing what changed with everything else, once for each change in the catalogue's log."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from aika.domain.documents import Chunk
from aika.domain.findings import Verdict
from aika.domain.identifiers import DocumentId
from aika.health.findings import FindingRecorder
from aika.protocols import Catalogue

_POSITION = "disagreements"
_AT_ONCE = 16
"""Documents between two notes of how far it came: what a crash repeats."""
_MOST_A_ROUND = 128
"""Documents until others have their turn. The first sync of a company brings tens of thousands."""


class Comparing(Protocol):
    """Finds what documents say otherwise than others."""

    def examine(self, documents: Sequence[tuple[DocumentId, Sequence[Chunk]]]) -> AsyncIterator[Verdict]: ...


class Positions(Protocol):
    """Remembers how far something followed the catalogue's log."""

    async def position(self, name: str) -> int: ...

    async def move(self, name: str, sequence: int) -> None: ...


@dataclass(frozen=True, slots=True)
class ChangeExaminer:
    """Records how documents that changed differ from others."""

    catalogue: Catalogue
    comparing: Comparing
    recorder: FindingRecorder
    positions: Positions
    horizon: Callable[[], Awaitable[int]]

    async def examine(self) -> bool:
        """Compare some of what changed since the last time, and return whether there is more."""
        through, seen = await self.horizon(), 0
        position = await self.positions.position(_POSITION)
        while position < through and seen < _MOST_A_ROUND:
            changes = await self.catalogue.changes(after=position, limit=_AT_ONCE)
            changes = [change for change in changes if change.sequence <= through]
            if not changes:
                position = through  # what was there was changed again since, and comes later in the log
            else:
                position, seen = changes[-1].sequence, seen + len(changes)
            there = [(change.document, change.chunks) for change in changes if change.chunks]
            async for verdict in self.comparing.examine(there):
                await self.recorder.record(verdict)
            await self.positions.move(_POSITION, position)
            await asyncio.sleep(0)
        return position < through
