"""How well a sentence is supported by the text that it cites: a measure of its own, that knows nothing of verification.

The share of a sentence's words that the cited text has is K-Precision of Adlakha et al. (TACL 2024), which agreed with people's
judgments of faithfulness better than other measures by words. The likeness of the vectors sees paraphrases; the larger of the
two counts. Numbers that the text does not have take up to half of it. ``aika eval agreement`` says how far the measure agrees
with people.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aika.answering.citations import statements
from aika.answering.sentences import UnitKind, units
from aika.domain.answers import Answer, Citation
from aika.evaluation.wording import Wording, wording
from aika.protocols import Analyzer, Embedder, Vector

SUPPORTED = 0.65
"""From here on a sentence counts as supported: chosen on half of the answers that people rated."""
_WINDOW = 3
"""Sentences of a long text that are compared at once: more would have every word somewhere."""
_COMPARED = 3
"""Places of a text whose vectors are compared with a sentence's: those that share most words with it."""
_AT_ONCE = 64
_REMEMBERED = 20_000
_CITED_HEADING = re.compile(r"(?m)^(?:#{1,6}\s.+|\*\*.+\*\*)\s*(?:\[\d{1,2}\])+[ \t]*$")


@dataclass(frozen=True, slots=True)
class Support:
    """How far a text supports a sentence."""

    value: float
    """0..1."""
    missing_numbers: tuple[str, ...] = ()
    """Those of the sentence that neither the text nor the question has."""

    @property
    def holds(self) -> bool:
        return self.value >= SUPPORTED


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement of an answer with what it cites."""

    text: str
    markers: tuple[int, ...]


class SupportMeter:
    """Measures support by words and numbers, and by vectors where an embedder is given."""

    def __init__(self, analyzer: Analyzer, embedder: Embedder | None = None) -> None:
        self._analyzer = analyzer
        self._embedder = embedder
        self._wordings: dict[str, Wording] = {}

    async def support(self, sentence: str, texts: Sequence[str], *, question: str = "") -> Support:
        """Return how far the texts, together, support the sentence. What the question says needs no support."""
        (found,) = await self.supports([(sentence, texts)], question=question)
        return found

    async def supports(self, pairs: Sequence[tuple[str, Sequence[str]]], *, question: str = "") -> list[Support]:
        """Return the support of each sentence by its texts."""
        asked = wording(question, self._analyzer).numbers
        matches = [self._match(sentence, texts, asked) for sentence, texts in pairs]
        vectors = await self._vectors([text for match in matches if match.shared < 1 for text in match.to_compare])
        return [_measured(match, vectors) for match in matches]

    def by_words(self, pairs: Sequence[tuple[str, Sequence[str]]], *, question: str = "") -> list[Support]:
        """Return the same without vectors, at once: for live traffic."""
        asked = wording(question, self._analyzer).numbers
        return [_measured(self._match(sentence, texts, asked), {}) for sentence, texts in pairs]

    def _match(self, sentence: str, texts: Sequence[str], asked: frozenset[str]) -> "_Match":
        said = self._read(sentence)
        numbers = missing = said.numbers - asked
        held: frozenset[str] = frozenset()
        near: list[str] = []
        for text in texts:
            windows = sorted(_windows(text), key=lambda window: -len(self._read(window).terms & said.terms))
            # Several texts support a sentence together, each with the place that has most of it.
            held |= self._read(windows[0]).terms
            near += windows[:_COMPARED]
            missing -= frozenset().union(*(self._read(window).numbers for window in windows))
        shared = len(said.terms & held) / len(said.terms) if said.terms else float(bool(texts))
        return _Match(sentence, shared, len(numbers), missing, tuple(near))

    def _read(self, text: str) -> Wording:
        known = self._wordings.get(text)
        if known is None:
            if len(self._wordings) >= _REMEMBERED:
                self._wordings.clear()
            known = self._wordings[text] = wording(text, self._analyzer)
        return known

    async def _vectors(self, texts: Sequence[str]) -> dict[str, Vector]:
        if self._embedder is None:
            return {}
        wanted = sorted(set(texts), key=len)
        found: dict[str, Vector] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            # One role for both sides: like is compared with like.
            found.update(zip(some, await self._embedder.embed(some, role="query"), strict=True))
        return found


@dataclass(frozen=True, slots=True)
class _Match:
    """A sentence beside the places that are nearest to it by words."""

    sentence: str
    shared: float
    """The share of its words that they have."""
    numbers: int
    missing: frozenset[str]
    near: tuple[str, ...]

    @property
    def to_compare(self) -> tuple[str, ...]:
        return (self.sentence, *self.near) if self.near else ()


def _measured(match: _Match, vectors: Mapping[str, Vector]) -> Support:
    shared = match.shared
    # What is quoted word for word is supported, however short it is beside what surrounds it: vectors only ever help.
    if shared < 1 and match.near and match.sentence in vectors:
        alike = max(float(vectors[match.sentence] @ vectors[text]) for text in match.near)
        shared = max(shared, min(1.0, alike))
    exact = 1 - len(match.missing) / match.numbers if match.numbers else 1.0
    return Support(shared * (0.5 + 0.5 * exact), tuple(sorted(match.missing)))


def sentences(text: str) -> list[Sentence]:
    """Return the statements of an answer that claim something, with their markers.

    A marker stands for all sentences of its paragraph since the marker before: people cite at the end of a thought, and what
    is quoted in one piece is cited once. A marker behind a heading stands for all below it that have none of their own.
    """
    found: list[Sentence] = []
    since: list[int] = []
    above: tuple[int, ...] = ()
    headings = [match.span() for match in _CITED_HEADING.finditer(text)]
    end = 0
    for each in statements(text):
        if "\n" in text[end : each.start].strip(" "):
            since.clear()
        end = each.end
        if any(start <= each.start < stop for start, stop in headings):
            above = each.markers or above
        elif each.claims:
            since.append(len(found))
            found.append(Sentence(each.text, each.markers or above))
        if each.markers and since:
            for place in since:
                found[place] = Sentence(found[place].text, each.markers)
            since.clear()
    return found


def cited_text(citation: Citation) -> str:
    """Return what a citation points at, below the title and the headings that give it its meaning."""
    return "\n".join((citation.document.title, *citation.heading_path, citation.quote))


@dataclass(frozen=True, slots=True)
class Citing:
    """How the sentences of an answer are cited (Gao et al., ALCE, EMNLP 2023, with this module's measure for their NLI model)."""

    supports: tuple[Support, ...]
    """Of each sentence by all that it cites together; 0 where it cites nothing."""
    precision: float | None
    """Of the citations, the share that is needed: alone it supports its sentence, or without it the others do not."""

    @property
    def recall(self) -> float | None:
        """Of the sentences, the share that what they cite supports; ``None`` where there is no sentence."""
        return sum(each.holds for each in self.supports) / len(self.supports) if self.supports else None

    @property
    def mean(self) -> float | None:
        return sum(each.value for each in self.supports) / len(self.supports) if self.supports else None


async def citing(answer: Answer, meter: SupportMeter) -> Citing:
    """Measure every sentence against what it cites."""
    texts = {citation.marker: cited_text(citation) for citation in answer.citations}
    found = [
        (each.text, [texts[marker] for marker in each.markers if marker in texts]) for each in sentences(answer.text)
    ]
    together = await meter.supports(found, question=answer.question)
    needed: list[bool] = []
    for (sentence, cited), whole in zip(found, together, strict=True):
        needed += await _needed(sentence, cited, whole, meter, answer.question)
    return Citing(tuple(together), sum(needed) / len(needed) if needed else None)


def support_by_words(answer: Answer, meter: SupportMeter) -> float | None:
    """Return the mean support of an answer's sentences by what they cite, without vectors; ``None`` where it states nothing."""
    texts = {citation.marker: cited_text(citation) for citation in answer.citations}
    found = [
        (each.text, [texts[marker] for marker in each.markers if marker in texts]) for each in sentences(answer.text)
    ]
    supports = meter.by_words(found, question=answer.question)
    return sum(each.value for each in supports) / len(supports) if supports else None


async def _needed(
    sentence: str, cited: Sequence[str], whole: Support, meter: SupportMeter, question: str
) -> list[bool]:
    if len(cited) < 2 or not whole.holds:
        return [whole.holds] * len(cited)
    alone = await meter.supports([(sentence, [text]) for text in cited], question=question)
    others = [(sentence, [text for place, text in enumerate(cited) if place != left]) for left in range(len(cited))]
    without = await meter.supports(others, question=question)
    return [one.holds or not rest.holds for one, rest in zip(alone, without, strict=True)]


def _windows(text: str) -> list[str]:
    parts = [text[unit.start : unit.end] for unit in units(text) if unit.kind is not UnitKind.HIDDEN]
    if len(parts) <= _WINDOW:
        return [text]
    return [" ".join(parts[start : start + _WINDOW]) for start in range(len(parts) - _WINDOW + 1)]
