"""What the evidence says for and against an answer, before anything is written: numbers from 0 to 1, each with words."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from aika.answering.evidence import FoundAnswer, Reading, ReadUnit
from aika.answering.questions import QuestionKind
from aika.protocols import Analyzer

_CLEAR_TERMS = 3
# A code that no passage has is another code. An abbreviation that none has may be written out in them.
_IDENTIFIER = re.compile(r"^(?=.*\d).{4,}$|[_@/#]|\w\.\w")
_WORD = re.compile(r"[#@]?\w+(?:[-_./:@'’+]\w+)*\+*")
_DENYING = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|without|neither|nor|cannot|except)\b|n['’]t\b", re.IGNORECASE
)
# What is nearly as near as the nearest sentence may be what answers.
_NEAR = 0.85
_NAMED_AT_MOST = 3
_LIKELY = 0.6
_SHOWN = 80
_WANTED: Mapping[QuestionKind, str] = {
    QuestionKind.WHO: "a person, a team or a channel",
    QuestionKind.WHEN: "a time",
    QuestionKind.QUANTITY: "a number",
    QuestionKind.HOW_TO: "a step",
    QuestionKind.DEFINITION: "a definition",
    QuestionKind.WHERE: "a place",
    QuestionKind.WHY: "a reason",
    QuestionKind.TROUBLE: "a cause or a remedy",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A signal's value with what it says, in words a person understands."""

    value: float
    words: str


def evidence_signals(reading: Reading, analyzer: Analyzer) -> dict[str, Measured]:
    """Return what the evidence alone says."""
    asked = _Asked(reading, analyzer)
    quotable = [unit for unit in reading.units if unit.quotable]
    near = nearest(quotable)
    found = {} if reading.found is None else {"answer_found": _answer_found(reading.found)}
    return {
        **found,
        "passage_coverage": _passage_coverage(reading, asked),
        "sentence_coverage": _sentence_coverage(quotable, asked),
        "sentence_similarity": alike(
            max((unit.similarity for unit in quotable), default=0.0), "The question and the nearest sentence"
        ),
        "passage_similarity": alike(
            max(reading.passage_similarity, default=0.0), "The question and the beginning of the nearest passage"
        ),
        "uniqueness": _uniqueness(near, quotable),
        "agreement": _agreement(reading),
        "exact_missing": _exact_missing(reading),
        "names_missing": _names_missing(reading, asked),
        "denied": _denied(reading, near),
        "fitting": _fitting(reading, near),
        "clarity": _clarity(reading),
    }


def nearest(units: Sequence[ReadUnit]) -> list[ReadUnit]:
    """Return the units that are nearest to the question by words and vectors, the nearest first."""
    ordered = sorted(units, key=lambda unit: -unit.nearness)
    return [unit for unit in ordered if unit.nearness >= _NEAR * ordered[0].nearness]


def alike(cosine: float, what: str) -> Measured:
    return Measured(cosine, f"{what} are {percent(cosine)} alike in meaning.")


def percent(share: float) -> str:
    return f"{round(100 * share)} %"


def quoted(words: Collection[str]) -> str:
    """Return some words as a list for a sentence, the rest counted."""
    some = [f"“{word}”" for word in list(words)[:_NAMED_AT_MOST]]
    more = len(words) - len(some)
    if more:
        return f"{', '.join(some)} and {more} more"
    return " and ".join([", ".join(some[:-1]), some[-1]] if len(some) > 1 else some)


class _Asked:
    """The question's words, as they stand in it, by the terms that they are searched as."""

    def __init__(self, reading: Reading, analyzer: Analyzer) -> None:
        self._words: dict[str, str] = {}
        terms = set(reading.question.terms)
        for word in _WORD.findall(reading.question.text):
            for term in analyzer.terms(word):
                if term in terms:
                    self._words.setdefault(term, word)

    def counted(self, held: Collection[str]) -> str:
        """Return how many of the question's words are among these terms."""
        found = {word for term, word in self._words.items() if term in held}
        count = len(set(self._words.values()))
        return f"{len(found)} of the question's {count} words" if count > 1 else f"{len(found)} of the question's words"

    def words(self, terms: Collection[str]) -> list[str]:
        return list(dict.fromkeys(self._words.get(term, term) for term in terms))


def _passage_coverage(reading: Reading, asked: _Asked) -> Measured:
    if not reading.passage_coverage:
        return Measured(0.0, "There is no passage.")
    best = _first(reading.passage_coverage)
    return Measured(reading.passage_coverage[best], f"The best passage has {asked.counted(_held(reading, best))}.")


def _sentence_coverage(units: Sequence[ReadUnit], asked: _Asked) -> Measured:
    if not units:
        return Measured(0.0, "No passage has a sentence to quote.")
    best = max(units, key=lambda unit: unit.coverage)
    held = asked.counted(best.terms | best.context)
    return Measured(best.coverage, f"The best sentence, with the headings above it, has {held}.")


def _uniqueness(near: Sequence[ReadUnit], units: Sequence[ReadUnit]) -> Measured:
    """How far the best sentence is ahead of every other document's: half of the lead by words and by vectors."""
    if not near:
        return Measured(0.0, "No passage has a sentence to quote.")
    best = near[0]
    others = [unit for unit in units if unit.document != best.document]
    if not others:
        return Measured(0.5, "There is no other document to compare the best sentence with.")
    lead = (best.nearness - max(unit.nearness for unit in others)) / 2
    words = (
        f"The best sentence is {percent(lead)} nearer to the question than that of any other document."
        if lead >= 0.01
        else "Another document has a sentence that is as near to the question as the best one."
    )
    return Measured(lead, words)


def _agreement(reading: Reading) -> Measured:
    """1 where the passage with most of the question's words is the nearest one by vectors, 0.5 where it is the second."""
    best = [
        max((unit.similarity for unit in reading.of_hit(hit)), default=0.0)
        for hit in range(len(reading.passage_coverage))
    ]
    if not any(best):
        return Measured(0.0, "Words and meaning cannot be compared.")
    by_words = _first(reading.passage_coverage)
    order = sorted(range(len(best)), key=lambda hit: (-best[hit], hit))
    place = order.index(by_words)
    value = {0: 1.0, 1: 0.5}.get(place, 0.0)
    if value == 1.0:
        return Measured(value, "The passage with most of the question's words is also the nearest in meaning.")
    return Measured(value, f"The passage with most of the question's words is number {place + 1} in meaning.")


def _first(values: Sequence[float]) -> int:
    return max(range(len(values)), key=lambda place: (values[place], -place))


def _exact_missing(reading: Reading) -> Measured:
    exact = sorted(word for word in reading.question.exact if _IDENTIFIER.search(word))
    if not exact:
        return Measured(0.0, "The question names no code, number or address.")
    missing = [word for word in exact if not any(word in text for text in reading.passage_texts)]
    if not missing:
        return Measured(0.0, f"A passage has {quoted(exact)}.")
    return Measured(len(missing) / len(exact), f"No passage has {quoted(missing)}.")


def _names_missing(reading: Reading, asked: _Asked) -> Measured:
    """The share of names and identifiers that the best passage, by words, does not have."""
    named = [term for term, weight in reading.question.weights.items() if weight > 1]
    if not named or not reading.passage_coverage:
        return Measured(0.0, "The question names nothing in particular.")
    held = _held(reading, _first(reading.passage_coverage))
    missing = [term for term in named if term not in held]
    if not missing:
        return Measured(0.0, f"The best passage mentions {quoted(asked.words(named))}.")
    return Measured(len(missing) / len(named), f"The best passage does not mention {quoted(asked.words(missing))}.")


def _held(reading: Reading, hit: int) -> set[str]:
    held: set[str] = set()
    for unit in reading.of_hit(hit):
        held |= unit.terms | unit.context
    return held


def _answer_found(found: FoundAnswer) -> Measured:
    words = " ".join(found.text.split())
    if found.answered >= _LIKELY and words:
        return Measured(found.answered, f"Reading question and passages together finds an answer: “{_short(words)}”.")
    if found.answered <= 1 - _LIKELY or not words:
        return Measured(found.answered, "Reading question and passages together finds no answer.")
    return Measured(
        found.answered, f"Reading question and passages together finds what may be an answer: “{_short(words)}”."
    )


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rsplit(' ', 1)[0]} …"


def _denied(reading: Reading, near: Sequence[ReadUnit]) -> Measured:
    """Whether the question asks for what is not so, and nothing near says what is not so."""
    if not _DENYING.search(reading.question.text):
        return Measured(0.0, "The question does not ask for what is not so.")
    if any(_DENYING.search(unit.text) for unit in near):
        return Measured(0.0, "The question asks for what is not so, and a near sentence says what is not so.")
    return Measured(1.0, "The question asks for what is not so, and no near sentence says what is not so.")


def _fitting(reading: Reading, near: Sequence[ReadUnit]) -> Measured:
    wanted = _WANTED.get(reading.question.kind)
    if wanted is None:
        return Measured(0.5, "The question does not say what kind of answer it wants.")
    if any(unit.fits for unit in near):
        return Measured(1.0, f"The question asks for {wanted}, and a near sentence has one.")
    return Measured(0.0, f"The question asks for {wanted}, and no near sentence has one.")


def _clarity(reading: Reading) -> Measured:
    count = len(reading.question.terms)
    own = f"{count} word{'' if count == 1 else 's'}"
    if count >= _CLEAR_TERMS:
        return Measured(1.0, f"The question has {own} of its own, enough to know what it is about.")
    return Measured(count / _CLEAR_TERMS, f"The question has only {own} that say what it is about.")
