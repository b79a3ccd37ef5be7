"""Who and what a workspace has: listed by every sync, and kept for the events between two syncs.

Listing people is among the calls that Slack limits most, and an event needs their names only.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from aika.connectors.slack.api import OutOfReachError, SlackApi
from aika.connectors.slack.options import SlackApiOptions
from aika.connectors.slack.workspace import Channel, User, Workspace
from aika.domain.errors import ConfigurationError
from aika.files import replace_file

logger = logging.getLogger(__name__)

_KEPT_SECONDS = 6 * 3600.0
"""So long what a sync listed is good enough for an event's names."""


class _Kept(BaseModel):
    model_config = ConfigDict(extra="forbid")

    at: float
    users: list[User]
    channel_names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is."""

    team: str
    url: str | None
    is_bot: bool


@dataclass(frozen=True, slots=True)
class SlackDirectory:
    """Lists people and channels."""

    api: SlackApi
    options: SlackApiOptions
    folder: Path
    """Where it keeps what it listed."""
    now: Callable[[], datetime]

    async def identity(self) -> Identity:
        answer = await self.api.call("auth.test")
        team = self.options.team or str(answer.get("team_id") or "")
        if not team:
            raise ConfigurationError("Slack does not say which workspace the token is of: set team in the options")
        url = self.options.workspace_url or str(answer.get("url") or "").rstrip("/") or None
        return Identity(team, url, bool(answer.get("bot_id")))

    async def listed(self, identity: Identity) -> tuple[Workspace, list[Channel]]:
        """Return everybody, and the channels to read."""
        users = [User.model_validate(item) for item in await self.api.items("users.list", "members")]
        archived = "false" if self.options.archived else "true"
        items = await self.api.items("conversations.list", "channels", types=self._types(), exclude_archived=archived)
        channels = [Channel.model_validate(item) for item in items]
        names = {channel.id: channel.label for channel in channels}
        wanted = [channel for channel in channels if self._is_wanted(channel, identity)]
        logger.info("Slack channels listed", extra={"channels": len(channels), "read": len(wanted)})
        await self._keep(identity, users, names)
        return _workspace(identity, users, names), wanted

    async def known(self, identity: Identity) -> Workspace:
        """Return everybody as the last sync listed them."""
        kept = await asyncio.to_thread(self._kept, identity)
        if kept is None or self.now().timestamp() - kept.at > _KEPT_SECONDS:
            return (await self.listed(identity))[0]
        return _workspace(identity, kept.users, kept.channel_names)

    async def channel(self, id: str, identity: Identity) -> Channel | None:
        """Return a channel as it is now; ``None`` where it is not to be read, or not there."""
        try:
            answer = await self.api.call("conversations.info", channel=id)
        except OutOfReachError:
            return None
        channel = Channel.model_validate(answer.get("channel") or {"id": id})
        return channel if self._is_wanted(channel, identity) else None

    async def user(self, id: str, identity: Identity) -> tuple[Workspace, User | None]:
        """Return an account as it is now, and everybody with it."""
        workspace = await self.known(identity)
        try:
            answer = await self.api.call("users.info", user=id)
        except OutOfReachError:
            return workspace, None
        user = User.model_validate(answer.get("user") or {"id": id})
        users = [*(other for other in workspace.users.values() if other.id != id), user]
        await self._keep(identity, users, dict(workspace.channel_names))
        return _workspace(identity, users, dict(workspace.channel_names)), user

    def _types(self) -> str:
        private = ["private_channel"] if self.options.private_channels else []
        direct = ["mpim", "im"] if self.options.direct_messages else []
        return ",".join(["public_channel", *private, *direct])

    def _is_wanted(self, channel: Channel, identity: Identity) -> bool:
        options = self.options
        if channel.kind == "direct":
            return options.direct_messages
        if channel.kind == "private" and not options.private_channels:
            return False
        if not options.reads(channel.label) or (channel.is_archived and not options.archived):
            return False
        # A bot sees the names of all public channels and reads those that it is in. One that is named is reported instead.
        uninvited = identity.is_bot and channel.is_member is False and not options.join
        return not uninvited or channel.label in options.channels

    async def _keep(self, identity: Identity, users: list[User], names: dict[str, str]) -> None:
        kept = _Kept(at=self.now().timestamp(), users=users, channel_names=names)
        await asyncio.to_thread(self._write, identity, kept.model_dump_json())

    def _write(self, identity: Identity, text: str) -> None:
        path = self._path(identity)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text)

    def _kept(self, identity: Identity) -> _Kept | None:
        try:
            return _Kept.model_validate_json(self._path(identity).read_bytes())
        except (OSError, ValidationError):
            # Never listed on this machine, or by another version.
            return None

    def _path(self, identity: Identity) -> Path:
        name = "".join(character if character.isalnum() else "_" for character in identity.team)
        return self.folder / f"{name}.json"


def _workspace(identity: Identity, users: list[User], channel_names: dict[str, str]) -> Workspace:
    return Workspace(identity.team, identity.url, {user.id: user for user in users}, channel_names)
