"""What it is that Slack sent: its kind, the key that each delivery of it shares, and what it must be in order with.

A message is known by its channel and time stamp rather than by the event's id, so that a message that is read from a
channel's history afterwards is the same as the one that an event told of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Named:
    """What is known of something by its outside."""

    kind: str
    key: str
    """Within the workspace."""
    lane: str
    position: int
    """Microseconds."""


def named(body: Mapping[str, Any]) -> Named | None:
    """Return what it is, ``None`` for what nobody can handle."""
    if body.get("type") == "event_callback":
        return _event(body)
    if "command" in body:
        return _interaction(body, f"command:{body['command']}")
    kind = _interaction_kind(body)
    return None if kind is None else _interaction(body, kind)


def _event(body: Mapping[str, Any]) -> Named | None:
    event = body.get("event")
    if not isinstance(event, Mapping) or not isinstance(event.get("type"), str):
        return None
    kind, position = str(event["type"]), _microseconds(event.get("event_ts") or event.get("ts"))
    if kind == "message":
        return _message(event, position)
    channel, ts = event.get("channel"), event.get("ts")
    if kind == "app_mention" and channel and ts:
        root = event.get("thread_ts") or ts
        return Named(kind, f"{kind}:{channel}:{ts}:{_edited(event)}", f"{channel}:{root}", position)
    who = event.get("user")
    return Named(kind, f"event:{body.get('event_id')}", f"{kind}:{who if isinstance(who, str) else ''}", position)


def _message(event: Mapping[str, Any], position: int) -> Named | None:
    channel, subtype = event.get("channel"), event.get("subtype") or ""
    about = event.get("message") if subtype == "message_changed" else event.get("previous_message")
    message = about if subtype in {"message_changed", "message_deleted"} and isinstance(about, Mapping) else event
    ts = message.get("ts") or event.get("deleted_ts")
    if not channel or not ts:
        return None
    key = f"message:{channel}:{ts}"
    if subtype == "message_changed":
        key += f":changed:{_edited(message) or event.get('event_ts') or event.get('ts')}"
    elif subtype == "message_deleted":
        key += ":deleted"
    return Named("message", key, f"{channel}:{message.get('thread_ts') or ts}", position)


def _edited(message: Mapping[str, Any]) -> str:
    edited = message.get("edited")
    return str(edited.get("ts", "")) if isinstance(edited, Mapping) else ""


def _interaction_kind(body: Mapping[str, Any]) -> str | None:
    match body.get("type"):
        case "block_actions":
            actions = body.get("actions") or [{}]
            return f"action:{actions[0].get('action_id', '')}"
        case "view_submission":
            return f"view:{body.get('view', {}).get('callback_id', '')}"
        case "view_closed":
            return f"view_closed:{body.get('view', {}).get('callback_id', '')}"
        case "message_action" | "shortcut":
            return f"shortcut:{body.get('callback_id', '')}"
        case "block_suggestion":
            return f"options:{body.get('action_id', '')}"
        case _:
            return None


def _interaction(body: Mapping[str, Any], kind: str) -> Named:
    view = body.get("view") or {}
    actions = body.get("actions") or [{}]
    trigger = body.get("trigger_id") or f"{view.get('id', '')}:{view.get('hash', '')}"
    action_ts = actions[0].get("action_ts") or body.get("action_ts")
    key = f"{kind}:{trigger}:{action_ts or ''}"
    container, user = body.get("container") or {}, body.get("user") or {}
    who = user.get("id") or body.get("user_id") or ""
    message = container.get("message_ts")
    lane = f"{container.get('channel_id')}:{message}" if message else f"person:{who}"
    return Named(kind, key, lane, _microseconds(action_ts))


def _microseconds(ts: object) -> int:
    """Return a time stamp such as ``1700000000.000100`` as a number, 0 where it is none."""
    seconds, _, fraction = str(ts or "").partition(".")
    if not seconds.isdigit():
        return 0
    return int(seconds) * 1_000_000 + int((fraction if fraction.isdigit() else "")[:6].ljust(6, "0"))
