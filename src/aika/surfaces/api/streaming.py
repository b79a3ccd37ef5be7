"""An answer under way as server-sent events."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from fastapi.responses import StreamingResponse

from aika.assistants.under_way import AnswersUnderWay, Begun, Event, Failed, Writing
from aika.client.conversation_models import (
    ChatEvent,
    CompletedEvent,
    DeltaEvent,
    FailedEvent,
    RetrievedEvent,
    StartedEvent,
)
from aika.client.models import Problem
from aika.domain.answers import Abstention, Answer, Retrieved, TextDelta
from aika.domain.errors import AikaError
from aika.surfaces.api.problems import problem_of
from aika.surfaces.api.views import completion_of, hit_view

EVENT_STREAM = "text/event-stream"
# Proxies otherwise hold back what should appear as it is written.
STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
STILL_THERE = ": still there\n\n"
"""A comment, so that nobody between takes a quiet connection for a dead one."""


def streamed(under_way: AnswersUnderWay, writing: Writing, *, after: int = 0) -> StreamingResponse:
    """Return the response that sends the events of an answer after that number, as they happen."""
    return event_stream(_sent(under_way, writing, after))


def event_stream(lines: AsyncIterator[str]) -> StreamingResponse:
    return StreamingResponse(lines, media_type=EVENT_STREAM, headers=STREAM_HEADERS)


def encoded(number: int, event: ChatEvent) -> str:
    return f"id: {number}\nevent: {event.type}\ndata: {event.model_dump_json()}\n\n"


async def _sent(under_way: AnswersUnderWay, writing: Writing, after: int) -> AsyncIterator[str]:
    async with aclosing(under_way.follow(writing, after=after)) as batches:
        async for batch in batches:
            lines = [encoded(number, _wire(event, writing)) for number, event in batch]
            yield "".join(lines) or STILL_THERE


def _wire(event: Event, writing: Writing) -> ChatEvent:
    match event:
        case Begun(answer, conversation, title, question, replaces):
            return StartedEvent(
                answer_id=answer, conversation_id=conversation, title=title, question=question, replaces=replaces
            )
        case Retrieved(hits, question):
            views = [hit_view(hit) for hit in hits]
            return RetrievedEvent(conversation_id=writing.known.conversation, question=question, hits=views)
        case TextDelta(text, anew):
            return DeltaEvent(text=text, anew=anew)
        case Answer() | Abstention():
            asked = None if writing.assistant is None else writing.assistant.id
            return CompletedEvent(completion=completion_of(event, writing.known.conversation, asked))
        case Failed(error):
            return FailedEvent(problem=failure(error))


def failure(error: Exception) -> Problem:
    """Return what a listener learns. The status line is already sent: the stream's last event is the only way left."""
    if isinstance(error, AikaError):
        return problem_of(error)
    detail = "aika failed on this request. The reason is in the server's log; please report it."
    return Problem(title="Internal error", status=500, detail=detail)
