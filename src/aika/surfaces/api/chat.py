"""``/v1/chat/complete``: asking."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter

from aika.application.aika import Aika
from aika.assistants.choosing import Choice, begin
from aika.assistants.conversing import Question
from aika.client.models import ChatCompletion, ChatCompletionRequest
from aika.domain.answers import Abstention, Answer, AnswerEvent
from aika.domain.conversations import Conversation
from aika.domain.errors import InvalidRequestError
from aika.domain.identifiers import AnswerId, AssistantId, ConversationId
from aika.domain.queries import Message, Role
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES, TOO_MANY
from aika.surfaces.api.streaming import EVENT_STREAM, streamed
from aika.surfaces.api.views import completion_of

router = APIRouter(tags=["chat"], responses=RESPONSES)

_COMPLETE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The outcome; with `stream`, server-sent events whose data is a `ChatEvent` each.",
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
    },
    **TOO_MANY,
}


@router.post("/v1/chat/complete", response_model=ChatCompletion, responses=_COMPLETE_RESPONSES)
async def complete_chat(request: ChatCompletionRequest, aika: TheAika, caller: TheCaller) -> Any:
    """Answer a question from the documents that the caller may read, with citations, or say that they do not answer.

    A stream goes on when its connection drops: `GET /v1/answers/{id}/events` picks it up, and what is kept is kept anyway.
    """
    with aika.under_way.at_once.place(caller.person) as place:
        conversation, question = await begun(request, aika, caller)
        if request.stream:
            writing = aika.under_way.begin(conversation, question)
            place.keep_until_done(writing.written)
            return streamed(aika.under_way, writing)
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
    if request.replaces is not None and request.conversation_id is None:
        raise InvalidRequestError("'replaces' needs the 'conversation_id' of the answer whose place is taken")
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
        replaces=None if request.replaces is None else AnswerId(request.replaces),
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
