"""Small makers of domain values for tests: each hides what does not matter."""

from collections.abc import Collection, Mapping

from aika.domain.access import EVERYONE
from aika.domain.documents import AttributeValue, Block, BlockKind, Body, Chunk, Document, Kind
from aika.domain.identifiers import PrincipalId, SourceId, document_id
from aika.protocols import Entry


def make_document(
    key: str = "guide.md",
    *,
    source: str = "handbook",
    title: str = "",
    kind: Kind = Kind.PAGE,
    readers: Collection[str] = (EVERYONE,),
    attributes: Mapping[str, AttributeValue] | None = None,
) -> Document:
    return Document(
        id=document_id(SourceId(source), key),
        source=SourceId(source),
        key=key,
        title=title,
        kind=kind,
        url=f"https://docs.example/{key}",
        readers=frozenset(PrincipalId(reader) for reader in readers),
        attributes=attributes or {},
    )


def make_body(text: str) -> Body:
    """Return a body with one paragraph block for each run of text between blank lines."""
    blocks: list[Block] = []
    start = 0
    for part in text.split("\n\n"):
        if part:
            blocks.append(Block(BlockKind.PARAGRAPH, start, start + len(part)))
        start += len(part) + 2
    return Body(text, tuple(blocks))


def make_chunk(text: str = "alpha", *, document: Document | None = None, position: int = 0, start: int = 0) -> Chunk:
    return Chunk(document=document or make_document(), position=position, start=start, end=start + len(text), text=text)


def make_entry(
    text: str = "alpha", *, document: Document | None = None, chunk_chars: int = 1000, version: str = "1"
) -> Entry:
    """Return an entry whose chunks are consecutive spans of the text."""
    document = document or make_document()
    starts = range(0, len(text), chunk_chars)
    return Entry(
        document=document,
        body=make_body(text),
        chunks=tuple(
            make_chunk(text[start : start + chunk_chars], document=document, position=position, start=start)
            for position, start in enumerate(starts)
        ),
        version=version,
        pipeline="pipeline",
        content_hash=f"hash of {version}",
    )


def make_entries(*keys: str, source: str = "handbook", readers: Collection[str] = (EVERYONE,)) -> list[Entry]:
    return [make_entry(f"text of {key}", document=make_document(key, source=source, readers=readers)) for key in keys]
