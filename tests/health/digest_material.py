"""Small makers of findings and digests, and couriers that keep what they are given."""

import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aika.domain.access import EVERYONE, UNRESTRICTED
from aika.domain.digests import Digest, DigestEntry, Every, Medium, Recipient
from aika.domain.documents import Document, Owner
from aika.domain.findings import (
    BrokenQuestion,
    Cause,
    Exhibit,
    Finding,
    FindingKind,
    FindingState,
    SuggestedEdit,
)
from aika.domain.identifiers import FindingId, PrincipalId, SourceId, document_id
from aika.stores.database.database import Database
from aika.testing.makers import make_document, make_entry

MONDAY = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PAYMENTS = Owner("payments team", contact="#payments")


@asynccontextmanager
async def opened_copy(template: Path, folder: Path) -> AsyncIterator[Database]:
    """Open a copy of a database whose tables are there: to make them takes a second."""
    copy = folder / "aika.db"
    shutil.copyfile(template, copy)
    async with Database.open(f"sqlite:///{copy}") as database:
        yield database


async def recorded(database: Database, *documents: Document) -> None:
    await database.catalogue.record([make_entry("The limit is 30.", document=document) for document in documents])


def broken(text: str = "What is the limit?", *, asker: str = "a", passes: bool = False) -> BrokenQuestion:
    return BrokenQuestion(text, MONDAY, Cause.RATED_DOWN, asker=asker, scope=UNRESTRICTED, passes=passes)


def make_finding(
    id: str = "one",
    document: Document | None = None,
    others: Sequence[Document] = (),
    *,
    kind: FindingKind = FindingKind.OUTDATED,
    state: FindingState = FindingState.OPEN,
    owner: Owner | None = PAYMENTS,
    questions: Sequence[BrokenQuestion] = (),
    created_at: datetime = MONDAY,
    suggestion: SuggestedEdit | None = None,
    reason: str = "It says 30, and the newer page says 14.",
    title: str = "Limits",
    gap: bool = False,
    assignee: str = "",
) -> Finding:
    own = document or make_document("limits.md", title="Limits")
    return Finding(
        id=FindingId(id),
        key=id,
        kind=FindingKind.NO_DOCUMENT if gap else kind,
        state=state,
        title=title,
        reason=reason,
        source=own.source,
        document=None if gap else own.id,
        owner=owner,
        exhibits=() if gap else tuple(Exhibit(each, quote="The limit is 30.") for each in (own, *others)),
        questions=tuple(questions),
        suggestion=suggestion,
        created_at=created_at,
        changed_at=created_at,
        assignee=assignee,
    )


def make_entry_of_digest(
    title: str = "“Limits” is out of date",
    *,
    reason: str = "The newer page says 14.",
    url: str | None = "https://docs.example/limits.md",
    quote: str = "The limit is 30.",
    questions: tuple[str, ...] = ("What is the limit?",),
    suggestion: SuggestedEdit | None = None,
) -> DigestEntry:
    return DigestEntry(
        finding=FindingId("finding-1"),
        kind=FindingKind.OUTDATED,
        title=title,
        reason=reason,
        url=url,
        quote=quote,
        people=3,
        questions=questions,
        more_questions=0,
        suggestion=suggestion,
    )


def make_digest(
    *entries: DigestEntry, to: Recipient | None = None, owner: str = "payments team", more: int = 0, still_open: int = 0
) -> Digest:
    return Digest(
        id="digest-1",
        owner=owner,
        recipient=to or Recipient(Medium.MAIL, "payments@example.org"),
        every=Every.WEEKLY,
        entries=entries or (make_entry_of_digest(),),
        more=more,
        still_open=still_open,
        composed_at=MONDAY,
    )


def make_edit(
    before: str = "The limit is 30.", after: str = "The limit is 14.", *, key: str = "limits.md"
) -> SuggestedEdit:
    return SuggestedEdit(document_id(SourceId("handbook"), key), before, after, reason="newer")


def readers(*names: str) -> list[str]:
    return [PrincipalId(name) for name in names] or [EVERYONE]


class KeepingCourier:
    """Keeps digests, and fails as often as it was told to."""

    def __init__(self, medium: Medium = Medium.SLACK, *failures: Exception) -> None:
        self.medium = medium
        self.delivered: list[Digest] = []
        self.failures = list(failures)

    async def deliver(self, digest: Digest) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.delivered.append(digest)
