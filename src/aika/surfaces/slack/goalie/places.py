"""Which channels of a workspace aika is in, by their names and ids, and who people are by their addresses."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from aika.domain.errors import PermanentError, TransientError
from aika.domain.goalies import Goalie
from aika.protocols import Clock
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.workspaces import Workspace

FRESH_FOR = timedelta(minutes=10)
_AGAIN_AFTER = timedelta(seconds=30)
"""A channel that aika is not in is looked for again after this: it may have been invited meanwhile."""
_PAGE = 200

Missing = Callable[[Mapping[str, str]], bool]
"""Whether what is looked for is missing among channels, by id."""


class _Channel(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    name: str = ""


@dataclass(slots=True)
class _Listing:
    names: dict[str, str]
    """By id."""
    at: datetime


@dataclass(slots=True)
class Places:
    """Looks up channels and people, and remembers them for a while."""

    clock: Clock
    _listings: dict[str, _Listing] = field(default_factory=dict)
    _people: dict[tuple[str, str], tuple[str | None, datetime]] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def name(self, workspace: Workspace, channel: str) -> str:
        """Return the name, without ``#``, of a channel that aika hears of."""
        listing = await self._listing(workspace, missing=lambda _: False)
        if channel not in listing.names:
            # It was invited there just now, and other messages may not wait for a new listing.
            reply = await called(workspace.client.conversations_info(channel=channel), "a look-up of a channel")
            listing.names[channel] = str((reply.get("channel") or {}).get("name") or "")
        return listing.names[channel]

    async def channel(self, workspace: Workspace, name: str) -> str:
        """Return a channel's id by its name or id. Raises `PermanentError` where aika is not in it."""
        wanted = name.removeprefix("#")
        listing = await self._listing(workspace, missing=lambda names: wanted not in {*names, *names.values()})
        if wanted in listing.names:
            return wanted
        found = next((one for one, known in sorted(listing.names.items()) if known == wanted), None)
        if found is None:
            raise PermanentError(f"aika is not in the channel #{wanted} of Slack: invite it there, with /invite @aika")
        return found

    async def user(self, workspace: Workspace, address: str) -> str | None:
        """Return the id of whoever has this address in the workspace, ``None`` where nobody has."""
        key, now = (workspace.name, address), self.clock.now()
        known = self._people.get(key)
        if known is not None and now - known[1] < FRESH_FOR:
            return known[0]
        try:
            reply = await called(workspace.client.users_lookupByEmail(email=address), "a look-up of a person")
            found: str | None = str(reply["user"]["id"])
        except SlackRefusedError as error:
            if error.code != "users_not_found":
                raise
            found = None
        self._people[key] = (found, now)
        return found

    def forget(self, workspace: Workspace) -> None:
        """Ask again which channels there are: one was renamed, or aika was invited."""
        self._listings.pop(workspace.name, None)

    async def _listing(self, workspace: Workspace, *, missing: Missing) -> _Listing:
        async with self._locks.setdefault(workspace.name, asyncio.Lock()):
            now, known = self.clock.now(), self._listings.get(workspace.name)
            if known is not None:
                age = now - known.at
                if age < _AGAIN_AFTER or (age < FRESH_FOR and not missing(known.names)):
                    return known
            found = self._listings[workspace.name] = _Listing(await own_channels(workspace), now)
            return found


def is_of(goalie: Goalie, workspace: Workspace, *, alone: bool) -> bool:
    """Return whether a goalie's channel is in this workspace. ``alone``: there is no other."""
    return goalie.workspace == workspace.name or (goalie.workspace is None and alone)


async def own_channels(workspace: Workspace) -> dict[str, str]:
    """Return the names of the channels that aika is in, by id. Raises what `called` raises."""
    found: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = await called(
            workspace.client.users_conversations(
                types="public_channel,private_channel", exclude_archived=True, limit=_PAGE, cursor=cursor
            ),
            "a listing of channels",
        )
        try:
            channels = [_Channel.model_validate(one) for one in page.get("channels") or ()]
        except ValidationError:
            raise TransientError("Slack's list of channels could not be read") from None
        found.update({channel.id: channel.name for channel in channels})
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
        if cursor is None:
            return found
