"""Which answers cite a document is kept with the answers, and goes with them."""

from dataclasses import replace

from alembic import command
from pydantic import TypeAdapter
from sqlalchemy import Connection, insert, text

from aika.domain.answers import Answer
from aika.domain.conversations import Turn
from aika.domain.identifiers import ConversationId, PrincipalId, document_id
from aika.stores.database.connections import Connections
from aika.stores.database.database import Database
from aika.stores.database.migrating import migration_config
from aika.stores.database.schema import conversations, metadata, turns
from aika.testing.contracts.conversations import ALICE, BOB, NOON, make_conversation, make_full_answer

CITED = make_full_answer().citations[0].document.id


async def ask(database: Database, name: str, owner: PrincipalId) -> None:
    conversation = replace(make_conversation(ConversationId(name)), owner=owner)
    await database.conversations.start(conversation)
    await database.conversations.add(
        conversation.id, Turn(f"question {name}", make_full_answer(f"answer {name}"), NOON)
    )


async def test_answers_and_people_are_counted(database: Database) -> None:
    for name, owner in (("one", ALICE), ("two", ALICE), ("three", BOB)):
        await ask(database, name, owner)

    counted = await database.citations.counted(CITED)

    assert (counted.answers, counted.people, counted.last_at) == (3, 2, NOON)


async def test_ones_own_questions_are_told_apart(database: Database) -> None:
    await ask(database, "mine", ALICE)
    await ask(database, "theirs", BOB)

    own = await database.citations.questions(CITED, owner=ALICE)
    everyones = await database.citations.questions(CITED, owner=None)

    assert [one.question for one in own] == ["question mine"]
    assert {one.question for one in everyones} == {"question mine", "question theirs"}


async def test_an_answer_that_is_deleted_cites_nothing_any_more(database: Database) -> None:
    await ask(database, "mine", ALICE)

    await database.conversations.delete(ConversationId("mine"), owner=ALICE)

    assert (await database.citations.counted(CITED)).answers == 0


async def test_a_document_that_nobody_knows_is_cited_nowhere(database: Database) -> None:
    unknown = document_id(make_full_answer().citations[0].document.source, "nowhere")

    assert (await database.citations.counted(unknown)).people == 0
    assert await database.citations.questions(unknown, owner=None) == []


async def test_answers_from_before_this_was_kept_are_counted_too(database_url: str) -> None:
    answer = make_full_answer()
    async with Connections.open(database_url) as connections, connections.migrate() as connection:
        await connection.run_sync(_only_the_tables_before_citations)
        await connection.execute(insert(conversations).values(id="old", owner=ALICE, title="Old", created_at=NOON))
        kept = {"answer": answer.id, "answered": True, "question": "Why?", "asked_at": NOON}
        outcome = TypeAdapter(Answer).dump_python(answer, mode="json")
        await connection.execute(insert(turns).values(conversation="old", outcome=outcome, **kept))

    async with Database.open(database_url) as database:
        assert (await database.citations.counted(CITED)).answers == 1


def _only_the_tables_before_citations(connection: Connection) -> None:
    metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    command.upgrade(migration_config(connection), "0013")
