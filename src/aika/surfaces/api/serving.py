"""Serving the API with uvicorn, until it is told to stop."""

import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import uvicorn
from starlette.routing import BaseRoute

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.errors import ConfigurationError
from aika.settings import Settings
from aika.surfaces.api.app import create_app

# Python hands its interpreter from thread to thread after so many seconds, 5 ms unless told. Whoever hands on a token, and each
# statement of SQLite's, waits for that whenever a thread judges evidence: with 30 answers at once they wait a third less.
_SWITCH_INTERVAL = 0.001
# Answers under way get this long to finish, in seconds.
_GRACE = 10

Extension = Callable[[Aika], AbstractAsyncContextManager[Sequence[BaseRoute]]]
"""Another surface: open while the API is served, with routes of its own."""


async def serve(
    settings: Settings,
    *,
    on_ready: Callable[[str], None] | None = None,
    sync: bool = False,
    extensions: Sequence[Extension] = (),
) -> None:
    """Serve until cancelled or told to stop by a signal.

    ``on_ready`` is called with the address once requests are answered. ``sync`` brings every source up to date meanwhile.
    Raises `ConfigurationError` rather than let an address beyond this machine be asked without keys.
    """
    check_exposure(settings)
    sys.setswitchinterval(_SWITCH_INTERVAL)
    server = settings.server
    async with open_aika(settings) as aika, aika.background():
        app = create_app(aika, max_body_bytes=server.max_body_bytes)
        aika.telemetry.instrument_app(app)
        config = uvicorn.Config(
            app,
            host=server.host,
            port=server.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_GRACE,
        )

        def ready(url: str) -> None:
            aika.lock.announce(url)
            if on_ready is not None:
                on_ready(url)

        await aika.forget_unconfigured()
        if sync:
            for source in aika.sources:
                await aika.submit_sync(source)
        running = _AnnouncingServer(config, ready)
        async with aika.upkeep(), AsyncExitStack() as stack:
            for extension in extensions:
                app.router.routes.extend(await stack.enter_async_context(extension(aika)))
            await running.serve()
        if not running.started:
            raise ConfigurationError(
                f"{server.host}:{server.port} cannot be listened on; another program may use it. Choose another with --port"
            )


def check_exposure(settings: Settings) -> None:
    """Raise `ConfigurationError` where the address is not loopback and neither keys nor signing in are required."""
    server = settings.server
    if not server.is_loopback and settings.sign_in is not None and server.public_url is None:
        raise ConfigurationError(
            f"server.host is {server.host!r} and [sign_in] is configured, but not server.public_url: where do people come back "
            'to from the identity provider? Write it as public_url = "https://aika.example.org"'
        )
    if not server.is_loopback and not settings.credentials_required:
        raise ConfigurationError(
            f"server.host is {server.host!r}, which other machines can reach, and server.require_key is false. "
            "Remove require_key and make a key with: aika keys create NAME"
        )


class _AnnouncingServer(uvicorn.Server):
    """Says where it listens as soon as it does."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:
            # uvicorn ends the process where the address is taken; what is open here must be closed first.
            self.should_exit = True
            return
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._on_ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")
