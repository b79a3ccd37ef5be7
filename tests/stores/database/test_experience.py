"""How often answers helped is read from what people said of them, on both engines."""

from dataclasses import replace

from aika.domain.answers import Answer, Experience, Feedback, Rating
from aika.domain.conversations import Turn
from aika.domain.identifiers import ConversationId, SourceId
from aika.stores.database.database import Database
from aika.testing.contracts.conversations import ALICE, NOON, make_conversation, make_full_answer

HANDBOOK = (SourceId("handbook"),)


async def keep(database: Database, answer: Answer, *ratings: Rating) -> None:
    name = ConversationId(f"of {answer.id}")
    await database.conversations.start(make_conversation(name))
    await database.conversations.add(name, Turn("as typed", answer, NOON))
    for rating in ratings:
        await database.conversations.give_feedback(Feedback(answer.id, rating), owner=ALICE)


async def test_each_rated_answer_tells_its_question_its_sources_and_its_votes(database: Database) -> None:
    await keep(database, replace(make_full_answer("one"), question="Who owns it?"), Rating.HELPFUL)
    await keep(database, replace(make_full_answer("two"), question="Where is it?"), Rating.NOT_HELPFUL)
    await keep(database, make_full_answer("silent"))

    assert await database.experience.rated(10) == (
        Experience("Where is it?", HANDBOOK, helpful=0, unhelpful=1),
        Experience("Who owns it?", HANDBOOK, helpful=1, unhelpful=0),
    )


async def test_what_was_counted_is_the_same_object_while_it_is_fresh(database: Database) -> None:
    await keep(database, make_full_answer("one"), Rating.HELPFUL)

    assert await database.experience.rated(10) is await database.experience.rated(10)
