"""Owner questions answered from what a document's record says, beside what its text says."""

from collections.abc import Sequence

from aika.answering.display import inline
from aika.answering.evidence import Reading
from aika.answering.layout import Fact
from aika.answering.questions import is_ownership
from aika.domain.documents import Chunk, Document
from aika.domain.queries import Hit
from aika.protocols import Analyzer

_OWNERSHIP_WORDS = (
    "own owns owner owned owning ownership team group squad channel contact slack responsible maintain maintains maintainer "
    "ask person people reach talk charge look looks after run runs service component develop develops develop work works"
)
# The title must name what was asked about: of the question's other terms, at least this share.
_NAMED = 0.75
# Of the title's terms, at least this share names it too.
_ABOUT = 0.5
# The record says so, and the quoted span only shows the document.
_RECORD_SUPPORT = 0.6


def stated_owner(reading: Reading, evidence: Sequence[Hit], analyzer: Analyzer) -> Fact | None:
    """Return the recorded owner of the document that the question names, where the question asks for an owner."""
    if not is_ownership(reading.question.text):
        return None
    subject = set(reading.question.terms) - set(analyzer.terms(_OWNERSHIP_WORDS))
    if not subject:
        return None
    best: tuple[float, int] | None = None
    for number, hit in enumerate(evidence):
        document = hit.chunk.document
        if document.owner is None or not document.owner.name:
            continue
        title = set(analyzer.terms(document.title))
        named = len(subject & (title | set(analyzer.terms(document.key)))) / len(subject)
        # A title that says much more is about something that happened to the subject.
        about = len(subject & title) >= _ABOUT * len(title)
        if named >= _NAMED and about and (best is None or named > best[0]):
            best = (named, number)
    return None if best is None else _fact(reading, evidence[best[1]].chunk, best[1])


def _fact(reading: Reading, chunk: Chunk, number: int) -> Fact | None:
    document = chunk.document
    owner = document.owner
    quotable = [unit for unit in reading.of_hit(number) if unit.quotable]
    if owner is None or not quotable:
        return None
    naming = [unit for unit in quotable if _names(unit.text, document)]
    shown = (naming or quotable)[0].unit
    contact = f" Contact: {_code(owner.contact)}." if owner.contact else ""
    # Without its folders: where a file lies on the server is nobody's business.
    where = owner.found_in.replace("\\", "/").rsplit("/", 1)[-1] if owner.found_in else ""
    found = f", according to {inline(where)}" if where else ""
    text = f"**{inline(document.title or document.key)}** is owned by **{inline(owner.name)}**{found}.{contact}"
    return Fact(text, number, shown.start, shown.end, support=1.0 if naming else _RECORD_SUPPORT)


def _names(text: str, document: Document) -> bool:
    owner = document.owner
    return owner is not None and (owner.name in text or bool(owner.contact and owner.contact in text))


def _code(text: str) -> str:
    return f"`{text.replace('`', '')}`"
