"""Context: a hit that cannot be read alone is widened to its neighbours."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from aika.domain.access import Scope
from aika.domain.documents import Body, Chunk, Document, Kind
from aika.domain.identifiers import ChunkId, DocumentId

_READABLE_CHARS = 200
"""Below this a chunk is a fragment: a message, a heading with one line."""
_BEGINS_INSIDE = re.compile(r"\s*(?:```|~~~|\||\$ |[-*+] |\d+[.)] |[a-z(])")
"""Code, a table, a list or the middle of a sentence: what it is about was said before."""
_PROMISES_MORE = re.compile(r"(?::|,|\bfollowing|\bbelow|\bexample)\s*[.:]?\s*$", re.IGNORECASE)


class Texts(Protocol):
    """What retrieval reads of a catalogue: `aika.protocols.Catalogue` says of each method what it does."""

    async def chunks(self, ids: Sequence[ChunkId], *, scope: Scope) -> dict[ChunkId, Chunk]: ...

    async def neighbours(self, chunk: Chunk, *, before: int, after: int, scope: Scope) -> list[Chunk]: ...

    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body] | None: ...


async def readable(chunk: Chunk, catalogue: Texts, *, scope: Scope, max_chars: int) -> Chunk:
    """Return the chunk, widened to the chunk before or after where it cannot be read alone.

    The result keeps the chunk's id, position and anchor, and its text is exactly the document's between the new offsets.
    It is never longer than ``max_chars``, unless the chunk is.
    """
    before, after = _wants(chunk)
    if not before and not after:
        return chunk
    around = await catalogue.neighbours(chunk, before=int(before), after=int(after), scope=scope)
    span = _span(chunk, around, max_chars)
    if span == (chunk.start, chunk.end):
        return chunk
    found = await catalogue.document(chunk.document.id, scope=scope)
    if found is None or found[1].text[chunk.start : chunk.end] != chunk.text:
        # It changed since it was ranked: the chunk as it was is still what was found.
        return chunk
    start, end = span
    return replace(chunk, start=start, end=end, text=found[1].text[start:end])


def _wants(chunk: Chunk) -> tuple[bool, bool]:
    """Return whether the chunk needs what is before it, and what is after it."""
    text = chunk.text
    if chunk.document.kind is Kind.CODE:
        return False, False
    short = len(text) < _READABLE_CHARS
    before = chunk.position > 0 and (short or _BEGINS_INSIDE.match(text) is not None)
    return before, short or _PROMISES_MORE.search(text) is not None


def _span(chunk: Chunk, around: Sequence[Chunk], max_chars: int) -> tuple[int, int]:
    """Return the widest span of the chunk and its neighbours that is short enough, what is before it first."""
    start, end = chunk.start, chunk.end
    for neighbour in sorted(around, key=lambda other: other.position):
        wider = min(start, neighbour.start), max(end, neighbour.end)
        same_section = neighbour.heading_path == chunk.heading_path or len(chunk.text) < _READABLE_CHARS
        if same_section and wider[1] - wider[0] <= max_chars:
            start, end = wider
    return start, end
