"""A workspace's people and channels, and who may read which channel."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

from aika.connectors.slack.options import SlackOptions
from aika.domain.access import EVERYONE
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Members

ChannelKind = Literal["public", "private", "direct"]


class _Wire(BaseModel):
    """Fields that Slack sends as ``null`` are read as left out."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Profile(_Wire):
    real_name: str | None = None
    display_name: str | None = None
    email: str | None = None
    title: str | None = None


class User(_Wire):
    """An account, as ``users.list`` and an export's users.json have it."""

    id: str
    name: str | None = None
    real_name: str | None = None
    team_id: str | None = None
    deleted: bool | None = None
    is_bot: bool | None = None
    is_restricted: bool | None = None
    is_ultra_restricted: bool | None = None
    is_stranger: bool | None = None
    """Whether this is somebody of another organisation, seen in a channel that is shared with it."""
    profile: Profile = Profile()

    @property
    def shown(self) -> str:
        return self.profile.real_name or self.real_name or self.profile.display_name or self.name or self.id

    @property
    def called(self) -> list[str]:
        """Every name that others may write."""
        full = self.profile.real_name or self.real_name or ""
        names = (self.name, self.profile.display_name, full, full.split(" ")[0])
        return [name for name in dict.fromkeys(names) if name]

    @property
    def is_guest(self) -> bool:
        return bool(self.is_restricted or self.is_ultra_restricted or self.is_stranger)

    @property
    def may_read(self) -> bool:
        return not self.deleted and not self.is_bot


class Said(_Wire):
    value: str | None = None


class Channel(_Wire):
    """A channel, as ``conversations.list`` and an export's channels.json have it."""

    id: str
    name: str | None = None
    is_archived: bool | None = None
    is_private: bool | None = None
    is_im: bool | None = None
    is_mpim: bool | None = None
    is_member: bool | None = None
    """Whether the app is in it."""
    creator: str | None = None
    created: int | float | None = None
    topic: Said | None = None
    purpose: Said | None = None
    members: tuple[str, ...] = ()
    previous_names: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.name or self.id

    @property
    def kind(self) -> ChannelKind:
        if self.is_im or self.is_mpim:
            return "direct"
        return "private" if self.is_private else "public"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Who and what there is, for rendering and for access."""

    team: str
    url: str | None
    users: Mapping[str, User]
    channel_names: Mapping[str, str]

    def names_of_people(self) -> dict[str, list[str]]:
        return {user.id: user.called for user in self.users.values()}

    def link(self, channel: str, ts: str | None = None) -> str | None:
        """Return the address of a channel or of a message in it."""
        if self.url is None:
            return None
        place = f"{self.url}/archives/{channel}"
        return place if ts is None else f"{place}/p{ts.replace('.', '')}"

    def group(self, channel: str | None = None) -> PrincipalId:
        return PrincipalId(f"slack:{self.team}:{channel}" if channel else f"slack:{self.team}")

    def readers(self, channel: Channel, options: SlackOptions) -> frozenset[PrincipalId]:
        """Return who may read a channel: its own group, so that a change of who is in it needs no document to be read."""
        own = self.group(channel.id)
        is_for_all = channel.kind == "public" and options.public_channels == "everyone"
        return frozenset({EVERYONE, own}) if is_for_all else frozenset({own})

    def accounts(self) -> Iterator[Members]:
        """Yield each account as a group of one, and the full members of the workspace."""
        for user in self.users.values():
            yield self.account(user)
        yield self.everybody()

    def everybody(self) -> Members:
        """Return the workspace's full members."""
        full = (user for user in self.users.values() if user.may_read and not user.is_guest)
        return Members(self.group(), frozenset(self.group(user.id) for user in full))

    def account(self, user: User) -> Members:
        """Return the account with its person, without anyone where it is deactivated or its e-mail address unknown."""
        # The address of a stranger is another organisation's word, and may be an employee's.
        email = "" if user.is_stranger else (user.profile.email or "").strip().lower()
        person = frozenset({PrincipalId(f"user:{email}")}) if email and user.may_read else frozenset()
        return Members(self.group(user.id), person)

    def members(self, channel: Channel, members: Iterable[str], options: SlackOptions) -> Members:
        """Return a channel's group. Bots and deactivated accounts read nothing; a guest reads what they were invited to."""
        known = (self.users.get(member) for member in members)
        accounts = {self.group(user.id) for user in known if user and user.may_read}
        if channel.kind == "public" and options.public_channels != "members":
            accounts.add(self.group())
        return Members(self.group(channel.id), frozenset(accounts))


def team_id(options: SlackOptions, users: Iterable[User]) -> str | None:
    """Return what the workspace is called by: as configured, as its accounts say, or by its address."""
    if options.team:
        return options.team
    told = next((user.team_id for user in users if user.team_id), None)
    if told or options.workspace_url is None:
        return told
    return (urlsplit(options.workspace_url).hostname or "").split(".")[0] or None
