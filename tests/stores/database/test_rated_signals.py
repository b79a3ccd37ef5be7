"""What the confidence is refitted to is read from ratings, and tells nothing of who rated or what was asked."""

from dataclasses import fields, replace

from aika.domain.answers import Answer, Band, Confidence, Feedback, Origin, RatedSignals, Rating, Signal
from aika.domain.conversations import Turn
from aika.domain.identifiers import ConversationId, PrincipalId
from aika.stores.database.database import Database
from aika.testing.contracts.conversations import ALICE, NOON, make_conversation, make_full_answer

SIGNALS = (Signal("support", 0.75, 0.5, "well backed"), Signal("age", 0.25, -0.1, "old"))


def answer(name: str, question: str = "Who owns it?") -> Answer:
    return replace(make_full_answer(name), question=question, confidence=Confidence(0.6, Band.MEDIUM, SIGNALS))


async def keep(
    database: Database, kept: Answer, rating: Rating, *, owner: PrincipalId = ALICE, tags: tuple[str, ...] = ()
) -> None:
    name = ConversationId(f"of {kept.id}")
    await database.conversations.start(replace(make_conversation(name), owner=owner))
    await database.conversations.add(name, Turn("as typed", kept, NOON))
    await database.conversations.give_feedback(Feedback(kept.id, rating, tags=tags), owner=owner)


async def test_a_rating_comes_with_the_signals_of_its_answer(database: Database) -> None:
    await keep(database, answer("one"), Rating.NOT_HELPFUL)

    ((found,), left_out) = await database.rated_signals.newest(limit=10)

    assert (found.signals, found.helpful, found.confidence) == ({"support": 0.75, "age": 0.25}, False, 0.6)
    assert left_out == 0


async def test_people_and_questions_are_told_apart_and_nothing_more(database: Database) -> None:
    bob = PrincipalId("user:bob@example.org")
    await keep(database, answer("one", "Who  owns it?"), Rating.HELPFUL)
    await keep(database, answer("two", "who owns it?"), Rating.HELPFUL, owner=bob)
    await keep(database, answer("three", "Where is it?"), Rating.HELPFUL)

    found, _ = await database.rated_signals.newest(limit=10)

    assert [one.person for one in found] == [0, 1, 0]
    assert [one.question for one in found] == [0, 1, 1]
    assert {field.name for field in fields(RatedSignals)} == {
        "origin",
        "confidence",
        "signals",
        "helpful",
        "person",
        "question",
    }


async def test_ratings_of_some_people_and_with_some_tags_are_left_out_and_counted(database: Database) -> None:
    robot = PrincipalId("key:robot")
    await keep(database, answer("one"), Rating.HELPFUL, owner=robot)
    await keep(database, answer("two"), Rating.HELPFUL, tags=("test",))
    await keep(database, answer("three"), Rating.HELPFUL)

    found, left_out = await database.rated_signals.newest(limit=10, leaving_out={robot}, tags={"test"})

    assert (len(found), left_out) == (1, 2)


async def test_an_answer_without_documents_or_signals_teaches_nothing(database: Database) -> None:
    await keep(database, replace(answer("one"), origin=Origin.GENERAL), Rating.HELPFUL)
    await keep(database, replace(answer("two"), confidence=Confidence(0.9, Band.HIGH)), Rating.HELPFUL)

    assert await database.rated_signals.newest(limit=10) == ([], 0)
