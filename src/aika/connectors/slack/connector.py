"""A Slack workspace through its Web API.

A run lists people, channels and messages; between full runs only the last days are read again, so that edits, deletions and
new answers are seen. A thread's replies are loaded when its root tells that there are new ones. Events of Slack's Events API
bring changes within seconds.
"""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aika.connectors.slack.api import OutOfReachError, SlackApi
from aika.connectors.slack.channels import ChannelReader, Window
from aika.connectors.slack.directory import Identity, SlackDirectory
from aika.connectors.slack.events import Change, changes
from aika.connectors.slack.options import SlackApiOptions
from aika.connectors.slack.progress import Progress
from aika.connectors.slack.workspace import Channel
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Members, Notification, Removed
from aika.http import HttpOptions, host_of, open_http
from aika.registry import Surroundings


class SlackConnector:
    """Reads a Slack workspace: a document for each thread, each conversation and each channel."""

    Options = SlackApiOptions

    def __init__(
        self,
        api: SlackApi,
        options: SlackApiOptions,
        *,
        folder: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._api = api
        self._options = options
        self._directory = SlackDirectory(api, options, folder, now)
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(cls, options: SlackApiOptions, surroundings: Surroundings) -> AsyncIterator["SlackConnector"]:
        is_slack = options.api_url.startswith("https://slack.com/")
        own = frozenset() if is_slack else frozenset({host_of(options.api_url)})
        async with open_http(HttpOptions(allowed_hosts=own)) as http:
            wait = options.longest_wait.total_seconds()
            api = SlackApi(http, options.api_url.rstrip("/"), options.token.get_secret_value(), wait)
            yield cls(api, options, folder=surroundings.data_dir / "slack")

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield accounts and groups, then each channel's documents; what is gone from the last days as `Removed`."""
        now = self._now().timestamp()
        before = Progress.read(since, self._options)
        if before is not None and now - before.full >= self._options.full_every.total_seconds():
            before = None
        workspace, channels = await self._directory.listed(await self._directory.identity())
        for account in workspace.accounts():
            yield account
        keys: dict[str, list[str]] = {}
        for channel in channels:
            known = before.keys.get(channel.id) if before is not None else None
            window = self._window(None if known is None else before)
            reader = ChannelReader(self._api, channel, workspace, self._options, now)
            try:
                async for event in reader.events(window):
                    yield event
            except OutOfReachError as error:
                yield Failed(channel.id, _unreachable(channel, error))
                continue
            for key in reader.gone(known or (), window.oldest):
                yield Removed(key)
            keys[channel.id] = reader.recent(now - self._options.look_back.total_seconds())
        for gone in sorted(before.keys.keys() - {channel.id for channel in channels}) if before is not None else ():
            # Its documents go with the next full listing; nobody reads them until then.
            yield Members(workspace.group(gone), frozenset())
        progress = Progress(full=now if before is None else before.full, to=now, keys=keys)
        yield Checkpoint(progress.cursor(self._options), complete=before is None)

    def _window(self, before: Progress | None) -> Window:
        """Return what to read of a channel: the last days, or all of one that was never read."""
        oldest = self._options.oldest.timestamp() if self._options.oldest else 0.0
        if before is None:
            return Window(oldest, whole=True)
        return Window(max(oldest, before.to - self._options.look_back.total_seconds()), whole=False)

    async def notice(self, notification: Notification) -> AsyncIterator[Event]:
        """Look again at what an event names. Events may come twice, late, and out of order."""
        for change in changes(notification, self._options.webhook_secret, now=self._now()):
            async for event in self._looked_at(change):
                yield event

    async def _looked_at(self, change: Change) -> AsyncIterator[Event]:
        identity = await self._directory.identity()
        if change.team and change.team != identity.team:
            return
        if change.user:
            workspace, user = await self._directory.user(change.user, identity)
            if user is not None:
                yield workspace.account(user)
                yield workspace.everybody()
        if change.channel:
            async for event in self._channel_changed(change.channel, change.stamps, identity):
                yield event

    async def _channel_changed(self, id: str, stamps: Collection[str], identity: Identity) -> AsyncIterator[Event]:
        workspace = await self._directory.known(identity)
        channel = await self._directory.channel(id, identity)
        if channel is None:
            # Gone, archived where archived ones are not read, or private and without the app: nobody reads it any more.
            yield Members(workspace.group(id), frozenset())
            return
        reader = ChannelReader(self._api, channel, workspace, self._options, self._now().timestamp())
        try:
            if not stamps:
                yield await reader.members()
                return
            async for event in reader.around(stamps):
                yield event
        except OutOfReachError as error:
            yield Failed(channel.id, _unreachable(channel, error))


def _unreachable(channel: Channel, error: OutOfReachError) -> str:
    return (
        f"#{channel.label} cannot be read: {error}. Invite the app to it (/invite), or set join for public channels, "
        "or leave it out with exclude_channels"
    )
