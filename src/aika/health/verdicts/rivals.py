"""Sentences of other documents that say otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.answering.questions import read_question
from aika.domain.answers import Answer
from aika.domain.documents import Document
from aika.health.comparing import Difference, Differing, difference, same_subject, values
from aika.health.verdicts.passages import Passage, Sentence, sentences_of
from aika.protocols import Analyzer

_OVERLAP = 0.5
_FEWEST = 3
# Pages about different things share short sentences; one as long as this says by itself what it is about.
_BY_ITSELF, _LONG = 0.8, 6
_OWN_WORDS = 3
_ASKED = 0.35
_USUAL = frozenset(
    {"readme", "index", "charter", "contributing", "overview", "about", "changelog", "introduction", "owners", "home"}
)


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
    """Return the sentences of other documents that give a cited sentence's matter another value.

    What was asked comes first; a cited sentence that has little of the question is not why the answer was bad.
    """
    fixed = named_in(question, analyzer)
    others = [(each, _words(each.text)) for passage in passages for each in sentences_of(passage)]
    found: list[tuple[float, Rival]] = []
    for sentence in cited:
        asked = _asked(sentence, question, analyzer)
        mine = _words(sentence.text)
        for other, theirs in others if asked >= _ASKED else ():
            if other.document.id == sentence.document.id or not _near(mine, theirs):
                continue
            differs = difference(sentence.text, other.text, analyzer, fixed=fixed)
            if differs is not None and _comparable(sentence, other, differs, analyzer):
                found.append((asked, Rival(sentence, other, differs)))
    return [rival for _, rival in sorted(found, key=_order)]


def _order(found: tuple[float, Rival]) -> tuple[float, float, int, str, int]:
    asked, rival = found
    place = rival.other.passage.rank or 10_000
    return -round(asked, 2), -round(rival.difference.likeness, 2), place, rival.other.document.id, rival.other.start


def _asked(sentence: Sentence, question: str, analyzer: Analyzer) -> float:
    """Return how much of the question the sentence has, 0..1, the title and headings above it included."""
    read = read_question(question, analyzer)
    terms = set(analyzer.terms(" ".join((*sentence.passage.names, sentence.text))))
    total = sum(read.weights.values())
    return sum(weight for term, weight in read.weights.items() if term in terms) / total if total else 0.0


def named_in(question: str, analyzer: Analyzer) -> frozenset[str]:
    """Return the names, numbers and identifiers of a question: what answers it has them too."""
    return read_question(question, analyzer).exact | values(question)


def _comparable(one: Sentence, other: Sentence, differs: Difference, analyzer: Analyzer) -> bool:
    if _siblings(one.document, other.document):
        return False
    if same_subject(one.passage.names[:1], other.passage.names[:1], analyzer):
        return True
    long = differs.likeness >= _BY_ITSELF and len(differs.matter) >= _LONG
    return long and differs.alone and differs.kind is not Differing.DENIAL


def _siblings(one: Document, other: Document) -> bool:
    """Whether both are the usual page of a folder: two of them are about two folders, however alike they read."""
    mine, theirs = one.key.lower().rpartition("/"), other.key.lower().rpartition("/")
    stem = mine[2].partition(".")[0]
    same = one.source == other.source and stem == theirs[2].partition(".")[0] and stem in _USUAL
    return same and mine[0].rpartition("/")[2] != theirs[0].rpartition("/")[2]


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
