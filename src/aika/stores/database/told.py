"""Which owners were told of which questions, in SQL."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from aika.domain.identifiers import AnswerId, ConversationId, FindingId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import turns
from aika.stores.database.schema_talk import told_owners


class SqlToldOwners:
    """Keeps when the owner was told of a question. Telling again replaces it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def record(self, answer: AnswerId, *, finding: FindingId | None, now: datetime) -> None:
        async with self._connections.write() as connection:
            await connection.execute(delete(told_owners).where(told_owners.c.answer == answer))
            await connection.execute(insert(told_owners).values(answer=answer, told_at=now, finding=finding))

    async def of(self, conversation: ConversationId) -> dict[AnswerId, datetime]:
        statement = (
            select(told_owners.c.answer, told_owners.c.told_at)
            .join(turns, turns.c.answer == told_owners.c.answer)
            .where(turns.c.conversation == conversation)
        )
        async with self._connections.read() as connection:
            return {AnswerId(row.answer): row.told_at for row in await connection.execute(statement)}
