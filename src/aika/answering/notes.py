"""What an asker should know beside the answer: old, replaced and disagreeing sources."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import combinations

from aika.answering.display import plain
from aika.answering.exactness import exact
from aika.answering.status import last_changed, outdated_by
from aika.domain.answers import Citation
from aika.domain.documents import Document
from aika.domain.queries import Hit
from aika.protocols import Analyzer

_REVIEW_KEYS = ("last_reviewed", "last_reviewed_on", "reviewed", "last_reviewed_at")
# Two sentences are about the same thing when they share this much of the shorter one's words, numbers aside.
_SAME_MATTER = 0.6
_NUMBERS_AND_MARKS = re.compile(r"[\d.,:€$£%]+")


def notes_on(
    citations: Sequence[Citation], evidence: Sequence[Hit], analyzer: Analyzer, *, now: datetime, old_after_days: int
) -> tuple[str, ...]:
    """Return the notes on the cited documents, each once."""
    documents = list({citation.document.id: citation.document for citation in citations}.values())
    found = [note for document in documents for note in _on_document(document, evidence, now, old_after_days)]
    return tuple(dict.fromkeys([*found, *_disagreements(citations, analyzer)]))


def _on_document(document: Document, evidence: Sequence[Hit], now: datetime, old_after_days: int) -> Iterator[str]:
    replacement = outdated_by(document)
    if replacement is not None:
        yield _replaced(document, replacement, evidence)
    days = _days_since(last_changed(document), now)
    reviewed = _reviewed(document)
    if reviewed is not None and (now.date() - reviewed).days > old_after_days:
        yield f"“{_name(document)}” was last reviewed {(now.date() - reviewed).days} days ago."
    elif days is not None and days > old_after_days and reviewed is None:
        yield f"“{_name(document)}” last changed {days} days ago."


def _replaced(document: Document, replacement: str, evidence: Sequence[Hit]) -> str:
    key = replacement.strip().lower()
    for hit in evidence:
        other = hit.chunk.document
        names = f"{other.title} {other.key}".lower()
        if other.id != document.id and re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", names):
            return f"“{_name(document)}” was superseded by “{_name(other)}”."
    if any(character.isdigit() for character in replacement) or "/" in replacement or " " in replacement:
        return f"“{_name(document)}” was superseded by {plain(replacement)}."
    return f"“{_name(document)}” is marked as {plain(replacement)}."


def _reviewed(document: Document) -> date | None:
    for key in _REVIEW_KEYS:
        value = document.attributes.get(key)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value.strip()[:10])
            except ValueError:
                # Not a date: whoever wrote it did not mean one.
                continue
    return None


def _days_since(moment: datetime | None, now: datetime) -> int | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (now - aware).days


def _disagreements(citations: Sequence[Citation], analyzer: Analyzer) -> Iterator[str]:
    """Name pairs of cited documents that say the same of the same, with other numbers."""
    for one, other in combinations(citations, 2):
        if one.document.id != other.document.id and _differ(one.quote, other.quote, analyzer):
            yield (
                f"“{_name(one.document)}” and “{_name(other.document)}” give different numbers. "
                f"Compare [{one.marker}] and [{other.marker}]."
            )


def _differ(one: str, other: str, analyzer: Analyzer) -> bool:
    mine, theirs = exact(plain(one)), exact(plain(other))
    my_units = {quantity.unit for quantity in mine.quantities if quantity.unit}
    shared = [quantity for quantity in theirs.quantities if quantity.unit in my_units]
    if not shared or mine.quantities & theirs.quantities:
        return False
    my_terms, their_terms = (set(analyzer.terms(_NUMBERS_AND_MARKS.sub(" ", plain(text)))) for text in (one, other))
    smaller = min(len(my_terms), len(their_terms))
    return smaller >= 3 and len(my_terms & their_terms) / smaller >= _SAME_MATTER


def _name(document: Document) -> str:
    return plain(document.title or document.key)
