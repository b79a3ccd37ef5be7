"""Messages as Slack sends them, reduced to what a document needs."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

NOISE = frozenset(
    {"channel_archive", "channel_join", "channel_leave", "channel_unarchive", "group_join", "group_leave", "tombstone"}
)
"""Subtypes of messages that Slack writes itself and nobody asks about."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Reaction(_Wire):
    name: str
    count: int | None = None


class Attachment(_Wire):
    """A link's preview, or what an app adds."""

    pretext: str | None = None
    title: str | None = None
    text: str | None = None
    fallback: str | None = None


class File(_Wire):
    id: str | None = None
    title: str | None = None
    name: str | None = None
    mimetype: str | None = None
    size: int | None = None
    preview: str | None = None
    """The beginning of a text's content."""
    url_private_download: str | None = None


class Named(_Wire):
    name: str | None = None
    real_name: str | None = None
    display_name: str | None = None


class Message(_Wire):
    ts: str
    subtype: str | None = None
    user: str | None = None
    bot_id: str | None = None
    username: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    reply_count: int | None = None
    latest_reply: str | None = None
    reply_users: tuple[str, ...] | None = None
    client_msg_id: str | None = None
    edited: dict[str, Any] | None = None  # who and when; only that it is there matters, in the version
    reactions: tuple[Reaction, ...] | None = None
    files: tuple[File, ...] | None = None
    attachments: tuple[Attachment, ...] | None = None
    blocks: list[Any] | None = None  # Slack's Block Kit, read by the parser
    bot_profile: Named | None = None
    user_profile: Named | None = None

    @property
    def order(self) -> tuple[int, int]:
        seconds, _, fraction = self.ts.partition(".")
        return int(seconds), int((fraction or "0").ljust(6, "0")[:6])

    @property
    def seconds(self) -> float:
        return float(self.ts)

    @property
    def author(self) -> str:
        return self.user or self.bot_id or self.username or ""

    @property
    def is_from_bot(self) -> bool:
        return self.bot_id is not None or self.subtype == "bot_message"

    @property
    def is_noise(self) -> bool:
        return self.subtype in NOISE

    @property
    def says_something(self) -> bool:
        return bool((self.text or "").strip() or self.files or self.attachments or self.blocks)

    def content(self) -> dict[str, Any]:
        """Return what the parser reads, as plain JSON. Slack repeats the text in blocks, so they only stand in for it."""
        left_out = {"reply_count", "latest_reply", "reply_users", "files"} | (
            {"blocks"} if (self.text or "").strip() else set()
        )
        said = self.model_dump(mode="json", exclude_none=True, exclude=left_out)
        if self.files:
            said["files"] = [
                file.model_dump(exclude_none=True, include={"title", "name", "preview"}) for file in self.files
            ]
        return said


MESSAGES: TypeAdapter[list[Any]] = TypeAdapter(list[Any])


def without_repeats(messages: Iterable[Message]) -> list[Message]:
    """Return messages in the order they were written. A reply that was also sent to the channel is one message."""
    known: dict[tuple[str, str, str | None], Message] = {}
    for message in messages:
        identity = (message.ts, message.author, message.text)
        kept = known.get(identity)
        if kept is None or (kept.thread_ts is None and message.thread_ts is not None):
            known[identity] = message
    return sorted(known.values(), key=lambda message: message.order)
