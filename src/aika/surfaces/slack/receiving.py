"""Takes in what Slack sends: it is kept before it is acknowledged."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from aika.protocols import Clock
from aika.stores.database.inbox import Event, SqlInbox
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.naming import Named, named
from aika.surfaces.slack.workspaces import Workspaces

Wake = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A middleware of slack-bolt's, the last one: nothing comes after it."""

    workspaces: Workspaces
    dispatcher: Dispatcher
    inbox: SqlInbox
    clock: Clock
    wake: Wake

    async def __call__(self, req: AsyncBoltRequest, next: Callable[[], Awaitable[None]]) -> BoltResponse:
        workspace = self.workspaces.of_team(req.context.team_id)
        found = named(req.body)
        if workspace is None or found is None:
            return BoltResponse(status=200, body="")
        now = self.clock.now()
        received = Received(workspace, workspace.team, found.kind, req.body, now, f"{workspace.team}:{found.key}")
        if self.dispatcher.is_wanted(found.kind):
            await self.inbox.put_many([_event(received, found)])
            self.wake()
        reply = self.dispatcher.reply(found.kind)
        body: Mapping[str, Any] | None = None if reply is None else await reply(received)
        return BoltResponse(status=200, body="" if body is None else dict(body))


def _event(received: Received, found: Named) -> Event:
    return Event(
        key=received.key,
        team=received.team,
        kind=received.kind,
        lane=f"{received.team}:{found.lane}",
        position=found.position,
        received_at=received.received_at,
        body=received.body,
    )
