"""Questions for a document's status, answered from its record: text about it rarely repeats what the record says."""

import re
from collections.abc import Sequence

from aika.answering.display import inline
from aika.answering.evidence import Reading, ReadUnit
from aika.answering.layout import Fact
from aika.domain.documents import Document
from aika.domain.queries import Hit
from aika.protocols import Analyzer

_STATUS = re.compile(r"\bstatus\b", re.IGNORECASE)
# The title must name what was asked about: of the question's other terms, at least this share.
_NAMED = 0.7
# The record says so, and the quoted span only shows the document.
_RECORD_SUPPORT = 0.6


def stated_status(reading: Reading, evidence: Sequence[Hit], analyzer: Analyzer) -> Fact | None:
    """Return the recorded status of the document that the question names, where the question asks for it."""
    subject = set(reading.question.terms) - set(analyzer.terms("status"))
    if not _STATUS.search(reading.question.text) or not subject:
        return None
    named = [
        (len(subject & set(analyzer.terms(f"{document.title} {document.key}"))) / len(subject), -number)
        for number, document in enumerate(hit.chunk.document for hit in evidence)
        if document.attributes.get("status")
    ]
    share, place = max(named, default=(0.0, 0))
    if share < _NAMED:
        return None
    document = evidence[-place].chunk.document
    shown = _shown(reading.units, -place, document)
    if shown is None:
        return None
    text = f"**{inline(document.title or document.key)}** has the status **{inline(_status(document))}**."
    support = 1.0 if _says(shown, document) else _RECORD_SUPPORT
    return Fact(text, -place, shown.unit.start, shown.unit.end, support=support)


def _shown(units: Sequence[ReadUnit], hit: int, document: Document) -> ReadUnit | None:
    """Return the line of the record where the passage has it, else what the passage begins with."""
    own = [unit for unit in units if unit.hit == hit]
    saying = [unit for unit in own if _says(unit, document)]
    return next(iter([*saying, *(unit for unit in own if unit.quotable)]), None)


def _says(unit: ReadUnit, document: Document) -> bool:
    return f"status: {_status(document)}".lower() in unit.text.lower().replace('"', "")


def _status(document: Document) -> str:
    status = document.attributes.get("status", "")
    return status if isinstance(status, str) else ", ".join(status)
