"""Personal search as a part of the Slack app: where it is asked for, and what ends it."""

import asyncio
import logging
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict
from starlette.routing import BaseRoute

from aika.application.aika import Aika
from aika.domain.errors import AikaError
from aika.domain.queries import Handing
from aika.forms.slack import SlackSettings
from aika.surfaces.slack.asking import Asked, Asking
from aika.surfaces.slack.consent import Agreed, Consents
from aika.surfaces.slack.consent_links import Links
from aika.surfaces.slack.consent_page import ConsentCallback
from aika.surfaces.slack.consent_sealing import KEY_FILE, Sealing
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.home import Home
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.personal import PersonalSearch, Searcher
from aika.surfaces.slack.workspaces import Workspaces

logger = logging.getLogger(__name__)


class App(Protocol):
    """What personal search needs of the Slack app."""

    aika: Aika
    settings: SlackSettings
    people: People
    routes: list[BaseRoute]

    @property
    def workspaces(self) -> Workspaces: ...

    @property
    def dispatcher(self) -> Dispatcher: ...


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Tokens(_Wire):
    oauth: tuple[str, ...] = ()


class _TokensRevoked(_Wire):
    tokens: _Tokens = _Tokens()


class _User(_Wire):
    id: str
    deleted: bool = False


class _UserChange(_Wire):
    user: _User


@dataclass(frozen=True, slots=True)
class Endings:
    """Ends personal search where Slack says that it is over."""

    consents: Consents
    search: PersonalSearch

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on("tokens_revoked", self.on_tokens_revoked)
        dispatcher.on("app_uninstalled", self.on_app_uninstalled)
        dispatcher.on("user_change", self.on_user_change)

    async def on_tokens_revoked(self, received: Received) -> None:
        for user in _TokensRevoked.model_validate(received.body.get("event")).tokens.oauth:
            await self.search.ended(received.team, user)

    async def on_app_uninstalled(self, received: Received) -> None:
        await self.consents.drop_team(received.team)

    async def on_user_change(self, received: Received) -> None:
        user = _UserChange.model_validate(received.body.get("event")).user
        if user.deleted:
            await self.search.stop(received.workspace, user.id)


def open_personal_search(slack: App, asking: Asking, stack: AsyncExitStack) -> None:
    """Show everybody their Home, and let those ask their own messages who agree, where the settings offer it.

    Raises `ConfigurationError` where the key file cannot be used.
    """
    aika = slack.aika
    if not slack.settings.personal_search:
        Home(slack.people, None, None).register(slack.dispatcher)
        if (aika.settings.data_path / KEY_FILE).exists():
            # Nobody could take back any more what they agreed to.
            stack.push_async_callback(_finished, asyncio.create_task(_consents(slack).end_all()))
        return
    consents = _consents(slack)
    stack.push_async_callback(consents.finish)
    search = PersonalSearch(consents, aika.clock, api_url=slack.settings.api_url, forget=aika.conversing.forget)
    home = Home(slack.people, consents, search)

    async def when_agreed(agreed: Agreed) -> None:
        await home.show_if_possible(agreed.workspace, agreed.user)

    async def handing(asked: Asked) -> Handing | None:
        if asked.root is None:
            # What only one person is shown can be posted to others with a click.
            return None
        owner = await asking.person(asked.workspace, asked.user)
        return await search.handing_for(Searcher(asked.workspace, asked.user, owner, asked.channel))

    home.register(slack.dispatcher)
    Endings(consents, search).register(slack.dispatcher)
    slack.routes.append(ConsentCallback(consents, when_agreed).route())
    asking.handing = handing


def _consents(slack: App) -> Consents:
    aika, settings = slack.aika, slack.settings
    sealing = Sealing.of_folder(aika.settings.data_path)
    # The settings refuse personal search without a public address.
    links = Links(sealing, aika.clock, settings.public_url or "", settings.api_url)
    return Consents(aika.database.consents, sealing, links, slack.workspaces, aika.clock)


async def _finished(ending: asyncio.Task[None]) -> None:
    """Wait for the end of all consents. What failed is tried again at the next start."""
    (outcome,) = await asyncio.gather(ending, return_exceptions=True)
    if isinstance(outcome, AikaError):
        logger.warning("consents to personal search could not be ended", extra={"error": type(outcome).__name__})
    elif outcome is not None:
        raise outcome
