"""How healthy documents were on each day, in SQL."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, insert, select

from aika.domain.scores import DayScore
from aika.stores.database.connections import Connections
from aika.stores.database.schema import health_scores


class SqlScoreHistory:
    """Keeps one score a day of every owner and source."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def record(self, day: date, scores: Sequence[DayScore]) -> None:
        """Make these the scores of the day."""
        rows = [
            {
                "day": day.isoformat(),
                "level": score.level,
                "name": score.name,
                "score": score.score,
                "documents": score.documents,
                "findings": score.findings,
            }
            for score in scores
        ]
        async with self._connections.write() as connection:
            await connection.execute(delete(health_scores).where(health_scores.c.day == day.isoformat()))
            if rows:
                await connection.execute(insert(health_scores), rows)

    async def last_day(self) -> date | None:
        statement = select(health_scores.c.day).order_by(health_scores.c.day.desc()).limit(1)
        async with self._connections.read() as connection:
            found = await connection.scalar(statement)
        return None if found is None else date.fromisoformat(found)

    async def since(self, day: date, *, level: str) -> list[DayScore]:
        """Return the scores from a day on, oldest first, by name within a day."""
        statement = (
            select(health_scores)
            .where(health_scores.c.day >= day.isoformat(), health_scores.c.level == level)
            .order_by(health_scores.c.day, health_scores.c.name)
        )
        async with self._connections.read() as connection:
            return [
                DayScore(
                    level=row.level,
                    name=row.name,
                    score=row.score,
                    documents=row.documents,
                    findings=row.findings,
                    day=date.fromisoformat(row.day),
                )
                for row in await connection.execute(statement)
            ]
