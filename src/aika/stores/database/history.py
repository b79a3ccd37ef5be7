"""What people asked before, page by page, and found again by words."""

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true, update

from aika.domain.conversations import Conversation, Listed, Place, Turn
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.stores.database.connections import Connections
from aika.stores.database.conversation_rows import AnyRow, conversation_of, turn_of
from aika.stores.database.schema import conversations, feedback, turns
from aika.stores.database.schema_talk import shares
from aika.stores.database.words import words_of


class SqlHistory:
    """Lists conversations of one owner. Nobody else's can be told from it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def page(
        self, *, owner: PrincipalId, search: str = "", after: Place | None = None, limit: int = 50
    ) -> list[Listed]:
        """Return pinned ones first, then those asked in last.

        With ``search``, those in whose title, questions or answers each word occurs. Its caller has to look at the answers
        once more: the owner may have lost what they came from.
        """
        is_shared = exists().where(shares.c.conversation == conversations.c.id).label("is_shared")
        statement = (
            select(conversations, is_shared)
            .where(conversations.c.owner == owner, *(_has(word) for word in words_of(search)))
            .order_by(conversations.c.pinned.desc(), conversations.c.changed_at.desc(), conversations.c.id)
            .limit(limit)
        )
        async with self._connections.read() as connection:
            rows = await connection.execute(statement if after is None else statement.where(_after(after)))
            return [_listed(row) for row in rows]

    async def listed(self, id: ConversationId, *, owner: PrincipalId) -> Listed | None:
        is_shared = exists().where(shares.c.conversation == conversations.c.id).label("is_shared")
        statement = select(conversations, is_shared).where(conversations.c.id == id, conversations.c.owner == owner)
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else _listed(row)

    async def pin(self, id: ConversationId, pinned: bool, *, owner: PrincipalId) -> None:
        """Raise `NotFoundError` where this owner has no such conversation."""
        async with self._connections.write() as connection:
            changed = await connection.execute(
                update(conversations)
                .where(conversations.c.id == id, conversations.c.owner == owner)
                .values(pinned=pinned)
            )
            if not changed.rowcount:
                raise NotFoundError(f"there is no conversation {id!r}")

    async def replaced(self, id: ConversationId) -> dict[AnswerId, Turn]:
        """Return what stood in the place of turns before they were edited or tried again, by what took their place."""
        direct = turns.alias("direct")
        statement = (
            select(turns)
            .join(direct, and_(direct.c.replaces == turns.c.answer, direct.c.conversation == turns.c.conversation))
            .where(turns.c.conversation == id)
            .add_columns(direct.c.answer.label("taken_by"))
        )
        async with self._connections.read() as connection:
            return {AnswerId(row.taken_by): turn_of(row) for row in await connection.execute(statement)}

    async def ratings(self, id: ConversationId, *, owner: PrincipalId) -> dict[AnswerId, str]:
        """Return what the owner said of the answers of a conversation."""
        statement = (
            select(feedback.c.answer, feedback.c.feedback)
            .join(turns, turns.c.answer == feedback.c.answer)
            .where(turns.c.conversation == id, feedback.c.owner == owner)
        )
        async with self._connections.read() as connection:
            return {AnswerId(row.answer): row.feedback["rating"] for row in await connection.execute(statement)}

    async def turn(self, answer: AnswerId, *, owner: PrincipalId) -> tuple[Conversation, Turn] | None:
        """Return an answer of the owner's with its question, and the conversation it belongs to, without its other turns."""
        statement: Select[*tuple[object, ...]] = (
            select(turns, conversations.c.owner, conversations.c.title, conversations.c.created_at)
            .join(conversations, conversations.c.id == turns.c.conversation)
            .where(turns.c.answer == answer, conversations.c.owner == owner)
        )
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
            if row is None:
                return None
            found = await connection.execute(select(conversations).where(conversations.c.id == row.conversation))
            return conversation_of(found.one(), ()), turn_of(row)


def _has(word: str) -> ColumnElement[bool]:
    in_turn = exists().where(
        turns.c.conversation == conversations.c.id,
        turns.c.replaced_by.is_(None),
        or_(turns.c.asked_words.contains(word, autoescape=True), turns.c.told_words.contains(word, autoescape=True)),
    )
    return or_(conversations.c.words.contains(word, autoescape=True), in_turn)


def _after(place: Place) -> ColumnElement[bool]:
    older = or_(
        conversations.c.changed_at < place.changed_at,
        and_(conversations.c.changed_at == place.changed_at, conversations.c.id > place.id),
    )
    if not place.pinned:
        return and_(conversations.c.pinned == false(), older)
    return or_(conversations.c.pinned == false(), and_(conversations.c.pinned == true(), older))


def _listed(row: AnyRow) -> Listed:
    changed_at = row.created_at if row.changed_at is None else row.changed_at
    return Listed(conversation_of(row, ()), changed_at, pinned=bool(row.pinned), shared=bool(row.is_shared))
