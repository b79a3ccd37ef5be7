"""``/v1/answers``: picking up an answer under way, stopping it, saying what it was worth, and whom to tell."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from aika.client.conversation_models import StopReply
from aika.client.models import FeedbackRequest
from aika.client.talk_models import SuggestionsReply, TellOwnerReply, TellOwnerRequest
from aika.surfaces.api.callers import TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["answers"], responses=RESPONSES)

EVENT_STREAM = "text/event-stream"

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events whose data is a `ChatEvent` each. Their ids count from 1.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


@router.get("/v1/answers/{id}/events", responses=_EVENTS, response_class=StreamingResponse)
async def follow_answer(
    id: str,
    aika: TheAika,
    caller: TheCaller,
    last_event_id: Annotated[str | None, Header(description="The id of the last event that arrived.")] = None,
    after: Annotated[int | None, Query(ge=0, description="The same, for clients that cannot set headers.")] = None,
) -> StreamingResponse:
    """Go on with an answer under way, or with one that ended a short while ago, after the event that arrived last."""
    raise NotImplementedError


@router.post("/v1/answers/{id}/stop")
async def stop_answer(id: str, aika: TheAika, caller: TheCaller) -> StopReply:
    """Stop an answer under way. What was written so far is judged, and kept where it holds."""
    raise NotImplementedError


@router.post("/v1/answers/{id}/feedback", status_code=204)
async def give_feedback(id: str, request: FeedbackRequest, aika: TheAika, caller: TheCaller) -> None:
    """Say whether an answer helped, and why not. Saying it again replaces what was said."""


@router.post("/v1/answers/{id}/tell-owner")
async def tell_owner(id: str, request: TellOwnerRequest, aika: TheAika, caller: TheCaller) -> TellOwnerReply:
    """Tell whoever answers for the nearest documents that something is missing. It becomes a finding of theirs."""
    raise NotImplementedError


@router.get("/v1/answers/{id}/follow-ups")
async def follow_ups(
    id: str, aika: TheAika, caller: TheCaller, limit: Annotated[int, Query(ge=1, le=10)] = 3
) -> SuggestionsReply:
    """Return questions that could come next: what stands beside the passages that the answer cites."""
    raise NotImplementedError
