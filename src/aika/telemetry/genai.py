"""Wrappers that trace language models, after OpenTelemetry's conventions for generative AI.

The only home of their names. https://opentelemetry.io/docs/specs/semconv/gen-ai/: the conventions still change, so that the
names are written here and not imported from a package that renames them with a minor version.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from opentelemetry.metrics import Meter
from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue

from aika.domain.answers import Usage
from aika.domain.queries import Hit, Query
from aika.protocols import Generator, TextModel
from aika.telemetry import names
from aika.telemetry.stages import Recorder, Stage, error_type, followed

OPERATION_NAME = "gen_ai.operation.name"
PROVIDER_NAME = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
REQUEST_MAX_TOKENS = "gen_ai.request.max_tokens"
REQUEST_STREAM = "gen_ai.request.stream"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - not a password

TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - not a password
OPERATION_DURATION = "gen_ai.client.operation.duration"
OPERATION_TIME_TO_FIRST_CHUNK = "gen_ai.client.operation.time_to_first_chunk"

_CHAT = "chat"
# The conventions' own bucket boundaries.
_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)

_PROVIDERS = {
    "anthropic": "anthropic",
    "azure": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "gguf": "gguf",
    "google": "gcp.gen_ai",
    "google-cloud": "gcp.vertex_ai",
    "google-gla": "gcp.gemini",
    "google-vertex": "gcp.vertex_ai",
    "groq": "groq",
    "mistral": "mistral_ai",
    "ollama": "ollama",
    "openai": "openai",
    "openai-chat": "openai",
    "openai-responses": "openai",
    "openrouter": "openrouter",
    "xai": "x_ai",
}
"""From the prefix of a model's name to the conventions' name of the provider, or to its own where they have none."""


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model as the conventions name it."""

    provider: str
    model: str

    @classmethod
    def of(cls, configured: str) -> "ModelName":
        """Return what the operator's name stands for. A name without a known prefix is a server's that speaks OpenAI's API,
        whose provider the conventions call ``openai``. Of a model's file only the last part of its path is kept."""
        prefix, colon, rest = configured.partition(":")
        if not colon or prefix not in _PROVIDERS:
            return cls("openai", configured)
        return cls(_PROVIDERS[prefix], rest.replace("\\", "/").rsplit("/", 1)[-1] if prefix == "gguf" else rest)

    @property
    def attributes(self) -> dict[str, AttributeValue]:
        return {OPERATION_NAME: _CHAT, PROVIDER_NAME: self.provider, REQUEST_MODEL: self.model}


class NamedTextModel(TextModel, Protocol):
    """A text model that says what it is called."""

    model: str


class ModelInstruments:
    """What is measured of language models, made once for an application."""

    def __init__(self, meter: Meter) -> None:
        self.tokens = meter.create_histogram(
            TOKEN_USAGE,
            unit="{token}",
            description="Number of input and output tokens used.",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )
        self.duration = meter.create_histogram(
            OPERATION_DURATION,
            unit="s",
            description="GenAI operation duration.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self.first_chunk = meter.create_histogram(
            OPERATION_TIME_TO_FIRST_CHUNK,
            unit="s",
            description="Time to receive the first chunk of a streamed response.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self.cost = meter.create_counter(
            names.COST, unit="{USD}", description="What language models cost, where the price is known."
        )


class TracedGenerator:
    """Makes a span of every text that a language model writes, with its tokens, cost and the time to its first piece."""

    def __init__(self, inner: Generator, recorder: Recorder, instruments: ModelInstruments) -> None:
        self.model = inner.model
        self._inner = inner
        self._recorder = recorder
        self._instruments = instruments
        self._name = ModelName.of(inner.model)

    def generate(self, query: Query, evidence: Sequence[Hit]) -> AsyncIterator[str | Usage]:
        reply = _Reply(self._recorder, self._instruments, self._name)
        attributes = {REQUEST_STREAM: True, names.EVIDENCE: len(evidence)}
        return followed(lambda: reply.begin(query.text, attributes), self._inner.generate(query, evidence), reply.note)


class TracedTextModel:
    """Makes a span of every short text that a language model completes."""

    def __init__(self, inner: NamedTextModel, recorder: Recorder, instruments: ModelInstruments) -> None:
        self.model = inner.model
        self._inner = inner
        self._recorder = recorder
        self._instruments = instruments
        self._name = ModelName.of(inner.model)

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        reply = _Reply(self._recorder, self._instruments, self._name)
        with reply.begin(text, {REQUEST_MAX_TOKENS: max_tokens}) as stage:
            completed = await self._inner.complete(instructions, text, max_tokens=max_tokens)
            stage.set_content(OUTPUT_MESSAGES, _messages("assistant", completed))
            return completed


@dataclass(slots=True)
class _Reply:
    """One reply of a model, as it comes in."""

    recorder: Recorder
    instruments: ModelInstruments
    name: ModelName
    pieces: list[str] = field(default_factory=list)

    def begin(self, text: str, attributes: Mapping[str, AttributeValue]) -> Stage:
        stage = self.recorder.stage(
            _CHAT,
            name=f"{_CHAT} {self.name.model}",
            kind=SpanKind.CLIENT,
            attributes={**self.name.attributes, **attributes},
        )
        stage.on_finish = self._finished
        stage.set_content(INPUT_MESSAGES, _messages("user", text))
        return stage

    def note(self, stage: Stage, piece: str | Usage) -> None:
        if isinstance(piece, Usage):
            self._used(stage, piece)
            return
        seconds = stage.mark(TIME_TO_FIRST_CHUNK)
        if seconds is not None:
            self.instruments.first_chunk.record(seconds, self.name.attributes, context=stage.context)
        if self.recorder.capture_content:
            self.pieces.append(piece)

    def _used(self, stage: Stage, usage: Usage) -> None:
        stage.set(INPUT_TOKENS, usage.input_tokens)
        stage.set(OUTPUT_TOKENS, usage.output_tokens)
        stage.set(names.COST, usage.cost_usd)
        stage.set_content(OUTPUT_MESSAGES, _messages("assistant", "".join(self.pieces)))
        stage.settled = True
        for kind, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
            # Servers that do not count report none.
            if tokens:
                self.instruments.tokens.record(
                    tokens, {**self.name.attributes, TOKEN_TYPE: kind}, context=stage.context
                )
        if usage.cost_usd:
            self.instruments.cost.add(usage.cost_usd, self.name.attributes)

    def _finished(self, stage: Stage, seconds: float, error: BaseException | None) -> None:
        attributes = self.name.attributes
        if error is not None:
            attributes[names.ERROR_TYPE] = error_type(error)
        self.instruments.duration.record(seconds, attributes, context=stage.context)


def _messages(role: str, text: str) -> str:
    """Return one message in the conventions' JSON form."""
    message: dict[str, object] = {"role": role, "parts": [{"type": "text", "content": text}]}
    if role == "assistant":
        message["finish_reason"] = "stop"
    return json.dumps([message], ensure_ascii=False)
