"""The questions whose answers people accepted, and which sources those answers came from."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from aika.domain.answers import Rating
from aika.domain.conversations import AcceptedQuestion
from aika.domain.identifiers import SourceId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import feedback, turns


class SqlAcceptedQuestions:
    """Reads them from what was kept of conversations. Who asked and who rated never leaves this class."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def newest(self, limit: int) -> list[AcceptedQuestion]:
        """Return the newest that more people found helpful than not, newest first."""
        statement = (
            select(feedback.c.answer, feedback.c.feedback, turns.c.outcome)
            .join(turns, turns.c.answer == feedback.c.answer)
            .where(turns.c.answered)
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        async with self._connections.read() as connection:
            return _accepted((await connection.execute(statement)).all())


def _accepted(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[AcceptedQuestion]:
    votes: Counter[str] = Counter()
    outcomes: dict[str, Any] = {}
    for row in rows:
        votes[row.answer] += 1 if row.feedback["rating"] == Rating.HELPFUL else -1
        outcomes[row.answer] = row.outcome
    questions = [_question(outcome) for answer, outcome in outcomes.items() if votes[answer] > 0]
    return [question for question in questions if question.sources]


def _question(outcome: Any) -> AcceptedQuestion:
    cited = (citation["document"]["source"] for citation in outcome["citations"])
    return AcceptedQuestion(outcome["question"], tuple(SourceId(source) for source in dict.fromkeys(cited)))
