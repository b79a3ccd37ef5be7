"""An answer follows its question: edited, it is answered again in place; deleted, the answer goes too."""

import pytest
from aika_in_slack import all_done, answer, answers, at_work, in_thread, shown
from slack_world.world import World

from aika.application.aika import Aika
from aika.domain.conversations import Conversation

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLL_BACK = "How do I roll back the checkout service?"
CACHE = "What does CACHE-104 mean?"


async def test_an_edited_question_is_answered_again_in_place(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        before = await answer(world, "support", asked)
        await world.edit("ben", "support", asked, f"{world.mention()} {CACHE}")
        await all_done(world, company)

        (after,) = await in_thread(world, "support", asked)

    assert after["ts"] == before["ts"]
    assert "ferry restart cache" in shown(after)
    assert "rollback" not in shown(after)


async def test_in_a_direct_message_too(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        asked = await world.say_to_app("ben", ROLL_BACK)
        await answer(world, direct, asked)
        await world.edit("ben", direct, asked, CACHE)
        await all_done(world, company)

        (after,) = await in_thread(world, direct, asked)

    assert "ferry restart cache" in shown(after)


async def test_the_conversation_forgets_the_answer_that_was_replaced(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await answer(world, "support", asked)
        await world.edit("ben", "support", asked, f"{world.mention()} {CACHE}")
        await all_done(world, company)

        kept = await conversation(company, world, "support", asked)

    assert [turn.question for turn in kept.turns] == [CACHE]


async def test_cards_that_slack_adds_to_links_change_nothing(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await answer(world, "support", asked)
        before = len(world.calls_of("chat.update"))
        await world.edit("ben", "support", asked, f"{world.mention()} {ROLL_BACK}")
        await all_done(world, company)

        assert len(world.calls_of("chat.update")) == before


async def test_a_deleted_questions_answer_is_deleted_and_forgotten(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await world.say("ann", "support", "Thanks, I wondered too.", thread=asked)
        await answer(world, "support", asked)
        await world.delete("ben", "support", asked)
        await all_done(world, company)

        left = [message for message in await world.messages("support", thread=asked) if "bot_id" in message]
        kept = await conversation(company, world, "support", asked)

    assert left == []
    assert kept.turns == ()


async def test_a_question_that_was_deleted_before_it_arrived_is_never_answered(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        with world.holding() as held:
            asked = await world.say_to_app("ben", ROLL_BACK)
            await world.delete("ben", direct, asked)
            for delivery in reversed(held):
                await world.deliver(delivery)
                await all_done(world, company)

        assert [call for call in world.calls if call.method.startswith("chat.")] == []


async def test_an_edit_that_arrives_before_its_message_is_answered_once_in_its_new_words(
    company: Aika, world: World
) -> None:
    async with at_work(company, world):
        with world.holding() as held:
            asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
            await world.edit("ben", "support", asked, f"{world.mention()} {CACHE}")
            for delivery in reversed(held):
                await world.deliver(delivery)
                await all_done(world, company)

        (found,) = await in_thread(world, "support", asked)

    assert "ferry restart cache" in shown(found)


async def test_a_message_that_is_edited_into_a_question_is_answered(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", ROLL_BACK)
        await world.edit("ben", "support", asked, f"{world.mention()} {ROLL_BACK}")

        found = await answer(world, "support", asked)

    assert "ferry rollback checkout" in shown(found)


async def test_an_empty_mention_that_becomes_a_question_is_answered_in_place_of_the_help(
    company: Aika, world: World
) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", world.mention())
        await answer(world, "support", asked)
        await world.edit("ben", "support", asked, f"{world.mention()} {ROLL_BACK}")
        await all_done(world, company)

        (found,) = await in_thread(world, "support", asked)

    assert "ferry rollback checkout" in shown(found)


async def test_a_follow_up_after_an_edit_goes_on_from_the_new_words(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {CACHE}")
        await answer(world, "support", asked)
        await world.edit("ben", "support", asked, f"{world.mention()} {ROLL_BACK}")
        await all_done(world, company)
        await world.say("ben", "support", f"{world.mention()} How long does it take?", thread=asked)

        found = await answers(world, "support", asked, 2)

    assert "two minutes" in shown(found[1])


async def conversation(company: Aika, world: World, channel: str, asked: str) -> Conversation:
    """Return the conversation of a question."""
    place = world.channel(channel)
    question = await company.database.slack_questions.get(f"{world.workspace.id}/{place}/{asked}")
    assert question is not None
    assert question.conversation is not None
    found = await company.database.conversations.get(question.conversation, owner=question.owner)
    assert found is not None
    return found
