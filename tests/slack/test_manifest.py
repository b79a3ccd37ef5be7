"""The app's manifest asks for what the code uses, and for nothing else."""

import re
from pathlib import Path

import pytest
import yaml
from slack_world.methods import METHODS
from slack_world.world import World
from transport_in_slack import QUICK, settings_of

from aika.application.aika import Aika
from aika.surfaces.slack import app as slack_app
from aika.surfaces.slack.app import open_slack_app
from aika.surfaces.slack.consent_links import SCOPES as USER_SCOPES
from aika.surfaces.slack.manifest import EVENTS, manifest, manifest_yaml
from aika.surfaces.slack.scopes import BOT_SCOPES

ROOT = Path(__file__).parents[2]
CODE = Path(slack_app.__file__).parent
# https://docs.slack.dev/reference/events: what each event needs.
OF_EVENTS = {
    "app_mention": {"app_mentions:read"},
    "assistant_thread_started": {"assistant:write"},
    "assistant_thread_context_changed": {"assistant:write"},
    "channel_rename": {"channels:read"},
    "channel_shared": {"channels:read", "groups:read"},
    "channel_unshared": {"channels:read", "groups:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "member_left_channel": {"channels:read", "groups:read"},
    "message.channels": {"channels:history"},
    "message.groups": {"groups:history"},
    "message.im": {"im:history"},
    "message.mpim": {"mpim:history"},
    "user_change": {"users:read"},
}
# Of what only the profile shows: https://docs.slack.dev/reference/scopes/users.read.email
OF_FIELDS = {"users:read.email"}
OF_FEATURES = {"commands"}


def test_the_file_in_deploy_is_what_the_command_prints() -> None:
    assert (ROOT / "deploy" / "slack" / "manifest.yaml").read_text(encoding="utf-8") == manifest_yaml()


async def test_every_event_that_is_handled_is_subscribed_to_and_no_other(company: Aika, world: World) -> None:
    settings = settings_of(world, personal_search=True, public_url="https://aika.example.org", workspace=OAUTH)
    async with open_slack_app(company, settings, options=QUICK) as slack:
        handled = {kind for kind in slack.dispatcher.kinds if ":" not in kind}
        others = slack.dispatcher.kinds - handled

    subscribed = {event.split(".")[0] for event in EVENTS}
    assert subscribed == handled
    features = manifest()["features"]
    assert f"shortcut:{features['shortcuts'][0]['callback_id']}" in others
    assert any(kind.startswith(f"command:{features['slash_commands'][0]['command']}") for kind in others)


OAUTH = {"client_id": "111.222", "client_secret": "client-secret"}


def methods_called() -> set[str]:
    """Return the names of the Web API's methods that the code calls."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.py"))
    spelled = {name.replace(".", "_"): name for name in METHODS}
    called = set(re.findall(r"client\.(\w+_\w+)\(", code)) & spelled.keys()
    return {spelled[name] for name in called} | (set(re.findall(r'"([a-zA-Z.]+\.\w+)"', code)) & METHODS.keys())


@pytest.mark.parametrize("method", sorted(methods_called()))
def test_every_method_that_is_called_is_allowed(method: str) -> None:
    needed = set(METHODS[method].scopes)
    granted = {*BOT_SCOPES, *USER_SCOPES, "connections:write"}

    assert not needed or needed & granted


def test_every_scope_is_needed() -> None:
    of_methods = {scope for method in methods_called() for scope in METHODS[method].scopes}
    of_events = {scope for event in EVENTS for scope in OF_EVENTS.get(event, set())}

    assert BOT_SCOPES.keys() - of_methods - of_events - OF_FIELDS - OF_FEATURES == set()
    assert of_events | OF_FIELDS | OF_FEATURES <= BOT_SCOPES.keys()


def test_over_http_slack_is_told_where_to_send() -> None:
    made = manifest(http="https://aika.example.org/", personal="https://aika.example.org")

    settings = made["settings"]
    endpoint = "https://aika.example.org/slack/events"
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == endpoint
    assert settings["interactivity"]["request_url"] == endpoint
    assert made["features"]["slash_commands"][0]["url"] == endpoint
    assert made["oauth_config"]["redirect_urls"] == ["https://aika.example.org/slack/oauth/callback"]
    assert set(made["oauth_config"]["scopes"]["user"]) == set(USER_SCOPES)


def test_slacks_limits_of_texts_are_kept() -> None:
    made = yaml.safe_load(manifest_yaml())

    said = made["display_information"]
    assert len(said["description"]) <= 140
    assert 174 <= len(said["long_description"]) <= 4000
    assert len(made["features"]["shortcuts"][0]["name"]) <= 24
    assert len(made["features"]["assistant_view"]["assistant_description"]) <= 300
