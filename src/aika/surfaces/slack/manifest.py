"""The app as Slack is told of it: `deploy/slack/manifest.yaml` is this. https://docs.slack.dev/reference/app-manifest"""

from typing import Any

import yaml

EVENTS = (
    "app_home_opened",
    "app_mention",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "channel_archive",
    "channel_rename",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "team_join",
    "tokens_revoked",
    "user_change",
)
BOT_SCOPES = frozenset(
    {
        "app_mentions:read",
        "assistant:write",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "users:read",
        "users:read.email",
    }
)
USER_SCOPES = ("search:read.im", "search:read.mpim", "search:read.private", "search:read.public")
"""Of people who let aika search what they themselves can read. Nobody is asked for them at the installation."""
SHORTCUT = "ask_aika"
COMMAND = "/aika"
_LONG_DESCRIPTION = (
    "aika answers questions from your company's own documents and says where each answer stands and how sure it is. "
    "Ask in a channel by mentioning it, in a direct message, in the assistant pane, or about a message from its menu. "
    "In a channel it uses only what every member of that channel may read. It answers that it does not know where the "
    "documents do not say. In support channels it can propose answers to the people on duty."
)


def manifest(*, url: str | None = None, personal: bool = False) -> dict[str, Any]:
    """Return the manifest, for Socket Mode or with the public address that Slack sends to.

    ``personal`` adds what personal search needs: the address that people come back to after they agreed.
    """
    endpoint = None if url is None else f"{url.rstrip('/')}/slack/events"
    sent_to = {} if endpoint is None else {"request_url": endpoint}
    scopes: dict[str, Any] = {"bot": sorted(BOT_SCOPES)}
    oauth: dict[str, Any] = {"scopes": scopes}
    if personal:
        scopes["user"] = list(USER_SCOPES)
        if url is not None:
            oauth["redirect_urls"] = [f"{url.rstrip('/')}/slack/oauth/callback"]
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "aika",
            "description": "Answers from your company's own documents, with sources.",
            "long_description": _LONG_DESCRIPTION,
            "background_color": "#1d3557",
        },
        "features": _features(endpoint),
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**sent_to, "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **sent_to,
                **({} if endpoint is None else {"message_menu_options_url": endpoint}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(*, url: str | None = None, personal: bool = False) -> str:
    return yaml.safe_dump(manifest(url=url, personal=personal), sort_keys=False, width=120, allow_unicode=True)


def _features(endpoint: str | None) -> dict[str, Any]:
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "assistant_view": {"assistant_description": "Answers from your company's own documents, with sources."},
        "bot_user": {"display_name": "aika", "always_online": True},
        "shortcuts": [
            {
                "name": "Ask aika about this",
                "type": "message",
                "callback_id": SHORTCUT,
                "description": "Ask what your documents say about a message.",
            }
        ],
        "slash_commands": [
            {
                "command": COMMAND,
                "description": "Ask your company's documents.",
                "usage_hint": "[your question]",
                "should_escape": True,
                **({} if endpoint is None else {"url": endpoint}),
            }
        ],
    }
