"""What every catalogue must do."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Block, BlockKind, Body, Chunk, Document, Kind, Owner
from aika.domain.errors import PermanentError
from aika.domain.identifiers import ChunkId, DocumentId, SourceId, chunk_id, document_id
from aika.protocols import Catalogue, Change, Count, Entry, Known
from aika.testing.contracts.catalogue_scope import (
    ALICE,
    HANDBOOK,
    TEAM,
    WIKI,
    CatalogueScopeContract,
    paged,
    shared_catalogue,
)
from aika.testing.makers import make_chunk, make_document, make_entries, make_entry


async def changes_of(catalogue: Catalogue, *, after: int = 0) -> list[Change]:
    return await catalogue.changes(after=after, limit=1_000)


class CatalogueDocumentsContract:
    """Documents and chunks come back as they were recorded."""

    async def test_a_document_comes_back_whole(self, catalogue: Catalogue) -> None:
        document = Document(
            id=document_id(WIKI, "größe/α.md"),
            source=WIKI,
            key="größe/α.md",
            title="Größe: \u0394 and a NUL \0",
            kind=Kind.DECISION,
            url="https://wiki.example/α#top",
            media_type="text/markdown",
            readers=frozenset({ALICE, TEAM}),
            owner=Owner("Payments", "#payments", "CODEOWNERS"),
            authors=("Ann", "Ben"),
            created_at=datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC),
            modified_at=datetime(2025, 1, 1, tzinfo=timezone(timedelta(hours=5, minutes=30))),
            attributes={"status": "accepted", "tags": ("a", "b"), "none": ()},
        )
        text = "# Größe\n\nα \0 \U0001f600 and a lone \udc80"
        body = Body(
            text,
            (
                Block(BlockKind.HEADING, 0, 7, ("Above", "Größe"), "größe"),
                Block(BlockKind.PARAGRAPH, 9, len(text), ()),
            ),
        )
        chunk = Chunk(document, 0, 9, len(text), text[9:], ("Above", "Größe"), "größe")

        await catalogue.record([Entry(document, body, (chunk,), "v", "p", "h")])

        assert await catalogue.document(document.id, scope=UNRESTRICTED) == (document, body)
        assert await catalogue.chunks([chunk.id], scope=UNRESTRICTED) == {chunk.id: chunk}

    async def test_an_empty_document_is_a_document(self, catalogue: Catalogue) -> None:
        document = make_document(readers=[])
        entry = Entry(document, Body("", ()), (make_chunk("", document=document),), "v", "p", "h")

        await catalogue.record([entry, make_entry("", document=make_document("other"))])

        assert await catalogue.document(document.id, scope=UNRESTRICTED) == (document, entry.body)
        assert list((await catalogue.chunks([entry.chunks[0].id], scope=UNRESTRICTED)).values()) == [*entry.chunks]
        assert await catalogue.counts(scope=UNRESTRICTED) == {HANDBOOK: Count(2, 1)}

    @given(
        text=st.text(min_size=1, max_size=60).map(lambda unit: (unit * 9_000)[:9_000]),
        spans=st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000)).map(sorted), min_size=1, max_size=8),
    )
    @shared_catalogue
    async def test_any_span_of_a_long_document_can_be_a_chunk(
        self, catalogue: Catalogue, text: str, spans: list[list[int]]
    ) -> None:
        document = make_document()
        chunks = tuple(
            make_chunk(text[start:end], document=document, position=position, start=start)
            for position, (start, end) in enumerate((start, min(end, len(text))) for start, end in spans)
            if start <= len(text)
        )

        await catalogue.record([Entry(document, Body(text, ()), chunks, "v", "p", "h")])

        found = await catalogue.chunks([chunk.id for chunk in chunks], scope=UNRESTRICTED)
        assert found == {chunk.id: chunk for chunk in chunks}
        assert (await changes_of(catalogue))[-1].chunks == chunks

    async def test_a_document_that_shrank_leaves_no_tail(self, catalogue: Catalogue) -> None:
        long, short = make_entry("one two", chunk_chars=4), make_entry("one")
        await catalogue.record([long])

        await catalogue.record([short])

        assert list(await catalogue.chunks([chunk.id for chunk in long.chunks], scope=UNRESTRICTED)) == [
            short.chunks[0].id
        ]
        assert await catalogue.counts(scope=UNRESTRICTED) == {HANDBOOK: Count(1, 1)}

    async def test_of_a_document_given_twice_the_last_counts(self, catalogue: Catalogue) -> None:
        await catalogue.record([make_entry("first", version="1"), make_entry("second", version="2")])

        assert [change.chunks for change in await changes_of(catalogue)] == [make_entry("second").chunks]

    async def test_a_chunk_that_is_not_the_documents_text_is_refused_and_nothing_recorded(
        self, catalogue: Catalogue
    ) -> None:
        good, document = make_entry("good", document=make_document("good")), make_document("bad")
        wrong = Entry(document, Body("text", ()), (make_chunk("tale", document=document),), "v", "p", "h")

        with pytest.raises(PermanentError, match="'bad'"):
            await catalogue.record([good, wrong])

        assert await catalogue.counts(scope=UNRESTRICTED) == {}
        assert await catalogue.sequence() == 0

    async def test_a_key_that_cannot_be_stored_is_refused(self, catalogue: Catalogue) -> None:
        with pytest.raises(PermanentError, match="NUL"):
            await catalogue.record(make_entries("a\0b"))

    async def test_removed_documents_are_gone_with_their_text(self, catalogue: Catalogue) -> None:
        gone, kept = make_entries("gone", "kept")
        await catalogue.record([gone, kept])

        count = await catalogue.remove([gone.document.id, document_id(HANDBOOK, "never"), DocumentId("no uuid")])

        assert count == 1
        assert await catalogue.document(gone.document.id, scope=UNRESTRICTED) is None
        assert list(await catalogue.chunks([gone.chunks[0].id, kept.chunks[0].id], scope=UNRESTRICTED)) == [
            kept.chunks[0].id
        ]
        assert set(await catalogue.known(HANDBOOK)) == {"kept"}

    async def test_unknown_and_malformed_ids_find_nothing(self, catalogue: Catalogue) -> None:
        await catalogue.record(make_entries("a"))

        assert await catalogue.document(DocumentId("no uuid"), scope=UNRESTRICTED) is None
        assert await catalogue.document(document_id(HANDBOOK, "b"), scope=UNRESTRICTED) is None
        assert (
            await catalogue.chunks([ChunkId("' OR 1=1"), chunk_id(document_id(WIKI, "a"), 0)], scope=UNRESTRICTED) == {}
        )
        assert (
            await catalogue.neighbours(make_chunk(document=make_document("b")), before=1, after=1, scope=UNRESTRICTED)
            == []
        )

    async def test_chunks_can_be_asked_for_by_the_thousand(self, catalogue: Catalogue) -> None:
        entry = make_entry("x" * 1_300, chunk_chars=1)
        await catalogue.record([entry])
        ids = [chunk.id for chunk in entry.chunks]

        assert set(await catalogue.chunks([*ids, *ids], scope=UNRESTRICTED)) == set(ids)

    async def test_neighbours_are_in_reading_order_and_include_the_chunk(self, catalogue: Catalogue) -> None:
        entry = make_entry("abcdef", chunk_chars=1)
        await catalogue.record([entry, make_entry("other", document=make_document("other"))])

        around = await catalogue.neighbours(entry.chunks[4], before=2, after=9, scope=UNRESTRICTED)

        assert around == list(entry.chunks[2:])

    async def test_known_has_every_document_of_the_source_by_key(self, catalogue: Catalogue) -> None:
        await catalogue.record([*make_entries("a", "b"), *make_entries("c", source="wiki")])

        assert await catalogue.known(HANDBOOK) == {
            key: Known(document_id(HANDBOOK, key), "1", "pipeline", "hash of 1") for key in ("a", "b")
        }

    async def test_counts_and_sources_follow_the_documents(self, catalogue: Catalogue) -> None:
        await catalogue.record(make_entries("a", "b"))
        between = await catalogue.sequence()
        await catalogue.record([make_entry("xy", document=make_document("c", source="wiki"), chunk_chars=1)])

        assert await catalogue.counts(scope=UNRESTRICTED) == {HANDBOOK: Count(2, 2), WIKI: Count(1, 2)}
        assert await catalogue.counts(scope=UNRESTRICTED, through=between) == {HANDBOOK: Count(2, 2)}
        assert await catalogue.sources() == {HANDBOOK, WIKI}

    async def test_pages_follow_one_another_in_order_of_source_and_key(self, catalogue: Catalogue) -> None:
        # A hyphen sorts before a slash, capitals before small letters, and both before what is not ASCII.
        keys = ["B", "Z/z", "a", "a/b", "é", "\U0001f600"]
        await catalogue.record([*make_entries(*reversed(keys), source="a"), *make_entries(*keys, source="a-b")])

        names = [f"{document.source}/{document.key}" async for document in paged(catalogue, limit=5)]

        assert names == [f"{source}/{key}" for source in ("a", "a-b") for key in keys]

    async def test_a_listing_can_be_of_one_source(self, catalogue: Catalogue) -> None:
        await catalogue.record([*make_entries("a"), *make_entries("b", source="wiki")])

        listed = await catalogue.documents(scope=UNRESTRICTED, source=WIKI)

        assert [document.key for document in listed] == ["b"]


class CatalogueLogContract:
    """Every change has a number, and whoever follows the numbers misses nothing."""

    async def test_a_new_catalogue_is_empty(self, catalogue: Catalogue) -> None:
        assert await catalogue.sequence() == 0
        assert await changes_of(catalogue) == []
        assert await catalogue.counts(scope=UNRESTRICTED) == {}

    async def test_the_log_has_every_change_in_order(self, catalogue: Catalogue) -> None:
        entries = make_entries("a", "b", "c")
        await catalogue.record(entries)

        await catalogue.remove([entries[1].document.id])

        assert await changes_of(catalogue) == [
            Change(1, entries[0].document.id, entries[0].chunks),
            Change(3, entries[2].document.id, entries[2].chunks),
            Change(4, entries[1].document.id, None),
        ]
        assert await catalogue.sequence() == 4

    async def test_of_a_document_changed_twice_only_the_last_change_is_kept(self, catalogue: Catalogue) -> None:
        entry = make_entry("first")
        await catalogue.record([entry])
        await catalogue.remove([entry.document.id])

        await catalogue.record([make_entry("second")])

        assert await changes_of(catalogue) == [Change(3, entry.document.id, make_entry("second").chunks)]

    async def test_the_log_is_read_in_steps(self, catalogue: Catalogue) -> None:
        entries = make_entries("a", "b", "c")
        await catalogue.record(entries)
        await catalogue.remove([entries[0].document.id, entries[1].document.id])

        first = await catalogue.changes(after=0, limit=2)
        second = await catalogue.changes(after=first[-1].sequence, limit=2)

        assert [change.sequence for change in first] == [3, 4]
        assert [change.sequence for change in second] == [5]

    async def test_a_new_version_with_equal_content_is_not_a_change(self, catalogue: Catalogue) -> None:
        entry = make_entry(version="1")
        await catalogue.record([entry])

        await catalogue.touch({entry.document.id: "2", document_id(WIKI, "never"): "9"})

        assert (await catalogue.known(HANDBOOK))[entry.document.key].version == "2"
        assert await catalogue.sequence() == 1

    async def test_removing_what_is_not_there_is_not_a_change(self, catalogue: Catalogue) -> None:
        assert await catalogue.remove([document_id(HANDBOOK, "never")]) == 0
        assert await catalogue.sequence() == 0

    async def test_removals_are_forgotten_once_applied_and_their_numbers_not_used_again(
        self, catalogue: Catalogue
    ) -> None:
        entries = make_entries("a", "b", "c", readers=["user:alice"])
        await catalogue.record(entries)
        await catalogue.remove([entries[0].document.id])
        await catalogue.remove([entries[1].document.id])

        await catalogue.forget_removals(through=4)

        assert [change.sequence for change in await changes_of(catalogue)] == [3, 5]
        await catalogue.forget_removals(through=5)
        await catalogue.record(make_entries("d", readers=["user:alice"]))
        assert [change.sequence for change in await changes_of(catalogue)] == [3, 6]

    async def test_a_follower_misses_nothing_while_many_write(self, catalogue: Catalogue) -> None:
        writers, batches = 4, 5
        seen: dict[int, DocumentId] = {}

        async def write(writer: int) -> None:
            for batch in range(batches):
                await catalogue.record(make_entries(*(f"{writer}-{batch}-{n}" for n in range(writer + 1))))

        async def follow() -> None:
            position = 0
            while len(seen) < batches * sum(range(1, writers + 1)):
                for change in await catalogue.changes(after=position, limit=7):
                    position = change.sequence
                    seen[position] = change.document
                await asyncio.sleep(0)

        async with asyncio.timeout(30), asyncio.TaskGroup() as group:
            group.create_task(follow())
            for writer in range(writers):
                group.create_task(write(writer))

        assert list(seen) == list(range(1, len(seen) + 1))
        assert len(set(seen.values())) == len(seen)

    @given(
        st.lists(
            st.tuples(st.sampled_from(["record", "remove", "touch"]), st.sets(st.sampled_from("abcdef"), min_size=1)),
            max_size=8,
        )
    )
    @shared_catalogue
    async def test_the_log_replayed_is_the_catalogue(
        self, catalogue: Catalogue, steps: list[tuple[str, set[str]]]
    ) -> None:
        source, start = f"s{uuid4().hex}", await catalogue.sequence()
        actual: dict[DocumentId, tuple[Chunk, ...]] = {}
        followed: dict[DocumentId, tuple[Chunk, ...]] = {}
        position = start
        for number, (action, keys) in enumerate(steps):
            entries = [make_entry(f"{number}", document=make_document(key, source=source)) for key in sorted(keys)]
            ids = [entry.document.id for entry in entries]
            match action:
                case "record":
                    await catalogue.record(entries)
                    actual |= {entry.document.id: entry.chunks for entry in entries}
                case "remove":
                    await catalogue.remove(ids)
                    actual = {document: chunks for document, chunks in actual.items() if document not in ids}
                case _:
                    await catalogue.touch(dict.fromkeys(ids, "touched"))
            if number % 2:
                position = await _follow(catalogue, followed, position)

        await _follow(catalogue, followed, position)

        assert followed == actual
        assert {document.id async for document in paged(catalogue, limit=2, source=SourceId(source))} == set(actual)


class CatalogueContract(CatalogueDocumentsContract, CatalogueLogContract, CatalogueScopeContract):
    """All of it. Inherit from it and provide the fixture ``catalogue``: a new, empty one for each test."""


async def _follow(catalogue: Catalogue, followed: dict[DocumentId, tuple[Chunk, ...]], position: int) -> int:
    while changes := await catalogue.changes(after=position, limit=3):
        for change in changes:
            position = change.sequence
            if change.chunks is None:
                followed.pop(change.document, None)
            else:
                followed[change.document] = change.chunks
    return position
