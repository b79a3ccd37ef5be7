"""A channel's messages as conversations: its threads, and what was said outside of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aika.connectors.disentanglement.linking import disentangle
from aika.connectors.disentanglement.reading import Utterance
from aika.connectors.slack.messages import Message, without_repeats
from aika.connectors.slack.options import SlackOptions
from aika.connectors.slack.workspace import Channel, Workspace


@dataclass(frozen=True, slots=True)
class Conversation:
    """Messages that belong together, in the order they were written."""

    key: str
    """The channel and the time stamp of the first message, or the day."""
    messages: tuple[Message, ...]
    threaded: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    conversations: list[Conversation]
    left_out: int
    """Messages that say nothing anybody asks about: who joined, who left, what was deleted, and bots where not wanted."""
    repeats: int
    """Copies of messages that are there already: replies that were also sent to the channel."""


def sort_out(channel: Channel, messages: Sequence[Message], workspace: Workspace, options: SlackOptions) -> Sorted:
    """Return the conversations of a channel, ordered by their beginnings. A pure function; may take long."""
    once = without_repeats(messages)
    wanted = [message for message in once if _is_wanted(message, options)]
    roots = {message.thread_ts for message in wanted if message.thread_ts and message.thread_ts != message.ts}
    threads: dict[str, list[Message]] = {}
    loose: list[Message] = []
    for message in wanted:
        root = message.thread_ts or (message.ts if message.ts in roots else None)
        if root is not None:
            threads.setdefault(root, []).append(message)
        else:
            loose.append(message)
    found = [Conversation(f"{channel.id}/{root}", tuple(members), threaded=True) for root, members in threads.items()]
    if options.unthreaded == "days":
        found += _days(channel, loose)
    else:
        found += _disentangled(channel, loose, workspace)
    found.sort(key=lambda conversation: conversation.messages[0].order)
    return Sorted(_with_own_keys(found), len(once) - len(wanted), len(messages) - len(once))


def _is_wanted(message: Message, options: SlackOptions) -> bool:
    if message.is_noise or not message.says_something:
        return False
    return options.bots or not message.is_from_bot


def _disentangled(channel: Channel, loose: Sequence[Message], workspace: Workspace) -> list[Conversation]:
    said = [Utterance(message.author, message.seconds, message.text or "") for message in loose]
    return [
        Conversation(f"{channel.id}/{loose[members[0]].ts}", tuple(loose[index] for index in members))
        for members in disentangle(said, workspace.names_of_people())
    ]


def _days(channel: Channel, loose: Sequence[Message]) -> list[Conversation]:
    days: dict[str, list[Message]] = {}
    for message in loose:
        days.setdefault(f"{datetime.fromtimestamp(message.seconds, UTC):%Y-%m-%d}", []).append(message)
    return [Conversation(f"{channel.id}/{day}", tuple(members)) for day, members in days.items()]


def _with_own_keys(conversations: Iterable[Conversation]) -> list[Conversation]:
    """Number the keys that come twice: exports that were put together by hand repeat time stamps."""
    seen: dict[str, int] = {}
    numbered = []
    for conversation in conversations:
        count = seen[conversation.key] = seen.get(conversation.key, 0) + 1
        key = conversation.key if count == 1 else f"{conversation.key}-{count}"
        numbered.append(Conversation(key, conversation.messages, conversation.threaded))
    return numbered
