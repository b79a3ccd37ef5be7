"""What one person asks alone is answered to them alone, and posted for everybody only as everybody may read it."""

import pytest
from aika_in_slack import actions, all_done, at_work, in_thread, shown
from slack_world.world import World

from aika.application.aika import Aika
from aika.surfaces.slack.shortcuts import ASK_ABOUT

pytestmark = pytest.mark.asyncio(loop_scope="session")

NIGHTJAR = "Where does Project Nightjar move the head office?"
ROLL_BACK = "How do I roll back the checkout service?"


async def test_a_command_says_at_once_that_it_arrived_and_then_answers_its_asker_alone(
    company: Aika, world: World
) -> None:
    async with at_work(company, world):
        delivery = await world.command("ben", "support", "/aika", ROLL_BACK)
        await all_done(world, company)

    received, answer = world.ephemeral("ben")
    assert delivery.acknowledged
    assert "I am reading" in shown(received)
    assert "ferry rollback checkout" in shown(answer)
    assert await world.messages("support") == []


async def test_a_command_alone_says_what_it_can_do(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.command("ben", "support", "/aika", "")
        await all_done(world, company)

    (told,) = world.ephemeral("ben")
    assert "/aika in NAME: your question" in shown(told)


async def test_a_command_may_name_an_assistant(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.command("ben", "support", "/aika", f"in Deployer: {ROLL_BACK}")
        await world.command("ben", "support", "/aika", f"in nowhere: {ROLL_BACK}")
        await all_done(world, company)

    told = "\n".join(shown(message) for message in world.ephemeral("ben"))
    assert "ferry rollback checkout" in told
    assert "there is no assistant 'nowhere' that you can use. You can use: deployer" in told


async def test_an_answer_is_posted_for_everybody_when_its_asker_says_so(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.command("ben", "support", "/aika", ROLL_BACK)
        await all_done(world, company)
        await world.click("ben", world.ephemeral("ben")[-1], "aika_share")
        await all_done(world, company)

        (posted,) = await world.messages("support")

    assert "ferry rollback checkout" in shown(posted)
    assert ROLL_BACK in shown(posted)
    assert "aika_feedback" in actions(posted)
    assert "Posted." in shown(world.ephemeral("ben")[-1])


async def test_what_was_posted_can_be_asked_on(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.command("ben", "support", "/aika", ROLL_BACK)
        await all_done(world, company)
        await world.click("ben", world.ephemeral("ben")[-1], "aika_share")
        await all_done(world, company)
        (posted,) = await world.messages("support")
        await world.say("ann", "support", f"{world.mention()} How long does it take?", thread=posted["ts"])
        await all_done(world, company)

        (found,) = await in_thread(world, "support", posted["ts"])

    assert "two minutes" in shown(found)


async def test_what_not_everybody_may_read_is_not_posted_and_what_they_may_read_is_offered(
    company: Aika, world: World
) -> None:
    async with at_work(company, world):
        await world.command("ann", "support", "/aika", NIGHTJAR)
        await all_done(world, company)
        alone = world.ephemeral("ann")[-1]
        await world.click("ann", alone, "aika_share")
        await all_done(world, company)

        posted, told = await world.messages("support"), world.ephemeral("ann")[-1]

    assert "Turku" in shown(alone)
    assert posted == []
    assert "Not everyone here may read all that your answer rests on" in shown(told)


async def test_a_button_that_is_pressed_twice_posts_once(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.command("ben", "support", "/aika", ROLL_BACK)
        await all_done(world, company)
        whispered = world.ephemeral("ben")[-1]
        await world.click("ben", whispered, "aika_share")
        await world.click("ben", whispered, "aika_share")
        await all_done(world, company)

        assert len(await world.messages("support")) == 1


async def test_where_aika_is_no_member_it_asks_to_be_invited(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.command("ben", "support", "/aika", ROLL_BACK)
        await all_done(world, company)
        world.fail("chat.postMessage", error="not_in_channel")
        await world.click("ben", world.ephemeral("ben")[-1], "aika_share")
        await all_done(world, company)

    assert "Invite me" in shown(world.ephemeral("ben")[-1])


async def test_the_shortcut_asks_with_the_messages_words_and_answers_its_user_first(
    company: Aika, world: World
) -> None:
    async with at_work(company, world):
        said = await world.say("ann", "support", ROLL_BACK)
        (message,) = await world.messages("support")
        await world.shortcut("ben", ASK_ABOUT, channel="support", message=message)
        await all_done(world, company)
        alone = world.ephemeral("ben")[-1]
        before = await in_thread(world, "support", said)
        await world.click("ben", alone, "aika_share")
        await all_done(world, company)

        (posted,) = await in_thread(world, "support", said)

    assert "ferry rollback checkout" in shown(alone)
    assert before == []
    assert "ferry rollback checkout" in shown(posted)


async def test_whoever_asked_while_slack_was_away_is_told_in_their_direct_messages(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        world.fail("users.info", error="internal_error", times=2)
        await world.command("ben", "support", "/aika", ROLL_BACK)
        await world.wait_for(lambda: world.calls_of("users.info"))
        world.advance(3_600)
        await all_done(world, company)

        (told,) = await world.messages(direct)

    assert "ferry rollback checkout" in shown(told)
