"""What a workspace of the counterpart holds besides messages, channels and people's names, which its storage keeps."""

import itertools
import secrets
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

Json = dict[str, Any]
"""An object of Slack's, as it goes over the wire."""


class Storage(Protocol):
    """Keeps who there is, the channels and the messages."""

    async def call(self, method: str, actor: str, **arguments: object) -> Json:
        """Do what the Web API's method does, as a person or a bot, without Slack's checks of the request."""
        ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace, as a test describes them. Their id is given by the workspace."""

    name: str
    email: str = ""
    """Empty: ``NAME@example.org``."""
    real_name: str = ""
    guest: Literal["", "single", "multi"] = ""
    """Whether they are a guest of one channel or of several."""
    external: str = ""
    """The id of their own workspace, where they are of another organisation."""
    bot: bool = False
    deleted: bool = False
    email_hidden: bool = False
    id: str = ""

    def in_place(self, id: str) -> "Person":
        return replace(
            self,
            id=id,
            email=self.email or f"{self.name}@example.org",
            real_name=self.real_name or self.name.title(),
        )


@dataclass(slots=True)
class Channel:
    """A conversation, and whom the storage lets read it."""

    id: str
    name: str
    kind: Literal["public", "private", "im", "mpim"]
    reader: str
    shared_with: frozenset[str] = frozenset()
    """Ids of other workspaces that it is shared with."""
    archived: bool = False

    @property
    def event_type(self) -> str:
        return {"public": "channel", "private": "group", "im": "im", "mpim": "mpim"}[self.kind]

    @property
    def letter(self) -> str:
        return {"public": "C", "private": "G", "im": "D", "mpim": "G"}[self.kind]

    @property
    def scope(self) -> str:
        """The first half of the names of the scopes that let read it."""
        return {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}[self.kind]


@dataclass(slots=True)
class Token:
    value: str
    kind: Literal["bot", "user", "app"]
    user: str
    scopes: frozenset[str]
    expires_at: float | None = None
    state: Literal["live", "revoked", "inactive"] = "live"


@dataclass(slots=True)
class Trigger:
    user: str
    expires_at: float
    view: str | None = None
    used: bool = False


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer an interaction: five times within half an hour."""

    channel: str
    user: str
    message: str | None
    """The ts of the message that was acted on."""
    ephemeral: bool
    expires_at: float
    left: int = 5


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """The app under test, as Slack knows it."""

    id: str = "A0AIKA00001"
    name: str = "aika"
    client_id: str = "111.222"
    client_secret: str = "client-secret"
    signing_secret: str = "signing-secret"
    verification_token: str = "verification-token"
    app_token: str = "xapp-1-A0AIKA00001-1-secret"
    bot_token: str = "xoxb-1-1-secret"
    bot_id: str = "B0AIKA00001"
    redirect_urls: tuple[str, ...] = ("https://aika.example.org/",)


@dataclass(slots=True)
class Workspace:
    """One team that the app is installed in."""

    id: str
    name: str
    domain: str
    app: AppIdentity
    storage: Storage
    bot_user: str
    events: frozenset[str]
    """The event types that the app subscribes to, such as ``message.channels``."""
    scopes: frozenset[str]
    people: dict[str, Person] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    refresh_tokens: dict[str, Token] = field(default_factory=dict)
    extras: dict[tuple[str, str], Json] = field(default_factory=dict)
    """What messages hold that the storage does not keep, by channel and ts."""
    gone: dict[tuple[str, str], Json] = field(default_factory=dict)
    """The tombstones of deleted messages that have replies."""
    ephemerals: list[Json] = field(default_factory=list)
    views: dict[str, Json] = field(default_factory=dict)
    """Modals that are open, by id. The last of a user's is on top."""
    homes: dict[str, Json] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    streams: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """The messages that are being streamed, and what came so far."""
    statuses: dict[tuple[str, str], str] = field(default_factory=dict)
    status_log: list[tuple[str, str, str]] = field(default_factory=list)
    prompts: dict[tuple[str, str], Json] = field(default_factory=dict)
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    panes: dict[tuple[str, str], str] = field(default_factory=dict)
    """Threads of the assistant pane, and whose they are."""
    usergroups: dict[str, Json] = field(default_factory=dict)
    codes: dict[str, Json] = field(default_factory=dict)
    action_tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    """Whose they are, and until when they are good."""

    def bot_profile(self) -> Json:
        return {
            "id": self.app.bot_id,
            "app_id": self.app.id,
            "user_id": self.bot_user,
            "name": self.app.name,
            "icons": {"image_36": "", "image_48": "", "image_72": ""},
            "deleted": False,
            "updated": 1_700_000_000,
            "team_id": self.id,
        }


@dataclass(slots=True)
class Clock:
    """What time it is at Slack: a test may move it on."""

    ahead: float = 0.0

    def now(self) -> float:
        return time.time() + self.ahead


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the Web API that was made, and its answer."""

    method: str
    arguments: Mapping[str, Any]
    token: str
    answer: Mapping[str, Any]
    status: int = 200
    at: float = 0.0


@dataclass(slots=True)
class Fault:
    """What goes wrong with a call, on demand."""

    status: int = 200
    error: str = ""
    retry_after: int | None = None
    hang: float = 0.0
    """Seconds that it takes before anything else."""
    drop: bool = False
    """Whether the call is done and its answer never arrives."""
    times: int = 1
    only: Mapping[str, str] = field(default_factory=dict)
    """Arguments that the call must have."""


@dataclass(slots=True)
class Options:
    """How strict and how slow the counterpart is."""

    ack_seconds: float = 3.0
    """How long an event may wait for its acknowledgement before it is delivered again."""
    trigger_seconds: float = 3.0
    retry_delays: tuple[float, ...] = (0.0, 60.0, 300.0)
    """How long after a failed delivery the next one follows. Slack tries three times more."""
    tiers: bool = False
    """Whether the limits of requests a minute hold."""
    directory_app: bool = True
    """Whether the app is from Slack's directory. Others read one page of 15 messages of a history a minute."""
    one_message_a_second: bool = False
    """Whether a channel takes one message a second."""


_counter = itertools.count(1)


def made_up(prefix: str) -> str:
    """Return an id that nothing else has."""
    return f"{prefix}{next(_counter):04d}{secrets.token_hex(3).upper()}"


Faults = defaultdict[str, list[Fault]]
