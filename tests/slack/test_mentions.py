"""aika answers whoever mentions it, in the thread, of what everyone there may read."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aika_in_slack import actions, all_done, answer, answers, at_work, in_thread, links, shown
from slack_world.world import World

from aika.application.aika import Aika
from aika.domain.answers import AnswerEvent
from aika.domain.errors import TransientError
from aika.domain.identifiers import PrincipalId
from aika.domain.queries import Query
from aika.protocols import Answerer

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROLL_BACK = "How do I roll back the checkout service?"


async def test_a_mention_is_answered_in_its_thread_with_footnotes(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")

        found = await answer(world, "support", asked)

    assert "ferry rollback checkout" in shown(found)
    assert "[1]" in shown(found)
    assert "Deploying" in shown(found)
    assert found["thread_ts"] == asked


async def test_the_mention_and_the_message_are_one_question(company: Aika, world: World) -> None:
    async with at_work(company, world):
        world.deliver_times(3)
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await answer(world, "support", asked)
        await all_done(world, company)

        found = await in_thread(world, "support", asked)

    assert len(found) == 1


async def test_either_of_the_two_is_enough(company: Aika, world: World) -> None:
    async with at_work(company, world):
        world.lose_next()
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")

        found = await answers(world, "support", asked)

    assert len(found) == 1


async def test_a_question_that_is_answered_is_not_answered_again_after_a_restart(company: Aika, world: World) -> None:
    with world.holding() as held:
        async with at_work(company, world):
            asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
            await world.deliver(held[0])
            await answer(world, "support", asked)
        async with at_work(company, world):
            for delivery in held:
                await world.deliver(delivery)
            await all_done(world, company)

            found = await in_thread(world, "support", asked)

    assert len(found) == 1


async def test_what_a_process_leaves_unfinished_the_next_one_answers_once(company: Aika, world: World) -> None:
    async with at_work(company, world):
        world.fail("chat.postMessage", error="internal_error", times=1)
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await world.wait_for(lambda: world.calls_of("chat.postMessage"))
    async with at_work(company, world):
        await answer(world, "support", asked)
        await all_done(world, company)

        found = await in_thread(world, "support", asked)

    assert len(found) == 1


async def test_a_channel_is_told_only_what_every_member_may_read(company: Aika, world: World) -> None:
    question = "Where does Project Nightjar move the head office?"
    async with at_work(company, world):
        in_public = await world.say("ann", "support", f"{world.mention()} {question}")
        among_board = await world.say("ann", "board", f"{world.mention()} {question}")

        public = await answer(world, "support", in_public)
        board = await answer(world, "board", among_board)

    assert "Turku" not in shown(public)
    assert "Nightjar" not in "".join(links(public))
    assert "Turku" in shown(board)


async def test_where_the_members_cannot_be_listed_nothing_is_used_and_that_is_said(company: Aika, world: World) -> None:
    async with at_work(company, world):
        world.fail("conversations.members", error="missing_scope", times=100)
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")

        found = await answer(world, "support", asked)

    assert "could not find out who is in this channel" in shown(found)
    assert "rollback" not in shown(found)


async def test_a_follow_up_is_understood_by_what_was_said_in_the_thread(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await answer(world, "support", asked)
        await world.say("ann", "support", f"{world.mention()} How long does it take?", thread=asked)

        found = await answers(world, "support", asked, 2)

    assert "two minutes" in shown(found[1])


async def test_what_does_not_mention_aika_is_left_alone(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", ROLL_BACK)
        await all_done(world, company)

        assert await in_thread(world, "support", asked) == []


async def test_other_bots_never_begin_anything(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}", bot_id="B0OTHER", app_id="A0OTHER")
        await all_done(world, company)

        assert await in_thread(world, "support", asked) == []


async def test_a_bot_that_does_not_say_so_is_recognised(company: Aika, world: World) -> None:
    async with at_work(company, world):
        await world.change_person("ben", bot=True)
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await all_done(world, company)

        assert await in_thread(world, "support", asked) == []


async def test_an_empty_mention_is_told_what_can_be_asked(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", world.mention())

        found = await answer(world, "support", asked)

    assert "Ask me a question" in shown(found)
    assert actions(found) == []


async def test_too_long_a_question_is_told_the_limit(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {'why ' * 3_000}")

        found = await answer(world, "support", asked)

    assert "characters, and I read at most" in shown(found)


async def test_what_is_not_known_comes_with_what_is_nearest(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} Who won the regatta of 1987?")

        found = await answer(world, "support", asked)

    assert "aika_feedback" in actions(found)
    assert "rollback" not in shown(found)


@pytest.mark.parametrize(
    ("style", "says"), [("band", "Confidence: "), ("number", " %"), ("none", None)], ids=["band", "number", "none"]
)
async def test_the_confidence_is_shown_as_the_team_wants_it(
    company: Aika, world: World, style: str, says: str | None
) -> None:
    async with at_work(company, world, confidence=style):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")

        found = await answer(world, "support", asked)

    assert ("Confidence" in shown(found)) == (says is not None)
    assert says is None or says in shown(found)


async def test_it_is_shown_that_aika_reads(company: Aika, world: World) -> None:
    async with at_work(company, world):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await answer(world, "support", asked)

    assert (world.channel("support"), asked, "is reading…") in world.workspace.status_log


async def test_whoever_asks_too_much_at_once_is_asked_to_wait(company: Aika, world: World) -> None:
    async with at_work(company, world, questions_per_minute=1):
        first = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        await answer(world, "support", first)
        second = await world.say("ben", "support", f"{world.mention()} What is CACHE-104?")
        await world.wait_for(lambda: world.ephemeral("ben"))
        await all_done(world, company)

        told, found = world.ephemeral("ben"), await in_thread(world, "support", second)

    assert "Please wait a minute" in shown(told[0])
    assert found == []


async def test_a_group_conversation_is_answered_of_what_all_in_it_may_read(company: Aika, world: World) -> None:
    async with at_work(company, world):
        group = await world.direct("ann", "ben", "aika")
        asked = await world.say("ann", group, f"{world.mention()} Where does Project Nightjar move the head office?")

        found = await answer(world, group, asked)

    assert "Turku" not in shown(found)


async def test_an_assistant_that_is_not_there_is_told_in_plain_words(company: Aika, world: World) -> None:
    async with at_work(company, world, assistant="nobody"):
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")

        found = await answer(world, "support", asked)

    assert "there is no assistant 'nobody'" in shown(found)


async def test_aika_joins_a_thread_that_people_began(company: Aika, world: World) -> None:
    async with at_work(company, world):
        begun = await world.say("ben", "support", ROLL_BACK)
        await world.say("ann", "support", f"{world.mention()} How long does it take?", thread=begun)

        found = await answer(world, "support", begun)

    assert "two minutes" in shown(found)


async def test_a_mention_without_words_asks_what_the_thread_began_with(company: Aika, world: World) -> None:
    async with at_work(company, world):
        begun = await world.say("ben", "support", ROLL_BACK)
        await world.say("ann", "support", world.mention(), thread=begun)

        found = await answer(world, "support", begun)

    assert "ferry rollback checkout" in shown(found)


async def test_a_failure_is_told_in_plain_words_and_leaves_no_empty_conversation(
    company: Aika, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(company, world):
        monkeypatch.setattr(company, "conversing", replace(company.conversing, answerer=Unreachable()))
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")
        found = await answer(world, "support", asked)
        owner = PrincipalId(f"slack:{world.workspace.id}:{world.channel('support')}")

        kept = await company.database.conversations.listing(owner=owner)

    assert "I could not read the documents just now" in shown(found)
    assert kept == []


async def test_what_failed_for_a_moment_is_answered(
    company: Aika, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_work(company, world):
        answering = company.conversing.answerer
        monkeypatch.setattr(company, "conversing", replace(company.conversing, answerer=Unreachable(answering)))
        asked = await world.say("ben", "support", f"{world.mention()} {ROLL_BACK}")

        found = await answer(world, "support", asked)

    assert "ferry rollback checkout" in shown(found)


class Unreachable:
    """An answerer that does not answer, or that does not at first."""

    def __init__(self, later: Answerer | None = None) -> None:
        self._later = later
        self._asked = 0

    async def answer(self, query: Query) -> AsyncIterator[AnswerEvent]:
        self._asked += 1
        if self._later is None or self._asked == 1:
            raise TransientError("the language model does not answer")
        async for event in self._later.answer(query):
            yield event
