"""Links to conversations, in SQL."""

import secrets
from datetime import datetime

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.conversations import Conversation, Share
from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.identifiers import ConversationId, PrincipalId
from aika.stores.database.connections import Connections
from aika.stores.database.conversation_rows import AnyRow, conversation_of, turn_of
from aika.stores.database.schema import conversations, turns
from aika.stores.database.schema_talk import shares

_TOKEN_BYTES = 24


class SqlShares:
    """Keeps one link a conversation. Who may read what of it is decided when it is read."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def share(self, id: ConversationId, *, owner: PrincipalId, now: datetime) -> Share:
        """Let the link show the conversation as it is now; the link is made where there is none.

        Raises `NotFoundError` where this owner has no such conversation, and `ConflictError` where nothing was asked in it.
        """
        async with self._connections.write() as connection:
            await _check_owner(connection, id, owner)
            through = await connection.scalar(_last_turn(id))
            if through is None:
                raise ConflictError("nothing was asked in this conversation yet: there is nothing to share")
            values = {"through": through, "shared_at": now}
            changed = await connection.execute(update(shares).where(shares.c.conversation == id).values(values))
            if not changed.rowcount:
                made = {"token": secrets.token_urlsafe(_TOKEN_BYTES), "conversation": id, **values}
                await connection.execute(insert(shares).values(made))
            token = await connection.scalar(select(shares.c.token).where(shares.c.conversation == id))
        return Share(str(token), id, now)

    async def revoke(self, id: ConversationId, *, owner: PrincipalId) -> None:
        """Raise `NotFoundError` where this owner has no such conversation."""
        async with self._connections.write() as connection:
            await _check_owner(connection, id, owner)
            await connection.execute(delete(shares).where(shares.c.conversation == id))

    async def of(self, id: ConversationId) -> Share | None:
        """Return the link to a conversation, for its owner."""
        async with self._connections.read() as connection:
            row = (await connection.execute(select(shares).where(shares.c.conversation == id))).one_or_none()
            return None if row is None else await _share(connection, row)

    async def find(self, token: str) -> tuple[Share, Conversation] | None:
        """Return what a link shows, with all its turns: its caller has to withhold what the reader may not read."""
        async with self._connections.read() as connection:
            row = (await connection.execute(select(shares).where(shares.c.token == token))).one_or_none()
            if row is None:
                return None
            found = await connection.execute(select(conversations).where(conversations.c.id == row.conversation))
            shown = await connection.execute(
                select(turns)
                .where(
                    turns.c.conversation == row.conversation,
                    turns.c.replaced_by.is_(None),
                    turns.c.id <= row.through,
                )
                .order_by(turns.c.id)
            )
            conversation = conversation_of(found.one(), tuple(turn_of(turn) for turn in shown))
            return await _share(connection, row), conversation


async def _share(connection: AsyncConnection, row: AnyRow) -> Share:
    last = await connection.scalar(_last_turn(ConversationId(row.conversation)))
    return Share(row.token, ConversationId(row.conversation), row.shared_at, up_to_date=last == row.through)


def _last_turn(id: ConversationId) -> Select[tuple[int]]:
    return select(func.max(turns.c.id)).where(turns.c.conversation == id, turns.c.replaced_by.is_(None))


async def _check_owner(connection: AsyncConnection, id: ConversationId, owner: PrincipalId) -> None:
    there = select(conversations.c.id).where(conversations.c.id == id, conversations.c.owner == owner)
    if await connection.scalar(there) is None:
        raise NotFoundError(f"there is no conversation {id!r}")
