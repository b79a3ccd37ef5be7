"""A call of the Web API: what is checked before any method, and how a method refuses."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_world.methods import METHODS, Method
from slack_world.state import Channel, Json, Token, Workspace

if TYPE_CHECKING:
    from slack_world.slack import Slack

TS = re.compile(r"^\d{10}\.\d{6}$")
_BOOLEANS = {"1": True, "true": True, "True": True, "0": False, "false": False, "False": False}
_PARSED = frozenset(
    {"blocks", "attachments", "metadata", "view", "chunks", "prompts", "loading_messages", "file_ids", "term_clauses"}
)
"""Arguments that hold JSON, which forms write as text."""


class Refused(Exception):  # noqa: N818  # what Slack does, not an error of the counterpart
    """Slack does not do what it was asked: the reason is the answer's ``error``."""

    def __init__(self, error: str, messages: list[str] | None = None, **more: object) -> None:
        super().__init__(error)
        self.answer: Json = {"ok": False, "error": error, **more}
        if messages:
            self.answer["response_metadata"] = {"messages": messages}


@dataclass(frozen=True, slots=True)
class Asked:
    """One call, checked as far as every call is."""

    slack: "Slack"
    workspace: Workspace
    token: Token
    arguments: dict[str, Any]

    def text(self, name: str, default: str = "") -> str:
        return str(self.arguments.get(name, default))

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.arguments.get(name, default)
        return value if isinstance(value, bool) else _BOOLEANS.get(str(value), default)

    def number(self, name: str, default: int) -> int:
        try:
            return int(self.arguments.get(name, default))
        except ValueError:
            raise Refused("invalid_arguments", [f"[ERROR] {name} must be a number"]) from None

    def json(self, name: str, error: str) -> Any:
        """Return an argument that is JSON. ``None``: it was not given."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(error) from None

    def has_scope(self, scope: str) -> bool:
        return scope in self.token.scopes

    def need_scope(self, *one_of: str) -> None:
        if not any(scope in self.token.scopes for scope in one_of):
            raise Refused("missing_scope", needed=",".join(one_of), provided=",".join(sorted(self.token.scopes)))

    def channel(self, name: str = "channel") -> Channel:
        """Return the conversation that is named by its id. Slack knows no difference between none and a hidden one."""
        found = self.workspace.channels.get(self.text(name))
        if found is None:
            raise Refused("channel_not_found")
        return found

    async def members(self, channel: Channel) -> list[str]:
        return await self.slack.members(self.workspace, channel)

    async def visible(self, name: str = "channel") -> Channel:
        """Return a conversation that the caller may see: a public one, or one of their own."""
        channel = self.channel(name)
        if channel.kind != "public" and self.token.user not in await self.members(channel):
            raise Refused("channel_not_found")
        return channel


def check(method: str, spec: Method, arguments: Mapping[str, Any]) -> None:
    """Raise `Refused` where arguments are missing, unknown or of the wrong kind."""
    missing = [name for name in sorted(spec.required) if arguments.get(name) in (None, "")]
    if missing and not (missing == ["status"] and "status" in arguments):  # an empty status clears it
        raise Refused("invalid_arguments", [f"[ERROR] missing required field: {name}" for name in missing])
    # ``team_id`` goes with any method: org-wide tokens need it.
    known = spec.required | spec.optional | {"team_id"}
    unknown = [name for name in arguments if name not in known]
    if unknown:
        raise Refused("invalid_arguments", [f"[ERROR] {method} knows no argument {name}" for name in sorted(unknown)])
    for name, value in arguments.items():
        if (
            isinstance(value, (list, dict))
            and name not in _PARSED
            and name not in {"users", "channel_types", "content_types"}
        ):
            raise Refused("invalid_arguments", [f"[ERROR] {name} must be a string"])
    for name in ("thread_ts", "ts", "message_ts", "timestamp"):
        if name in arguments and not TS.match(str(arguments[name])):
            raise Refused("invalid_ts" if name != "thread_ts" else "invalid_thread_ts")


def method_of(name: str) -> Method:
    spec = METHODS.get(name)
    if spec is None:
        raise Refused("unknown_method", req_method=name)
    return spec


def check_token(token: Token | None, spec: Method, now: float) -> Token:
    """Return the token, or raise `Refused` as Slack does with one that is unknown, dead or of the wrong kind."""
    if token is None:
        raise Refused("invalid_auth")
    if token.state == "revoked":
        raise Refused("token_revoked")
    if token.state == "inactive":
        raise Refused("account_inactive")
    if token.expires_at is not None and token.expires_at <= now:
        raise Refused("token_expired")
    if token.kind not in spec.tokens:
        raise Refused("not_allowed_token_type")
    if spec.scopes and not any(scope in token.scopes for scope in spec.scopes):
        raise Refused("missing_scope", needed=",".join(spec.scopes), provided=",".join(sorted(token.scopes)))
    return token
