"""The past of a channel as Slack has it now, and who reads it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from aika.application.aika import SystemClock
from aika.application.channel_history import ExportedChannel, People, read_channel, read_messages
from aika.application.evaluation_inputs import deployed
from aika.connectors.slack.workspace import Channel, User
from aika.domain.errors import ConfigurationError, TransientError
from aika.domain.goalies import Goalie
from aika.goalie.replay_records import Progress
from aika.settings import Settings
from aika.surfaces.slack.audience import Audience, Audiences
from aika.surfaces.slack.failures import called
from aika.surfaces.slack.identity import People as Identities
from aika.surfaces.slack.workspaces import Workspace, introduce, open_workspaces

_PAGE = 200
_TRIES = 20
"""Of one call. Apps that are distributed outside of Slack's marketplace read history once a minute."""
_WAIT = 60.0
T = TypeVar("T")

_CHANNELS: TypeAdapter[list[Channel]] = TypeAdapter(list[Channel])
_USERS: TypeAdapter[list[User]] = TypeAdapter(list[User])
_TYPES = "public_channel,private_channel"


async def past_of_workspace(
    settings: Settings, goalie: Goalie, *, days: int, progress: Progress
) -> tuple[ExportedChannel, Audience]:
    """Read a channel's last days from Slack, and what all who are in it now may read.

    Raises `ConfigurationError` where no workspace is configured or the app is not in the channel.
    """
    if not settings.slack.workspaces:
        raise ConfigurationError("no workspace is configured: name one in [slack.workspaces], or use --export")
    clock = SystemClock()
    async with (
        deployed(settings) as there,
        open_workspaces(settings.slack, there.database.slack_tokens, clock) as workspaces,
    ):
        workspace = workspaces.named(goalie.workspace)
        if workspace is None:
            raise ConfigurationError(
                f"the goalie {goalie.id} is of the workspace {goalie.workspace or 'that it does not name'}, which is not one "
                f"of [slack.workspaces]"
            )
        await introduce(workspace)
        reading = _Reading(workspace.client, progress)
        channel = await reading.channel(goalie.channel)
        past = await reading.past(channel, oldest=clock.now() - timedelta(days=days), workspace=workspace)
        database = there.database
        audiences = Audiences(Identities(clock), database.directory, database.catalogue, clock)
        return past, await audiences.of_channel(workspace.client, workspace.team, channel.id)


@dataclass(slots=True)
class _Reading:
    """Reads slowly where Slack wants it slow."""

    client: AsyncWebClient
    progress: Progress
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def channel(self, wanted: str) -> Channel:
        name = wanted.lstrip("#")
        async for page in self._pages(
            lambda cursor: self.client.conversations_list(types=_TYPES, cursor=cursor, limit=_PAGE)
        ):
            for channel in _read(_CHANNELS, page.get("channels")):
                if name in (channel.id, channel.label):
                    return channel
        raise ConfigurationError(f"the app sees no channel {wanted!r}: invite it there, or correct the goalie's file")

    async def past(self, channel: Channel, *, oldest: datetime, workspace: Workspace) -> ExportedChannel:
        since = f"{oldest.timestamp():.6f}"
        users = [
            user
            async for page in self._pages(lambda cursor: self.client.users_list(cursor=cursor, limit=_PAGE))
            for user in _read(_USERS, page.get("members"))
        ]
        items = [
            item
            async for page in self._pages(
                lambda cursor: self.client.conversations_history(
                    channel=channel.id, oldest=since, cursor=cursor, limit=_PAGE
                )
            )
            for item in page.get("messages") or ()
        ]
        messages = read_messages(items)
        roots = [message.ts for message in messages if message.reply_count]
        for number, root in enumerate(roots, start=1):
            self.progress("reading threads", number, len(roots))
            async for page in self._pages(
                lambda cursor, ts=root: self.client.conversations_replies(  # type: ignore[misc]  # a default binds the loop's value
                    channel=channel.id, ts=ts, cursor=cursor, limit=_PAGE
                )
            ):
                told = read_messages(page.get("messages") or ())
                messages += [message.model_copy(update={"thread_ts": root}) for message in told]
        # A root that came with its thread is there twice; what is sorted out drops repeats, and keeps that in the thread.
        return read_channel(channel, messages, People.of(users, {channel.id: channel.label}), workspace=workspace.team)

    async def _pages(self, call: Callable[[str | None], Awaitable[Any]]) -> AsyncIterator[Mapping[str, Any]]:
        cursor: str | None = None
        while True:
            page = await self._patiently(call, cursor)
            yield page
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return

    async def _patiently(self, call: Callable[[str | None], Awaitable[Any]], cursor: str | None) -> Any:
        for tried in range(1, _TRIES + 1):
            try:
                return await called(call(cursor), "a reading of a channel")
            except TransientError as error:
                if tried == _TRIES:
                    raise
                self.progress("waiting for Slack", tried, _TRIES)
                await self.sleep(error.retry_after or _WAIT)
        raise AssertionError("the last try returns or raises")


def _read(adapter: TypeAdapter[list[T]], value: object) -> list[T]:
    try:
        return adapter.validate_python(value or [])
    except ValidationError as error:
        raise ConfigurationError(
            f"Slack did not answer as its API does: {error.error_count()} entries are wrong"
        ) from None
