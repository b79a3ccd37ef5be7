"""Sentences of other documents that say otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.answering.questions import read_question
from aika.domain.answers import Answer
from aika.health.comparing import Difference, Differing, difference, same_subject, values
from aika.health.verdicts.passages import Passage, Sentence, sentences_of
from aika.protocols import Analyzer

_OVERLAP = 0.5
_FEWEST = 3
# Pages about different things share short sentences; one as long as this says by itself what it is about.
_BY_ITSELF, _LONG = 0.8, 6
_OWN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Rival:
    """A cited sentence, and one of another document that differs from it."""

    cited: Sentence
    other: Sentence
    difference: Difference


def cited_sentences(answer: Answer, passages: Sequence[Passage]) -> list[Sentence]:
    """Return the sentences that the answer quotes, as far as its documents still have them."""
    by_document: dict[str, list[tuple[int, int, str]]] = {}
    for citation in answer.citations:
        by_document.setdefault(citation.document.id, []).append((citation.start, citation.end, citation.quote))
    found: dict[tuple[str, int], Sentence] = {}
    for passage in passages:
        spans = by_document.get(passage.document.id, [])
        for sentence in sentences_of(passage):
            if any(
                (start < sentence.end and sentence.start < end) and sentence.raw in quote for start, end, quote in spans
            ):
                found.setdefault((passage.document.id, sentence.start), sentence)
    return list(found.values())


def rivals(cited: Sequence[Sentence], passages: Sequence[Passage], question: str, analyzer: Analyzer) -> list[Rival]:
    """Return the sentences of other documents that give a cited sentence's matter another value, the likest first."""
    fixed = named_in(question, analyzer)
    asked = set(read_question(question, analyzer).terms)
    others = [(each, _words(each.text)) for passage in passages for each in sentences_of(passage)]
    found: list[Rival] = []
    for sentence in cited:
        mine = _words(sentence.text)
        for other, theirs in others:
            if other.document.id == sentence.document.id or not _near(mine, theirs):
                continue
            differs = difference(sentence.text, other.text, analyzer, fixed=fixed)
            if differs is not None and _comparable(sentence, other, differs, analyzer):
                found.append(Rival(sentence, other, differs))
    return sorted(
        found,
        key=lambda rival: (
            -round(len(asked & set(analyzer.terms(rival.cited.text))) / max(1, len(asked)), 2),
            -round(rival.difference.likeness, 2),
            rival.other.passage.rank or 10_000,
            rival.other.document.id,
        ),
    )


def named_in(question: str, analyzer: Analyzer) -> frozenset[str]:
    """Return the names, numbers and identifiers of a question: what answers it has them too."""
    return read_question(question, analyzer).exact | values(question)


def _comparable(one: Sentence, other: Sentence, differs: Difference, analyzer: Analyzer) -> bool:
    if same_subject(one.passage.names[:1], other.passage.names[:1], analyzer):
        return True
    return differs.likeness >= _BY_ITSELF and len(differs.matter) >= _LONG and differs.kind is not Differing.DENIAL


def _words(text: str) -> frozenset[str]:
    return frozenset(_clean(text))


def _clean(text: str) -> Iterator[str]:
    for word in text.lower().split():
        stripped = word.strip(".,;:!?()[]\"'`*“”‘’")
        if len(stripped) >= _OWN_WORDS:
            yield stripped


def _near(mine: frozenset[str], theirs: frozenset[str]) -> bool:
    smaller = min(len(mine), len(theirs))
    shared = len(mine & theirs)
    return smaller > 0 and shared >= min(_FEWEST, smaller) and shared / smaller >= _OVERLAP
