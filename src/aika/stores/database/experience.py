"""How often answers helped, with what was asked and the sources that they cite."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select

from aika.domain.answers import Experience, Rating
from aika.domain.identifiers import SourceId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import feedback, turns

_ANSWERS_AT_ONCE = 200
_FRESH_SECONDS = 60.0


class SqlExperience:
    """Reads it from what was kept of conversations. A rating takes up to a minute to count.

    Who asked and who rated never leaves this class. An answer never changes, so that each is read once.
    """

    def __init__(self, connections: Connections, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._connections = connections
        self._seconds = seconds
        self._asked: dict[str, tuple[str, tuple[SourceId, ...]]] = {}
        self._rated: tuple[Experience, ...] = ()
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def rated(self, limit: int) -> tuple[Experience, ...]:
        """Return the newest answers that anybody rated, newest first; the same object while it counts as fresh."""
        async with self._reading:
            if self._read_at is None or self._seconds() - self._read_at >= _FRESH_SECONDS:
                self._rated = await self._newest(limit)
                self._read_at = self._seconds()
            return self._rated

    async def _newest(self, limit: int) -> tuple[Experience, ...]:
        statement = (
            select(feedback.c.answer, feedback.c.feedback)
            .join(turns, turns.c.answer == feedback.c.answer)
            .where(turns.c.answered)
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        helpful: Counter[str] = Counter()
        rated: Counter[str] = Counter()
        async with self._connections.read() as connection:
            for row in await connection.execute(statement):
                rated[row.answer] += 1
                helpful[row.answer] += row.feedback["rating"] == Rating.HELPFUL
        answers = list(rated)
        asked = await self._look_up(answers)
        return tuple(
            Experience(*asked[answer], helpful[answer], rated[answer] - helpful[answer])
            for answer in answers
            if answer in asked
        )

    async def _look_up(self, answers: Collection[str]) -> Mapping[str, tuple[str, tuple[SourceId, ...]]]:
        self._asked = {answer: self._asked[answer] for answer in answers if answer in self._asked}
        missing = [answer for answer in answers if answer not in self._asked]
        for start in range(0, len(missing), _ANSWERS_AT_ONCE):
            some = missing[start : start + _ANSWERS_AT_ONCE]
            statement = select(turns.c.answer, turns.c.outcome).where(turns.c.answer.in_(some))
            async with self._connections.read() as connection:
                for row in await connection.execute(statement):
                    self._asked[row.answer] = _asked(row.outcome)
        return self._asked


def _asked(outcome: Any) -> tuple[str, tuple[SourceId, ...]]:
    cited = (citation["document"]["source"] for citation in outcome.get("citations", []))
    return outcome["question"], tuple(SourceId(source) for source in dict.fromkeys(cited))
