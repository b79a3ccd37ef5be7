"""Showing answers in Slack: what is said while aika reads, the answer with its buttons, and what takes its place later.

No draft is ever shown. In a direct message the answer appears piece by piece, after it was judged; where others read along it
is posted whole.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from aika.delivery.slack_elements import Element, escaped
from aika.domain.answers import Abstention, Answer
from aika.domain.errors import AikaError, TransientError
from aika.domain.goalies import Posted
from aika.stores.database.slack_questions import SqlSlackQuestions
from aika.surfaces.slack.asking import Asked
from aika.surfaces.slack.elements import line, paragraph
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.feedback_blocks import feedback_block
from aika.surfaces.slack.posting import EVENT_TYPE, Poster
from aika.surfaces.slack.rendering import Rendered
from aika.telemetry.slack import SlackTelemetry

logger = logging.getLogger(__name__)

_STATUS = "is reading…"
_STATUS_SECONDS = 90.0
"""Slack takes a status away after two minutes."""
_LONGEST_TITLE = 80
_PIECES = 8
"""A streamed answer comes in at most so many pieces."""
_GONE = frozenset({"message_not_found", "cant_update_message", "channel_not_found", "is_archived"})
_STREAMING = "streaming_state_conflict"
_HTTP_OK = 200

Render = Callable[[Answer | Abstention], Rendered]
"""Returns an outcome as Slack shows it, without buttons."""


class Publishing:
    """Says things in Slack, once."""

    def __init__(self, poster: Poster, questions: SqlSlackQuestions, telemetry: SlackTelemetry, render: Render) -> None:
        self._poster = poster
        self._telemetry = telemetry
        self._questions = questions
        self._render = render

    @asynccontextmanager
    async def working(self, asked: Asked) -> AsyncIterator[None]:
        """Show that aika reads while this is open, however long that takes."""
        if asked.root is None:
            yield
            return
        saying = asyncio.create_task(self._keep_saying(asked, asked.root))
        try:
            yield
        finally:
            saying.cancel()
            with suppress(asyncio.CancelledError):
                await saying

    def shown(self, outcome: Answer | Abstention) -> Rendered:
        """Return an outcome with the buttons to rate it."""
        rendered = self._render(outcome)
        # What was made of somebody's own messages is not kept, so that there is nothing to rate.
        buttons = [] if outcome.private else [feedback_block(outcome.id)]
        return Rendered(rendered.text, [*rendered.blocks, *buttons])

    async def publish(self, asked: Asked, outcome: Answer | Abstention, *, was_begun: bool) -> str:
        """Post an answer where its question was put and return its time stamp. ``was_begun``: an earlier try may have."""
        if asked.alone and asked.root is not None:
            if was_begun and (found := await self._begun(asked, asked.root)) is not None:
                await self._finish(asked, found, self.shown(outcome))
                return found
            if not was_begun and (streamed := await self._stream(asked, asked.root, outcome)) is not None:
                return streamed
        return await self.post(asked, self.shown(outcome))

    async def post(self, asked: Asked, shown: Rendered) -> str:
        """Post what is shown, once for a question, and return its time stamp."""
        posted = await self._poster.post(
            asked.client, asked.post_key, asked.channel, blocks=shown.blocks, text=shown.text, thread=asked.root
        )
        return posted.id

    async def replace(self, asked: Asked, posted: str, outcome: Answer | Abstention) -> None:
        """Put an answer in the place of another."""
        await self._put(asked, posted, self.shown(outcome))
        await self._say_nothing(asked)

    async def say(self, asked: Asked, words: str, *, in_place_of: str | None) -> str:
        """Say something in plain words where the answer would be, and return the message's time stamp."""
        shown = plainly(words)
        if in_place_of:
            await self._put(asked, in_place_of, shown)
            await self._say_nothing(asked)
            return in_place_of
        return await self.post(asked, shown)

    async def tell(self, asked: Asked, shown: Rendered) -> None:
        """Show something to the asker alone, in their direct messages."""
        await self._poster.post(
            asked.client, f"{asked.post_key}:direct", asked.user, blocks=shown.blocks, text=shown.text
        )

    async def whisper(self, asked: Asked, words: str) -> None:
        """Say something to the asker alone."""
        shown = plainly(words)
        to = None if asked.alone else asked.user
        await self._poster.post(
            asked.client,
            f"{asked.event}:whisper",
            asked.channel,
            blocks=shown.blocks,
            text=shown.text,
            thread=asked.root,
            ephemeral_to=to,
        )

    async def delete(self, asked: Asked, posted: str) -> None:
        await self._poster.delete(asked.client, Posted(asked.channel, posted))

    async def answer_to(self, url: str, shown: Rendered, *, replace: bool) -> None:
        """Answer a command or a click, as the function of the same name does."""
        with self._telemetry.posting("response_url", ""):
            await answer_to(url, shown, replace=replace)

    async def name(self, asked: Asked) -> None:
        """Name a thread of the assistant pane after its first question."""
        if not asked.alone or asked.root is None:
            return
        title = line(asked.text, _LONGEST_TITLE)
        await self._kindly(
            asked.client.assistant_threads_setTitle(channel_id=asked.channel, thread_ts=asked.root, title=title),
            "a thread's title",
        )

    async def put(self, client: AsyncWebClient, posted: Posted, shown: Rendered) -> None:
        """Put something else in a message's place. Where somebody deleted it, nobody wants it in other words."""
        try:
            await self._poster.update(client, posted, blocks=shown.blocks, text=shown.text)
        except SlackRefusedError as error:
            if error.code not in _GONE:
                raise
            logger.info("an answer could not be changed", extra={"code": error.code})

    async def _put(self, asked: Asked, posted: str, shown: Rendered) -> None:
        await self.put(asked.client, Posted(asked.channel, posted), shown)

    async def _keep_saying(self, asked: Asked, root: str) -> None:
        while True:
            if not await self._status(asked, root, _STATUS):
                return
            await asyncio.sleep(_STATUS_SECONDS)

    async def _say_nothing(self, asked: Asked) -> None:
        # A new message takes the status away, a changed one does not.
        if asked.root is not None:
            await self._status(asked, asked.root, "")

    async def _status(self, asked: Asked, root: str, status: str) -> bool:
        return await self._kindly(
            asked.client.assistant_threads_setStatus(channel_id=asked.channel, thread_ts=root, status=status),
            "a status",
        )

    async def _kindly(self, call: Awaitable[object], doing: str) -> bool:
        """Do what an answer is no worse without; return whether it worked."""
        try:
            await called(call, doing)
        except AikaError as error:
            logger.info("Slack could not be told of the work", extra={"what": doing, "reason": str(error)})
            return False
        return True

    async def _stream(self, asked: Asked, root: str, outcome: Answer | Abstention) -> str | None:
        """Show a judged answer piece by piece; ``None`` where Slack takes no streams here."""
        # Before it begins: a message that was begun has no mark yet by which it could be found again.
        await self._questions.shown(asked.key, None, "")
        with self._telemetry.posting("chat.startStream", asked.channel):
            return await self._streamed(asked, root, self.shown(outcome))

    async def _streamed(self, asked: Asked, root: str, shown: Rendered) -> str | None:
        try:
            begun = await called(
                asked.client.chat_startStream(
                    channel=asked.channel,
                    thread_ts=root,
                    recipient_team_id=asked.team,
                    recipient_user_id=asked.user,
                ),
                "the beginning of an answer",
            )
        except SlackRefusedError as error:
            logger.info("an answer is posted whole", extra={"code": error.code})
            return None
        ts = str(begun["ts"])
        try:
            await self._send(asked, ts, shown)
        except AikaError as error:
            logger.warning("a streamed answer is finished at once", extra={"reason": type(error).__name__})
            await self._finish(asked, ts, shown)
        return ts

    async def _finish(self, asked: Asked, ts: str, shown: Rendered) -> None:
        """Show all of an answer in a message that was begun, whatever of it is there."""
        # Nothing else can be done to a message while it is streamed. Where it no longer is, Slack says so.
        await self._kindly(
            asked.client.chat_stopStream(
                channel=asked.channel, ts=ts, blocks=shown.blocks, metadata=_metadata(asked.post_key)
            ),
            "the end of an answer",
        )
        try:
            await self._put(asked, ts, shown)
        except SlackRefusedError as error:
            if error.code != _STREAMING:
                raise
            raise TransientError("an answer is still being streamed") from None
        await self._say_nothing(asked)

    async def _send(self, asked: Asked, ts: str, shown: Rendered) -> None:
        body, last = shown.blocks[:-1], shown.blocks[-1:]
        for piece in _pieces(body):
            await called(
                asked.client.chat_appendStream(
                    channel=asked.channel, ts=ts, chunks=[{"type": "blocks", "blocks": list(piece)}]
                ),
                "a piece of an answer",
            )
        await called(
            asked.client.chat_stopStream(
                channel=asked.channel,
                ts=ts,
                blocks=list(last),
                metadata=_metadata(asked.post_key),
            ),
            "the end of an answer",
        )

    async def _begun(self, asked: Asked, root: str) -> str | None:
        """Return the message that an earlier try began, if it did: ours, after the question, which is its thread's last."""
        reply = await called(
            asked.client.conversations_replies(
                channel=asked.channel, ts=root, oldest=asked.message or root, include_all_metadata=True, limit=15
            ),
            "a look at a thread",
        )
        ours = [
            str(message["ts"])
            for message in reply.get("messages") or ()
            if message.get("user") == asked.workspace.bot_user and _is_of(message, asked.post_key)
        ]
        return ours[-1] if ours else None


async def answer_to(url: str, shown: Rendered, *, replace: bool) -> None:
    """Answer a command or a click, for whoever gave it alone. ``replace`` puts it in the place of what they clicked in.

    Raises `TransientError`, and `SlackRefusedError` where Slack no longer takes it: after half an hour, or five answers.
    """
    try:
        reply = await AsyncWebhookClient(url).send(
            text=shown.text,
            blocks=shown.blocks,
            response_type="ephemeral",
            replace_original=replace,
            unfurl_links=False,
            unfurl_media=False,
        )
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise TransientError(f"Slack could not be reached for an answer: {type(error).__name__}") from None
    if reply.status_code != _HTTP_OK:
        refused = reply.status_code < 500 and reply.status_code != 429
        if refused:
            raise SlackRefusedError("an answer", reply.body[:80])
        raise TransientError(f"Slack could not take an answer now: {reply.status_code}")


def plainly(words: str) -> Rendered:
    """Return words of aika's own as a message."""
    return Rendered(escaped(words), [paragraph(words)])


def _pieces(blocks: Sequence[Element]) -> list[Sequence[Element]]:
    size = max(1, -(-len(blocks) // _PIECES))
    return [blocks[start : start + size] for start in range(0, len(blocks), size)]


def _metadata(key: str) -> dict[str, object]:
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def _is_of(message: dict[str, object], key: str) -> bool:
    """Return whether a message of ours belongs to a question: it says so, or says nothing of where it belongs yet."""
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or not metadata:
        return True
    payload = metadata.get("event_payload")
    return isinstance(payload, dict) and payload.get("key") == key
