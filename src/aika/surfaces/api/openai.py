"""``/v1/chat/completions`` and ``/v1/models`` as OpenAI's API has them, so that existing chat clients work unchanged.

Such a client cannot take text back. What it is sent has therefore been judged: a stream begins when the answer is final.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from aika.assistants.library import references
from aika.client.models import ChatCompletion, ChatCompletionRequest, ChatMessage, CitationView, Outcome
from aika.domain.errors import InvalidRequestError
from aika.domain.insights import Surface
from aika.surfaces.api.callers import TheAika, TheCaller
from aika.surfaces.api.chat import begun, outcome_of
from aika.surfaces.api.problems import RESPONSES, TOO_MANY
from aika.surfaces.api.streaming import EVENT_STREAM, STREAM_HEADERS
from aika.surfaces.api.views import completion_of

router = APIRouter(tags=["openai"], responses=RESPONSES)

MODEL = "aika"
_ASSISTANT = "aika/"
_PIECE = re.compile(r"\S*\s*")


class OpenAIPart(BaseModel):
    model_config = ConfigDict(extra="ignore")
    type: str
    text: str = ""


class OpenAIMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[OpenAIPart] | None = None

    @property
    def text(self) -> str:
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class OpenAIRequest(BaseModel):
    """What of OpenAI's request matters here. Sampling parameters are accepted and have no effect."""

    model_config = ConfigDict(extra="ignore")
    model: str = MODEL
    messages: list[OpenAIMessage] = Field(min_length=1)
    stream: bool = False


@router.get("/v1/models")
async def list_models(aika: TheAika, caller: TheCaller) -> dict[str, Any]:
    """List ``aika``, and ``aika/NAME`` for every assistant that the caller may ask."""
    entries = await aika.assistants.usable(caller.asker)
    models = [MODEL, *(f"{_ASSISTANT}{reference}" for reference in references(entries, caller.asker))]
    listed = [{"id": model, "object": "model", "created": 0, "owned_by": "aika"} for model in models]
    return {"object": "list", "data": listed}


@router.post("/v1/chat/completions", responses=TOO_MANY)
async def chat_completions(request: OpenAIRequest, aika: TheAika, caller: TheCaller) -> Any:
    """Answer the last user message. Citations are footnotes in the text and ``url_citation`` annotations."""
    messages = [
        ChatMessage(role=message.role, content=message.text)
        for message in request.messages
        if message.role in ("user", "assistant") and message.text
    ]
    if not messages:
        raise InvalidRequestError("messages: there is no user message with text")
    assistant = _assistant(request.model)
    shown = MODEL if assistant is None else request.model
    asked = ChatCompletionRequest(messages=messages, store=False, assistant=assistant)
    with aika.under_way.at_once.place(caller.person):
        conversation, question = await begun(asked, aika, replace(caller, surface=Surface.OPENAI))
        if not request.stream:
            outcome = await outcome_of(aika.conversing.ask(conversation, question))
            return _whole(completion_of(outcome, conversation.id), shown)

    async def judged() -> AsyncIterator[str]:
        # A response that is never sent takes no place.
        with aika.under_way.at_once.place_anyway(caller.person):
            outcome = await outcome_of(aika.conversing.ask(conversation, question))
        for chunk in _pieces(completion_of(outcome, conversation.id), shown):
            yield chunk

    return StreamingResponse(judged(), media_type=EVENT_STREAM, headers=STREAM_HEADERS)


def _assistant(model: str) -> str | None:
    """Return the assistant that a model's name means. Names that are no assistant's mean none, as clients send any."""
    return model.removeprefix(_ASSISTANT) if model.startswith(_ASSISTANT) else None


class _Chunk(BaseModel):
    id: str
    object: str = "chat.completion.chunk"
    created: int
    model: str
    choices: list[dict[str, Any]]


def _whole(completion: ChatCompletion, model: str) -> dict[str, Any]:
    text = _with_footnotes(completion)
    usage = completion.usage
    tokens = (usage.input_tokens, usage.output_tokens) if usage else (0, 0)
    message = {"role": "assistant", "content": text, "refusal": None, "annotations": _annotations(completion, text)}
    return {
        "id": f"chatcmpl-{completion.id}",
        "object": "chat.completion",
        "created": _seconds(completion.created_at),
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
    }


def _pieces(completion: ChatCompletion, model: str) -> list[str]:
    text = _with_footnotes(completion)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas.extend({"content": piece} for piece in _PIECE.findall(text) if piece)
    deltas.append({"annotations": _annotations(completion, text)})
    lines = [_line(completion, model, delta, None) for delta in deltas]
    return [*lines, _line(completion, model, {}, "stop"), "data: [DONE]\n\n"]


def _line(completion: ChatCompletion, model: str, delta: dict[str, Any], finish: str | None) -> str:
    chunk = _Chunk(
        id=f"chatcmpl-{completion.id}",
        created=_seconds(completion.created_at),
        model=model,
        choices=[{"index": 0, "delta": delta, "finish_reason": finish}],
    )
    return f"data: {chunk.model_dump_json()}\n\n"


def _with_footnotes(completion: ChatCompletion) -> str:
    if completion.outcome is Outcome.ABSTENTION or not completion.citations:
        return completion.text
    return f"{completion.text}\n\n" + "\n".join(_footnote(citation) for citation in completion.citations)


def _footnote(citation: CitationView) -> str:
    title = citation.document.title
    return f"[{citation.marker}] {f'[{title}]({citation.url})' if citation.url else title}"


def _annotations(completion: ChatCompletion, text: str) -> list[dict[str, Any]]:
    """Return one annotation for each place where a marker stands in the text."""
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": found.start(),
                "end_index": found.end(),
                "url": citation.url or f"aika:{citation.document.id}",
                "title": citation.document.title,
            },
        }
        for citation in completion.citations
        for found in re.finditer(rf"\[{citation.marker}\](?!\()", text)
    ]


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
