"""What a document's own record says of its standing: replaced, withdrawn, old."""

from collections.abc import Sequence
from datetime import date, datetime

from aika.domain.documents import Document

_NO_LONGER = frozenset(
    ("superseded", "deprecated", "obsolete", "replaced", "rejected", "withdrawn", "archived", "outdated", "retired")
)
_REVIEW_KEYS = ("last_reviewed", "last_reviewed_on", "reviewed", "last_reviewed_at")
# How much less the sentences of such a document count. Chosen by reading answers: a current page wins over its outdated double,
# and an outdated page still answers what no other page does.
_SUPERSEDED, _WITHDRAWN, _UNREVIEWED = 0.6, 0.85, 0.7
_LONG_DAYS = 365
_REPLACEMENT_KEYS = ("superseded_by", "replaced_by", "obsoleted_by", "deprecated_by")


def outdated_by(document: Document) -> str | None:
    """Return what replaced the document, its status where it does not say, or ``None`` where it stands."""
    for key in _REPLACEMENT_KEYS:
        if document.attributes.get(key):
            return _text(document.attributes[key])
    status = _text(document.attributes.get("status", "")).strip().lower()
    words = status.replace("-", " ").split()
    return status if words and words[0] in _NO_LONGER else None


def standings(documents: Sequence[Document]) -> tuple[float, ...]:
    """Return for each document, 0..1, how far it can be relied on beside the others.

    Age alone says nothing: a decision of five years ago may hold. A page that somebody reviewed long before another page was
    reviewed does say something, and so does a record that names a successor.
    """
    newest = max((reviewed for document in documents if (reviewed := reviewed_on(document))), default=None)
    return tuple(_standing(document, newest) for document in documents)


def _standing(document: Document, newest: date | None) -> float:
    if any(document.attributes.get(key) for key in _REPLACEMENT_KEYS):
        return _SUPERSEDED
    status = outdated_by(document)
    if status is not None:
        return _SUPERSEDED if status.startswith(("supersed", "replac", "obsolet", "deprec")) else _WITHDRAWN
    reviewed = reviewed_on(document)
    if reviewed is not None and newest is not None and (newest - reviewed).days > _LONG_DAYS:
        return _UNREVIEWED
    return 1.0


def reviewed_on(document: Document) -> date | None:
    """Return when the document's record says that somebody last reviewed it."""
    for key in _REVIEW_KEYS:
        value = document.attributes.get(key)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value.strip()[:10])
            except ValueError:
                # Not a date: whoever wrote it did not mean one.
                continue
    return None


def last_changed(document: Document) -> datetime | None:
    return document.modified_at or document.created_at


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)
