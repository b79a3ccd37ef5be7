"""Telemetry goes where the standard variables say, and nowhere else."""

import socket
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from otlp_receiver import receiving
from page_server import serving_pages
from recorded import Recorded
from test_tracing_answers import ONE_ANSWER
from traced_system import System, asked, open_system

from aika.domain.answers import Answer, TextDelta
from aika.domain.errors import ConfigurationError
from aika.telemetry import names
from aika.telemetry.setup import Telemetry
from aika.testing.fakes import FakeEmbedder, ScriptedModel


def app_of(system: System) -> FastAPI:
    """Return a server whose answers are streamed, as the API's are."""
    app = FastAPI()

    async def answered(question: str) -> AsyncIterator[str]:
        async for event in system.answerer.answer(asked(question)):
            if isinstance(event, TextDelta | Answer):
                yield event.text

    @app.get("/ask")
    async def ask(q: str) -> StreamingResponse:
        return StreamingResponse(answered(q))

    @app.get("/healthz")
    async def health() -> str:
        return "alive"

    return app


def client_of(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://aika.test")


async def test_a_request_arrives_at_the_collector_as_one_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", received.address)
        async with (
            Telemetry.open(version="1.2.3", capture_content=False) as telemetry,
            open_system(tmp_path, telemetry) as system,
        ):
            await system.sync()
            app = app_of(system)
            telemetry.instrument_app(app)
            async with client_of(app) as client:
                await client.get("/ask", params={"q": "When does the ferry leave?"})
                await client.get("/healthz")

    request = "GET /ask"
    in_requests = [path for path in received.tree() if path.startswith(request)]
    assert in_requests == [request, *(f"{request}/{path}" for path in ONE_ANSWER)]
    assert not [path for path in received.tree() if "healthz" in path]
    assert received.services == {"aika"}
    (server,) = [span for span in received.spans if span.name == request]
    assert server.kind == Span.SPAN_KIND_SERVER
    assert len({span.trace_id for span in received.spans if span.name in ("rank dense", "verify", request)}) == 1


async def test_metrics_arrive_at_the_collector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with receiving() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", f"{received.address}/v1/metrics")
        async with (
            Telemetry.open(version="1.2.3", capture_content=False) as telemetry,
            open_system(tmp_path, telemetry) as system,
        ):
            await system.sync()
            app = app_of(system)
            telemetry.instrument_app(app)
            async with client_of(app) as client:
                await client.get("/ask", params={"q": "When does the ferry leave?"})

    assert {
        names.STAGE_DURATION,
        names.ANSWERS,
        names.SYNC_DOCUMENTS,
        "gen_ai.client.token.usage",
        "gen_ai.client.operation.duration",
        "http.server.request.duration",
    } <= received.metrics
    assert received.spans == []


async def test_the_operators_name_for_the_service_wins(monkeypatch: pytest.MonkeyPatch, recorded: Recorded) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "aika-finance")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=staging")

    async with Telemetry.open(version="1.2.3", capture_content=False, span_exporters=[recorded.exporter]) as telemetry:
        with telemetry.observe("fuse"):
            pass

    attributes = recorded.span("fuse").resource.attributes
    assert attributes["service.name"] == "aika-finance"
    assert attributes["service.version"] == "1.2.3"
    assert attributes["deployment.environment.name"] == "staging"


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
            "OTEL_TRACES_EXPORTER": "none",
            "OTEL_METRICS_EXPORTER": "none",
        },
    ],
    ids=["no address", "disabled", "no exporter"],
)
async def test_without_a_destination_components_are_not_wrapped_and_nothing_runs(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    threads = threading.active_count()
    embedder, model = FakeEmbedder(), ScriptedModel("")

    async with Telemetry.open(version="1.2.3", capture_content=False) as telemetry:
        wrapped = telemetry.embedder(embedder), telemetry.generator(model), telemetry.text_model(model)

        assert wrapped == (embedder, model, model)
        assert not telemetry.enabled
        assert threading.active_count() == threads


async def test_an_exporter_that_aika_does_not_have_is_a_configuration_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")

    with pytest.raises(ConfigurationError, match="OTEL_TRACES_EXPORTER is 'zipkin'"):
        async with Telemetry.open(version="1.2.3", capture_content=False):
            pass


async def test_a_protocol_that_is_not_spoken_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with receiving() as received:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"{received.address}/v1/traces")
        async with Telemetry.open(version="1.2.3", capture_content=False):
            pass

    assert "http/protobuf" in caplog.text


async def test_a_collector_that_never_replies_does_not_keep_the_process_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("aika.telemetry.providers._CLOSE_SECONDS", 0.2)
    # What is left behind gives up soon after, too.
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "1")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}/v1/traces"
        )
        async with Telemetry.open(version="1.2.3", capture_content=False) as telemetry:
            with telemetry.observe("fuse"):
                pass
            began = time.monotonic()

    assert time.monotonic() - began < 5


async def test_two_applications_in_one_process_keep_to_themselves(recorded: Recorded, telemetry: Telemetry) -> None:
    other = Recorded()
    async with Telemetry.open(version="1.2.3", capture_content=False, span_exporters=[other.exporter]) as second:
        with telemetry.observe("fuse"):
            pass
        with second.observe("context"):
            pass

    assert recorded.tree() == ["fuse"]
    assert other.tree() == ["context"]


async def test_requests_of_the_http_client_belong_to_the_stage_that_makes_them(
    telemetry: Telemetry, recorded: Recorded
) -> None:
    telemetry.instrument_http_clients()

    with serving_pages() as address:
        async with httpx.AsyncClient() as client:
            with telemetry.observe("context"):
                await client.get(address)

    assert recorded.tree() == ["context", "context/GET"]
