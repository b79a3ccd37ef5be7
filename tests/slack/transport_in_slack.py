"""The Slack app's transport with a counterpart of Slack, and handlers that tests make up."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.trace import NoOpTracerProvider
from prepared_database import database_in
from slack_world.world import World
from starlette.applications import Starlette

from aika.application.aika import SystemClock
from aika.forms.slack import SlackSettings
from aika.protocols import Clock
from aika.stores.database.database import Database
from aika.surfaces.slack.catching_up import CatchUpOptions
from aika.surfaces.slack.dispatching import Received
from aika.surfaces.slack.transport import Transport, TransportOptions, open_transport
from aika.telemetry.slack import SlackTelemetry

QUICK = TransportOptions(
    pace_seconds=0.0, stop_seconds=2.0, catch_up=CatchUpOptions(seconds=0.0, limited_seconds=0.05, note_seconds=0.05)
)


def settings_of(world: World, *, mode: str = "socket", workspace: dict[str, Any] | None = None, **more: Any) -> Any:
    """Return the table ``[slack]`` for the workspace of a world."""
    tokens = {
        "bot_token": world.app.bot_token,
        "app_token": world.app.app_token,
        "signing_secret": world.app.signing_secret,
        **(workspace or {}),
    }
    return SlackSettings.model_validate(
        {"workspaces": {"acme": tokens}, "api_url": world.api_url, "mode": mode, **more}
    )


def no_telemetry() -> SlackTelemetry:
    return SlackTelemetry(NoOpTracerProvider().get_tracer("tests"), NoOpMeterProvider().get_meter("tests"))


@dataclass(slots=True)
class Noted:
    """What was handled, in order."""

    received: list[Received] = field(default_factory=list)

    async def note(self, received: Received) -> None:
        self.received.append(received)

    @property
    def texts(self) -> list[str]:
        return [text_of(received) for received in self.received]


def text_of(received: Received) -> str:
    """Return what was said in a message or a command."""
    event = received.body.get("event", received.body)
    return str(event.get("message", event).get("text", ""))


def url_of(folder: Path) -> str:
    return database_in(folder)


@asynccontextmanager
async def transport(
    url: str,
    settings: SlackSettings,
    *,
    holder: str = "here",
    clock: Clock | None = None,
    options: TransportOptions = QUICK,
    telemetry: SlackTelemetry | None = None,
) -> AsyncIterator[Transport]:
    """Open a transport that does not run yet."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database.open(url))
        opening = open_transport(
            database, settings, clock or SystemClock(), telemetry or no_telemetry(), holder=holder, options=options
        )
        yield await stack.enter_async_context(opening)


@asynccontextmanager
async def served(opened: Transport) -> AsyncIterator[str]:
    """Serve what Slack sends to over HTTP; yields the address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=opened.routes), log_config=None, lifespan="off"))
        async with _serving(server, listening):
            yield f"{address}/slack/events"


@asynccontextmanager
async def _serving(server: uvicorn.Server, listening: socket.socket) -> AsyncIterator[None]:
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task
