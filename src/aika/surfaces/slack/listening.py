"""What a message asks, in the words that people see."""

import logging
from dataclasses import dataclass, replace

from aika.domain.errors import AikaError
from aika.parsers.slack_messages import Names
from aika.surfaces.slack.asking import Asked, question_key
from aika.surfaces.slack.dispatching import Received
from aika.surfaces.slack.failures import called
from aika.surfaces.slack.hearing import MENTION, Message, Said, Where, question_in, read
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.workspaces import Workspace

logger = logging.getLogger(__name__)

_MOST_EARLIER = 15
"""Messages of a thread that are read: as many as Slack gives any app at once."""
_LONGEST_EARLIER = 1_000
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

    async def is_bot(self, asked: Asked) -> bool:
        """Return whether a bot asks that does not say in its messages that it is one."""
        return (await self.people.person(asked.client, asked.team, asked.user)).is_bot

    async def in_context(self, asked: Asked) -> Asked:
        """Return a question with what was said before it in a thread that aika had no part in.

        A mention without words asks what the thread began with. Where the thread cannot be read, the question stands alone.
        """
        if asked.alone or asked.root is None or asked.message in {None, asked.root}:
            return asked
        said = await self._said_before(asked, asked.root)
        if not asked.text and said:
            return replace(asked, text=said[0])
        return replace(asked, earlier=tuple(said))

    async def _said_before(self, asked: Asked, root: str) -> list[str]:
        try:
            reply = await called(
                asked.client.conversations_replies(channel=asked.channel, ts=root, limit=_MOST_EARLIER),
                "a look at a thread",
            )
        except AikaError as error:
            logger.info("a question is answered without its thread", extra={"reason": type(error).__name__})
            return []
        messages = [read(Said, message) for message in reply.get("messages") or ()]
        before = [one for one in messages if one.is_from_person and one.ts < (asked.message or "")]
        bot = asked.workspace.bot_user
        names = await self.names(asked.workspace, "\n".join(one.text or "" for one in before))
        words = [question_in(one.text or "", bot, names)[:_LONGEST_EARLIER] for one in before]
        return [one for one in words if one]

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
