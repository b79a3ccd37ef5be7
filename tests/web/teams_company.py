"""A company whose teams look after channels, documents and quality: people with roles sign in as at Okta, Slack is beside it, and
weeks of use lie behind it."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chromium import DESKTOP, PATIENCE_MS, PHONE
from deployment import serving
from identity_provider.provider import Account, identity_provider
from playwright.async_api import Browser, BrowserContext, Page
from scripted_model import ScriptedModel
from signed_in_company import Company, settings_of
from slack_world.state import Person
from slack_world.world import World, slack_world
from watching import Watch

from aika.application.aika import SystemClock

ADMIN = Account("00u-ada", "ada@example.org", "Ada Berg", ("admins",))
GOALIE = Account("00u-petra", "petra.vesel@sundrell.example", "Petra Vesel", ())
CARE = Account("00u-yusuf", "yusuf.adeyemi@sundrell.example", "Yusuf Adeyemi", ("customer-care",))
OFFICE = Account("00u-katja", "katja.blom@sundrell.example", "Katja Blom", ("operations",))
STEWARD = Account("00u-olga", "olga@example.org", "Olga Lind", ("people",))
ASKER = Account("00u-bob", "bob@example.org", "Bob Berg", ())

HERE = Path(__file__).parent
CHANNELS = ("ask-platform", "ask-care", "ask-harbor")
LIKE_OKTA = "/oauth2/default"
"""Where a custom authorization server of Okta's is."""


@dataclass(slots=True)
class Teams:
    """The server, the identity provider and the Slack workspace of its people."""

    company: Company
    world: World
    _signed_in: dict[str, object] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.company.deployment.folder

    async def profile(self, account: Account, watch: Watch, size: Mapping[str, int]) -> BrowserContext:
        """Return a fresh profile of somebody who has signed in. They do so once."""
        if account.subject not in self._signed_in:
            first = await self.company.signed_in(account, watch)
            self._signed_in[account.subject] = await first.storage_state()
            await first.close()
        context = await self.company.browser.new_context(
            base_url=self.company.deployment.url,
            viewport=size,
            locale="en-US",
            timezone_id="UTC",
            accept_downloads=True,
            storage_state=self._signed_in[account.subject],
        )
        context.set_default_timeout(PATIENCE_MS)
        await watch.begin(context)
        return context


@dataclass(slots=True)
class Visits:
    """The people who come to the server within one test."""

    teams: Teams
    watch: Watch = field(init=False)
    pages: list[Page] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.watch = self.teams.company.watch()

    async def page(self, account: Account, *, phone: bool = False) -> Page:
        """Return an empty page of somebody who is signed in. Its ``request`` asks the API as they would."""
        context = await self.teams.profile(account, self.watch, PHONE if phone else DESKTOP)
        page = await context.new_page()
        self.pages.append(page)
        return page

    async def end(self) -> None:
        for page in self.pages:
            await page.context.close()
        assert self.watch.found() == []


@asynccontextmanager
async def teams_at_work(folder: Path, model: ScriptedModel, browser: Browser) -> AsyncIterator[Teams]:
    """Serve a synced folder of the examples."""
    await asyncio.to_thread(_seed, folder)
    people = [
        Person("petra", GOALIE.email or "", "Petra Vesel"),
        Person("chloe", "chloe.whitcombe@sundrell.example", "Chloe Whitcombe"),
    ]
    async with identity_provider(SystemClock(), at=LIKE_OKTA) as provider:
        provider.thin, provider.groups_by_scope = True, True
        async with slack_world(people, CHANNELS, storage="memory", retry_delays=(0.0, 0.05, 0.1)) as world:
            settings = {**_model_of(model), **settings_of(provider), **_slack_of(world)}
            with ExitStack() as running:
                # The provider answers on this very loop, also while the server starts.
                starting = serving(folder, settings)
                deployment = await asyncio.to_thread(running.enter_context, starting)
                provider.redirect_uris.add(f"{deployment.url}/v1/sign-in/callback")
                await world.wait_connected()
                yield Teams(Company(deployment, provider, browser), world)
                await asyncio.to_thread(running.close)


async def asked_of(page: Page, path: str) -> Any:
    """Return what the API says, as JSON, to whoever a page is of."""
    reply = await page.request.get(path)
    assert reply.status == 200, await reply.text()
    return await reply.json()


async def until(condition: Callable[[], Awaitable[object]], *, what: str) -> None:
    """Wait until an asynchronous condition holds. A loaded machine may take long."""
    end = asyncio.get_running_loop().time() + PATIENCE_MS / 1000
    while not await condition():
        assert asyncio.get_running_loop().time() < end, f"{what} did not come true"
        await asyncio.sleep(0.1)


def _seed(folder: Path) -> None:
    handbook = folder / "sources" / "handbook.yaml"
    handbook.write_text(handbook.read_text(encoding="utf-8") + f'\nmanagers: ["user:{STEWARD.email}"]\n', "utf-8")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AIKA_")}
    done = subprocess.run(
        [sys.executable, HERE / "seed_journeys.py", folder],
        env={**ours, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _model_of(model: ScriptedModel) -> dict[str, str]:
    return {
        "AIKA_MODEL__NAME": "openai:scripted",
        "AIKA_MODEL__BASE_URL": model.base_url,
        "AIKA_MODEL__API_KEY": "none",
    }


def _slack_of(world: World) -> dict[str, str]:
    tokens = {"bot_token": world.app.bot_token, "app_token": world.app.app_token}
    return {"AIKA_SLACK__WORKSPACES": json.dumps({"sundrell": tokens}), "AIKA_SLACK__API_URL": world.api_url}
