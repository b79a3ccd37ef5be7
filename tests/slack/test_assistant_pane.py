"""The assistant pane suggests questions, is named after the first one, and shows that aika reads."""

import pytest
from aika_in_slack import all_done, answer, at_work, in_thread, shown
from slack_world.world import World

from aika.application.aika import Aika

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_pane_suggests_the_configured_questions(company: Aika, world: World) -> None:
    async with at_work(company, world, prompts=["How do I deploy?", "What is CACHE-104?"]):
        pane = await world.open_pane("ben")
        await all_done(world, company)

    suggested = world.workspace.prompts[pane]["prompts"]
    assert [prompt["message"] for prompt in suggested] == ["How do I deploy?", "What is CACHE-104?"]


async def test_without_configured_questions_those_of_the_assistant_are_suggested(company: Aika, world: World) -> None:
    async with at_work(company, world, assistant="deployer"):
        pane = await world.open_pane("ben")
        await all_done(world, company)

        greetings = await in_thread(world, *pane)

    suggested = world.workspace.prompts[pane]["prompts"]
    assert [prompt["message"] for prompt in suggested] == ["How do I roll back?", "How do I deploy checkout?"]
    assert "Hello, I know deployments." in shown(greetings[0])


async def test_looking_at_another_channel_keeps_the_suggestions_and_greets_nobody_twice(
    company: Aika, world: World
) -> None:
    async with at_work(company, world, assistant="deployer"):
        pane = await world.open_pane("ben")
        await world.look_at(pane, "support")
        await all_done(world, company)

        greetings = await in_thread(world, *pane)

    assert len(greetings) == 1
    assert len(world.calls_of("assistant.threads.setSuggestedPrompts")) == 2


async def test_the_thread_is_named_after_its_first_question(company: Aika, world: World) -> None:
    async with at_work(company, world):
        pane = await world.open_pane("ben")
        await world.say_to_app("ben", "How do I roll back the checkout service?", thread=pane[1])
        await answer(world, *pane)
        await all_done(world, company)
        await world.say_to_app("ben", "How long does it take?", thread=pane[1])
        await all_done(world, company)

    assert world.workspace.titles[pane] == "How do I roll back the checkout service?"


async def test_the_status_says_that_aika_reads_until_the_answer_is_there(company: Aika, world: World) -> None:
    async with at_work(company, world):
        pane = await world.open_pane("ben")
        await world.say_to_app("ben", "How do I roll back the checkout service?", thread=pane[1])
        found = await answer(world, *pane)

    assert (*pane, "is reading…") in world.workspace.status_log
    assert "ferry rollback checkout" in shown(found)
