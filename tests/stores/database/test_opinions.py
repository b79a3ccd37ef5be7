"""Ratings of answers, counted by the documents that the answers cite."""

from collections.abc import Sequence
from dataclasses import replace

from aika.domain.answers import Answer, Feedback, Rating
from aika.domain.conversations import Turn
from aika.domain.identifiers import AnswerId, DocumentId, PrincipalId
from aika.stores.database.database import Database
from aika.stores.database.opinions import SqlOpinions
from aika.testing.contracts.conversations import NOON, make_abstention, make_conversation, make_full_answer
from aika.testing.makers import make_document

GUIDE, WIKI = make_document("guide.md").id, make_document("wiki.md").id
UP, DOWN = Rating.HELPFUL, Rating.NOT_HELPFUL


async def rate(database: Database, person: str, answer: str, rating: Rating, *cited: DocumentId) -> None:
    """Let a person ask, get an answer that cites these documents, and rate it. What cites nothing is no answer."""
    owner, store = PrincipalId(f"user:{person}"), database.conversations
    conversation = make_conversation(f"conversation for {answer}", owner=owner)
    if await store.get(conversation.id, owner=owner) is None:
        await store.start(conversation)
        await store.add(
            conversation.id, Turn("q", answer_citing(answer, cited) if cited else make_abstention(answer), NOON)
        )
    await store.give_feedback(Feedback(AnswerId(answer), rating), owner=owner)


def answer_citing(name: str, documents: Sequence[DocumentId]) -> Answer:
    full = make_full_answer(name)
    citation = full.citations[0]
    return replace(
        full,
        id=AnswerId(name),
        citations=tuple(replace(citation, document=replace(citation.document, id=cited)) for cited in documents),
    )


async def test_each_person_counts_once_for_a_document_for_it_or_against_it(database: Database) -> None:
    await rate(database, "ann", "a1", UP, GUIDE, WIKI)
    await rate(database, "ann", "a2", UP, GUIDE)
    await rate(database, "bob", "b1", UP, GUIDE)
    await rate(database, "eve", "e1", DOWN, WIKI)

    assert await database.opinions.helpful([GUIDE, WIKI]) == {GUIDE: 2, WIKI: 0}


async def test_a_person_of_two_minds_counts_for_nothing(database: Database) -> None:
    await rate(database, "ann", "a1", UP, GUIDE)
    await rate(database, "ann", "a2", DOWN, GUIDE)

    assert await database.opinions.helpful([GUIDE]) == {GUIDE: 0}


async def test_what_nobody_rated_is_missing(database: Database) -> None:
    await rate(database, "ann", "a1", DOWN)

    assert await database.opinions.helpful([GUIDE]) == {}


async def test_new_ratings_count_within_a_minute(database: Database) -> None:
    seconds = iter([0.0, 59.0, 60.0, 60.0])
    opinions = SqlOpinions(database._connections, seconds=lambda: next(seconds))
    await rate(database, "ann", "a1", UP, GUIDE)
    first = await opinions.helpful([GUIDE])
    await rate(database, "ann", "a1", DOWN, GUIDE)

    assert [first, await opinions.helpful([GUIDE]), await opinions.helpful([GUIDE])] == [
        {GUIDE: 1},
        {GUIDE: 1},
        {GUIDE: -1},
    ]
