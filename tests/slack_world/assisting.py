"""``assistant.*``: the pane that people ask in, and searching what they may read."""

import re

from slack_world.asking import Asked, Refused
from slack_world.messaging import permalink
from slack_world.payloads import user_object
from slack_world.reading import page
from slack_world.state import Channel, Json

MOST_PROMPTS = 4
_KINDS = {
    "public_channel": ("public", "search:read.public"),
    "private_channel": ("private", "search:read.private"),
    "mpim": ("mpim", "search:read.mpim"),
    "im": ("im", "search:read.im"),
}
_CONTENT = {"messages", "files", "channels", "users"}


async def _thread(asked: Asked) -> tuple[str, str]:
    channel = await asked.visible("channel_id")
    thread = asked.text("thread_ts")
    if thread and await asked.slack.message(asked.workspace, channel, thread) is None:
        raise Refused("invalid_thread_ts")
    return channel.id, thread


async def set_status(asked: Asked) -> Json:
    channel, thread = await _thread(asked)
    status = asked.text("status")
    messages = asked.json("loading_messages", "invalid_arguments")
    if messages is not None and (not isinstance(messages, list) or len(messages) > 10):
        raise Refused("invalid_arguments", ["[ERROR] loading_messages: no more than 10 items allowed"])
    asked.workspace.statuses[channel, thread] = status
    asked.workspace.status_log.append((channel, thread, status))
    return {"ok": True}


async def set_prompts(asked: Asked) -> Json:
    channel, thread = await _thread(asked)
    prompts = asked.json("prompts", "invalid_arguments")
    if not isinstance(prompts, list) or not 1 <= len(prompts) <= MOST_PROMPTS:
        raise Refused("invalid_arguments", [f"[ERROR] prompts: 1 to {MOST_PROMPTS} items allowed"])
    for prompt in prompts:
        if not isinstance(prompt, dict) or set(prompt) != {"title", "message"} or not all(prompt.values()):
            raise Refused("invalid_arguments", ["[ERROR] a prompt has a title and a message"])
    asked.workspace.prompts[channel, thread] = {"title": asked.text("title"), "prompts": prompts}
    return {"ok": True}


async def set_title(asked: Asked) -> Json:
    channel, thread = await _thread(asked)
    if (channel, thread) not in asked.workspace.panes:
        raise Refused("invalid_thread_ts")
    asked.workspace.titles[channel, thread] = asked.text("title")
    return {"ok": True}


def _list(asked: Asked, name: str, usual: str) -> list[str]:
    value = asked.arguments.get(name) or usual
    return value if isinstance(value, list) else [entry.strip() for entry in str(value).split(",")]


def _searcher(asked: Asked) -> str:
    """Return whose eyes the search is done with. A bot needs the token of an event that its user caused."""
    if asked.token.kind == "user":
        return asked.token.user
    given = asked.workspace.action_tokens.get(asked.text("action_token"))
    if given is None or given[1] < asked.slack.clock.now():
        raise Refused("invalid_action_token")
    return given[0]


async def search(asked: Asked) -> Json:
    """Return messages that have a word of the query: a stand-in for Slack's ranking, and as strict about who may see what."""
    types, contents = _list(asked, "channel_types", "public_channel"), _list(asked, "content_types", "messages")
    if any(name not in _KINDS for name in types) or any(name not in _CONTENT for name in contents):
        raise Refused("invalid_arguments", ["[ERROR] channel_types or content_types has an unknown entry"])
    for name in types:
        asked.need_scope(_KINDS[name][1])
    for content, scope in (("files", "search:read.files"), ("users", "search:read.users")):
        if content in contents:
            asked.need_scope(scope)
    query = asked.text("query")
    if len(query) > 5000:
        raise Refused("query_too_long")
    asked.slack.limits.special(asked.workspace, "assistant.search.context", 10)
    found = await _found(asked, _searcher(asked), {_KINDS[name][0] for name in types}, query)
    entries, cursor = page(asked, found, usual=20, most=20)
    results: Json = {"messages": entries if "messages" in contents else []}
    for name in contents:
        results.setdefault(name, [])
    return {"ok": True, "results": results, "response_metadata": {"next_cursor": cursor}}


async def _found(asked: Asked, user: str, kinds: set[str], query: str) -> list[Json]:
    words = {word for word in re.findall(r"\w+", query.lower()) if len(word) > 2}
    found = []
    for channel in asked.workspace.channels.values():
        if channel.kind not in kinds:
            continue
        if channel.kind != "public" and user not in await asked.members(channel):
            continue
        for message in await asked.slack.everything(asked.workspace, channel):
            matches = len(words & set(re.findall(r"\w+", message.get("text", "").lower())))
            if matches and _within(asked, message["ts"]):
                found.append((matches, await _result(asked, channel, message)))
    return [result for _, result in sorted(found, key=lambda entry: -entry[0])]


def _within(asked: Asked, ts: str) -> bool:
    after, before = asked.number("after", 0), asked.number("before", 10**10)
    return after <= float(ts) <= before


async def _result(asked: Asked, channel: Channel, message: Json) -> Json:
    author = asked.workspace.people.get(message.get("user", ""))
    shown = user_object(asked.workspace, author, with_email=False) if author else {}
    result: Json = {
        "author_name": shown.get("profile", {}).get("real_name", ""),
        "author_user_id": message.get("user", ""),
        "team_id": asked.workspace.id,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "message_ts": message["ts"],
        "content": message.get("text", ""),
        "is_author_bot": "bot_id" in message,
        "permalink": permalink(asked.workspace.domain, channel.id, message),
    }
    if asked.flag("include_context_messages"):
        result["context_messages"] = {"before": [], "after": []}
    return result


async def search_info(asked: Asked) -> Json:
    return {"ok": True, "is_ai_search_enabled": False}
