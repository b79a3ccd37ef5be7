"""``/v1/chat/complete``: asking."""

import logging
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from aika.application.aika import Aika
from aika.assistants.choosing import Choice, begin
from aika.assistants.conversing import Question
from aika.client.conversation_models import ChatEvent, CompletedEvent, DeltaEvent, FailedEvent, RetrievedEvent
from aika.client.models import ChatCompletion, ChatCompletionRequest, Problem
from aika.domain.answers import Abstention, Answer, AnswerEvent, Retrieved, TextDelta
from aika.domain.conversations import Conversation
from aika.domain.errors import AikaError, InvalidRequestError
from aika.domain.identifiers import AssistantId, ConversationId
from aika.domain.queries import Message, Role
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES, problem_of
from aika.surfaces.api.views import completion_of, hit_view

logger = logging.getLogger(__name__)

router = APIRouter(tags=["chat"], responses=RESPONSES)

EVENT_STREAM = "text/event-stream"
# Proxies otherwise hold back what should appear as it is written.
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

_COMPLETE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The outcome; with `stream`, server-sent events whose data is a `ChatEvent` each.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    }
}


@router.post("/v1/chat/complete", response_model=ChatCompletion, responses=_COMPLETE_RESPONSES)
async def complete_chat(request: ChatCompletionRequest, aika: TheAika, caller: TheCaller) -> Any:
    """Answer a question from the documents that the caller may read, with citations, or say that they do not answer."""
    conversation, question = await begun(request, aika, caller)
    if request.stream:
        events = _events(aika, conversation, question)
        return StreamingResponse(_encoded(events), media_type=EVENT_STREAM, headers=STREAM_HEADERS)
    outcome = await outcome_of(aika.conversing.ask(conversation, question))
    return completion_of(outcome, conversation.id, asked_of(question))


async def begun(request: ChatCompletionRequest, aika: Aika, caller: Caller) -> tuple[Conversation, Question]:
    """Return the conversation of a request, and its question, with the assistant that it is put to."""
    question = question_of(request, aika, caller)
    choice = Choice(caller.asker, request.assistant, request.without_assistant)
    return await begin(aika.conversing, aika.assistants, question, choice)


def asked_of(question: Question) -> AssistantId | None:
    return None if question.assistant is None else question.assistant.id


def question_of(request: ChatCompletionRequest, aika: Aika, caller: Caller) -> Question:
    """Return the question of a request. Raises `InvalidRequestError` where it is not one."""
    last, earlier = request.messages[-1], request.messages[:-1]
    if last.role != "user":
        raise InvalidRequestError("the last message must be the user's question")
    limit = aika.settings.server.max_question_chars
    if len(last.content) > limit:
        raise InvalidRequestError(
            f"the question has {len(last.content):,} characters; at most {limit:,} are taken. Ask about the part that matters."
        )
    return Question(
        text=last.content,
        scope=caller.narrowed(sources=request.sources, kinds=request.kinds, filter=request.filter),
        owner=caller.owner,
        reads=caller.scope,
        conversation=None if request.conversation_id is None else ConversationId(request.conversation_id),
        history=tuple(Message(Role(message.role), message.content) for message in earlier),
        keep=request.store,
        surface=caller.surface,
        asker=caller.person,
    )


async def outcome_of(events: AsyncIterator[AnswerEvent]) -> Answer | Abstention:
    """Return the event that ends the stream."""
    outcome = None
    async for event in events:
        if isinstance(event, Answer | Abstention):
            outcome = event
    if outcome is None:
        raise RuntimeError("the answerer ended without an outcome")
    return outcome


async def _events(aika: Aika, conversation: Conversation, question: Question) -> AsyncIterator[ChatEvent]:
    try:
        async for event in aika.conversing.ask(conversation, question):
            match event:
                case Retrieved(hits, asked):
                    views = [hit_view(hit) for hit in hits]
                    yield RetrievedEvent(conversation_id=conversation.id, question=asked, hits=views)
                case TextDelta(text):
                    yield DeltaEvent(text=text)
                case Answer() | Abstention():
                    completion = completion_of(event, conversation.id, asked_of(question))
                    yield CompletedEvent(completion=completion)
    except AikaError as error:
        yield FailedEvent(problem=problem_of(error))
    except Exception:
        # The status line is already sent: the stream's last event is the only way left to say that it failed.
        logger.exception("a streamed answer failed")
        detail = "aika failed on this request. The reason is in the server's log; please report it."
        yield FailedEvent(problem=Problem(title="Internal error", status=500, detail=detail))


async def _encoded(events: AsyncIterator[ChatEvent]) -> AsyncIterator[str]:
    async for event in events:
        yield f"event: {event.type}\ndata: {event.model_dump_json()}\n\n"
