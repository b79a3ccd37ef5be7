"""The catalogue in SQL."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import (
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    union,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.access import Scope
from aika.domain.documents import Body, Chunk, Document
from aika.domain.errors import PermanentError
from aika.domain.identifiers import ChunkId, DocumentId, PrincipalId, SourceId
from aika.protocols import Change, Count, Entry, Known
from aika.stores.database.columns import is_uuid
from aika.stores.database.connections import Connections
from aika.stores.database.reading import read_chunks, read_log, readable_documents
from aika.stores.database.rows import (
    DOCUMENT_COLUMNS,
    ReaderSet,
    blocks_row,
    body_of,
    chunk_rows,
    document_of,
    document_row,
    facet_rows,
    part_rows,
    profile_key_rows,
    profile_rows,
    text_of,
)
from aika.stores.database.schema import (
    catalogue_state,
    chunks,
    document_blocks,
    document_facets,
    document_parts,
    documents,
    profile_keys,
    profiles,
    reader_set_members,
    reader_sets,
    removals,
    sync_cursors,
    syncs,
)
from aika.stores.database.scoping import admitted

_IDS_AT_ONCE = 500
"""Ids in one statement. SQLite allows 32,766 parameters; beyond some hundreds a longer list is no faster."""
_ROWS_AT_ONCE = 2_000
"""Rows turned into objects before other tasks get their turn."""

T = TypeVar("T")


class SqlCatalogue:
    """Keeps documents, their text and their chunks, and the log of changes."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def record(self, entries: Sequence[Entry]) -> None:
        """Add or replace documents in one transaction. Of a document given twice the last entry counts.

        Raises `PermanentError`, and records none, where an entry contradicts itself.
        """
        latest = list({entry.document.id: entry for entry in entries}.values())
        if not latest:
            return
        for entry in latest:
            _check(entry)
        async with self._connections.write() as connection:
            first = await _take_numbers(connection, len(latest))
            reader_sets_of = [ReaderSet.of(entry.document.readers) for entry in latest]
            await _add_reader_sets(connection, {readers.id: readers for readers in reader_sets_of})
            await _drop(connection, [entry.document.id for entry in latest])
            numbered = list(enumerate(latest, start=first))
            await connection.execute(
                insert(documents),
                [
                    document_row(entry, number, readers)
                    for (number, entry), readers in zip(numbered, reader_sets_of, strict=True)
                ],
            )
            await connection.execute(insert(document_blocks), [blocks_row(entry, number) for number, entry in numbered])
            for table, rows_of in (
                (document_facets, facet_rows),
                (document_parts, part_rows),
                (chunks, chunk_rows),
                (profiles, profile_rows),
                (profile_keys, profile_key_rows),
            ):
                rows = [row for number, entry in numbered for row in rows_of(entry, number)]
                if rows:
                    await connection.execute(insert(table), rows)

    async def touch(self, versions: Mapping[DocumentId, str]) -> None:
        rows = [{"document": document, "new": version} for document, version in versions.items() if is_uuid(document)]
        if not rows:
            return
        statement = update(documents).where(documents.c.id == bindparam("document")).values(version=bindparam("new"))
        async with self._connections.write() as connection:
            await connection.execute(statement, rows)

    async def remove(self, ids: Collection[DocumentId]) -> int:
        if not ids:
            return 0
        async with self._connections.write() as connection:
            await _lock_log(connection)
            present: list[DocumentId] = []
            for some in _batches(ids):
                found = await connection.scalars(select(documents.c.id).where(documents.c.id.in_(some)))
                present += [DocumentId(document) for document in found]
            if present:
                first = await _take_numbers(connection, len(present))
                await _drop(connection, present)
                await connection.execute(
                    insert(removals),
                    [
                        {"sequence": number, "document": gone}
                        for number, gone in enumerate(sorted(present), start=first)
                    ],
                )
            return len(present)

    async def known(self, source: SourceId) -> dict[str, Known]:
        d = documents.c
        statement = select(d.key, d.id, d.version, d.pipeline, d.content_hash).where(d.source == source)
        known: dict[str, Known] = {}
        async with self._connections.read() as connection, connection.stream(statement) as rows:
            async for some in rows.partitions(_ROWS_AT_ONCE):
                known.update({key: Known(DocumentId(document), *rest) for key, document, *rest in some})
        return known

    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body] | None:
        if not is_uuid(id):
            return None
        statement = (
            select(*DOCUMENT_COLUMNS, document_blocks.c.blocks)
            .select_from(readable_documents.join(document_blocks))
            .where(documents.c.id == id)
        )
        async with self._connections.read() as connection:
            row = (await connection.execute(statement)).one_or_none()
            if row is None or not scope.admits(document := document_of(row)):
                return None
            parts = await connection.scalars(
                select(document_parts.c.text)
                .where(document_parts.c.document == row.sequence)
                .order_by(document_parts.c.part)
            )
            return document, body_of(row.blocks, text_of(parts))

    async def documents(
        self, *, scope: Scope, source: SourceId | None = None, after: str = "", limit: int = 100
    ) -> list[Document]:
        after_source, _, after_key = after.partition("/")
        async with self._connections.read() as connection:
            statement = (
                select(*DOCUMENT_COLUMNS)
                .select_from(readable_documents)
                .where(
                    tuple_(documents.c.source, documents.c.key) > tuple_(after_source, after_key),
                    *admitted(scope, dialect=connection.dialect.name),
                )
                .order_by(documents.c.source, documents.c.key)
                .limit(limit)
            )
            if source is not None:
                statement = statement.where(documents.c.source == source)
            return [document_of(row) for row in await connection.execute(statement)]

    async def chunks(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, Chunk]:
        found: dict[ChunkId, Chunk] = {}
        async with self._connections.read() as connection:
            for some in _batches(ids):
                found.update(await read_chunks(connection, chunks.c.id.in_(some), scope))
        return found

    async def neighbours(self, chunk: Chunk, *, before: int, after: int, scope: Scope) -> list[Chunk]:
        if not is_uuid(chunk.document.id):
            return []
        around = and_(
            documents.c.id == chunk.document.id,
            chunks.c.position.between(chunk.position - before, chunk.position + after),
        )
        async with self._connections.read() as connection:
            return list((await read_chunks(connection, around, scope)).values())

    async def changes(self, *, after: int, limit: int) -> list[Change]:
        async with self._connections.read() as connection:
            return await read_log(connection, after=after, limit=limit)

    async def forget_removals(self, *, through: int) -> None:
        unused = ~select(documents.c.sequence).where(documents.c.readers_id == reader_sets.c.id).exists()
        async with self._connections.write() as connection:
            await _lock_log(connection)
            await connection.execute(delete(removals).where(removals.c.sequence <= through))
            await connection.execute(delete(reader_sets).where(unused))

    async def sequence(self) -> int:
        async with self._connections.read() as connection:
            return int((await connection.execute(select(catalogue_state.c.sequence))).scalar_one())

    async def admitted(self, ids: Collection[DocumentId], *, scope: Scope) -> set[DocumentId]:
        found: set[DocumentId] = set()
        async with self._connections.read() as connection:
            conditions = admitted(scope, dialect=connection.dialect.name)
            for some in _batches(ids):
                rows = await connection.scalars(select(documents.c.id).where(documents.c.id.in_(some), *conditions))
                found.update(DocumentId(row) for row in rows)
        return found

    async def ids(self, *, scope: Scope) -> set[DocumentId]:
        async with self._connections.read() as connection:
            conditions = admitted(scope, dialect=connection.dialect.name)
            rows = await connection.scalars(select(documents.c.id).where(*conditions))
            return {DocumentId(row) for row in rows}

    async def naming(self, principals: Collection[PrincipalId]) -> set[PrincipalId]:
        # Sets that no document has any more may still be there: they make a scope larger, never wider.
        member = reader_set_members.c.principal
        found: set[PrincipalId] = set()
        async with self._connections.read() as connection:
            for some in _slices(sorted(principals)):
                found.update(await connection.scalars(select(member).where(member.in_(some)).distinct()))
        return found

    async def counts(self, *, scope: Scope, through: int | None = None) -> dict[SourceId, Count]:
        statement = select(documents.c.source, func.count(), func.sum(documents.c.chunk_count)).group_by(
            documents.c.source
        )
        if through is not None:
            statement = statement.where(documents.c.sequence <= through)
        async with self._connections.read() as connection:
            rows = await connection.execute(statement.where(*admitted(scope, dialect=connection.dialect.name)))
            return {SourceId(source): Count(int(count), int(total)) for source, count, total in rows}

    async def sources(self) -> set[SourceId]:
        statement = union(select(documents.c.source), select(sync_cursors.c.source), select(syncs.c.source))
        async with self._connections.read() as connection:
            return {SourceId(source) for source in await connection.scalars(statement)}


def _check(entry: Entry) -> None:
    document, text = entry.document, entry.body.text
    if not is_uuid(document.id):
        raise PermanentError(f"the document {document.key!r} of {document.source!r} has no valid id: {document.id!r}")
    if "\0" in document.key:
        raise PermanentError(f"the key {document.key!r} of a document of {document.source!r} holds a NUL character")
    for chunk in entry.chunks:
        if text[chunk.start : chunk.end] != chunk.text or chunk.document.id != document.id:
            raise PermanentError(
                f"chunk {chunk.position} of {document.key!r} of {document.source!r} is not the document's text between "
                "its offsets: the chunker is at fault"
            )


async def _lock_log(connection: AsyncConnection) -> int:
    """Wait for other writers, and return the newest number. SQLite's write transactions exclude one another already."""
    newest = await connection.execute(select(catalogue_state.c.sequence).with_for_update())
    return int(newest.scalar_one())


async def _take_numbers(connection: AsyncConnection, count: int) -> int:
    """Return the first of ``count`` new numbers. Nobody else gets any before this transaction ends."""
    newest = await _lock_log(connection)
    await connection.execute(update(catalogue_state).values(sequence=newest + count))
    return newest + 1


async def _add_reader_sets(connection: AsyncConnection, wanted: Mapping[bytes, ReaderSet]) -> None:
    there: set[bytes] = set()
    for some in _slices(list(wanted)):
        there.update(await connection.scalars(select(reader_sets.c.id).where(reader_sets.c.id.in_(some))))
    new = [readers for readers in wanted.values() if readers.id not in there]
    if new:
        await connection.execute(
            insert(reader_sets), [{"id": readers.id, "principals": readers.principals} for readers in new]
        )
    members = [{"set_id": readers.id, "principal": name} for readers in new for name in readers.principals]
    if members:
        await connection.execute(insert(reader_set_members), members)


async def _drop(connection: AsyncConnection, ids: Sequence[DocumentId]) -> None:
    """Delete documents with all that hangs on them, and what the log says of their removal."""
    for some in _slices(ids):
        await connection.execute(delete(documents).where(documents.c.id.in_(some)))
        await connection.execute(delete(removals).where(removals.c.document.in_(some)))


def _batches(ids: Iterable[str]) -> Iterator[Sequence[str]]:
    """Yield the ids that can exist, without repeats, as many at a time as one statement should hold."""
    return _slices(list(filter(is_uuid, dict.fromkeys(ids))))


def _slices(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _IDS_AT_ONCE):
        yield items[start : start + _IDS_AT_ONCE]
