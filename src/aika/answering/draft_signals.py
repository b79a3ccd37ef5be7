"""What a verified draft adds to the evidence: how it covers the question, how it is backed, and by which documents."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from aika.answering.citations import statements
from aika.answering.disagreement import disagree, shown
from aika.answering.display import plain
from aika.answering.evidence import FoundAnswer, Reading, ReadUnit
from aika.answering.nonanswers import says_nothing
from aika.answering.signals import Measured, alike, percent
from aika.answering.status import last_changed, outdated_by, reviewed_on
from aika.domain.answers import Citation, Draft, Origin
from aika.domain.documents import Document
from aika.domain.identifiers import ChunkId, DocumentId
from aika.protocols import Analyzer

# From here on a page is as old as it gets.
_OLD_YEARS = 5.0
# Another document states the same where it has this share of a quote's words, and enough of them to be the same matter.
_SAME = 0.75
_FEWEST_TERMS = 5
_SAME_MATTER = 0.5
_LOOKED_AT = 12


def draft_signals(
    reading: Reading, draft: Draft, analyzer: Analyzer, *, now: datetime | None = None
) -> dict[str, Measured]:
    """Return what the draft adds. Without ``now`` the documents' ages say nothing."""
    measured = {
        "answer_coverage": _answer_coverage(reading, draft, analyzer),
        "answer_similarity": alike(
            max(_cited_similarities(reading, draft), default=0.0), "The question and the best sentence cited"
        ),
        **_support(draft),
        "superseded": _superseded(draft),
        **_others(reading, draft, analyzer),
        "says_nothing": _says_nothing(draft),
    }
    if reading.found is not None:
        measured["answer_agrees"] = _answer_agrees(reading.found, draft)
    ages = [] if now is None else [age for document in _cited(draft) if (age := _years(document, now)) is not None]
    if ages:
        words = f"The oldest source cited was last changed or reviewed {max(ages):.1f} years ago."
        measured["age"] = Measured(min(1.0, max(ages) / _OLD_YEARS), words)
    return measured


def _answer_coverage(reading: Reading, draft: Draft, analyzer: Analyzer) -> Measured:
    chunks = {hit.chunk.id: hit.chunk for hit in draft.evidence}
    quoted: set[str] = set()
    for citation in draft.citations:
        title = chunks[citation.chunk].document.title if citation.chunk in chunks else ""
        quoted.update(analyzer.terms(" ".join((title, *citation.heading_path, citation.quote))))
    share = reading.share(quoted)
    return Measured(share, f"What is cited has {percent(share)} of what the question names, by weight.")


def _support(draft: Draft) -> dict[str, Measured]:
    supports = [citation.support for citation in draft.citations]
    mean = sum(supports) / len(supports) if supports else 0.0
    least = min(supports, default=0.0)
    kept = sum(bool(one.markers) for one in statements(draft.text) if one.claims) if draft.citations else 0
    written = kept + draft.statements_dropped
    marked = len(draft.citations) + draft.citations_removed
    removed = draft.citations_removed / marked if marked and draft.origin is Origin.GENERATED else 0.0
    bound = kept / written if written else float(bool(draft.citations))
    return {
        "support": Measured(mean, f"On average, the spans cited back {percent(mean)} of their sentences' words."),
        "support_least": Measured(
            least, f"The span that backs its sentence least backs {percent(least)} of its words."
        ),
        "bound": Measured(bound, f"Passages back {kept} of the {written} statements that were written."),
        "citations_removed": Measured(
            removed, f"{draft.citations_removed} of {marked} citations did not hold and were removed."
        ),
    }


def _superseded(draft: Draft) -> Measured:
    for document in _cited(draft):
        if outdated_by(document) is not None:
            return Measured(1.0, f"“{_name(document)}”, which is cited, is no longer in force.")
    return Measured(0.0, "No document cited says that another one replaced it.")


class _Against(NamedTuple):
    document: str
    theirs: str
    ours: str


def _others(reading: Reading, draft: Draft, analyzer: Analyzer) -> dict[str, Measured]:
    """Say whether documents that are not cited state the same, or state it otherwise."""
    own = {citation.document.id for citation in draft.citations}
    near = sorted((unit for unit in reading.units if unit.quotable), key=lambda unit: -unit.nearness)
    others = [unit for unit in near if unit.document not in own][:_LOOKED_AT]
    names = {hit.chunk.document.id: _name(hit.chunk.document) for hit in draft.evidence}
    same = next((unit for unit in others if _states_same(unit, draft.citations, analyzer)), None)
    against = _against(others, draft.citations, analyzer, names)
    return {
        "confirmed": Measured(1.0, f"“{names.get(same.document, '')}” states the same.")
        if same is not None
        else Measured(0.0, "No other document states the same."),
        "contradicted": Measured(
            1.0, f"“{against.document}” says {against.theirs} where the answer has {against.ours}."
        )
        if against is not None
        else Measured(0.0, "No other passage that was found states it otherwise."),
    }


def _states_same(unit: ReadUnit, citations: Sequence[Citation], analyzer: Analyzer) -> bool:
    for citation in citations:
        terms = set(analyzer.terms(citation.quote))
        if len(terms) >= _FEWEST_TERMS and len(terms & unit.terms) >= _SAME * len(terms):
            return disagree(citation.quote, unit.text, analyzer) is None
    return False


def _against(
    others: Sequence[ReadUnit], citations: Sequence[Citation], analyzer: Analyzer, names: Mapping[DocumentId, str]
) -> _Against | None:
    for citation in citations:
        terms = set(analyzer.terms(citation.quote))
        for unit in others:
            # Reading numbers takes longer than all else here, and only what is about the same can disagree.
            alike = len(terms & unit.terms) >= _SAME_MATTER * min(len(terms), len(unit.terms))
            pair = disagree(citation.quote, unit.text, analyzer) if alike else None
            if pair is not None:
                return _Against(names.get(unit.document, ""), shown(pair[1]), shown(pair[0]))
    return None


def _says_nothing(draft: Draft) -> Measured:
    share = says_nothing(draft.text, {citation.marker: citation.quote for citation in draft.citations})
    if not draft.text:
        return Measured(0.0, "There is no text.")
    if not share:
        return Measured(0.0, "The answer does not say that the documents do not say.")
    return Measured(share, f"{percent(share)} of the answer's statements only say that the documents do not say.")


def _answer_agrees(found: FoundAnswer, draft: Draft) -> Measured:
    """1 where what a reader found is cited, or stands in the text, as likely as it is an answer at all."""
    words = " ".join(found.text.split())
    if not words:
        return Measured(0.0, "Reading question and passages together finds no words to compare the answer with.")
    if _is_cited(found, draft) or words.casefold() in " ".join(plain(draft.text).split()).casefold():
        return Measured(found.answered, f"The answer has what reading the passages finds: “{words[:80]}”.")
    return Measured(0.0, f"The answer lacks what reading the passages finds: “{words[:80]}”.")


def _is_cited(found: FoundAnswer, draft: Draft) -> bool:
    if found.hit >= len(draft.evidence):
        return False
    chunk = draft.evidence[found.hit].chunk
    start, end = chunk.start + found.start, chunk.start + found.end
    return any(one.chunk == chunk.id and one.start <= start and end <= one.end for one in draft.citations)


def _cited(draft: Draft) -> list[Document]:
    return list({citation.document.id: citation.document for citation in draft.citations}.values())


def _years(document: Document, now: datetime) -> float | None:
    """Return how long ago somebody last changed or reviewed it, where it says."""
    reviewed, changed = reviewed_on(document), last_changed(document)
    if reviewed is None and changed is None:
        return None
    moments = [] if changed is None else [changed if changed.tzinfo else changed.replace(tzinfo=UTC)]
    if reviewed is not None:
        moments.append(datetime(reviewed.year, reviewed.month, reviewed.day, tzinfo=UTC))
    return max(0.0, (now - max(moments)).days / 365.25)


def _name(document: Document) -> str:
    return plain(document.title or document.key)


def _cited_similarities(reading: Reading, draft: Draft) -> list[float]:
    places: dict[ChunkId, list[tuple[int, int]]] = {}
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
