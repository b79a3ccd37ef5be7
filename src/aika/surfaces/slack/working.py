"""Works on what is in the inbox."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

from aika.domain.errors import AikaError, TransientError
from aika.protocols import Clock
from aika.stores.database.inbox import Event, SqlInbox
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.workspaces import Workspaces

HOLD = timedelta(seconds=30)
"""For how long an event is claimed."""
POLL_SECONDS = 2.0
MOST_TRIES = 8

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Workers:
    """Claims events and has them handled."""

    inbox: SqlInbox
    dispatcher: Dispatcher
    workspaces: Workspaces
    clock: Clock
    holder: str
    limit: int
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    def wake(self) -> None:
        """Look at once whether there is something to do."""
        self._awake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while this is open."""
        claiming = asyncio.create_task(self._claim_for_ever())
        try:
            yield
        finally:
            claiming.cancel()
            with suppress(asyncio.CancelledError):
                await claiming
            await asyncio.gather(*self._running, return_exceptions=True)

    async def _claim_for_ever(self) -> None:
        while True:
            self._awake.clear()
            free = self.limit - len(self._running)
            if free > 0 and await self._claim(free):
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), POLL_SECONDS)

    async def _claim(self, free: int) -> bool:
        now = self.clock.now()
        events = await self.inbox.claim(
            teams=self.workspaces.teams, limit=free, holder=self.holder, now=now, until=now + HOLD
        )
        for event in events:
            task = asyncio.create_task(self._work(event))
            self._running.add(task)
            task.add_done_callback(self._ended)
        return bool(events)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self.wake()

    async def _work(self, event: Event) -> None:
        workspace = self.workspaces.of_team(event.team)
        if workspace is None:
            return
        received = Received(
            workspace, event.team, event.kind, event.body, event.received_at, event.key, tries=event.tries
        )
        try:
            for _, handle in self.dispatcher.handles(event.kind):
                await handle(received)
        except TransientError as error:
            later = self.clock.now() + timedelta(seconds=error.retry_after or 2**event.tries)
            tried = replace(event, tries=event.tries + 1)
            await self.inbox.again(tried, at=later, reason=str(error), holder=self.holder)
        except AikaError as error:
            logger.warning("an event of Slack's was given up", extra={"kind": event.kind, "reason": str(error)})
            await self.inbox.give_up(event, at=self.clock.now(), reason=str(error), holder=self.holder)
        else:
            await self.inbox.done([event.key])
