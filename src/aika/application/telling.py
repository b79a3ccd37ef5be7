"""Telling owners that something is missing, in the words of who looked for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aika.application.aika import Aika
from aika.domain.access import Scope
from aika.domain.answers import Answer
from aika.domain.conversations import Turn
from aika.domain.documents import Document, Owner
from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.findings import BrokenQuestion, Cause, Complaint, Exhibit, Finding, FindingKind, Verdict
from aika.domain.identifiers import AnswerId, DocumentId, PrincipalId
from aika.health.findings_access import Viewer, seen_by
from aika.health.gaps import likely_writer, nearest_documents

_SHOULD_ANSWER = "Somebody who asked says that this document answers the question. It was not found, or not used."
_NOTHING_ANSWERS = "Nothing that the asker may read answers this."
_TOLD = frozenset((FindingKind.NO_DOCUMENT, FindingKind.NOT_RETRIEVED))


@dataclass(frozen=True, slots=True)
class Telling:
    """What somebody wants an owner to know."""

    answer: AnswerId
    asker: PrincipalId
    """Whose answer it is."""
    words: str = ""
    """Theirs."""
    document: DocumentId | None = None
    """That should answer, as they say."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came of it."""

    at: datetime
    kind: FindingKind
    owner: Owner | None
    finding: Finding | None
    """Where whoever told may see it."""


async def tell_owner(aika: Aika, telling: Telling, viewer: Viewer) -> Told:
    """Make a finding for whoever answers for the nearest documents, or for the one that should answer.

    Raises `NotFoundError` for an answer or a document that is not there for the asker, and `ConflictError` for an answer of
    which it is not kept what it was asked of. Telling again replaces the words.
    """
    found = await aika.database.history.turn(telling.answer, owner=telling.asker)
    if found is None:
        raise NotFoundError(f"there is no answer {telling.answer!r} of yours")
    _, turn = found
    if turn.scope is None:
        raise ConflictError(
            "this answer was copied, or is too old to be examined: ask the question again, and tell then"
        )
    verdict = await _verdict(aika, telling, turn, viewer.scope)
    question = await _question(aika, telling, turn, turn.scope)
    examiner = aika.health.examiner
    nearest = await _nearest(aika, turn, viewer.scope)
    finding = await examiner.recorder.record(verdict, question, nearest=nearest, sequence=await examiner.horizon())
    now = aika.clock.now()
    await aika.database.told_owners.record(telling.answer, finding=None if finding is None else finding.id, now=now)
    visible = [] if finding is None else await seen_by(viewer, [finding], aika.database.catalogue)
    return Told(now, verdict.kind, _owner(aika, verdict, nearest), visible[0] if visible else None)


async def _verdict(aika: Aika, telling: Telling, turn: Turn, scope: Scope) -> Verdict:
    """Return why the answer was bad: as the asker says, as the documents say, and otherwise that nothing answers."""
    asked = turn.outcome.question
    if telling.document is not None:
        document, _ = await aika.document(telling.document, scope=scope)
        return Verdict(FindingKind.NOT_RETRIEVED, _SHOULD_ANSWER, asked, 0.9, (Exhibit(document, ""),))
    examiner = aika.health.examiner
    # What the asker may read now, of what was asked: more than either would tell of what they may not read.
    narrowed, _ = await examiner.narrow(replace(turn.scope or scope, audience=scope.audience), turn.assistant)
    complaint = Complaint(asked, turn.outcome, Cause.UNANSWERED, narrowed, comment=telling.words)
    verdict = await examiner.adjudicator.judge(complaint)
    if verdict is not None and verdict.kind in _TOLD:
        return verdict
    return Verdict(FindingKind.NO_DOCUMENT, _NOTHING_ANSWERS, asked, 0.5)


def _owner(aika: Aika, verdict: Verdict, nearest: Sequence[Document]) -> Owner | None:
    """Return who is told, as the asker may know it: the gap that a question joins may be named after what they may not read."""
    owner_of = aika.health.examiner.recorder.owner_of
    if verdict.document is not None:
        return owner_of(verdict.document)
    return likely_writer([replace(document, owner=owner_of(document)) for document in nearest])


async def _question(aika: Aika, telling: Telling, turn: Turn, scope: Scope) -> BrokenQuestion:
    outcome = turn.outcome
    return BrokenQuestion(
        text=outcome.question,
        asked_at=turn.asked_at,
        cause=Cause.RATED_DOWN if isinstance(outcome, Answer) else Cause.UNANSWERED,
        asker=await aika.database.complaints.asker_digest(telling.asker),
        scope=scope,
        refused=outcome.text if isinstance(outcome, Answer) else "",
        answer=telling.answer,
        assistant=turn.assistant,
        said="" if turn.question == outcome.question else turn.question,
        words=telling.words,
    )


async def _nearest(aika: Aika, turn: Turn, scope: Scope) -> tuple[Document, ...]:
    """Return the documents that came nearest and that the asker may still read."""
    outcome = turn.outcome
    near = nearest_documents(outcome.evidence if isinstance(outcome, Answer) else outcome.nearest)
    admitted = await aika.database.catalogue.admitted([document.id for document in near], scope=scope)
    return tuple(document for document in near if document.id in admitted)
