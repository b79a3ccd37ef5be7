"""What a document's own record says of its standing: replaced, withdrawn, old."""

from datetime import datetime

from aika.domain.documents import Document

_NO_LONGER = frozenset(
    ("superseded", "deprecated", "obsolete", "replaced", "rejected", "withdrawn", "archived", "outdated", "retired")
)
_REPLACEMENT_KEYS = ("superseded_by", "replaced_by", "obsoleted_by", "deprecated_by")


def outdated_by(document: Document) -> str | None:
    """Return what replaced the document, its status where it does not say, or ``None`` where it stands."""
    for key in _REPLACEMENT_KEYS:
        if document.attributes.get(key):
            return _text(document.attributes[key])
    status = _text(document.attributes.get("status", "")).strip().lower()
    words = status.replace("-", " ").split()
    return status if words and words[0] in _NO_LONGER else None


def last_changed(document: Document) -> datetime | None:
    return document.modified_at or document.created_at


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)
