"""Reading one channel through the Web API."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import ValidationError

from aika.connectors.disentanglement.features import LONGEST
from aika.connectors.slack.api import OutOfReachError, SlackApi
from aika.connectors.slack.conversations import Conversation, sort_out
from aika.connectors.slack.documents import Prepared, Renderer
from aika.connectors.slack.files import with_file_texts
from aika.connectors.slack.messages import Message
from aika.connectors.slack.options import SlackApiOptions
from aika.connectors.slack.workspace import Channel, Workspace
from aika.domain.documents import RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.domain.sources import Event, Failed, Found, Members, Removed

_AT_ONCE = 8
"""Threads whose replies are asked for together."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which messages are read."""

    oldest: float
    """Seconds since 1970. Conversations that began before are left alone."""
    whole: bool
    """Whether that is all there is."""
    latest: float | None = None


@dataclass(slots=True)
class ChannelReader:
    """Reads one channel, once."""

    api: SlackApi
    channel: Channel
    workspace: Workspace
    options: SlackApiOptions
    now: float
    _found: list[str] = field(default_factory=list)

    async def members(self) -> Members:
        """Return the channel's group. Who is in a public channel matters for guests only, unless the options say otherwise."""
        listed: list[str] = []
        guests = any(user.is_guest for user in self.workspace.users.values())
        if self.channel.kind != "public" or guests or self.options.public_channels == "members":
            listed = await self.api.items("conversations.members", "members", channel=self.channel.id)
        return self.workspace.members(self.channel, listed, self.options)

    async def events(self, window: Window) -> AsyncIterator[Event]:
        """Yield the channel's group and the documents of a window. Raises `OutOfReachError`."""
        if self.options.join and self.channel.kind == "public" and self.channel.is_member is False:
            await self.api.call("conversations.join", channel=self.channel.id)
        yield await self.members()
        failures: list[Failed] = []
        messages = await self._history(window, failures)
        threads = [root for root in messages if self._is_root(root)]
        recent = [root for root in threads if self._is_recent(root, window)]
        replies = await self._all_replies(recent)
        for failure in failures:
            yield failure
        for event in await asyncio.to_thread(lambda: list(self._documents(messages, replies, window))):
            yield event
        if window.whole and self.options.channel_pages and self.channel.kind != "direct":
            yield self._ready(Renderer(self.workspace, self.options).channel(self.channel, messages))

    async def around(self, stamps: Collection[str]) -> AsyncIterator[Event]:
        """Yield what has become of the conversations that these messages are or were in."""
        first, last = min(map(float, stamps)), max(map(float, stamps))
        window = Window(first - LONGEST, whole=False, latest=last + LONGEST)
        failures: list[Failed] = []
        messages = await self._history(window, failures)
        touched = [root for root in messages if self._is_root(root) and root.ts in stamps]
        replies = await self._all_replies(touched)
        for failure in failures:
            yield failure
        for event in await asyncio.to_thread(lambda: list(self._documents(messages, replies, window))):
            yield event
        # A message that was the beginning of a conversation and is gone, or now belongs to another one.
        for stamp in sorted(stamps):
            if (key := f"{self.channel.id}/{stamp}") not in self._found:
                yield Removed(key)

    def gone(self, known: Iterable[str], oldest: float) -> Iterator[str]:
        """Yield the keys of conversations that were there, began within the window, and are there no more."""
        for stamp in known:
            key = f"{self.channel.id}/{stamp}"
            if _began(stamp) >= oldest and key not in self._found:
                yield key

    def recent(self, since: float) -> list[str]:
        """Return which of the conversations began after this time, by the part of their keys behind the channel."""
        stamps = [key.partition("/")[2] for key in self._found]
        return [stamp for stamp in stamps if stamp and _began(stamp) >= since]

    async def _history(self, window: Window, failures: list[Failed]) -> list[Message]:
        """Return the window's messages and those before it that decide which conversation they are in."""
        begin = window.oldest if window.whole else window.oldest - LONGEST
        limits = {"oldest": f"{begin:.6f}"} if begin > 0 else {}
        if window.latest is not None:
            limits["latest"] = f"{window.latest:.6f}"
        items = await self.api.items("conversations.history", "messages", channel=self.channel.id, **limits)
        return list(self._messages(items, failures))

    def _messages(self, items: Iterable[Any], failures: list[Failed]) -> Iterator[Message]:
        for item in items:
            try:
                message = Message.model_validate(item)
                _ = message.order
            except (ValidationError, ValueError):
                stamp = item.get("ts") if isinstance(item, dict) else None
                key = f"{self.channel.id}/{stamp}"
                self._found.append(key)
                failures.append(Failed(key, "a message is not as Slack writes them"))
                continue
            yield message

    def _is_root(self, message: Message) -> bool:
        return bool(message.reply_count) and message.thread_ts in (None, message.ts)

    def _is_recent(self, root: Message, window: Window) -> bool:
        """Return whether replies may have been edited lately, so that they must be read to tell."""
        latest = float(root.latest_reply or self.now)
        return root.seconds >= window.oldest and latest >= self.now - self.options.look_back.total_seconds()

    async def _all_replies(self, roots: list[Message]) -> dict[str, list[Message]]:
        found: dict[str, list[Message]] = {}
        for start in range(0, len(roots), _AT_ONCE):
            some = roots[start : start + _AT_ONCE]
            for root, replies in zip(some, await asyncio.gather(*map(self._replies, some)), strict=True):
                if replies is not None:
                    found[root.ts] = replies
        return found

    async def _replies(self, root: Message) -> list[Message] | None:
        """Return the whole thread; ``None`` where it cannot be read now, so that its document is left as it was."""
        try:
            items = await self.api.items("conversations.replies", "messages", channel=self.channel.id, ts=root.ts)
        except OutOfReachError:
            return None
        return list(self._messages(items, []))

    def _documents(self, messages: list[Message], replies: dict[str, list[Message]], window: Window) -> Iterator[Event]:
        roots = {message.ts: message for message in messages if self._is_root(message)}
        # Replies that were also sent to the channel belong to their thread, which is read by itself.
        loose = [message for message in messages if message.ts not in roots and message.thread_ts in (None, message.ts)]
        sorted_out = sort_out(self.channel, loose, self.workspace, self.options)
        for root in roots.values():
            # Of an event's window only the threads that it touches: to tell whether another has changed costs a call each.
            if root.ts in replies or (window.latest is None and (window.whole or root.seconds >= window.oldest)):
                yield self._thread(root, replies.get(root.ts))
            else:
                self._found.append(f"{self.channel.id}/{root.ts}")
        for conversation in sorted_out.conversations:
            if window.whole or conversation.messages[0].seconds >= window.oldest:
                yield self._conversation(conversation)

    def _thread(self, root: Message, replies: list[Message] | None) -> Found:
        """Return a thread whose replies are loaded when its version is new."""
        key = f"{self.channel.id}/{root.ts}"
        self._found.append(key)
        known = Conversation(key, (root, *(reply for reply in replies or () if reply.ts != root.ts)))
        prepared = Renderer(self.workspace, self.options).conversation(self.channel, known)
        said = (prepared.version, root.reply_count, root.latest_reply, self._called(root))
        version = hashlib.blake2b(repr(said).encode(), digest_size=16).hexdigest()
        return Found(key, version, partial(self._load_thread, root))

    def _called(self, root: Message) -> list[str]:
        users = self.workspace.users
        return [users[user].shown for user in root.reply_users or () if user in users]

    async def _load_thread(self, root: Message) -> RawDocument:
        key = f"{self.channel.id}/{root.ts}"
        try:
            items = await self.api.items("conversations.replies", "messages", channel=self.channel.id, ts=root.ts)
        except OutOfReachError as error:
            raise UnreadableDocumentError(f"the thread cannot be read: {error}") from error
        messages = [message.model_copy(update={"thread_ts": root.ts}) for message in self._messages(items, [])]
        result = sort_out(self.channel, messages, self.workspace, self.options)
        if not result.conversations:
            raise UnreadableDocumentError("the thread is gone, or nothing of it is to be read; sync again")
        told = await self._with_files(Conversation(key, result.conversations[0].messages, threaded=True))
        return Renderer(self.workspace, self.options).conversation(self.channel, told).raw

    def _conversation(self, conversation: Conversation) -> Found:
        self._found.append(conversation.key)
        prepared = Renderer(self.workspace, self.options).conversation(self.channel, conversation)
        return Found(conversation.key, prepared.version, partial(self._load, conversation))

    async def _load(self, conversation: Conversation) -> RawDocument:
        told = await self._with_files(conversation)
        return Renderer(self.workspace, self.options).conversation(self.channel, told).raw

    async def _with_files(self, conversation: Conversation) -> Conversation:
        if not self.options.file_text:
            return conversation
        messages = await with_file_texts(self.api, conversation.messages)
        return Conversation(conversation.key, messages, conversation.threaded)

    def _ready(self, prepared: Prepared) -> Found:
        async def load() -> RawDocument:
            return prepared.raw

        return Found(prepared.raw.key, prepared.version, load)


def _began(stamp: str) -> float:
    try:
        return float(stamp.partition("-")[0])
    except ValueError:
        return 0.0
