"""The workspaces that the app is installed in, each with a client that stays within Slack's limits."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.errors import ConfigurationError
from aika.forms.slack import SlackSettings, SlackWorkspaceSettings
from aika.protocols import Clock
from aika.stores.database.slack_tokens import SqlSlackTokens
from aika.surfaces.slack.clients import SlackClient
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.tokens import BotToken

# Between two pieces of a reply, and for the whole of it, in seconds.
_READ_SECONDS = 30
_TOTAL_SECONDS = 60
_REMEDIES = {
    "invalid_auth": "copy it again from the app's page OAuth & Permissions",
    "not_authed": "it is empty: copy it from the app's page OAuth & Permissions",
    "account_inactive": "the app was removed from the workspace: install it again",
    "token_revoked": "it was revoked: install the app again and copy the new one",
    "token_expired": "it rotates: set refresh_token, client_id and client_secret as well, or switch rotation off",
    "not_allowed_token_type": "it must be the bot's token, which begins with xoxb-",
    "team_access_not_granted": "the organisation has not let the app into this workspace: ask its administrators",
    "org_login_required": "the workspace is being moved to an organisation: wait until that is done",
}


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
    url: str = ""
    """``https://example.slack.com/``"""
    scopes: frozenset[str] | None = None
    """What the token may do. ``None``: Slack did not say."""

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
async def open_workspaces(settings: SlackSettings, tokens: SqlSlackTokens, clock: Clock) -> AsyncIterator[Workspaces]:
    """Open a client for each configured workspace. Slack is not asked for anything yet."""
    timeout = aiohttp.ClientTimeout(total=_TOTAL_SECONDS, sock_read=_READ_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        plain = SlackClient(None, base_url=settings.api_url, session=session)
        opened, rotating = {}, []
        for name, one in settings.workspaces.items():
            token = BotToken(name, one, tokens, plain, clock)
            rotating.append(token)
            opened[name] = Workspace(name, one, SlackClient(token, base_url=settings.api_url, session=session))
        try:
            yield Workspaces(opened)
        finally:
            await asyncio.gather(*(token.finish() for token in rotating))


async def introduce(workspace: Workspace) -> None:
    """Ask Slack who we are in a workspace.

    Raises `TransientError` where Slack cannot be reached and `PermanentError`, with the remedy, where the token is refused.
    """
    try:
        reply = await called(workspace.client.auth_test(), "to say who we are")
    except SlackRefusedError as error:
        remedy = _REMEDIES.get(error.code, "see https://docs.slack.dev/reference/methods/auth.test")
        where = f"[slack.workspaces.{workspace.name}]"
        raise ConfigurationError(f"Slack refuses the bot_token of {where} ({error.code}): {remedy}") from None
    told = reply.get("team_id"), reply.get("user_id"), reply.get("bot_id")
    if not all(isinstance(one, str) and one for one in told):
        raise ConfigurationError(
            f"the bot_token of [slack.workspaces.{workspace.name}] is not a bot's: it must begin with xoxb- or xoxe.xoxb-"
        )
    workspace.team, workspace.bot_user, workspace.bot_id = (str(one) for one in told)
    workspace.url = str(reply.get("url") or "")
    named = next((value for name, value in reply.headers.items() if name.lower() == "x-oauth-scopes"), None)
    workspace.scopes = None if named is None else frozenset(one.strip() for one in named.split(",") if one.strip())
