"""What speaks for and against an answer, as numbers from 0 to 1."""

import re
from collections.abc import Mapping, Sequence

from aika.answering.evidence import Reading
from aika.answering.questions import QuestionKind
from aika.answering.status import outdated_by
from aika.domain.answers import Draft, Origin
from aika.protocols import Analyzer

_CLEAR_TERMS = 3
# A code that no passage has is another code. An abbreviation that none has may be written out in them.
_IDENTIFIER = re.compile(r"^(?=.*\d).{4,}$|[_@/#]|\w\.\w")
_CUED = (QuestionKind.OTHER,)

EXPLANATIONS: Mapping[str, str] = {
    "passage_coverage": "share of the question's words that the best passage has",
    "sentence_coverage": "share of the question's words that the best sentence has, its headings included",
    "sentence_similarity": "likeness of the question and the nearest sentence, by vectors",
    "passage_similarity": "likeness of the question and the nearest passage's headings and beginning, by vectors",
    "agreement": "whether words and vectors point to the same passage",
    "exact_missing": "share of the question's identifiers, codes and numbers that no passage has",
    "names_missing": "share of the question's names and identifiers that the best passage does not have",
    "fitting": "whether a near sentence has what such a question asks for: a name, a time, a number, a step",
    "clarity": "whether the question has enough words of its own to be understood",
    "answer_coverage": "share of the question's words that the cited spans have",
    "answer_similarity": "likeness of the question and the best cited sentence, by vectors",
    "support": "how well the cited spans back the sentences",
    "citations_removed": "share of the markers that did not hold",
    "superseded": "whether a cited document says that another one replaced it",
}


def evidence_signals(reading: Reading) -> dict[str, float]:
    """Return what the evidence alone says, before anything is written."""
    quotable = [unit for unit in reading.units if unit.quotable]
    coverage = max((unit.coverage for unit in quotable), default=0.0)
    similarity = max((unit.similarity for unit in quotable), default=0.0)
    near = [unit for unit in quotable if unit.similarity >= 0.9 * similarity or unit.coverage >= 0.9 * coverage]
    cued = reading.question.kind not in _CUED
    return {
        "passage_coverage": max(reading.passage_coverage, default=0.0),
        "sentence_coverage": coverage,
        "sentence_similarity": similarity,
        "passage_similarity": max(reading.passage_similarity, default=0.0),
        "agreement": _agreement(reading),
        "exact_missing": _exact_missing(reading),
        "names_missing": _names_missing(reading),
        "fitting": float(any(unit.fits for unit in near)) if cued else 0.5,
        "clarity": min(len(reading.question.terms), _CLEAR_TERMS) / _CLEAR_TERMS,
    }


def draft_signals(reading: Reading, draft: Draft, analyzer: Analyzer) -> dict[str, float]:
    """Return what the verified draft adds."""
    chunks = {hit.chunk.id: hit.chunk for hit in draft.evidence}
    quoted: set[str] = set()
    for citation in draft.citations:
        title = chunks[citation.chunk].document.title if citation.chunk in chunks else ""
        quoted.update(analyzer.terms(" ".join((title, *citation.heading_path, citation.quote))))
    cited = _cited_similarities(reading, draft)
    marked = len(draft.citations) + draft.citations_removed
    supports = [citation.support for citation in draft.citations]
    return {
        "answer_coverage": reading.share(quoted),
        "answer_similarity": max(cited, default=0.0),
        "support": sum(supports) / len(supports) if supports else 0.0,
        "citations_removed": draft.citations_removed / marked if marked and draft.origin is Origin.GENERATED else 0.0,
        "superseded": float(any(outdated_by(citation.document) is not None for citation in draft.citations)),
    }


def _agreement(reading: Reading) -> float:
    """1 where the passage with most of the question's words is the nearest one by vectors, 0.5 where it is the second."""
    if not reading.passage_coverage:
        return 0.0
    best = [
        max((unit.similarity for unit in reading.of_hit(hit)), default=0.0)
        for hit in range(len(reading.passage_coverage))
    ]
    if not any(best):
        return 0.0
    by_words = _first(reading.passage_coverage)
    order = sorted(range(len(best)), key=lambda hit: (-best[hit], hit))
    return {0: 1.0, 1: 0.5}.get(order.index(by_words), 0.0)


def _first(values: Sequence[float]) -> int:
    return max(range(len(values)), key=lambda place: (values[place], -place))


def _exact_missing(reading: Reading) -> float:
    exact = [word for word in reading.question.exact if _IDENTIFIER.search(word)]
    if not exact:
        return 0.0
    return sum(not any(word in text for text in reading.passage_texts) for word in exact) / len(exact)


def _names_missing(reading: Reading) -> float:
    """The weighted share of names and identifiers that the best passage, by words, does not have."""
    named = [term for term, weight in reading.question.weights.items() if weight > 1]
    if not named or not reading.passage_coverage:
        return 0.0
    best = _first(reading.passage_coverage)
    held: set[str] = set()
    for unit in reading.of_hit(best):
        held |= unit.terms | unit.context
    return sum(term not in held for term in named) / len(named)


def _cited_similarities(reading: Reading, draft: Draft) -> list[float]:
    places: dict[str, list[tuple[int, int]]] = {}
    for citation in draft.citations:
        places.setdefault(citation.chunk, []).append((citation.start, citation.end))
    found: list[float] = []
    for unit in reading.units:
        chunk = draft.evidence[unit.hit].chunk if unit.hit < len(draft.evidence) else None
        if chunk is None:
            continue
        start, end = chunk.start + unit.unit.start, chunk.start + unit.unit.end
        if any(low < end and start < high for low, high in places.get(chunk.id, [])):
            found.append(unit.similarity)
    return found
