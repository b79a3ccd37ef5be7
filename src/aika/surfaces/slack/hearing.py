"""What people write in Slack, read from its events: who, where, what, and whether it is said to aika."""

import re
from collections.abc import Mapping
from enum import StrEnum
from hashlib import blake2b
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aika.domain.errors import PermanentError
from aika.parsers.slack_messages import Names, plain, read_message

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_SAID = frozenset({None, "file_share", "thread_broadcast", "me_message"})
"""Subtypes of messages that somebody wrote. The others tell of what happened: who joined, what was pinned."""
_DIGEST_BYTES = 16
Wire = TypeVar("Wire", bound=BaseModel)


class Where(StrEnum):
    """The kinds of places that people write in."""

    CHANNEL = "channel"
    """Public, or private."""
    GROUP = "mpim"
    """A direct message of several people."""
    DIRECT = "im"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Said(_Wire):
    """A message as Slack tells of it. https://docs.slack.dev/reference/events/message"""

    ts: str = ""
    user: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    subtype: str | None = None
    bot_id: str | None = None
    app_id: str | None = None
    hidden: bool | None = None
    blocks: list[object] | None = None
    files: list[object] | None = None
    attachments: list[object] | None = None

    @property
    def root(self) -> str:
        """The message that its thread began with: itself where it is in none."""
        return self.thread_ts or self.ts

    @property
    def is_from_person(self) -> bool:
        """Whether a person wrote it. Neither aika's own messages nor those of other bots begin anything."""
        by_bot = self.bot_id is not None or self.user is None
        return not by_bot and self.subtype in _SAID and not self.hidden

    @property
    def mentions(self) -> frozenset[str]:
        return frozenset(MENTION.findall(self.text or ""))

    @property
    def digest(self) -> bytes:
        """Of its words. The cards that Slack adds to links are not among them."""
        return digest_of(self.text or "")


class Message(Said):
    """An event about a message: that it was written, edited or deleted."""

    channel: str
    channel_type: str | None = None
    message: Said | None = None
    """As it is now, of one that was edited."""
    previous_message: Said | None = None
    deleted_ts: str | None = None

    @property
    def where(self) -> Where:
        if self.channel_type == "im" or (self.channel_type is None and self.channel.startswith("D")):
            return Where.DIRECT
        return Where.GROUP if self.channel_type == "mpim" else Where.CHANNEL


class Pane(_Wire):
    """A thread of the assistant pane."""

    user_id: str
    channel_id: str
    thread_ts: str


class Command(_Wire):
    """A slash command. https://docs.slack.dev/interactivity/implementing-slash-commands"""

    command: str
    text: str = ""
    user_id: str
    channel_id: str
    trigger_id: str = ""
    response_url: str


class _Id(_Wire):
    id: str


class Shortcut(_Wire):
    """A message shortcut: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload"""

    user: _Id
    channel: _Id
    message: Mapping[str, object]
    response_url: str
    trigger_id: str = ""
    action_ts: str = ""


class Action(_Wire):
    """What was clicked."""

    action_id: str
    block_id: str = ""
    value: str = ""
    action_ts: str = ""


class _Container(_Wire):
    message_ts: str = ""
    channel_id: str = ""
    thread_ts: str | None = None
    is_ephemeral: bool = False


class Click(_Wire):
    """A click: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload"""

    user: _Id
    actions: tuple[Action, ...] = Field(min_length=1)
    container: _Container = _Container()
    channel: _Id | None = None
    response_url: str | None = None
    trigger_id: str = ""

    @property
    def action(self) -> Action:
        return self.actions[0]

    @property
    def place(self) -> str:
        return self.channel.id if self.channel is not None else self.container.channel_id

    @property
    def ts(self) -> str:
        return self.container.message_ts

    @property
    def whispered(self) -> str:
        """Where a message is changed that one person alone sees; empty for the others, which have a time stamp."""
        return self.response_url or "" if self.container.is_ephemeral else ""


class _Option(_Wire):
    value: str = ""


class _Field(_Wire):
    value: str | None = None
    selected_options: tuple[_Option, ...] = ()


class _State(_Wire):
    values: Mapping[str, Mapping[str, _Field]] = Field(default={})


class _View(_Wire):
    private_metadata: str = ""
    state: _State = _State()


class Submission(_Wire):
    """A modal that was sent: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload"""

    user: _Id
    view: _View

    def written(self, block: str) -> str:
        """Return what was written into a block's field."""
        return next((field.value or "" for field in self.view.state.values.get(block, {}).values()), "").strip()

    def chosen(self, block: str) -> tuple[str, ...]:
        """Return the values that were ticked in a block."""
        fields = self.view.state.values.get(block, {}).values()
        return tuple(option.value for field in fields for option in field.selected_options)


class UnreadableEventError(PermanentError):
    """An event is not what Slack documents."""


def message_of(event: object) -> Message:
    """Return the message of an event. Raises `UnreadableEventError`."""
    return read(Message, event)


def read(shape: type[Wire], value: object) -> Wire:
    """Return what Slack sent as what it should be. Raises `UnreadableEventError`, without any content."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, one["loc"])) for one in error.errors(include_input=False))
        raise UnreadableEventError(f"Slack sent a {shape.__name__.lower()} that cannot be read: {wrong}") from None


def digest_of(text: str) -> bytes:
    return blake2b(" ".join(text.split()).encode(), digest_size=_DIGEST_BYTES).digest()


def question_in(text: str, bot: str, names: Names) -> str:
    """Return what is asked in a message, in the words that people see, without the mention of aika itself."""
    without = MENTION.sub(lambda found: " " if found[1] == bot else found[0], text)
    lines = (" ".join(line.split()) for line in plain(without, names).splitlines())
    return "\n".join(lines).strip().lstrip(",:").strip()


def words_of(message: Mapping[str, object], bot: str, names: Names) -> str:
    """Return what a message of anybody says, also where it says it in blocks or attachments, without the mention of aika."""
    text = message.get("text")
    if isinstance(text, str):
        message = {**message, "text": MENTION.sub(lambda found: " " if found[1] == bot else found[0], text)}
    found = read_message(message, names)
    return "" if found is None else found.text.strip()
