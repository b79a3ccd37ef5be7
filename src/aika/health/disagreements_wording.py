"""What a disagreement is called, which of its documents has to change, and what it should say."""

from datetime import UTC, datetime

from aika.answering.status import last_changed, outdated_by, reviewed_on
from aika.domain.access import EVERYONE
from aika.domain.documents import Document
from aika.domain.findings import Exhibit, FindingKind, SuggestedEdit, Verdict
from aika.health.disagreements_matching import Difference
from aika.health.statements import Statement
from aika.health.statements_values import Value

_MUCH_LATER_DAYS = 180
"""Between two reviews: what was looked at half a year later and still says otherwise holds."""
_LONGEST_SUBJECT = 8
"""Terms."""
_OUTDATED_CERTAINTY, _CONFLICTING_CERTAINTY = 0.9, 0.8


def verdict_of(found: Difference) -> Verdict:
    """Return the verdict: the document that has to change comes first, whichever of the two was looked at."""
    mine, theirs = (found.one, found.value), (found.other, found.other_value)
    if older(theirs[0].document, mine[0].document):
        mine, theirs = theirs, mine
    holds = other_holds(mine[0].document, theirs[0].document)
    kind = FindingKind.OUTDATED if holds else FindingKind.CONFLICTING
    value, unit = mine[0].shown(mine[1]), mine[1].sort.value
    why = f", {holds}" if holds else ""
    return Verdict(
        kind=kind,
        reason=f"This document says {value}, and another document says otherwise{why}.",
        subject=f"{unit}: {' '.join(found.shared[:_LONGEST_SUBJECT])}",
        certainty=(_OUTDATED_CERTAINTY if holds else _CONFLICTING_CERTAINTY) * min(1.0, 0.5 + found.covered / 2),
        exhibits=(_exhibit(*mine), _exhibit(*theirs)),
        suggestion=_suggestion(mine, theirs) if holds else None,
    )


def older(one: Document, other: Document) -> bool:
    """Return whether the first of two documents is the one to look at first: replaced, or changed longer ago."""
    if other_holds(one, other):
        return True
    if other_holds(other, one):
        return False
    return _order(one) < _order(other)


def other_holds(one: Document, other: Document) -> str:
    """Return why the second document holds where the two disagree, empty where nothing tells. It names no value."""
    if outdated_by(one) is not None and outdated_by(other) is None:
        return "and this one is marked as replaced"
    mine, theirs = reviewed_on(one), reviewed_on(other)
    if mine is not None and theirs is not None and (theirs - mine).days > _MUCH_LATER_DAYS:
        return "and was reviewed much later"
    return ""


def readable_by_all_readers(one: Document, other: Document) -> bool:
    """Return whether whoever may read the first document may read the second."""
    return EVERYONE in other.readers or one.readers <= other.readers


def _order(document: Document) -> tuple[datetime, str]:
    return last_changed(document) or datetime.max.replace(tzinfo=UTC), document.id


def _exhibit(statement: Statement, value: Value) -> Exhibit:
    return Exhibit(
        document=statement.document,
        quote=statement.quote,
        start=statement.start,
        end=statement.end,
        note=f"says {statement.shown(value)}",
    )


def _suggestion(mine: tuple[Statement, Value], theirs: tuple[Statement, Value]) -> SuggestedEdit | None:
    """Return the sentence with the other value, where whoever reads the one may read the other."""
    statement, value = mine
    other, other_value = theirs
    if not readable_by_all_readers(statement.document, other.document):
        return None
    new = other.quote[other_value.start : other_value.end].strip()
    after = f"{statement.quote[: value.start]}{new}{statement.quote[value.end :]}"
    return SuggestedEdit(statement.document.id, statement.quote, after, "Another document that holds says so.")
