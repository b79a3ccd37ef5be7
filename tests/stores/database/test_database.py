"""The database as a whole: opening, upgrading, sharing, and how failures are told."""

import asyncio
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Connection, Text, create_engine, insert, select, text

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.conditions import facets
from aika.domain.documents import Owner
from aika.domain.errors import AikaError, ConfigurationError, PermanentError, TransientError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.sources import Cursor
from aika.stores.database.connections import Connections
from aika.stores.database.database import Database
from aika.stores.database.failures import translated
from aika.stores.database.migrating import migration_config
from aika.stores.database.rows import ReaderSet, document_row
from aika.stores.database.schema import document_facets, documents, metadata, reader_sets
from aika.testing.makers import make_document, make_entries, make_entry


async def test_what_was_written_is_there_when_it_is_opened_again(database_url: str) -> None:
    async with Database.open(database_url) as database:
        await database.catalogue.record(make_entries("a"))

    async with Database.open(database_url) as database:
        assert await database.catalogue.sequence() == 1
        await database.check()


async def test_the_migrations_create_the_tables_of_the_models(database_url: str) -> None:
    async with Database.open(database_url), Connections.open(database_url) as connections:
        async with connections.read() as connection:
            differences = await connection.run_sync(_differences)

    assert differences == []


async def test_rebuilding_a_table_in_a_migration_loses_nothing_that_hangs_on_it(database_url: str) -> None:
    async with Database.open(database_url) as database, Connections.open(database_url) as connections:
        await database.catalogue.record(make_entries("a"))

        async with connections.migrate() as connection:
            await connection.run_sync(_rebuild_documents)

        changes = await database.catalogue.changes(after=0, limit=9)
        assert [change.chunks for change in changes] == [make_entries("a")[0].chunks]


async def test_many_may_open_a_new_database_at_once(sqlite_url: str) -> None:
    async def open_and_check() -> None:
        async with Database.open(sqlite_url) as database:
            await database.check()

    await asyncio.gather(*(open_and_check() for _ in range(3)))


async def test_a_database_of_a_newer_aika_is_not_touched(database_url: str) -> None:
    async with Database.open(database_url), Connections.open(database_url) as connections:
        async with connections.write() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(ConfigurationError, match="newer version of aika"):
        async with Database.open(database_url):
            pass


async def test_readers_go_on_while_others_write(database: Database) -> None:
    scope = Scope.of([PrincipalId("user:alice")])
    await database.catalogue.record(make_entries("first"))

    async def write(number: int) -> None:
        await database.catalogue.record(make_entries(f"{number}"))
        await database.sync_log.save_cursor(SourceId(f"s{number}"), Cursor("x"))

    async def read() -> None:
        for _ in range(5):
            assert await database.catalogue.documents(scope=scope)
            changes = await database.catalogue.changes(after=0, limit=100)
            assert len(changes) <= await _recorded_now(database)

    async with asyncio.TaskGroup() as group:
        for number in range(12):
            group.create_task(write(number))
            group.create_task(read())

    assert await database.catalogue.sequence() == 13


async def test_a_cancelled_write_leaves_nothing_and_the_next_one_works(database: Database) -> None:
    writing = asyncio.create_task(database.catalogue.record(make_entries(*(f"{n}" for n in range(300)))))
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing

    await database.catalogue.record(make_entries("next"))

    documents = await database.catalogue.documents(scope=UNRESTRICTED, limit=1_000)
    assert [document.key for document in documents] == ["next"]


async def test_a_source_that_was_only_synced_is_a_source(database: Database) -> None:
    await database.sync_log.save_cursor(SourceId("empty"), Cursor("x"))

    assert await database.catalogue.sources() == {"empty"}


async def test_only_the_owner_of_the_process_may_read_the_files(sqlite_url: str, tmp_path: Path) -> None:
    async with Database.open(sqlite_url):
        assert modes_in(tmp_path) == {0o600}


@pytest.mark.parametrize(
    "url", ["mysql://root:secret@host/x", "sqlite://", "not a url secret", "sqlite:////proc/x/secret"]
)
async def test_a_wrong_url_is_an_error_of_configuration_that_shows_no_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        async with Database.open(url):
            pass

    assert "root:secret" not in str(raised.value)


async def test_a_file_that_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "aika.sqlite"
    path.write_bytes(b"no database at all, " * 500)

    with pytest.raises(PermanentError, match="damaged or is not a database"):
        async with Database.open(f"sqlite:///{path}"):
            pass


async def test_a_missing_database_is_named(postgres_server: str) -> None:
    with pytest.raises(TransientError, match=r"'nowhere'.* does not exist"):
        async with Database.open(postgres_server.replace("/postgres?", "/nowhere?")):
            pass


async def test_a_server_that_does_not_answer_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="not available"):
        async with Database.open(f"postgresql://u:secret@/x?host={tmp_path}"):
            pass


async def test_a_failed_check_says_so(database_url: str) -> None:
    async with Database.open(database_url) as database, Connections.open(database_url) as connections:
        async with connections.write() as connection:
            await connection.execute(text("DROP TABLE catalogue_state"))

        with pytest.raises(AikaError):
            await database.check()


def test_a_full_disk_is_told_with_what_to_do(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'full.sqlite'}")

    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 2"))
        with (
            pytest.raises(PermanentError, match="disk that holds the database is full: free"),
            translated("the database"),
        ):
            connection.execute(text("CREATE TABLE t AS SELECT zeroblob(100000)"))

    engine.dispose()


def test_a_lock_of_another_process_is_worth_another_try(tmp_path: Path) -> None:
    path = tmp_path / "locked.sqlite"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 0})

    with engine.connect() as connection, pytest.raises(TransientError, match="locked by another process"):
        with translated("the database"):
            connection.execute(text("CREATE TABLE t (x)"))

    engine.dispose()
    other.close()


def _rebuild_documents(connection: Connection) -> None:
    with Operations(MigrationContext.configure(connection)).batch_alter_table("documents", recreate="auto") as table:
        table.add_column(Column("added", Text))
        table.alter_column("version", nullable=True)


def modes_in(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.iterdir()}


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def _recorded_now(database: Database) -> int:
    return sum(count.documents for count in (await database.catalogue.counts(scope=UNRESTRICTED)).values())


async def test_documents_from_before_filters_are_filtered_too(database_url: str) -> None:
    attributes = {"tags": ("API", "on-call\ud800"), "superseded_by": "b", "audience": "SRE"}
    entry = make_entry(document=replace(make_document(attributes=attributes), owner=Owner("Größe", "#help")))
    async with Connections.open(database_url) as connections:
        async with connections.migrate() as connection:
            await connection.run_sync(_only_the_tables_before_filters)
            nobody = ReaderSet.of(frozenset())
            await connection.execute(insert(reader_sets), {"id": nobody.id, "principals": nobody.principals})
            await connection.execute(insert(documents), document_row(entry, 1, nobody))

    async with Database.open(database_url), Connections.open(database_url) as connections:
        async with connections.read() as connection:
            found = set(await connection.scalars(select(document_facets.c.facet)))

    assert found == facets(entry.document)


def _only_the_tables_before_filters(connection: Connection) -> None:
    metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    command.upgrade(migration_config(connection), "0005")
