"""``aika slack check`` says what is wrong with the Slack app and how to mend it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from slack_world.world import SCOPES, NewChannel, World, slack_world
from typer.testing import CliRunner

from aika.application.aika import SystemClock
from aika.settings import Settings, load_settings
from aika.stores.database.database import Database
from aika.stores.database.inbox import Event
from aika.surfaces.cli.main import app
from aika.surfaces.slack.checking import Checked, check_slack

GOALIE = "channel: '#support'\nmode: shadow\nlog_channel: '#log'\nhumans: [ann@example.org]\n"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    channels = ["support", NewChannel("log", ("ann",), app=False)]
    async with slack_world(["ann"], channels, storage="memory") as opened:
        yield opened


def settings_in(folder: Path, world: World, **workspace: Any) -> Settings:
    tokens = {"bot_token": world.app.bot_token, "app_token": world.app.app_token, **workspace}
    slack = {"workspaces": {"acme": tokens}, "api_url": world.api_url}
    return load_settings(folder, slack=slack)


async def checked(settings: Settings) -> list[Checked]:
    return [one async for one in check_slack(settings)]


def wrong(found: list[Checked]) -> list[str]:
    return [f"{one.text} -> {one.remedy}" for one in found if not one.good]


async def test_what_is_as_it_must_be_is_said_to_be(world: World, tmp_path: Path) -> None:
    found = await checked(settings_in(tmp_path, world))

    assert wrong(found) == []
    assert len(found) == 3


async def test_a_goalie_whose_channel_it_is_not_in_is_named(world: World, tmp_path: Path) -> None:
    (tmp_path / "goalies").mkdir()
    (tmp_path / "goalies" / "support.yaml").write_text(GOALIE, encoding="utf-8")
    (tmp_path / "goalies" / "broken.yaml").write_text("channel: [", encoding="utf-8")

    missing = wrong(await checked(settings_in(tmp_path, world)))

    assert "goalie support: aika is not in #log -> write in it: /invite @aika" in missing
    assert any("broken.yaml" in one for one in missing)
    assert len(missing) == 2


async def test_wrong_tokens_are_named_with_their_remedies(world: World, tmp_path: Path) -> None:
    [bot] = wrong(await checked(settings_in(tmp_path, world, bot_token="xoxb-of-nobody")))
    [app_level] = wrong(await checked(settings_in(tmp_path, world, app_token="xapp-of-nobody")))

    assert "bot_token of [slack.workspaces.acme]" in bot
    assert "app_token of [slack.workspaces.acme]" in app_level
    assert "of-nobody" not in bot + app_level


async def test_missing_scopes_are_named_with_what_they_are_for(tmp_path: Path) -> None:
    scopes = frozenset(SCOPES) - {"users:read.email"}
    async with slack_world(["ann"], ["support"], storage="memory", scopes=scopes) as world:
        [missing] = wrong(await checked(settings_in(tmp_path, world)))

    assert "users:read.email" in missing
    assert "aika slack manifest" in missing


async def test_what_was_given_up_is_counted_and_worked_on_again_on_demand(world: World, tmp_path: Path) -> None:
    settings = settings_in(tmp_path, world)
    settings.data_path.mkdir(parents=True)
    async with Database.open(f"sqlite:///{settings.data_path / 'aika.db'}") as database:
        now = SystemClock().now()
        await database.inbox.put_many([Event("a", "T1", "message", "a", 1, now, {"event": {"text": "a secret"}})])
        [event] = await database.inbox.claim(teams=["T1"], limit=1, holder="h", now=now, until=now)
        await database.inbox.give_up(event, at=now, holder="h")

    [dead] = wrong(await checked(settings))

    assert "1 events were given up" in dead
    assert "a secret" not in dead
    retried = await asyncio.to_thread(CliRunner().invoke, app, ["slack", "retry", "--dir", str(tmp_path)])
    assert "1 events are worked on again" in retried.output
    assert wrong(await checked(settings)) == []


def test_nothing_configured_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["slack", "check", "--dir", str(tmp_path)])

    assert result.exit_code == 1
    assert "[slack.workspaces.NAME]" in result.output
