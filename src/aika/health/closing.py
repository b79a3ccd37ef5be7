"""Closing by itself: when documents change, the questions that they broke are asked again."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.answers import Abstention, Answer, Band
from aika.domain.documents import Document
from aika.domain.errors import AikaError, ConflictError, TransientError
from aika.domain.findings import BrokenQuestion, Complaint, Exhibit, Finding, FindingKind, FindingState
from aika.domain.identifiers import DocumentId, FindingId
from aika.domain.queries import Query
from aika.health.closing_matching import Matching
from aika.health.examining import Narrow
from aika.health.findings_wording import DELETED, answered_note, changed_note
from aika.protocols import Adjudicator, Answerer, Catalogue, Clock, Findings

logger = logging.getLogger(__name__)

_MOST_ASKED = 30
"""Questions of one finding that are asked again, the newest."""
_MARKER = re.compile(r"\s*\[\d+\]")


class Due(Protocol):
    """A finding whose documents are not as they were."""

    @property
    def finding(self) -> FindingId: ...

    @property
    def content(self) -> str:
        """The fingerprint of what they hold now."""
        ...


class Changes(Protocol):
    """Which findings documents changed under."""

    async def due(self, *, through: int) -> Sequence[Due]: ...

    async def gaps(self, *, through: int) -> list[tuple[FindingId, int]]: ...

    async def changed(self, *, after: int, through: int) -> frozenset[DocumentId] | None: ...

    async def tried(self, gaps: Sequence[FindingId], *, through: int) -> None: ...


class Disagreements(Protocol):
    """Knows whether documents still say different things."""

    async def still_disagree(self, finding: Finding) -> bool: ...


@dataclass(frozen=True, slots=True)
class Closer:
    """Asks broken questions again, each of what its asker may read, and resolves or reopens their findings."""

    store: Findings
    changes: Changes
    catalogue: Catalogue
    answerer: Answerer
    adjudicator: Adjudicator
    disagreements: Disagreements | None
    matching: Matching
    narrow: Narrow
    clock: Clock
    horizon: Callable[[], Awaitable[int]]
    """Returns the catalogue's change up to which documents are found by words and by meaning."""

    async def close(self) -> list[Finding]:
        """Look at what documents changed under, and return the findings that were resolved or opened again."""
        through = await self.horizon()
        moved: list[Finding] = []
        for due in await self.changes.due(through=through):
            _, changed = await self._tried(due.finding, partial(self._look_again, due.content))
            moved += changed
        return moved + await self._gaps(through)

    async def _tried(
        self, id: FindingId, look: Callable[[Finding], Awaitable[Finding | None]]
    ) -> tuple[bool, list[Finding]]:
        """Look at one finding; return whether that was possible, and it where its state changed.

        What cannot be looked at now, or is being changed by somebody, is left for the next time.
        """
        finding = await self.store.get(id)
        if finding is None:
            return True, []
        try:
            changed = await look(finding)
            kept = None if changed is None else await self.store.change(changed)
        except (TransientError, ConflictError) as error:
            logger.warning("a finding cannot be looked at now", extra={"finding": id, "error": type(error).__name__})
            return False, []
        return True, [] if kept is None or kept.state is finding.state else [kept]

    async def _look_again(self, content: str, finding: Finding) -> Finding:
        now = self.clock.now()
        seen = replace(finding, content_seen=content)
        found = None
        if finding.document is not None:
            found = await self.catalogue.document(finding.document, scope=UNRESTRICTED)
        if found is None:
            return seen if finding.state is FindingState.RESOLVED else _resolved(seen, DELETED, self.clock)
        document, _ = found
        questions = await self._asked_again(finding)
        looked = replace(seen, questions=questions)
        if all(question.passes for question in questions) and not await self._still_disagrees(finding):
            if finding.state is FindingState.RESOLVED:
                return looked
            return _resolved(looked, await self._what_changed(finding, document), self.clock)
        if finding.state is not FindingState.RESOLVED:
            return looked
        return replace(looked, state=FindingState.OPEN, note="", changed_at=now)

    async def _still_disagrees(self, finding: Finding) -> bool:
        # What nobody asked was found by comparing documents, and holds as long as they differ.
        if self.disagreements is None or (finding.questions and finding.kind is not FindingKind.CONFLICTING):
            return False
        return await self.disagreements.still_disagree(finding)

    async def _what_changed(self, finding: Finding, document: Document) -> str:
        """Name the document that changed last of those that the finding rests on: whoever sees the note may read them."""
        found = [await self.catalogue.document(id_, scope=UNRESTRICTED) for id_ in sorted(finding.documents)]
        dated = [one[0] for one in found if one is not None and one[0].modified_at is not None]
        last = max(dated, key=lambda one: (one.modified_at or one.created_at, one.id), default=document)
        return changed_note(last, asked=bool(finding.questions), now=self.clock.now())

    async def _gaps(self, through: int) -> list[Finding]:
        """Try the gaps that a new or changed document may fill."""
        moved: list[Finding] = []
        tried: list[FindingId] = []
        since: dict[int, frozenset[DocumentId] | None] = {}
        for id_, seen in await self.changes.gaps(through=through):
            if seen not in since:
                since[seen] = await self.changes.changed(after=seen, through=through)
            looked, changed = await self._tried(id_, partial(self._try_gap, since[seen]))
            moved += changed
            if looked:
                tried.append(id_)
        await self.changes.tried(tried, through=through)
        return moved

    async def _try_gap(self, changed: frozenset[DocumentId] | None, gap: Finding) -> Finding | None:
        """Return the gap as it is to be kept, ``None`` where nothing that changed comes near it."""
        if not gap.questions or not await self._comes_near(gap, changed):
            return None
        answers: list[Answer] = []
        questions = await self._asked_again(gap, answers)
        looked = replace(gap, questions=questions)
        if not all(question.passes for question in questions):
            return looked if questions != gap.questions else None
        exhibits = _answering(answers)
        note = answered_note(exhibits[0].document) if exhibits else ""
        return replace(_resolved(looked, note, self.clock), exhibits=exhibits)

    async def _comes_near(self, gap: Finding, changed: frozenset[DocumentId] | None) -> bool:
        if changed is None:
            return True
        for question in gap.questions if changed else ():
            scope, _ = await self.narrow(question.scope, question.assistant)
            if await self.matching.matches(question.text, changed, scope=scope):
                return True
        return False

    async def _asked_again(self, finding: Finding, answers: list[Answer] | None = None) -> tuple[BrokenQuestion, ...]:
        """Ask the questions of a finding, equal ones once, up to the first that does not pass: it stays open for that one."""
        passed: dict[tuple[str, Scope, str | None], bool] = {}
        failed = False
        questions: list[BrokenQuestion] = []
        asked = sorted(finding.questions, key=lambda question: question.asked_at, reverse=True)[:_MOST_ASKED]
        for question in asked:
            key = (question.text.casefold(), question.scope, question.assistant)
            if key not in passed and not failed:
                passed[key] = await self._passes(question, finding, answers)
                failed = not passed[key]
            questions.append(replace(question, passes=passed.get(key, False)))
        if len(finding.questions) > len(asked):
            # Older ones stand and fall with the newest.
            rest = [question for question in finding.questions if question not in asked]
            questions += [replace(question, passes=not failed) for question in rest]
        order = {(question.asked_at, question.asker, question.text): question for question in questions}
        return tuple(order[one.asked_at, one.asker, one.text] for one in finding.questions)

    async def _passes(self, question: BrokenQuestion, finding: Finding, answers: list[Answer] | None) -> bool:
        try:
            scope, assistant = await self.narrow(question.scope, question.assistant)
            outcome = await self._outcome(Query(question.text, scope, assistant=assistant))
        except TransientError:
            raise
        except AikaError as error:
            logger.warning("a question cannot be asked again", extra={"finding": finding.id, "reason": str(error)})
            return False
        if not isinstance(outcome, Answer) or outcome.confidence.band is Band.LOW or _says_again(outcome, question):
            return False
        if answers is not None:
            answers.append(outcome)
        if finding.document is None or finding.kind is FindingKind.NOT_RETRIEVED:
            return True
        complaint = Complaint(question.text, outcome, question.cause, scope, reply=question.expected)
        verdict = await self.adjudicator.judge(complaint)
        about = None if verdict is None or verdict.document is None else verdict.document.id
        return verdict is None or (verdict.kind, about) != (finding.kind, finding.document)

    async def _outcome(self, query: Query) -> Answer | Abstention | None:
        outcome = None
        async for event in self.answerer.answer(query):
            if isinstance(event, Answer | Abstention):
                outcome = event
        return outcome


def _resolved(finding: Finding, note: str, clock: Clock) -> Finding:
    return replace(finding, state=FindingState.RESOLVED, note=note, changed_at=clock.now())


def _answering(answers: Sequence[Answer]) -> tuple[Exhibit, ...]:
    """Return the passages that fill a gap, one a document."""
    by_id: dict[DocumentId, Exhibit] = {}
    for citation in (citation for answer in answers for citation in answer.citations):
        exhibit = Exhibit(citation.document, citation.quote, citation.start, citation.end, "answers it now")
        by_id.setdefault(citation.document.id, exhibit)
    return tuple(by_id.values())


def _says_again(outcome: Answer, question: BrokenQuestion) -> bool:
    refused = _plain(question.refused)
    return bool(refused) and refused in _plain(outcome.text)


def _plain(text: str) -> str:
    return " ".join(_MARKER.sub("", text).casefold().split()).rstrip(". ")
