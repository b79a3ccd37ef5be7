"""Conversations in SQL."""

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.answers import Abstention, Answer, Feedback
from aika.domain.conversations import Conversation, Turn
from aika.domain.errors import NotFoundError
from aika.domain.findings import cause_of_feedback, cause_of_outcome
from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.stores.database.asked import note_rating
from aika.stores.database.citations import note_citations
from aika.stores.database.complaints import complain_of
from aika.stores.database.connections import Connections
from aika.stores.database.conversation_rows import conversation_of, outcome_of, stored_outcome, stored_scope, turn_of
from aika.stores.database.schema import conversations, turns
from aika.stores.database.schema import feedback as feedback_table
from aika.stores.database.words import searchable

_FEEDBACK = TypeAdapter(Feedback)


class SqlConversations:
    """Keeps conversations with all that their answers were made of."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def start(self, conversation: Conversation) -> None:
        async with self._connections.write_together() as connection:
            await connection.execute(
                insert(conversations).values(
                    id=conversation.id,
                    owner=conversation.owner,
                    title=conversation.title,
                    assistant=conversation.assistant,
                    created_at=conversation.created_at,
                    changed_at=conversation.created_at,
                    words=searchable(conversation.title),
                )
            )
            for turn in conversation.turns:
                await _add(connection, conversation.id, turn)

    async def add(self, id: ConversationId, turn: Turn) -> None:
        async with self._connections.write_together() as connection:
            there = await connection.scalar(select(conversations.c.id).where(conversations.c.id == id))
            if there is None:
                raise _no_conversation(id)
            await _add(connection, id, turn)

    async def get(self, id: ConversationId, *, owner: PrincipalId) -> Conversation | None:
        async with self._connections.read() as connection:
            found = await connection.execute(
                select(conversations).where(conversations.c.id == id, conversations.c.owner == owner)
            )
            row = found.one_or_none()
            if row is None:
                return None
            rows = await connection.execute(
                select(turns).where(turns.c.conversation == id, turns.c.replaced_by.is_(None)).order_by(turns.c.id)
            )
            return conversation_of(row, tuple(turn_of(turn) for turn in rows))

    async def listing(
        self, *, owner: PrincipalId, limit: int = 50, before: datetime | None = None
    ) -> list[Conversation]:
        """Return the newest first, without their turns; those that began before a time only where given."""
        statement = (
            select(conversations)
            .where(conversations.c.owner == owner)
            .order_by(conversations.c.created_at.desc(), conversations.c.id)
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(conversations.c.created_at < before)
        async with self._connections.read() as connection:
            return [conversation_of(row, ()) for row in await connection.execute(statement)]

    async def rename(self, id: ConversationId, title: str, *, owner: PrincipalId) -> None:
        """Raise `NotFoundError` where this owner has no such conversation."""
        async with self._connections.write() as connection:
            renamed = await connection.execute(
                update(conversations)
                .where(conversations.c.id == id, conversations.c.owner == owner)
                .values(title=title, words=searchable(title))
            )
            if not renamed.rowcount:
                raise _no_conversation(id)

    async def delete(self, id: ConversationId, *, owner: PrincipalId) -> None:
        """Delete it with its answers and what was said of them. Raise `NotFoundError` where this owner has none such."""
        async with self._connections.write() as connection:
            deleted = await connection.execute(
                delete(conversations).where(conversations.c.id == id, conversations.c.owner == owner)
            )
            if not deleted.rowcount:
                raise _no_conversation(id)

    async def outcome(self, id: AnswerId, *, owner: PrincipalId) -> Answer | Abstention | None:
        statement = (
            select(turns.c.answered, turns.c.outcome)
            .join(conversations)
            .where(turns.c.answer == id, conversations.c.owner == owner)
        )
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else outcome_of(row.answered, row.outcome)

    async def take_back(self, id: AnswerId, *, owner: PrincipalId) -> None:
        own = select(conversations.c.id).where(conversations.c.owner == owner)
        async with self._connections.write() as connection:
            await connection.execute(delete(turns).where(turns.c.answer == id, turns.c.conversation.in_(own)))

    async def give_feedback(self, feedback: Feedback, *, owner: PrincipalId, by: PrincipalId | None = None) -> None:
        person = owner if by is None else by
        own = (feedback_table.c.answer == feedback.answer, feedback_table.c.owner == person)
        theirs = (
            select(turns.c.answer)
            .join(conversations)
            .where(turns.c.answer == feedback.answer, conversations.c.owner == owner)
        )
        async with self._connections.write() as connection:
            if await connection.scalar(theirs) is None:
                raise NotFoundError(f"there is no answer {feedback.answer!r}")
            if _is_later(await connection.scalar(select(feedback_table.c.feedback).where(*own)), feedback):
                return
            await connection.execute(delete(feedback_table).where(*own))
            await connection.execute(
                insert(feedback_table).values(
                    answer=feedback.answer, owner=person, feedback=_FEEDBACK.dump_python(feedback, mode="json")
                )
            )
            # Together with what was said, so that whoever examines it cannot miss it.
            await complain_of(connection, feedback.answer, cause_of_feedback(feedback))
            await note_rating(connection, feedback, person)

    async def feedback(self, id: AnswerId) -> list[Feedback]:
        statement = (
            select(feedback_table.c.feedback).where(feedback_table.c.answer == id).order_by(feedback_table.c.owner)
        )
        async with self._connections.read() as connection:
            return [_FEEDBACK.validate_python(said) for said in await connection.scalars(statement)]


def _is_later(kept: object, feedback: Feedback) -> bool:
    """Return whether what is kept was said after this: what people say may arrive in another order."""
    said_at = None if kept is None else _FEEDBACK.validate_python(kept).created_at
    return said_at is not None and feedback.created_at is not None and said_at > feedback.created_at


async def _add(connection: AsyncConnection, id: ConversationId, turn: Turn) -> None:
    outcome = turn.outcome
    if outcome.private:
        raise ValueError("a private answer is not to be stored")
    if turn.replaces is not None:
        await _set_aside(connection, id, turn.replaces, by=outcome.id)
    await connection.execute(
        insert(turns).values(
            conversation=id,
            answer=outcome.id,
            answered=isinstance(outcome, Answer),
            question=turn.question,
            outcome=stored_outcome(outcome),
            asked_at=turn.asked_at,
            assistant=turn.assistant,
            scope=stored_scope(turn.scope),
            asked_words=searchable(turn.question),
            told_words=searchable(outcome.text),
            replaces=turn.replaces,
        )
    )
    await connection.execute(
        update(conversations).where(conversations.c.id == id).values(changed_at=outcome.created_at)
    )
    await note_citations(connection, outcome, asked_at=turn.asked_at)
    await complain_of(connection, outcome.id, cause_of_outcome(outcome))


async def _set_aside(connection: AsyncConnection, id: ConversationId, answer: AnswerId, *, by: AnswerId) -> None:
    """Take a turn and all that came after it out of a conversation. They stay, with what was said of them."""
    first = select(turns.c.id).where(turns.c.conversation == id, turns.c.answer == answer).scalar_subquery()
    await connection.execute(
        update(turns)
        .where(turns.c.conversation == id, turns.c.replaced_by.is_(None), turns.c.id >= first)
        .values(replaced_by=by)
    )


def _no_conversation(id: ConversationId) -> NotFoundError:
    return NotFoundError(f"there is no conversation {id!r}")
