"""How well a sentence is supported by the text that it cites: a measure of its own, that knows nothing of verification.

The share of a sentence's words that the cited text has is K-Precision of Adlakha et al. (TACL 2024), which agreed with people's
judgments of faithfulness better than other measures by words; the likeness of the vectors sees paraphrases. Numbers that
the text does not have halve what is left. ``aika eval agreement`` says how far the measure agrees with people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aika.answering.citations import statements
from aika.answering.sentences import UnitKind, units
from aika.domain.answers import Answer, Citation
from aika.evaluation.wording import Wording, wording
from aika.protocols import Analyzer, Embedder, Vector

SUPPORTED = 0.6
"""From here on a sentence counts as supported: chosen on half of the answers that people rated."""
_WINDOW = 3
"""Sentences of a long text that are compared at once: more would have every word somewhere."""
_AT_ONCE = 64


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

    async def support(self, sentence: str, texts: Sequence[str], *, question: str = "") -> Support:
        """Return how far the texts, together, support the sentence. What the question says needs no support."""
        (found,) = await self.supports([(sentence, texts)], question=question)
        return found

    async def supports(self, pairs: Sequence[tuple[str, Sequence[str]]], *, question: str = "") -> list[Support]:
        """Return the support of each sentence by its texts."""
        cut = [(sentence, [_windows(text) for text in texts]) for sentence, texts in pairs]
        every = [text for sentence, cited in cut for windows in ([sentence], *cited) for text in windows]
        vectors = await self._vectors(every)
        asked = wording(question, self._analyzer)
        return [self._measured(sentence, cited, asked, vectors) for sentence, cited in cut]

    def _measured(
        self, sentence: str, cited: Sequence[Sequence[str]], asked: Wording, vectors: Mapping[str, Vector]
    ) -> Support:
        said = wording(sentence, self._analyzer)
        numbers = said.numbers - asked.numbers
        if not cited:
            return Support(0.0, tuple(sorted(numbers)))
        held: frozenset[str] = frozenset()
        for windows in cited:
            read = [wording(window, self._analyzer) for window in windows]
            # Several texts support a sentence together, each with the place that has most of it.
            held |= max((each.terms for each in read), key=lambda terms: len(terms & said.terms))
            numbers -= frozenset().union(*(each.numbers for each in read))
        shared = len(said.terms & held) / len(said.terms) if said.terms else 1.0
        if vectors and shared < 1:
            alike = max(float(vectors[sentence] @ vectors[window]) for windows in cited for window in windows)
            # What is quoted word for word is supported, however short it is beside its window.
            shared = (shared + min(1.0, max(0.0, alike))) / 2
        exact = 1 - len(numbers) / len(said.numbers - asked.numbers) if numbers else 1.0
        return Support(shared * (0.5 + 0.5 * exact), tuple(sorted(numbers)))

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


def sentences(text: str) -> list[Sentence]:
    """Return the statements of an answer that claim something, with their markers."""
    return [Sentence(each.text, each.markers) for each in statements(text) if each.claims]


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
