"""Documents as rows, and back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row

from aika.domain.conditions import facets
from aika.domain.documents import AttributeValue, Block, BlockKind, Body, Chunk, Document, Kind, Owner
from aika.domain.facts import Profile
from aika.domain.identifiers import DocumentId, PrincipalId, SourceId
from aika.protocols import Entry
from aika.stores.database.schema import PART_CHARS, documents, reader_sets

DOCUMENT_COLUMNS = (
    documents.c.sequence,
    documents.c.id,
    documents.c.source,
    documents.c.key,
    documents.c.kind,
    documents.c.details,
    reader_sets.c.principals,
)
"""What `document_of` reads."""

AnyRow = Row[*tuple[Any, ...]]
_Row = dict[str, object]  # One row's values by column, for SQLAlchemy.


@dataclass(frozen=True, slots=True)
class _Details:
    """The fields of a document that have no columns of their own. What filters ask of them is in its facets."""

    title: str
    url: str | None = None
    media_type: str | None = None
    owner: Owner | None = None
    authors: tuple[str, ...] = ()
    created_at: datetime | None = None
    modified_at: datetime | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)


_DETAILS = TypeAdapter(_Details)
_PROFILE = TypeAdapter(Profile)


@dataclass(frozen=True, slots=True)
class ReaderSet:
    """The readers of one document or of many."""

    id: bytes
    principals: tuple[str, ...]

    @classmethod
    def of(cls, readers: frozenset[PrincipalId]) -> "ReaderSet":
        principals = tuple(sorted(readers))
        return cls(blake2b(json.dumps(principals).encode(), digest_size=16).digest(), principals)


def document_row(entry: Entry, sequence: int, readers: ReaderSet) -> _Row:
    document = entry.document
    details = _Details(
        title=document.title,
        url=document.url,
        media_type=document.media_type,
        owner=document.owner,
        authors=document.authors,
        created_at=document.created_at,
        modified_at=document.modified_at,
        attributes=dict(document.attributes),
    )
    return {
        "sequence": sequence,
        "id": document.id,
        "source": document.source,
        "key": document.key,
        "kind": document.kind.value,
        "readers_id": readers.id,
        "version": entry.version,
        "pipeline": entry.pipeline,
        "content_hash": entry.content_hash,
        "chunk_count": len(entry.chunks),
        "details": _DETAILS.dump_python(details, mode="json", exclude_defaults=True),
    }


def facet_rows(entry: Entry, sequence: int) -> Iterator[_Row]:
    for facet in sorted(facets(entry.document)):
        yield {"document": sequence, "facet": facet}


def blocks_row(entry: Entry, sequence: int) -> _Row:
    blocks = [
        (block.kind.value, block.start, block.end, block.heading_path, block.anchor) for block in entry.body.blocks
    ]
    return {"document": sequence, "blocks": blocks}


def part_rows(entry: Entry, sequence: int) -> Iterator[_Row]:
    text = entry.body.text
    for part, start in enumerate(range(0, len(text), PART_CHARS)):
        piece = text[start : start + PART_CHARS].encode("utf-8", "surrogatepass")
        yield {"document": sequence, "part": part, "text": piece}


def chunk_rows(entry: Entry, sequence: int) -> Iterator[_Row]:
    for chunk in entry.chunks:
        yield {
            "document": sequence,
            "position": chunk.position,
            "id": chunk.id,
            "start": chunk.start,
            "end": chunk.end,
            "heading_path": chunk.heading_path,
            "anchor": chunk.anchor,
        }


def profile_rows(entry: Entry, sequence: int) -> Iterator[_Row]:
    for position, profile in enumerate(entry.profiles):
        said = _PROFILE.dump_python(profile, mode="json", exclude_defaults=True)
        yield {"document": sequence, "position": position, "profile": said}


def profile_key_rows(entry: Entry, sequence: int) -> Iterator[_Row]:
    for position, profile in enumerate(entry.profiles):
        for key in sorted(profile.keys):
            yield {"key": key, "document": sequence, "position": position}


def profile_of(row: AnyRow) -> Profile:
    return _PROFILE.validate_python(row.profile)


def document_of(row: AnyRow) -> Document:
    details = _DETAILS.validate_python(row.details)
    return Document(
        id=DocumentId(row.id),
        source=SourceId(row.source),
        key=row.key,
        title=details.title,
        kind=Kind(row.kind),
        url=details.url,
        media_type=details.media_type,
        readers=_readers(tuple(row.principals)),
        owner=details.owner,
        authors=details.authors,
        created_at=details.created_at,
        modified_at=details.modified_at,
        attributes=details.attributes,
    )


def body_of(blocks: Iterable[Sequence[Any]], text: str) -> Body:
    return Body(
        text,
        tuple(Block(BlockKind(kind), start, end, tuple(path), anchor) for kind, start, end, path, anchor in blocks),
    )


def text_of(parts: Iterable[bytes]) -> str:
    """Return the text that consecutive parts hold."""
    return "".join(part.decode("utf-8", "surrogatepass") for part in parts)


def chunk_of(row: AnyRow, document: Document, text: str, *, offset: int = 0) -> Chunk:
    """Return the chunk of a row, cut from a piece of its document's text that begins at ``offset``."""
    return Chunk(
        document=document,
        position=row.position,
        start=row.start,
        end=row.end,
        text=text[row.start - offset : row.end - offset],
        heading_path=tuple(row.heading_path),
        anchor=row.anchor,
    )


@lru_cache(maxsize=4096)
def _readers(principals: tuple[str, ...]) -> frozenset[PrincipalId]:
    return frozenset(PrincipalId(principal) for principal in principals)
