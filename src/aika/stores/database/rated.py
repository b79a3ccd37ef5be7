"""Answers that the people who asked found helpful, with what they asked."""

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import select

from aika.domain.answers import Answer, Feedback, Rating
from aika.stores.database.connections import Connections
from aika.stores.database.schema import conversations, feedback, turns

_ANSWER = TypeAdapter(Answer)
_FEEDBACK = TypeAdapter(Feedback)


class SqlRatedAnswers:
    """Reads them from what was kept of conversations. Who asked never leaves this class."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def helpful(self, *, limit: int, withheld: Sequence[str]) -> list[Answer]:
        """Return the newest answers that whoever asked rated helpful, newest first.

        A conversation is its owner's: what others say of its answers does not count, and one tag of ``withheld`` in the owner's
        rating keeps the answer out.
        """
        statement = (
            select(feedback.c.feedback, turns.c.outcome)
            .join(turns, turns.c.answer == feedback.c.answer)
            .join(conversations, conversations.c.id == turns.c.conversation)
            .where(turns.c.answered, feedback.c.owner == conversations.c.owner)
            .order_by(turns.c.id.desc())
        )
        found: list[Answer] = []
        async with self._connections.read() as connection:
            for row in await connection.execute(statement):
                said = _FEEDBACK.validate_python(row.feedback)
                if said.rating is Rating.HELPFUL and not set(said.tags) & set(withheld):
                    found.append(_ANSWER.validate_python(row.outcome))
                if len(found) == limit:
                    break
        return found
