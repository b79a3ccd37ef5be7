"""``conversations.*``, ``users.*`` and the like: what an app reads of a workspace."""

import base64
from collections.abc import Callable, Sequence
from typing import Any

from slack_world.asking import TS, Asked, Refused
from slack_world.payloads import channel_object, user_object
from slack_world.state import Channel, Json, Person

_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
MOST_OF_OTHERS = 15
"""Messages that an app from outside the directory is given at a time."""


def page(asked: Asked, entries: Sequence[Any], *, usual: int = 100, most: int = 1000) -> tuple[list[Any], str]:
    """Return a page of the entries and the cursor of the next. Empty: it is the last."""
    limit = asked.number("limit", usual)
    if not 1 <= limit <= most:
        raise Refused("invalid_limit")
    start = _start(asked.text("cursor"))
    following = start + limit
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if following < len(entries) else ""
    return list(entries[start:following]), cursor


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, start = base64.b64decode(cursor, validate=True).decode().partition(":")
        if kind != "next":
            raise ValueError(cursor)
        return int(start)
    except ValueError:
        raise Refused("invalid_cursor") from None


async def _readable(asked: Asked) -> Channel:
    channel = await asked.visible()
    asked.need_scope(f"{channel.scope}:history")
    if asked.token.user not in await asked.members(channel):
        raise Refused("not_in_channel")
    return channel


def _window(asked: Asked) -> Callable[[str], bool]:
    oldest, latest = asked.text("oldest", "0"), asked.text("latest")
    for name, value in (("oldest", oldest), ("latest", latest)):
        if value and not (TS.match(value) or value.replace(".", "", 1).isdigit()):
            raise Refused(f"invalid_ts_{name}")
    inclusive = asked.flag("inclusive")
    low, high = float(oldest or 0), float(latest) if latest else float("inf")

    def within(ts: str) -> bool:
        at = float(ts)
        return low <= at <= high if inclusive else low < at < high

    return within


def _limit_of(asked: Asked) -> None:
    asked.slack.limits.history(asked.workspace)
    if not asked.slack.options.directory_app:
        limit = min(asked.number("limit", MOST_OF_OTHERS), MOST_OF_OTHERS)
        asked.arguments["limit"] = limit


def _shown(asked: Asked, messages: Sequence[Json]) -> list[Json]:
    if asked.flag("include_all_metadata"):
        return list(messages)
    return [{name: value for name, value in message.items() if name != "metadata"} for message in messages]


async def history(asked: Asked) -> Json:
    channel = await _readable(asked)
    _limit_of(asked)
    within = _window(asked)
    roots = [message for message in await asked.slack.roots(asked.workspace, channel) if within(message["ts"])]
    messages, cursor = page(asked, roots, most=999)
    answer: Json = {"ok": True, "messages": _shown(asked, messages), "has_more": bool(cursor), "pin_count": 0}
    return {**answer, **({"response_metadata": {"next_cursor": cursor}} if cursor else {})}


async def replies(asked: Asked) -> Json:
    channel = await _readable(asked)
    _limit_of(asked)
    thread = asked.text("ts")
    messages = await asked.slack.thread(asked.workspace, channel, thread)
    if not messages:
        raise Refused("thread_not_found")
    within = _window(asked)
    kept = [message for message in messages if message["ts"] == thread or within(message["ts"])]
    shown, cursor = page(asked, kept, usual=1000)
    answer: Json = {"ok": True, "messages": _shown(asked, shown), "has_more": bool(cursor)}
    return {**answer, **({"response_metadata": {"next_cursor": cursor}} if cursor else {})}


async def channel_info(asked: Asked) -> Json:
    channel = await asked.visible()
    asked.need_scope(f"{channel.scope}:read")
    members = await asked.members(channel)
    shown = channel_object(asked.workspace, channel, viewer=asked.token.user, members=members)
    if asked.flag("include_num_members"):
        shown["num_members"] = len(members)
    return {"ok": True, "channel": shown}


async def _listed(asked: Asked, *, own: bool) -> Json:
    wanted = [name.strip() for name in asked.text("types", "public_channel").split(",")]
    if any(name not in _TYPES for name in wanted):
        raise Refused("invalid_types")
    kinds = {_TYPES[name] for name in wanted}
    of = asked.text("user") or asked.token.user
    shown = []
    for channel in asked.workspace.channels.values():
        members = await asked.members(channel)
        if channel.kind not in kinds or (channel.archived and asked.flag("exclude_archived")):
            continue
        asked.need_scope(f"{channel.scope}:read")
        if (asked.token.user in members or channel.kind == "public") and (not own or of in members):
            listed = channel_object(asked.workspace, channel, viewer=asked.token.user, members=members)
            shown.append(listed if channel.kind == "im" or own else {**listed, "num_members": len(members)})
    entries, cursor = page(asked, shown)
    return {"ok": True, "channels": entries, "response_metadata": {"next_cursor": cursor}}


async def channels(asked: Asked) -> Json:
    return await _listed(asked, own=False)


async def own_channels(asked: Asked) -> Json:
    return await _listed(asked, own=True)


async def members(asked: Asked) -> Json:
    channel = await asked.visible()
    asked.need_scope(f"{channel.scope}:read")
    entries, cursor = page(asked, await asked.members(channel))
    return {"ok": True, "members": entries, "response_metadata": {"next_cursor": cursor}}


async def join(asked: Asked) -> Json:
    channel = await asked.visible()
    if channel.kind != "public":
        raise Refused("method_not_supported_for_channel_type")
    if channel.archived:
        raise Refused("is_archived")
    already = asked.token.user in await asked.members(channel)
    if not already:
        await asked.slack.join(asked.workspace, channel, asked.token.user)
    shown = channel_object(asked.workspace, channel, viewer=asked.token.user, members=await asked.members(channel))
    more: Json = {"warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
    return {"ok": True, "channel": shown, **(more if already else {})}


async def open_conversation(asked: Asked) -> Json:
    if asked.text("channel"):
        return {"ok": True, "channel": {"id": (await asked.visible()).id}, "no_op": True, "already_open": True}
    value = asked.arguments.get("users")
    users = (
        value if isinstance(value, list) else [user.strip() for user in asked.text("users").split(",") if user.strip()]
    )
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 8:
        raise Refused("too_many_users")
    for user in users:
        person = asked.workspace.people.get(user)
        if person is None:
            raise Refused("user_not_found")
        if person.deleted:
            raise Refused("user_disabled")
    asked.need_scope("im:write" if len(users) == 1 else "mpim:write")
    channel = await asked.slack.direct(asked.workspace, [asked.token.user, *users])
    return {"ok": True, "channel": {"id": channel.id}}


def _person(asked: Asked, user: str, error: str = "user_not_found") -> Person:
    person = asked.workspace.people.get(user)
    if person is None:
        raise Refused(error)
    return person


def _shown_person(asked: Asked, person: Person) -> Json:
    return user_object(asked.workspace, person, with_email=asked.has_scope("users:read.email"))


async def user_info(asked: Asked) -> Json:
    return {"ok": True, "user": _shown_person(asked, _person(asked, asked.text("user")))}


async def users(asked: Asked) -> Json:
    listed = [_shown_person(asked, person) for person in asked.workspace.people.values()]
    entries, cursor = page(asked, listed)
    return {"ok": True, "members": entries, "cache_ts": 0, "response_metadata": {"next_cursor": cursor}}


async def user_by_email(asked: Asked) -> Json:
    wanted = asked.text("email").lower()
    for person in asked.workspace.people.values():
        if person.email.lower() == wanted and not (person.external or person.bot or person.deleted):
            return {"ok": True, "user": _shown_person(asked, person)}
    raise Refused("users_not_found")


async def team_info(asked: Asked) -> Json:
    ours = asked.workspace
    return {
        "ok": True,
        "team": {"id": ours.id, "name": ours.name, "domain": ours.domain, "email_domain": "", "icon": {}},
    }


async def bot_info(asked: Asked) -> Json:
    if asked.text("bot") != asked.workspace.app.bot_id:
        raise Refused("bot_not_found")
    return {"ok": True, "bot": asked.workspace.bot_profile()}


async def react(asked: Asked, *, add: bool) -> Json:
    channel = await asked.visible()
    await asked.slack.react(
        asked.workspace, channel, asked.token.user, asked.text("timestamp"), asked.text("name"), add=add
    )
    return {"ok": True}


async def add_reaction(asked: Asked) -> Json:
    return await react(asked, add=True)


async def remove_reaction(asked: Asked) -> Json:
    return await react(asked, add=False)


async def usergroups(asked: Asked) -> Json:
    with_users = asked.flag("include_users")
    groups = [
        {name: value for name, value in group.items() if with_users or name != "users"}
        for group in asked.workspace.usergroups.values()
    ]
    return {"ok": True, "usergroups": groups}


async def usergroup_users(asked: Asked) -> Json:
    group = asked.workspace.usergroups.get(asked.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"ok": True, "users": group["users"]}
