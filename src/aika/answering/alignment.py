"""Finding the exact span of a passage that a statement rests on."""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from aika.answering.display import plain
from aika.answering.exactness import Exact, code_words, exact, missing, words
from aika.answering.places import displaced, strength
from aika.answering.polarity import Denials, denials, excepted, opposed
from aika.answering.questions import is_exact
from aika.answering.sentences import Unit, UnitKind, passage_units
from aika.answering.tokens import Token, row
from aika.domain.documents import Chunk
from aika.protocols import Analyzer

_LONGEST_SPAN = 3
_EXTRA_UNIT_COST = 0.04
# Words of the headings and of the table's header count, for less than words of the span itself.
_CONTEXT_CREDIT = 0.7
_LABEL = re.compile(r"^\s*(?:\*\*[^*\n]{2,60}:\*\*|\*\*[^*\n]{2,60}\*\*:)\s+(?=\S)")
_WORTH_A_LOOK = 0.25
_COMPARED = 8
"""Spans of a passage that are compared with a claim."""
_NEARLY_ALL = 0.7
"""From this share of a claim's words on, a unit is what the claim is about, and what it denies stands."""
_MARGIN = 0.02
"""How much less of a claim a span may have than another one that says otherwise, and still back it."""
_GAIN = 0.1
"""How much more of a claim a longer span must have than the part of it that says otherwise."""


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
    parts: tuple[tuple[int, int], ...] = ()
    """Where its units are."""

    @property
    def passage(self) -> str:
        """The words below what stands above them."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement, read for comparison."""

    text: str
    terms: tuple[tuple[str, float], ...]
    """Distinct terms with their weights."""
    exact: Exact
    tokens: tuple[Token, ...] = ()
    denials: Denials | None = None


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


@dataclass(frozen=True, slots=True)
class _Source:
    """Spans, read for comparison."""

    exact: Exact
    words: frozenset[str]
    tokens: tuple[Token, ...]
    denials: Denials


_Key = tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class Aligner:
    """Compares claims with the spans of numbered passages."""

    chunks: Sequence[Chunk]
    analyzer: Analyzer
    _spans: dict[int, list[Span]] = field(default_factory=dict)
    _sources: dict[_Key, _Source] = field(default_factory=dict)
    _denied: dict[tuple[str, _Key], tuple[str, ...]] = field(default_factory=dict)

    def claim(self, text: str) -> Claim:
        bare = plain(text)
        weights: dict[str, float] = {}
        for number, word in enumerate(bare.split()):
            stripped = word.strip(".,;:!?()\"'")
            weight = 1.5 if is_exact(stripped) or (number and stripped[:1].isupper()) else 1.0
            for term in self.analyzer.terms(stripped):
                weights[term] = max(weight, weights.get(term, 0.0))
        # A label in bold is a heading: its capitals are no names.
        said = plain(_LABEL.sub("", text))
        stated = exact(said)
        stated = replace(stated, identifiers=stated.identifiers | code_words(text))
        tokens = tuple(row(said, self.analyzer))
        return Claim(bare, tuple(weights.items()), stated, tokens, denials(tokens))

    def matches(self, claim: Claim, hit: int) -> list[Match]:
        """Return the passage's spans that share words with the claim, best first."""
        return [
            Match(match.span, match.lexical, self.objections(claim, [match.span]))
            for match in self.candidates(claim, hit)
        ]

    def candidates(self, claim: Claim, hit: int) -> list[Match]:
        """Return the same without having looked for objections."""
        found = [
            Match(span, lexical, ())
            for span in self.spans(hit)
            if (lexical := _shared(claim, span.terms, span.context_terms)) >= _WORTH_A_LOOK
        ]
        found.sort(key=lambda match: (-match.rank, match.span.start, match.span.end))
        return found[:_COMPARED]

    def backing(self, claim: Claim, hits: Sequence[int], *, least: float) -> Iterator[Match]:
        """Yield the spans that back the claim, best first: those with this share of its words that nothing speaks against.

        A span does not count where one with more of the claim's words says otherwise, be it a part of it: what differs from
        the sentence that it was made from is not true because its number stands elsewhere.
        """
        found = [match for hit in hits for match in self.candidates(claim, hit) if match.lexical >= least]
        found.sort(key=lambda match: (-match.rank, match.span.hit, match.span.start))
        against: list[Match] = []
        for match in found:
            if any(_outdoes(other, match) for other in against):
                continue
            if self.denied(claim, [match.span]):
                against.append(match)
            elif not self.absent(claim, [match.span]):
                yield match

    def together(self, claim: Claim, spans: Sequence[Span]) -> float:
        """Return the share of the claim that the spans hold together."""
        terms = frozenset().union(*(span.terms for span in spans))
        return _shared(claim, terms, frozenset().union(*(span.context_terms for span in spans)))

    def objections(self, claim: Claim, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return what the claim says otherwise than the spans together, or says alone."""
        return (*self.absent(claim, spans), *self.denied(claim, spans))

    def absent(self, claim: Claim, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return what the claim states exactly and the spans do not have."""
        source = self._source(spans)
        return tuple(missing(claim.exact, source.exact, source_words=source.words))

    def denied(self, claim: Claim, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return what the claim says otherwise than the spans together, or than the one unit of theirs that it is about."""
        key = _key(spans)
        known = self._denied.get((claim.text, key))
        if known is None:
            units = self._main_units(claim, spans) if len(spans) == 1 else []
            known = self._denied[claim.text, key] = next(
                (found for each in (*units, spans) if (found := self._contradictions(claim, each))), ()
            )
        return known

    def _contradictions(self, claim: Claim, spans: Sequence[Span]) -> tuple[str, ...]:
        source = self._source(spans)
        mine = claim.denials if claim.denials is not None else denials(claim.tokens)
        found = (
            opposed(mine, source.denials, self.analyzer)
            or displaced(claim.tokens, source.tokens)
            or strength(claim.tokens, source.tokens)
            or excepted(claim.tokens, source.tokens)
        )
        return (found,) if found else ()

    def _main_units(self, claim: Claim, spans: Sequence[Span]) -> list[list[Span]]:
        span = spans[0]
        if span.units < 2:
            return []
        whole = _shared(claim, span.terms, span.context_terms)
        single = [each for each in self.spans(span.hit) if (each.start, each.end) in span.parts and each.units == 1]
        return [
            [each]
            for each in single
            if _shared(claim, each.terms, each.context_terms) >= max(_NEARLY_ALL, whole - _GAIN)
        ]

    def spans(self, hit: int) -> list[Span]:
        if hit not in self._spans:
            self._spans[hit] = self._read(hit)
        return self._spans[hit]

    def _source(self, spans: Sequence[Span]) -> _Source:
        key = _key(spans)
        if key not in self._sources:
            text = " ".join(f"{span.context}. {span.text}" for span in spans)
            tokens = tuple(row(" ".join(span.text for span in spans), self.analyzer))
            self._sources[key] = _Source(exact(text), words(text), tokens, denials(tokens))
        return self._sources[key]

    def _read(self, hit: int) -> list[Span]:
        chunk = self.chunks[hit]
        found = passage_units(chunk)
        texts = [_shown(chunk.text, unit) for unit in found]
        terms = [frozenset(self.analyzer.terms(text)) for text in texts]
        contexts = _contexts(chunk, found, texts)
        above = {context: frozenset(self.analyzer.terms(context)) for context in set(contexts)}
        spans: list[Span] = []
        for first, unit in enumerate(found):
            if unit.kind in (UnitKind.HIDDEN, UnitKind.HEAD):
                continue
            for last in range(first, min(first + _LONGEST_SPAN, len(found))):
                if last > first and not _continues(unit, found[last]):
                    break
                members = found[first : last + 1]
                spans.append(
                    Span(
                        hit=hit,
                        start=members[0].start,
                        end=members[-1].end,
                        text=" ".join(texts[first : last + 1]),
                        terms=frozenset().union(*terms[first : last + 1]),
                        context=contexts[first],
                        context_terms=above[contexts[first]],
                        units=len(members),
                        parts=tuple((member.start, member.end) for member in members),
                    )
                )
        return spans


def _key(spans: Sequence[Span]) -> _Key:
    return tuple((span.hit, span.start, span.end) for span in spans)


def _outdoes(other: Match, match: Match) -> bool:
    """Whether a span that says otherwise holds more of the claim, or is the part of the span that the claim was made from."""
    if other.lexical > match.lexical + _MARGIN:
        return True
    inside = (
        other.span.hit == match.span.hit and match.span.start <= other.span.start and other.span.end <= match.span.end
    )
    return inside and match.lexical < other.lexical + _GAIN


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


def _contexts(chunk: Chunk, found: Sequence[Unit], texts: Sequence[str]) -> list[str]:
    """Return for each unit what stands above it and holds for it."""
    owner = chunk.document.owner
    base = [chunk.document.title, *chunk.heading_path]
    if owner is not None:
        base += [owner.name, owner.contact or ""]
    heading, head, lead = "", "", ""
    contexts: list[str] = []
    for unit, text in zip(found, texts, strict=True):
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
