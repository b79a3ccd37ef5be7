"""Nothing that people wrote leaves through telemetry unless the operator allows it."""

import logging
from collections.abc import AsyncIterator, Sequence
from io import StringIO
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from page_server import serving_pages
from recorded import Recorded
from test_exporting import app_of, client_of
from traced_system import CANARY, System, asked, open_system

from aika.domain.answers import AnswerEvent, TextDelta
from aika.domain.errors import PermanentError
from aika.domain.queries import Hit, Query
from aika.domain.sources import Source, SyncPhase, SyncReport
from aika.telemetry import names
from aika.telemetry.logging import set_up_logging
from aika.telemetry.setup import Telemetry
from aika.testing.clock import SetClock


class Talkative:
    """Fails with a message that quotes what it was given."""

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        yield TextDelta(query.text)
        raise ValueError(f"cannot handle {query.text!r}")

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        raise PermanentError(f"cannot rerank for {query.text!r}")

    async def sync(self, source: Source, **_: object) -> SyncReport:
        message = f"{CANARY}.md cannot be read"
        return SyncReport(source.id, SyncPhase.FAILED, SetClock().now(), SetClock().now(), message=message)


def failing_app(telemetry: Telemetry) -> FastAPI:
    app = FastAPI()
    answerer = telemetry.answerer(Talkative())

    @app.get("/search")
    async def search(q: str) -> list[str]:
        return [event.text async for event in answerer.answer(asked(q)) if isinstance(event, TextDelta)]

    telemetry.instrument_app(app)
    return app


async def test_a_whole_answer_leaves_no_content_in_spans_and_metrics(
    system: System, telemetry: Telemetry, recorded: Recorded
) -> None:
    app = app_of(system)
    telemetry.instrument_app(app)
    await system.sync()

    async with client_of(app) as client:
        reply = await client.get("/ask", params={"q": f"When does the ferry to {CANARY} leave?"})
    await system.ask("And what does it cost?", before=f"When does the ferry to {CANARY} leave?")

    assert CANARY in reply.text
    assert recorded.span("GET /ask")
    assert CANARY not in recorded.everything()


async def test_failures_that_quote_content_leave_none_of_it(telemetry: Telemetry, recorded: Recorded) -> None:
    source = Source(id="timetables", connector="filesystem")
    async with client_of(failing_app(telemetry)) as client:
        with pytest.raises(ValueError, match=CANARY):
            await client.get("/search", params={"q": CANARY})
    with pytest.raises(PermanentError, match=CANARY):
        await telemetry.reranker(Talkative()).rerank(asked(CANARY), [], k=1)
    await telemetry.syncer(Talkative()).sync(source)

    (event,) = recorded.span("GET /search").events
    assert event.attributes == {"exception.type": "ValueError", "exception.escaped": "False"}
    assert recorded.span("GET /search").attributes["url.path"] == "/search"
    assert CANARY not in recorded.everything()


async def test_addresses_of_documents_are_not_recorded_when_they_are_read(
    telemetry: Telemetry, recorded: Recorded
) -> None:
    telemetry.instrument_http_clients()

    with serving_pages() as address:
        async with httpx.AsyncClient() as client:
            await client.get(f"{address}/wiki/{CANARY}?page={CANARY}")

    assert recorded.span("GET").attributes["url.full"] == address
    assert CANARY not in recorded.everything()


async def test_keys_are_not_among_the_headers_that_an_operator_asks_for(
    system: System, telemetry: Telemetry, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_INSTRUMENTATION_HTTP_CAPTURE_HEADERS_SERVER_REQUEST", ".*")
    app = app_of(system)
    telemetry.instrument_app(app)

    async with client_of(app) as client:
        await client.get(
            "/ask", params={"q": "?"}, headers={"Authorization": "Bearer aika_secret", "X-Team": "harbour"}
        )

    attributes = recorded.span("GET /ask").attributes
    assert attributes["http.request.header.x_team"] == ("harbour",)
    assert "aika_secret" not in recorded.everything()


async def test_content_is_recorded_where_the_operator_allows_it(
    tmp_path: Path, revealing_telemetry: Telemetry, recorded: Recorded
) -> None:
    async with open_system(tmp_path, revealing_telemetry) as system:
        await system.sync()
        await system.ask(f"When does the ferry to {CANARY} leave?")
    with pytest.raises(PermanentError):
        await revealing_telemetry.reranker(Talkative()).rerank(asked(CANARY), [], k=1)

    attributes = recorded.span("answer").attributes
    assert attributes[names.QUESTION] == f"When does the ferry to {CANARY} leave?"
    assert CANARY in attributes[names.ANSWER]
    assert CANARY in recorded.span("retrieve").attributes[names.HIT_TITLES][0]
    assert recorded.span("rerank").status.description == f"cannot rerank for '{CANARY}'"


async def test_metrics_never_hold_content_even_where_spans_may(
    tmp_path: Path, revealing_telemetry: Telemetry, recorded: Recorded
) -> None:
    async with open_system(tmp_path, revealing_telemetry) as system:
        await system.sync()
        await system.ask(f"When does the ferry to {CANARY} leave?")

    assert CANARY not in recorded.reader.get_metrics_data().to_json()


async def test_a_whole_answer_and_its_failures_leave_no_content_in_logs(system: System) -> None:
    written = StringIO()
    set_up_logging(level="debug", style="json", stream=written)
    await system.sync()

    await system.ask(f"When does the ferry to {CANARY} leave?")
    try:
        [event async for event in Talkative().answer(asked(CANARY))]
    except ValueError:
        logging.getLogger("aika.surfaces.api").exception("a request failed")

    assert '"event": "a request failed"' in written.getvalue()
    assert CANARY not in written.getvalue()


async def test_the_clients_log_of_addresses_is_not_heard(telemetry: Telemetry) -> None:
    written = StringIO()
    set_up_logging(level="debug", style="json", stream=written)

    with serving_pages() as address:
        async with httpx.AsyncClient() as client:
            reply = await client.get(f"{address}/wiki/{CANARY}")

    assert reply.status_code == 204
    assert CANARY not in written.getvalue()
