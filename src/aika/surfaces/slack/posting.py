"""Posting once, whatever ends in between.

Slack cannot post "unless it was posted". So what is going to be posted is written down first, and the message carries its key as
metadata: who is not sure whether a message was posted looks for the key before posting it again.
https://docs.slack.dev/messaging/message-metadata
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from aika.domain.errors import TransientError
from aika.domain.goalies import Posted
from aika.protocols import Clock
from aika.stores.database.posts import Post, SqlPosts
from aika.surfaces.slack.failures import SlackRefusedError, called, translated
from aika.telemetry.slack import SlackTelemetry

EVENT_TYPE = "aika"
"""Of the metadata of our messages."""
PACE_SECONDS = 1.0
"""Between two messages in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""
_POSTING = timedelta(seconds=90)
"""For so long another process that began to post may still be at it. Longer than any request may take."""
_SKEW = timedelta(minutes=5)
"""By so much Slack's clock may differ from ours."""
_PAGE = 200
"""Slack gives fewer to apps that are distributed outside of its marketplace."""
_MOST_PAGES = 20
_MOST_PACES = 10_000
_GONE = frozenset({"message_not_found", "channel_not_found"})
_UNCERTAIN = frozenset({"internal_error", "fatal_error"})
"""Slack's documentation: some aspect of the operation may have succeeded before the error was raised."""
_SERVER_FAILED = 500
_UNAVAILABLE = 503


@dataclass(frozen=True, slots=True)
class _Message:
    key: str
    channel: str
    content: dict[str, Any]
    thread: str | None
    ephemeral_to: str | None


class Poster:
    """Posts a message for a key, once."""

    def __init__(
        self,
        posts: SqlPosts,
        clock: Clock,
        telemetry: SlackTelemetry,
        *,
        holder: str,
        pace_seconds: float = PACE_SECONDS,
    ) -> None:
        """``holder`` names this process; one that is started again in its place has the same name."""
        self._posts = posts
        self._clock = clock
        self._telemetry = telemetry
        self._holder = holder
        self._pace = pace_seconds
        self._free_at: dict[str, float] = {}
        # Kept as long as somebody holds one or waits for it.
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def post(  # noqa: PLR0913 - what Slack needs to be told of a message
        self,
        client: AsyncWebClient,
        key: str,
        channel: str,
        *,
        blocks: Sequence[dict[str, Any]],
        text: str,
        thread: str | None = None,
        ephemeral_to: str | None = None,
    ) -> Posted:
        """Post a message and return where it is; where the key has been posted already, only that.

        ``channel`` may be a person's id: the direct messages with them. What is ephemeral cannot be looked for, so that it may
        be shown twice where a process ends between Slack's reply and its record. Raises `TransientError` to be called again
        with the same key, and `PermanentError`.
        """
        content = {"blocks": list(blocks), "text": text}
        message = _Message(key, channel, content, thread, ephemeral_to)
        async with self._locks.setdefault(key, asyncio.Lock()):
            return await self._once(client, message)

    async def posted(self, key: str) -> Posted | None:
        """Return where a key was posted, ``None`` where it was not or is not known to be."""
        found = await self._posts.find(key)
        return None if found is None or found.ts is None else Posted(found.channel, found.ts)

    async def update(
        self, client: AsyncWebClient, posted: Posted, *, blocks: Sequence[dict[str, Any]], text: str
    ) -> None:
        """Put something else in a message's place. May be repeated."""
        with self._telemetry.posting("chat.update", posted.channel):
            call = client.chat_update(channel=posted.channel, ts=posted.id, blocks=list(blocks), text=text)
            await called(call, "an update of a message")

    async def delete(self, client: AsyncWebClient, posted: Posted) -> None:
        """Delete a message. One that is gone is fine."""
        with self._telemetry.posting("chat.delete", posted.channel):
            try:
                await called(client.chat_delete(channel=posted.channel, ts=posted.id), "a deletion")
            except SlackRefusedError as error:
                if error.code not in _GONE:
                    raise

    async def _once(self, client: AsyncWebClient, message: _Message) -> Posted:
        now = self._clock.now()
        intent = Post(message.key, message.channel, message.thread, None, self._holder, now)
        known = await self._posts.begin(intent)
        posted = None
        if known is not None:
            if known.ts is not None:
                return Posted(known.channel, known.ts)
            if known.holder != self._holder and now - known.begun_at < _POSTING:
                raise TransientError("another process is posting this message", retry_after=_POSTING.total_seconds())
            await self._posts.take_over(message.key, holder=self._holder)
            posted = await self._found(client, message, known)
        if posted is None:
            posted = await self._sent(client, message)
        await self._posts.finish(message.key, channel=posted.channel, ts=posted.id)
        return posted

    async def _sent(self, client: AsyncWebClient, message: _Message) -> Posted:
        await self._wait_for_turn(message)
        try:
            return await self._send(client, message)
        except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
            if not _may_be_posted(error):
                await self._posts.withdraw(message.key)
            raise translated(error, "a message") from None

    async def _send(self, client: AsyncWebClient, message: _Message) -> Posted:
        if message.ephemeral_to is not None:
            with self._telemetry.posting("chat.postEphemeral", message.channel):
                reply = await client.chat_postEphemeral(
                    channel=message.channel, user=message.ephemeral_to, thread_ts=message.thread, **message.content
                )
            return Posted(message.channel, str(reply["message_ts"]))
        with self._telemetry.posting("chat.postMessage", message.channel):
            reply = await client.chat_postMessage(
                channel=message.channel,
                thread_ts=message.thread,
                metadata={"event_type": EVENT_TYPE, "event_payload": {"key": message.key}},
                unfurl_links=False,
                unfurl_media=False,
                **message.content,
            )
        return Posted(str(reply["channel"]), str(reply["ts"]))

    async def _wait_for_turn(self, message: _Message) -> None:
        if message.ephemeral_to is not None:
            return
        now = monotonic()
        if len(self._free_at) > _MOST_PACES:
            self._free_at = {channel: at for channel, at in self._free_at.items() if at > now}
        turn = max(now, self._free_at.get(message.channel, now))
        self._free_at[message.channel] = turn + self._pace
        if turn > now:
            await asyncio.sleep(turn - now)

    async def _found(self, client: AsyncWebClient, message: _Message, known: Post) -> Posted | None:
        """Return where a message is that may have been posted."""
        if message.ephemeral_to is not None:
            return None
        channel = message.channel
        if channel.startswith(("U", "W")):
            opened = await called(client.conversations_open(users=channel), "direct messages")
            channel = str(opened["channel"]["id"])
        cursor: str | None = None
        for _ in range(_MOST_PAGES):
            page = await self._page(client, channel, message.thread, known, cursor)
            for one in page.get("messages") or []:
                if _key_of(one) == message.key:
                    return Posted(channel, str(one["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return None
        raise TransientError("too much was written since to find out whether a message was posted")

    async def _page(
        self, client: AsyncWebClient, channel: str, thread: str | None, known: Post, cursor: str | None
    ) -> AsyncSlackResponse:
        common: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{(known.begun_at - _SKEW).timestamp():.6f}",
            "include_all_metadata": True,
            "limit": _PAGE,
            "cursor": cursor,
        }
        if thread is None:
            return await called(client.conversations_history(**common), "a channel's messages")
        return await called(client.conversations_replies(ts=thread, **common), "a thread's messages")


def _key_of(message: dict[str, Any]) -> str | None:
    metadata = message.get("metadata") or {}
    if metadata.get("event_type") != EVENT_TYPE:
        return None
    key = (metadata.get("event_payload") or {}).get("key")
    return key if isinstance(key, str) else None


def _may_be_posted(error: Exception) -> bool:
    if isinstance(error, aiohttp.ClientConnectorError):
        return False  # nothing was sent
    if not isinstance(error, SlackApiError):
        return True
    status = getattr(error.response, "status_code", _SERVER_FAILED)
    if not isinstance(error.response, AsyncSlackResponse):
        return True  # no JSON: whoever answered may stand before Slack
    failed = status >= _SERVER_FAILED and status != _UNAVAILABLE
    return failed or error.response.get("error") in _UNCERTAIN
