"""Finding the exact span of a passage that a statement rests on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from aika.answering.display import plain
from aika.answering.exactness import Exact, code_words, exact, missing, words
from aika.answering.polarity import contradicts
from aika.answering.questions import is_exact
from aika.answering.sentences import Unit, UnitKind, passage_units
from aika.domain.documents import Chunk
from aika.protocols import Analyzer

_LONGEST_SPAN = 3
_EXTRA_UNIT_COST = 0.04
# Words of the headings and of the table's header count, for less than words of the span itself.
_CONTEXT_CREDIT = 0.7
_WORTH_A_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class Span:
    """One or a few neighbouring units of a passage."""

    hit: int
    start: int
    end: int
    """Offsets into the passage's text."""
    text: str
    """As plain words."""
    terms: frozenset[str]
    context: str
    """Title, headings, the table's header, the line that leads to the unit."""
    context_terms: frozenset[str]
    units: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, read for comparison."""

    text: str
    terms: tuple[tuple[str, float], ...]
    """Distinct terms with their weights."""
    exact: Exact


@dataclass(frozen=True, slots=True)
class Match:
    """How well a span backs a claim."""

    span: Span
    lexical: float
    """0..1: the weighted share of the claim's terms that the span holds."""
    objections: tuple[str, ...]
    """Why it does not back the claim: what differs, in words."""
    similarity: float = 0.0

    @property
    def rank(self) -> float:
        return max(self.lexical, self.similarity) - _EXTRA_UNIT_COST * (self.span.units - 1)


@dataclass(slots=True)
class Aligner:
    """Compares claims with the spans of numbered passages."""

    chunks: Sequence[Chunk]
    analyzer: Analyzer
    _spans: dict[int, list[Span]] = field(default_factory=dict)
    _sources: dict[tuple[tuple[int, int, int], ...], tuple[Exact, frozenset[str]]] = field(default_factory=dict)

    def claim(self, text: str) -> Claim:
        bare = plain(text)
        weights: dict[str, float] = {}
        for number, word in enumerate(bare.split()):
            stripped = word.strip(".,;:!?()\"'")
            weight = 1.5 if is_exact(stripped) or (number and stripped[:1].isupper()) else 1.0
            for term in self.analyzer.terms(stripped):
                weights[term] = max(weight, weights.get(term, 0.0))
        stated = exact(bare)
        stated = replace(stated, identifiers=stated.identifiers | code_words(text))
        return Claim(bare, tuple(weights.items()), stated)

    def matches(self, claim: Claim, hit: int) -> list[Match]:
        """Return the passage's spans that share words with the claim, best first."""
        found = [
            Match(span, lexical, ())
            for span in self.spans(hit)
            if (lexical := _shared(claim, span.terms, span.context_terms)) >= _WORTH_A_LOOK
        ]
        found.sort(key=lambda match: (-match.rank, match.span.start, match.span.end))
        return [Match(match.span, match.lexical, self.objections(claim, [match.span])) for match in found[:8]]

    def together(self, claim: Claim, spans: Sequence[Span]) -> float:
        """Return the share of the claim that the spans hold together."""
        terms = frozenset().union(*(span.terms for span in spans))
        return _shared(claim, terms, frozenset().union(*(span.context_terms for span in spans)))

    def objections(self, claim: Claim, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return what the claim says otherwise than the spans together."""
        source, known = self._source(spans)
        found = missing(claim.exact, source, source_words=known)
        opposite = contradicts(claim.text, " ".join(span.text for span in spans), self.analyzer)
        return (*found, opposite) if opposite else tuple(found)

    def spans(self, hit: int) -> list[Span]:
        if hit not in self._spans:
            self._spans[hit] = self._read(hit)
        return self._spans[hit]

    def _source(self, spans: Sequence[Span]) -> tuple[Exact, frozenset[str]]:
        key = tuple((span.hit, span.start, span.end) for span in spans)
        if key not in self._sources:
            text = " ".join(f"{span.context}. {span.text}" for span in spans)
            self._sources[key] = (exact(text), words(text))
        return self._sources[key]

    def _read(self, hit: int) -> list[Span]:
        chunk = self.chunks[hit]
        found = passage_units(chunk)
        contexts = _contexts(chunk, found)
        spans: list[Span] = []
        for first, unit in enumerate(found):
            if unit.kind in (UnitKind.HIDDEN, UnitKind.HEAD):
                continue
            for last in range(first, min(first + _LONGEST_SPAN, len(found))):
                if last > first and not _continues(unit, found[last]):
                    break
                spans.append(self._span(chunk, hit, found[first : last + 1], contexts[first]))
        return spans

    def _span(self, chunk: Chunk, hit: int, members: Sequence[Unit], context: str) -> Span:
        start, end = members[0].start, members[-1].end
        text = " ".join(_shown(chunk.text, unit) for unit in members)
        return Span(
            hit=hit,
            start=start,
            end=end,
            text=text,
            terms=frozenset(self.analyzer.terms(text)),
            context=context,
            context_terms=frozenset(self.analyzer.terms(context)),
            units=len(members),
        )


def _shared(claim: Claim, terms: frozenset[str], context: frozenset[str]) -> float:
    total = math.fsum(weight for _, weight in claim.terms)
    if not total:
        return 0.0
    held = math.fsum(
        weight * (1.0 if term in terms else _CONTEXT_CREDIT)
        for term, weight in claim.terms
        if term in terms or term in context
    )
    return held / total


def _continues(first: Unit, following: Unit) -> bool:
    """Whether a span may grow from one unit over the other: never past a heading or hidden text, nor along a table."""
    return following.kind in (UnitKind.SENTENCE, UnitKind.ITEM, UnitKind.CODE) and first.kind is not UnitKind.HEADING


def _contexts(chunk: Chunk, found: Sequence[Unit]) -> list[str]:
    """Return for each unit what stands above it and holds for it."""
    owner = chunk.document.owner
    base = [chunk.document.title, *chunk.heading_path]
    if owner is not None:
        base += [owner.name, owner.contact or ""]
    heading, head, lead = "", "", ""
    contexts: list[str] = []
    for unit in found:
        text = _shown(chunk.text, unit)
        parts = [*base, heading]
        if unit.kind in (UnitKind.ITEM, UnitKind.ROW, UnitKind.CODE):
            parts.append(lead)
        if unit.kind is UnitKind.ROW:
            parts.append(head)
        contexts.append(". ".join(part for part in parts if part))
        if unit.kind is UnitKind.HEADING:
            heading, lead = text, ""
        elif unit.kind is UnitKind.HEAD:
            head = text
        elif unit.kind is UnitKind.SENTENCE:
            lead = text if text.endswith(":") else ""
    return contexts


def _shown(text: str, unit: Unit) -> str:
    raw = text[unit.start : unit.end]
    return raw if unit.kind is UnitKind.CODE else plain(raw)
