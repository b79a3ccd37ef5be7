"""Slack's limits and failures at the client: what is waited for, what is repeated, and tokens that expire and rotate."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prepared_database import database_in
from slack_world.world import World, slack_world

from aika.domain.errors import ConfigurationError, TransientError
from aika.forms.slack import SlackSettings
from aika.stores.database.database import Database
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.workspaces import Workspace, introduce, open_workspaces
from aika.testing.clock import SetClock


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann"], ["support"], storage="memory") as opened:
        yield opened


@asynccontextmanager
async def workspace(
    world: World, folder: Path, *, clock: SetClock | None = None, **more: Any
) -> AsyncIterator[Workspace]:
    """Open the client of a workspace as the Slack app does."""
    tokens = {"bot_token": world.app.bot_token, "app_token": world.app.app_token, **more}
    settings = SlackSettings.model_validate({"workspaces": {"acme": tokens}, "api_url": world.api_url})
    async with (
        Database.open(database_in(folder)) as database,
        open_workspaces(settings, database.slack_tokens, clock or SetClock()) as opened,
    ):
        (only,) = opened
        yield only


def post(acme: Workspace, world: World) -> Awaitable[object]:
    return called(acme.client.chat_postMessage(channel=world.channel("support"), text="hello"), "a message")


def read(acme: Workspace, world: World) -> Awaitable[object]:
    return called(acme.client.conversations_info(channel=world.channel("support")), "a look at a channel")


class TestLimits:
    async def test_a_short_wait_that_slack_asks_for_is_waited(self, world: World, tmp_path: Path) -> None:
        world.fail("chat.postMessage", retry_after=1)

        async with workspace(world, tmp_path) as acme:
            began = asyncio.get_running_loop().time()
            await post(acme, world)
            waited = asyncio.get_running_loop().time() - began

        assert waited >= 1.0
        assert len(await world.messages("support")) == 1

    async def test_a_long_wait_is_left_to_the_caller_with_its_length(self, world: World, tmp_path: Path) -> None:
        world.fail("chat.postMessage", retry_after=120)

        async with workspace(world, tmp_path) as acme:
            with pytest.raises(TransientError) as failed:
                await post(acme, world)

        assert failed.value.retry_after == 120
        assert len(world.calls_of("chat.postMessage")) == 1

    async def test_a_limit_that_does_not_end_is_not_waited_for_forever(self, world: World, tmp_path: Path) -> None:
        world.fail("conversations.info", retry_after=0, times=99)

        async with workspace(world, tmp_path) as acme:
            with pytest.raises(TransientError):
                await read(acme, world)

        assert len(world.calls_of("conversations.info")) == 4


class TestFailures:
    async def test_what_only_reads_is_repeated_when_the_server_fails(self, world: World, tmp_path: Path) -> None:
        world.fail("conversations.info", status=503)

        async with workspace(world, tmp_path) as acme:
            await read(acme, world)

        assert len(world.calls_of("conversations.info")) == 2

    async def test_a_post_is_not_repeated_when_the_server_fails(self, world: World, tmp_path: Path) -> None:
        world.fail("chat.postMessage", status=500)

        async with workspace(world, tmp_path) as acme:
            with pytest.raises(TransientError):
                await post(acme, world)

        assert len(world.calls_of("chat.postMessage")) == 1

    async def test_a_post_whose_reply_is_lost_is_not_repeated(self, world: World, tmp_path: Path) -> None:
        world.fail("chat.postMessage", drop=True)

        async with workspace(world, tmp_path) as acme:
            with pytest.raises(TransientError):
                await post(acme, world)

        assert len(await world.messages("support")) == 1

    async def test_a_read_whose_reply_is_lost_is_repeated(self, world: World, tmp_path: Path) -> None:
        world.fail("conversations.info", drop=True)

        async with workspace(world, tmp_path) as acme:
            await read(acme, world)

        assert len(world.calls_of("conversations.info")) == 2

    async def test_a_refusal_is_final_and_names_its_reason(self, world: World, tmp_path: Path) -> None:
        world.fail("chat.postMessage", error="channel_not_found")

        async with workspace(world, tmp_path) as acme:
            with pytest.raises(SlackRefusedError) as refused:
                await post(acme, world)

        assert refused.value.code == "channel_not_found"

    async def test_no_failure_repeats_what_was_to_be_posted_or_the_token(self, world: World, tmp_path: Path) -> None:
        world.fail("chat.postMessage", error="restricted_action")

        async with workspace(world, tmp_path) as acme:
            with pytest.raises(SlackRefusedError) as refused:
                await post(acme, world)

        told = f"{refused.value!r} {refused.value.__cause__!r}"
        assert "hello" not in told
        assert world.app.bot_token not in told

    @pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth"])
    async def test_a_token_that_is_refused_is_named_with_the_remedy(
        self, world: World, tmp_path: Path, error: str
    ) -> None:
        world.fail("auth.test", error=error)

        async with workspace(world, tmp_path) as acme:
            with pytest.raises(ConfigurationError, match=r"slack\.workspaces\.acme"):
                await introduce(acme)

        assert world.app.bot_token not in str(world.calls_of("auth.test")[0].answer)


class TestTokensThatRotate:
    @staticmethod
    def rotating(world: World, **how: Any) -> dict[str, Any]:
        token, refresh = world.rotating(**how)
        return {
            "bot_token": token,
            "refresh_token": refresh,
            "client_id": world.app.client_id,
            "client_secret": world.app.client_secret,
        }

    async def test_a_token_is_exchanged_before_it_expires(self, world: World, tmp_path: Path) -> None:
        clock = SetClock()

        async with workspace(world, tmp_path, clock=clock, **self.rotating(world)) as acme:
            await post(acme, world)
            clock.advance(timedelta(hours=11, minutes=30))
            await post(acme, world)

        first, second = (call.token for call in world.calls_of("chat.postMessage"))
        assert first != second
        assert len(world.calls_of("oauth.v2.access")) == 2

    async def test_a_token_that_slack_says_has_expired_is_exchanged_and_the_call_repeated(
        self, world: World, tmp_path: Path
    ) -> None:
        async with workspace(world, tmp_path, **self.rotating(world)) as acme:
            await post(acme, world)
            world.expire(world.calls_of("chat.postMessage")[0].token)
            await post(acme, world)

        assert len(await world.messages("support")) == 2

    async def test_calls_at_the_same_time_exchange_it_once(self, world: World, tmp_path: Path) -> None:
        async with workspace(world, tmp_path, **self.rotating(world)) as acme:
            await asyncio.gather(*(read(acme, world) for _ in range(6)))

        assert len(world.calls_of("oauth.v2.access")) == 1

    async def test_a_restart_goes_on_with_the_token_that_was_kept(self, world: World, tmp_path: Path) -> None:
        settings = self.rotating(world)
        async with workspace(world, tmp_path, **settings) as acme:
            await read(acme, world)

        async with workspace(world, tmp_path, **settings) as acme:
            await read(acme, world)

        assert len(world.calls_of("oauth.v2.access")) == 1

    async def test_a_new_token_in_the_settings_is_meant(self, world: World, tmp_path: Path) -> None:
        async with workspace(world, tmp_path, **self.rotating(world)) as acme:
            await read(acme, world)

        async with workspace(world, tmp_path, **self.rotating(world)) as acme:
            await read(acme, world)

        assert len(world.calls_of("oauth.v2.access")) == 2

    async def test_a_token_that_cannot_be_exchanged_is_named_with_the_remedy(
        self, world: World, tmp_path: Path
    ) -> None:
        settings = self.rotating(world) | {"refresh_token": "xoxe-1-made-up"}

        async with workspace(world, tmp_path, **settings) as acme:
            with pytest.raises(ConfigurationError, match="install the app again") as failed:
                await read(acme, world)

        assert "xoxe-1-made-up" not in str(failed.value)

    async def test_a_call_that_is_given_up_loses_no_token(self, world: World, tmp_path: Path) -> None:
        async with workspace(world, tmp_path, **self.rotating(world)) as acme:
            given_up = asyncio.ensure_future(read(acme, world))
            await world.wait_for(lambda: world.calls_of("oauth.v2.access"))
            given_up.cancel()
            await asyncio.gather(given_up, return_exceptions=True)

            await read(acme, world)

        assert world.calls_of("conversations.info")[-1].answer["ok"]
