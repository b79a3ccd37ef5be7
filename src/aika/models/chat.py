"""Language models of every provider, through pydantic-ai: text streams out, failures in aika's two kinds.

A name is ``provider:model`` as pydantic-ai knows it (``openai:…``, ``anthropic:…``, ``ollama:…``), any name with a
``base_url`` of an OpenAI-compatible server, or ``gguf:…`` for a model that runs in this process.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError
from pydantic_ai import ModelRequest, ModelResponse, PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta
from pydantic_ai.direct import model_request_stream
from pydantic_ai.messages import ModelMessage, ModelResponseStreamEvent, UserPromptPart
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings, merge_model_settings

from aika.domain.answers import Usage
from aika.domain.errors import ConfigurationError, PermanentError
from aika.domain.queries import Message, Role
from aika.models.gguf import Folders, GgufOptions, open_gguf_server
from aika.models.model_errors import translated_errors
from aika.models.providers import ChatOptions, checked_settings, provider_model

GGUF_PREFIX = "gguf:"
SERVED = "openai:local"
"""What llama.cpp is asked as. It serves one model and does not look at the name."""


class ChatModel:
    """A language model, ready to use. Open it with `open_model`."""

    def __init__(self, name: str, model: Model, options: ChatOptions) -> None:
        self.model = name
        """As the operator named it."""
        self._model = model
        self._options = options
        self._settings = checked_settings(name, options.options)

    async def stream(
        self,
        instructions: str,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        temperature: float | None = None,
    ) -> AsyncGenerator[str | Usage, None]:
        """Yield pieces of the reply to the last message as they come, and last its `Usage`.

        ``messages`` are the conversation, oldest first; the last one is the user's. Raises `TransientError` where another
        try can help, and `PermanentError` or `ConfigurationError` where it cannot.
        """
        if not messages or messages[-1].role is not Role.USER:
            raise PermanentError("a language model replies to the user: the last message must be theirs")
        with translated_errors(self.model, self._model.base_url or self._model.system):
            async with model_request_stream(
                self._model,
                _conversation(instructions, messages),
                model_settings=self._limits(max_tokens, temperature),
            ) as events:
                async for event in events:
                    if text := _text_of(event):
                        yield text
                yield _usage(self.model, events.get())

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        """Return the reply to one text."""
        async with aclosing(self.stream(instructions, [Message(Role.USER, text)], max_tokens=max_tokens)) as pieces:
            return "".join([piece async for piece in pieces if isinstance(piece, str)])

    def _limits(self, max_tokens: int | None, temperature: float | None) -> ModelSettings:
        options = self._options
        settings = ModelSettings(
            temperature=options.temperature if temperature is None else temperature,
            max_tokens=max_tokens or options.max_tokens,
            timeout=options.timeout,
            # Without it, retries of the provider's client would make the wait for a first word three times as long.
            first_event_timeout=options.timeout,
        )
        return merge_model_settings(settings, self._settings) or settings


@asynccontextmanager
async def open_model(
    name: str, options: ChatOptions, *, models_dir: Path, base_dir: Path = Path()
) -> AsyncIterator[ChatModel]:
    """Open a language model. A remote one is not asked before its first use.

    Raises `ConfigurationError` for a name that nothing knows, a missing key or missing packages. ``models_dir`` is where
    a local model's file is assembled; relative paths are relative to ``base_dir``.
    """
    if not name.startswith(GGUF_PREFIX):
        async with provider_model(name, options) as model:
            yield ChatModel(name, model, options)
        return
    local = _gguf_options(options)
    async with open_gguf_server(name.removeprefix(GGUF_PREFIX), local, Folders(base_dir, models_dir)) as server:
        served = replace(options, base_url=server.base_url, api_key=server.api_key, options={})
        async with provider_model(SERVED, served) as model:
            yield ChatModel(name, model, served)


def _gguf_options(options: ChatOptions) -> GgufOptions:
    try:
        return GgufOptions.model_validate(dict(options.options))
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors())
        known = ", ".join(GgufOptions.model_fields)
        raise ConfigurationError(f"model.options: {problems} (known options: {known})") from error


def _conversation(instructions: str, messages: Sequence[Message]) -> list[ModelMessage]:
    conversation: list[ModelMessage] = []
    for message in messages:
        if message.role is Role.USER:
            conversation.append(ModelRequest(parts=[UserPromptPart(message.text)], instructions=instructions))
        else:
            conversation.append(ModelResponse(parts=[TextPart(message.text)]))
    return conversation


def _text_of(event: ModelResponseStreamEvent) -> str:
    match event:
        case PartStartEvent(part=TextPart(content=text)) | PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
        case _:
            return ""  # a model's thinking, which no asker sees


def _usage(name: str, response: ModelResponse) -> Usage:
    return Usage(
        model=name,
        input_tokens=response.usage.input_tokens,
        output_tokens=response.usage.output_tokens,
        cost_usd=_cost(response),
    )


def _cost(response: ModelResponse) -> float | None:
    try:
        return float(response.cost().total_price)
    except (LookupError, ValueError):
        return None  # the price is unknown, or the server did not count
