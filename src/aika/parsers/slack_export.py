"""Day files of a Slack workspace export: one channel's messages of one day, threads together."""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath

from aika.domain.documents import AttributeValue, BlockKind, Kind, Parsed
from aika.parsers.values import at, listed, text_at
from aika.parsers.writing import BodyWriter

_TIMESTAMP = re.compile(r"\d{9,10}\.\d{1,6}")
_NOISE = frozenset(
    {"channel_archive", "channel_join", "channel_leave", "channel_unarchive", "group_join", "group_leave"}
)
"""Subtypes of messages that Slack writes itself and nobody asks about."""
_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_THREAD_WORDS = 12


def is_day(value: object) -> bool:
    """Return whether a value is a list of messages."""
    return isinstance(value, list) and bool(value) and all(_is_message(item) for item in value)


def _is_message(value: object) -> bool:
    has_content = isinstance(at(value, "text"), str) or any(
        at(value, key) for key in ("blocks", "files", "attachments")
    )
    return has_content and _TIMESTAMP.fullmatch(text_at(value, "ts")) is not None


@dataclass(frozen=True, slots=True)
class _Message:
    at: datetime
    ts: str
    thread: str | None
    author: str
    text: str


def render(value: object, path: str) -> Parsed:
    """Return the day as a conversation: a message is a block, a thread's messages follow one another under its first words."""
    items = listed(value)
    names = dict(_names(items))
    telling = [item for item in items if text_at(item, "subtype") not in _NOISE]
    # A day on which people only came and went is still a document, and says so.
    messages = [message for item in telling or items if (message := _message(item, names)) is not None]
    writer = BodyWriter()
    for thread in _threads(messages):
        _write(writer, thread)
    channel, day = _channel_and_day(path, messages)
    authors = tuple(sorted({message.author for message in messages}))
    attributes: dict[str, AttributeValue] = {"channel": channel, "date": day, "participants": authors}
    return Parsed(writer.body(), f"#{channel}, {day}", Kind.CONVERSATION, attributes)


def _names(items: Iterable[object]) -> Iterator[tuple[str, str]]:
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


def _message(item: object, names: Mapping[str, str]) -> _Message | None:
    words = "\n".join(part for part in _words(item) if part)
    if not words:
        return None
    ts = text_at(item, "ts")
    user = text_at(item, "user") or text_at(item, "bot_id")
    return _Message(
        at=datetime.fromtimestamp(float(ts), UTC),
        ts=ts,
        thread=text_at(item, "thread_ts") or None,
        author=names.get(user) or text_at(item, "username") or user or "unknown",
        text=_plain(words, names),
    )


def _words(item: object) -> Iterator[str]:
    written = text_at(item, "text")
    yield written
    for attachment in listed(at(item, "attachments")):
        for key in ("pretext", "title", "text", "fallback"):
            shown = text_at(attachment, key)
            if shown and shown not in written and not (key == "fallback" and text_at(attachment, "text")):
                yield shown
    for file in listed(at(item, "files")):
        if name := text_at(file, "title") or text_at(file, "name"):
            yield f"[file: {name}]"


def _plain(marked: str, names: Mapping[str, str]) -> str:
    """Resolve Slack's references: users, channels, links, and the three characters that it escapes."""

    def shown(match: re.Match[str]) -> str:
        sign, target, name = match.groups()
        if sign == "@":
            return f"@{name or names.get(target, target)}"
        if sign == "#":
            return f"#{name or target}"
        if sign == "!":
            return name or f"@{target.split('^')[0]}"
        target = target.removeprefix("mailto:")
        return target if not name or name == target else f"{name} ({target})"

    return html.unescape(_REFERENCE.sub(shown, marked))


def _threads(messages: Iterable[_Message]) -> list[list[_Message]]:
    """Return runs of messages: each thread together, at the place of its first message; the others alone."""
    threads: dict[str, list[_Message]] = {}
    for message in sorted(messages, key=lambda message: float(message.ts)):
        threads.setdefault(message.thread or message.ts, []).append(message)
    return list(threads.values())


def _write(writer: BodyWriter, thread: list[_Message]) -> None:
    path = (_first_words(thread[0].text),) if len(thread) > 1 else ()
    for place, message in enumerate(thread):
        writer.add(
            BlockKind.MESSAGE,
            f"[{message.at:%H:%M}] {message.author}: {message.text}",
            path=path,
            anchor=f"p{message.ts.replace('.', '')}",
            gap="\n" if place else "\n\n",
        )


def _first_words(text: str) -> str:
    words = text.split()
    short = " ".join(words[:_THREAD_WORDS])[:100]
    return f"{short}…" if len(words) > _THREAD_WORDS else short


def _channel_and_day(path: str, messages: list[_Message]) -> tuple[str, str]:
    file = PurePosixPath(path)
    day = f"{messages[0].at:%Y-%m-%d}" if messages else file.stem
    return file.parent.name or "channel", file.stem if re.fullmatch(r"\d{4}-\d{2}-\d{2}", file.stem) else day
