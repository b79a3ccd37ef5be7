"""aika in a workspace whose messages the emulator of Slack keeps: asked, asked on, rated, edited and deleted."""

import pytest
from aika_in_slack import Message, actions, all_done, answer, at_work, in_thread, shown
from slack_world.world import slack_world

from aika.application.aika import Aika
from aika.surfaces.slack.feedback_blocks import ACTION

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_conversation_from_the_first_to_the_last_word(company: Aika) -> None:
    async with slack_world(["ann", "ben"], ["support"], storage="emulated") as world, at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} What does CACHE-104 mean?")
        first = await answer(world, "support", asked)
        await world.edit("ben", "support", asked, f"{world.mention()} How do I roll back the checkout service?")
        await all_done(world, company)
        edited = await answer(world, "support", asked)
        await world.click("ann", edited, ACTION, channel="support", value=_helpful(edited))
        await all_done(world, company)
        rated = await answer(world, "support", asked)
        await world.delete("ben", "support", asked)
        await all_done(world, company)
        left = await in_thread(world, "support", asked)

    assert "ferry restart cache" in shown(first)
    assert "ferry rollback checkout" in shown(edited)
    assert "1 person found this helpful." in shown(rated)
    assert ACTION in actions(rated)
    assert left == []


def _helpful(message: Message) -> str:
    (buttons,) = (block["elements"][0] for block in message["blocks"] if block["type"] == "context_actions")
    return str(buttons["positive_button"]["value"])
