"""Answers that people rated, with the signals that their confidence was made of."""

from collections.abc import Collection

from pydantic import TypeAdapter
from sqlalchemy import select

from aika.domain.answers import Confidence, Feedback, Origin, RatedSignals, Rating
from aika.domain.identifiers import PrincipalId
from aika.stores.database.connections import Connections
from aika.stores.database.schema import feedback, turns

_CONFIDENCE = TypeAdapter(Confidence)
_FEEDBACK = TypeAdapter(Feedback)


class SqlRatedSignals:
    """Reads them from what was kept of conversations. Who rated, and what was asked, never leaves this class."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def newest(
        self, *, limit: int, leaving_out: Collection[PrincipalId] = (), tags: Collection[str] = ()
    ) -> tuple[list[RatedSignals], int]:
        """Return the newest ratings of answers, newest first, and how many were left out.

        A person counts once for an answer. Left out is what these people said, and what carries one of these tags. Of what is no
        answer, or of one that no document is behind, nothing can be learned: neither is among them.
        """
        statement = (
            select(feedback.c.owner, feedback.c.feedback, turns.c.outcome)
            .join(turns, turns.c.answer == feedback.c.answer)
            .where(turns.c.answered)
            .order_by(turns.c.id.desc(), feedback.c.owner)
            .limit(limit)
        )
        people: dict[str, int] = {}
        questions: dict[str, int] = {}
        found: list[RatedSignals] = []
        left_out = 0
        async with self._connections.read() as connection:
            for row in await connection.execute(statement):
                said = _FEEDBACK.validate_python(row.feedback)
                if row.owner in leaving_out or set(said.tags) & set(tags):
                    left_out += 1
                    continue
                confidence = _CONFIDENCE.validate_python(row.outcome["confidence"])
                origin = Origin(row.outcome["origin"])
                if origin is Origin.GENERAL or not confidence.signals:
                    continue
                found.append(
                    RatedSignals(
                        origin=origin,
                        confidence=confidence.value,
                        signals={signal.name: signal.value for signal in confidence.signals},
                        helpful=said.rating is Rating.HELPFUL,
                        person=people.setdefault(row.owner, len(people)),
                        question=questions.setdefault(_asked(row.outcome["question"]), len(questions)),
                    )
                )
        return found, left_out


def _asked(question: str) -> str:
    return " ".join(question.casefold().split())
