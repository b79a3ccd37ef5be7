"""That questions were asked, in SQL."""

import secrets as random
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Row, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.answers import Band, Feedback, Rating
from aika.domain.identifiers import AnswerId, AssistantId, PrincipalId, SourceId
from aika.domain.insights import AskedQuestion, Opinion, Outcome, Surface, WordedQuestion
from aika.stores.database.connections import Connections
from aika.stores.database.schema import memberships, secrets, turns
from aika.stores.database.schema_insights import asked_questions, asked_ratings
from aika.stores.database.upserting import insert_missing

_SECRET = "insights"  # noqa: S105 - the name of a secret, not one
_SECRET_BYTES = 32
_OF = asked_questions.c

_AnyRow = Row[*tuple[Any, ...]]


async def note_rating(connection: AsyncConnection, feedback: Feedback, person: PrincipalId) -> None:
    """Keep what somebody said of an answer beside the question, in place of what they said before."""
    known = select(_OF.answer).where(_OF.answer == feedback.answer)
    if await connection.scalar(known) is None:
        return
    rater = _digest(person, await _key(connection))
    mine = (asked_ratings.c.answer == feedback.answer, asked_ratings.c.rater == rater)
    await connection.execute(delete(asked_ratings).where(*mine))
    row = {"answer": feedback.answer, "rater": rater, "helpful": feedback.rating is Rating.HELPFUL}
    await connection.execute(insert(asked_ratings).values(**row, said_at=feedback.created_at or datetime.now(UTC)))


class SqlAskedQuestions:
    """Keeps that questions were asked. Who asked leaves this class only as a digest, under a key of its own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._secret = b""

    async def digest(self, person: PrincipalId) -> str:
        """Return what tells this person from others here, and nobody who they are."""
        if not self._secret:
            async with self._connections.write() as connection:
                self._secret = await _key(connection)
        return _digest(person, self._secret)

    async def add(self, asked: AskedQuestion) -> None:
        """Keep it, once for an answer."""
        row = {column.name: getattr(asked, column.name) for column in _OF}
        row |= {"teams": sorted(asked.teams), "sources": sorted(asked.sources)}
        async with self._connections.write_together() as connection:
            await connection.execute(insert_missing(connection, asked_questions).values(row))

    async def between(self, start: datetime, end: datetime) -> list[AskedQuestion]:
        """Return what was asked from ``start`` until before ``end``, oldest first."""
        statement = (
            select(asked_questions).where(_OF.asked_at >= start, _OF.asked_at < end).order_by(_OF.asked_at, _OF.answer)
        )
        async with self._connections.read() as connection:
            return [_asked(row) for row in await connection.execute(statement)]

    async def opinions(self, *, before: datetime) -> list[Opinion]:
        """Return what people said of answers before then, in the order in which they said it."""
        statement = (
            select(asked_questions, asked_ratings.c.rater, asked_ratings.c.helpful, asked_ratings.c.said_at)
            .join(asked_ratings, _OF.answer == asked_ratings.c.answer)
            .where(asked_ratings.c.said_at < before)
            .order_by(asked_ratings.c.said_at, asked_ratings.c.answer, asked_ratings.c.rater)
        )
        async with self._connections.read() as connection:
            rows = (await connection.execute(statement)).all()
        return [Opinion(_asked(row), row.rater, row.helpful, row.said_at) for row in rows]

    async def people(self, *, before: datetime) -> int:
        """Return how many people ever asked before then, as far as it is kept."""
        statement = select(func.count(_OF.asker.distinct())).where(_OF.asked_at < before)
        async with self._connections.read() as connection:
            return int(await connection.scalar(statement) or 0)

    async def began(self) -> datetime | None:
        """Return when the first question was asked that is kept."""
        async with self._connections.read() as connection:
            return await connection.scalar(select(_OF.asked_at).order_by(_OF.asked_at).limit(1))

    async def words(self, answers: Sequence[AnswerId]) -> list[WordedQuestion]:
        """Return the words of those questions that are still in a conversation."""
        found: list[WordedQuestion] = []
        async with self._connections.read() as connection:
            for start in range(0, len(answers), 500):
                statement = (
                    select(turns.c.question, _OF.asked_at, _OF.asker)
                    .join(asked_questions, _OF.answer == turns.c.answer)
                    .where(turns.c.answer.in_(answers[start : start + 500]))
                    .order_by(_OF.asked_at, turns.c.id)
                )
                rows = await connection.execute(statement)
                found += [WordedQuestion(row.question, row.asked_at, row.asker) for row in rows]
        return found

    async def groups(self) -> list[PrincipalId]:
        """Return every group that a source knows, by name."""
        statement = select(memberships.c.group).distinct().order_by(memberships.c.group)
        async with self._connections.read() as connection:
            return [PrincipalId(name) for name in await connection.scalars(statement)]

    async def forget(self, *, before: datetime) -> int:
        """Drop what was asked before then; return how much."""
        async with self._connections.write() as connection:
            return (await connection.execute(delete(asked_questions).where(_OF.asked_at < before))).rowcount


async def _key(connection: AsyncConnection) -> bytes:
    mine = {"name": _SECRET, "secret": random.token_bytes(_SECRET_BYTES)}
    await connection.execute(insert_missing(connection, secrets).values(mine))
    return bytes(await connection.scalar(select(secrets.c.secret).where(secrets.c.name == _SECRET)) or b"")


def _digest(person: PrincipalId, key: bytes) -> str:
    return blake2b(person.encode("utf-8", "surrogatepass"), key=key, digest_size=12).hexdigest()


def _asked(row: _AnyRow) -> AskedQuestion:
    return AskedQuestion(
        answer=AnswerId(row.answer),
        asked_at=row.asked_at,
        surface=Surface(row.surface),
        asker=row.asker,
        outcome=Outcome(row.outcome),
        milliseconds=row.milliseconds,
        teams=tuple(PrincipalId(team) for team in row.teams),
        assistant=None if row.assistant is None else AssistantId(row.assistant),
        sources=tuple(SourceId(source) for source in row.sources),
        confidence=row.confidence,
        band=None if row.band is None else Band(row.band),
        first_milliseconds=row.first_milliseconds,
        model=row.model,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
    )
