"""The past of a channel as a goalie sees it: messages with their conversations, from a workspace export."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from aika.connectors.disentanglement.reading import Names as NamesOfPeople
from aika.connectors.slack.archive import Archive, Reader
from aika.connectors.slack.conversations import sort_out
from aika.connectors.slack.messages import MESSAGES, Message
from aika.connectors.slack.options import SlackOptions
from aika.connectors.slack.workspace import Channel, User, Workspace
from aika.domain.errors import ConfigurationError, UnreadableDocumentError
from aika.domain.goalies import AuthorKind, ChannelMessage, Place
from aika.parsers.slack_messages import Names, plain

T = TypeVar("T")

_USERS: TypeAdapter[list[User]] = TypeAdapter(list[User])
_CHANNELS: TypeAdapter[list[Channel]] = TypeAdapter(list[Channel])
_LISTS = ("channels.json", "groups.json")
_ADDRESSED = re.compile(r"\s*@?([^\s,:;>]+)\s*[,:;>]+\s+(?=\S)")
"""Who is spoken to, as people write it where nothing threads messages: ``anna: try this``."""
_REFERENCE = re.compile(r"<@(\w+)|(?<![\w@])@(\w{2,})")
_REFERRED = re.compile(r"\s*(?:(?:<@\w+(?:\|[^>]*)?>|(?<![\w@])@\w{2,})[\s,:;]*)+(?=\S)")
"""People named at the beginning of a message."""
_TO_EVERYONE = re.compile(r"<!(?:here|channel|everyone)\b")
_WORKSPACE = "export"


@dataclass(frozen=True, slots=True)
class ExportedChannel:
    """A channel of an export. Messages of no thread were put together into conversations by who answers whom."""

    id: str
    name: str
    messages: tuple[ChannelMessage, ...]
    threads: frozenset[str] = frozenset()
    """The roots of real threads."""
    people: Mapping[str, str] = field(default_factory=dict)
    """What people are called, by their ids."""


@dataclass(frozen=True, slots=True)
class People:
    """Who wrote and who is named."""

    users: Mapping[str, User]
    names: Names
    called: NamesOfPeople

    @classmethod
    def of(cls, users: Iterable[User], channels: Mapping[str, str]) -> "People":
        known = {user.id: user for user in users}
        shown = Names({user.id: user.shown for user in known.values()}, channels)
        return cls(known, shown, NamesOfPeople({user.id: user.called for user in known.values()}))


def exported_channels(place: Path, *, only: str | None = None) -> list[ExportedChannel]:
    """Read the channels of a workspace export, a ZIP file or its unpacked folder. Takes long: use a thread.

    ``only`` is a channel's name or id. Raises `ConfigurationError` where there is no export, or no such channel in it.
    """
    archive = Archive.of(place)
    with archive.opened() as files:
        users = _listed(files, "users.json", _USERS)
        channels = [channel for name in _LISTS for channel in _listed(files, name, _CHANNELS)]
        wanted = [channel for channel in channels if only is None or only.lstrip("#") in (channel.label, channel.id)]
        if not wanted:
            known = ", ".join(sorted(channel.label for channel in channels)[:20]) or "none"
            raise ConfigurationError(f"the export has no channel {only!r} (there: {known})")
        people = People.of(users, {channel.id: channel.label for channel in channels})
        return [read_channel(channel, _messages_of(files, channel), people) for channel in wanted]


def read_channel(
    channel: Channel, said: Sequence[Message], people: People, *, workspace: str = _WORKSPACE
) -> ExportedChannel:
    """Return a channel with its messages as people read them, each with the conversation that it belongs to."""
    them = Workspace(workspace, None, people.users, people.names.channels)
    place = Place(workspace, channel.id)
    found = sort_out(channel, said, them, SlackOptions()).conversations
    messages = tuple(
        _read(message, conversation.messages[0].ts, place, people)
        for conversation in found
        for message in conversation.messages
    )
    threads = frozenset(each.messages[0].ts for each in found if each.threaded)
    return ExportedChannel(channel.id, channel.label, messages, threads, people.names.people)


def _messages_of(files: Reader, channel: Channel) -> list[Message]:
    days = files.archive.days(channel.label) or files.archive.days(channel.id)
    said: list[Message] = []
    for path in days:
        try:
            items = MESSAGES.validate_json(files.read(path))
        except (ValidationError, UnreadableDocumentError) as error:
            raise ConfigurationError(f"{path} of the export cannot be read: {error}") from error
        said.extend(read_messages(items))
    return said


def read_messages(items: Iterable[object]) -> list[Message]:
    """Return those that are as Slack writes messages: exports that were made by hand have others."""
    return [message for item in items if (message := _valid(item)) is not None]


def _valid(item: object) -> Message | None:
    try:
        message = Message.model_validate(item)
        _ = message.order, message.seconds
    except (ValidationError, ValueError):
        return None
    return message


def _read(message: Message, root: str, place: Place, people: People) -> ChannelMessage:
    marked = message.text or ""
    mentions = {bracketed or bare for bracketed, bare in _REFERENCE.findall(marked)} & people.users.keys()
    # A name at the beginning is whom it is for, and no part of what is asked or answered.
    text = plain(_REFERRED.sub("", marked, count=1) if _begins_with_person(marked, people) else marked, people.names)
    addressed = _ADDRESSED.match(text)
    person = people.called.person(addressed[1]) if addressed else None
    if addressed and person:
        text = text[addressed.end() :]
        mentions.add(person)
    return ChannelMessage(
        place=place,
        id=message.ts,
        root=root,
        author=message.author,
        text=text,
        written_at=datetime.fromtimestamp(message.seconds, UTC),
        kind=_kind(message, people),
        mentions=frozenset(mentions - {message.author}),
        to_everyone=_TO_EVERYONE.search(marked) is not None,
        attachments=len(message.files or ()),
    )


def _begins_with_person(marked: str, people: People) -> bool:
    found = _REFERRED.match(marked)
    return found is not None and any(
        bracketed or bare in people.users for bracketed, bare in _REFERENCE.findall(found[0])
    )


def _kind(message: Message, people: People) -> AuthorKind:
    if message.is_noise:
        return AuthorKind.SYSTEM
    user = people.users.get(message.author)
    is_bot = message.is_from_bot or (user is not None and bool(user.is_bot)) or message.author.endswith("_bot")
    return AuthorKind.BOT if is_bot else AuthorKind.PERSON


def _listed(files: Reader, name: str, adapter: TypeAdapter[list[T]]) -> list[T]:
    if name not in files.archive.stamps:
        return []
    try:
        return adapter.validate_json(files.read(name))
    except (ValidationError, UnreadableDocumentError) as error:
        raise ConfigurationError(f"{name} of the export cannot be read: {error}") from error
