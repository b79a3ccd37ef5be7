"""Conversations and channels as documents."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from aika.connectors.slack.conversations import Conversation
from aika.connectors.slack.messages import Message
from aika.connectors.slack.options import SlackOptions
from aika.connectors.slack.workspace import Channel, Said, Workspace
from aika.domain.documents import AttributeValue, Kind, RawDocument

CONVERSATION_TYPE = "application/vnd.aika.slack-conversation+json"
_REFERENCE = re.compile(r"<?[@#](\w+)")
_ACTIVE = 10
"""People a channel's page names."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document with its version."""

    raw: RawDocument
    version: str


@dataclass(frozen=True, slots=True)
class Renderer:
    """Makes a workspace's documents."""

    workspace: Workspace
    options: SlackOptions

    def conversation(self, channel: Channel, conversation: Conversation) -> Prepared:
        """Return the conversation for the parser of Slack conversations."""
        messages = conversation.messages
        content = {
            "channel": channel.label,
            **self._names(messages),
            "messages": [message.content() for message in messages],
        }
        first, last = messages[0], messages[-1]
        ids = tuple(message.client_msg_id or "" for message in messages if message.client_msg_id)
        attributes = self._attributes(channel)
        attributes["messages"] = str(len(messages))
        if ids:
            attributes["message_ids"] = ids
        return _prepared(
            RawDocument(
                key=conversation.key,
                content=json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
                path=f"{channel.label}/{first.ts}.json",
                media_type=CONVERSATION_TYPE,
                url=self.workspace.link(channel.id, first.ts),
                kind=Kind.CONVERSATION,
                readers=self.workspace.readers(channel, self.options),
                authors=tuple(dict.fromkeys(self._name(message) for message in messages)),
                created_at=_time(first.seconds),
                modified_at=_time(max(_changed(message) for message in (*messages, last))),
                attributes=attributes,
            )
        )

    def channel(self, channel: Channel, messages: Sequence[Message]) -> Prepared:
        """Return the channel's page: what it is for, and who is active in it."""
        said = [message for message in messages if not message.is_noise]
        return _prepared(
            RawDocument(
                key=channel.id,
                content=("\n\n".join(self._page(channel, said)) + "\n").encode("utf-8", "replace"),
                path=f"{channel.label}.md",
                media_type="text/markdown",
                title=f"#{channel.label}",
                url=self.workspace.link(channel.id),
                kind=Kind.PAGE,
                readers=self.workspace.readers(channel, self.options),
                created_at=_time(channel.created) if channel.created else None,
                modified_at=_time(max(message.seconds for message in said)) if said else None,
                attributes=self._attributes(channel),
            )
        )

    def _page(self, channel: Channel, said: Sequence[Message]) -> Iterable[str]:
        name = f"#{channel.label}"
        yield f"# {name}"
        purpose, topic = _said(channel.purpose), _said(channel.topic)
        sort = "an archived" if channel.is_archived else "a private" if channel.kind == "private" else "a"
        yield f"{name} is {sort} Slack channel." + (f" Its purpose: {self._plain(purpose)}" if purpose else "")
        if topic:
            yield f"The topic of {name}: {self._plain(topic)}"
        creator = self.workspace.users.get(channel.creator or "")
        if creator:
            yield f"{name} was created by {creator.shown}."
        if channel.previous_names:
            former = ", ".join(f"#{former}" for former in channel.previous_names)
            yield f"{name} was called {former} before."
        active = Counter(self._name(message) for message in said if not message.is_from_bot)
        if active:
            most = [who for who, _ in sorted(active.items(), key=lambda pair: (-pair[1], pair[0]))[:_ACTIVE]]
            yield f"Most active in {name}: {', '.join(most)}."

    def _attributes(self, channel: Channel) -> dict[str, AttributeValue]:
        attributes: dict[str, AttributeValue] = {"channel": channel.label, "channel_id": channel.id}
        for name, said in (("topic", channel.topic), ("purpose", channel.purpose)):
            if text := _said(said):
                attributes[name] = self._plain(text)
        if channel.is_archived:
            attributes["status"] = "archived"
        return attributes

    def _names(self, messages: Iterable[Message]) -> dict[str, dict[str, str]]:
        """Return what the ids in the messages stand for: only these, so that a new name changes only what shows it."""
        users, channels = self.workspace.users, self.workspace.channel_names
        mentioned = {message.author for message in messages}
        for message in messages:
            for part in (message.text or "", json.dumps(message.blocks or "")):
                mentioned.update(_REFERENCE.findall(part))
                mentioned.update(re.findall(r'"(?:user|channel)_id": "(\w+)"', part))
        return {
            "users": {user: users[user].shown for user in sorted(mentioned & users.keys())},
            "channels": {channel: channels[channel] for channel in sorted(mentioned & channels.keys())},
        }

    def _name(self, message: Message) -> str:
        user = self.workspace.users.get(message.author)
        told = message.user_profile and (message.user_profile.real_name or message.user_profile.display_name)
        bot = message.bot_profile and message.bot_profile.name
        return user.shown if user else told or message.username or bot or message.author or "unknown"

    def _plain(self, marked: str) -> str:
        def named(match: re.Match[str]) -> str:
            user = self.workspace.users.get(match[1])
            known = user.shown if user else self.workspace.channel_names.get(match[1])
            return f"{match[0].lstrip('<')[0]}{known or match[2] or match[1]}"

        told = re.sub(r"<[@#](\w+)(?:\|([^>]*))?>", named, marked)
        told = re.sub(r"<([^|>]+)\|([^>]+)>", r"\2 (\1)", told)
        return " ".join(re.sub(r"<([^>]+)>", r"\1", told).split())


def _prepared(raw: RawDocument) -> Prepared:
    said = (
        raw.title,
        raw.url,
        sorted(raw.readers or ()),
        raw.authors,
        str(raw.created_at),
        str(raw.modified_at),
        sorted(raw.attributes.items()),
    )
    digest = hashlib.blake2b(raw.content, digest_size=16)
    digest.update(repr(said).encode("utf-8", "replace"))
    return Prepared(raw, digest.hexdigest())


def _changed(message: Message) -> float:
    """Return when a message was last written."""
    edited = (message.edited or {}).get("ts")
    try:
        return max(message.seconds, float(str(edited)))
    except ValueError:
        return message.seconds


def _said(said: Said | None) -> str:
    return ((said and said.value) or "").strip()


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
