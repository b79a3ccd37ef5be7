"""Which question in Slack has which answer, in which conversation, and where that was posted."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from aika.domain.identifiers import AnswerId, ConversationId, PrincipalId
from aika.stores.database.connections import Connections
from aika.stores.database.schema_slack_questions import slack_questions
from aika.stores.database.upserting import insert_missing

REMEMBERED = timedelta(days=365)
"""How long a question is followed: its edits, its deletion, what is said of its answer, its thread."""
_AnyRow = Row[*tuple[Any, ...]]
_OF = slack_questions.c


@dataclass(frozen=True, slots=True)
class SlackQuestion:
    """A question that was put to aika in Slack, and what became of it."""

    key: str
    """One message has one."""
    event: str
    """The key of the event that it is answered for: other events of the same message leave it alone."""
    team: str
    channel: str
    root: str | None
    """The message that its thread began with; ``None`` for what only its asker was shown."""
    asker: str
    """An id in the workspace."""
    owner: PrincipalId
    """Whom its conversation belongs to: the asker, or a channel."""
    digest: bytes
    """Of its text as it was last answered, 16 bytes."""
    asked_at: datetime
    conversation: ConversationId | None = None
    answer: AnswerId | None = None
    """The newest."""
    shown: AnswerId | None = None
    """The one that the posted message shows."""
    posted: str | None = None
    """The time stamp of the message with the answer."""
    deleted: bool = False
    """Whether the question is gone: it gets no answer any more."""


class SqlSlackQuestions:
    """Keeps them. Changes are durable when they return."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def begin(self, question: SlackQuestion) -> SlackQuestion:
        """Record a question unless its key is there, and return what is recorded now."""
        row = {column.name: getattr(question, column.name) for column in _OF}
        async with self._connections.write() as connection:
            await connection.execute(insert_missing(connection, slack_questions).values(row))
            return _question((await connection.execute(select(slack_questions).where(_OF.key == question.key))).one())

    async def get(self, key: str) -> SlackQuestion | None:
        async with self._connections.read() as connection:
            row = (await connection.execute(select(slack_questions).where(_OF.key == key))).one_or_none()
        return None if row is None else _question(row)

    async def of_answer(self, answer: AnswerId) -> SlackQuestion | None:
        """Return the question that has this answer now."""
        async with self._connections.read() as connection:
            row = (await connection.execute(select(slack_questions).where(_OF.answer == answer).limit(1))).one_or_none()
        return None if row is None else _question(row)

    async def conversation_of(self, team: str, channel: str, root: str, *, owner: PrincipalId) -> ConversationId | None:
        """Return the conversation that this owner last had in a thread."""
        statement = (
            select(_OF.conversation)
            .where(_OF.team == team, _OF.channel == channel, _OF.root == root, _OF.owner == owner)
            .where(_OF.conversation.is_not(None))
            .order_by(_OF.asked_at.desc(), _OF.key.desc())
            .limit(1)
        )
        async with self._connections.read() as connection:
            return await connection.scalar(statement)

    async def count(self, team: str, asker: str, *, since: datetime) -> int:
        """Return how much somebody asked since then."""
        statement = (
            select(func.count())
            .select_from(slack_questions)
            .where(_OF.team == team, _OF.asker == asker, _OF.asked_at >= since)
        )
        async with self._connections.read() as connection:
            return int(await connection.scalar(statement) or 0)

    async def answered(self, question: SlackQuestion) -> None:
        """Record a new answer, with the text that it answers and its conversation. It is not shown yet."""
        async with self._connections.write() as connection:
            await connection.execute(
                update(slack_questions)
                .where(_OF.key == question.key)
                .values(answer=question.answer, conversation=question.conversation, digest=question.digest)
            )

    async def shown(self, key: str, answer: AnswerId | None, posted: str, *, root: str | None = None) -> SlackQuestion:
        """Record what a message shows now, and return the question: it may have been deleted meanwhile.

        ``root`` is the message that its thread begins with from now on.
        """
        values = {"shown": answer, "posted": posted} | ({} if root is None else {"root": root})
        async with self._connections.write() as connection:
            await connection.execute(update(slack_questions).where(_OF.key == key).values(**values))
            return _question((await connection.execute(select(slack_questions).where(_OF.key == key))).one())

    async def delete(self, question: SlackQuestion) -> SlackQuestion:
        """Record that a question is gone, also one that never arrived, and return what is known of it."""
        gone = await self.begin(replace(question, deleted=True))
        async with self._connections.write() as connection:
            await connection.execute(update(slack_questions).where(_OF.key == gone.key).values(deleted=True))
            return _question((await connection.execute(select(slack_questions).where(_OF.key == gone.key))).one())

    async def forget(self, *, before: datetime) -> int:
        """Drop what was asked before then; return how many. Their answers stay, and are no longer followed."""
        async with self._connections.write() as connection:
            return (await connection.execute(delete(slack_questions).where(_OF.asked_at < before))).rowcount


def _question(row: _AnyRow) -> SlackQuestion:
    return SlackQuestion(**row._asdict())
