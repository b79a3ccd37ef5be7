"""Reads what was missed while nothing could be received: in the channels where nothing may be missed.

What is read goes through the inbox like what an event tells of, under the same key, so that nothing is handled twice. Up to when
everything is known is kept for each channel. Messages that were deleted meanwhile leave no trace that could be read.

Slack lets apps that are distributed outside of its marketplace read history once a minute, 15 messages at a time; a company's
own app is not limited so. Which of them this is shows at the first refusal, and the pace is kept from then on.
https://docs.slack.dev/apis/web-api/rate-limits
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aika.domain.errors import AikaError, PermanentError, TransientError
from aika.protocols import Clock
from aika.stores.database.slack_tokens import SqlReadChannels
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.failures import called
from aika.surfaces.slack.naming import named
from aika.surfaces.slack.receiving import Intake, event_of
from aika.surfaces.slack.workspaces import Workspace, Workspaces

_FIRST_WAIT = 2.0
_LONGEST_WAIT = 120.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watched:
    """A channel where nothing may be missed."""

    channel: str
    """Its id."""
    threads: tuple[str, ...] = ()
    """Roots of threads that may still be written in, besides those that began lately."""


Watch = Callable[[Workspace], Awaitable[Sequence[Watched]]]


@dataclass(frozen=True, slots=True)
class CatchUpOptions:
    """How fast and how far back is read."""

    seconds: float = 1.2
    """Between two requests: Slack's tier 3 is 50 a minute."""
    limited_seconds: float = 60.0
    """The same once Slack has refused one."""
    page: int = 200
    longest: timedelta = timedelta(days=2)
    """What is older is not answered any more."""
    overlap: timedelta = timedelta(minutes=2)
    """So much is read twice: Slack's clock is not ours."""
    settled: timedelta = timedelta(minutes=2)
    """What is older has arrived, where there is a connection: a broken one is noticed in less time."""
    note_seconds: float = 60.0
    """How often it is noted up to when everything has arrived."""


@dataclass(slots=True)
class CatchingUp:
    """Catches up with workspaces, one after another."""

    workspaces: Workspaces
    dispatcher: Dispatcher
    intake: Intake
    read: SqlReadChannels
    clock: Clock
    wake: Callable[[], None]
    options: CatchUpOptions = CatchUpOptions()
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Between requests."""
    _watches: list[Watch] = field(default_factory=list)
    _behind: set[str] = field(default_factory=set)
    """The names of the workspaces to catch up with."""
    _called: asyncio.Event = field(default_factory=asyncio.Event)
    _limited: bool = False

    def watch(self, who: Watch) -> None:
        """Name channels of a workspace where nothing may be missed. Asked anew each time."""
        self._watches.append(who)

    async def ready(self, workspace: Workspace) -> None:
        """Say that events of a workspace can arrive again: some may have been missed."""
        self._behind.add(workspace.name)
        self._called.set()

    def is_behind(self, workspace: Workspace) -> bool:
        """Whether something may have been missed that was not read yet."""
        return workspace.name in self._behind

    @asynccontextmanager
    async def running(self, is_connected: Callable[[Workspace], bool]) -> AsyncIterator[None]:
        """Catch up while this is open."""
        tasks = [asyncio.create_task(self._catch_up_for_ever()), asyncio.create_task(self._note(is_connected))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _catch_up_for_ever(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            for workspace in self.workspaces:
                if workspace.name in self._behind and workspace.is_known:
                    await self._patiently(workspace)

    async def _patiently(self, workspace: Workspace) -> None:
        wait = _FIRST_WAIT
        while True:
            try:
                await self.catch_up(workspace)
            except TransientError as error:
                logger.info("catching up with Slack goes on later", extra={"reason": str(error)})
                await asyncio.sleep(max(wait, error.retry_after or 0.0))
                wait = min(wait * 2, _LONGEST_WAIT)
            except AikaError as error:
                logger.warning(
                    "what was missed in Slack cannot be read", extra={"workspace": workspace.name, "reason": str(error)}
                )
                return
            else:
                self._behind.discard(workspace.name)
                return

    async def catch_up(self, workspace: Workspace) -> int:
        """Read what was missed in a workspace; return how many messages were new."""
        now = self.clock.now()
        known = await self.read.read_until(workspace.team)
        begin = _stamp((now - self.options.longest).timestamp())
        new = 0
        for watched in await self._watched(workspace):
            # A channel that nobody has watched before has nothing that was missed.
            if watched.channel in known:
                try:
                    since = float(known[watched.channel]) - self.options.overlap.total_seconds()
                    new += await self._channel(workspace, watched, max(_stamp(since), begin))
                except PermanentError as error:
                    logger.warning(
                        "a channel's history cannot be read: invite aika to it, or give it the scope that is missing",
                        extra={"workspace": workspace.name, "channel": watched.channel, "reason": str(error)},
                    )
            await self.read.advance(workspace.team, {watched.channel: _stamp(now.timestamp())})
        if new:
            logger.info("messages were missed and are worked on now", extra={"messages": new})
            self.wake()
        return new

    async def _channel(self, workspace: Workspace, watched: Watched, since: str) -> int:
        place = await self._place(workspace, watched.channel)
        roots = await self._pages(workspace, "conversations.history", {"channel": watched.channel, "oldest": since})
        answered = {str(root["ts"]) for root in roots if str(root.get("latest_reply") or "") > since}
        found = list(roots)
        for root in sorted(answered | set(watched.threads)):
            asked = {"channel": watched.channel, "oldest": since, "ts": root}
            replies = await self._pages(workspace, "conversations.replies", asked)
            found += [reply for reply in replies if reply.get("ts") != root]
        stored = [await self._put(workspace, place, message) for message in sorted(found, key=_ts)]
        return sum(stored)

    async def _pages(self, workspace: Workspace, method: str, asked: dict[str, str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            await self.pause(self.options.limited_seconds if self._limited else self.options.seconds)
            params = {**asked, "limit": str(self.options.page), **({"cursor": cursor} if cursor else {})}
            try:
                page = await called(workspace.client.api_call(method, params=params), "a channel's messages")
            except TransientError as error:
                if error.retry_after is None:
                    raise
                self._limited = True
                await self.pause(max(error.retry_after - self.options.limited_seconds, 0.0))
                continue
            found += page.get("messages") or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return found

    async def _place(self, workspace: Workspace, channel: str) -> dict[str, str]:
        """Return what an event says of the channel that it happened in, and a message of history does not."""
        reply = await called(workspace.client.conversations_info(channel=channel), "a channel")
        told = reply.get("channel") or {}
        kinds = (("im", "is_im"), ("mpim", "is_mpim"), ("group", "is_private"))
        return {"channel": channel, "channel_type": next((kind for kind, flag in kinds if told.get(flag)), "channel")}

    async def _put(self, workspace: Workspace, place: Mapping[str, str], message: Mapping[str, Any]) -> bool:
        """Put a message into the inbox as the event that would have told of it; return whether it is new."""
        ours = {message.get("user"), message.get("bot_id")} & {workspace.bot_user, workspace.bot_id}
        if ours or not message.get("ts"):
            return False
        said = {**message, **place, "type": "message", "event_ts": message["ts"]}
        new = await self._store(workspace, said)
        if f"<@{workspace.bot_user}>" in str(message.get("text") or ""):
            await self._store(workspace, {**said, "type": "app_mention"})
        edited = message.get("edited") or {}
        if not new and edited.get("ts"):
            change = {"type": "message", "subtype": "message_changed", "hidden": True, **place}
            times = {"ts": edited["ts"], "event_ts": edited["ts"]}
            new = await self._store(workspace, {**change, **times, "message": {**message, "type": "message"}})
        return new

    async def _store(self, workspace: Workspace, event: dict[str, Any]) -> bool:
        body = {"type": "event_callback", "team_id": workspace.team, "event": event}
        found = named(body)
        if found is None or not self.dispatcher.is_wanted(found.kind):
            return False
        key = f"{workspace.team}:{found.key}"
        received = Received(workspace, workspace.team, found.kind, body, self.clock.now(), key)
        return await self.intake.put(event_of(received, found))

    async def _watched(self, workspace: Workspace) -> list[Watched]:
        found: dict[str, Watched] = {}
        for watch in self._watches:
            for one in await watch(workspace):
                before = found.get(one.channel, Watched(one.channel))
                threads = tuple(sorted({*before.threads, *one.threads}))
                found[one.channel] = Watched(one.channel, threads)
        return [found[channel] for channel in sorted(found)]

    async def _note(self, is_connected: Callable[[Workspace], bool]) -> None:
        """Note again and again up to when everything has arrived."""
        while True:
            await asyncio.sleep(self.options.note_seconds)
            for workspace in self.workspaces:
                if not workspace.is_known or workspace.name in self._behind or not is_connected(workspace):
                    continue
                until = _stamp((self.clock.now() - self.options.settled).timestamp())
                try:
                    watched = await self._watched(workspace)
                    await self.read.advance(workspace.team, {one.channel: until for one in watched})
                except AikaError as error:
                    logger.warning("how far Slack was read cannot be noted now", extra={"reason": str(error)})


def _stamp(seconds: float) -> str:
    return f"{seconds:.6f}"


def _ts(message: Mapping[str, Any]) -> str:
    return str(message.get("ts") or "")
