"""What people accepted is read from what they said of answers, on both engines."""

from dataclasses import replace

from aika.domain.answers import Answer, Feedback, Rating
from aika.domain.conversations import AcceptedQuestion, Turn
from aika.domain.identifiers import AnswerId, ConversationId, SourceId
from aika.stores.database.database import Database
from aika.testing.contracts.conversations import ALICE, NOON, make_abstention, make_conversation, make_full_answer


async def keep(database: Database, answer: Answer, *ratings: Rating) -> None:
    name = ConversationId(f"of {answer.id}")
    await database.conversations.start(make_conversation(name))
    await database.conversations.add(name, Turn("as typed", answer, NOON))
    for rating in ratings:
        await database.conversations.give_feedback(Feedback(answer.id, rating), owner=ALICE)


def answer(name: str, question: str) -> Answer:
    return replace(make_full_answer(name), question=question)


async def test_the_newest_question_comes_first_with_the_sources_that_answered_it(database: Database) -> None:
    await keep(database, answer("one", "Who owns it?"), Rating.HELPFUL)
    await keep(database, answer("two", "Where is it?"), Rating.HELPFUL)

    accepted = await database.accepted.newest(10)

    handbook = (SourceId("handbook"),)
    assert accepted == [AcceptedQuestion("Where is it?", handbook), AcceptedQuestion("Who owns it?", handbook)]


async def test_what_was_not_helpful_or_not_rated_or_cites_nothing_teaches_nothing(database: Database) -> None:
    await keep(database, answer("bad", "Who?"), Rating.NOT_HELPFUL)
    await keep(database, answer("silent", "Where?"))
    await keep(database, replace(answer("general", "Why?"), citations=()), Rating.HELPFUL)

    assert await database.accepted.newest(10) == []


async def test_an_abstention_that_somebody_liked_teaches_nothing(database: Database) -> None:
    await database.conversations.start(make_conversation())
    await database.conversations.add(ConversationId("c"), Turn("q", make_abstention(), NOON))
    await database.conversations.give_feedback(Feedback(AnswerId("a"), Rating.HELPFUL), owner=ALICE)

    assert await database.accepted.newest(10) == []
