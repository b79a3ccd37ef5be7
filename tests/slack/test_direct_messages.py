"""In a direct message everything is a question, answered of what the asker may read, piece by piece once it was judged."""

import pytest
from aika_in_slack import actions, all_done, answer, answers, at_work, in_thread, shown
from slack_world.state import Person
from slack_world.world import World

from aika.application.aika import Aika

pytestmark = pytest.mark.asyncio(loop_scope="session")

NIGHTJAR = "Where does Project Nightjar move the head office?"
ROLL_BACK = "How do I roll back the checkout service?"


async def test_a_direct_message_needs_no_mention(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say_to_app("ben", ROLL_BACK)

        found = await answer(world, await world.direct("ben"), asked)

    assert "ferry rollback checkout" in shown(found)


async def test_the_asker_is_told_what_they_may_read(company: Aika, world: World) -> None:
    async with at_work(company, world):
        by_ann, by_ben = await world.say_to_app("ann", NIGHTJAR), await world.say_to_app("ben", NIGHTJAR)

        to_ann = await answer(world, await world.direct("ann"), by_ann)
        to_ben = await answer(world, await world.direct("ben"), by_ben)

    assert "Turku" in shown(to_ann)
    assert "Turku" not in shown(to_ben)


async def test_a_guest_is_not_the_company(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.add_person(Person("gus", guest="multi"))
        asked = await world.say_to_app("gus", ROLL_BACK)

        found = await answer(world, await world.direct("gus"), asked)

    assert "rollback" not in shown(found)


async def test_only_what_was_judged_is_streamed(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say_to_app("ben", ROLL_BACK)
        found = await answer(world, await world.direct("ben"), asked)

    statuses = [status for _, thread, status in world.workspace.status_log if thread == asked]
    streamed = [call.method for call in world.calls if call.method.startswith("chat.")]
    assert statuses[0] == "is reading…"
    assert streamed[0] == "chat.startStream"
    assert streamed[-1] == "chat.stopStream"
    assert set(streamed[1:-1]) == {"chat.appendStream"}
    assert "aika_feedback" in actions(found)


async def test_where_slack_takes_no_streams_the_answer_is_posted_whole(company: Aika, world: World) -> None:
    async with at_work(company, world):
        world.fail("chat.startStream", error="unknown_method", times=10)
        asked = await world.say_to_app("ben", ROLL_BACK)

        found = await answer(world, await world.direct("ben"), asked)

    assert "ferry rollback checkout" in shown(found)


async def test_a_stream_that_breaks_off_is_finished(company: Aika, world: World) -> None:
    async with at_work(company, world):
        world.fail("chat.appendStream", error="internal_error", times=10)
        asked = await world.say_to_app("ben", ROLL_BACK)
        await all_done(world, company)

        found = await in_thread(world, await world.direct("ben"), asked)

    assert len(found) == 1
    assert "ferry rollback checkout" in shown(found[0])


async def test_an_answer_that_was_begun_before_a_crash_is_finished_and_not_said_twice(
    company: Aika, world: World
) -> None:
    with world.holding() as held:
        async with at_work(company, world):
            asked = await world.say_to_app("ben", ROLL_BACK)
            direct = await world.direct("ben")
            # The answer is out, and the process dies before that is recorded.
            record = company.database.slack_questions
            await world.deliver(held[0])
            await answer(world, direct, asked)
            await all_done(world, company)
            question = await record.get(f"{world.workspace.id}/{direct}/{asked}")
            assert question is not None
            await record.shown(question.key, None, "")
            await company.database.inbox.forget(before=company.clock.now())
        async with at_work(company, world):
            await world.deliver(held[0])
            await all_done(world, company)

            found = await in_thread(world, direct, asked)

    assert len(found) == 1
    assert "ferry rollback checkout" in shown(found[0])


async def test_a_follow_up_in_the_thread_needs_no_repetition(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        asked = await world.say_to_app("ben", ROLL_BACK)
        await answer(world, direct, asked)
        await world.say_to_app("ben", "How long does it take?", thread=asked)

        found = await answers(world, direct, asked, 2)

    assert "two minutes" in shown(found[1])


async def test_a_conversation_belongs_to_who_had_it(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say_to_app("ben", ROLL_BACK)
        await answer(world, await world.direct("ben"), asked)
        await all_done(world, company)

        kept = await company.database.slack_questions.get(f"{world.workspace.id}/{await world.direct('ben')}/{asked}")

    assert kept is not None
    assert kept.owner == "user:ben@example.org"


async def test_aikas_own_words_are_no_questions(company: Aika, world: World) -> None:
    async with at_work(company, world):
        direct = await world.direct("ben")
        asked = await world.say_to_app("ben", ROLL_BACK)
        await answer(world, direct, asked)
        await all_done(world, company)

        assert len(await in_thread(world, direct, asked)) == 1
