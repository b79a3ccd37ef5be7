"""The methods of Slack's Web API that the counterpart knows: arguments, scopes and limits, as Slack documents them.

https://docs.slack.dev/reference/methods
"""

from dataclasses import dataclass

BOT, USER, APP = "bot", "user", "app"
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the Web API."""

    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()
    """One of them is needed. Which of several depends on the conversation, and is checked with it."""
    tier: int | None = None
    """Slack's rate limit tier. ``None``: a special one."""
    tokens: frozenset[str] = frozenset({BOT, USER})
    json: bool = True
    """Whether arguments may come as JSON."""
    open: bool = False
    """Whether it needs no token."""


def _method(required: str = "", optional: str = "", **more: object) -> Method:
    return Method(frozenset(required.split()), frozenset(optional.split()), **more)  # type: ignore[arg-type]  # checked by dataclass users


_WRITE = ("chat:write",)
_MESSAGE = "as_user attachments blocks icon_emoji icon_url link_names markdown_text metadata mrkdwn parse text thread_ts username"
_ONLY_BOT = frozenset({BOT})

METHODS: dict[str, Method] = {
    "api.test": _method(optional="error foo", open=True, tier=4),
    "apps.connections.open": _method(tokens=frozenset({APP}), scopes=("connections:write",), tier=3),
    "assistant.search.context": _method(
        "query",
        "action_token after before channel_types content_types context_channel_id cursor disable_semantic_search highlight "
        "include_archived_channels include_bots include_context_messages include_deleted_users include_message_blocks limit "
        "modifiers sort sort_dir term_clauses",
        scopes=("search:read.public", "search:read.private", "search:read.im", "search:read.mpim"),
    ),
    "assistant.search.info": _method(scopes=("search:read.public",), tier=2),
    "assistant.threads.setStatus": _method(
        "channel_id thread_ts status", "loading_messages icon_emoji icon_url username", scopes=_WRITE, tokens=_ONLY_BOT
    ),
    "assistant.threads.setSuggestedPrompts": _method(
        "channel_id prompts", "thread_ts title", scopes=("assistant:write",), tier=4, tokens=_ONLY_BOT
    ),
    "assistant.threads.setTitle": _method(
        "channel_id thread_ts title", scopes=("assistant:write",), tier=4, tokens=_ONLY_BOT
    ),
    "auth.revoke": _method(optional="test", tier=3),
    "auth.test": _method(tokens=frozenset({BOT, USER, APP})),
    "bots.info": _method(optional="bot team_id", scopes=("users:read",), tier=3, json=False),
    "chat.appendStream": _method("channel ts", "markdown_text chunks", scopes=_WRITE, tier=4, tokens=_ONLY_BOT),
    "chat.delete": _method("channel ts", "as_user", scopes=_WRITE, tier=3),
    "chat.getPermalink": _method("channel message_ts", json=False),
    "chat.postEphemeral": _method("channel user", f"{_MESSAGE}", scopes=_WRITE, tier=4),
    "chat.postMessage": _method(
        "channel", f"{_MESSAGE} reply_broadcast unfurl_links unfurl_media container_id", scopes=_WRITE
    ),
    "chat.startStream": _method(
        "channel thread_ts",
        "markdown_text chunks recipient_team_id recipient_user_id task_display_mode icon_emoji icon_url username",
        scopes=_WRITE,
        tier=2,
        tokens=_ONLY_BOT,
    ),
    "chat.stopStream": _method(
        "channel ts", "markdown_text chunks blocks metadata", scopes=_WRITE, tier=2, tokens=_ONLY_BOT
    ),
    "chat.update": _method(
        "channel ts",
        "as_user attachments blocks file_ids link_names markdown_text metadata parse reply_broadcast text",
        scopes=_WRITE,
        tier=3,
    ),
    "conversations.history": _method(
        "channel",
        "cursor include_all_metadata inclusive latest limit oldest",
        scopes=_HISTORY,
        tier=3,
        json=False,
    ),
    "conversations.info": _method("channel", "include_locale include_num_members", scopes=_READ, tier=3, json=False),
    "conversations.join": _method("channel", scopes=("channels:join", "channels:write"), tier=3),
    "conversations.list": _method(
        optional="cursor exclude_archived limit team_id types", scopes=_READ, tier=2, json=False
    ),
    "conversations.members": _method("channel", "cursor limit", scopes=_READ, tier=4, json=False),
    "conversations.open": _method(
        optional="channel prevent_creation return_im users",
        scopes=("im:write", "mpim:write", "channels:manage", "groups:write"),
        tier=3,
    ),
    "conversations.replies": _method(
        "channel ts",
        "cursor include_all_metadata inclusive latest limit oldest",
        scopes=_HISTORY,
        tier=3,
        json=False,
    ),
    "oauth.v2.access": _method(
        optional="client_id client_secret code code_verifier grant_type redirect_uri refresh_token",
        open=True,
        json=False,
    ),
    "reactions.add": _method("channel name timestamp", scopes=("reactions:write",), tier=3),
    "reactions.remove": _method("name", "channel timestamp file file_comment", scopes=("reactions:write",), tier=2),
    "team.info": _method(optional="team domain", scopes=("team:read",), tier=3, json=False),
    "usergroups.list": _method(
        optional="include_count include_disabled include_users team_id", scopes=("usergroups:read",), tier=2, json=False
    ),
    "usergroups.users.list": _method(
        "usergroup", "include_disabled team_id", scopes=("usergroups:read",), tier=2, json=False
    ),
    "users.conversations": _method(
        optional="cursor exclude_archived limit team_id types user", scopes=_READ, tier=3, json=False
    ),
    "users.info": _method("user", "include_locale", scopes=("users:read",), tier=4, json=False),
    "users.list": _method(
        optional="cursor include_locale limit team_id presence", scopes=("users:read",), tier=2, json=False
    ),
    "users.lookupByEmail": _method("email", scopes=("users:read.email",), tier=3, json=False),
    "views.open": _method("view", "trigger_id interactivity_pointer", tier=4),
    "views.publish": _method("user_id view", "hash", tier=4),
    "views.push": _method("view", "trigger_id interactivity_pointer", tier=4),
    "views.update": _method("view", "external_id hash view_id", tier=4),
}

TIERS = {1: 1, 2: 20, 3: 50, 4: 100}
"""Requests a minute for each method and workspace."""
