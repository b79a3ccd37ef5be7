"""An app is installed in a workspace: with which scopes, which events, and where the workspace's state is kept."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any, Literal

from emulated.emulators import Emulator, emulator
from slack_world.emulated_storage import EmulatedStorage, seed_of
from slack_world.memory import MemoryStorage
from slack_world.state import AppIdentity, Person, Storage, Token, Workspace

from aika.surfaces.slack import manifest
from aika.surfaces.slack.scopes import BOT_SCOPES

Kept = Literal["emulated", "memory"]
"""Where a workspace's state is: in the emulator, or in this process."""
EVENTS = frozenset(manifest.EVENTS)
SCOPES = frozenset(BOT_SCOPES)
"""What aika's own manifest asks for, and no more: what it forgets to ask for is missed in tests."""
SPARE = "spare"


@dataclass(frozen=True, slots=True)
class NewChannel:
    """A channel that is there from the beginning."""

    name: str
    members: tuple[str, ...] = ()
    """Names of people. The app is one of them unless ``app`` says no."""
    private: bool = False
    app: bool = True
    shared_with: frozenset[str] = frozenset()
    """Ids of other organisations' workspaces."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What an app is installed with."""

    app: AppIdentity
    scopes: frozenset[str]
    events: frozenset[str]
    kept: Kept


def started(running: ExitStack, installation: Installation, people: Sequence[Person]) -> Emulator | None:
    """Start the emulator, where it is to keep the state. It ends with the stack."""
    if installation.kept == "memory":
        return None
    return running.enter_context(emulator("slack", seed_of(people, installation.app.name)))


async def storage_of(emulated: Emulator | None, installation: Installation, people: Sequence[Person]) -> Storage:
    if emulated is None:
        return MemoryStorage([*people, Person(installation.app.name, bot=True)], spares=12)
    return await EmulatedStorage.open(emulated)


def installed(installation: Installation, storage: Any, people: Sequence[Person], *, number: int) -> Workspace:
    """Return a workspace whose people the storage knows, with the app installed."""
    app = installation.app
    bot = storage.users[app.name]
    name = "Acme" if number == 0 else f"Acme{number}"
    workspace = Workspace(
        f"T0ACME{number + 1:04d}", name, name.lower(), app, storage, bot, installation.events, installation.scopes
    )
    for person in people:
        workspace.people[storage.users[person.name]] = person.in_place(storage.users[person.name])
    workspace.people[bot] = Person(app.name, real_name=app.name, bot=True).in_place(bot)
    workspace.tokens[app.bot_token] = Token(app.bot_token, "bot", bot, installation.scopes)
    workspace.tokens[app.app_token] = Token(app.app_token, "app", "", frozenset({"connections:write"}))
    return workspace


def numbered(app: AppIdentity, number: int) -> AppIdentity:
    """Return an app of another workspace's own: its secrets differ, its name does not."""
    return replace(
        app,
        id=f"{app.id[:-1]}{number + 1}",
        client_id=f"111.{222 + number}",
        signing_secret=f"signing-secret-{number}",
        app_token=f"xapp-{number + 1}-secret",
        bot_token=f"xoxb-{number + 1}-secret",
        bot_id=f"{app.bot_id[:-1]}{number + 1}",
    )
