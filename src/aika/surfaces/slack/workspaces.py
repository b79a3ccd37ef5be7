"""The workspaces that the app is installed in, each with a client that stays within Slack's limits."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from aika.forms.slack import SlackSettings, SlackWorkspaceSettings
from aika.surfaces.slack.clients import SlackClient

# Between two pieces of a reply, and for the whole of it, in seconds.
_READ_SECONDS = 30
_TOTAL_SECONDS = 60

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Workspace:
    """One workspace that the app is installed in."""

    name: str
    """As it is called in ``[slack.workspaces]``."""
    settings: SlackWorkspaceSettings = field(repr=False)
    client: AsyncWebClient = field(repr=False)
    """Waits as long as Slack asks for, tries again what can be repeated, and renews its token."""
    team: str = ""
    """Its id. Empty until Slack has said it."""
    bot_user: str = ""
    """The id of aika's own user there."""
    bot_id: str = ""
    app_id: str = ""
    url: str = ""
    """``https://example.slack.com/``"""
    scopes: frozenset[str] = frozenset()
    """What the token may do."""

    @property
    def is_known(self) -> bool:
        """Whether Slack has told who we are there."""
        return bool(self.team)


class Workspaces:
    """Finds workspaces by their names and by their teams' ids."""

    def __init__(self, workspaces: Mapping[str, Workspace]) -> None:
        self._by_name = dict(workspaces)

    def __iter__(self) -> Iterator[Workspace]:
        return iter(self._by_name.values())

    def named(self, name: str | None) -> Workspace | None:
        """Return a workspace by its name. ``None`` is the only one there is, and nothing where there are several."""
        if name is None:
            return next(iter(self._by_name.values())) if len(self._by_name) == 1 else None
        return self._by_name.get(name)

    def of_team(self, team: str | None) -> Workspace | None:
        return next((one for one in self if one.is_known and one.team == team), None)

    @property
    def teams(self) -> frozenset[str]:
        """The ids of those that Slack has told of."""
        return frozenset(one.team for one in self if one.is_known)


@asynccontextmanager
async def open_workspaces(settings: SlackSettings) -> AsyncIterator[Workspaces]:
    """Open a client for each configured workspace. Slack is not asked for anything yet."""
    timeout = aiohttp.ClientTimeout(total=_TOTAL_SECONDS, sock_read=_READ_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield Workspaces(
            {
                name: Workspace(
                    name,
                    one,
                    SlackClient(token=one.bot_token.get_secret_value(), base_url=settings.api_url, session=session),
                )
                for name, one in settings.workspaces.items()
            }
        )
