"""Language models are traced after the conventions for generative AI."""

import json

import pytest
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.trace import SpanKind, StatusCode
from recorded import Recorded
from traced_system import asked

from aika.domain.answers import Usage
from aika.domain.errors import TransientError
from aika.domain.queries import Hit
from aika.telemetry import genai, names
from aika.telemetry.genai import ModelName
from aika.telemetry.setup import Telemetry
from aika.testing.fakes import ScriptedModel
from aika.testing.makers import make_chunk


class PricedModel(ScriptedModel):
    """Says what its replies cost."""

    async def generate(self, query, evidence):  # type: ignore[no-untyped-def]  # as in the class it extends
        yield "At "
        yield "seven."
        yield Usage(self.model, input_tokens=120, output_tokens=4, cost_usd=0.0025)


async def test_a_generated_text_has_a_span_by_the_conventions(telemetry: Telemetry, recorded: Recorded) -> None:
    model = telemetry.generator(PricedModel(model="anthropic:claude-test"))

    pieces = [piece async for piece in model.generate(asked("When?"), [Hit(make_chunk(), 1.0)])]

    assert pieces[:2] == ["At ", "seven."]
    span = recorded.span("chat claude-test")
    assert span.kind is SpanKind.CLIENT
    attributes = dict(span.attributes or {})
    assert attributes.pop("gen_ai.response.time_to_first_chunk") >= 0
    assert attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-test",
        "gen_ai.request.stream": True,
        "gen_ai.usage.input_tokens": 120,
        "gen_ai.usage.output_tokens": 4,
        names.EVIDENCE: 1,
        names.COST: 0.0025,
    }


async def test_tokens_time_and_cost_are_measured_by_model(telemetry: Telemetry, recorded: Recorded) -> None:
    model = telemetry.generator(PricedModel(model="anthropic:claude-test"))

    for _ in range(2):
        [piece async for piece in model.generate(asked("When?"), [])]

    who = "chat anthropic claude-test"
    assert recorded.values("gen_ai.client.token.usage") == {f"{who} input": 2, f"{who} output": 2}
    assert recorded.values("gen_ai.client.operation.duration") == {who: 2}
    assert recorded.values("gen_ai.client.operation.time_to_first_chunk") == {who: 2}
    assert recorded.values(names.COST) == {who: 0.005}


async def test_a_model_that_fails_is_an_error_with_its_type(telemetry: Telemetry, recorded: Recorded) -> None:
    model = telemetry.generator(ScriptedModel(TransientError("busy"), model="openai:gpt-test"))

    with pytest.raises(TransientError):
        [piece async for piece in model.generate(asked("When?"), [])]

    assert recorded.span("chat gpt-test").status.status_code is StatusCode.ERROR
    failed = "chat openai gpt-test aika.domain.errors.TransientError"
    assert recorded.values("gen_ai.client.operation.duration") == {failed: 1}


async def test_a_short_text_has_a_span_too(telemetry: Telemetry, recorded: Recorded) -> None:
    model = telemetry.text_model(ScriptedModel("When does the ferry leave?", model="ollama:qwen3:8b"))

    assert await model.complete("Rewrite.", "And when?", max_tokens=50) == "When does the ferry leave?"
    attributes = recorded.span("chat qwen3:8b").attributes
    assert attributes["gen_ai.provider.name"] == "ollama"
    assert attributes["gen_ai.request.max_tokens"] == 50


async def test_messages_are_recorded_in_the_conventions_form_where_content_is_allowed(
    revealing_telemetry: Telemetry, recorded: Recorded
) -> None:
    model = revealing_telemetry.generator(ScriptedModel(("At ", "seven."), model="openai:gpt-test"))

    [piece async for piece in model.generate(asked("When?"), [])]

    attributes = recorded.span("chat gpt-test").attributes
    assert json.loads(attributes["gen_ai.input.messages"]) == [
        {"role": "user", "parts": [{"type": "text", "content": "When?"}]}
    ]
    assert json.loads(attributes["gen_ai.output.messages"]) == [
        {"role": "assistant", "parts": [{"type": "text", "content": "At seven."}], "finish_reason": "stop"}
    ]


@pytest.mark.parametrize(
    ("configured", "provider", "model"),
    [
        ("openai:gpt-5-mini", "openai", "gpt-5-mini"),
        ("google-gla:gemini-x", "gcp.gemini", "gemini-x"),
        ("bedrock:anthropic.claude-v1:0", "aws.bedrock", "anthropic.claude-v1:0"),
        ("gguf:/models/private/some.gguf", "gguf", "some.gguf"),
        ("gguf:C:\\models\\some.gguf", "gguf", "some.gguf"),
        ("qwen3:8b", "openai", "qwen3:8b"),
        ("served-model", "openai", "served-model"),
    ],
)
def test_a_models_name_is_told_as_the_conventions_do(configured: str, provider: str, model: str) -> None:
    assert ModelName.of(configured) == ModelName(provider, model)


def test_every_name_is_one_of_the_conventions() -> None:
    ours = {value for name, value in vars(genai).items() if name.isupper() and str(value).startswith("gen_ai.")}
    defined = [*vars(gen_ai_attributes).values(), *vars(gen_ai_metrics).values()]

    assert ours
    assert ours <= {name for name in defined if isinstance(name, str)}
