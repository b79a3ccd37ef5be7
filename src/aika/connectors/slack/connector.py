"""A Slack workspace through its Web API.

A run lists people, channels and messages; between full runs only the last days are read again, so that edits, deletions and
new answers are seen. A thread's replies are loaded when its root tells that there are new ones. Events of Slack's Events API
bring changes within seconds.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aika.connectors.slack.api import OutOfReachError, SlackApi
from aika.connectors.slack.channels import ChannelReader, Window
from aika.connectors.slack.events import Change, changes
from aika.connectors.slack.options import SlackApiOptions
from aika.connectors.slack.progress import Progress
from aika.connectors.slack.workspace import Channel, User, Workspace
from aika.domain.errors import ConfigurationError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Members, Notification, Removed
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Surroundings

logger = logging.getLogger(__name__)


class SlackConnector:
    """Reads a Slack workspace: a document for each thread, each conversation and each channel."""

    Options = SlackApiOptions

    def __init__(
        self, api: SlackApi, options: SlackApiOptions, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._api = api
        self._options = options
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        options: SlackApiOptions,
        surroundings: Surroundings,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> AsyncIterator["SlackConnector"]:
        own = frozenset() if options.api_url.startswith("https://slack.com/") else frozenset({host_of(options.api_url)})
        async with open_http(HttpOptions(allowed_hosts=own), sleep=sleep) as http:
            wait = options.longest_wait.total_seconds()
            yield cls(
                SlackApi(http, options.api_url.rstrip("/"), options.token.get_secret_value(), wait, sleep), options
            )

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield accounts and groups, then each channel's documents; what is gone from the last days as `Removed`."""
        now = self._now().timestamp()
        before = Progress.read(since, self._options)
        full = before is None or now - before.full >= self._options.full_every.total_seconds()
        oldest = self._oldest() if full or before is None else before.to - self._options.look_back.total_seconds()
        workspace, channels = await self._directory()
        for account in workspace.accounts():
            yield account
        keys: dict[str, list[str]] = {}
        for channel in channels:
            reader = ChannelReader(self._api, channel, workspace, self._options, now)
            known = None if full or before is None else before.keys.get(channel.id, [])
            try:
                async for event in reader.events(Window(oldest, whole=full)):
                    yield event
            except OutOfReachError as error:
                yield Failed(channel.id, _unreachable(channel, error))
                continue
            for key in reader.gone(known or (), oldest):
                yield Removed(key)
            keys[channel.id] = reader.recent(now - self._options.look_back.total_seconds())
        progress = Progress(full=now if full or before is None else before.full, to=now, keys=keys)
        yield Checkpoint(progress.cursor(self._options), complete=full)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Look again at what an event names. Events may come twice, late, and out of order."""
        for change in changes(notification, self._options.webhook_secret, now=self._now()):
            async for event in self._looked_at(change):
                yield event

    async def _looked_at(self, change: Change) -> AsyncIterator[Event]:
        workspace, channels = await self._directory()
        if change.team and change.team != workspace.team:
            return
        if change.user:
            user = workspace.users.get(change.user)
            if user is not None:
                yield workspace.account(user)
            yield workspace.everybody()
        if not change.channel:
            return
        channel = next((channel for channel in channels if channel.id == change.channel), None)
        if channel is None:
            # Gone, archived where archived ones are not read, or private and without the app: nobody reads it any more.
            yield Members(workspace.group(change.channel), frozenset())
            return
        reader = ChannelReader(self._api, channel, workspace, self._options, self._now().timestamp())
        try:
            if change.stamps:
                async for event in reader.around(change.stamps):
                    yield event
            else:
                yield await reader.members()
        except OutOfReachError as error:
            yield Failed(channel.id, _unreachable(channel, error))

    async def _directory(self) -> tuple[Workspace, list[Channel]]:
        """Return the people, and the channels to read."""
        options = self._options
        identity = await self._api.call("auth.test")
        team = options.team or str(identity.get("team_id") or "")
        if not team:
            raise ConfigurationError("Slack does not say which workspace the token is of: set team in the options")
        users = [User.model_validate(item) for item in await self._api.items("users.list", "members")]
        types = ["public_channel"]
        types += ["private_channel"] if options.private_channels else []
        types += ["mpim", "im"] if options.direct_messages else []
        listed = await self._api.items(
            "conversations.list",
            "channels",
            types=",".join(types),
            exclude_archived="false" if options.archived else "true",
        )
        channels = [Channel.model_validate(item) for item in listed]
        workspace = Workspace(
            team=team,
            url=options.workspace_url or str(identity.get("url") or "").rstrip("/") or None,
            users={user.id: user for user in users},
            channel_names={channel.id: channel.label for channel in channels},
        )
        is_bot = bool(identity.get("bot_id"))
        wanted = [channel for channel in channels if self._is_wanted(channel, is_bot=is_bot)]
        logger.info("Slack channels listed", extra={"channels": len(channels), "read": len(wanted)})
        return workspace, wanted

    def _is_wanted(self, channel: Channel, *, is_bot: bool) -> bool:
        options = self._options
        if channel.kind == "direct":
            return options.direct_messages
        if not options.reads(channel.label) or (channel.is_archived and not options.archived):
            return False
        # A bot sees the names of all public channels and reads those that it is in.
        uninvited = is_bot and channel.is_member is False and not options.join
        return not uninvited or any("*" not in pattern for pattern in options.channels)

    def _oldest(self) -> float:
        return self._options.oldest.timestamp() if self._options.oldest else 0.0


def _unreachable(channel: Channel, error: OutOfReachError) -> str:
    return (
        f"#{channel.label} cannot be read: {error}. Invite the app to it (/invite), or set join for public channels, "
        "or leave it out with exclude_channels"
    )
