"""Works on what is in the inbox: several events at a time, those of one lane in order, and none twice at once."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import aiohttp
from slack_sdk.errors import SlackClientError

from aika.domain.errors import AikaError, TransientError
from aika.protocols import Clock
from aika.stores.database.inbox import Event, SqlInbox
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.failures import translated
from aika.surfaces.slack.workspaces import Workspaces
from aika.telemetry.slack import SlackTelemetry

HOLD = timedelta(seconds=30)
"""For how long an event is claimed. After that another process takes it over, unless the claim was renewed."""
MOST_TRIES = 12
"""With the waits between them, about half an hour."""
_SURPRISES = 3
"""Tries of what failed in a way that nobody thought of."""
_LONGEST_WAIT = 300.0
_OLDEST = timedelta(days=1)
"""What is older is not tried any more, whatever Slack's limits have made of it."""
_POLL_SECONDS = 1.0
"""How often it is looked for what other processes have left, and what is due again."""
_GATHER_SECONDS = 0.01

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkOptions:
    """How much is worked on, and how it ends."""

    at_once: int = 8
    stop_seconds: float = 8.0
    """What runs when the app stops gets this long. The rest stays in the inbox."""


@dataclass(slots=True)
class Workers:
    """Claims events and has them handled."""

    inbox: SqlInbox
    dispatcher: Dispatcher
    workspaces: Workspaces
    clock: Clock
    telemetry: SlackTelemetry
    holder: str
    """Names this process; one that is started again in its place has the same name."""
    options: WorkOptions = WorkOptions()
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _finished: list[str] = field(default_factory=list)
    _stopping: bool = False

    def wake(self) -> None:
        """Look at once whether there is something to do."""
        self._awake.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Work while this is open, first on what an earlier process of this name has left."""
        self._stopping = False
        await self.inbox.take_over(self.holder)
        claiming = asyncio.create_task(self._claim_for_ever())
        holding = asyncio.create_task(self._hold_for_ever())
        try:
            yield
        finally:
            # Not cancelled: what is being claimed would belong to nobody for a while.
            self._stopping = True
            self.wake()
            await claiming
            await self._stop()
            await _cancelled(holding)

    async def _claim_for_ever(self) -> None:
        while not self._stopping:
            self._awake.clear()
            if self._running:
                # While there is much to do, several ends and several claims share a transaction.
                await asyncio.sleep(_GATHER_SECONDS)
            try:
                await self._settle()
                claimed = await self._claim()
            except AikaError as error:
                logger.warning("Slack's events cannot be claimed now", extra={"reason": str(error)})
                claimed = 0
            if not claimed:
                # Not `wait_for`: on Python 3.11 it can swallow that it is cancelled.
                with suppress(TimeoutError):
                    async with asyncio.timeout(_POLL_SECONDS):
                        await self._awake.wait()

    async def _claim(self) -> int:
        free, teams = self.options.at_once - len(self._running), self.workspaces.teams
        if free <= 0 or not teams:
            return 0
        now = self.clock.now()
        events = await self.inbox.claim(teams=teams, limit=free, holder=self.holder, now=now, until=now + HOLD)
        for event in events:
            if event.key in self._running:
                continue  # its claim ran out on a busy machine while it is worked on here: it is held again now
            task = asyncio.create_task(self._work(event))
            self._running[event.key] = task
            task.add_done_callback(partial(self._ended, event.key))
        return len(events)

    def _ended(self, key: str, _: asyncio.Task[None]) -> None:
        del self._running[key]
        self.wake()

    async def _settle(self) -> None:
        """Record what has been handled, all of it in one transaction."""
        finished, self._finished = self._finished, []
        try:
            await self.inbox.done(finished)
        except AikaError:
            self._finished = finished + self._finished
            raise

    async def _hold_for_ever(self) -> None:
        while True:
            await asyncio.sleep(HOLD.total_seconds() / 3)
            keys = [*self._running, *self._finished]
            if not keys:
                continue
            try:
                held = await self.inbox.hold(keys, holder=self.holder, until=self.clock.now() + HOLD)
            except AikaError as error:
                logger.warning("claims of Slack's events cannot be renewed now", extra={"reason": str(error)})
                continue
            for key in self._running.keys() & (set(keys) - held):
                # Another process works on it: this one was asleep for too long.
                self._running[key].cancel()

    async def _stop(self) -> None:
        tasks = list(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=self.options.stop_seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            await self._settle()
            await self.inbox.take_over(self.holder)
        except AikaError as error:
            logger.warning("what was worked on for Slack is worked on again", extra={"reason": str(error)})

    async def _work(self, event: Event) -> None:
        waited = (self.clock.now() - event.received_at).total_seconds()
        with self.telemetry.handling(event.kind, event.team, event.trace, waited) as handling:
            try:
                handling.result = await self._handled(event)
            except AikaError as error:
                # The inbox cannot be written to now: the claim runs out, and the event is worked on again.
                logger.warning(
                    "what became of an event of Slack's is not kept", extra={"kind": event.kind, "reason": str(error)}
                )
                handling.result = "again"

    async def _handled(self, event: Event) -> str:
        if event.tries >= MOST_TRIES:
            unended = event.reason or "the process ended each time while it was worked on"
            return await self._given_up(event, TransientError(unended))
        workspace = self.workspaces.of_team(event.team)
        if workspace is None:
            await self._again(event, TransientError("its workspace is not known now"))
            return "again"
        received = Received(
            workspace=workspace,
            team=event.team,
            kind=event.kind,
            body=event.body,
            received_at=event.received_at,
            key=event.key,
            tries=event.tries,
        )
        finished, failures = set(event.finished), []
        for name, handle in self.dispatcher.handles(event.kind):
            if name in finished:
                continue
            try:
                await handle(received)
            except Exception as error:  # noqa: BLE001 - the outermost loop: one event's failure ends no other's work
                failures.append(_meaning(error, event))
            else:
                finished.add(name)
        if not failures:
            self._finished.append(event.key)
            return "done"
        return await self._failed(replace(event, finished=frozenset(finished)), failures)

    async def _failed(self, event: Event, failures: list[AikaError]) -> str:
        passing = [error for error in failures if isinstance(error, TransientError)]
        for error in failures:
            if not isinstance(error, TransientError):
                logger.warning(
                    "an event of Slack's cannot be handled",
                    extra={"kind": event.kind, "key": event.key, "reason": str(error)},
                )
        if not passing:
            return await self._given_up(event, failures[0])
        return await self._again(event, passing[0])

    async def _again(self, event: Event, error: TransientError) -> str:
        now, tries = self.clock.now(), event.tries + 1
        most = _SURPRISES if isinstance(error, _SurpriseError) else MOST_TRIES
        if (tries >= most and error.retry_after is None) or now - event.received_at > _OLDEST:
            return await self._given_up(replace(event, tries=tries), error)
        wait = min(2.0**event.tries, _LONGEST_WAIT) if error.retry_after is None else error.retry_after
        # A wait that Slack has asked for says nothing against the event.
        left = replace(event, tries=tries if error.retry_after is None else event.tries, reason=str(error))
        await self.inbox.again(left, at=now + timedelta(seconds=wait), holder=self.holder)
        return "again"

    async def _given_up(self, event: Event, error: AikaError) -> str:
        logger.error(
            "an event of Slack's was given up: mend the reason, then run `aika slack retry`",
            extra={"kind": event.kind, "key": event.key, "tries": event.tries, "reason": str(error)},
        )
        await self.inbox.give_up(replace(event, reason=str(error)), at=self.clock.now(), holder=self.holder)
        return "dead"


class _SurpriseError(TransientError):
    """A failure of a kind that nobody thought of."""


def _meaning(error: Exception, event: Event) -> AikaError:
    if isinstance(error, AikaError):
        return error
    if isinstance(error, SlackClientError | aiohttp.ClientError | TimeoutError):
        return translated(error, "a call")
    logger.error("the work on an event of Slack's failed", extra={"kind": event.kind, "key": event.key}, exc_info=error)
    return _SurpriseError(f"an unexpected {type(error).__name__}, see the log")


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
