"""What a message asks, in the words that people see."""

from dataclasses import dataclass

from aika.parsers.slack_messages import Names
from aika.surfaces.slack.asking import Asked, question_key
from aika.surfaces.slack.dispatching import Received
from aika.surfaces.slack.hearing import MENTION, Message, Said, Where, question_in
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.workspaces import Workspace

_MOST_NAMES = 20
"""Of the people that a message mentions, so many are called by their names."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Makes questions of messages."""

    people: People

    async def asked(self, received: Received, message: Message, said: Said) -> Asked:
        """Return what a message asks; ``said`` is the message as it is now."""
        workspace, text = received.workspace, said.text or ""
        names = await self.names(workspace, text)
        return Asked(
            key=question_key(received.team, message.channel, said.ts),
            event=received.key,
            workspace=workspace,
            channel=message.channel,
            user=said.user or "",
            text=question_in(text, workspace.bot_user, names),
            digest=said.digest,
            message=said.ts,
            root=said.root,
            alone=message.where is Where.DIRECT,
            tries=received.tries,
        )

    async def names(self, workspace: Workspace, text: str) -> Names:
        """Return what the people are called whom a text mentions."""
        mentioned = [user for user in dict.fromkeys(MENTION.findall(text)) if user != workspace.bot_user]
        if not mentioned:
            return Names()
        known = await self.people.people(workspace.client, workspace.team, mentioned[:_MOST_NAMES])
        return Names(people={user: person.name for user, person in known.items()})


def is_to_aika(workspace: Workspace, message: Message, said: Said) -> bool:
    """Return whether a person says this to aika: in a direct message everything, elsewhere what mentions it."""
    if not said.is_from_person or said.user == workspace.bot_user:
        return False
    return message.where is Where.DIRECT or workspace.bot_user in said.mentions
