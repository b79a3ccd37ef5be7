"""Drives the counterpart of Slack in tests: people who write, press and look, in a workspace that an app is installed in.

The counterpart runs in a thread of its own, so that an app under test may block. Everything here may be called from any
event loop.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, TypeVar

from slack_world import emulated_storage, memory, signing_in
from slack_world.acting import Acting
from slack_world.block_html import Page
from slack_world.delivering import Delivery
from slack_world.emulated_storage import EmulatedStorage
from slack_world.front import Front
from slack_world.installing import (
    EVENTS,
    SCOPES,
    SPARE,
    Installation,
    Kept,
    NewChannel,
    installed,
    numbered,
    started,
    storage_of,
)
from slack_world.payloads import user_object
from slack_world.slack import Slack
from slack_world.state import AppIdentity, Call, Channel, Fault, Json, Options, Person, Token, Workspace, made_up

__all__ = ["EVENTS", "SCOPES", "NewChannel", "World", "slack_world"]

T = TypeVar("T")
PATIENCE = 30.0
"""Seconds that a condition may take on a loaded machine."""


class World(Acting):
    """One workspace, and all that people do in it."""

    def __init__(self, ground: "Ground", workspace: Workspace) -> None:
        self.front = ground.front
        self.slack = ground.front.slack
        self.workspace = workspace
        self._ground = ground

    async def there(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something in the counterpart's own event loop."""
        return await self._ground.there(doing)

    async def another(
        self, people: Sequence[Person | str] = ("ann",), channels: Sequence[NewChannel | str] = ()
    ) -> "World":
        """Let the app be installed in another workspace too, with tokens and secrets of its own there."""
        number = len(self.slack.workspaces)
        installation = replace(self._ground.installation, app=numbered(self._ground.installation.app, number))
        return await self._ground.workspace(installation, people, channels)

    # What an app is configured with

    @property
    def url(self) -> str:
        return self.front.url

    @property
    def api_url(self) -> str:
        """Where an app finds the Web API: ``http://127.0.0.1:PORT/api/``."""
        return f"{self.front.url}/api/"

    @property
    def app(self) -> AppIdentity:
        return self.workspace.app

    @property
    def options(self) -> Options:
        return self.slack.options

    def deliver_over_http(self, events: str) -> None:
        """Send events, interactions and commands to an address, in place of Socket Mode."""
        self.slack.http.urls[self.app.id] = events

    # Who and where

    def user(self, name: str) -> str:
        """Return a person's id."""
        return next(person.id for person in self.workspace.people.values() if person.name == name)

    def channel(self, name: str) -> str:
        """Return a channel's id."""
        found = (channel.id for channel in self.workspace.channels.values() if channel.name == name)
        return next(found, name)

    def mention(self, name: str = "") -> str:
        """Return how a person, or the app, is mentioned in a text."""
        return f"<@{self.user(name) if name else self.workspace.bot_user}>"

    async def add_person(self, person: Person) -> Person:
        """Let somebody join the workspace who was not there at the beginning."""
        return await self.there(self._add_person(person))

    async def _add_person(self, person: Person) -> Person:
        storage: Any = self.workspace.storage
        spare = next(name for name in sorted(storage.users) if name.startswith(SPARE))
        joined = person.in_place(storage.users.pop(spare))
        self.workspace.people[joined.id] = joined
        return joined

    async def change_person(self, name: str, **changes: Any) -> Person:
        """Change what is known of a person (their e-mail, that they are gone) and tell the app."""
        return await self.there(self._change_person(name, changes))

    async def _change_person(self, name: str, changes: Mapping[str, Any]) -> Person:
        person = replace(self.workspace.people[self.user(name)], **changes)
        shown = user_object(self.workspace, person, with_email="users:read.email" in self.workspace.scopes)
        self.slack.changed_person(self.workspace, person, shown)
        return person

    async def add_channel(self, channel: NewChannel) -> str:
        """Make a channel with its members; return its id."""
        return await self.there(self._add_channel(channel))

    async def _add_channel(self, channel: NewChannel) -> str:
        storage = self.workspace.storage
        keeper = emulated_storage.KEEPER if isinstance(storage, EmulatedStorage) else memory.KEEPER
        private = str(channel.private).lower()
        made = await storage.call("conversations.create", keeper, name=channel.name, is_private=private)
        assert made["ok"], made
        id = made["channel"]["id"]  # noqa: A001  # Slack's word
        members = [self.user(name) for name in channel.members]
        members += [self.workspace.bot_user] if channel.app else []
        if members:
            await storage.call("conversations.invite", keeper, channel=id, users=",".join(members))
        kind: Literal["public", "private"] = "private" if channel.private else "public"
        self.workspace.channels[id] = Channel(id, channel.name, kind, keeper, channel.shared_with)
        return str(id)

    def add_usergroup(self, handle: str, members: Sequence[str]) -> str:
        """Make a group of people that can be mentioned; return its id."""
        id = made_up("S")  # noqa: A001  # Slack's word
        users = [self.user(name) for name in members]
        self.workspace.usergroups[id] = {
            "id": id,
            "handle": handle,
            "name": handle,
            "users": users,
            "is_usergroup": True,
        }
        return id

    def token_of(self, name: str, scopes: Sequence[str]) -> str:
        """Return a token that acts as a person, with the scopes that they agreed to."""
        token = Token(made_up("xoxp-"), "user", self.user(name), frozenset(scopes))
        self.workspace.tokens[token.value] = token
        return token.value

    def rotating(self, *, expires_in: float = 43_200) -> tuple[str, str]:
        """Make the app's bot token one that rotates; return it and its refresh token."""
        now = self.slack.clock.now()
        token = Token(made_up("xoxe.xoxb-1-"), "bot", self.workspace.bot_user, self.workspace.scopes, now + expires_in)
        refresh = made_up("xoxe-1-")
        self.workspace.tokens[token.value] = token
        self.workspace.refresh_tokens[refresh] = token
        return token.value, refresh

    def authorize(self, user: str, address: str, *, approve: bool = True, rotating: bool = False) -> str:
        """Open Slack's page of consent as a person; return the address that their browser is sent on to.

        Raises `Refused` where Slack shows an error in place of the page.
        """
        return signing_in.authorize(
            self.slack, self.workspace, self.user(user), address, approve=approve, rotating=rotating
        )

    def expire(self, token: str) -> None:
        """Let a token be one that expired."""
        self.workspace.tokens[token].expires_at = 0.0

    def revoke(self, token: str) -> None:
        self.workspace.tokens[token].state = "revoked"

    # What goes wrong

    def fail(self, method: str, **fault: Any) -> None:
        """Let the next calls of a method (``*``: of any) fail: see `Fault`."""
        self.slack.faults[method].append(Fault(**fault))

    def advance(self, seconds: float) -> None:
        """Let time pass at Slack: triggers, tokens and limits are by its clock."""
        self.slack.clock.ahead += seconds

    @contextmanager
    def holding(self) -> Iterator[list[Delivery]]:
        """Keep events from the app while the block runs. They are in the list, in order; `deliver` delivers one."""
        held: list[Delivery] = []
        self.slack.courier.held = held
        try:
            yield held
        finally:
            self.slack.courier.held = None

    async def deliver(self, delivery: Delivery) -> bool:
        """Deliver an event once (again); return whether the app took it."""
        return await self.there(self.slack.courier.attempt(delivery))

    def lose_next(self, events: int = 1) -> None:
        self.slack.courier.lose = events

    def deliver_times(self, copies: int) -> None:
        """Deliver each event so often from now on."""
        self.slack.courier.copies = copies

    async def disconnect(self, reason: str = "refresh_requested") -> None:
        """End the connections of Socket Mode, as Slack does every few hours."""
        await self.there(self.slack.sockets.refresh(self.workspace, reason))

    # What happened

    @property
    def calls(self) -> list[Call]:
        """The calls of the Web API, oldest first."""
        return list(self.slack.calls)

    def calls_of(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    @property
    def deliveries(self) -> list[Delivery]:
        """What the app was told, oldest first."""
        return list(self.slack.courier.log)

    @property
    def connections(self) -> int:
        """How many connections of Socket Mode are open."""
        return self.slack.sockets.count(self.workspace)

    async def messages(self, channel: str, *, thread: str | None = None) -> list[Json]:
        """Return a channel's messages that are no replies, or a thread with its root, oldest first."""
        place = self.workspace.channels[self.channel(channel)]
        if thread is not None:
            return await self.there(self.slack.thread(self.workspace, place, thread))
        return list(reversed(await self.there(self.slack.roots(self.workspace, place))))

    def ephemeral(self, user: str) -> list[Json]:
        """Return what only this person sees, oldest first."""
        id = self._id(user)  # noqa: A001  # Slack's word
        return [dict(message) for message in list(self.workspace.ephemerals) if message["to"] == id]

    def modals(self, user: str) -> list[Json]:
        """Return the modals that are open for a person, the one on top last."""
        id = self._id(user)  # noqa: A001  # Slack's word
        return [dict(view) for view in list(self.workspace.views.values()) if view["user"] == id]

    def home(self, user: str) -> Json | None:
        """Return a person's Home tab."""
        return self.workspace.homes.get(self._id(user))

    def page(self) -> Page:
        """Return an empty page to show things of this workspace on."""
        people = {user: person.real_name for user, person in self.workspace.people.items()}
        channels = {place: channel.name for place, channel in self.workspace.channels.items()}
        groups = {key: str(group["handle"]) for key, group in self.workspace.usergroups.items()}
        return Page({**people, **channels, **groups}, app=self.workspace.bot_user)

    async def show(self, path: Path, *channels: str, people: Sequence[str] = ()) -> Path:
        """Write a page of channels with their threads, and of what people alone see, and their modals."""
        page = self.page()
        for name in channels:
            messages = await self.messages(name)
            replied = [message["ts"] for message in messages if message.get("reply_count")]
            page.channel(f"# {name}", messages, {ts: await self.messages(name, thread=ts) for ts in replied})
        for person in people:
            page.ephemeral(self.ephemeral(person))
            for view in self.modals(person):
                page.modal(view)
        return page.write(path)

    async def wait_for(
        self, condition: Callable[[], T | Awaitable[T]], *, seconds: float = PATIENCE, what: str = ""
    ) -> T:
        """Wait until a condition gives something true, and return it. The time is generous: it is only spent on failure."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            found = condition()
            value: Any = await found if isinstance(found, Awaitable) else found
            if value:
                return value  # type: ignore[no-any-return]  # what the condition gives
            if asyncio.get_running_loop().time() > end:
                recent = [f"{call.method}: {call.answer.get('error', 'ok')}" for call in self.calls[-8:]]
                raise AssertionError(f"{what or 'the condition'} did not come true. The last calls: {recent}")
            await asyncio.sleep(0.01)

    async def wait_connected(self) -> None:
        """Wait until the app has a connection of Socket Mode."""
        await self.wait_for(lambda: self.connections > 0, what="a Socket Mode connection")


class Ground:
    """What workspaces stand on: the counterpart's port, its event loop in a thread of its own, and its emulators."""

    def __init__(self, front: Front, installation: Installation, running: ExitStack) -> None:
        self.front = front
        self.installation = installation
        self._running = running
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="slack", daemon=True)
        self._thread.start()

    async def there(self, doing: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(doing, self._loop))

    async def workspace(
        self, installation: Installation, people: Sequence[Person | str], channels: Sequence[NewChannel | str]
    ) -> World:
        everybody = [person if isinstance(person, Person) else Person(person) for person in people]
        emulated = await asyncio.to_thread(started, self._running, installation, everybody)
        storage = await self.there(storage_of(emulated, installation, everybody))
        workspace = installed(installation, storage, everybody, number=len(self.front.slack.workspaces))
        self.front.slack.workspaces.append(workspace)
        world = World(self, workspace)
        for channel in channels:
            names = tuple(person.name for person in everybody)
            await world.add_channel(channel if isinstance(channel, NewChannel) else NewChannel(channel, names))
        return world

    async def close(self) -> None:
        await self.there(self.front.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()


@asynccontextmanager
async def slack_world(
    people: Sequence[Person | str] = ("ann", "ben"),
    channels: Sequence[NewChannel | str] = ("support",),
    *,
    storage: Kept = "emulated",
    app: AppIdentity = AppIdentity(),  # noqa: B008  # frozen
    scopes: frozenset[str] = SCOPES,
    events: frozenset[str] = EVENTS,
    **options: Any,
) -> AsyncIterator[World]:
    """Run a workspace of Slack for a test.

    People and channels may be names alone: such a person has the address ``NAME@example.org``, and such a channel is public
    with everybody in it, the app too. ``options`` are those of `Options`.
    """
    installation = Installation(app, scopes, events, storage)
    with ExitStack() as running:
        ground = Ground(Front(Slack(Options(**options))), installation, running)
        try:
            await ground.there(ground.front.open())
            yield await ground.workspace(installation, people, channels)
        finally:
            await ground.close()
