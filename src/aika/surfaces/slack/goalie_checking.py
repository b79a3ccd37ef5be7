"""Whether Slack has what one goalie's file names: its channels, with aika in them, and its people."""

from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack

from aika.application.aika import SystemClock
from aika.application.wiring import database_url
from aika.domain.errors import AikaError
from aika.domain.goalies import Goalie
from aika.settings import Settings
from aika.stores.database.database import Database
from aika.surfaces.slack.checking import Checked
from aika.surfaces.slack.goalie.places import Places
from aika.surfaces.slack.workspaces import Workspace, Workspaces, introduce, open_workspaces


async def check_in_slack(settings: Settings, goalie: Goalie) -> AsyncIterator[Checked]:
    """Look up what the goalie names. Nothing is posted. Where no workspace is configured, there is nothing to look at."""
    if not settings.slack.workspaces:
        return
    async with AsyncExitStack() as stack:
        clock = SystemClock()
        database = await stack.enter_async_context(Database.open(database_url(settings)))
        workspaces = await stack.enter_async_context(open_workspaces(settings.slack, database.slack_tokens, clock))
        workspace = workspaces.named(goalie.workspace)
        if workspace is None:
            yield _which(goalie, workspaces)
            return
        try:
            await introduce(workspace)
        except AikaError as error:
            yield Checked(False, str(error))
            return
        places = Places(clock)
        for name in _channels(goalie):
            yield await _channel(places, workspace, name)
        for address in goalie.humans:
            yield await _human(places, workspace, address)


def _which(goalie: Goalie, workspaces: Workspaces) -> Checked:
    known = ", ".join(sorted(one.name for one in workspaces))
    if goalie.workspace is None:
        return Checked(
            False, "there are several workspaces, and the file names none", f"write workspace: one of {known}"
        )
    return Checked(False, f"no workspace {goalie.workspace!r} is in aika.toml", f"write workspace: one of {known}")


def _channels(goalie: Goalie) -> Collection[str]:
    named = (goalie.channel, goalie.log_channel, goalie.humans_channel, goalie.owners_channel)
    return dict.fromkeys(name for name in named if name is not None)


async def _channel(places: Places, workspace: Workspace, name: str) -> Checked:
    try:
        found = await places.channel(workspace, name)
    except AikaError as error:
        return Checked(
            False, f"#{name}: {error}", "or mend the name in the file: aika sees only channels that it is in"
        )
    return Checked(True, f"aika is in #{name} ({found})")


async def _human(places: Places, workspace: Workspace, address: str) -> Checked:
    try:
        found = await places.user(workspace, address)
    except AikaError as error:
        return Checked(False, f"{address}: {error}")
    if found is None:
        return Checked(False, f"nobody in {workspace.name} has the address {address}", "mend it under humans")
    return Checked(True, f"{address} is in {workspace.name}")
