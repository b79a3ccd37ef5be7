"""The app as Slack is told of it: `deploy/slack/manifest.yaml` is this. https://docs.slack.dev/reference/app-manifest"""

from typing import Any

import yaml

from aika.surfaces.slack.consent_links import CALLBACK
from aika.surfaces.slack.consent_links import SCOPES as USER_SCOPES
from aika.surfaces.slack.scopes import BOT_SCOPES
from aika.surfaces.slack.shortcuts import ASK_ABOUT

COMMAND = "/aika"
ENDPOINT = "/slack/events"
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "assistant_thread_context_changed",
    "assistant_thread_started",
    "channel_rename",
    "channel_shared",
    "channel_unshared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "tokens_revoked",
    "user_change",
)
_LONG_DESCRIPTION = (
    "aika answers questions from your company's own documents and says where each answer stands and how sure it is. "
    "Ask in a channel by mentioning it, in a direct message, in the assistant pane, or about a message from its menu. "
    "In a channel it uses only what every member of that channel may read. It answers that it does not know where the "
    "documents do not say. In support channels it can propose answers to the people on duty."
)


def manifest(*, http: str | None = None, personal: str | None = None) -> dict[str, Any]:
    """Return the manifest.

    ``http`` is the public address that Slack sends to, ``None`` for Socket Mode. ``personal`` is the public address that people
    come back to after they agreed to personal search, ``None`` without it.
    """
    endpoint = None if http is None else f"{http.rstrip('/')}{ENDPOINT}"
    sent_to = {} if endpoint is None else {"request_url": endpoint}
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(BOT_SCOPES)}}
    if personal is not None:
        oauth["redirect_urls"] = [f"{personal.rstrip('/')}{CALLBACK}"]
        oauth["scopes"]["user"] = sorted(USER_SCOPES)
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
            "socket_mode_enabled": http is None,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(*, http: str | None = None, personal: str | None = None) -> str:
    return yaml.safe_dump(manifest(http=http, personal=personal), sort_keys=False, width=120, allow_unicode=True)


def _features(endpoint: str | None) -> dict[str, Any]:
    return {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
        "assistant_view": {"assistant_description": "Answers from your company's own documents, with sources."},
        "bot_user": {"display_name": "aika", "always_online": True},
        "shortcuts": [
            {
                "name": "Ask aika about this",
                "type": "message",
                "callback_id": ASK_ABOUT,
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
