"""The counterpart's heart: what happens in its workspaces, and which events follow from it."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from slack_world.asking import Refused
from slack_world.delivering import Courier, Delivery, Http, Sockets
from slack_world.limits import Limits
from slack_world.payloads import event_body
from slack_world.state import Call, Channel, Clock, Faults, Json, Options, Person, ResponseUrl, Workspace, made_up


class Slack:
    """All workspaces, and what is going on in them. Runs in one event loop."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.clock = Clock()
        self.limits = Limits(options, self.clock)
        self.sockets = Sockets()
        self.http = Http()
        self.courier = Courier(options, self.sockets, self.http)
        self.workspaces: list[Workspace] = []
        self.calls: list[Call] = []
        self.faults: Faults = defaultdict(list)
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def close(self) -> None:
        await self.courier.stop()
        await self.sockets.hang_up()
        await self.http.close()
        for workspace in self.workspaces:
            await workspace.storage.close()

    # Who is where

    async def members(self, workspace: Workspace, channel: Channel) -> list[str]:
        answer = await workspace.storage.call("conversations.members", channel.reader, channel=channel.id)
        return list(answer["members"])

    async def direct(self, workspace: Workspace, users: Sequence[str]) -> Channel:
        """Return the direct messages of some people, which come to be with this."""
        first, *others = dict.fromkeys(users)
        answer = await workspace.storage.call("conversations.open", first, users=",".join(others))
        id = answer["channel"]["id"]  # noqa: A001  # Slack's word
        kind = "im" if len(others) == 1 else "mpim"
        return workspace.channels.setdefault(
            id, Channel(id, f"mpdm-{id.lower()}" if kind == "mpim" else "", kind, first)
        )

    async def join(self, workspace: Workspace, channel: Channel, user: str, inviter: str = "") -> None:
        storage = workspace.storage
        if channel.kind == "public":
            await storage.call("conversations.join", user, channel=channel.id)
        else:
            await storage.call("conversations.invite", channel.reader, channel=channel.id, users=user)
        event: Json = {"type": "member_joined_channel", "user": user, **self._about(workspace, channel)}
        await self.happened(workspace, {**event, **({"inviter": inviter} if inviter else {})}, channel)

    async def leave(self, workspace: Workspace, channel: Channel, user: str) -> None:
        was_there = workspace.bot_user in await self.members(workspace, channel)
        await workspace.storage.call("conversations.kick", channel.reader, channel=channel.id, user=user)
        if user == workspace.bot_user:
            kind = "channel_left" if channel.kind == "public" else "group_left"
            self.tell(
                workspace, {"type": kind, "channel": channel.id, "actor_id": channel.reader, "event_ts": self.stamp()}
            )
        elif was_there:
            event: Json = {"type": "member_left_channel", "user": user, **self._about(workspace, channel)}
            await self.happened(workspace, event, channel)

    def _about(self, workspace: Workspace, channel: Channel) -> Json:
        return {"channel": channel.id, "channel_type": channel.letter, "team": workspace.id, "event_ts": self.stamp()}

    def stamp(self) -> str:
        return f"{self.clock.now():.6f}"

    # Messages

    async def post(
        self,
        workspace: Workspace,
        channel: Channel,
        author: str,
        content: Mapping[str, Any],
        *,
        thread: str | None = None,
        app: bool = False,
    ) -> Json:
        """Put a message into a conversation, tell the app of it and return it."""
        kept = {name: content[name] for name in ("text", "blocks", "attachments") if name in content}
        more = {"thread_ts": thread} if thread else {}
        if not kept.get("text") and not kept.get("attachments"):
            kept["text"] = kept.get("text", "")
        answer = await workspace.storage.call("chat.postMessage", author, channel=channel.id, **kept, **more)
        if not answer["ok"]:
            raise Refused(answer["error"])
        ts = answer["ts"]
        extra: Json = {"team": workspace.id}
        if app and author == workspace.bot_user:
            extra |= {
                "bot_id": workspace.app.bot_id,
                "app_id": workspace.app.id,
                "bot_profile": workspace.bot_profile(),
            }
        elif not app and "bot_id" not in content:
            extra["client_msg_id"] = made_up("c")
        for name in ("metadata", "subtype", "files", "upload", "bot_id", "app_id", "username"):
            if content.get(name):
                extra[name] = content[name]
        if content.get("reply_broadcast"):
            extra["subtype"] = "thread_broadcast"
        if thread:
            extra["parent_user_id"] = workspace.extras.get((channel.id, thread), {}).get("author", "")
            extra["thread_ts"] = thread
        self.keep(workspace, channel.id, ts, {**extra, "author": author})
        if app and thread:
            workspace.statuses.pop((channel.id, thread), None)
        message = self.completed(workspace, channel.id, answer["message"])
        event = {**_without_counts(message), "channel": channel.id, "event_ts": ts, "channel_type": channel.event_type}
        await self.happened(workspace, self._with_action_token(workspace, channel, author, event), channel)
        if f"<@{workspace.bot_user}>" in message.get("text", "") and author != workspace.bot_user:
            await self._mentioned(workspace, channel, author, message)
        return message

    async def _mentioned(self, workspace: Workspace, channel: Channel, author: str, message: Json) -> None:
        if channel.kind == "im":
            return
        event = {**_without_counts(message), "type": "app_mention", "channel": channel.id, "event_ts": message["ts"]}
        await self.happened(workspace, self._with_action_token(workspace, channel, author, event), channel)

    def _with_action_token(self, workspace: Workspace, channel: Channel, author: str, event: Json) -> Json:
        """Add the token that lets the app search with the eyes of who wrote, for a short while."""
        mentioned = event["type"] == "app_mention" or channel.kind == "im"
        if author == workspace.bot_user or not mentioned or "search:read.public" not in workspace.scopes:
            return event
        token = made_up("12345.")
        workspace.action_tokens[token] = (author, self.clock.now() + 600)
        return {**event, "assistant_thread": {"action_token": token}}

    def keep(self, workspace: Workspace, channel: str, ts: str, extra: Mapping[str, Any]) -> None:
        workspace.extras.setdefault((channel, ts), {}).update(extra)

    def completed(self, workspace: Workspace, channel: str, message: Mapping[str, Any]) -> Json:
        """Return a message of the storage with what only the counterpart keeps."""
        extra = {
            name: value
            for name, value in workspace.extras.get((channel, message["ts"]), {}).items()
            if name != "author" and value != {}
        }
        made: Json = {**message, **extra}
        stream = workspace.streams.get((channel, message["ts"]))
        if stream is not None:
            made["text"] = "".join(block["text"] for block in stream if block["type"] == "markdown")
        return made

    async def change(
        self, workspace: Workspace, channel: Channel, author: str, ts: str, content: Mapping[str, Any]
    ) -> Json:
        """Edit a message of an author's own, tell the app of it and return it."""
        before = await self.message(workspace, channel, ts)
        if before is None:
            raise Refused("message_not_found")
        kept = {name: content[name] for name in ("text", "blocks", "attachments") if name in content}
        if kept:
            answer = await workspace.storage.call("chat.update", author, channel=channel.id, ts=ts, **kept)
            if not answer["ok"]:
                raise Refused(answer["error"])
        for name in ("metadata", "streaming_state"):
            if name in content:
                self.keep(workspace, channel.id, ts, {name: content[name]})
        after = await self.message(workspace, channel, ts)
        assert after is not None
        event = {
            "type": "message",
            "subtype": "message_changed",
            "message": _without_counts(after),
            "previous_message": _without_counts(before),
            "channel": channel.id,
            "hidden": True,
            "ts": self.stamp(),
            "event_ts": self.stamp(),
            "channel_type": channel.event_type,
        }
        await self.happened(workspace, event, channel)
        return after

    async def delete(self, workspace: Workspace, channel: Channel, author: str, ts: str) -> None:
        """Delete a message of an author's own. One with replies leaves a tombstone."""
        before = await self.message(workspace, channel, ts)
        if before is None or (channel.id, ts) in workspace.gone:
            raise Refused("message_not_found")
        replies = len(await self.thread(workspace, channel, ts)) - 1 if before.get("thread_ts", ts) == ts else 0
        answer = await workspace.storage.call("chat.delete", author, channel=channel.id, ts=ts)
        if not answer["ok"]:
            raise Refused(answer["error"])
        event: Json = {"type": "message", "channel": channel.id, "hidden": True, "channel_type": channel.event_type}
        event |= {"ts": self.stamp(), "event_ts": self.stamp(), "previous_message": _without_counts(before)}
        if replies > 0:
            tombstone = {"type": "message", "subtype": "tombstone", "text": "This message was deleted.", "ts": ts}
            tombstone |= {"user": "USLACKBOT", "hidden": True, "thread_ts": ts, "reply_count": replies}
            workspace.gone[channel.id, ts] = tombstone
            event |= {"subtype": "message_changed", "message": tombstone}
        else:
            event |= {"subtype": "message_deleted", "deleted_ts": ts}
        await self.happened(workspace, event, channel)

    async def react(self, workspace: Workspace, channel: Channel, user: str, ts: str, name: str, *, add: bool) -> None:
        found = await self.message(workspace, channel, ts)
        if found is None:
            raise Refused("message_not_found")
        method = "reactions.add" if add else "reactions.remove"
        answer = await workspace.storage.call(method, user, channel=channel.id, timestamp=ts, name=name)
        if not answer["ok"]:
            raise Refused(answer["error"])
        event = {
            "type": "reaction_added" if add else "reaction_removed",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel.id, "ts": ts},
            "item_user": found.get("user", ""),
            "event_ts": self.stamp(),
        }
        await self.happened(workspace, event, channel)

    def show_ephemeral(
        self, workspace: Workspace, channel: str, user: str, content: Mapping[str, Any], *, thread: object = None
    ) -> str:
        """Show something to one person; return its ts."""
        ts = self.stamp()
        more = {"thread_ts": str(thread)} if thread else {}
        message = {"ts": ts, "channel": channel, "to": user, "user": workspace.bot_user, **content, **more}
        workspace.ephemerals.append(message)
        return ts

    async def respond(self, workspace: Workspace, url: ResponseUrl, body: Mapping[str, Any]) -> None:
        """Do what an app asks at a ``response_url``."""
        content = {name: body[name] for name in ("text", "blocks", "attachments", "metadata") if body.get(name)}
        if url.message is not None and (body.get("delete_original") or body.get("replace_original")):
            await self._replace(workspace, url, None if body.get("delete_original") else content)
            return
        channel = workspace.channels[url.channel]
        thread = body.get("thread_ts")
        if body.get("response_type", "ephemeral") == "in_channel":
            await self.post(workspace, channel, workspace.bot_user, content, thread=thread, app=True)
        else:
            self.show_ephemeral(workspace, url.channel, url.user, content, thread=thread)

    async def _replace(self, workspace: Workspace, url: ResponseUrl, content: Mapping[str, Any] | None) -> None:
        channel, ts = workspace.channels[url.channel], str(url.message)
        if url.ephemeral:
            shown = next(shown for shown in workspace.ephemerals if shown["ts"] == ts and shown["to"] == url.user)
            if content is None:
                workspace.ephemerals.remove(shown)
            else:
                shown.pop("blocks", None)
                shown.update(content)
        elif content is None:
            await self.delete(workspace, channel, workspace.bot_user, ts)
        else:
            await self.change(workspace, channel, workspace.bot_user, ts, content)

    # Reading

    async def message(self, workspace: Workspace, channel: Channel, ts: str) -> Json | None:
        if (channel.id, ts) in workspace.gone:
            return dict(workspace.gone[channel.id, ts])
        answer = await workspace.storage.call("conversations.replies", channel.reader, channel=channel.id, ts=ts)
        found = next((message for message in answer.get("messages", []) if message["ts"] == ts), None)
        return None if found is None else self.completed(workspace, channel.id, found)

    async def roots(self, workspace: Workspace, channel: Channel) -> list[Json]:
        """Return the messages of a channel that are no replies, newest first."""
        answer = await workspace.storage.call("conversations.history", channel.reader, channel=channel.id)
        roots = [self.completed(workspace, channel.id, message) for message in answer["messages"]]
        roots += [dict(tombstone) for (place, _), tombstone in workspace.gone.items() if place == channel.id]
        return sorted([await self._counted(workspace, channel, root) for root in roots], key=_ts, reverse=True)

    async def _counted(self, workspace: Workspace, channel: Channel, root: Json) -> Json:
        if not root.get("reply_count"):
            return root
        thread = await self._replies(workspace, channel, root["ts"])
        users = list(dict.fromkeys(reply["user"] for reply in thread))
        if not thread:
            return _without_counts(root)
        return {
            **root,
            "thread_ts": root["ts"],
            "reply_count": len(thread),
            "reply_users": users[:5],
            "reply_users_count": len(users),
            "latest_reply": thread[-1]["ts"],
            "is_locked": False,
            "subscribed": False,
        }

    async def _replies(self, workspace: Workspace, channel: Channel, ts: str) -> list[Json]:
        answer = await workspace.storage.call("conversations.replies", channel.reader, channel=channel.id, ts=ts)
        messages = [message for message in answer.get("messages", []) if message["ts"] != ts]
        return sorted([self.completed(workspace, channel.id, message) for message in messages], key=_ts)

    async def thread(self, workspace: Workspace, channel: Channel, ts: str) -> list[Json]:
        """Return a message and its replies, oldest first."""
        root = await self.message(workspace, channel, ts)
        if root is None:
            return []
        return [await self._counted(workspace, channel, root), *await self._replies(workspace, channel, ts)]

    async def everything(self, workspace: Workspace, channel: Channel) -> list[Json]:
        """Return all messages of a channel, replies too, oldest first."""
        found: list[Json] = []
        for root in await self.roots(workspace, channel):
            found.append(root)
            if root.get("reply_count"):
                found += await self._replies(workspace, channel, root["ts"])
        return sorted({message["ts"]: message for message in found}.values(), key=_ts)

    # Telling the app

    async def happened(self, workspace: Workspace, event: Mapping[str, Any], channel: Channel) -> None:
        """Tell the app of an event in a conversation, where it is a member and subscribed to it."""
        if workspace.bot_user in await self.members(workspace, channel):
            self.tell(workspace, event, shared=bool(channel.shared_with))

    def tell(self, workspace: Workspace, event: Mapping[str, Any], *, shared: bool = False) -> None:
        """Tell the app of an event that it is subscribed to."""
        if subscription_of(event) in workspace.events:
            self.courier.tell(Delivery(workspace, "events_api", event_body(workspace, event, shared=shared)))

    def changed_person(self, workspace: Workspace, person: Person, user: Json) -> None:
        workspace.people[person.id] = person
        self.tell(workspace, {"type": "user_change", "user": user, "cache_ts": 0, "event_ts": self.stamp()})


_MESSAGES = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}


def subscription_of(event: Mapping[str, Any]) -> str:
    """Return what an app subscribes to for an event: messages by the kind of their conversation."""
    kind = str(event["type"])
    return _MESSAGES[event["channel_type"]] if kind == "message" else kind


def _without_counts(message: Mapping[str, Any]) -> Json:
    counts = ("reply_count", "reply_users", "reply_users_count", "latest_reply", "is_locked", "subscribed")
    return {name: value for name, value in message.items() if name not in counts}


def _ts(message: Mapping[str, Any]) -> str:
    return str(message["ts"])
