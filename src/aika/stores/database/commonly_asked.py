"""What several people asked in the same words, and got an answer to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, distinct, func, select

from aika.domain.answers import Answer, Band, Rating
from aika.domain.identifiers import AnswerId, DocumentId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import conversations, feedback, turns

FEWEST_PEOPLE = 3
"""What fewer people asked may tell who they are."""
_MOST = 100
_ANSWER = TypeAdapter(Answer)

_AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class CommonQuestion:
    """A question that several people put in the same words."""

    text: str
    documents: frozenset[DocumentId]
    """All that the newest answer to it was made from."""
    cited: frozenset[DocumentId]
    people: int


class SqlCommonlyAsked:
    """Reads them from what was kept of conversations. Who asked never leaves this class."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def since(self, moment: datetime) -> list[CommonQuestion]:
        """Return those that got a good answer the last time, what most people asked first."""
        asked = func.rtrim(turns.c.asked_words, "?!. ").label("asked")
        statement = (
            select(func.count(distinct(conversations.c.owner)).label("people"), func.max(turns.c.id).label("newest"))
            .join(conversations, conversations.c.id == turns.c.conversation)
            .where(turns.c.asked_at >= moment, turns.c.replaced_by.is_(None), turns.c.scope.is_not(None))
            .group_by(asked)
            .having(func.count(distinct(conversations.c.owner)) >= FEWEST_PEOPLE)
            .order_by(func.count(distinct(conversations.c.owner)).desc(), func.max(turns.c.id))
            .limit(_MOST)
        )
        async with self._connections.read() as connection:
            people = {row.newest: row.people for row in await connection.execute(statement)}
            rows = list(await connection.execute(select(turns).where(turns.c.id.in_(people), turns.c.answered)))
            said = await connection.execute(
                select(feedback.c.answer, feedback.c.feedback).where(
                    feedback.c.answer.in_([row.answer for row in rows])
                )
            )
            disliked = {AnswerId(row.answer) for row in said if row.feedback["rating"] == Rating.NOT_HELPFUL}
        found = [_common(row, people[row.id]) for row in rows if row.answer not in disliked]
        return sorted((one for one in found if one is not None), key=lambda one: (-one.people, one.text))


def _common(row: _AnyRow, people: int) -> CommonQuestion | None:
    answer = _ANSWER.validate_python(row.outcome)
    if answer.confidence.band is Band.LOW or not answer.citations or answer.question != row.question:
        return None  # a follow-up says nothing by itself
    cited = frozenset(citation.document.id for citation in answer.citations)
    read = frozenset(hit.chunk.document.id for hit in answer.evidence)
    return CommonQuestion(row.question, cited | read, cited, people)
