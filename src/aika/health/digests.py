"""What a digest says: an owner's new findings, with nothing that the readers of their documents may not read.

A digest goes to an address, and who reads there is not checked. So an entry holds what the finding's own document says. Words
of other documents are in it only where everybody who may read that document may read them too: else neither their names nor
what a verdict made of them nor what people asked is told, and ``aika health show`` shows it to those who may see it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from aika.domain.access import EVERYONE, UNRESTRICTED
from aika.domain.digests import Digest, DigestEntry, Every, Mention, Recipient
from aika.domain.documents import Document
from aika.domain.findings import Exhibit, Finding, FindingKind, FindingState
from aika.domain.identifiers import DocumentId, FindingId, PrincipalId
from aika.health.findings_wording import name_of, shortened
from aika.protocols import Catalogue

MOST_ENTRIES = 10
"""In one digest. The others come with the next one, so that each is told in full once."""
_MOST_QUESTIONS = 3
_LONGEST_QUESTION = 200
_LONGEST_REASON = 600
_LONGEST_QUOTE = 400

_UNTOLD = {
    FindingKind.UNSUPPORTED: "An answer said more than the document does.",
    FindingKind.OUTDATED: "Something newer says otherwise.",
    FindingKind.CONFLICTING: "Another document says otherwise.",
    FindingKind.NOT_RETRIEVED: "It answers a question, and was not found.",
    FindingKind.NO_DOCUMENT: "Nothing answers this.",
}
"""The reason where the real one would tell what others may not read."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an owner knows already."""

    findings: Collection[FindingId]
    until: datetime
    """Findings that came later wait for the next digest."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom a digest is for."""

    owner: str
    recipient: Recipient
    every: Every


class DigestComposer:
    """Writes digests from findings, of the documents as they are now."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    async def compose(
        self, id: str, addressed: Addressed, findings: Sequence[Finding], told: Told, *, now: datetime
    ) -> Digest | None:
        """Return the digest of an owner's findings, which come most costly first; ``None`` where nothing is new."""
        news = [finding for finding in findings if _is_news(finding, told)]
        entries: list[DigestEntry] = []
        gone = 0
        for finding in news:
            if len(entries) == MOST_ENTRIES:
                break
            entry = await self._entry(finding)
            if entry is None:
                gone += 1
            else:
                entries.append(entry)
        if not entries:
            return None
        return Digest(
            id=id,
            owner=addressed.owner,
            recipient=addressed.recipient,
            every=addressed.every,
            entries=tuple(entries),
            more=len(news) - len(entries) - gone,
            still_open=sum(finding.id in told.findings for finding in findings),
            composed_at=now,
        )

    async def _entry(self, finding: Finding) -> DigestEntry | None:
        """Return ``None`` where the document is gone: the finding is about to close."""
        if finding.document is None:
            return _entry(finding, None, (), tells_all=not finding.exhibits)
        own = await self._document(finding.document)
        if own is None:
            return None
        rested_on = {exhibit.document.id for exhibit in finding.exhibits} - {own.id}
        others = [await self._document(other) for other in sorted(rested_on)]
        readable = [other for other in others if other is not None and _is_open_to(own.readers, other)]
        return _entry(finding, own, readable, tells_all=len(readable) == len(others))

    async def _document(self, id: DocumentId) -> Document | None:
        # As it is now: its readers may have become fewer since the finding was made.
        found = await self._catalogue.document(id, scope=UNRESTRICTED)
        return None if found is None else found[0]


def _is_news(finding: Finding, told: Told) -> bool:
    return finding.state is FindingState.OPEN and finding.id not in told.findings and finding.created_at <= told.until


def _is_open_to(readers: frozenset[PrincipalId], other: Document) -> bool:
    """Return whether all of these readers may read the other document, judged by its list of readers alone."""
    return EVERYONE in other.readers or (bool(readers) and readers <= other.readers)


def _entry(finding: Finding, own: Document | None, others: Sequence[Document], *, tells_all: bool) -> DigestEntry:
    questions = [question.shown for question in finding.questions if not question.passes]
    asked = list(dict.fromkeys(shortened(" ".join(text.split()), _LONGEST_QUESTION) for text in questions))
    # Whoever may read the other documents may have asked about them.
    shown = asked[:_MOST_QUESTIONS] if tells_all else []
    suggestion = finding.suggestion if tells_all else None
    return DigestEntry(
        finding=finding.id,
        kind=finding.kind,
        title=finding.title if tells_all or own is None else f"“{name_of(own)}”: {finding.kind.value}",
        reason=shortened(finding.reason, _LONGEST_REASON) if tells_all else _UNTOLD[finding.kind],
        url=None if own is None else own.url,
        quote="" if own is None else _quote(own, finding.exhibits),
        people=finding.people,
        questions=tuple(shown),
        more_questions=len(asked) - len(shown),
        suggestion=None if suggestion is None or own is None or suggestion.document != own.id else suggestion,
        mentions=tuple(Mention(name_of(other), other.url) for other in others),
    )


def _quote(own: Document, exhibits: Sequence[Exhibit]) -> str:
    said = next((exhibit.quote for exhibit in exhibits if exhibit.document.id == own.id and exhibit.quote), "")
    return shortened(" ".join(said.split()), _LONGEST_QUOTE)
