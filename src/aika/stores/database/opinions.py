"""What people said of answers, counted by the documents that the answers cite."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from aika.domain.answers import Rating
from aika.domain.identifiers import DocumentId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import feedback, turns

_ANSWERS_AT_ONCE = 200
_FRESH_SECONDS = 60.0


class SqlOpinions:
    """Counts ratings by cited document. A rating takes up to a minute to count.

    A person counts once for a document, however many answers that cite it they rated: for it, against it, or not at all
    where they said both equally often. Only counts leave this class, never who said what.
    """

    def __init__(self, connections: Connections, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._connections = connections
        self._seconds = seconds
        self._cited: dict[str, tuple[DocumentId, ...]] = {}
        self._counts: Mapping[DocumentId, int] = {}
        self._counted_at: float | None = None
        self._counting = asyncio.Lock()

    async def helpful(self, documents: Collection[DocumentId]) -> Mapping[DocumentId, int]:
        """Return by how many more people found a document helpful than not; those that nobody rated are missing."""
        async with self._counting:
            if self._counted_at is None or self._seconds() - self._counted_at >= _FRESH_SECONDS:
                self._counts = await self._count()
                self._counted_at = self._seconds()
        return {document: self._counts[document] for document in documents if document in self._counts}

    async def _count(self) -> dict[DocumentId, int]:
        statement = select(feedback.c.answer, feedback.c.owner, feedback.c.feedback)
        async with self._connections.read() as connection:
            rows = (await connection.execute(statement)).all()
        await self._look_up([row.answer for row in rows])
        return await asyncio.to_thread(_by_document, rows, self._cited)

    async def _look_up(self, answers: Sequence[str]) -> None:
        """Find out which documents new answers cite. An answer never changes."""
        rated = set(answers)
        self._cited = {answer: cited for answer, cited in self._cited.items() if answer in rated}
        missing = sorted(rated - self._cited.keys())
        for start in range(0, len(missing), _ANSWERS_AT_ONCE):
            some = missing[start : start + _ANSWERS_AT_ONCE]
            statement = select(turns.c.answer, turns.c.outcome).where(turns.c.answer.in_(some))
            async with self._connections.read() as connection:
                for row in await connection.execute(statement):
                    self._cited[row.answer] = _documents(row.outcome)


def _documents(outcome: Any) -> tuple[DocumentId, ...]:
    """Return the documents that a stored outcome cites: none for an abstention."""
    citations = outcome.get("citations", [])
    return tuple(dict.fromkeys(DocumentId(citation["document"]["id"]) for citation in citations))


def _by_document(
    rows: Sequence[Row[*tuple[Any, ...]]], cited: Mapping[str, Sequence[DocumentId]]
) -> dict[DocumentId, int]:
    said: Counter[tuple[DocumentId, str]] = Counter()
    for row in rows:
        vote = 1 if row.feedback["rating"] == Rating.HELPFUL else -1
        for document in cited.get(row.answer, ()):
            said[document, row.owner] += vote
    counts: Counter[DocumentId] = Counter()
    for (document, _), votes in said.items():
        counts[document] += (votes > 0) - (votes < 0)
    return dict(counts)
