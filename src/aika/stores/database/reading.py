"""Reads chunks and the log, inside a transaction that the caller opened."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from aika.domain.access import Scope
from aika.domain.documents import Chunk, Document
from aika.domain.identifiers import ChunkId, DocumentId
from aika.protocols import Change
from aika.stores.database.rows import DOCUMENT_COLUMNS, AnyRow, chunk_of, document_of, text_of
from aika.stores.database.schema import PART_CHARS, chunks, document_parts, documents, reader_sets, removals

readable_documents = documents.join(reader_sets, documents.c.readers_id == reader_sets.c.id)
"""Has what `document_of` reads."""


async def read_chunks(connection: AsyncConnection, which: ColumnElement[bool], scope: Scope) -> dict[ChunkId, Chunk]:
    """Return the admitted chunks, in reading order of their documents. Only the parts of text that they span are read."""
    spanned = and_(
        document_parts.c.document == chunks.c.document,
        document_parts.c.part.between(chunks.c.start // PART_CHARS, chunks.c.end // PART_CHARS),
    )
    statement = (
        select(
            *DOCUMENT_COLUMNS,
            chunks.c.id.label("chunk_id"),
            *(chunks.c[name] for name in ("position", "start", "end", "heading_path", "anchor")),
            document_parts.c.text,
        )
        # An empty document has no part.
        .select_from(
            chunks.join(readable_documents, chunks.c.document == documents.c.sequence).outerjoin(
                document_parts, spanned
            )
        )
        .where(which)
        .order_by(chunks.c.document, chunks.c.position, document_parts.c.part)
    )
    rows_of: dict[str, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(statement):
        rows_of[row.chunk_id].append(row)
    read: dict[int, Document] = {}
    found: dict[ChunkId, Chunk] = {}
    for chunk_id, rows in rows_of.items():
        first = rows[0]
        document = read.get(first.sequence) or read.setdefault(first.sequence, document_of(first))
        if scope.admits(document):
            text = text_of(row.text for row in rows if row.text is not None)
            found[ChunkId(chunk_id)] = chunk_of(first, document, text, offset=first.start // PART_CHARS * PART_CHARS)
    return found


async def read_log(connection: AsyncConnection, *, after: int, limit: int) -> list[Change]:
    """Return the oldest changes after a number."""
    recorded = (
        await connection.execute(
            select(*DOCUMENT_COLUMNS)
            .select_from(readable_documents)
            .where(documents.c.sequence > after)
            .order_by(documents.c.sequence)
            .limit(limit)
        )
    ).all()
    removed = (
        await connection.execute(
            select(removals).where(removals.c.sequence > after).order_by(removals.c.sequence).limit(limit)
        )
    ).all()
    numbers = sorted(row.sequence for row in (*recorded, *removed))[:limit]
    if not numbers:
        return []
    changes = await _with_chunks(connection, [row for row in recorded if row.sequence <= numbers[-1]])
    changes += [Change(row.sequence, DocumentId(row.document), None) for row in removed if row.sequence <= numbers[-1]]
    return sorted(changes, key=lambda change: change.sequence)


async def _with_chunks(connection: AsyncConnection, rows: Sequence[AnyRow]) -> list[Change]:
    if not rows:
        return []
    # The rows are all the documents between the first of them and the last.
    first, last = rows[0].sequence, rows[-1].sequence
    parts: dict[int, list[bytes]] = defaultdict(list)
    for part in await connection.execute(
        select(document_parts.c.document, document_parts.c.text)
        .where(document_parts.c.document.between(first, last))
        .order_by(document_parts.c.document, document_parts.c.part)
    ):
        parts[part.document].append(part.text)
    cut: dict[int, list[AnyRow]] = defaultdict(list)
    for chunk in await connection.execute(
        select(chunks).where(chunks.c.document.between(first, last)).order_by(chunks.c.document, chunks.c.position)
    ):
        cut[chunk.document].append(chunk)
    changes: list[Change] = []
    for row in rows:
        document, text = document_of(row), text_of(parts[row.sequence])
        own = tuple(chunk_of(chunk, document, text) for chunk in cut[row.sequence])
        changes.append(Change(row.sequence, document.id, own))
    return changes
