"""Answers under way, as processes tell each other of them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from aika.domain.conversations import UnderWay
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.stores.database.connections import Connections
from aika.stores.database.conversation_rows import AnyRow
from aika.stores.database.schema_talk import answers_under_way as table


class SqlUnderWay:
    """Keeps which answers some process is writing, and which of them are to end."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def begin(self, answer: UnderWay) -> None:
        async with self._connections.write_together() as connection:
            await connection.execute(
                insert(table).values(
                    answer=answer.answer,
                    conversation=answer.conversation,
                    owner=answer.owner,
                    question=answer.question,
                    replaces=answer.replaces,
                    begun_at=answer.begun_at,
                    seen_at=answer.seen_at,
                    stop=answer.stop,
                )
            )

    async def end(self, answers: Collection[AnswerId]) -> None:
        async with self._connections.write_together() as connection:
            await connection.execute(delete(table).where(table.c.answer.in_(answers)))

    async def seen(self, answers: Collection[AnswerId], *, now: datetime) -> set[AnswerId]:
        """Say that these are still being written, and return which of them are to end."""
        async with self._connections.write_together() as connection:
            await connection.execute(update(table).where(table.c.answer.in_(answers)).values(seen_at=now))
            stopped = await connection.scalars(select(table.c.answer).where(table.c.answer.in_(answers), table.c.stop))
            return {AnswerId(answer) for answer in stopped}

    async def find(self, answer: AnswerId, *, owner: PrincipalId) -> UnderWay | None:
        statement = select(table).where(table.c.answer == answer, table.c.owner == owner)
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _under_way(row)

    async def of(self, conversation: ConversationId, *, owner: PrincipalId) -> UnderWay | None:
        """Return the one that was begun last in a conversation."""
        statement = (
            select(table)
            .where(table.c.conversation == conversation, table.c.owner == owner)
            .order_by(table.c.begun_at.desc(), table.c.answer)
            .limit(1)
        )
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _under_way(row)

    async def stop(self, answer: AnswerId, *, owner: PrincipalId) -> None:
        async with self._connections.write_together() as connection:
            await connection.execute(
                update(table).where(table.c.answer == answer, table.c.owner == owner).values(stop=True)
            )

    async def forget(self, *, before: datetime) -> None:
        """Forget those of processes that said nothing since: they are gone."""
        async with self._connections.write_together() as connection:
            await connection.execute(delete(table).where(table.c.seen_at < before))


def _under_way(row: AnyRow) -> UnderWay:
    return UnderWay(
        answer=AnswerId(row.answer),
        conversation=ConversationId(row.conversation),
        owner=PrincipalId(row.owner),
        question=row.question,
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        replaces=None if row.replaces is None else AnswerId(row.replaces),
        stop=bool(row.stop),
    )
