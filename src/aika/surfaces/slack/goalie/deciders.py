"""Who decided about a proposal: somebody in Slack, or somebody who decided elsewhere and may have an account there."""

from dataclasses import dataclass

from aika.domain.errors import AikaError
from aika.surfaces.slack.goalie.places import Places
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.workspaces import Workspace

_PERSON = "user:"
_ADMINISTRATOR = "An administrator of aika"
"""Whoever decided with a key, or on the server's own machine."""


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who decided."""

    account: str | None
    """Their id in the workspace, ``None`` where they have none there."""
    name: str


async def decider_of(workspace: Workspace, places: Places, people: People, decided_by: str) -> Decider:
    """Return who decided. Raises what a look-up in Slack raises."""
    if decided_by.startswith(_PERSON):
        address = decided_by.removeprefix(_PERSON)
        account = await places.user(workspace, address)
        if account is None:
            return Decider(None, address)
    elif ":" in decided_by or not decided_by.isupper():
        return Decider(None, _ADMINISTRATOR)
    else:
        account = decided_by
    person = await people.person(workspace.client, workspace.team, account)
    return Decider(account, person.name)


async def name_or_nothing(workspace: Workspace, places: Places, people: People, decided_by: str) -> str:
    """Return a name, empty where Slack does not tell it now."""
    try:
        return (await decider_of(workspace, places, people, decided_by)).name
    except AikaError:
        return ""
