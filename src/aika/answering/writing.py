"""A writer that goes on by itself, while whoever shows its text takes what is there."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from aika.answering.streaming import SafeStream, closing
from aika.domain.answers import Draft
from aika.domain.errors import AikaError
from aika.domain.queries import Hit, Query

logger = logging.getLogger(__name__)

T = TypeVar("T")


class Writer(Protocol):
    """Writes a draft from evidence."""

    def write(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Draft]:
        """Yield the text in pieces, and last the `Draft`."""
        ...


@dataclass(slots=True)
class Outcome:
    """What came of writing."""

    draft: Draft | None = None
    error: AikaError | None = None


class ShownText:
    """Text that may be shown, until somebody takes it."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._changed = asyncio.Event()

    def add(self, piece: str) -> None:
        self._pieces.append(piece)
        self._changed.set()

    def note(self, _: object) -> None:
        """Let go who waits: something else has happened."""
        self._changed.set()

    async def more(self) -> None:
        await self._changed.wait()
        self._changed.clear()

    def taken(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        return text


async def write(pieces: AsyncIterator[str | Draft], written: ShownText, outcome: Outcome) -> None:
    """Write to the end; leave the draft, or the error that ended it, in ``outcome``."""
    safe = SafeStream()
    try:
        async with closing(pieces) as stream:
            async for piece in stream:
                if isinstance(piece, Draft):
                    outcome.draft = piece
                elif shown := safe.feed(piece):
                    written.add(shown)
    except AikaError as error:
        logger.warning("writing failed", extra={"error": type(error).__name__})
        outcome.error = error
        return
    if rest := safe.finish():
        written.add(rest)


async def ended(task: asyncio.Task[T]) -> None:
    """Cancel a task that nobody waits for any more, and let it finish that."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
