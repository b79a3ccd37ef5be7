"""What an asker should know beside the answer: old, replaced and disagreeing sources."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations

from aika.answering.disagreement import disagree, shown
from aika.answering.display import plain
from aika.answering.status import last_changed, outdated_by, reviewed_on
from aika.domain.answers import Citation
from aika.domain.documents import Document
from aika.domain.queries import Hit
from aika.protocols import Analyzer


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
    reviewed = reviewed_on(document)
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


def _days_since(moment: datetime | None, now: datetime) -> int | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (now - aware).days


def _disagreements(citations: Sequence[Citation], analyzer: Analyzer) -> Iterator[str]:
    """Name pairs of cited documents that say the same of the same, with other numbers."""
    for one, other in combinations(citations, 2):
        if one.document.id == other.document.id:
            continue
        against = disagree(one.quote, other.quote, analyzer)
        if against is not None:
            yield (
                f"“{_name(one.document)}” and “{_name(other.document)}” disagree: {shown(against[0])} [{one.marker}], "
                f"{shown(against[1])} [{other.marker}]. Ask their owners which one holds."
            )


def _name(document: Document) -> str:
    return plain(document.title or document.key)
