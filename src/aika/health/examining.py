"""Examining complaints: each is judged once and becomes a part of a finding, or of nothing."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from aika.domain.access import Scope
from aika.domain.answers import Answer
from aika.domain.assistants import Assistant
from aika.domain.documents import Document
from aika.domain.errors import AikaError, TransientError
from aika.domain.findings import BrokenQuestion, Cause, Finding, WaitingComplaint
from aika.domain.identifiers import AssistantId
from aika.health.findings import FindingRecorder
from aika.health.gaps import nearest_documents
from aika.protocols import Adjudicator

logger = logging.getLogger(__name__)

Narrow = Callable[[Scope, AssistantId | None], Awaitable[tuple[Scope, Assistant | None]]]
"""Returns what may be read where an assistant is asked, as it is now, and the assistant: ``None`` where it is gone."""
_AT_ONCE = 20


class Complaints(Protocol):
    """What waits to be examined."""

    async def waiting(self, *, after: int = 0, limit: int = 20) -> list[WaitingComplaint]: ...

    async def done(self, id: int) -> None: ...

    async def failed(self, id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Examiner:
    """Turns complaints into findings. A complaint is done when its finding is kept, so that a crash repeats the work."""

    complaints: Complaints
    adjudicator: Adjudicator
    recorder: FindingRecorder
    narrow: Narrow
    horizon: Callable[[], Awaitable[int]]
    """Returns the catalogue's change up to which documents are found by words and by meaning."""

    async def examine(self) -> int:
        """Examine all that waits, one after the other, and return how many could be.

        One that cannot be examined now waits for the next time, and holds up nothing else.
        """
        examined, after = 0, 0
        while waiting := await self.complaints.waiting(after=after, limit=_AT_ONCE):
            for one in waiting:
                after = one.id
                examined += await self._taken(one)
        return examined

    async def _taken(self, waiting: WaitingComplaint) -> bool:
        try:
            await self.examine_one(waiting)
        except TransientError as error:
            logger.warning("a complaint cannot be examined now", extra={"complaint": waiting.id, "reason": str(error)})
            return False
        except Exception as error:
            # The outermost loop of the work: one failure stays one failure.
            logger.warning(
                "a complaint could not be examined",
                extra={"complaint": waiting.id, "error": type(error).__name__},
                exc_info=None if isinstance(error, AikaError) else error,
            )
            await self.complaints.failed(waiting.id)
            return False
        await self.complaints.done(waiting.id)
        return True

    async def examine_one(self, waiting: WaitingComplaint) -> Finding | None:
        """Return the finding that a complaint belongs to, ``None`` where nothing speaks against answer and documents."""
        complaint = waiting.complaint
        sequence = await self.horizon()
        scope, _ = await self.narrow(complaint.scope, waiting.assistant)
        verdict = await self.adjudicator.judge(replace(complaint, scope=scope))
        if verdict is None:
            return None
        return await self.recorder.record(verdict, _question(waiting), nearest=_nearest(waiting), sequence=sequence)


def _question(waiting: WaitingComplaint) -> BrokenQuestion:
    complaint = waiting.complaint
    outcome = complaint.outcome
    refused = isinstance(outcome, Answer) and complaint.cause is not Cause.UNANSWERED
    return BrokenQuestion(
        text=complaint.question,
        asked_at=waiting.asked_at,
        cause=complaint.cause,
        asker=waiting.asker,
        # As it was before the assistant narrowed it: what its topic comes to is learned anew when it is asked again.
        scope=complaint.scope,
        expected=complaint.reply,
        refused=outcome.text if refused else "",
        answer=waiting.answer,
        assistant=waiting.assistant,
        said=waiting.said,
    )


def _nearest(waiting: WaitingComplaint) -> tuple[Document, ...]:
    outcome = waiting.complaint.outcome
    return nearest_documents(outcome.evidence if isinstance(outcome, Answer) else outcome.nearest)
