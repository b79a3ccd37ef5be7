"""What Slack sends is kept before it is acknowledged, whichever way it comes, and once however often it comes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_world.delivering import signed
from slack_world.world import World, slack_world
from transport_in_slack import Noted, served, settings_of, transport, url_of

from aika.domain.errors import TransientError
from aika.stores.database.inbox import Event, EventState
from aika.surfaces.slack.dispatching import Received
from aika.surfaces.slack.transport import Transport


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann", "ben"], ["support"], storage="memory", retry_delays=(0.0, 0.05, 0.1)) as opened:
        yield opened


@asynccontextmanager
async def receiving(world: World, folder: Path, mode: str, noted: Noted, *kinds: str) -> AsyncIterator[Transport]:
    """Run the transport with somebody who notes what is handled."""
    async with transport(url_of(folder), settings_of(world, mode=mode)) as opened:
        for kind in kinds or ("message",):
            opened.dispatcher.on(kind, noted.note)
        if mode == "socket":
            async with opened.running():
                await world.wait_connected()
                yield opened
            return
        async with served(opened) as address, opened.running():
            world.deliver_over_http(address)
            await world.wait_for(lambda: opened.workspaces.teams)
            yield opened


@pytest.mark.parametrize("mode", ["socket", "http"])
class TestBothWays:
    async def test_a_message_is_handled_once(self, world: World, tmp_path: Path, mode: str) -> None:
        noted = Noted()

        async with receiving(world, tmp_path, mode, noted):
            await world.say("ann", "support", "Where is the runbook?")
            await world.wait_for(lambda: noted.received)

        assert noted.texts == ["Where is the runbook?"]

    async def test_a_message_that_is_delivered_three_times_is_handled_once(
        self, world: World, tmp_path: Path, mode: str
    ) -> None:
        noted = Noted()
        world.deliver_times(3)

        async with receiving(world, tmp_path, mode, noted) as opened:
            await world.say("ann", "support", "Where is the runbook?")
            await world.say("ann", "support", "And the map?")
            await world.wait_for(lambda: len(noted.received) == 2)
            await world.wait_for(lambda: all(delivery.acknowledged for delivery in world.deliveries))
            counts = await world.wait_for(lambda: settled(opened))

        assert noted.texts == ["Where is the runbook?", "And the map?"]
        assert counts == {EventState.WAITING: 0, EventState.DONE: 2, EventState.DEAD: 0}

    async def test_nothing_is_acknowledged_that_the_database_did_not_take(
        self, world: World, tmp_path: Path, mode: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        noted, failures = Noted(), [1, 2]

        async with receiving(world, tmp_path, mode, noted) as opened:
            put_many = opened.database.inbox.put_many

            async def sometimes(events: list[Event]) -> set[str]:
                if failures and failures.pop():
                    raise TransientError("the disk is full")
                return await put_many(events)

            monkeypatch.setattr(opened.database.inbox, "put_many", sometimes)
            world.slack.options.ack_seconds = 0.3
            await world.say("ann", "support", "Where is the runbook?")
            await world.wait_for(lambda: noted.received)

        [delivery] = world.deliveries
        assert delivery.attempts == 3
        assert noted.texts == ["Where is the runbook?"]

    async def test_what_nobody_handles_is_acknowledged_and_not_kept(
        self, world: World, tmp_path: Path, mode: str
    ) -> None:
        noted = Noted()

        async with receiving(world, tmp_path, mode, noted, "app_mention") as opened:
            await world.say("ann", "support", "Just talking")
            await world.wait_for(lambda: world.deliveries and world.deliveries[0].acknowledged)
            counts = await opened.database.inbox.counts()

        assert sum(counts.values()) == 0

    async def test_our_own_messages_are_not_even_kept(self, world: World, tmp_path: Path, mode: str) -> None:
        noted = Noted()

        async with receiving(world, tmp_path, mode, noted) as opened:
            client = next(iter(opened.workspaces)).client
            posted = await client.chat_postMessage(channel=world.channel("support"), text="An answer")
            await client.chat_update(channel=world.channel("support"), ts=posted["ts"], text="A better answer")
            await client.chat_delete(channel=world.channel("support"), ts=posted["ts"])
            await world.wait_for(
                lambda: len(world.deliveries) == 3 and all(one.acknowledged for one in world.deliveries)
            )
            counts = await opened.database.inbox.counts()

        assert sum(counts.values()) == 0

    async def test_what_is_answered_at_once_is_in_the_acknowledgement(
        self, world: World, tmp_path: Path, mode: str
    ) -> None:
        noted = Noted()

        async def reply(received: Received) -> dict[str, Any]:
            return {"response_type": "ephemeral", "text": f"You said {received.body['text']}"}

        async with receiving(world, tmp_path, mode, noted, "command:/aika") as opened:
            opened.dispatcher.at_once("command:/aika", reply)
            delivery = await world.command("ann", "support", "/aika", "how do I deploy?")
            await world.wait_for(lambda: noted.received)

        assert delivery.answer == {"response_type": "ephemeral", "text": "You said how do I deploy?"}
        assert noted.texts == ["how do I deploy?"]

    async def test_edits_and_deletions_come_after_what_they_are_about(
        self, world: World, tmp_path: Path, mode: str
    ) -> None:
        noted = Noted()

        async with receiving(world, tmp_path, mode, noted):
            ts = await world.say("ann", "support", "Where is it?")
            await world.edit("ann", "support", ts, "Where is the runbook?")
            await world.edit("ann", "support", ts, "Where is the old runbook?")
            await world.delete("ann", "support", ts)
            await world.wait_for(lambda: len(noted.received) == 4)

        subtypes = [received.body["event"].get("subtype") for received in noted.received]
        assert subtypes == [None, "message_changed", "message_changed", "message_deleted"]
        assert noted.texts[1:3] == ["Where is the runbook?", "Where is the old runbook?"]


class TestSignatures:
    async def test_what_is_not_signed_by_slack_is_refused(self, world: World, tmp_path: Path) -> None:
        noted = Noted()

        async with receiving(world, tmp_path, "http", noted), aiohttp.ClientSession() as session:
            address = world.slack.http.urls[world.app.id]
            forged = signed("another-secret", "{}")
            async with session.post(address, data="{}", headers=forged) as answer:
                statuses = [answer.status]
            async with session.post(address, data="{}") as answer:
                statuses.append(answer.status)

        assert statuses == [401, 401]
        assert noted.received == []

    async def test_the_address_is_verified_as_slack_asks(self, world: World, tmp_path: Path) -> None:
        noted, raw = Noted(), '{"type": "url_verification", "challenge": "prove it"}'

        async with receiving(world, tmp_path, "http", noted), aiohttp.ClientSession() as session:
            address = world.slack.http.urls[world.app.id]
            headers = {"Content-Type": "application/json", **signed(world.app.signing_secret, raw)}
            async with session.post(address, data=raw, headers=headers) as answer:
                body = await answer.json()

        assert body == {"challenge": "prove it"}

    async def test_a_workspace_cannot_speak_for_another(self, world: World, tmp_path: Path) -> None:
        noted = Noted()
        raw = (
            '{"type": "event_callback", "team_id": "T0OTHER", "event_id": "Ev1", '
            '"event": {"type": "message", "channel": "C1", "ts": "1.1", "user": "U1", "text": "hello"}}'
        )

        async with receiving(world, tmp_path, "http", noted) as opened, aiohttp.ClientSession() as session:
            headers = {"Content-Type": "application/json", **signed(world.app.signing_secret, raw)}
            async with session.post(world.slack.http.urls[world.app.id], data=raw, headers=headers) as answer:
                status = answer.status
            counts = await opened.database.inbox.counts()

        assert status == 200
        assert sum(counts.values()) == 0


class TestBeforeSlackIsKnown:
    async def test_events_are_not_acknowledged_before_it_is_known_whose_they_are(
        self, world: World, tmp_path: Path
    ) -> None:
        noted = Noted()
        world.fail("auth.test", error="internal_error", times=1)

        async with transport(url_of(tmp_path), settings_of(world, mode="http")) as opened:
            opened.dispatcher.on("message", noted.note)
            async with served(opened) as address:
                world.deliver_over_http(address)
                await world.say("ann", "support", "Where is the runbook?")
                await world.wait_for(lambda: world.deliveries[0].failures)
                async with opened.running():
                    await world.wait_for(lambda: opened.workspaces.teams)
                    await world.deliver(world.deliveries[0])
                    await world.wait_for(lambda: noted.received)

        assert noted.texts == ["Where is the runbook?"]


async def settled(opened: Transport) -> dict[EventState, int] | None:
    """Return how many events there are by their state, once none waits."""
    counts = await opened.database.inbox.counts()
    return counts if counts[EventState.WAITING] == 0 and sum(counts.values()) else None
