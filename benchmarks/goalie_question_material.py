"""Messages of real support channels, labelled as questions for the channel by what became of them.

Nobody has marked questions in these sets. What people marked (or, in one set, a program found) are conversations. From them:

* A conversation that one person *opens* and somebody else joins, with a reply within a day, was opened by something that the
  channel took up. What its opener wrote before the first reply is its **opening**; one of these messages holds the question.
* An opening that names somebody is for that person, not for the channel.
* Everything else is no opening: replies, further talk, and what nobody took up.
* Openings that ask nothing (a joke, an announcement that people comment on) count as questions all the same, and questions that
  nobody answered count as none. Both are limits of the labels, and no system can reach 100 %.

No label looks at question marks or words.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aika.application.channel_history import exported_channels
from aika.domain.goalies import AuthorKind, ChannelMessage, Place
from aika.evaluation.halves import half_of

SEEN_BEFORE = 120
"""Messages of a channel that are handed over as what was written before."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A message, what was written before it, and the opening that it belongs to."""

    message: ChannelMessage
    before: tuple[ChannelMessage, ...]
    conversation: str
    opening: str | None
    """The conversation's name, where the message is in its opening and somebody else took it up."""
    unanswered: bool = False
    """Whether it opens a conversation that nobody else joined: it may be a question or none, and nobody has said which."""

    @property
    def half(self) -> str:
        return half_of(self.conversation)

    @property
    def counts(self) -> bool:
        return not self.unanswered


def irc_ubuntu(data: Path) -> list[Labelled]:
    """Conversations marked by people (Kummerfeld et al. 2019)."""
    threads: dict[tuple[str, int], str] = {}
    for line in (data / "irc-ubuntu" / "threads.gold.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        threads.update({(row["stream"][:10], number): row["thread"] for number in row["lines"]})
    messages = _messages(data / "raw" / "irc-ubuntu-slack-export")
    by_day: dict[str, list[ChannelMessage]] = defaultdict(list)
    for message in messages:
        by_day[f"{message.written_at:%Y-%m-%d}"].append(message)
    found = []
    for day, said in sorted(by_day.items()):
        said.sort(key=_line)
        marked = {one.id: threads.get((day, _line(one))) for one in said}
        found += _labelled(said, marked)
    return found


def devchat(data: Path) -> list[Labelled]:
    """Conversations found by the program of Chatterjee et al. (2020): labels with more noise."""
    marked: dict[tuple[str, str], str] = {}
    for line in (data / "raw" / "slack-devchat-export.conversations.auto.jsonl").open(encoding="utf-8"):
        row = json.loads(line)
        marked.update({(row["channel"], ts): row["conversation"] for ts in row["ts"]})
    found = []
    for channel in exported_channels(data / "raw" / "slack-devchat-export"):
        said = sorted((_alone(one) for one in channel.messages), key=lambda one: (one.written_at, one.id))
        found += _labelled(said, {one.id: marked.get((channel.name, one.id)) for one in said})
    return found


def gitter(data: Path) -> list[Labelled]:
    """Openings of threads marked by people (Jiang et al. 2021), beside the replies in the same threads.

    Only threads are at hand, not the stream that they were in: what was written before is what their thread had before. The
    openings were chosen with a question mark and six words or more, so that recall on them flatters whatever looks for the mark.
    """
    folder = data / "gitter-devchat-a"
    texts = {row["id"]: row["text"] for row in _rows(folder / "corpus.jsonl")}
    found = []
    for row in _rows(folder / "queries.jsonl"):
        thread = str(row["id"])
        said = [_plain(thread, 0, row["metadata"]["asker"], row["text"])]
        for number, line in enumerate(texts[thread].split("\n"), start=1):
            author, separator, text = line.partition(": ")
            if separator:
                said.append(_plain(thread, number, author, text))
        found += [
            Labelled(message, tuple(said[:index]), thread, None if index else thread)
            for index, message in enumerate(said)
        ]
    return found


def _labelled(said: Sequence[ChannelMessage], marked: dict[str, str | None]) -> Iterator[Labelled]:
    conversations: dict[str, list[ChannelMessage]] = defaultdict(list)
    for message in said:
        if (name := marked[message.id]) is not None:
            conversations[name].append(message)
    openings = {one.id: name for name, members in conversations.items() for one in _opening(members)}
    for index, message in enumerate(said):
        name = marked[message.id]
        if name is not None and message.kind is AuthorKind.PERSON:
            before = tuple(said[max(0, index - SEEN_BEFORE) : index])
            alone = {one.author for one in conversations[name]} == {message.author}
            yield Labelled(message, before, name, openings.get(message.id), alone)


def _opening(members: Sequence[ChannelMessage]) -> Sequence[ChannelMessage]:
    author = members[0].author
    reply = next((index for index, one in enumerate(members) if one.author != author), None)
    if (
        reply is None
        or members[0].mentions
        or (members[reply].written_at - members[0].written_at).total_seconds() > 86_400
    ):
        return ()
    return members[:reply]


def _messages(export: Path) -> list[ChannelMessage]:
    return [_alone(message) for channel in exported_channels(export) for message in channel.messages]


def _alone(message: ChannelMessage) -> ChannelMessage:
    # As in a channel that threads nothing: the judge sees no more than a reader of the stream.
    return replace(message, root=message.id)


def _line(message: ChannelMessage) -> int:
    return int(message.id.split(".")[1])


def _plain(thread: str, number: int, author: str, text: str) -> ChannelMessage:
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=number)
    name = f"{thread}:{number:03}"
    return ChannelMessage(Place("gitter", thread), name, name, author, text, at)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.open(encoding="utf-8")]
