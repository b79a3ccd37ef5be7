"""Complaints that wait to be examined, in SQL."""

import secrets as random
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, Select, delete, false, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.access import Scope
from aika.domain.answers import Abstention, Answer, Feedback
from aika.domain.findings import Cause, Complaint, WaitingComplaint, cause_of_feedback
from aika.domain.identifiers import AnswerId, AssistantId, PrincipalId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import complaints, conversations, feedback, secrets, turns
from aika.stores.database.upserting import insert_missing

MOST_TRIES = 3
"""What cannot be examined after so many tries is given up."""
_ASKERS = "askers"
_SECRET_BYTES = 32
_ANSWER = TypeAdapter(Answer)
_ABSTENTION = TypeAdapter(Abstention)
_FEEDBACK = TypeAdapter(Feedback)
_SCOPE = TypeAdapter(Scope)
_COMPLAINT = TypeAdapter(Complaint)

_AnyRow = Row[*tuple[Any, ...]]


async def complain_of(connection: AsyncConnection, answer: AnswerId, cause: Cause | None) -> None:
    """Let a kept answer be examined, once for each cause. ``None`` complains of nothing."""
    if cause is None:
        return
    scope = await connection.scalar(select(turns.c.scope).where(turns.c.answer == answer))
    if scope is None:
        return  # from before it was kept what the asker may read: nothing could be looked at
    row = {"answer": answer, "cause": cause.value, "asker": "", "tries": 0, "done": False}
    await connection.execute(insert_missing(connection, complaints).values(row))


class SqlComplaints:
    """Keeps what is to be examined until it was. Who asked leaves this class only as a digest, under a key of its own."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._key = b""

    async def add(self, complaint: Complaint, *, asker: PrincipalId | None = None) -> None:
        """Accept a complaint of an answer that is in no kept conversation. ``None``: nobody in particular asked."""
        if complaint.outcome.private:
            raise ValueError("a private answer is not to be stored")
        row = {
            "cause": complaint.cause.value,
            "complaint": _COMPLAINT.dump_python(complaint, mode="json"),
            "asker": "" if asker is None else await self.asker_digest(asker),
            "tries": 0,
            "done": False,
        }
        async with self._connections.write() as connection:
            await connection.execute(insert(complaints).values(row))

    async def count(self) -> int:
        """Return how many wait, counting no further than 1,000."""
        statement = select(complaints.c.id).where(complaints.c.done == false()).limit(1_000)
        async with self._connections.read() as connection:
            return len((await connection.execute(statement)).all())

    async def waiting(self, *, after: int = 0, limit: int = 20) -> list[WaitingComplaint]:
        """Return the oldest that wait, those with greater numbers than ``after`` only."""
        async with self._connections.read() as connection:
            rows = (await connection.execute(_waiting(after, limit))).all()
            said = await _said(connection, [row.answer for row in rows if row.answer is not None])
        return [await self._read(row, said.get(row.answer, ())) for row in rows]

    async def done(self, id: int) -> None:
        async with self._connections.write() as connection:
            await connection.execute(delete(complaints).where(complaints.c.id == id, complaints.c.answer.is_(None)))
            await connection.execute(update(complaints).where(complaints.c.id == id).values(done=True))

    async def failed(self, id: int) -> None:
        """Note a try that failed. After `MOST_TRIES` it is done."""
        more = complaints.c.tries + 1
        async with self._connections.write() as connection:
            await connection.execute(
                update(complaints).where(complaints.c.id == id).values(tries=more, done=more >= MOST_TRIES)
            )

    async def _read(self, row: _AnyRow, said: Sequence[Feedback]) -> WaitingComplaint:
        if row.complaint is not None:
            complaint = _COMPLAINT.validate_python(row.complaint)
            return WaitingComplaint(row.id, complaint, complaint.outcome.created_at, row.asker)
        outcome = (_ANSWER if row.answered else _ABSTENTION).validate_python(row.outcome)
        cause = Cause(row.cause)
        meant = [one for one in said if cause_of_feedback(one) is cause]
        return WaitingComplaint(
            id=row.id,
            complaint=Complaint(
                question=outcome.question,
                outcome=outcome,
                cause=cause,
                scope=_SCOPE.validate_python(row.scope),
                comment=next((one.comment for one in meant if one.comment), ""),
                reply=next((one.reply for one in meant if one.reply), ""),
            ),
            asked_at=row.asked_at,
            asker=await self.asker_digest(PrincipalId(row.owner)),
            answer=AnswerId(row.answer),
            assistant=None if row.assistant is None else AssistantId(row.assistant),
            said="" if row.question == outcome.question else row.question,
        )

    async def asker_digest(self, asker: PrincipalId) -> str:
        """Return what stands for somebody in findings: it tells people apart, and nobody who they are."""
        if not self._key:
            mine = {"name": _ASKERS, "secret": random.token_bytes(_SECRET_BYTES)}
            async with self._connections.write() as connection:
                await connection.execute(insert_missing(connection, secrets).values(mine))
                found = await connection.scalar(select(secrets.c.secret).where(secrets.c.name == _ASKERS))
            self._key = bytes(found or b"")
        return blake2b(asker.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).hexdigest()


def _waiting(after: int, limit: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            complaints.c.id,
            complaints.c.answer,
            complaints.c.cause,
            complaints.c.complaint,
            complaints.c.asker,
            turns.c.answered,
            turns.c.question,
            turns.c.outcome,
            turns.c.asked_at,
            turns.c.assistant,
            turns.c.scope,
            conversations.c.owner,
        )
        .outerjoin(turns, turns.c.answer == complaints.c.answer)
        .outerjoin(conversations, conversations.c.id == turns.c.conversation)
        .where(complaints.c.done == false(), complaints.c.id > after)
        .order_by(complaints.c.id)
        .limit(limit)
    )


async def _said(connection: AsyncConnection, answers: Sequence[str]) -> Mapping[str, Sequence[Feedback]]:
    statement = (
        select(feedback.c.answer, feedback.c.feedback)
        .where(feedback.c.answer.in_(answers))
        .order_by(feedback.c.answer, feedback.c.owner)
    )
    found: dict[str, list[Feedback]] = {}
    for row in await connection.execute(statement):
        found.setdefault(row.answer, []).append(_FEEDBACK.validate_python(row.feedback))
    return found
