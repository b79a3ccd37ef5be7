"""Slack is served beside everything else: what is wrong with it is said with its remedy, and keeps nothing else from work."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_world.state import AppIdentity
from slack_world.world import World, slack_world
from transport_in_slack import Noted, settings_of, transport, url_of

from aika.domain.errors import ConfigurationError
from aika.surfaces.slack import attending, connections
from aika.surfaces.slack.workspaces import introduce


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage="memory", retry_delays=(0.05, 0.1, 0.2)) as opened:
        yield opened


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (attending, connections):
        monkeypatch.setattr(module, "_FIRST_DELAY", 0.05)
        monkeypatch.setattr(module, "_REFUSED_DELAY", 0.05)


@pytest.mark.parametrize(
    ("error", "remedy"),
    [
        ("invalid_auth", "copy it again"),
        ("account_inactive", "install it again"),
        ("token_expired", "set refresh_token"),
        ("something_new", "docs.slack.dev"),
    ],
)
async def test_a_refused_token_is_named_with_the_remedy(world: World, tmp_path: Path, error: str, remedy: str) -> None:
    world.fail("auth.test", error=error)

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        with pytest.raises(ConfigurationError, match=remedy) as refused:
            await introduce(next(iter(opened.workspaces)))

    assert "[slack.workspaces.acme]" in str(refused.value)
    assert world.app.bot_token not in str(refused.value)


async def test_a_workspace_that_comes_later_is_served_then(
    world: World, tmp_path: Path, impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    noted = Noted()
    world.fail("auth.test", error="invalid_auth", times=2)
    world.fail("apps.connections.open", error="missing_scope", times=2)

    with caplog.at_level(logging.WARNING, logger="aika"):
        async with transport(url_of(tmp_path), settings_of(world)) as opened:
            opened.dispatcher.on("message", noted.note)
            async with opened.running():
                await world.wait_connected()
                await world.say("ann", "support", "Where is the runbook?")
                await world.wait_for(lambda: noted.received)

    reasons = [getattr(record, "reason", "") for record in caplog.records]
    assert sum("invalid_auth" in reason for reason in reasons) == 1
    assert sum("missing_scope" in reason for reason in reasons) == 1


async def test_one_workspace_that_cannot_be_reached_keeps_no_other_from_work(
    world: World, tmp_path: Path, impatient: None
) -> None:
    noted = Noted()
    gone = {"bot_token": "xoxb-of-nobody", "app_token": "xapp-of-nobody"}
    settings = settings_of(world)
    settings = type(settings).model_validate(
        {**settings.model_dump(), "workspaces": {**settings.workspaces, "gone": gone}}
    )

    async with transport(url_of(tmp_path), settings) as opened:
        opened.dispatcher.on("message", noted.note)
        async with opened.running():
            await world.wait_connected()
            await world.say("ann", "support", "Where is the runbook?")
            await world.wait_for(lambda: noted.received)

            assert "gone" in opened.attendance.problems


async def test_missing_scopes_are_named_when_it_starts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    scopes = frozenset({"chat:write", "app_mentions:read"})

    with caplog.at_level(logging.WARNING, logger="aika"):
        async with slack_world(["ann"], ["support"], storage="memory", scopes=scopes) as world:
            async with transport(url_of(tmp_path), settings_of(world)) as opened, opened.running():
                await world.wait_connected()

    [missing] = [record for record in caplog.records if hasattr(record, "scopes")]
    assert "channels:history" in missing.scopes
    assert "chat:write" not in missing.scopes


async def test_a_connection_that_slack_renews_loses_nothing(world: World, tmp_path: Path) -> None:
    noted = Noted()

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", noted.note)
        async with opened.running():
            await world.wait_connected()
            for number in range(6):
                await world.say("ann", "support", f"question {number}")
                if number % 2:
                    await world.disconnect()
                    await world.wait_connected()
            await world.wait_for(lambda: len(noted.received) == 6)

    assert sorted(noted.texts) == [f"question {number}" for number in range(6)]


async def test_a_warning_is_followed_by_a_second_connection_before_the_first_ends(world: World, tmp_path: Path) -> None:
    async with transport(url_of(tmp_path), settings_of(world)) as opened, opened.running():
        await world.wait_connected()

        await world.there(world.slack.sockets.refresh(world.workspace, "warning", close=False))
        await world.wait_for(lambda: world.connections == 2)

        assert opened.attendance.is_connected(next(iter(opened.workspaces)))


async def test_a_ticket_is_used_once(world: World, tmp_path: Path, impatient: None) -> None:
    async with transport(url_of(tmp_path), settings_of(world)) as opened, opened.running():
        await world.wait_connected()
        world.fail("apps.connections.open", status=503, times=5)
        await world.disconnect()
        await world.wait_for(lambda: opened.attendance.connections[0].problem)
        await world.wait_connected()

        assert opened.attendance.connections[0].problem == ""


async def test_at_the_end_there_is_no_connection_and_nothing_open(world: World, tmp_path: Path) -> None:
    async with transport(url_of(tmp_path), settings_of(world)) as opened, opened.running():
        await world.wait_connected()

    await world.wait_for(lambda: world.connections == 0)


async def test_an_app_in_two_workspaces_has_one_connection(world: World, tmp_path: Path) -> None:
    settings = settings_of(world)
    both = {"acme": settings.workspaces["acme"], "again": settings.workspaces["acme"]}
    settings = type(settings).model_validate({**settings.model_dump(), "workspaces": both})

    async with transport(url_of(tmp_path), settings) as opened, opened.running():
        await world.wait_connected()
        await world.wait_for(lambda: all(one.is_known for one in opened.workspaces))

        assert len(opened.attendance.connections) == 1
        assert opened.workspaces.named(None) is None
        assert AppIdentity().app_token not in repr(list(opened.workspaces))
