"""How events and interactions reach the app: signed HTTP requests, or envelopes over Socket Mode. Again, where it is silent."""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
from aiohttp import web
from slack_world.state import Json, Options, Workspace

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass(slots=True)
class Delivery:
    """Something that Slack tells the app, and how that went."""

    workspace: Workspace
    kind: Kind
    body: Json
    at: float = field(default_factory=time.time)
    attempts: int = 0
    acknowledged_after: list[float] = field(default_factory=list)
    """Seconds that each acknowledged attempt took."""
    failures: list[str] = field(default_factory=list)
    """Why attempts failed: ``timeout``, ``http_error``, ``connection_failed``."""
    answer: Json | None = None
    """What the app answered with its acknowledgement."""
    lost: bool = False
    """Whether it was kept from the app."""

    @property
    def acknowledged(self) -> bool:
        return bool(self.acknowledged_after)

    @property
    def event(self) -> Json:
        return dict(self.body.get("event", {}))


class NotDeliveredError(Exception):
    """The app did not take it: the reason is in Slack's words."""


class Sockets:
    """The WebSockets that apps have open, by the app's id."""

    def __init__(self) -> None:
        self.base = ""
        self._tickets: dict[str, Workspace] = {}
        self._open: dict[str, list[web.WebSocketResponse]] = {}
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._turns = itertools.count()

    def new_address(self, workspace: Workspace) -> str:
        ticket = uuid.uuid4().hex
        self._tickets[ticket] = workspace
        return f"{self.base}/link/?ticket={ticket}&app_id={workspace.app.id}"

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold a connection. Its address is good once."""
        workspace = self._tickets.pop(request.query.get("ticket", ""), None)
        if workspace is None:
            return web.Response(status=404, text="unknown ticket")
        socket = web.WebSocketResponse(heartbeat=None)
        await socket.prepare(request)
        sockets = self._open.setdefault(workspace.app.id, [])
        sockets.append(socket)
        await socket.send_json(
            {
                "type": "hello",
                "num_connections": len(sockets),
                "connection_info": {"app_id": workspace.app.id},
                "debug_info": {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18060},
            }
        )
        try:
            async for message in socket:
                if message.type == aiohttp.WSMsgType.TEXT:
                    self._heard(message.data)
        finally:
            sockets.remove(socket)
        return socket

    def _heard(self, text: str) -> None:
        if not text.startswith("{"):
            return  # the pings of some clients
        answer = json.loads(text)
        waiting = self._waiting.get(answer.get("envelope_id", ""))
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.get("payload") or {})

    def count(self, workspace: Workspace) -> int:
        return len(self._open.get(workspace.app.id, []))

    async def send(self, delivery: Delivery, seconds: float) -> Json:
        """Send an envelope over one of the connections and return what it was acknowledged with."""
        sockets = [socket for socket in self._open.get(delivery.workspace.app.id, []) if not socket.closed]
        if not sockets:
            raise NotDeliveredError("connection_failed")
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "payload": delivery.body,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            again = delivery.attempts - 1
            envelope |= {"retry_attempt": again, "retry_reason": delivery.failures[-1] if delivery.failures else ""}
        waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = waiting
        try:
            await sockets[next(self._turns) % len(sockets)].send_json(envelope)
            return await asyncio.wait_for(waiting, seconds)
        except (TimeoutError, ConnectionError, aiohttp.ClientError):
            raise NotDeliveredError("timeout") from None
        finally:
            del self._waiting[envelope["envelope_id"]]

    async def refresh(self, workspace: Workspace, reason: str = "refresh_requested", *, close: bool = True) -> None:
        """Ask the app to connect anew, as Slack does every few hours, and hang up."""
        for socket in list(self._open.get(workspace.app.id, [])):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}})
            if close:
                await socket.close()

    async def hang_up(self) -> None:
        for socket in [socket for sockets in self._open.values() for socket in list(sockets)]:
            await socket.close(code=1001)


class Http:
    """Requests to the app's public address, signed with its secret."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        """Where events and interactions go, by the app's id. None: over Socket Mode."""
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def send(self, delivery: Delivery, seconds: float) -> Json:
        url = self.urls[delivery.workspace.app.id]
        if delivery.kind == "events_api":
            content, raw = "application/json", json.dumps(delivery.body)
        else:
            fields = delivery.body if delivery.kind == "slash_commands" else {"payload": json.dumps(delivery.body)}
            content, raw = "application/x-www-form-urlencoded", urlencode(fields)
        headers = {"Content-Type": content, **signed(delivery.workspace.app.signing_secret, raw)}
        if delivery.attempts > 1 and delivery.kind == "events_api":
            headers |= {
                "X-Slack-Retry-Num": str(delivery.attempts - 1),
                "X-Slack-Retry-Reason": {"timeout": "http_timeout"}.get(delivery.failures[-1], delivery.failures[-1])
                if delivery.failures
                else "http_timeout",
            }
        limit = aiohttp.ClientTimeout(total=seconds)
        try:
            async with self.session().post(url, data=raw.encode(), headers=headers, timeout=limit) as answer:
                text = await answer.text()
                if not 200 <= answer.status < 300:
                    raise NotDeliveredError("http_error")
                return _parsed(answer.content_type, text)
        except TimeoutError:
            raise NotDeliveredError("timeout") from None
        except aiohttp.ClientError:
            raise NotDeliveredError("connection_failed") from None


def signed(secret: str, raw: str) -> Mapping[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def _parsed(content_type: str, text: str) -> Any:
    if not text:
        return {}
    return json.loads(text) if content_type == "application/json" else {"text": text}


class Courier:
    """Takes what happened to the app, in order, unless a test has it lose, hold, delay or repeat some of it."""

    def __init__(self, options: Options, sockets: Sockets, http: Http) -> None:
        self.options = options
        self.sockets = sockets
        self.http = http
        self.log: list[Delivery] = []
        self.held: list[Delivery] | None = None
        """Where events wait while a test holds them. ``None``: they go at once."""
        self.lose = 0
        """How many of the next events never arrive."""
        self.copies = 1
        """How often each event is delivered."""
        self.delay = 0.0
        self._running: set[asyncio.Task[None]] = set()

    def tell(self, delivery: Delivery) -> None:
        """Deliver an event, now or as a test wants it."""
        self.log.append(delivery)
        if self.lose > 0:
            self.lose -= 1
            delivery.lost = True
        elif self.held is not None:
            self.held.append(delivery)
        else:
            self.start(delivery)

    def start(self, delivery: Delivery) -> None:
        for _ in range(self.copies):
            task = asyncio.get_running_loop().create_task(self._insist(delivery))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _insist(self, delivery: Delivery) -> None:
        """Deliver an event until it is acknowledged or Slack gives up."""
        if self.delay:
            await asyncio.sleep(self.delay)
        for pause in (0.0, *self.options.retry_delays):
            if pause:
                await asyncio.sleep(pause)
            if await self.attempt(delivery):
                return

    async def attempt(self, delivery: Delivery) -> bool:
        """Try once; return whether the app took it."""
        delivery.attempts += 1
        begun = time.perf_counter()
        over = self.http if delivery.workspace.app.id in self.http.urls else self.sockets
        try:
            delivery.answer = await over.send(delivery, self.options.ack_seconds)
        except NotDeliveredError as failure:
            delivery.failures.append(str(failure))
            return False
        delivery.acknowledged_after.append(time.perf_counter() - begun)
        return True

    async def stop(self) -> None:
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
