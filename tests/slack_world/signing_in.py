"""``auth.*``, ``oauth.v2.access`` and ``apps.connections.open``: tokens that come, rotate, expire and go."""

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from slack_world.asking import Asked, Refused
from slack_world.state import Json, Token, Workspace, made_up

if TYPE_CHECKING:
    from slack_world.slack import Slack

LIFETIME = 43_200
"""Seconds that a token which rotates is good for."""
CODE_LIFETIME = 600


async def test(asked: Asked) -> Json:
    ours = asked.workspace
    if asked.token.kind == "app":
        return {"ok": True, "app_name": ours.app.name, "app_id": ours.app.id}
    person = ours.people[asked.token.user]
    return {
        "ok": True,
        "url": f"https://{ours.domain}.slack.com/",
        "team": ours.name,
        "user": person.name,
        "team_id": ours.id,
        "user_id": person.id,
        **({"bot_id": ours.app.bot_id} if asked.token.kind == "bot" else {}),
        "is_enterprise_install": False,
    }


async def revoke(asked: Asked) -> Json:
    if not asked.flag("test"):
        asked.token.state = "revoked"
    return {"ok": True, "revoked": not asked.flag("test")}


async def open_connection(asked: Asked) -> Json:
    return {"ok": True, "url": asked.slack.sockets.new_address(asked.workspace)}


def authorize(slack: "Slack", workspace: Workspace, user: str, address: str, *, approve: bool, rotating: bool) -> str:
    """Show a person the page of consent; return where their browser goes then.

    https://docs.slack.dev/authentication/installing-with-oauth
    """
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    if not parts.path.endswith("/oauth/v2/authorize"):
        raise Refused("not_found")
    if asked.get("client_id") != workspace.app.client_id:
        raise Refused("invalid_client_id")
    if not asked.get("scope") and not asked.get("user_scope"):
        raise Refused("no_scopes")
    back = asked.get("redirect_uri", "")
    if not any(back.startswith(allowed) for allowed in workspace.app.redirect_urls):
        raise Refused("bad_redirect_uri")
    if asked.get("team") not in (None, workspace.id):
        raise Refused("invalid_team_for_non_distributed_app")
    state = {"state": asked["state"]} if "state" in asked else {}
    if not approve:
        return f"{back}?{urlencode({'error': 'access_denied', **state})}"
    code = made_up("code.")
    workspace.codes[code] = {
        "user": user,
        "scope": asked.get("scope", ""),
        "user_scope": asked.get("user_scope", ""),
        "redirect_uri": back,
        "rotating": rotating,
        "expires_at": slack.clock.now() + CODE_LIFETIME,
    }
    return f"{back}?{urlencode({'code': code, **state})}"


def access(slack: "Slack", arguments: Mapping[str, str], authorization: str) -> Json:
    """Answer ``oauth.v2.access``: exchange a code, or a refresh token, for tokens."""
    workspace = _client(slack, arguments, authorization)
    if arguments.get("grant_type") == "refresh_token":
        return _refreshed(slack, workspace, arguments.get("refresh_token", ""))
    if arguments.get("grant_type", "authorization_code") != "authorization_code":
        raise Refused("invalid_grant_type")
    code = workspace.codes.pop(arguments.get("code", ""), None)
    if code is None or code["expires_at"] < slack.clock.now():
        raise Refused("invalid_code")
    if code["redirect_uri"] != arguments.get("redirect_uri", ""):
        raise Refused("bad_redirect_uri")
    return _granted(slack, workspace, code)


def _client(slack: "Slack", arguments: Mapping[str, str], authorization: str) -> Workspace:
    given = (arguments.get("client_id", ""), arguments.get("client_secret", ""))
    if authorization.startswith("Basic "):
        name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        given = (name, secret)
    apps = [workspace for workspace in slack.workspaces if workspace.app.client_id == given[0]]
    if not apps:
        raise Refused("invalid_client_id")
    fitting = [workspace for workspace in apps if workspace.app.client_secret == given[1]]
    if not fitting:
        raise Refused("bad_client_secret")
    wanted = arguments.get("refresh_token") or arguments.get("code", "")
    return next((w for w in fitting if wanted in w.codes or wanted in w.refresh_tokens), fitting[0])


def _granted(slack: "Slack", workspace: Workspace, code: Json) -> Json:
    team = {"id": workspace.id, "name": workspace.name}
    answer: Json = {"ok": True, "app_id": workspace.app.id, "team": team, "enterprise": None}
    answer |= {"is_enterprise_install": False, "authed_user": {"id": code["user"]}}
    if code["user_scope"]:
        scopes = frozenset(code["user_scope"].split(","))
        made = _new_token(slack, workspace, "user", code["user"], scopes, rotating=code["rotating"])
        answer["authed_user"] |= {"scope": code["user_scope"], **made, "token_type": "user"}
    if code["scope"]:
        made = _new_token(
            slack, workspace, "bot", workspace.bot_user, frozenset(code["scope"].split(",")), rotating=code["rotating"]
        )
        answer |= {"scope": code["scope"], **made, "token_type": "bot", "bot_user_id": workspace.bot_user}
    return answer


def _new_token(
    slack: "Slack", workspace: Workspace, kind: str, user: str, scopes: frozenset[str], *, rotating: bool
) -> Json:
    letter = {"bot": "b", "user": "p"}[kind]
    prefix = f"xoxe.xox{letter}-1-" if rotating else f"xox{letter}-"
    expires = slack.clock.now() + LIFETIME if rotating else None
    token = Token(made_up(prefix), kind, user, scopes, expires)  # type: ignore[arg-type]  # one of the two
    workspace.tokens[token.value] = token
    made: Json = {"access_token": token.value}
    if rotating:
        refresh = made_up("xoxe-1-")
        workspace.refresh_tokens[refresh] = token
        made |= {"refresh_token": refresh, "expires_in": LIFETIME}
    return made


def _refreshed(slack: "Slack", workspace: Workspace, refresh: str) -> Json:
    """Return new tokens. The refresh token is used up; the access token that it came with lives until it expires."""
    old = workspace.refresh_tokens.pop(refresh, None)
    if old is None:
        raise Refused("invalid_refresh_token")
    made = _new_token(slack, workspace, old.kind, old.user, old.scopes, rotating=True)
    team = {"id": workspace.id, "name": workspace.name}
    answer: Json = {"ok": True, **made, "token_type": old.kind, "scope": ",".join(sorted(old.scopes))}
    answer |= {"app_id": workspace.app.id, "team": team, "enterprise": None}
    return answer | ({"bot_user_id": workspace.bot_user} if old.kind == "bot" else {"user_id": old.user})
