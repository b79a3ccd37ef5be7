"""What was missed is read from the channels' history, handled once, and at the pace that Slack allows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from slack_world.world import World, slack_world
from transport_in_slack import Noted, settings_of, text_of, transport, url_of

from aika.surfaces.slack.catching_up import Watched
from aika.surfaces.slack.transport import Transport
from aika.surfaces.slack.workspaces import Workspace


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support", "random"], storage="memory", retry_delays=()) as opened:
        yield opened


@asynccontextmanager
async def watching(
    world: World, folder: Path, noted: Noted, *, threads: tuple[str, ...] = ()
) -> AsyncIterator[Transport]:
    async def watch(workspace: Workspace) -> list[Watched]:
        return [Watched(world.channel("support"), threads)]

    async with transport(url_of(folder), settings_of(world)) as opened:
        opened.dispatcher.on("message", noted.note)
        opened.catching_up.watch(watch)
        async with opened.running():
            await world.wait_connected()
            await world.wait_for(lambda: caught_up(opened))
            yield opened


async def caught_up(opened: Transport) -> bool:
    [workspace] = opened.workspaces
    behind = opened.catching_up.is_behind(workspace)
    return not behind and bool(await opened.database.read_channels.read_until(workspace.team))


async def test_what_was_said_while_nobody_listened_is_handled_in_order(world: World, tmp_path: Path) -> None:
    noted = Noted()
    async with watching(world, tmp_path, noted):
        root = await world.say("ann", "support", "How do I deploy?")
        await world.wait_for(lambda: noted.received)

    await world.say("ben", "support", "Where is the runbook?")
    other = await world.say("ann", "support", "And the map?")
    await world.say("ben", "support", "It is in the wiki.", thread=other)
    await world.say("ben", "support", "With ferry.", thread=root)
    await world.say("ann", "random", "Lunch?")
    async with watching(world, tmp_path, noted, threads=(root,)):
        await world.wait_for(lambda: len(noted.received) == 5)

    assert sorted(noted.texts) == [
        "And the map?",
        "How do I deploy?",
        "It is in the wiki.",
        "Where is the runbook?",
        "With ferry.",
    ]
    assert noted.texts.index("And the map?") < noted.texts.index("It is in the wiki.")


async def test_what_an_event_tells_of_as_well_is_handled_once(world: World, tmp_path: Path) -> None:
    noted = Noted()
    async with watching(world, tmp_path, noted):
        pass
    await world.say("ann", "support", "Where is the runbook?")
    async with watching(world, tmp_path, noted):
        await world.wait_for(lambda: noted.received)
        delivered = await world.deliver(world.deliveries[-1])

    assert delivered
    assert noted.texts == ["Where is the runbook?"]


async def test_a_mention_and_an_edit_are_caught_up_with(world: World, tmp_path: Path) -> None:
    noted, mentioned = Noted(), Noted()
    async with watching(world, tmp_path, noted):
        seen = await world.say("ann", "support", "Where is it?")
        await world.wait_for(lambda: noted.received)

    await world.edit("ann", "support", seen, "Where is the runbook?")
    await world.say("ben", "support", f"{world.mention()} and the map?")
    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", noted.note)
        opened.dispatcher.on("app_mention", mentioned.note)
        opened.catching_up.watch(lambda workspace: support(world))
        async with opened.running():
            await world.wait_for(lambda: len(noted.received) == 3 and mentioned.received)
            for delivery in world.deliveries:
                await world.deliver(delivery)
            await world.wait_for(lambda: caught_up(opened))

    changes = [received for received in noted.received if received.body["event"].get("subtype") == "message_changed"]
    assert [text_of(change) for change in changes] == ["Where is the runbook?"]
    assert len(noted.received) == 3
    assert len(mentioned.received) == 1


async def test_a_channel_that_was_never_watched_is_not_read_back(world: World, tmp_path: Path) -> None:
    noted = Noted()
    await world.say("ann", "support", "Long ago")

    async with watching(world, tmp_path, noted):
        pass

    assert noted.received == []
    assert world.calls_of("conversations.history") == []


async def test_everything_is_read_though_slack_gives_fifteen_messages_a_minute(tmp_path: Path) -> None:
    noted = Noted()
    async with slack_world(["ann"], ["support"], storage="memory", retry_delays=(), directory_app=False) as world:
        async with watching(world, tmp_path, noted):
            pass
        for number in range(40):
            await world.say("ann", "support", f"question {number}")

        async with watching_while_time_passes(world, tmp_path, noted):
            await world.wait_for(lambda: len(noted.received) == 40)
            limited = [call for call in world.calls_of("conversations.history") if call.status == 429]

    assert sorted(noted.texts) == sorted(f"question {number}" for number in range(40))
    assert limited


@asynccontextmanager
async def watching_while_time_passes(world: World, folder: Path, noted: Noted) -> AsyncIterator[None]:
    """Run while a minute passes at Slack whenever it refuses to be read so soon."""
    refused: list[Any] = []

    async def watch(workspace: Workspace) -> list[Watched]:
        return [Watched(world.channel("support"))]

    async with transport(url_of(folder), settings_of(world)) as opened:
        opened.dispatcher.on("message", noted.note)
        opened.catching_up.watch(watch)

        async def passing(seconds: float) -> None:
            refused.append(seconds)
            world.advance(seconds)

        opened.catching_up.pause = passing
        async with opened.running():
            yield


async def support(world: World) -> list[Watched]:
    return [Watched(world.channel("support"))]


async def test_a_connection_that_comes_back_brings_what_was_missed(world: World, tmp_path: Path) -> None:
    noted = Noted()

    async with watching(world, tmp_path, noted):
        world.lose_next(1)
        await world.say("ann", "support", "Where is the runbook?")
        await world.disconnect()
        await world.wait_connected()
        await world.wait_for(lambda: noted.received)

    assert noted.texts == ["Where is the runbook?"]


async def test_a_channel_that_cannot_be_read_keeps_no_other_from_being_read(world: World, tmp_path: Path) -> None:
    noted = Noted()
    both = [Watched("C0GONE"), Watched(world.channel("support"))]

    async def watch(workspace: Workspace) -> list[Watched]:
        return both

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", noted.note)
        opened.catching_up.watch(watch)
        async with opened.running():
            await world.wait_for(lambda: caught_up(opened))
    await world.say("ann", "support", "Where is the runbook?")
    async with transport(url_of(tmp_path), settings_of(world)) as again:
        again.dispatcher.on("message", noted.note)
        again.catching_up.watch(watch)
        async with again.running():
            await world.wait_for(lambda: noted.received)

    assert noted.texts == ["Where is the runbook?"]
