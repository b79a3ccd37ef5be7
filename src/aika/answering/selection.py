"""Which units of the evidence an extractive answer quotes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from aika.answering.disagreement import disagree
from aika.answering.evidence import Reading, ReadUnit
from aika.answering.questions import QuestionKind
from aika.answering.sentences import UnitKind, commands
from aika.domain.documents import Kind
from aika.protocols import Analyzer

# What each measure adds to a unit's score, chosen by reading answers on a corpus of our own. Coverage and similarity carry it.
_COVERAGE, _SIMILARITY, _PASSAGE, _RANK, _EXACT = 1.0, 1.1, 0.5, 0.35, 0.35
# What the reader takes for the answer, by how sure it is: chosen on articles that it was not trained on.
_FOUND = 0.3
# Half of all sentences in a manual look like a step; few have a name or a time.
_FITS, _FITS_STEP = 0.22, 0.15
_STEP = 0.15
# Words of the question that stand far apart count this much less.
_SCATTERED = 0.2
# A unit joins the answer when it scores at least this share of the best one's score.
_ADMITTED = 0.78
_ADMITTED_OTHERS = 0.82
# One of another document needs this share of the lead's coverage and similarity, and an answer of the kind that was asked for.
_SUPPORTING = 0.75
# A question for a number is not answered without one, however close the words; one for steps seldom without a step.
_LACKING = {
    QuestionKind.QUANTITY: 0.7,
    QuestionKind.WHEN: 0.7,
    QuestionKind.WHO: 0.88,
    QuestionKind.HOW_TO: 0.85,
    QuestionKind.TROUBLE: 0.85,
    QuestionKind.WHERE: 0.85,
    QuestionKind.WHY: 0.85,
}
# A unit whose terms are nearly all the question's own repeats it.
_LITTLE_NEW, _REPEATS = 0.34, 0.5
# Of a longer line that has all of the question, more may be new.
_ALL, _LITTLE_NEW_BESIDE_ALL = 0.9, 0.5
_REDUNDANT = 0.6
_OVERLAP_COST = 0.8
_ADJACENT, _CONTINUED = 0.08, 0.2
_RUNBOOK = 0.12
_SHORT_TERMS = 3
# What a thing is, people wrote in prose; records list its fields.
_RECORDS = (Kind.CATALOG, Kind.DATA, Kind.SHEET)
_CODE_LIKE = (Kind.CODE, Kind.DATA, Kind.CATALOG)
_LONG_WORDS = 70

_LEANING = re.compile(
    r"^(?:\W*)(?:it|this|that|these|those|they|he|she|then|there|also|however|otherwise|instead|but|and|so|both|such|"
    r"if not|in (?:that|this|these|those) cases?|after that|for (?:this|that))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A unit that is worth quoting."""

    unit: ReadUnit
    score: float


def leans(text: str) -> bool:
    """Return whether the sentence begins as one that needs the sentence before it."""
    return bool(_LEANING.match(text))


def choose(reading: Reading, analyzer: Analyzer, *, limit: int) -> list[Choice]:
    """Return the best units, the first one the lead: each relevant, none repeating another.

    Carbonell and Goldstein's maximal marginal relevance (SIGIR 1998), with overlap of terms as the redundancy.
    """
    scored = [Choice(unit, score(reading, unit)) for unit in reading.units if unit.quotable and unit.terms]
    scored = [choice for choice in scored if choice.unit.coverage > 0 or choice.unit.similarity > 0]
    if not scored:
        return []
    best = max(scored, key=_order)
    chosen = [best]
    rest = [choice for choice in scored if choice is not best]
    against = [
        choice for choice in rest if _contradicts(choice.unit, best.unit, analyzer) and choice.score > 0.5 * best.score
    ]
    if against:
        # Two documents that disagree are the answer; what else they say can wait.
        return [best, max(against, key=_order)]
    rest = [choice for choice in rest if _supports(reading, choice.unit, best.unit)]
    while rest and len(chosen) < limit:
        following = max((_discounted(choice, chosen) for choice in rest), key=_order)
        same = following.unit.document == best.unit.document
        if following.score < (_ADMITTED if same else _ADMITTED_OTHERS) * best.score:
            break
        chosen.append(following)
        rest = [choice for choice in rest if choice.unit is not following.unit]
    return chosen


def _contradicts(unit: ReadUnit, lead: ReadUnit, analyzer: Analyzer) -> bool:
    return unit.document != lead.document and disagree(lead.text, unit.text, analyzer) is not None


def score(reading: Reading, unit: ReadUnit) -> float:
    """Return how well the unit answers; comparable within one reading."""
    exact = reading.question.exact
    named = sum(word in unit.text.lower() for word in exact) / len(exact) if exact else 0.0
    total = (
        _COVERAGE * unit.coverage * (1 - _SCATTERED + _SCATTERED * unit.proximity)
        + _SIMILARITY * unit.similarity
        + _PASSAGE * reading.passage_similarity[unit.hit]
        + (_FITS_STEP if reading.question.kind is QuestionKind.HOW_TO else _FITS) * unit.fits
        + _STEP * (reading.question.kind is QuestionKind.HOW_TO and unit.unit.ordered)
        + _RANK / (1 + unit.hit / 2)
        + _EXACT * named
        + _RUNBOOK * (reading.question.kind is QuestionKind.TROUBLE and unit.kind is Kind.RUNBOOK)
        + _FOUND * _read_in(reading, unit)
    )
    return total * _form(reading.question.kind, unit) * _content(reading, unit) * reading.standings[unit.hit]


def _read_in(reading: Reading, unit: ReadUnit) -> float:
    """Return how sure the reader is that the words of this unit are the answer, 0..1; 0 where it points elsewhere."""
    found = reading.found
    if found is None or found.hit != unit.hit or found.start >= found.end:
        return 0.0
    return found.answered if unit.unit.start < found.end and found.start < unit.unit.end else 0.0


def _content(reading: Reading, unit: ReadUnit) -> float:
    """Return the factor for what the unit says, 0..1: nothing beyond the question, or not the number that was asked for."""
    trouble = reading.question.kind is QuestionKind.TROUBLE
    # A statement that repeats all but one word of the question may well be the answer. An error's own line, a code block, or a
    # message that has nothing else, is not.
    quotes = trouble or unit.unit.kind is UnitKind.CODE or not unit.novelty
    little_new = unit.novelty <= (_LITTLE_NEW_BESIDE_ALL if unit.own_coverage >= _ALL else _LITTLE_NEW)
    repeats = quotes and little_new and unit.own_coverage > _LITTLE_NEW and not (unit.fits and not trouble)
    factor = _REPEATS if repeats else 1.0
    # The row of a table of errors has its remedy in another cell, in whatever words.
    enough = unit.fits or (trouble and unit.unit.kind is UnitKind.ROW)
    return factor if enough else factor * _LACKING.get(reading.question.kind, 1.0)


def _supports(reading: Reading, unit: ReadUnit, lead: ReadUnit) -> bool:
    """Whether the unit is about the same matter as the lead: near the question itself, or in the lead's own section."""
    if unit.document == lead.document:
        return True
    if reading.standings[unit.hit] < reading.standings[lead.hit] or lead.fits > unit.fits:
        return False
    return unit.coverage >= _SUPPORTING * lead.coverage and unit.similarity >= _SUPPORTING * lead.similarity


def _form(kind: QuestionKind, unit: ReadUnit) -> float:
    """Return the factor for the unit's form, 0..1.1: fragments, monsters and questions make poor answers."""
    text = unit.text
    if text.rstrip("*_ ").endswith("?"):
        return 0.6
    if unit.unit.kind is UnitKind.CODE:
        wanted = unit.kind in _CODE_LIKE or (kind in (QuestionKind.HOW_TO, QuestionKind.TROUBLE) and commands(text))
        return 1.0 if wanted else 0.6
    if len(text.split()) > _LONG_WORDS or (kind is QuestionKind.DEFINITION and unit.kind in _RECORDS):
        return 0.85
    if leans(text):
        return 0.9
    if len(unit.terms) < _SHORT_TERMS and unit.unit.kind is UnitKind.SENTENCE:
        return 0.75
    return 1.0


def _order(choice: Choice) -> tuple[float, int, int]:
    # Ties fall to what stands first in the evidence.
    return choice.score, -choice.unit.hit, -choice.unit.at


def _discounted(choice: Choice, chosen: Sequence[Choice]) -> Choice:
    unit = choice.unit
    overlap = max(_overlap(unit, other.unit) for other in chosen)
    cost = _OVERLAP_COST if overlap >= _REDUNDANT else overlap * 0.3
    return replace(choice, score=choice.score - cost + max(_nearness(unit, other.unit) for other in chosen))


def _nearness(unit: ReadUnit, other: ReadUnit) -> float:
    """Return the bonus for standing beside a chosen unit: most for the sentence that goes on with its paragraph."""
    if unit.hit != other.hit or abs(unit.at - other.at) != 1:
        return 0.0
    goes_on = unit.at > other.at and unit.unit.block == other.unit.block and unit.unit.kind is UnitKind.SENTENCE
    return _CONTINUED if goes_on else _ADJACENT


def _overlap(one: ReadUnit, other: ReadUnit) -> float:
    """Return the share of the smaller unit's terms that the other holds, 0..1. Rows of one table never repeat each other."""
    if one.hit == other.hit and one.unit.block == other.unit.block and one.unit.kind is not UnitKind.SENTENCE:
        return 0.0
    smaller = min(len(one.terms), len(other.terms))
    return len(one.terms & other.terms) / smaller if smaller else 1.0
