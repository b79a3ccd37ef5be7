"""Slack's Events API: what a signed event says has changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr, TypeAdapter, ValidationError

from aika.connectors.proofs import check_age, check_signature
from aika.domain.errors import AuthenticationError, InvalidRequestError
from aika.domain.sources import Notification

_EVENT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
_OF_MEMBERS = frozenset({"member_joined_channel", "member_left_channel"})
_OF_CHANNELS = frozenset(
    f"{kind}_{what}"
    for kind in ("channel", "group")
    for what in ("archive", "unarchive", "deleted", "left", "close", "open", "rename", "created", "shared", "unshared")
) | {"channel_convert_to_private", "channel_convert_to_public", "channel_id_changed"}
_OF_PEOPLE = frozenset({"user_change", "team_join", "user_profile_changed"})


@dataclass(frozen=True, slots=True)
class Change:
    """What to look at again."""

    team: str | None = None
    channel: str | None = None
    stamps: frozenset[str] = frozenset()
    """Of the messages that changed, and of the threads they are in. None: the channel itself changed."""
    user: str | None = None


def changes(notification: Notification, secret: SecretStr | None, *, now: datetime) -> list[Change]:
    """Return what an event says. Raises `AuthenticationError` where it is not Slack's own, or older than five minutes."""
    _check(notification, secret, now)
    try:
        body = _EVENT.validate_json(notification.body)
    except ValidationError as error:
        raise InvalidRequestError("the event's body is not a JSON object") from error
    event = body.get("event")
    if body.get("type") != "event_callback" or not isinstance(event, dict):
        return []
    team = _text(body.get("team_id"))
    kind = _text(event.get("type")) or ""
    if kind == "message":
        return _message(team, event)
    if kind in _OF_MEMBERS | _OF_CHANNELS:
        channel = _id(event.get("channel"))
        return [Change(team, channel)] if channel else []
    if kind in _OF_PEOPLE:
        user = _id(event.get("user"))
        return [Change(team, user=user)] if user else []
    if kind in ("reaction_added", "reaction_removed"):
        item = event.get("item")
        return _message(team, item) if isinstance(item, dict) else []
    return []


def _check(notification: Notification, secret: SecretStr | None, now: datetime) -> None:
    """Slack signs ``v0:TIME:BODY``, so that an old event cannot be sent again under a new time."""
    told = notification.headers.get("x-slack-request-timestamp", "")
    if not told.isdigit() or len(told) > 12:
        raise AuthenticationError("the event's time (x-slack-request-timestamp) is missing or no number")
    signed = Notification(notification.headers, b"v0:" + told.encode() + b":" + notification.body)
    check_signature(signed, secret, header="x-slack-signature", prefix="v0=")
    check_age(datetime.fromtimestamp(int(told), UTC), now=now)


def _message(team: str | None, event: Mapping[str, Any]) -> list[Change]:
    channel = _id(event.get("channel"))
    stamps: set[str] = set()
    # What says that a message changed or is gone has a time of its own, which is no message's.
    about = [event.get(name) for name in ("message", "previous_message")]
    parts = [part for part in about if isinstance(part, Mapping)] or [event]
    for part in parts:
        stamps.update(stamp for name in ("ts", "thread_ts") if (stamp := _stamp(part.get(name))))
    if deleted := _stamp(event.get("deleted_ts")):
        stamps.add(deleted)
    return [Change(team, channel, frozenset(stamps))] if channel and stamps else []


def _stamp(value: object) -> str | None:
    text = _text(value) or ""
    return text if text.replace(".", "", 1).isdigit() else None


def _id(value: object) -> str | None:
    """Return an id, which events give alone or in an object."""
    return _text(value.get("id")) if isinstance(value, Mapping) else _text(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
