"""What Slack sends is one trace, from its reception to what is posted, in which nothing of its text is."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_world.world import World, slack_world
from transport_in_slack import settings_of, transport, url_of

from aika.surfaces.slack.dispatching import Received
from aika.telemetry.setup import Telemetry

sys.path.insert(0, str(Path(__file__).parents[1] / "telemetry"))

from recorded import Recorded


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with slack_world(["ann"], ["support"], storage="memory") as opened:
        yield opened


async def test_from_the_event_to_the_posted_reply(world: World, tmp_path: Path) -> None:
    recorded = Recorded()

    async with Telemetry.open(
        version="0", capture_content=True, span_exporters=[recorded.exporter], metric_readers=[recorded.reader]
    ) as telemetry:
        async with transport(url_of(tmp_path), settings_of(world), telemetry=telemetry.slack) as opened:

            async def answer(received: Received) -> None:
                channel = received.body["event"]["channel"]
                blocks = [{"type": "section", "text": {"type": "plain_text", "text": "With ferry."}}]
                client = received.workspace.client
                await opened.poster.post(client, received.key, channel, blocks=blocks, text="With ferry.")

            opened.dispatcher.on("message", answer)
            async with opened.running():
                await world.wait_connected()
                await world.say("ann", "support", "How do I deploy?")
                await world.wait_for(lambda: world.calls_of("chat.postMessage"))
        everything = recorded.everything()
        received = recorded.values("aika.slack.received")
        handled = recorded.values("aika.slack.handled")

    assert recorded.tree() == [
        "slack.receive",
        "slack.receive/slack.handle",
        "slack.receive/slack.handle/slack.chat.postMessage",
    ]
    assert (received, handled) == ({"message False": 1}, {"message done": 1})
    assert "deploy" not in everything
    assert "ferry" not in everything
    assert world.app.bot_token not in everything
