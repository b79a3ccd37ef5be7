"""Takes in what Slack sends: it is kept before it is acknowledged.

Slack sends again what is not acknowledged within three seconds. Where the database fails, nothing is acknowledged.
https://docs.slack.dev/apis/events-api#responding
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.errors import AikaError
from aika.protocols import Clock
from aika.stores.database.inbox import Event, SqlInbox
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.naming import Named, named
from aika.surfaces.slack.workspaces import Workspace, Workspaces
from aika.telemetry.slack import SlackTelemetry

PROVEN = "aika_proven"
"""In bolt's context: the names of the workspaces that what arrived can be of."""
_MOST_AT_ONCE = 200
"""Events in a transaction. SQLite takes 32,766 values in one statement."""
_WITHOUT_TEAM = frozenset({"url_verification", "ssl_check"})
# slack-bolt logs whole bodies at lower levels.
_bolt_logger = logging.getLogger("slack_bolt.aika")
_bolt_logger.setLevel(logging.WARNING)

logger = logging.getLogger(__name__)


class Intake:
    """Puts events into the inbox, those that arrive at the same time in one transaction."""

    def __init__(self, inbox: SqlInbox) -> None:
        self._inbox = inbox
        self._arrived: list[tuple[Event, asyncio.Future[bool]]] = []
        self._storing: asyncio.Task[None] | None = None

    async def put(self, event: Event) -> bool:
        """Store the event, durably, and return whether it is new. Raises what the database raises."""
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._arrived.append((event, stored))
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store())
        return await stored

    async def drain(self) -> None:
        """Wait until everything is stored that arrived."""
        while self._storing is not None and not self._storing.done():
            await asyncio.wait([self._storing])

    async def _store(self) -> None:
        while self._arrived:
            batch, self._arrived = self._arrived[:_MOST_AT_ONCE], self._arrived[_MOST_AT_ONCE:]
            try:
                new = await self._inbox.put_many([event for event, _ in batch])
            except AikaError as error:
                for _, stored in batch:
                    if not stored.done():
                        stored.set_exception(error)
                continue
            for event, stored in batch:
                if not stored.done():
                    stored.set_result(event.key in new)


@dataclass(frozen=True, slots=True)
class Receiver:
    """The last middleware of slack-bolt's: nothing comes after it."""

    workspaces: Workspaces
    dispatcher: Dispatcher
    intake: Intake
    clock: Clock
    telemetry: SlackTelemetry
    wake: Callable[[], None] = field(repr=False)

    async def check_workspace(self, req: AsyncBoltRequest, next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Let nothing through but what is of a workspace that it can be of."""
        proven = req.context.get(PROVEN, frozenset())
        if req.body.get("type") in _WITHOUT_TEAM and proven:
            await next_()
            return None
        workspace = self.workspaces.of_team(req.context.team_id)
        if workspace is not None and workspace.name in proven:
            await next_()
            return None
        if any(not one.is_known for one in self.workspaces if one.name in proven):
            # It may be the one that Slack has not told of yet.
            return BoltResponse(status=503, body="")
        return BoltResponse(status=200, body="")

    def identity(self, team_id: str | None) -> AuthorizeResult | None:
        """Tell bolt who we are in a workspace."""
        workspace = self.workspaces.of_team(team_id)
        if workspace is None:
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=workspace.team,
            bot_user_id=workspace.bot_user,
            bot_id=workspace.bot_id,
            bot_token=workspace.client.token,
        )

    async def receive(self, req: AsyncBoltRequest, next_: Callable[[], Awaitable[None]]) -> BoltResponse:
        """Keep what arrived, and say at once what cannot wait."""
        began = perf_counter()
        workspace, found = self.workspaces.of_team(req.context.team_id), named(req.body)
        if workspace is None or found is None or _is_own(req.body, workspace):
            return BoltResponse(status=200, body="")
        with self.telemetry.receiving(found.kind, workspace.team) as trace:
            received = Received(
                workspace,
                workspace.team,
                found.kind,
                req.body,
                self.clock.now(),
                f"{workspace.team}:{found.key}",
            )
            response = await self._taken(received, found, trace)
        self.telemetry.acknowledged(found.kind, perf_counter() - began)
        return response

    async def _taken(self, received: Received, found: Named, trace: str) -> BoltResponse:
        if self.dispatcher.is_wanted(found.kind):
            try:
                new = await self.intake.put(event_of(received, found, trace))
            except AikaError as error:
                logger.warning("an event of Slack's is not kept", extra={"kind": found.kind, "reason": str(error)})
                return BoltResponse(status=503, body="")
            self.telemetry.received(found.kind, new=new)
            self.wake()
        reply = self.dispatcher.reply(found.kind)
        if reply is None:
            return BoltResponse(status=200, body="")
        try:
            body = await reply(received)
        except AikaError as error:
            logger.warning("an answer at once failed", extra={"kind": found.kind, "reason": str(error)})
            return BoltResponse(status=500, body="")
        return BoltResponse(status=200, body="" if body is None else dict(body))


def bolt_app(receiver: Receiver) -> AsyncApp:
    """Return slack-bolt's app, which checks, names and hands on what arrives."""

    # bolt reads arguments' names, and would take a method's `self` for one that it has to fill in.
    async def authorize(team_id: str | None) -> AuthorizeResult | None:
        return receiver.identity(team_id)

    app = AsyncApp(
        name="aika",
        logger=_bolt_logger,
        client=AsyncWebClient(),
        authorize=authorize,  # type: ignore[arg-type]  # it may return None, for a workspace that is not known
        before_authorize=receiver.check_workspace,
        # Signatures are checked before, against the secrets of all workspaces.
        request_verification_enabled=False,
    )
    app.middleware(receiver.receive)
    return app


def event_of(received: Received, found: Named, trace: str = "") -> Event:
    """Return what is kept of something that was received."""
    return Event(
        key=received.key,
        team=received.team,
        kind=received.kind,
        lane=f"{received.team}:{found.lane}",
        position=found.position or int(received.received_at.timestamp() * 1_000_000),
        received_at=received.received_at,
        # The deprecated verification token is the app's: it belongs into no database.
        body={name: value for name, value in received.body.items() if name != "token"},
        trace=trace,
    )


def _is_own(body: Mapping[str, Any], workspace: Workspace) -> bool:
    """Whether it tells of a change of a message of ours. Of new ones bolt sees that by itself."""
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("subtype") not in {"message_changed", "message_deleted"}:
        return False
    about = event.get("message") or event.get("previous_message") or {}
    return about.get("user") == workspace.bot_user or about.get("bot_id") == workspace.bot_id
