"""Whether Slack is set up as aika needs it, and what to mend."""

from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass

from aika.application.aika import SystemClock
from aika.application.goalie_files import folder_of_goalies
from aika.application.wiring import database_url
from aika.domain.errors import AikaError
from aika.domain.goalies import Goalie
from aika.settings import Settings
from aika.stores.database.database import Database
from aika.stores.database.inbox import EventState
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.goalie.places import own_channels
from aika.surfaces.slack.scopes import BOT_SCOPES
from aika.surfaces.slack.workspaces import Workspace, Workspaces, introduce, open_workspaces

_MANIFEST = "put what `aika slack manifest` prints into the app's manifest at api.slack.com/apps, and install it again"
_APP_TOKEN = {
    "invalid_auth": "copy it again from the app's page Basic Information",
    "not_allowed_token_type": "it must be an app-level token, which begins with xapp-",
    "missing_scope": "it needs the scope connections:write: make a new one on the app's page Basic Information",
    "forbidden_team": "the app is not installed in this workspace",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at."""

    good: bool
    text: str
    remedy: str = ""


async def check_slack(settings: Settings) -> AsyncIterator[Checked]:
    """Look at everything that Slack needs. Nothing is posted or changed there."""
    if not settings.slack.workspaces:
        yield Checked(False, "no workspace is configured", "write [slack.workspaces.NAME] into aika.toml")
        return
    async with AsyncExitStack() as stack:
        try:
            database = await stack.enter_async_context(Database.open(database_url(settings)))
        except AikaError as error:
            yield Checked(False, str(error))
            return
        workspaces = await stack.enter_async_context(
            open_workspaces(settings.slack, database.slack_tokens, SystemClock())
        )
        for workspace in workspaces:
            async for checked in _workspace(settings, workspace):
                yield checked
        async for checked in _goalies(settings, workspaces):
            yield checked
        yield await _inbox(database)


async def _workspace(settings: Settings, workspace: Workspace) -> AsyncIterator[Checked]:
    try:
        await introduce(workspace)
    except AikaError as error:
        yield Checked(False, str(error))
        return
    yield Checked(True, f"{workspace.name}: the bot_token is good ({workspace.url or workspace.team})")
    if workspace.scopes is None:
        yield Checked(False, f"{workspace.name}: Slack does not say which scopes the token has")
    for scope in sorted(BOT_SCOPES.keys() - (workspace.scopes or BOT_SCOPES.keys())):
        yield Checked(False, f"{workspace.name}: the scope {scope} is missing, {BOT_SCOPES[scope]}", _MANIFEST)
    if settings.slack.mode == "socket":
        yield await _socket(workspace)
    else:
        yield Checked(True, f"{workspace.name}: Slack has to send to https://…/slack/events: see the app's manifest")


async def _socket(workspace: Workspace) -> Checked:
    token = workspace.settings.app_token
    where = f"the app_token of [slack.workspaces.{workspace.name}]"
    if token is None:
        return Checked(False, f"{where} is not set")
    try:
        # It gives an address to connect to, which ends by itself where nobody does.
        await called(workspace.client.apps_connections_open(app_token=token.get_secret_value()), "a connection")
    except SlackRefusedError as error:
        return Checked(False, f"Slack refuses {where} ({error.code})", _APP_TOKEN.get(error.code, ""))
    except AikaError as error:
        return Checked(False, str(error))
    return Checked(True, f"{workspace.name}: the app_token is good")


async def _goalies(settings: Settings, workspaces: Workspaces) -> AsyncIterator[Checked]:
    declared = await folder_of_goalies(settings).current()
    for error in declared.errors.values():
        yield Checked(False, str(error))
    channels: dict[str, Mapping[str, str]] = {}
    for goalie in declared.goalies:
        workspace = workspaces.named(goalie.workspace)
        if workspace is None:
            known = ", ".join(sorted(one.name for one in workspaces))
            yield Checked(False, f"goalie {goalie.id}: which workspace is it of?", f"set workspace to one of: {known}")
            continue
        if not workspace.is_known:
            continue
        try:
            if workspace.name not in channels:
                channels[workspace.name] = await own_channels(workspace)
        except AikaError as error:
            yield Checked(False, f"{workspace.name}: its channels cannot be listed: {error}")
            continue
        for checked in _reachable(goalie, channels[workspace.name]):
            yield checked


def _reachable(goalie: Goalie, channels: Mapping[str, str]) -> Collection[Checked]:
    """Return for each channel of a goalie whether aika is in it. ``channels`` are names by id."""
    wanted = (goalie.channel, goalie.humans_channel, goalie.log_channel, goalie.owners_channel)
    found = []
    for name in dict.fromkeys(one.removeprefix("#") for one in wanted if one is not None):
        there = name in channels or name in channels.values()
        remedy = "" if there else "write in it: /invite @aika"
        said = "is in" if there else "is not in"
        found.append(Checked(there, f"goalie {goalie.id}: aika {said} #{name}", remedy))
    return found


async def _inbox(database: Database) -> Checked:
    counts = await database.inbox.counts()
    dead = counts[EventState.DEAD]
    if not dead:
        return Checked(True, f"the inbox: {counts[EventState.WAITING]} waiting, none given up")
    reasons = sorted({event.reason for event in await database.inbox.dead()})
    return Checked(False, f"{dead} events were given up: {'; '.join(reasons[:3])}", "mend that, then: aika slack retry")
