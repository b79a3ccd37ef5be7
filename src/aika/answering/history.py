"""What people said of earlier answers from the same sources, and of answers to the same kind of question."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from aika.answering.questions import QuestionKind, question_kind
from aika.answering.signals import Measured
from aika.domain.answers import Draft, Experience
from aika.domain.queries import Query

AS_USUAL = 0.5
"""The value of a source, or a kind of question, whose answers help as often as all others."""

_NEWEST = 2_000
# So many answers that helped as often as usual are imagined beside what was rated: three bad ones in a row happen to any source.
_IMAGINED = 10
# Fewer ratings than this would tell what single people said.
_FEWEST = 5
_KINDS = {
    QuestionKind.WHO: "about who",
    QuestionKind.WHEN: "about when",
    QuestionKind.QUANTITY: "about how much",
    QuestionKind.HOW_TO: "about how to do something",
    QuestionKind.DEFINITION: "about what something is",
    QuestionKind.WHERE: "about where",
    QuestionKind.WHY: "about why",
    QuestionKind.TROUBLE: "about trouble",
    QuestionKind.OTHER: "of other kinds",
}


class History(Protocol):
    """Remembers what people said of answers."""

    async def rated(self, limit: int) -> Sequence[Experience]:
        """Return the newest; the same object again while nothing is known to have changed."""
        ...


class HistorySignals:
    """Compares a source, and a kind of question, with all others."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._counted: tuple[Sequence[Experience], _Votes] | None = None

    async def of(self, query: Query, draft: Draft) -> dict[str, Measured]:
        """Return the signals for which enough was rated."""
        rated = await self._history.rated(_NEWEST)
        if self._counted is None or self._counted[0] is not rated:
            self._counted = rated, _Votes(rated)
        votes = self._counted[1]
        kind = question_kind(query.text)
        measured = {"history_kind": votes.compared(str(kind), f"Answers to questions {_KINDS[kind]}")}
        sources = sorted({citation.document.source for citation in draft.citations})
        by_source = [one for source in sources if (one := votes.compared(f"/{source}", f"Answers from “{source}”"))]
        measured["history_source"] = min(by_source, key=lambda one: one.value, default=None)
        return {name: one for name, one in measured.items() if one is not None}


class _Votes:
    """How many answers helped and did not, in all, by kind of question and by source."""

    def __init__(self, rated: Sequence[Experience]) -> None:
        self._helpful: Counter[str] = Counter()
        self._all: Counter[str] = Counter()
        for one in rated:
            keys = ("", str(question_kind(one.question)), *(f"/{source}" for source in one.sources))
            for key in keys:
                self._helpful[key] += one.helpful
                self._all[key] += one.helpful + one.unhelpful

    def compared(self, key: str, what: str) -> Measured | None:
        count, helped = self._all[key], self._helpful[key]
        if count < _FEWEST:
            return None
        usual = self._helpful[""] / self._all[""]
        share = (helped + _IMAGINED * usual) / (count + _IMAGINED)
        value = min(1.0, max(0.0, AS_USUAL + share - usual))
        return Measured(
            value, f"{what} were rated helpful {helped} of {count} times; all answers, {usual:.0%} of the time."
        )
