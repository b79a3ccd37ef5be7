"""``/v1/answers``: picking up an answer under way, stopping it, saying what it was worth, and whom to tell."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from aika.application.aika import Aika
from aika.application.telling import Telling
from aika.application.telling import tell_owner as tell
from aika.assistants.withholding import readable
from aika.client.conversation_models import CompletedEvent, FailedEvent, StopReply
from aika.client.models import ChatCompletion, FeedbackRequest
from aika.client.talk_models import SuggestionsReply, TellOwnerReply, TellOwnerRequest
from aika.domain.answers import Feedback, Rating
from aika.domain.conversations import Turn
from aika.domain.errors import AikaError, ConflictError, NotFoundError
from aika.domain.findings import FindingKind
from aika.domain.identifiers import AnswerId, ConversationId, DocumentId
from aika.health.findings_access import Viewer
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.passages import suggestions_view
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.streaming import EVENT_STREAM, STILL_THERE, encoded, event_stream, failure, streamed
from aika.surfaces.api.views import completion_of, owner_view

router = APIRouter(tags=["answers"], responses=RESPONSES)

_LOOK_SECONDS = 0.5
"""Between two looks whether another process has ended an answer."""

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
    """Go on with an answer under way, or with one that ended a short while ago, after the event that arrived last.

    Where another process writes it, or it ended longer ago, only its last event is sent, once it is there.
    """
    seen = _number(last_event_id) if after is None else after
    answer = AnswerId(id)
    writing = aika.under_way.find(answer, owner=caller.owner)
    if writing is not None:
        return streamed(aika.under_way, writing, after=seen)
    elsewhere = await aika.under_way.elsewhere(answer, owner=caller.owner)
    stored = await _stored(aika, caller, answer)
    if elsewhere is None and stored is None:
        raise _unknown(id)
    return event_stream(_awaited(aika, caller, answer, seen))


@router.post("/v1/answers/{id}/stop")
async def stop_answer(id: str, aika: TheAika, caller: TheCaller) -> StopReply:
    """Stop an answer under way. What was written so far is judged, and kept where it holds."""
    answer = AnswerId(id)
    if await aika.under_way.stop(answer, owner=caller.owner):
        return StopReply(answer_id=id, state="stopping")
    ended = aika.under_way.find(answer, owner=caller.owner) is not None
    if not ended and await aika.database.conversations.outcome(answer, owner=caller.owner) is None:
        raise _unknown(id)
    return StopReply(answer_id=id, state="finished")


@router.post("/v1/answers/{id}/feedback", status_code=204)
async def give_feedback(id: str, request: FeedbackRequest, aika: TheAika, caller: TheCaller) -> None:
    """Say whether an answer helped, and why not. Saying it again replaces what was said."""
    feedback = Feedback(
        AnswerId(id),
        Rating(request.rating),
        request.comment,
        aika.clock.now(),
        tuple(dict.fromkeys(request.reasons)),
        request.reply,
    )
    await aika.database.conversations.give_feedback(feedback, owner=caller.owner)


@router.post("/v1/answers/{id}/tell-owner")
async def tell_owner(id: str, request: TellOwnerRequest, aika: TheAika, caller: TheCaller) -> TellOwnerReply:
    """Tell whoever answers for the nearest documents that something is missing. It becomes a finding of theirs."""
    signed = f"{request.words}\n\n{caller.name}".strip() if request.with_name else request.words
    telling = Telling(
        answer=AnswerId(id),
        asker=caller.owner,
        words=signed,
        document=None if request.document is None else DocumentId(request.document),
    )
    told = await tell(aika, telling, Viewer(caller.scope, caller.asker.people, caller.admin))
    return TellOwnerReply(
        told_at=told.at,
        kind="not retrieved" if told.kind is FindingKind.NOT_RETRIEVED else "no document",
        owner=owner_view(told.owner),
        finding=None if told.finding is None else told.finding.id,
    )


@router.get("/v1/answers/{id}/follow-ups")
async def follow_ups(
    id: str, aika: TheAika, caller: TheCaller, limit: Annotated[int, Query(ge=1, le=10)] = 3
) -> SuggestionsReply:
    """Return questions that could come next: what stands beside the passages that the answer cites."""
    found = await _readable_turn(aika, caller, AnswerId(id))
    if found is None:
        raise _unknown(id)
    _, turn = found
    scope = caller.scope
    if turn.assistant is not None:
        try:
            assistant = await aika.assistants.of_conversation(turn.assistant, caller.asker)
        except (NotFoundError, ConflictError):
            return suggestions_view(())  # nobody could be asked
        scope = await aika.conversing.narrowing.narrowed(scope, assistant)
    return suggestions_view(await aika.suggesting.to_go_on(turn.outcome, turn.question, scope, limit=limit))


async def _awaited(aika: Aika, caller: Caller, answer: AnswerId, seen: int) -> AsyncIterator[str]:
    """Wait until an answer is stored that another process writes, and send its last event."""
    try:
        while (stored := await _stored(aika, caller, answer)) is None:
            if await aika.under_way.elsewhere(answer, owner=caller.owner) is None:
                # It may have ended between the two looks.
                stored = await _stored(aika, caller, answer)
                break
            yield STILL_THERE
            await asyncio.sleep(_LOOK_SECONDS)
    except AikaError as error:
        yield encoded(seen + 1, FailedEvent(problem=failure(error)))
        return
    if stored is None:
        yield encoded(seen + 1, FailedEvent(problem=failure(_unknown(answer))))
    else:
        yield encoded(seen + 1, CompletedEvent(completion=stored))


async def _stored(aika: Aika, caller: Caller, answer: AnswerId) -> ChatCompletion | None:
    """Return a kept answer as its owner may see it now."""
    found = await _readable_turn(aika, caller, answer)
    if found is None:
        return None
    conversation, turn = found
    return completion_of(turn.outcome, conversation, turn.assistant)


async def _readable_turn(aika: Aika, caller: Caller, answer: AnswerId) -> tuple[ConversationId, Turn] | None:
    """Return a kept turn as its owner may see it now, what its conversation withholds included."""
    found = await aika.database.history.turn(answer, owner=caller.owner)
    if found is None:
        return None
    conversation, turn = found
    shown = await aika.conversing.conversation(conversation.id, owner=caller.owner, reads=caller.scope)
    inside = next((one for one in shown.turns if one.outcome.id == answer), None)
    if inside is None:
        # It was set aside by an edit.
        alone = await readable(replace(conversation, turns=(turn,)), aika.database.catalogue, scope=caller.scope)
        inside = alone.turns[0]
    return conversation.id, inside


def _number(last_event_id: str | None) -> int:
    """Return the number of an event. What is none begins from the start."""
    return int(last_event_id) if last_event_id is not None and last_event_id.isdecimal() else 0


def _unknown(answer: str) -> NotFoundError:
    return NotFoundError(f"there is no answer {answer!r} of yours: it was not kept, or is gone")
