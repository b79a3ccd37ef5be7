"""Deciding about proposals from elsewhere than the channel: who sees which, and what becomes of two who decide at once."""

from dataclasses import replace

import pytest
from goalie_world import HUMAN_GOALIE, World

from aika.application.goalie_clicks import Person
from aika.application.goalie_review import GoalieReview, Reviewer
from aika.application.goalies import Goalies
from aika.domain.access import Scope
from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.goalies import CaseState, Mode, Ruling
from aika.testing.goalies import HUMAN, HUMAN_ADDRESS, make_goalie, make_message

READER = Scope.of([])
NOBODY = replace(READER, sources=frozenset())
ON_THE_WEB = Reviewer(Person(f"user:{HUMAN_ADDRESS}", HUMAN_ADDRESS), READER)
OPERATOR = Reviewer(Person("local", "", oversees=True), READER)
STRANGER = Reviewer(Person("user:stranger@example.org", "stranger@example.org"), READER)


@pytest.fixture
def review(world: World, goalies: Goalies) -> GoalieReview:
    world.answers.usual = 0.5
    world.desk.names[HUMAN] = "Ada"
    return GoalieReview(goalies, world.database.catalogue)


async def proposed(world: World, review: GoalieReview) -> str:
    """Have a question asked and proposed, and return its case."""
    message = make_message()
    await review.goalies.on_message(world.files.goalies[0], message)
    await review.goalies.finish()
    return (await world.case_of(message)).id


async def test_a_human_goalie_sees_what_waits_with_its_answer(world: World, review: GoalieReview) -> None:
    await proposed(world, review)

    [waiting] = await review.queue(ON_THE_WEB)

    assert (waiting.case.question, waiting.outcome.text) == ("How do I rotate a key?", "Rotate it in the console [1].")
    assert waiting.address.startswith("https://chat.example.org/C1/")


async def test_an_administrator_sees_it_and_a_stranger_does_not(world: World, review: GoalieReview) -> None:
    case = await proposed(world, review)

    assert [one.case.id for one in await review.queue(OPERATOR)] == [case]
    assert await review.queue(STRANGER) == []
    with pytest.raises(NotFoundError):
        await review.named("payments-help", STRANGER.person)
    with pytest.raises(NotFoundError):
        await review.decide((await review.queue(OPERATOR))[0].case.id, Ruling.ACCEPT, by=STRANGER)


async def test_what_rests_on_documents_that_they_may_not_read_is_not_there(world: World, review: GoalieReview) -> None:
    await proposed(world, review)
    [waiting] = await review.queue(OPERATOR)
    blind = replace(ON_THE_WEB, scope=NOBODY)

    assert await review.queue(blind) == []
    with pytest.raises(NotFoundError):
        await review.decide(waiting.case.id, Ruling.ACCEPT, by=blind)
    with pytest.raises(NotFoundError):
        await review.one(waiting.case.id, blind)


async def test_what_is_accepted_is_posted_and_shown_as_decided(world: World, review: GoalieReview) -> None:
    await proposed(world, review)
    [waiting] = await review.queue(ON_THE_WEB)

    after = await review.decide(waiting.case.id, Ruling.ACCEPT, by=ON_THE_WEB)
    await review.goalies.finish()

    assert after.state is CaseState.ACCEPTED
    assert world.desk.seen("thread") == ["Rotate it in the console [1]."]
    assert world.desk.settled[after.id] == f"accepted by user:{HUMAN_ADDRESS}"
    assert await review.queue(ON_THE_WEB) == []


async def test_an_administrator_posts_other_words(world: World, review: GoalieReview) -> None:
    await proposed(world, review)
    [waiting] = await review.queue(OPERATOR)

    await review.decide(waiting.case.id, Ruling.EDIT, by=OPERATOR, words="Ask Ada.")
    await review.goalies.finish()

    assert world.desk.seen("thread") == ["Ask Ada."]


async def test_the_second_to_decide_is_told_who_was_first(world: World, review: GoalieReview) -> None:
    await proposed(world, review)
    [waiting] = await review.queue(ON_THE_WEB)
    await review.goalies.decide(waiting.case.id, Ruling.REJECT, by=HUMAN_GOALIE)

    with pytest.raises(ConflictError, match="Ada was first: the answer is rejected already"):
        await review.decide(waiting.case.id, Ruling.ACCEPT, by=ON_THE_WEB)
    with pytest.raises(ConflictError, match="Ada was first"):
        await review.one(waiting.case.id, ON_THE_WEB)


async def test_whoever_decides_the_same_again_changes_nothing(world: World, review: GoalieReview) -> None:
    await proposed(world, review)
    [waiting] = await review.queue(ON_THE_WEB)
    first = await review.decide(waiting.case.id, Ruling.ACCEPT, by=ON_THE_WEB)

    assert (await review.decide(waiting.case.id, Ruling.ACCEPT, by=ON_THE_WEB)).version == first.version


async def test_what_was_only_said_in_the_log_channel_is_nobodys_to_decide(world: World, review: GoalieReview) -> None:
    world.files.goalies[:] = [make_goalie(mode=Mode.SHADOW, log_channel="log")]
    message = make_message()
    await review.goalies.on_message(world.files.goalies[0], message)
    await review.goalies.finish()
    case = await world.case_of(message)

    assert (case.state, case.shadow) == (CaseState.PROPOSED, True)
    assert await review.queue(OPERATOR) == []
    with pytest.raises(ConflictError):
        await review.decide(case.id, Ruling.ACCEPT, by=OPERATOR)
