"""The questions whose answers people accepted, and which sources those answers came from."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from aika.domain.answers import Rating
from aika.domain.conversations import AcceptedQuestion
from aika.domain.identifiers import SourceId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import feedback, turns

_ANSWERS_AT_ONCE = 200


class SqlAcceptedQuestions:
    """Reads them from what was kept of conversations. Who asked and who rated never leaves this class.

    An answer holds its evidence and never changes, so that each is read once.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._questions: dict[str, AcceptedQuestion] = {}

    async def newest(self, limit: int) -> list[AcceptedQuestion]:
        """Return the newest that more people found helpful than not, newest first."""
        statement = (
            select(feedback.c.answer, feedback.c.feedback)
            .join(turns, turns.c.answer == feedback.c.answer)
            .where(turns.c.answered)
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        votes: Counter[str] = Counter()
        async with self._connections.read() as connection:
            for row in await connection.execute(statement):
                votes[row.answer] += 1 if row.feedback["rating"] == Rating.HELPFUL else -1
        accepted = [answer for answer, vote in votes.items() if vote > 0]
        await self._look_up(accepted)
        questions = [self._questions[answer] for answer in accepted if answer in self._questions]
        return [question for question in questions if question.sources]

    async def _look_up(self, answers: Collection[str]) -> None:
        self._questions = {answer: self._questions[answer] for answer in answers if answer in self._questions}
        missing = [answer for answer in answers if answer not in self._questions]
        for start in range(0, len(missing), _ANSWERS_AT_ONCE):
            some = missing[start : start + _ANSWERS_AT_ONCE]
            statement = select(turns.c.answer, turns.c.outcome).where(turns.c.answer.in_(some))
            async with self._connections.read() as connection:
                for row in await connection.execute(statement):
                    self._questions[row.answer] = _question(row.outcome)


def _question(outcome: Any) -> AcceptedQuestion:
    cited = (citation["document"]["source"] for citation in outcome["citations"])
    return AcceptedQuestion(outcome["question"], tuple(SourceId(source) for source in dict.fromkeys(cited)))
