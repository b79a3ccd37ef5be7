"""``views.*``: modals and the Home tab."""

from slack_world.asking import Asked, Refused
from slack_world.block_kit import complaints_about_view
from slack_world.payloads import with_ids
from slack_world.state import Json, Trigger, Workspace, made_up

MOST_ON_TOP = 3
LARGEST = 250_000
"""Bytes of a view's JSON."""


def checked_view(view: object, kind: str) -> Json:
    """Return a view that Slack would take. Raises `Refused` with what it would say against it."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", ["[ERROR] view must be an object [json-pointer:/view]"])
    if view.get("type") != kind:
        raise Refused("invalid_arguments", [f"[ERROR] must be a {kind} [json-pointer:/view/type]"])
    if complaints := complaints_about_view(view):
        raise Refused("invalid_arguments", complaints)
    if len(str(view)) > LARGEST:
        raise Refused("view_too_large")
    return view


def made_view(workspace: Workspace, view: Json, user: str, *, id: str = "", previous: Json | None = None) -> Json:
    """Return a view as Slack answers with it."""
    made = id or made_up("V")
    return {
        "id": made,
        "team_id": workspace.id,
        "type": view["type"],
        "blocks": with_ids(view["blocks"]),
        "private_metadata": view.get("private_metadata", ""),
        "callback_id": view.get("callback_id", ""),
        "state": {"values": {}},
        "hash": made_up("1700000000."),
        "title": view.get("title"),
        "clear_on_close": view.get("clear_on_close", False),
        "notify_on_close": view.get("notify_on_close", False),
        "close": view.get("close"),
        "submit": view.get("submit"),
        "previous_view_id": previous["id"] if previous else None,
        "root_view_id": previous["root_view_id"] if previous else made,
        "app_id": workspace.app.id,
        "external_id": view.get("external_id", ""),
        "app_installed_team_id": workspace.id,
        "bot_id": workspace.app.bot_id,
        "user": user,
    }


def public(view: Json) -> Json:
    """Return a view without what only the counterpart knows."""
    return {name: value for name, value in view.items() if name != "user"}


def _trigger(asked: Asked) -> Trigger:
    given = asked.text("trigger_id") or asked.text("interactivity_pointer")
    if not given:
        raise Refused("invalid_arguments", ["[ERROR] missing required field: trigger_id"])
    trigger = asked.workspace.triggers.get(given)
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if trigger.expires_at < asked.slack.clock.now():
        raise Refused("expired_trigger_id")
    trigger.used = True
    return trigger


def _unique(asked: Asked, view: Json, *, but: str = "") -> None:
    external = view.get("external_id")
    for other in asked.workspace.views.values():
        if external and other["id"] != but and other["external_id"] == external:
            raise Refused("duplicate_external_id")


async def open_view(asked: Asked) -> Json:
    view = checked_view(asked.json("view", "invalid_arguments"), "modal")
    _unique(asked, view)
    trigger = _trigger(asked)
    made = made_view(asked.workspace, view, trigger.user)
    for other in [other for other in asked.workspace.views.values() if other["user"] == trigger.user]:
        del asked.workspace.views[other["id"]]
    asked.workspace.views[made["id"]] = made
    return {"ok": True, "view": public(made)}


async def push_view(asked: Asked) -> Json:
    view = checked_view(asked.json("view", "invalid_arguments"), "modal")
    _unique(asked, view)
    trigger = _trigger(asked)
    below = asked.workspace.views.get(trigger.view or "")
    if below is None:
        raise Refused("not_found")
    if sum(other["user"] == trigger.user for other in asked.workspace.views.values()) >= MOST_ON_TOP:
        raise Refused("push_limit_reached")
    made = made_view(asked.workspace, view, trigger.user, previous=below)
    asked.workspace.views[made["id"]] = made
    return {"ok": True, "view": public(made)}


async def update_view(asked: Asked) -> Json:
    external = asked.text("external_id")
    views = asked.workspace.views
    found = views.get(asked.text("view_id")) or next(
        (v for v in views.values() if external and v["external_id"] == external), None
    )
    if found is None:
        raise Refused("not_found")
    view = checked_view(asked.json("view", "invalid_arguments"), "modal")
    _unique(asked, view, but=found["id"])
    if asked.text("hash") and asked.text("hash") != found["hash"]:
        raise Refused("hash_conflict")
    views[found["id"]] = replaced(asked.workspace, found, view)
    return {"ok": True, "view": public(views[found["id"]])}


def replaced(workspace: Workspace, old: Json, view: Json) -> Json:
    made = made_view(workspace, view, old["user"], id=old["id"])
    return {**made, "previous_view_id": old["previous_view_id"], "root_view_id": old["root_view_id"]}


async def publish_view(asked: Asked) -> Json:
    view = checked_view(asked.json("view", "invalid_arguments"), "home")
    user = asked.text("user_id")
    if user not in asked.workspace.people:
        raise Refused("invalid_arguments", ["[ERROR] user_id is unknown"])
    old = asked.workspace.homes.get(user)
    if old and asked.text("hash") and asked.text("hash") != old["hash"]:
        raise Refused("hash_conflict")
    made = made_view(asked.workspace, view, user, id=old["id"] if old else "")
    asked.workspace.homes[user] = made
    return {"ok": True, "view": public(made)}
