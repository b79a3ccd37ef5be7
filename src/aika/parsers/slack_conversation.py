"""One conversation of a Slack workspace, as the connectors hand it over: its messages, and what the ids in them stand for."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile

from aika.domain.documents import AttributeValue, BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers import json_tree
from aika.parsers.slack_messages import Message, Names, read_message
from aika.parsers.textfile import read_text, storable
from aika.parsers.values import at, listed, pairs, text, text_at
from aika.parsers.writing import BodyWriter

_TITLE_CHARS = 110
_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|good (?:morning|afternoon|evening))\b[^.!?\n]{0,25}[,.!:\n]\s*)(?=\S)", re.IGNORECASE
)
_ADDRESS = re.compile(r"^(?:@[\w.-]+[,:]?\s+)+")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_TELLING = 4
"""A sentence of fewer long words ("could you take a look?") does not say what it is about."""
_OPENING = 5
"""The question is looked for in so many messages at the beginning, as long as they are one person's."""


class SlackConversationParser:
    """Reads the conversations that the connectors `slack` and `slack-export` find. The title is the question it begins with."""

    suffixes = ()
    media_types = ("application/vnd.aika.slack-conversation+json",)

    def parse(self, raw: RawDocument) -> Parsed:
        file = read_text(raw.content, expected="JSON", media_type=raw.media_type)
        try:
            value = json_tree.load(file.text)
        except ValueError as error:
            raise UnreadableDocumentError(f"it is not valid JSON: {error}") from error
        names = Names(_texts(at(value, "users")), _texts(at(value, "channels")))
        items = listed(at(value, "messages"))
        messages = [message for item in items if (message := read_message(item, names)) is not None]
        if not messages:
            raise UnreadableDocumentError("none of its messages holds text")
        writer = BodyWriter()
        _write(writer, messages)
        attributes: dict[str, AttributeValue] = {
            "participants": tuple(storable(author) for author in dict.fromkeys(message.author for message in messages)),
        }
        if reactions := _reactions(items):
            attributes["reactions"] = reactions
        channel = text_at(value, "channel")
        title = _title(messages)
        return Parsed(
            writer.body(), storable(f"#{channel}: {title}" if channel else title), Kind.CONVERSATION, attributes
        )


def _texts(value: object) -> dict[str, str]:
    return {key: text(name) for key, name in pairs(value)}


def _write(writer: BodyWriter, messages: Sequence[Message]) -> None:
    """Write a message a line. The day is told where it begins."""
    day = None
    for message in messages:
        clock = f"{message.at:%H:%M}" if message.at.date() == day else f"{message.at:%Y-%m-%d %H:%M}"
        day = message.at.date()
        author = " ".join(message.author.split())
        writer.add(BlockKind.MESSAGE, f"[{clock}] {author}: {message.text}", anchor=message.anchor, gap="\n")


def _reactions(items: Iterable[object]) -> tuple[str, ...]:
    """Return each reaction with how often it was given, the most frequent first."""
    counted: Counter[str] = Counter()
    for item in items:
        for reaction in listed(at(item, "reactions")):
            count = at(reaction, "count")
            counted[storable(text_at(reaction, "name"))] += count if isinstance(count, int) else 1
    return tuple(f"{name} {count}" for name, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def _title(messages: Sequence[Message]) -> str:
    """Return the first telling sentence that asks, of what the first person says before anyone else; else the first one."""
    opener = messages[0].author
    opening = list(takewhile(lambda message: message.author == opener, messages[:_OPENING]))
    sentences = [sentence for message in opening for sentence in _sentences(message.text)]
    telling = [sentence for sentence in sentences if len(_CONTENT.findall(sentence)) >= _TELLING]
    asking = next((sentence for sentence in telling if "?" in sentence), None)
    words = " ".join((asking or next(iter(telling or sentences), messages[0].text)).split())
    return words if len(words) <= _TITLE_CHARS else f"{words[:_TITLE_CHARS].rsplit(' ', 1)[0]}…"


def _sentences(words: str) -> list[str]:
    bare = _ADDRESS.sub("", _GREETING.sub("", words.strip()))
    return [sentence.strip() for line in bare.splitlines() for sentence in _SENTENCE.split(line) if sentence.strip()]
