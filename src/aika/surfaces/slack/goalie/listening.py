"""Messages of Slack's channels as goalies see them: names in the place of ids, edits, deletions and replies told apart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from aika.application.goalies import Goalies
from aika.domain.goalies import AuthorKind, ChannelMessage, Goalie, Place
from aika.parsers.slack_messages import Names
from aika.surfaces.slack.dispatching import Dispatcher, Received
from aika.surfaces.slack.goalie.places import Places, is_of
from aika.surfaces.slack.hearing import MENTION, Message, Said, Where, read, words_of
from aika.surfaces.slack.identity import People
from aika.surfaces.slack.workspaces import Workspace, Workspaces

_EVERYONE = re.compile(r"<!(?:here|channel|everyone)(?:\|[^>]*)?>")
_WRITTEN = frozenset({None, "file_share", "thread_broadcast", "me_message", "bot_message"})
"""Subtypes of what somebody wrote. The others tell of what happened: who joined, what was pinned."""
_DELETED = frozenset({"tombstone"})
_SLACKBOT = "USLACKBOT"
_MOST_NAMES = 20


class _Edited(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    ts: str = ""


class _Heard(Said):
    edited: _Edited | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """Makes of what Slack tells what goalies see."""

    people: People

    async def message(self, workspace: Workspace, channel: str, raw: Mapping[str, Any]) -> ChannelMessage:
        """Return a message. Raises `UnreadableEventError` for what is none."""
        said = read(_Heard, raw)
        text = said.text or ""
        author = said.user or said.bot_id or ""
        mentioned = frozenset(MENTION.findall(text))
        kind = _kind(said)
        person = None
        if kind is AuthorKind.PERSON:
            person = await self.people.person(workspace.client, workspace.team, author)
            kind = AuthorKind.BOT if person.is_bot else kind
        return ChannelMessage(
            place=Place(workspace.team, channel),
            id=said.ts,
            root=said.root,
            author=author,
            text=words_of(raw, workspace.bot_user, await self._names(workspace, mentioned)),
            written_at=moment(said.ts),
            kind=kind,
            mentions=mentioned,
            to_everyone=_EVERYONE.search(text) is not None,
            to_aika=workspace.bot_user in mentioned,
            attachments=len(said.files or ()) + len(said.attachments or ()),
            author_email="" if person is None else person.email or "",
            edited_at=None if said.edited is None or not said.edited.ts else moment(said.edited.ts),
        )

    async def _names(self, workspace: Workspace, mentioned: frozenset[str]) -> Names:
        users = sorted(mentioned - {workspace.bot_user})[:_MOST_NAMES]
        found = await self.people.people(workspace.client, workspace.team, users) if users else {}
        return Names(people={user: person.name for user, person in found.items()})


@dataclass(frozen=True, slots=True)
class GoalieListener:
    """Tells goalies what is written in their channels."""

    goalies: Goalies
    places: Places
    hearing: Hearing
    workspaces: Workspaces

    def register(self, dispatcher: Dispatcher) -> None:
        dispatcher.on("message", self.on_message)
        for kind in ("channel_rename", "member_joined_channel", "member_left_channel"):
            dispatcher.on(kind, self.on_channel)

    async def on_channel(self, received: Received) -> None:
        """Ask again which channels there are, where it may have changed."""
        event = received.body.get("event") or {}
        if event.get("type") == "channel_rename" or event.get("user") == received.workspace.bot_user:
            self.places.forget(received.workspace)

    async def on_message(self, received: Received) -> None:
        event = received.body.get("event") or {}
        message = read(Message, event)
        if message.where is not Where.CHANNEL:
            return
        goalie = await self.of_channel(received.workspace, message.channel)
        if goalie is None:
            return
        match message.subtype:
            case "message_changed":
                await self._changed(goalie, received.workspace, message.channel, event)
            case "message_deleted":
                place = Place(received.team, message.channel)
                await self.goalies.on_delete(goalie, place, message.deleted_ts or "")
            case subtype if subtype in _WRITTEN:
                await self._written(goalie, received.workspace, message.channel, event)

    async def of_channel(self, workspace: Workspace, channel: str) -> Goalie | None:
        """Return the goalie of a channel, ``None`` where it has none."""
        declared = await self.goalies.current()
        alone = self.alone
        if not any(is_of(goalie, workspace, alone=alone) for goalie in declared.goalies):
            return None
        names = frozenset({channel, await self.places.name(workspace, channel)})
        return declared.of_channel(names, workspace=workspace.name, only_workspace=alone)

    @property
    def alone(self) -> bool:
        """Whether there is one workspace only, which goalies need not name."""
        return len(list(self.workspaces)) == 1

    async def _written(self, goalie: Goalie, workspace: Workspace, channel: str, raw: Mapping[str, Any]) -> None:
        message = await self.hearing.message(workspace, channel, raw)
        if message.author == workspace.bot_user:
            return  # what aika itself wrote
        if message.in_thread:
            await self.goalies.on_reply(goalie, message)
        else:
            await self.goalies.on_message(goalie, message)

    async def _changed(self, goalie: Goalie, workspace: Workspace, channel: str, event: Mapping[str, Any]) -> None:
        raw = event.get("message") or {}
        if raw.get("subtype") in _DELETED:
            # A message with answers leaves a stone behind.
            await self.goalies.on_delete(goalie, Place(workspace.team, channel), str(raw.get("ts") or ""))
            return
        if raw.get("subtype") not in _WRITTEN:
            return
        message = await self.hearing.message(workspace, channel, raw)
        if message.author != workspace.bot_user and message.kind is AuthorKind.PERSON:
            await self.goalies.on_edit(goalie, message)


def moment(ts: str) -> datetime:
    """Return when a message with this time stamp was written."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _kind(said: Said) -> AuthorKind:
    if said.subtype not in _WRITTEN:
        return AuthorKind.SYSTEM
    by_bot = said.bot_id is not None or said.user in {None, _SLACKBOT}
    return AuthorKind.BOT if by_bot else AuthorKind.PERSON
