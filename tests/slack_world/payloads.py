"""The objects that Slack sends: people, channels, messages, events and interactions, shaped as documented."""

import html
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_world.state import Channel, Json, Person, Workspace, made_up

_TOKEN = re.compile(r"<(@[UW]\w+|#C\w+(?:\|[^>]*)?|!(?:here|channel|everyone)|!subteam\^\w+|https?://[^>\s]+)>")
_BARE_LINK = re.compile(r"(?<![<|\w])https?://[^\s<>]+")
_TEAM_OF_GUEST = {"single": {"is_restricted": True, "is_ultra_restricted": True}, "multi": {"is_restricted": True}}


def user_object(workspace: Workspace, person: Person, *, with_email: bool) -> Json:
    """Return a person as ``users.info`` shows them. Addresses of other organisations' people are not shown."""
    team = person.external or workspace.id
    guest = {"is_restricted": False, "is_ultra_restricted": False, **_TEAM_OF_GUEST.get(person.guest, {})}
    profile: Json = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "status_text": "",
        "status_emoji": "",
        "avatar_hash": "0",
        "team": team,
    }
    if with_email and not person.external and not person.bot and not person.email_hidden:
        profile["email"] = person.email
    if person.bot:
        profile |= {"api_app_id": workspace.app.id, "bot_id": workspace.app.bot_id, "always_active": True}
    if person.deleted:
        return {
            "id": person.id,
            "team_id": team,
            "name": person.name,
            "deleted": True,
            "profile": profile,
            "is_bot": person.bot,
            "is_app_user": False,
            "updated": 1_700_000_000,
        }
    return {
        "id": person.id,
        "team_id": team,
        "name": person.name,
        "deleted": False,
        "color": "9f69e7",
        "real_name": person.real_name,
        "tz": "Europe/Berlin",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "profile": profile,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        **({"is_stranger": False} if person.external else guest),
        "is_bot": person.bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
        "is_email_confirmed": not person.bot,
        "who_can_share_contact_card": "EVERYONE",
    }


def channel_object(workspace: Workspace, channel: Channel, *, viewer: str, members: Sequence[str]) -> Json:
    """Return a conversation as ``conversations.info`` shows it to somebody."""
    if channel.kind == "im":
        other = next((member for member in members if member != viewer), viewer)
        return {
            "id": channel.id,
            "created": 1_700_000_000,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "context_team_id": workspace.id,
            "user": other,
            "is_user_deleted": False,
            "priority": 0,
        }
    private = channel.kind != "public"
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not private,
        "is_group": False,
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": private,
        "created": 1_700_000_000,
        "is_archived": channel.archived,
        "is_general": False,
        "unlinked": 0,
        "name_normalized": channel.name,
        "is_shared": bool(channel.shared_with),
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "pending_shared": [],
        "context_team_id": workspace.id,
        "updated": 1_700_000_000_000,
        "creator": "",
        "is_ext_shared": bool(channel.shared_with),
        "shared_team_ids": sorted({workspace.id, *channel.shared_with}),
        "pending_connected_team_ids": [],
        "is_member": viewer in members,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
        "previous_names": [],
    }


def as_typed(text: str) -> str:
    """Return a text as Slack keeps what a person typed: characters escaped, addresses made links."""
    parts, rest = [], 0
    for found in _TOKEN.finditer(text):
        parts += [_escaped(text[rest : found.start()]), found[0]]
        rest = found.end()
    return "".join([*parts, _escaped(text[rest:])])


def _escaped(text: str) -> str:
    return _BARE_LINK.sub(lambda found: f"<{found[0]}>", html.escape(text, quote=False))


def rich_text_of(text: str) -> list[Json]:
    """Return the blocks of a message that a person typed."""
    return [
        {
            "type": "rich_text",
            "block_id": made_up("b"),
            "elements": [{"type": "rich_text_section", "elements": list(_elements(text))}],
        }
    ]


def _elements(text: str) -> Iterator[Json]:
    rest = 0
    for found in _TOKEN.finditer(text):
        if found.start() > rest:
            yield {"type": "text", "text": html.unescape(text[rest : found.start()])}
        yield _token(found[1])
        rest = found.end()
    if rest < len(text):
        yield {"type": "text", "text": html.unescape(text[rest:])}


def _token(inner: str) -> Json:
    if inner.startswith("@"):
        return {"type": "user", "user_id": inner[1:]}
    if inner.startswith("#"):
        return {"type": "channel", "channel_id": inner[1:].partition("|")[0]}
    if inner.startswith("!subteam"):
        return {"type": "usergroup", "usergroup_id": inner.partition("^")[2]}
    if inner.startswith("!"):
        return {"type": "broadcast", "range": inner[1:]}
    return {"type": "link", "url": inner}


def event_body(workspace: Workspace, event: Mapping[str, Any], *, shared: bool = False) -> Json:
    """Return what the Events API wraps an event in."""
    return {
        "token": workspace.app.verification_token,
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": workspace.app.id,
        "event": dict(event),
        "type": "event_callback",
        "event_id": made_up("Ev"),
        "event_time": int(time.time()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.id,
                "user_id": workspace.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": shared,
        "event_context": made_up("4-"),
    }


def interaction(workspace: Workspace, kind: str, person: Person) -> Json:
    """Return what every interaction holds."""
    return {
        "type": kind,
        "user": {
            "id": person.id,
            "username": person.name,
            "name": person.name,
            "team_id": person.external or workspace.id,
        },
        "api_app_id": workspace.app.id,
        "token": workspace.app.verification_token,
        "team": {"id": workspace.id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def with_ids(blocks: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Return blocks with the ids that Slack gives those that have none."""
    made = []
    for block in blocks:
        named: Json = {**block, "block_id": block.get("block_id") or made_up("b")}
        if isinstance(named.get("elements"), list) and named["type"] in {"actions", "context_actions"}:
            named["elements"] = [_with_action_id(element) for element in named["elements"]]
        for name in ("accessory", "element"):
            if isinstance(named.get(name), dict) and named[name].get("type") != "image":
                named[name] = _with_action_id(named[name])
        made.append(named)
    return made


def _with_action_id(element: Mapping[str, Any]) -> Json:
    return {**element, "action_id": element.get("action_id") or made_up("a")}
