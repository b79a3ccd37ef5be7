"""Events are worked on in order, tried again where that helps, and survive whoever works on them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from slack_world.world import World, slack_world
from transport_in_slack import QUICK, Noted, settings_of, text_of, transport, url_of

from aika.domain.errors import PermanentError, TransientError
from aika.stores.database.inbox import EventState
from aika.surfaces.slack import working
from aika.surfaces.slack.dispatching import Received
from aika.surfaces.slack.transport import Transport


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage="memory", retry_delays=(0.0, 0.05, 0.1)) as opened:
        yield opened


async def all_done(opened: Transport, count: int) -> bool:
    counts = await opened.database.inbox.counts()
    return counts[EventState.DONE] == count


async def test_messages_of_a_thread_are_handled_one_after_another_and_threads_at_the_same_time(
    world: World, tmp_path: Path
) -> None:
    running: set[str] = set()
    together, order = [], []

    async def handle(received: Received) -> None:
        event = received.body["event"]
        root = event.get("thread_ts") or event["ts"]
        assert root not in running
        running.add(root)
        together.append(len(running))
        await asyncio.sleep(0.02)
        running.discard(root)
        order.append(text_of(received))

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", handle)
        async with opened.running():
            await world.wait_connected()
            roots = [await world.say("ann", "support", f"{name}0") for name in "abc"]
            for number in range(1, 5):
                for name, root in zip("abc", roots, strict=True):
                    await world.say("ben", "support", f"{name}{number}", thread=root)
            await world.wait_for(lambda: all_done(opened, 15))

    assert max(together) > 1
    assert all([said for said in order if said[0] == name] == [f"{name}{n}" for n in range(5)] for name in "abc")


async def test_what_passes_is_tried_again_by_those_who_have_not_finished(world: World, tmp_path: Path) -> None:
    noted, tries = Noted(), []

    async def fail_twice(received: Received) -> None:
        tries.append(received.tries)
        if len(tries) < 3:
            raise TransientError("the model is busy", retry_after=0.01)

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", fail_twice)
        opened.dispatcher.on("message", noted.note)
        async with opened.running():
            await world.wait_connected()
            await world.say("ann", "support", "Where is the runbook?")
            await world.wait_for(lambda: all_done(opened, 1))

    assert len(tries) == 3
    assert noted.texts == ["Where is the runbook?"]


async def test_what_cannot_be_handled_is_given_up_visibly(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def refuse(received: Received) -> None:
        raise PermanentError("the channel is gone: remove the goalie's file")

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", refuse)
        with caplog.at_level(logging.WARNING):
            async with opened.running():
                await world.wait_connected()
                await world.say("ann", "support", "A secret question")
                [dead] = await world.wait_for(opened.database.inbox.dead)

    assert dead.reason == "the channel is gone: remove the goalie's file"
    assert "A secret question" not in caplog.text
    assert any(getattr(record, "reason", "") == dead.reason for record in caplog.records)


async def test_a_mistake_of_ours_ends_neither_other_work_nor_goes_on_for_ever(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted, tries = Noted(), []
    monkeypatch.setattr(working, "_LONGEST_WAIT", 0.01)

    async def mistake(received: Received) -> None:
        tries.append(received.key)
        raise KeyError("text")

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", mistake)
        opened.dispatcher.on("app_mention", noted.note)
        async with opened.running():
            await world.wait_connected()
            await world.say("ann", "support", f"{world.mention()} hello")
            await world.wait_for(opened.database.inbox.dead)
            await world.wait_for(lambda: all_done(opened, 1))

    assert len(tries) == 3
    assert len(noted.received) == 1


async def test_what_runs_at_the_end_is_finished_and_the_rest_stays(world: World, tmp_path: Path) -> None:
    begun, noted = asyncio.Event(), Noted()

    async def slowly(received: Received) -> None:
        begun.set()
        await asyncio.sleep(0.3)
        await noted.note(received)

    async with transport(url_of(tmp_path), settings_of(world, workers=1)) as opened:
        opened.dispatcher.on("message", slowly)
        async with opened.running():
            await world.wait_connected()
            await world.say("ann", "support", "first")
            await world.say("ann", "support", "second")
            await begun.wait()
        counts = await opened.database.inbox.counts()

    assert noted.texts == ["first"]
    assert (counts[EventState.DONE], counts[EventState.WAITING]) == (1, 1)


async def test_what_takes_too_long_to_end_is_worked_on_again_at_once_after_the_start(
    world: World, tmp_path: Path
) -> None:
    begun, noted = asyncio.Event(), Noted()

    async def for_ever(received: Received) -> None:
        begun.set()
        await asyncio.Event().wait()

    impatient = replace(QUICK, stop_seconds=0.05)
    async with transport(url_of(tmp_path), settings_of(world), options=impatient) as opened:
        opened.dispatcher.on("message", for_ever)
        async with opened.running():
            await world.wait_connected()
            await world.say("ann", "support", "Where is the runbook?")
            await begun.wait()
    async with transport(url_of(tmp_path), settings_of(world)) as again:
        again.dispatcher.on("message", noted.note)
        async with again.running():
            await world.wait_for(lambda: noted.received)

    assert noted.texts == ["Where is the runbook?"]


async def test_another_process_takes_over_what_a_dead_one_held(world: World, tmp_path: Path) -> None:
    noted = Noted()
    async with transport(url_of(tmp_path), settings_of(world), holder="dead") as dead:
        dead.dispatcher.on("message", noted.note)
        async with dead.attendance.running():
            await world.wait_connected()
            await world.say("ann", "support", "Where is the runbook?")
            waiting = await world.wait_for(dead.database.inbox.oldest_waiting)
        now = dead.clock.now()
        begun = now - timedelta(minutes=1)
        held = await dead.database.inbox.claim(
            teams=dead.workspaces.teams, limit=1, holder="dead", now=now, until=begun
        )

    async with transport(url_of(tmp_path), settings_of(world), holder="living") as living:
        living.dispatcher.on("message", noted.note)
        async with living.running():
            await world.wait_for(lambda: noted.received)

    assert waiting is not None
    assert len(held) == 1
    assert [received.tries for received in noted.received] == [1]


async def test_what_another_process_has_taken_over_is_let_go(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, let_go = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(working, "HOLD", timedelta(seconds=0.3))

    async def asleep(received: Received) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            let_go.set()
            raise

    async with transport(url_of(tmp_path), settings_of(world)) as opened:
        opened.dispatcher.on("message", asleep)
        async with opened.running():
            await world.wait_connected()
            await world.say("ann", "support", "Where is the runbook?")
            await begun.wait()
            inbox = opened.database.inbox
            later = opened.clock.now() + timedelta(hours=1)
            taken = await inbox.claim(
                teams=opened.workspaces.teams, limit=1, holder="other", now=later, until=later + timedelta(hours=1)
            )
            await asyncio.wait_for(let_go.wait(), 20)

    assert len(taken) == 1
