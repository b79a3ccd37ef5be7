"""``/v1/goalies/queue`` and verdicts: proposals that wait for somebody, and what they decide."""

from typing import Annotated

from fastapi import APIRouter, Query

from aika.application.goalie_review import Waiting
from aika.client import goalie_models as wire
from aika.domain.errors import InvalidRequestError, NotFoundError
from aika.domain.goalies import Ruling
from aika.domain.identifiers import CaseId, ConversationId
from aika.goalie.keeping import conversation_id
from aika.surfaces.api.goalies import TheReview, TheReviewer
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.views import completion_of

router = APIRouter(tags=["goalies"], responses=RESPONSES)


@router.get("/v1/goalies/queue")
async def list_queue(
    review: TheReview,
    reviewer: TheReviewer,
    goalie: Annotated[str | None, Query(description="One goalie's. Unset: all of the caller's.")] = None,
) -> wire.QueueReply:
    """Return the proposals that wait for the caller: for human goalies those of their channels, for administrators all.

    Those made from documents that the caller may not read are not there.
    """
    return wire.QueueReply(cases=[_queued(one) for one in await review.queue(reviewer, goalie=goalie)])


@router.get("/v1/goalies/{name}/cases/{case}")
async def get_waiting_case(name: str, case: str, review: TheReview, reviewer: TheReviewer) -> wire.QueuedCase:
    """Return one proposal that waits. One that was decided about is a conflict that says by whom."""
    await review.named(name, reviewer.person)
    waiting = await review.one(CaseId(case), reviewer)
    if waiting.goalie.id != name:
        raise NotFoundError(f"there is no case {case!r} that you may decide about")
    return _queued(waiting)


@router.post("/v1/goalies/{name}/cases/{case}/verdict")
async def decide_case(
    name: str, case: str, request: wire.VerdictRequest, review: TheReview, reviewer: TheReviewer
) -> wire.VerdictReply:
    """Accept, edit or reject a proposal, as a click in the channel does. Of several who decide, the first one does."""
    goalie = await review.named(name, reviewer.person)
    there = await review.goalies.case(CaseId(case))
    if there is None or there.goalie != goalie.id:
        raise NotFoundError(f"there is no case {case!r} that you may decide about")
    ruling = Ruling(request.ruling)
    after = await review.decide(there.id, ruling, by=reviewer, words=_words(ruling, request))
    return wire.VerdictReply(id=after.id, state=after.state.value)


def _words(ruling: Ruling, request: wire.VerdictRequest) -> str:
    match ruling:
        case Ruling.ACCEPT:
            return ""
        case Ruling.EDIT:
            if not request.text.strip():
                raise InvalidRequestError("an edit needs the text to post; reject the proposal to post nothing")
            return request.text
        case Ruling.REJECT:
            return request.reason


def _queued(waiting: Waiting) -> wire.QueuedCase:
    case, goalie = waiting.case, waiting.goalie
    return wire.QueuedCase(
        id=case.id,
        goalie=goalie.id,
        channel=goalie.channel,
        question=case.question,
        asked_at=case.asked_at,
        asked_by=waiting.asked_by,
        address=waiting.address,
        confidence=waiting.outcome.confidence.value,
        medium=goalie.medium,
        high=goalie.high,
        reason=case.reason,
        proposal=completion_of(waiting.outcome, ConversationId(conversation_id(case))),
    )
