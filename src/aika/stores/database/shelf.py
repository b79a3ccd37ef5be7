"""A source's documents as people leaf through them, in SQL."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, func, not_, or_, select, type_coerce

from aika.domain.access import Scope
from aika.domain.documents import Document, Kind
from aika.domain.identifiers import ChunkId, DocumentId, SourceId
from aika.stores.database.columns import is_uuid
from aika.stores.database.connections import Connections
from aika.stores.database.reading import readable_documents
from aika.stores.database.rows import DOCUMENT_COLUMNS, AnyRow, document_of
from aika.stores.database.schema import chunks, documents
from aika.stores.database.scoping import admitted

_WRITTEN_TITLE = r'^\{"title":"((?:[^"\\]|\\.)*)"'
"""The title in a document's details, which it always begins."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document in a list."""

    document: Document
    chunks: int
    change: int
    """The number of its last change in the catalogue: larger is later."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where a chunk stands in its document."""

    id: ChunkId
    position: int
    start: int
    end: int
    heading_path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Which documents of a source are wanted."""

    source: SourceId
    words: tuple[str, ...] = ()
    """Each must stand in the key or the title."""
    kinds: Collection[Kind] | None = None
    folder: str = ""
    """What keys begin with: empty, or with a ``/`` at its end."""


class SqlShelf:
    """Lists documents page by page. Every page starts where an index says, however many come before it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def by_key(self, leaf: Leaf, *, scope: Scope, after: str = "", limit: int = 50) -> list[Shelved]:
        """Return those whose key comes after another one, in the order of keys."""
        after_it = (documents.c.key > after,) if after else ()
        return await self._page(leaf, scope, after_it, (documents.c.key,), limit)

    async def by_change(self, leaf: Leaf, *, scope: Scope, before: int | None = None, limit: int = 50) -> list[Shelved]:
        """Return the last changed first, those that changed before another one only where given."""
        before_it = () if before is None else (documents.c.sequence < before,)
        return await self._page(leaf, scope, before_it, (documents.c.sequence.desc(),), limit)

    async def beside(
        self, document: Document, *, scope: Scope, limit: int = 5
    ) -> tuple[list[Document], list[Document]]:
        """Return those of the same folder right before a document and right after it, each in the order of keys."""
        folder, slash, _ = document.key.rpartition("/")
        leaf = Leaf(document.source, folder=f"{folder}{slash}")
        here = not_(func.substr(documents.c.key, len(leaf.folder) + 1, type_=Text).contains("/"))
        earlier = (documents.c.key < document.key, here)
        later = (documents.c.key > document.key, here)
        before = await self._page(leaf, scope, earlier, (documents.c.key.desc(),), limit)
        after = await self._page(leaf, scope, later, (documents.c.key,), limit)
        return [one.document for one in reversed(before)], [one.document for one in after]

    async def spans(self, id: DocumentId) -> list[Span]:
        """Return where a document's chunks stand, in reading order. Whoever asks has found it readable before."""
        if not is_uuid(id):
            return []
        statement = (
            select(chunks.c.id, chunks.c.position, chunks.c.start, chunks.c.end, chunks.c.heading_path)
            .join(documents, documents.c.sequence == chunks.c.document)
            .where(documents.c.id == id)
            .order_by(chunks.c.position)
        )
        async with self._connections.read() as connection:
            rows = await connection.execute(statement)
            return [Span(ChunkId(row.id), row.position, row.start, row.end, tuple(row.heading_path)) for row in rows]

    async def _page(
        self,
        leaf: Leaf,
        scope: Scope,
        where: tuple[ColumnElement[bool], ...],
        order: tuple[ColumnElement[Any], ...],
        limit: int,
    ) -> list[Shelved]:
        async with self._connections.read() as connection:
            dialect = connection.dialect.name
            statement: Select[*tuple[Any, ...]] = (
                select(*DOCUMENT_COLUMNS, documents.c.chunk_count)
                .select_from(readable_documents)
                .where(documents.c.source == leaf.source, *where, *_wanted(leaf, dialect))
                .where(*admitted(scope, dialect=dialect))
                .order_by(*order)
                .limit(limit)
            )
            return [_shelved(row) for row in await connection.execute(statement)]


def _wanted(leaf: Leaf, dialect: str) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if leaf.folder:
        # A range of the index over source and key: no key that begins so comes after the folder's name and U+10FFFF.
        conditions.append(and_(documents.c.key >= leaf.folder, documents.c.key < f"{leaf.folder}\U0010ffff"))
    if leaf.kinds is not None:
        conditions.append(documents.c.kind.in_(sorted(leaf.kinds)))
    conditions += [or_(_holds(documents.c.key, word, dialect), _titled(word, dialect)) for word in leaf.words]
    return conditions


def _titled(word: str, dialect: str) -> ColumnElement[bool]:
    details = type_coerce(documents.c.details, Text)
    written = _holds(details, json.dumps(word)[1:-1], dialect)
    if dialect == "postgresql":
        # Its functions for JSON refuse escapes that its text cannot hold, so the title is compared as it is written.
        return and_(
            written, _holds(func.substring(details, _WRITTEN_TITLE, type_=Text), json.dumps(word)[1:-1], dialect)
        )
    # Taking JSON apart costs far more than looking whether the word is anywhere in it.
    return and_(written, _holds(func.json_extract(details, "$.title", type_=Text), word, dialect))


def _holds(column: ColumnElement[str], word: str, dialect: str) -> ColumnElement[bool]:
    # SQLite's LIKE takes letters in either case for the same by itself, which is twice as fast as lower().
    return (
        column.icontains(word, autoescape=True) if dialect == "postgresql" else column.contains(word, autoescape=True)
    )


def _shelved(row: AnyRow) -> Shelved:
    return Shelved(document_of(row), row.chunk_count, row.sequence)
