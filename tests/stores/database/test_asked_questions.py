"""That a question was asked is kept without a word of it, and longer than its conversation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aika.domain.access import Scope
from aika.domain.answers import Answer, Band, Confidence, Feedback, Origin, Rating
from aika.domain.conversations import Conversation, Turn
from aika.domain.identifiers import AnswerId, AssistantId, ConversationId, PrincipalId, SourceId
from aika.domain.insights import AskedQuestion, Outcome, Surface
from aika.stores.database.database import Database

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
ANN = PrincipalId("user:ann@example.org")
QUESTION = AskedQuestion(
    answer=AnswerId("a1"),
    asked_at=NOON,
    surface=Surface.SLACK,
    asker="d1",
    outcome=Outcome.ANSWERED,
    milliseconds=120.5,
    teams=(PrincipalId("group:a"), PrincipalId("group:b")),
    assistant=AssistantId("backend"),
    sources=(SourceId("handbook"),),
    confidence=0.75,
    band=Band.HIGH,
    first_milliseconds=40.0,
    model="openai:small",
    input_tokens=900,
    output_tokens=50,
    cost_usd=0.001,
)


async def kept_answer(database: Database) -> None:
    answer = Answer(AnswerId("a1"), "Where?", "Here.", Origin.EXTRACTED, (), Confidence(0.75, Band.HIGH), NOON)
    turn = Turn("Where?", answer, NOON, scope=Scope.of({ANN}))
    await database.conversations.start(Conversation(ConversationId("c1"), ANN, "Where?", (turn,), NOON))


async def test_what_is_kept_comes_back_as_it_was(database: Database) -> None:
    await database.asked.add(QUESTION)
    await database.asked.add(replace(QUESTION, asker="again"))

    assert await database.asked.between(NOON, NOON + timedelta(seconds=1)) == [QUESTION]
    assert await database.asked.between(NOON - timedelta(days=1), NOON) == []


async def test_people_are_told_apart_and_not_told_who_they_are(database: Database) -> None:
    one, again = [await database.asked.digest(ANN) for _ in range(2)]

    assert one == again != await database.asked.digest(PrincipalId("user:ben@example.org"))
    assert "ann" not in one


async def test_an_opinion_is_kept_beside_the_question_and_replaced_by_the_next(database: Database) -> None:
    await kept_answer(database)
    await database.asked.add(QUESTION)
    for minutes, rating in enumerate((Rating.NOT_HELPFUL, Rating.HELPFUL)):
        feedback = Feedback(AnswerId("a1"), rating, created_at=NOON + timedelta(minutes=minutes))
        await database.conversations.give_feedback(feedback, owner=ANN)

    (opinion,) = await database.asked.opinions(before=NOON + timedelta(days=1))
    assert (opinion.helpful, opinion.rater, opinion.asked) == (True, await database.asked.digest(ANN), QUESTION)
    assert await database.asked.opinions(before=NOON) == []


async def test_both_survive_the_conversation_and_its_words_do_not(database: Database) -> None:
    await kept_answer(database)
    await database.asked.add(QUESTION)
    await database.conversations.give_feedback(Feedback(AnswerId("a1"), Rating.HELPFUL, created_at=NOON), owner=ANN)
    (worded,) = await database.asked.words([AnswerId("a1")])

    await database.conversations.delete(ConversationId("c1"), owner=ANN)

    assert (worded.text, worded.asker) == ("Where?", "d1")
    assert await database.asked.words([AnswerId("a1")]) == []
    assert len(await database.asked.opinions(before=NOON + timedelta(days=1))) == 1


async def test_what_is_old_is_forgotten_with_what_was_said_of_it(database: Database) -> None:
    await kept_answer(database)
    await database.asked.add(QUESTION)
    await database.asked.add(replace(QUESTION, answer=AnswerId("a2"), asked_at=NOON + timedelta(days=2)))
    await database.conversations.give_feedback(Feedback(AnswerId("a1"), Rating.HELPFUL, created_at=NOON), owner=ANN)

    assert await database.asked.forget(before=NOON + timedelta(days=1)) == 1
    assert await database.asked.people(before=NOON + timedelta(days=3)) == 1
    assert await database.asked.opinions(before=NOON + timedelta(days=3)) == []


@pytest.mark.parametrize("rating", list(Rating))
async def test_what_is_said_of_an_answer_that_is_not_counted_is_said_all_the_same(
    database: Database, rating: Rating
) -> None:
    await kept_answer(database)
    await database.conversations.give_feedback(Feedback(AnswerId("a1"), rating, created_at=NOON), owner=ANN)

    assert [one.rating for one in await database.conversations.feedback(AnswerId("a1"))] == [rating]
