"""A close reading of the evidence: each unit of each passage, and how much of the question it holds.

The judge, the writer and the scorer look at the same evidence for the same question. They share one reader, which remembers
its last readings, so that nothing is embedded twice.
"""

import asyncio
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol

import numpy as np

from aika.answering.display import inline, plain
from aika.answering.punctuation import sentence_spans
from aika.answering.questions import Question, QuestionKind, defines, fits, gives_reasons, read_question, ungrouped
from aika.answering.sentences import (
    REPLY_MINUTES,
    Unit,
    UnitKind,
    commands,
    minutes_between,
    passage_units,
)
from aika.answering.status import standings
from aika.answering.vectors import SentenceVectors
from aika.domain.documents import Chunk, Kind
from aika.domain.identifiers import DocumentId
from aika.domain.queries import Hit
from aika.protocols import Analyzer, Embedder

# From its judgment to its score an answer is written: so many may be at it together.
_REMEMBERED = 96
# A sentence says half of what the headings above it, the row above it or the line that leads to it say.
_CONTEXT_CREDIT = 0.6
_PREVIOUS_CREDIT = 0.35
# Every unit embedded costs 3 to 6 ms on one core.
_EMBEDDED = 18
_EMBEDDED_FIRST_HITS = 2
_BEGINNING = 300
_CLOSE = 3
_PROCEDURES = (QuestionKind.HOW_TO, QuestionKind.TROUBLE)
# A unit with this share of the question's terms repeats it, and what follows is about it.
_REPEATED = 0.8


@dataclass(frozen=True, slots=True)
class ReadUnit:
    """One unit of the evidence, measured against the question."""

    hit: int
    """The passage, from 0."""
    at: int
    """Its place among the passage's units."""
    unit: Unit
    text: str
    """As shown inline."""
    terms: frozenset[str]
    document: DocumentId
    kind: Kind
    """Of its document."""
    context: frozenset[str]
    """Terms of the headings, the table's header and the line that leads to the unit."""
    coverage: float
    """0..1: the weighted share of the question's terms that the unit and its context hold."""
    own_coverage: float
    """0..1: the same, of the unit alone."""
    fits: bool
    """Whether it has what such a question asks for: a name, a time, a number, a step, a definition."""
    proximity: float
    """0..1: the share of the question's neighbouring terms that stand close together here too."""
    heading: str = ""
    """The nearest heading above it, the document's title where there is none."""
    section: int = 0
    """Units of a passage under one heading share this number."""
    novelty: float = 1.0
    """0..1: the share of its terms that the question does not have. What only repeats the question answers nothing."""
    unanswered: bool = False
    """Whether it is a message that asks and that nobody answers in this passage."""
    similarity: float = 0.0
    """0..1: the cosine of its vector and the question's; 0 where it was not embedded."""

    @property
    def nearness(self) -> float:
        """How near it is to the question by words and by vectors, 0..2."""
        return self.similarity + self.coverage

    @property
    def quotable(self) -> bool:
        return not self.unanswered and self.unit.kind not in (UnitKind.HEADING, UnitKind.HEAD, UnitKind.HIDDEN)


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """The words of the evidence that a reader takes for the answer."""

    answered: float
    """0..1: the probability that they answer the question."""
    hit: int
    """The passage, from 0."""
    start: int
    end: int
    """Offsets into the passage's text."""
    text: str


class Finding(Protocol):
    """Finds the answer itself among units that are measured."""

    async def find(self, question: str, units: Sequence[ReadUnit], hits: Sequence[Hit]) -> FoundAnswer | None: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The evidence, read for one question."""

    question: Question
    weights: Mapping[str, float]
    """By term of the question: rarer among the passages weighs more."""
    units: tuple[ReadUnit, ...]
    """In the order of the passages, and of reading within one."""
    passage_coverage: tuple[float, ...]
    """By passage: the weighted share of the question's terms that it holds, its title and headings included."""
    passage_similarity: tuple[float, ...]
    """By passage: 0..1, the cosine of the question's vector and that of its headings with its beginning."""
    passage_texts: tuple[str, ...]
    """By passage: title, headings and text in lower case, to look up exact words."""
    standings: tuple[float, ...] = ()
    """By passage: 0..1, less for what another passage's document replaced, or what was not reviewed for long."""
    found: FoundAnswer | None = None
    """``None`` where nobody reads for the answer itself, or nothing is there to read."""

    def share(self, terms: frozenset[str] | set[str]) -> float:
        """Return the weighted share of the question's terms among these, 0..1. A question without terms has none."""
        total = sum(self.weights.values())
        return sum(weight for term, weight in self.weights.items() if term in terms) / total if total else 0.0

    def of_hit(self, hit: int) -> list[ReadUnit]:
        return [unit for unit in self.units if unit.hit == hit]


class EvidenceReader:
    """Reads evidence for a question."""

    def __init__(self, analyzer: Analyzer, embedder: Embedder | None, finding: Finding | None = None) -> None:
        self._analyzer = analyzer
        self._embedder = embedder
        self._finding = finding
        self._vectors = None if embedder is None else SentenceVectors(embedder)
        self._recent: OrderedDict[tuple[object, ...], Reading] = OrderedDict()

    @property
    def analyzer(self) -> Analyzer:
        return self._analyzer

    @property
    def embedder(self) -> Embedder | None:
        return self._embedder

    async def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """Return the reading; the same object again while it is remembered."""
        key = (question, *((hit.chunk.id, hash(hit.chunk.passage)) for hit in hits))
        if key in self._recent:
            self._recent.move_to_end(key)
            return self._recent[key]
        reading = await asyncio.to_thread(self._read, question, hits)
        reading = await self._with_similarities(reading, hits)
        if self._finding is not None:
            reading = replace(reading, found=await self._finding.find(question, reading.units, hits))
        self._recent[key] = reading
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)
        return reading

    def _read(self, text: str, hits: Sequence[Hit]) -> Reading:
        question = read_question(text, self._analyzer)
        passages = [frozenset(self._terms(_full(hit.chunk))) for hit in hits]
        weights = _weights(question, passages)
        nothing = tuple(0.0 for _ in hits)
        draft = Reading(
            question, weights, (), nothing, nothing, tuple(ungrouped(_full(hit.chunk)).lower() for hit in hits)
        )
        found = [unit for number, hit in enumerate(hits) for unit in self._units(draft, number, hit.chunk)]
        return replace(
            draft,
            units=tuple(found),
            passage_coverage=tuple(draft.share(terms) for terms in passages),
            standings=standings([hit.chunk.document for hit in hits]),
        )

    def _units(self, reading: Reading, number: int, chunk: Chunk) -> list[ReadUnit]:
        segments = passage_units(chunk)
        procedures = self._of_procedures(chunk, segments) if reading.question.kind in _PROCEDURES else {}
        context = _Context(chunk, self._terms, set(reading.question.terms), procedures)
        found: list[ReadUnit] = []
        for at, unit in enumerate(segments):
            raw = chunk.text[unit.start : unit.end]
            sequence = [] if unit.kind is UnitKind.HIDDEN else self._sequence(raw)
            terms = frozenset(term for term in sequence if term)
            around, before = context.of(unit)
            context.pass_by(unit, raw, terms)
            shown = raw if unit.kind is UnitKind.CODE else inline(raw)
            found.append(
                ReadUnit(
                    hit=number,
                    at=at,
                    unit=unit,
                    text=shown,
                    terms=terms,
                    document=chunk.document.id,
                    kind=chunk.document.kind,
                    context=frozenset(around),
                    coverage=_coverage(reading, terms, around, before),
                    own_coverage=reading.share(terms),
                    fits=self._fits(reading.question, shown, context.heading)
                    or (chunk.document.kind is not Kind.CODE and self._is_step(reading.question, segments, at, shown)),
                    proximity=_proximity(reading.question.terms, sequence),
                    heading=context.heading,
                    section=context.section,
                    novelty=len(terms - set(reading.question.terms)) / len(terms) if terms else 1.0,
                    unanswered=_is_unanswered(chunk, segments, at),
                )
            )
        return found

    def _of_procedures(self, chunk: Chunk, segments: Sequence[Unit]) -> dict[int, set[str]]:
        """Return by block the terms of numbered lists: a step is about what all steps are about."""
        numbered = {unit.block for unit in segments if unit.kind is UnitKind.ITEM and unit.ordered}
        found: dict[int, set[str]] = {}
        for unit in segments:
            if unit.block in numbered:
                found.setdefault(unit.block, set()).update(self._terms(chunk.text[unit.start : unit.end]))
        return found

    def _sequence(self, text: str) -> list[str]:
        """Return the terms with gaps between sentences, so that no two terms are close across one."""
        found: list[str] = []
        for start, end in sentence_spans(text):
            found += [*self._terms(text[start:end]), *[""] * _CLOSE]
        return found

    def _fits(self, question: Question, text: str, heading: str) -> bool:
        if question.kind is QuestionKind.WHY and gives_reasons(heading):
            return True
        if question.kind is QuestionKind.DEFINITION:
            return defines(text, set(question.terms), self._analyzer)
        return fits(question, text)

    def _is_step(self, question: Question, segments: Sequence[Unit], at: int, text: str) -> bool:
        """Whether it shows how: a command, or the line that leads to one or to a list."""
        following = segments[at + 1].kind if at + 1 < len(segments) else None
        leads = text.rstrip("*_ ").endswith(":") and following in (UnitKind.CODE, UnitKind.ITEM)
        typed = segments[at].kind is UnitKind.CODE and commands(text)
        return question.kind in _PROCEDURES and (leads or typed)

    def _terms(self, text: str) -> list[str]:
        return self._analyzer.terms(ungrouped(text))

    async def _with_similarities(self, reading: Reading, hits: Sequence[Hit]) -> Reading:
        chosen = _to_embed(reading)
        if self._vectors is None or not chosen:
            return reading
        texts = [_for_embedding(hits[reading.units[place].hit].chunk, reading.units[place]) for place in chosen]
        texts += [_beginning(hit.chunk) for hit in hits]
        vectors = await self._vectors.of([reading.question.text, *texts])
        cosines = [float(cosine) for cosine in np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)]
        measured = list(reading.units)
        for place, cosine in zip(chosen, cosines, strict=False):
            measured[place] = replace(measured[place], similarity=cosine)
        return replace(reading, units=tuple(measured), passage_similarity=tuple(cosines[len(chosen) :]))


class _Context:
    """What the units before one say about it."""

    def __init__(
        self, chunk: Chunk, terms_of: Callable[[str], list[str]], asked: set[str], procedures: Mapping[int, set[str]]
    ) -> None:
        self.heading = chunk.heading_path[-1] if chunk.heading_path else chunk.document.title
        self.section = 0
        self._asked = asked
        self._procedures = procedures
        self._headings = set(terms_of(" ".join((chunk.document.title, *chunk.heading_path))))
        self._lead: set[str] = set()
        self._head: set[str] = set()
        self._shown: set[str] = set()
        self._previous: tuple[int, frozenset[str]] = (-1, frozenset())

    def of(self, unit: Unit) -> tuple[set[str], frozenset[str]]:
        """Return the terms that hold for the unit, and those of the sentence before it in its paragraph."""
        around = self._headings | self._shown | self._procedures.get(unit.block, set())
        if unit.kind in (UnitKind.ITEM, UnitKind.CODE, UnitKind.ROW, UnitKind.HEAD):
            around |= self._lead
        if unit.kind is UnitKind.ROW:
            around |= self._head
        block, terms = self._previous
        return around, terms if block == unit.block and unit.kind is UnitKind.SENTENCE else frozenset()

    def pass_by(self, unit: Unit, raw: str, terms: frozenset[str]) -> None:
        self._previous = (unit.block, terms)
        if unit.kind is UnitKind.HEADING:
            self.heading, self.section = plain(raw).strip("=-~^ "), self.section + 1
            self._headings = self._headings | terms
            self._lead, self._shown = set(), set()
        elif unit.kind is UnitKind.HEAD:
            self._head = set(terms)
        elif unit.kind is UnitKind.SENTENCE:
            self._lead = set(terms) if raw.rstrip("*_ ").endswith(":") else set()
        # A section that shows a message or a question goes on to say what to do about it.
        if unit.kind is not UnitKind.HEADING and len(terms & self._asked) >= _REPEATED * len(self._asked):
            self._shown |= terms & self._asked


def _coverage(reading: Reading, terms: frozenset[str], around: set[str], before: frozenset[str]) -> float:
    total = sum(reading.weights.values())
    if not total:
        return 0.0
    covered = 0.0
    for term, weight in reading.weights.items():
        if term in terms:
            covered += weight
        elif term in around:
            covered += weight * _CONTEXT_CREDIT
        elif term in before:
            covered += weight * _PREVIOUS_CREDIT
    return covered / total


def _proximity(asked: Sequence[str], sequence: Sequence[str]) -> float:
    pairs = list(pairwise(asked))
    if not pairs:
        return 1.0
    places: dict[str, list[int]] = {}
    for place, term in enumerate(sequence):
        places.setdefault(term, []).append(place)
    close = sum(
        any(abs(one - other) <= _CLOSE for one in places.get(first, ()) for other in places.get(second, ()))
        for first, second in pairs
    )
    return close / len(pairs)


def _weights(question: Question, passages: Sequence[frozenset[str]]) -> dict[str, float]:
    """Weigh the question's terms: by their form, and by how few of the passages hold them.

    Robertson and Spärck Jones's idf over the passages alone, scaled to 0.5..1.5: a term that every passage holds still counts,
    because the ranking already put the passages that hold it first.
    """
    count = len(passages)
    ceiling = math.log(1 + (count + 0.5) / 0.5)
    weights = {}
    for term, form in question.weights.items():
        holding = sum(term in passage for passage in passages)
        idf = math.log(1 + (count - holding + 0.5) / (holding + 0.5)) / ceiling
        weights[term] = form * (0.5 + idf)
    return weights


def _to_embed(reading: Reading) -> list[int]:
    """Choose the units that are worth a vector: those that hold the most of the question, and the first passages' own."""
    places = [place for place, unit in enumerate(reading.units) if unit.quotable and len(unit.terms) >= 2]
    best = sorted(places, key=lambda place: (-reading.units[place].coverage, place))
    first = [place for place in places if reading.units[place].hit < _EMBEDDED_FIRST_HITS]
    mixed = dict.fromkeys([*best[: _EMBEDDED // 2], *first[: _EMBEDDED // 2], *best])
    return sorted(list(mixed)[:_EMBEDDED])


def _is_unanswered(chunk: Chunk, segments: Sequence[Unit], at: int) -> bool:
    """Whether it is a message that asks and that nobody answers soon."""
    message = chunk.text[segments[at].start : segments[at].end]
    if chunk.document.kind is not Kind.CONVERSATION or "?" not in message:
        return False
    if at == len(segments) - 1:
        return True
    return minutes_between(message, chunk.text[segments[at + 1].start : segments[at + 1].end]) > REPLY_MINUTES


def _for_embedding(chunk: Chunk, unit: ReadUnit) -> str:
    above = ", ".join(dict.fromkeys(part for part in (chunk.document.title, unit.heading) if part))
    return f"{above}: {plain(unit.text)}" if above else plain(unit.text)


def _beginning(chunk: Chunk) -> str:
    return plain(" ".join((*dict.fromkeys((chunk.document.title, *chunk.heading_path)), chunk.text[:_BEGINNING])))


def _full(chunk: Chunk) -> str:
    return " ".join((chunk.document.title, *chunk.heading_path, chunk.text))
