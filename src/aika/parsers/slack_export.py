"""Day files of a Slack workspace export: one channel's messages of one day, threads together."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from aika.domain.documents import AttributeValue, BlockKind, Kind, Parsed
from aika.parsers.slack_messages import NOISE, Message, Names, is_message, read_message, told_names
from aika.parsers.values import listed, text_at
from aika.parsers.writing import BodyWriter

_THREAD_WORDS = 12


def is_day(value: object) -> bool:
    """Return whether a value is a list of messages."""
    return isinstance(value, list) and bool(value) and all(is_message(item) for item in value)


def render(value: object, path: str) -> Parsed:
    """Return the day as a conversation: a message is a block, a thread's messages follow one another under its first words."""
    items = listed(value)
    names = Names(dict(told_names(items)))
    telling = [item for item in items if text_at(item, "subtype") not in NOISE]
    # A day on which people only came and went is still a document, and says so.
    messages = [message for item in telling or items if (message := read_message(item, names)) is not None]
    writer = BodyWriter()
    for thread in _threads(messages):
        _write(writer, thread)
    channel, day = _channel_and_day(path, messages)
    authors = tuple(sorted({message.author for message in messages}))
    attributes: dict[str, AttributeValue] = {"channel": channel, "date": day, "participants": authors}
    return Parsed(writer.body(), f"#{channel}, {day}", Kind.CONVERSATION, attributes)


def _threads(messages: Iterable[Message]) -> list[list[Message]]:
    """Return runs of messages: each thread together, at the place of its first message; the others alone."""
    threads: dict[str, list[Message]] = {}
    for message in sorted(messages, key=lambda message: float(message.ts)):
        threads.setdefault(message.thread or message.ts, []).append(message)
    return list(threads.values())


def _write(writer: BodyWriter, thread: list[Message]) -> None:
    path = (_first_words(thread[0].text),) if len(thread) > 1 else ()
    for place, message in enumerate(thread):
        writer.add(
            BlockKind.MESSAGE,
            f"[{message.at:%H:%M}] {message.author}: {message.text}",
            path=path,
            anchor=message.anchor,
            gap="\n" if place else "\n\n",
        )


def _first_words(text: str) -> str:
    words = text.split()
    short = " ".join(words[:_THREAD_WORDS])[:100]
    return f"{short}…" if len(words) > _THREAD_WORDS else short


def _channel_and_day(path: str, messages: list[Message]) -> tuple[str, str]:
    file = PurePosixPath(path)
    day = f"{messages[0].at:%Y-%m-%d}" if messages else file.stem
    return file.parent.name or "channel", file.stem if re.fullmatch(r"\d{4}-\d{2}-\d{2}", file.stem) else day
