"""A source's documents are leafed through the same on both engines."""

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document, Kind
from aika.domain.identifiers import PrincipalId, SourceId
from aika.stores.database.database import Database
from aika.stores.database.shelf import Leaf, Shelved
from aika.testing.makers import make_document, make_entries, make_entry

HANDBOOK = SourceId("handbook")


def keys(shelved: list[Shelved]) -> list[str]:
    return [one.document.key for one in shelved]


def names(documents: list[Document]) -> list[str]:
    return [document.key for document in documents]


async def test_pages_follow_one_another_in_the_order_of_keys(database: Database) -> None:
    await database.catalogue.record([*make_entries("c", "a", "B", "d"), *make_entries("other", source="wiki")])

    first = await database.shelf.by_key(Leaf(HANDBOOK), scope=UNRESTRICTED, limit=2)
    second = await database.shelf.by_key(Leaf(HANDBOOK), scope=UNRESTRICTED, after=first[-1].document.key)

    assert keys(first + second) == ["B", "a", "c", "d"]


async def test_the_last_changed_come_first(database: Database) -> None:
    await database.catalogue.record(make_entries("a", "b"))
    await database.catalogue.record(make_entries("a"))

    first, second = await database.shelf.by_change(Leaf(HANDBOOK), scope=UNRESTRICTED)

    assert keys([first, second]) == ["a", "b"]
    assert keys(await database.shelf.by_change(Leaf(HANDBOOK), scope=UNRESTRICTED, before=first.change)) == ["b"]


async def test_every_word_must_stand_in_the_key_or_the_title_in_any_case(database: Database) -> None:
    titled = make_document("ops/7.md", title='Größe "of" Ferries \\ \0')
    await database.catalogue.record([make_entry(document=titled), *make_entries("ops/ferries.md", "100%.md")])

    async def found(*words: str) -> list[str]:
        return keys(await database.shelf.by_key(Leaf(HANDBOOK, words), scope=UNRESTRICTED))

    assert await found("FERRIES") == ["ops/7.md", "ops/ferries.md"]
    assert await found("ferries", "größe") == ["ops/7.md"]
    assert await found('"of"') == ["ops/7.md"]
    assert await found("%") == ["100%.md"]
    assert await found("title") == []


async def test_only_what_the_scope_admits_is_listed(database: Database) -> None:
    await database.catalogue.record([*make_entries("public"), *make_entries("secret", readers=("group:board",))])
    board = Scope.of([PrincipalId("group:board")])

    assert keys(await database.shelf.by_key(Leaf(HANDBOOK), scope=Scope.of([]))) == ["public"]
    assert keys(await database.shelf.by_change(Leaf(HANDBOOK), scope=board)) == ["secret", "public"]


async def test_only_the_wanted_kinds_are_listed(database: Database) -> None:
    runbook = make_document("b", kind=Kind.RUNBOOK)
    await database.catalogue.record([*make_entries("a"), make_entry(document=runbook)])

    assert keys(await database.shelf.by_key(Leaf(HANDBOOK, kinds=[Kind.RUNBOOK]), scope=UNRESTRICTED)) == ["b"]


async def test_neighbors_are_of_the_same_folder(database: Database) -> None:
    entries = make_entries("a/1", "a/2", "a/3", "a/4", "a/b/2", "ab/1", "z")
    await database.catalogue.record(entries)

    before, after = await database.shelf.beside(entries[1].document, scope=UNRESTRICTED, limit=2)
    alone = await database.shelf.beside(entries[-1].document, scope=UNRESTRICTED)

    assert (names(before), names(after)) == (["a/1"], ["a/3", "a/4"])
    assert alone == ([], [])


async def test_spans_are_those_of_the_chunks_in_reading_order(database: Database) -> None:
    entry = make_entry("one two three", chunk_chars=4)
    await database.catalogue.record([entry])

    spans = await database.shelf.spans(entry.document.id)

    assert [(span.id, span.position, span.start, span.end) for span in spans] == [
        (chunk.id, chunk.position, chunk.start, chunk.end) for chunk in entry.chunks
    ]
