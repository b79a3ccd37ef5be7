"""A workspace in which people may agree to personal search, and the parts that ask them and search for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from prepared_database import database_in
from pydantic import SecretStr
from slack_sdk.web.async_client import AsyncWebClient
from slack_world.state import AppIdentity
from slack_world.world import NewChannel, World, slack_world

from aika.domain.identifiers import PrincipalId
from aika.forms.slack import SlackWorkspaceSettings
from aika.stores.database.database import Database
from aika.surfaces.slack.consent import Agreed, Consents
from aika.surfaces.slack.consent_links import Links
from aika.surfaces.slack.consent_sealing import Sealing
from aika.surfaces.slack.personal import PersonalSearch, Searcher
from aika.surfaces.slack.workspaces import Workspace, Workspaces
from aika.testing.clock import SetClock

PUBLIC_URL = "https://aika.example.org"
APP = AppIdentity(redirect_urls=(PUBLIC_URL,))
SECRET_CHANNEL = NewChannel("secret-project", ("ann",), private=True, app=False)


@dataclass(slots=True)
class Parts:
    world: World
    workspace: Workspace
    consents: Consents
    search: PersonalSearch
    database: Database
    clock: SetClock
    folder: Path
    forgotten: list[PrincipalId] = field(default_factory=list)

    def user(self, name: str) -> str:
        return self.world.user(name)

    async def connect(self, name: str, *, rotating: bool = False) -> Agreed:
        """Have a person agree."""
        link = self.consents.link(self.workspace, self.user(name))
        return await self.consents.complete(**agreed(self.world, link, name, rotating=rotating))

    async def token(self, name: str) -> str | None:
        return await self.consents.token(self.workspace, self.user(name))

    async def searcher(self, name: str, channel: str = "") -> Searcher:
        place = channel or await self.world.direct(name)
        return Searcher(self.workspace, self.user(name), principal(name), place)


def principal(name: str) -> PrincipalId:
    return PrincipalId(f"user:{name}@example.org")


def agreed(world: World, link: str, name: str, *, rotating: bool = False, without: str = "") -> dict[str, str]:
    """Let a person agree on Slack's page that a link opens; return what comes back with their browser.

    ``without`` is a scope that Slack does not ask them for.
    """
    shown = link.replace(f"%2C{quote(without)}", "") if without else link
    back = world.authorize(name, shown, rotating=rotating)
    assert back.startswith(f"{PUBLIC_URL}/slack/oauth/callback?")
    return {key: values[0] for key, values in parse_qs(urlsplit(back).query).items()}


def workspace_settings(world: World, **more: Any) -> SlackWorkspaceSettings:
    return SlackWorkspaceSettings(
        bot_token=SecretStr(world.app.bot_token),
        app_token=SecretStr(world.app.app_token),
        client_id=world.app.client_id,
        client_secret=SecretStr(world.app.client_secret),
        **more,
    )


@asynccontextmanager
async def personal_parts(folder: Path, *, seconds: float = 30.0, **options: Any) -> AsyncIterator[Parts]:
    """Open a workspace of ann, ben and cleo, where ann has a private channel that aika is not in."""
    async with (
        slack_world(["ann", "ben", "cleo"], ["support", SECRET_CHANNEL], storage="memory", app=APP, **options) as world,
        Database.open(database_in(folder)) as database,
    ):
        clock, sealing = SetClock(), Sealing.of_folder(folder)
        client = AsyncWebClient(world.app.bot_token, base_url=world.api_url)
        workspace = Workspace("acme", workspace_settings(world), client, team=world.workspace.id)
        links = Links(sealing, clock, PUBLIC_URL, world.api_url)
        consents = Consents(database.consents, sealing, links, Workspaces({"acme": workspace}), clock)
        forgotten: list[PrincipalId] = []
        search = PersonalSearch(consents, clock, api_url=world.api_url, forget=forgotten.append, seconds=seconds)
        yield Parts(world, workspace, consents, search, database, clock, folder, forgotten)
        await consents.finish()
