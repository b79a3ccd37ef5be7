"""One message of Slack's as a line of text: references resolved, attachments and files told."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aika.parsers.values import at, listed, pairs, text_at

TIMESTAMP = re.compile(r"\d{9,10}\.\d{1,6}")
NOISE = frozenset(
    {"channel_archive", "channel_join", "channel_leave", "channel_unarchive", "group_join", "group_leave", "tombstone"}
)
"""Subtypes of messages that Slack writes itself and nobody asks about."""
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_BARE = re.compile(r"(?<![\w@])@(\w{2,})")
"""An id that a program wrote without Slack's brackets."""
_SNIPPET = 2_000
"""Characters of a file's text that are told with the message."""


@dataclass(frozen=True, slots=True)
class Names:
    """What ids stand for."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    at: datetime
    ts: str
    thread: str | None
    author: str
    text: str

    @property
    def anchor(self) -> str:
        """As Slack's links to messages end."""
        return f"p{self.ts.replace('.', '')}"


def is_message(value: object) -> bool:
    """Return whether a value is a message that says something."""
    has_content = isinstance(at(value, "text"), str) or any(
        at(value, key) for key in ("blocks", "files", "attachments")
    )
    return has_content and TIMESTAMP.fullmatch(text_at(value, "ts")) is not None


def read_message(item: object, names: Names) -> Message | None:
    """Return the message; ``None`` where it says nothing."""
    words = "\n".join(part for part in _words(item) if part)
    if not words:
        return None
    ts = text_at(item, "ts")
    user = text_at(item, "user") or text_at(item, "bot_id")
    return Message(
        at=datetime.fromtimestamp(float(ts), UTC),
        ts=ts,
        thread=text_at(item, "thread_ts") or None,
        author=names.people.get(user)
        or text_at(item, "username")
        or text_at(item, "bot_profile", "name")
        or user
        or "unknown",
        text=plain(words, names),
    )


def told_names(items: Iterable[object]) -> Iterator[tuple[str, str]]:
    """Yield the names that messages tell of their own authors."""
    for item in items:
        user = text_at(item, "user") or text_at(item, "bot_id")
        for keys in (
            ("user_profile", "real_name"),
            ("user_profile", "display_name"),
            ("bot_profile", "name"),
            ("username",),
        ):
            if user and (name := text_at(item, *keys)):
                yield user, name
                break


def plain(marked: str, names: Names) -> str:
    """Resolve Slack's references: users, channels, links, and the three characters that it escapes."""

    def shown(match: re.Match[str]) -> str:
        sign, target, name = match.groups()
        if sign == "@":
            return f"@{names.people.get(target) or name or target}"
        if sign == "#":
            return f"#{names.channels.get(target) or name or target}"
        if sign == "!":
            return name or f"@{target.split('^')[0]}"
        target = target.removeprefix("mailto:")
        return target if not name or name == target else f"{name} ({target})"

    def called(match: re.Match[str]) -> str:
        return f"@{names.people.get(match[1], match[1])}"

    return html.unescape(_BARE.sub(called, _REFERENCE.sub(shown, marked)))


def _words(item: object) -> Iterator[str]:
    written = text_at(item, "text")
    if not written:
        written = " ".join(" ".join(_block_words(at(item, "blocks"))).split())
    yield written
    for attachment in listed(at(item, "attachments")):
        for key in ("pretext", "title", "text", "fallback"):
            shown = text_at(attachment, key)
            if shown and shown not in written and not (key == "fallback" and text_at(attachment, "text")):
                yield shown
    for file in listed(at(item, "files")):
        if name := text_at(file, "title") or text_at(file, "name"):
            yield f"[file: {name}]"
        if snippet := text_at(file, "preview"):
            yield snippet[:_SNIPPET]


def _block_words(value: object) -> Iterator[str]:
    """Yield what blocks say, in Slack's own marking."""
    for block in listed(value):
        match text_at(block, "type"):
            case "user":
                yield f"<@{text_at(block, 'user_id')}>"
            case "channel":
                yield f"<#{text_at(block, 'channel_id')}>"
            case "link":
                yield f"<{text_at(block, 'url')}|{text_at(block, 'text')}>"
            case "emoji":
                yield f":{text_at(block, 'name')}:"
            case _:
                for key, inside in pairs(block):
                    if key == "text" and isinstance(inside, str):
                        yield inside
                    elif key in ("text", "elements", "fields", "title"):
                        yield from _block_words(inside)
