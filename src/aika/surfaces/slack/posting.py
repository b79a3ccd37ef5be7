"""Posting once, whatever ends in between."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.goalies import Posted
from aika.protocols import Clock
from aika.stores.database.posts import Post, SqlPosts
from aika.surfaces.slack.failures import called

EVENT_TYPE = "aika"
"""Of the metadata of our messages."""


class Poster:
    """Posts a message for a key, once."""

    def __init__(self, posts: SqlPosts, clock: Clock, *, holder: str) -> None:
        self._posts = posts
        self._clock = clock
        self._holder = holder

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

        ``channel`` may be a person's id: the direct messages with them.
        """
        known = await self._posts.begin(Post(key, channel, thread, None, self._holder, self._clock.now()))
        if known is not None and known.ts is not None:
            return Posted(known.channel, known.ts)
        if ephemeral_to is not None:
            reply = await called(
                client.chat_postEphemeral(
                    channel=channel, user=ephemeral_to, blocks=blocks, text=text, thread_ts=thread
                ),
                "an ephemeral message",
            )
            posted = Posted(channel, str(reply["message_ts"]))
        else:
            reply = await called(
                client.chat_postMessage(
                    channel=channel,
                    blocks=blocks,
                    text=text,
                    thread_ts=thread,
                    metadata={"event_type": EVENT_TYPE, "event_payload": {"key": key}},
                    unfurl_links=False,
                    unfurl_media=False,
                ),
                "a message",
            )
            posted = Posted(str(reply["channel"]), str(reply["ts"]))
        await self._posts.finish(key, channel=posted.channel, ts=posted.id)
        return posted

    async def posted(self, key: str) -> Posted | None:
        """Return where a key was posted, ``None`` where it was not or is not known to be."""
        found = await self._posts.find(key)
        return None if found is None or found.ts is None else Posted(found.channel, found.ts)

    async def update(
        self, client: AsyncWebClient, posted: Posted, *, blocks: Sequence[dict[str, Any]], text: str
    ) -> None:
        """Put something else in a message's place. May be repeated."""
        await called(client.chat_update(channel=posted.channel, ts=posted.id, blocks=blocks, text=text), "an update")

    async def delete(self, client: AsyncWebClient, posted: Posted) -> None:
        """Delete a message. One that is gone is fine."""
        await called(client.chat_delete(channel=posted.channel, ts=posted.id), "a deletion")
