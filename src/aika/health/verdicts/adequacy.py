"""Which passages answer a question, where no person said what the answer is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from aika.answering.evidence import EvidenceReader, Reading, ReadUnit
from aika.answering.questions import QuestionKind
from aika.domain.access import Scope
from aika.domain.queries import Hit, Query
from aika.health.verdicts.passages import Passage, Sentence
from aika.protocols import Analyzer, EvidenceJudge

_JUDGED = 6
"""Passages that are judged one by one: each takes as long as an answer's evidence."""
_REPEATS = 0.2
"""A sentence with less of its own than this repeats the question."""
_ALL = 0.7
_ASKING = re.compile(r"\b(?:how (?:many|much|long|often|old|far|large|big)|(?:which|what|whose) \w+)\b", re.IGNORECASE)
_CUED = frozenset({QuestionKind.WHO, QuestionKind.WHEN, QuestionKind.QUANTITY})
_LACKING = 0.5
"""What a sentence counts that lacks the name, time or number that is asked for."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A passage with how well it answers."""

    passage: Passage
    words: float
    """0..1: how much of the question its best sentence has, with what such a question asks for."""
    sufficiency: float
    """0..1: the judge's probability that it holds an answer."""
    sentence: Sentence | None
    """Its best sentence."""

    @property
    def adequacy(self) -> float:
        return (self.words + self.sufficiency) / 2


class Adequacy:
    """Judges passages one by one for whether they answer: by words all of them, then the best few as evidence is judged."""

    def __init__(self, judge: EvidenceJudge, analyzer: Analyzer) -> None:
        self._judge = judge
        # Without vectors: only the best few are worth them, and the judge has its own.
        self._reader = EvidenceReader(analyzer, None)

    async def judged(
        self, question: str, passages: Sequence[Passage], *, always: Sequence[Passage] = (), scope: Scope
    ) -> list[Judged]:
        """Return the passages that come nearest to answering, best first, and those to judge ``always`` among them."""
        kept = list({passage.chunk.id: passage for passage in (*always, *passages)}.values())
        reading = await self._reader.read(question, [Hit(passage.chunk, 0.0) for passage in kept])
        best = [_best(reading, place) for place in range(len(kept))]
        order = sorted(range(len(kept)), key=lambda place: (-round(best[place][0], 4), place))
        forced = [place for place in range(len(always)) if place < len(kept)]
        found: list[Judged] = []
        for place in dict.fromkeys([*order[:_JUDGED], *forced]):
            words, unit = best[place]
            passage = kept[place]
            said = await self._judge.sufficiency(Query(question, scope), [Hit(passage.chunk, 1.0)])
            found.append(Judged(passage, words, said.value, _sentence(passage, unit)))
        return sorted(found, key=lambda each: (-round(each.adequacy, 4), each.passage.rank or 10_000))


def _best(reading: Reading, place: int) -> tuple[float, ReadUnit | None]:
    measured = [(_measure(reading, unit), -unit.at, unit) for unit in reading.of_hit(place) if unit.quotable]
    if not measured:
        return 0.0, None
    value, _, unit = max(measured, key=lambda each: each[:2])
    return value, unit


def _measure(reading: Reading, unit: ReadUnit) -> float:
    if unit.own_coverage >= _ALL and (unit.novelty < _REPEATS or _asks(reading.question.text, unit.text)):
        return 0.0
    lacking = reading.question.kind in _CUED and not unit.fits
    return unit.coverage * (_LACKING if lacking else 1.0)


def _asks(question: str, text: str) -> bool:
    """Whether the text itself asks for what the question asks for."""
    asked = {found.lower() for found in _ASKING.findall(question)}
    return "?" in text or any(words in text.lower() for words in asked)


def _sentence(passage: Passage, unit: ReadUnit | None) -> Sentence | None:
    if unit is None:
        return None
    start = passage.chunk.start
    return Sentence(passage, start + unit.unit.start, start + unit.unit.end)
