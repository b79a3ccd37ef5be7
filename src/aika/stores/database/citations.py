"""Which answers cite a document, in SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.answers import Abstention, Answer
from aika.domain.identifiers import AnswerId, ConversationId, DocumentId, PrincipalId
from aika.stores.database.columns import is_uuid
from aika.stores.database.connections import Connections
from aika.stores.database.schema import conversations, turns
from aika.stores.database.schema_citations import answer_citations as cited
from aika.stores.database.upserting import insert_missing


@dataclass(frozen=True, slots=True)
class CitedIn:
    """How often answers cite a document."""

    answers: int
    people: int
    """Who asked: whoever shows these numbers must not show them of a few people."""
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class CitingQuestion:
    """A question whose answer cites a document."""

    conversation: ConversationId
    answer: AnswerId
    question: str
    asked_at: datetime


class SqlCitations:
    """Counts the answers that are kept. One that is deleted counts no more."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def counted(self, document: DocumentId) -> CitedIn:
        if not is_uuid(document):
            return CitedIn(0, 0, None)
        statement = (
            select(func.count(), func.count(distinct(conversations.c.owner)), func.max(cited.c.asked_at))
            .select_from(cited.join(turns, turns.c.answer == cited.c.answer).join(conversations))
            .where(cited.c.document == document)
        )
        async with self._connections.read() as connection:
            answers, people, last_at = (await connection.execute(statement)).one()
        return CitedIn(answers, people, last_at)

    async def questions(
        self, document: DocumentId, *, owner: PrincipalId | None, limit: int = 10
    ) -> list[CitingQuestion]:
        """Return the newest first: an owner's own, or with ``None`` everybody's, which is for operators."""
        if not is_uuid(document):
            return []
        own: list[ColumnElement[bool]] = [] if owner is None else [conversations.c.owner == owner]
        statement = (
            select(turns.c.conversation, turns.c.answer, turns.c.question, turns.c.asked_at)
            .select_from(cited.join(turns, turns.c.answer == cited.c.answer).join(conversations))
            .where(cited.c.document == document, *own)
            .order_by(cited.c.asked_at.desc(), cited.c.answer)
            .limit(limit)
        )
        async with self._connections.read() as connection:
            rows = await connection.execute(statement)
            return [
                CitingQuestion(ConversationId(row.conversation), AnswerId(row.answer), str(row.question), row.asked_at)
                for row in rows
            ]


async def note_citations(connection: AsyncConnection, outcome: Answer | Abstention, *, asked_at: datetime) -> None:
    """Note what an answer cites, in the transaction that records the answer."""
    rows = list(_rows(outcome, asked_at))
    if rows:
        await connection.execute(insert_missing(connection, cited), rows)


def _rows(outcome: Answer | Abstention, asked_at: datetime) -> Iterator[dict[str, Any]]:
    if isinstance(outcome, Answer):
        for document in sorted({citation.document.id for citation in outcome.citations}):
            if is_uuid(document):
                yield {"document": document, "answer": outcome.id, "asked_at": asked_at}
