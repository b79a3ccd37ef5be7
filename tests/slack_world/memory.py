"""Keeps a workspace's people, channels and messages in this process: fast, for load and where Node is missing."""

import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

from slack_world.state import Json, Person, made_up

KEEPER = "keeper"
"""Makes the channels, and is never seen in them."""
_NOT_FOUND: Json = {"ok": False, "error": "channel_not_found"}


class MemoryStorage:
    """The part of the Web API that keeps state, without checks."""

    def __init__(self, people: Sequence[Person], *, spares: int = 0) -> None:
        self.users = {person.name: made_up("U") for person in people}
        self.users |= {f"spare{index}": made_up("U") for index in range(spares)}
        self._channels: dict[str, Json] = {}
        self._messages: dict[str, dict[str, Json]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}
        self._stamps = itertools.count(1)

    async def call(self, method: str, actor: str, **arguments: object) -> Json:
        answer: Callable[..., Json] = getattr(self, "_" + method.replace(".", "_"))
        return answer(actor, **arguments)

    async def close(self) -> None:
        """Nothing to close."""

    def _conversations_create(self, actor: str, name: str, is_private: str = "false") -> Json:
        return {"ok": True, "channel": self._new("C", name, [actor], is_private=is_private == "true")}

    def _new(self, letter: str, name: str, members: list[str], **more: object) -> Json:
        channel: Json = {"id": made_up(letter), "name": name, "members": members, "created": int(time.time()), **more}
        self._channels[channel["id"]] = channel
        self._messages[channel["id"]] = {}
        return channel

    def _conversations_open(self, actor: str, users: str) -> Json:
        members = sorted({actor, *users.split(",")})
        for channel in self._channels.values():
            if channel.get("direct") and sorted(channel["members"]) == members:
                return {"ok": True, "channel": channel}
        return {"ok": True, "channel": self._new("D" if len(members) == 2 else "G", "", members, direct=True)}

    def _conversations_members(self, actor: str, channel: str) -> Json:
        members = self._channels[channel]["members"]
        return {"ok": True, "members": [member for member in members if member != KEEPER]}

    def _conversations_info(self, actor: str, channel: str) -> Json:
        return {"ok": True, "channel": self._channels[channel]} if channel in self._channels else _NOT_FOUND

    def _conversations_join(self, actor: str, channel: str) -> Json:
        return self._conversations_invite(actor, channel, actor)

    def _conversations_invite(self, actor: str, channel: str, users: str) -> Json:
        members = self._channels[channel]["members"]
        members += [user for user in users.split(",") if user not in members]
        return {"ok": True, "channel": self._channels[channel]}

    def _conversations_leave(self, actor: str, channel: str) -> Json:
        return self._conversations_kick(actor, channel, actor)

    def _conversations_kick(self, actor: str, channel: str, user: str) -> Json:
        if user in self._channels[channel]["members"]:
            self._channels[channel]["members"].remove(user)
        return {"ok": True}

    def _conversations_archive(self, actor: str, channel: str) -> Json:
        return {"ok": True}

    def _chat_postMessage(self, actor: str, channel: str, **message: Any) -> Json:  # noqa: N802  # Slack's name
        ts = f"{int(time.time())}.{next(self._stamps):06d}"
        made = {"type": "message", "user": actor, "ts": ts, "text": "", **message}
        self._messages[channel][ts] = made
        if "thread_ts" in made:
            self._threads.setdefault((channel, made["thread_ts"]), []).append(ts)
        return {"ok": True, "channel": channel, "ts": ts, "message": dict(made)}

    def _chat_update(self, actor: str, channel: str, ts: str, **message: Any) -> Json:
        kept = self._messages[channel].get(ts)
        if kept is None:
            return {"ok": False, "error": "message_not_found"}
        if kept["user"] != actor:
            return {"ok": False, "error": "cant_update_message"}
        if "text" in message and "blocks" not in message:
            kept.pop("blocks", None)
        kept |= {**message, "edited": {"user": actor, "ts": f"{int(time.time())}.{next(self._stamps):06d}"}}
        return {"ok": True, "channel": channel, "ts": ts, "text": kept["text"], "message": dict(kept)}

    def _chat_delete(self, actor: str, channel: str, ts: str) -> Json:
        kept = self._messages[channel].get(ts)
        if kept is None:
            return {"ok": False, "error": "message_not_found"}
        if kept["user"] != actor:
            return {"ok": False, "error": "cant_delete_message"}
        del self._messages[channel][ts]
        if "thread_ts" in kept:
            self._threads[channel, kept["thread_ts"]].remove(ts)
        return {"ok": True, "channel": channel, "ts": ts}

    def _conversations_history(self, actor: str, channel: str) -> Json:
        roots = [self._counted(channel, message) for message in self._messages[channel].values() if _is_root(message)]
        return {"ok": True, "messages": sorted(roots, key=lambda message: message["ts"], reverse=True)}

    def _conversations_replies(self, actor: str, channel: str, ts: str) -> Json:
        messages = self._messages[channel]
        root = [self._counted(channel, messages[ts])] if ts in messages else []
        return {
            "ok": True,
            "messages": root + [dict(messages[reply]) for reply in self._threads.get((channel, ts), [])],
        }

    def _counted(self, channel: str, message: Json) -> Json:
        replies = self._threads.get((channel, message["ts"]), [])
        return {**message, "reply_count": len(replies)} if replies else dict(message)

    def _reactions_add(self, actor: str, channel: str, timestamp: str, name: str) -> Json:
        return self._react(actor, channel, timestamp, name, add=True)

    def _reactions_remove(self, actor: str, channel: str, timestamp: str, name: str) -> Json:
        return self._react(actor, channel, timestamp, name, add=False)

    def _react(self, actor: str, channel: str, timestamp: str, name: str, *, add: bool) -> Json:
        kept = self._messages[channel].get(timestamp)
        if kept is None:
            return {"ok": False, "error": "message_not_found"}
        by_name = {reaction["name"]: set(reaction["users"]) for reaction in kept.get("reactions", [])}
        users = by_name.setdefault(name, set())
        if (actor in users) == add:
            return {"ok": False, "error": "already_reacted" if add else "no_reaction"}
        (users.add if add else users.discard)(actor)
        kept["reactions"] = [
            {"name": name, "users": sorted(users), "count": len(users)} for name, users in by_name.items() if users
        ]
        return {"ok": True}


def _is_root(message: Json) -> bool:
    return message.get("thread_ts", message["ts"]) == message["ts"] or message.get("subtype") == "thread_broadcast"
