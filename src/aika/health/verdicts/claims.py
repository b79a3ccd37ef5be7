"""What an answer says, and whether the documents that it cites say it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from aika.answering.alignment import Aligner
from aika.answering.citations import Statement, statements
from aika.answering.display import plain
from aika.answering.pipeline import GENERAL_MARK
from aika.domain.answers import Answer, Citation, Origin
from aika.domain.documents import Chunk, Document
from aika.health.comparing import values
from aika.protocols import Analyzer

_BACKED = 0.55
"""As the verifier has it: the share of a statement's words that its span must hold."""
_COPIED, _FEW_CHANGED = 0.8, 3
"""A sentence with this share of another one's words in their order, and so many others, is its altered copy."""
_FORM = 14
_VALUE = re.compile(r"\*\*([^*]+)\*\*|`([^`]+)`")
_MARKUP = re.compile(r"[\s*_`>#|:;.,()\[\]“”\"'‘’–—-]+")


@dataclass(frozen=True, slots=True)
class Unbacked:
    """A statement of an answer that the cited documents do not make."""

    statement: str
    nearest: Citation | None
    """The citation that comes nearest to it."""
    differs: tuple[str, ...]
    """In what it differs from there, in words; empty where nothing is near."""
    likeness: float
    """0..1: the share of the statement's words that the nearest span has."""


def unbacked(answer: Answer, chunks: Sequence[Chunk], analyzer: Analyzer) -> Unbacked | None:
    """Return the first statement that is backed neither by its quotes nor by the cited passages.

    ``chunks`` are the cited passages as they are now. An answer without citations cites nothing that could back it.
    """
    sources = [*map(_as_chunk, answer.citations), *chunks]
    known = _squeezed(" ".join(chunk.passage for chunk in sources))
    records = _squeezed(" ".join([known, *(_record(chunk.document) for chunk in sources)]))
    aligner = Aligner(sources, analyzer)
    for statement in statements(answer.text.replace(GENERAL_MARK, "")):
        if not statement.claims or _squeezed(statement.text) in known:
            continue
        found = _altered(statement, aligner, answer)
        if found is None and not _is_recorded(statement, answer, records):
            found = _against(statement, aligner, answer.citations)
        if found is not None:
            return found
    return None


def _is_recorded(statement: Statement, answer: Answer, records: str) -> bool:
    """Whether an extract says what a record has: its values stand out, and the words around them are aika's."""
    marked = [first or second for first, second in _VALUE.findall(statement.text)]
    around = _VALUE.sub(" ", statement.text)
    if answer.origin is not Origin.EXTRACTED or not marked or len(around.split()) > _FORM:
        return False
    return all(_squeezed(value) in records for value in (*marked, *values(around)))


def _record(document: Document) -> str:
    owner = document.owner
    said = [value if isinstance(value, str) else " ".join(value) for value in document.attributes.values()]
    owned = [] if owner is None else [owner.name, owner.contact or "", owner.found_in or ""]
    return " ".join([document.title, document.key, *owned, *said])


def _altered(statement: Statement, aligner: Aligner, answer: Answer) -> Unbacked | None:
    """Return a statement of an extract that is nearly, and not quite, a sentence of its source: an extract copies them."""
    if answer.origin is not Origin.EXTRACTED:
        return None
    mine = _squeezed(statement.text).split()
    for hit, chunk in enumerate(aligner.chunks):
        for span in aligner.spans(hit):
            theirs = _squeezed(span.text).split()
            if span.units > 1 or abs(len(mine) - len(theirs)) > _FEW_CHANGED:
                continue
            changed = _changed(mine, theirs)
            if changed is not None:
                differs = (f"{' '.join(changed[0]) or 'nothing'} / {' '.join(changed[1]) or 'nothing'}",)
                return Unbacked(statement.text, _citation_of(chunk, answer.citations), differs, 1.0)
    return None


def _changed(mine: Sequence[str], theirs: Sequence[str]) -> tuple[list[str], list[str]] | None:
    """Return the words that differ, ``None`` where more do than somebody changes who changes what a sentence says."""
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    if matcher.real_quick_ratio() < _COPIED or matcher.quick_ratio() < _COPIED or matcher.ratio() < _COPIED:
        return None
    edits = [each for each in matcher.get_opcodes() if each[0] != "equal"]
    here = [word for _, low, high, _, _ in edits for word in mine[low:high]]
    there = [word for _, _, _, low, high in edits for word in theirs[low:high]]
    return (here, there) if edits and max(len(here), len(there)) <= _FEW_CHANGED else None


def _against(statement: Statement, aligner: Aligner, citations: Sequence[Citation]) -> Unbacked | None:
    claim = aligner.claim(statement.text)
    if not claim.terms:
        return None
    best: tuple[float, int, tuple[str, ...]] | None = None
    for hit in range(len(aligner.chunks)):
        for match in aligner.matches(claim, hit):
            if match.lexical >= _BACKED and not match.objections:
                return None
            if best is None or match.lexical > best[0]:
                best = (match.lexical, hit, match.objections)
    cited = [number - 1 for number in statement.markers if 1 <= number <= len(citations)]
    spans = [matches[0].span for hit in cited if (matches := aligner.matches(claim, hit))]
    if len(spans) > 1 and aligner.together(claim, spans) >= _BACKED and not aligner.objections(claim, spans):
        return None
    if best is None:
        return Unbacked(statement.text, citations[cited[0]] if cited else None, (), 0.0)
    lexical, hit, objections = best
    return Unbacked(statement.text, _citation_of(aligner.chunks[hit], citations), objections, lexical)


def _citation_of(chunk: Chunk, citations: Sequence[Citation]) -> Citation | None:
    return next((citation for citation in citations if citation.document.id == chunk.document.id), None)


def _as_chunk(citation: Citation) -> Chunk:
    return Chunk(
        document=citation.document,
        position=0,
        start=citation.start,
        end=citation.start + len(citation.quote),
        text=citation.quote,
        heading_path=citation.heading_path,
    )


def _squeezed(text: str) -> str:
    """Return the words alone in lower case: an extract rearranges markup and punctuation, never words."""
    return _MARKUP.sub(" ", plain(text).lower()).strip()
