"""Tokens that rotate are renewed in time, when Slack says that they have expired, and once among processes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_world.world import World, slack_world
from transport_in_slack import settings_of, url_of

from aika.application.aika import SystemClock
from aika.domain.errors import ConfigurationError
from aika.stores.database.database import Database
from aika.surfaces.slack import tokens
from aika.surfaces.slack.workspaces import Workspace, introduce, open_workspaces
from aika.testing.clock import SetClock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage="memory") as opened:
        yield opened


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with Database.open(url_of(tmp_path)) as opened:
        yield opened


@asynccontextmanager
async def workspace_of(world: World, database: Database, refresh: str, clock: Any = None) -> AsyncIterator[Workspace]:
    given = {
        "bot_token": "xoxe.xoxb-of-the-installation",
        "refresh_token": refresh,
        "client_id": world.app.client_id,
        "client_secret": world.app.client_secret,
    }
    settings = settings_of(world, workspace=given)
    async with open_workspaces(settings, database.slack_tokens, clock or SystemClock()) as workspaces:
        yield next(iter(workspaces))


async def test_a_token_is_renewed_before_it_expires_and_not_before(world: World, database: Database) -> None:
    _, refresh = world.rotating()
    clock = SetClock(SystemClock().now())

    async with workspace_of(world, database, refresh, clock) as workspace:
        for passed in (timedelta(0), timedelta(hours=10), timedelta(hours=1, minutes=30)):
            clock.advance(passed)
            await workspace.client.auth_test()

    assert len(world.calls_of("oauth.v2.access")) == 2
    assert len({call.token for call in world.calls_of("auth.test")}) == 2


async def test_a_token_that_slack_says_has_expired_is_renewed_and_the_call_repeated(
    world: World, database: Database
) -> None:
    _, refresh = world.rotating()

    async with workspace_of(world, database, refresh) as workspace:
        await workspace.client.auth_test()
        world.expire(world.calls_of("auth.test")[-1].token)
        posted = await workspace.client.chat_postMessage(channel=world.channel("support"), text="hello")

    assert posted["ok"]
    assert [call.answer.get("error") for call in world.calls_of("chat.postMessage")] == ["token_expired", None]


async def test_many_calls_at_once_renew_it_once(world: World, database: Database) -> None:
    _, refresh = world.rotating()

    async with workspace_of(world, database, refresh) as workspace:
        await asyncio.gather(*(workspace.client.auth_test() for _ in range(5)))

    assert len(world.calls_of("oauth.v2.access")) == 1


async def test_a_restarted_process_goes_on_with_the_token_that_it_had(world: World, database: Database) -> None:
    _, refresh = world.rotating()

    for _ in range(2):
        async with workspace_of(world, database, refresh) as workspace:
            await workspace.client.auth_test()

    assert len(world.calls_of("oauth.v2.access")) == 1


async def test_of_two_processes_one_renews_and_both_go_on(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "_WAIT_FOR_THE_OTHER", 0.5)
    _, refresh = world.rotating()

    async with workspace_of(world, database, refresh) as one, workspace_of(world, database, refresh) as other:
        await asyncio.gather(one.client.auth_test(), other.client.auth_test())

    assert all(call.answer["ok"] for call in world.calls_of("auth.test"))


async def test_a_new_refresh_token_in_the_settings_counts_more_than_what_is_kept(
    world: World, database: Database
) -> None:
    _, first = world.rotating()
    async with workspace_of(world, database, first) as workspace:
        await workspace.client.auth_test()
    _, second = world.rotating()

    async with workspace_of(world, database, second) as workspace:
        await workspace.client.auth_test()

    asked = [call.arguments["refresh_token"] for call in world.calls_of("oauth.v2.access")]
    assert asked == [first, second]


async def test_a_refused_refresh_token_is_named_with_the_remedy_and_never_shown(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tokens, "_WAIT_FOR_THE_OTHER", 0.0)

    async with workspace_of(world, database, "xoxe-1-used-up") as workspace:
        with (
            caplog.at_level(logging.DEBUG, logger="aika"),
            pytest.raises(ConfigurationError, match="install the app again") as refused,
        ):
            await introduce(workspace)

    assert "xoxe-1-used-up" not in f"{refused.value}{refused.value.__cause__}{caplog.text}"
