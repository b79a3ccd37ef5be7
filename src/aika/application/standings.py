"""How far documents can be relied on now: their age, what replaced them, and what is known to be wrong with them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from aika.answering.display import plain
from aika.answering.status import last_changed, outdated_by, reviewed_on
from aika.application.aika import Aika
from aika.application.freshness import in_words
from aika.application.health import Wanted
from aika.domain.documents import Document
from aika.domain.findings import Finding, FindingKind, FindingState
from aika.domain.identifiers import DocumentId, SourceId
from aika.health.findings_access import Viewer

_MOST_FINDINGS = 200


class Standing(StrEnum):
    """From the least reliable to the most: the first that holds counts."""

    SUPERSEDED = "superseded"
    """Its own record names a successor, or says that it no longer holds."""
    OUTDATED = "outdated"
    """A finding says that another document replaced what it says."""
    CONFLICTING = "conflicting"
    """A finding says that another document says otherwise."""
    LATE = "late"
    """Its source was not read as lately as its owners promise."""
    OLD = "old"
    """Nobody has changed or reviewed it for long."""
    CURRENT = "current"


@dataclass(frozen=True, slots=True)
class Stand:
    """How one document stands."""

    document: Document
    standing: Standing
    reason: str
    age_days: int | None
    reviewed_days: int | None
    findings: tuple[Finding, ...]


async def standings(aika: Aika, ids: Sequence[DocumentId], viewer: Viewer) -> list[Stand]:
    """Return how documents stand of those that the viewer may read, in the order asked for."""
    documents = await _documents(aika, ids, viewer)
    findings = await _findings(aika, documents, viewer)
    late = {source: await _lateness(aika, source) for source in {document.source for document in documents}}
    return [_stand(aika, document, findings.get(document.id, ()), late[document.source]) for document in documents]


async def _documents(aika: Aika, ids: Sequence[DocumentId], viewer: Viewer) -> list[Document]:
    found = []
    for id_ in dict.fromkeys(ids):
        there = await aika.database.catalogue.document(id_, scope=viewer.scope)
        if there is not None:
            found.append(there[0])
    return found


async def _findings(
    aika: Aika, documents: Sequence[Document], viewer: Viewer
) -> Mapping[DocumentId, Sequence[Finding]]:
    wanted = Wanted(
        states=(FindingState.OPEN, FindingState.ACCEPTED),
        kinds=(FindingKind.OUTDATED, FindingKind.CONFLICTING),
        documents=[document.id for document in documents],
    )
    found: dict[DocumentId, list[Finding]] = {}
    for finding in await aika.health.listing(viewer, wanted, limit=_MOST_FINDINGS) if documents else ():
        if finding.document is not None:
            found.setdefault(finding.document, []).append(finding)
    return found


async def _lateness(aika: Aika, id: SourceId) -> str:
    """Return in a sentence how far a source lags behind its promise; empty where it does not."""
    source = aika.sources.get(id)
    if source is None or source.promise is None:
        return ""
    success = await aika.database.sync_log.last_success(id)
    lag = None if success is None else aika.clock.now() - success
    if lag is not None and lag <= source.promise:
        return ""
    since = "never read to its end" if lag is None else f"last read {in_words(lag)} ago"
    return f"Its source was {since}; its owners promise {in_words(source.promise)}."


def _stand(aika: Aika, document: Document, findings: Sequence[Finding], late: str) -> Stand:
    now = aika.clock.now()
    age, reviewed = _days(last_changed(document), now), reviewed_on(document)
    since_review = None if reviewed is None else (now.date() - reviewed).days
    longest = aika.settings.answers.old_after_days
    standing, reason = _judged(document, findings, late)
    if standing is Standing.CURRENT and _is_old(age, since_review, longest):
        standing, reason = Standing.OLD, _old_reason(age, since_review)
    return Stand(document, standing, reason, age, since_review, tuple(findings))


def _judged(document: Document, findings: Sequence[Finding], late: str) -> tuple[Standing, str]:
    replacement = outdated_by(document)
    if replacement is not None:
        names_one = any(character.isdigit() or character in "/ " for character in replacement)
        said = f"superseded by {plain(replacement)}" if names_one else f"marked as {plain(replacement)}"
        return Standing.SUPERSEDED, f"It is {said}."
    for kind, standing in ((FindingKind.OUTDATED, Standing.OUTDATED), (FindingKind.CONFLICTING, Standing.CONFLICTING)):
        for finding in findings:
            if finding.kind is kind:
                return standing, finding.reason
    return (Standing.LATE, late) if late else (Standing.CURRENT, "")


def _is_old(age: int | None, since_review: int | None, longest: int) -> bool:
    # Who reviewed it lately says that it holds, however long ago it changed.
    return since_review > longest if since_review is not None else age is not None and age > longest


def _old_reason(age: int | None, since_review: int | None) -> str:
    if since_review is not None:
        return f"It was last reviewed {since_review} days ago."
    return f"It last changed {age} days ago."


def _days(moment: datetime | None, now: datetime) -> int | None:
    if moment is None:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, (now - aware).days)
