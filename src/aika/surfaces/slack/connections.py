"""Socket Mode: connections to Slack that aika opens, over which events come and are acknowledged.

slack_sdk's own client tries a ticket again that was used up, for as long as it takes, so the connection is kept here: each one
has a fresh ticket, and the next one stands before Slack closes the one before.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.errors import AikaError, PermanentError, TransientError
from aika.surfaces.slack.failures import called
from aika.surfaces.slack.receiving import PROVEN

_HEARTBEAT = 15.0
"""Seconds between pings. A connection that answers none for half of that is dead."""
_HELLO_SECONDS = 10.0
_CLOSE_SECONDS = 2.0
_FIRST_DELAY = 1.0
_LONGEST_DELAY = 60.0
_REFUSED_DELAY = 300.0
"""Where somebody has to mend something first."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Connection:
    """Keeps one app connected."""

    bolt: AsyncApp
    client: AsyncWebClient
    """Its session and address are used, not its token."""
    app_token: str = field(repr=False)
    workspaces: frozenset[str]
    """The names of those whose app it is."""
    on_connected: Callable[[], Awaitable[None]]
    is_connected: bool = False
    problem: str = ""
    """Why it is not connected, for people."""
    _listening: set[asyncio.Task[None]] = field(default_factory=set)
    _answering: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Stay connected until cancelled. What has arrived by then is acknowledged first."""
        try:
            while True:
                socket = await self._connect()
                replaced = asyncio.Event()
                listening = asyncio.create_task(self._listen(socket, replaced))
                self._listening.add(listening)
                listening.add_done_callback(self._listening.discard)
                await self.on_connected()
                await replaced.wait()
        finally:
            self.is_connected = False
            await self._close()

    async def _connect(self) -> aiohttp.ClientWebSocketResponse:
        delay = _FIRST_DELAY
        while True:
            try:
                socket = await self._opened()
            except TransientError as error:
                wait = max(error.retry_after or 0.0, delay)
                self._say(str(error))
            except AikaError as error:
                wait = _REFUSED_DELAY
                self._say(str(error))
            else:
                self.is_connected, self.problem = True, ""
                return socket
            delay = min(delay * 2, _LONGEST_DELAY)
            await asyncio.sleep(wait)

    def _say(self, problem: str) -> None:
        if problem != self.problem:
            logger.warning(
                "there is no connection to Slack, it is tried again",
                extra={"workspaces": sorted(self.workspaces), "reason": problem},
            )
        self.problem = problem

    async def _opened(self) -> aiohttp.ClientWebSocketResponse:
        reply = await called(self.client.apps_connections_open(app_token=self.app_token), "a connection")
        session = self.client.session
        if session is None:
            raise PermanentError("the client of Slack has no session")
        try:
            timeout = aiohttp.ClientWSTimeout(ws_close=_CLOSE_SECONDS)
            socket = await session.ws_connect(
                str(reply["url"]), heartbeat=_HEARTBEAT, proxy=self.client.proxy, timeout=timeout
            )
            try:
                async with asyncio.timeout(_HELLO_SECONDS):
                    hello = await socket.receive()
            except BaseException:
                await socket.close()
                raise
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TransientError(f"Slack's socket could not be reached: {type(error).__name__}") from None
        if hello.type is not aiohttp.WSMsgType.TEXT or _parsed(hello.data).get("type") != "hello":
            await socket.close()
            raise TransientError("Slack closed the connection before it said hello")
        return socket

    async def _listen(self, socket: aiohttp.ClientWebSocketResponse, replaced: asyncio.Event) -> None:
        """Take what comes, until the connection ends. ``replaced`` is set as soon as the next one is wanted."""
        try:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(_parsed(message.data), socket, replaced)
        finally:
            if not replaced.is_set():
                self.is_connected = False
            replaced.set()
            await socket.close()

    def _take(
        self, message: dict[str, object], socket: aiohttp.ClientWebSocketResponse, replaced: asyncio.Event
    ) -> None:
        if message.get("type") == "disconnect":
            if message.get("reason") == "link_disabled":
                self._say("Socket Mode is switched off: switch it on in the app's settings at api.slack.com/apps")
            replaced.set()
            return
        request = SocketModeRequest.from_dict(message)
        if request is not None:
            answering = asyncio.create_task(self._answer(request, socket))
            self._answering.add(answering)
            answering.add_done_callback(self._answering.discard)

    async def _answer(self, request: SocketModeRequest, socket: aiohttp.ClientWebSocketResponse) -> None:
        received = AsyncBoltRequest(
            mode="socket_mode",
            body=request.payload,
            headers=build_headers(request),
            context={PROVEN: self.workspaces},
        )
        reply = await self.bolt.async_dispatch(received)
        if reply.status != 200:
            return  # Slack sends again what is not acknowledged
        acknowledgement: dict[str, object] = {"envelope_id": request.envelope_id}
        if reply.body and request.accepts_response_payload:
            acknowledgement["payload"] = json.loads(reply.body)
        # The connection may have ended meanwhile: Slack sends it again on the next one, under the same key.
        with suppress(ConnectionError, aiohttp.ClientError):
            await socket.send_json(acknowledgement)

    async def _close(self) -> None:
        if self._answering:
            await asyncio.wait(self._answering, timeout=_CLOSE_SECONDS)
        for task in (*self._listening, *self._answering):
            task.cancel()
        await asyncio.gather(*self._listening, *self._answering, return_exceptions=True)


def _parsed(text: str) -> dict[str, object]:
    try:
        message = json.loads(text)
    except ValueError:
        return {}
    return message if isinstance(message, dict) else {}
