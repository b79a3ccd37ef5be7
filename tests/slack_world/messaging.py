"""``chat.*``: what an app posts, changes and deletes, and what is said to one person only."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_world.asking import Asked, Refused
from slack_world.block_kit import complaints_about_attachments, complaints_about_blocks
from slack_world.payloads import with_ids
from slack_world.state import Channel, Json, made_up

LONGEST_TEXT = 40_000
LONGEST_UPDATE = 4_000
LONGEST_MARKDOWN = 12_000
LARGEST_METADATA = 16_000
"""Characters of its JSON."""


def content_of(asked: Asked, *, longest: int = LONGEST_TEXT, needed: bool = True) -> Json:
    """Return what a message is to hold, checked. Raises `Refused` with Slack's errors."""
    content: Json = {}
    text = asked.arguments.get("text")
    if text is not None:
        if not isinstance(text, str):
            raise Refused("invalid_arguments", ["[ERROR] text must be a string"])
        if len(text) > longest:
            raise Refused("msg_too_long")
        content["text"] = text
    blocks = blocks_of(asked)
    if blocks is not None:
        content["blocks"] = with_ids(blocks)
    attachments = asked.json("attachments", "invalid_attachments")
    if attachments is not None:
        if complaints := complaints_about_attachments(attachments):
            raise Refused("invalid_attachments", complaints)
        content["attachments"] = attachments
    markdown = asked.arguments.get("markdown_text")
    if markdown:
        if content.get("text") or content.get("blocks"):
            raise Refused("markdown_text_conflict")
        content |= markdown_content(str(markdown))
    metadata = metadata_of(asked)
    if metadata is not None:
        content["metadata"] = metadata
    if needed and not (content.get("text") or content.get("blocks") or content.get("attachments")):
        raise Refused("no_text")
    return content


def markdown_content(markdown: str) -> Json:
    if len(markdown) > LONGEST_MARKDOWN:
        raise Refused("msg_too_long")
    return {"text": markdown, "blocks": [{"type": "markdown", "text": markdown, "block_id": made_up("b")}]}


def blocks_of(asked: Asked) -> list[Json] | None:
    blocks = asked.json("blocks", "invalid_blocks_format")
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if complaints := complaints_about_blocks(blocks):
        raise Refused("invalid_blocks", complaints)
    return blocks


def metadata_of(asked: Asked) -> Json | None:
    """Return the metadata: an event type, and a payload of plain values or lists and objects of them."""
    metadata = asked.json("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if metadata == {}:
        return {}
    if not isinstance(metadata, dict) or set(metadata) - {"event_type", "event_payload", "entities"}:
        raise Refused("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise Refused("invalid_metadata_format")
    if len(str(metadata)) > LARGEST_METADATA:
        raise Refused("metadata_too_large")
    return metadata


async def post_message(asked: Asked) -> Json:
    content = content_of(asked)
    channel = await writable(asked)
    asked.slack.limits.message(asked.workspace, channel.id)
    if asked.flag("reply_broadcast"):
        content["reply_broadcast"] = True
    message = await _post(asked, channel, content)
    return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": message}


async def _post(asked: Asked, channel: Channel, content: Json) -> Json:
    thread = asked.arguments.get("thread_ts")
    if thread is not None:
        thread = await thread_root(asked, channel, str(thread))
    author = asked.token.user
    return await asked.slack.post(asked.workspace, channel, author, content, thread=thread, app=True)


async def thread_root(asked: Asked, channel: Channel, thread: str) -> str:
    """Return the ts of the message that a thread is of. A reply cannot be replied to."""
    found = await asked.slack.message(asked.workspace, channel, thread)
    if found is None:
        raise Refused("thread_not_found")
    if found.get("thread_ts", thread) != thread:
        raise Refused("cannot_reply_to_message")
    return thread


async def writable(asked: Asked) -> Channel:
    """Return the conversation to write in: one that the caller is a member of. A person's id is their direct messages."""
    name = asked.text("channel")
    if name in asked.workspace.people and name not in asked.workspace.channels:
        return await asked.slack.direct(asked.workspace, [asked.token.user, name])
    channel = await asked.visible()
    if channel.archived:
        raise Refused("is_archived")
    if asked.token.user not in await asked.members(channel):
        public = channel.kind == "public" and asked.has_scope("chat:write.public")
        if not public:
            raise Refused("not_in_channel")
    return channel


async def post_ephemeral(asked: Asked) -> Json:
    content = content_of(asked)
    channel = await writable(asked)
    user = asked.text("user")
    if user not in await asked.members(channel):
        raise Refused("user_not_in_channel")
    thread = asked.arguments.get("thread_ts")
    if thread is not None:
        await thread_root(asked, channel, str(thread))
    ts = asked.slack.show_ephemeral(asked.workspace, channel.id, user, content, thread=thread)
    return {"ok": True, "message_ts": ts}


async def update(asked: Asked) -> Json:
    content = content_of(asked, longest=LONGEST_UPDATE, needed=False)
    channel = await asked.visible()
    ts = asked.text("ts")
    if (channel.id, ts) in asked.workspace.streams:
        raise Refused("streaming_state_conflict")
    if not content:
        raise Refused("no_text")
    message = await asked.slack.change(asked.workspace, channel, asked.token.user, ts, content)
    return {"ok": True, "channel": channel.id, "ts": ts, "text": message.get("text", ""), "message": message}


async def delete(asked: Asked) -> Json:
    channel = await asked.visible()
    ts = asked.text("ts")
    await asked.slack.delete(asked.workspace, channel, asked.token.user, ts)
    return {"ok": True, "channel": channel.id, "ts": ts}


async def get_permalink(asked: Asked) -> Json:
    channel = await asked.visible()
    found = await asked.slack.message(asked.workspace, channel, asked.text("message_ts"))
    if found is None:
        raise Refused("message_not_found")
    return {"ok": True, "channel": channel.id, "permalink": permalink(asked.workspace.domain, channel.id, found)}


def permalink(domain: str, channel: str, message: Mapping[str, Any]) -> str:
    address = f"https://{domain}.slack.com/archives/{channel}/p{message['ts'].replace('.', '')}"
    thread = message.get("thread_ts")
    return address if thread in (None, message["ts"]) else f"{address}?thread_ts={thread}&cid={channel}"


CHUNKS: Mapping[str, tuple[Sequence[str], Sequence[str]]] = {
    "markdown_text": (("text",), ()),
    "task_update": (("id", "title", "status"), ("details", "output", "sources")),
    "plan_update": (("title",), ()),
    "blocks": (("blocks",), ()),
}


def streamed(asked: Asked) -> list[Json]:
    """Return the blocks that a call streams: of its markdown, and of its chunks. Raises `Refused` where a chunk is not one."""
    markdown, chunks = asked.arguments.get("markdown_text"), asked.json("chunks", "invalid_chunks")
    if markdown is not None and len(str(markdown)) > LONGEST_MARKDOWN:
        raise Refused("msg_too_long")
    blocks: list[Json] = [{"type": "markdown", "text": str(markdown)}] if markdown else []
    if chunks is None:
        return blocks
    if not isinstance(chunks, list):
        raise Refused("invalid_chunks")
    for chunk in chunks:
        required, optional = CHUNKS.get(chunk.get("type") if isinstance(chunk, dict) else "", ((), ()))
        if not required or any(name not in chunk for name in required) or set(chunk) - {"type", *required, *optional}:
            raise Refused("invalid_chunks")
        if chunk["type"] == "markdown_text":
            blocks.append({"type": "markdown", "text": str(chunk["text"])})
        if chunk["type"] == "blocks":
            if complaints := complaints_about_blocks(chunk["blocks"]):
                raise Refused("invalid_chunks", complaints)
            blocks += chunk["blocks"]
    return blocks


def joined(blocks: Sequence[Json]) -> list[Json]:
    """Return streamed blocks as a message has them: pieces of markdown that follow one another are one text."""
    whole: list[Json] = []
    for block in blocks:
        if whole and block["type"] == whole[-1]["type"] == "markdown":
            whole[-1] = {**whole[-1], "text": whole[-1]["text"] + block["text"]}
        else:
            whole.append(block)
    return with_ids(whole)


def markdown_of(blocks: Sequence[Json]) -> str:
    return "".join(block["text"] for block in blocks if block["type"] == "markdown")


async def start_stream(asked: Asked) -> Json:
    begun = streamed(asked)
    channel = await writable(asked)
    if channel.kind != "im":
        for name in ("recipient_team_id", "recipient_user_id"):
            if not asked.text(name):
                raise Refused(f"missing_{name}")
    message = await _post(asked, channel, {"text": markdown_of(begun) or " "})
    asked.workspace.streams[channel.id, message["ts"]] = begun
    asked.slack.keep(asked.workspace, channel.id, message["ts"], {"streaming_state": "in_progress"})
    return {"ok": True, "channel": channel.id, "ts": message["ts"]}


def _stream(asked: Asked, channel: Channel) -> list[Json]:
    key = (channel.id, asked.text("ts"))
    if key not in asked.workspace.extras:
        raise Refused("message_not_found")
    if key not in asked.workspace.streams:
        raise Refused("message_not_in_streaming_state")
    return asked.workspace.streams[key]


async def append_stream(asked: Asked) -> Json:
    channel = await asked.visible()
    stream = _stream(asked, channel)
    more = streamed(asked)
    if not more and asked.arguments.get("chunks") is None:
        raise Refused("no_text")
    stream += more
    return {"ok": True, "channel": channel.id, "ts": asked.text("ts")}


async def stop_stream(asked: Asked) -> Json:
    channel = await asked.visible()
    stream = _stream(asked, channel)
    whole = joined([*stream, *streamed(asked)])
    blocks, metadata = blocks_of(asked), metadata_of(asked)
    if not whole and not blocks:
        raise Refused("no_text")
    ts = asked.text("ts")
    del asked.workspace.streams[channel.id, ts]
    content: Json = {"text": markdown_of(whole), "blocks": [*whole, *with_ids(blocks or [])]}
    asked.slack.keep(asked.workspace, channel.id, ts, {"streaming_state": "completed"})
    if metadata is not None:
        content["metadata"] = metadata
    message = await asked.slack.change(asked.workspace, channel, asked.token.user, ts, content)
    return {"ok": True, "channel": channel.id, "ts": ts, "message": message}
