"""A document of nested values, cut into blocks that each hold one record or a run of short entries."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from aika.domain.documents import Block, BlockKind
from aika.parsers.writing import headings

_LARGE = 1600
"""Characters above which a container is opened and its entries become blocks of their own: about a chunk and a half."""
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Node:
    """One entry of a mapping or one item of a sequence, and where it starts."""

    start: int
    """Character offset of the key, or of the item."""
    name: str
    """The key, or what the item calls itself."""
    container: bool
    entries: Callable[[], Sequence["Node"]]
    """What is directly inside."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A span that becomes a block."""

    kind: BlockKind
    start: int
    end: int
    path: tuple[str, ...]


def pieces(entries: Sequence[Node], start: int, end: int, path: tuple[str, ...] = ()) -> Iterator[Piece]:
    """Yield spans in order that cover everything from ``start`` to ``end``.

    An item or a nested mapping is a piece; short entries beside each other are one; what is large is opened.
    """
    starts = [start, *(max(start, node.start) for node in entries[1:]), end]
    spans = list(zip(entries, starts, starts[1:], strict=False))
    for container, run in groupby(spans, key=lambda span: span[0].container):
        if not container:
            yield from _packed(list(run), path)
            continue
        for node, first, stop in run:
            inside = node.entries() if stop - first > _LARGE and len(path) < _DEPTH else ()
            if inside:
                yield from pieces(inside, first, stop, (*path, node.name) if node.name else path)
            else:
                yield Piece(BlockKind.RECORD, first, stop, path)


def _packed(run: Sequence[tuple[Node, int, int]], path: tuple[str, ...]) -> Iterator[Piece]:
    first = run[0][1]
    for _, start, end in run:
        if end - first > _LARGE and start > first:
            yield Piece(BlockKind.RECORD, first, start, path)
            first = start
    yield Piece(BlockKind.RECORD, first, run[-1][2], path)


def blocks(found: Iterator[Piece], text: str, *, anchors: bool) -> Iterator[Block]:
    """Yield the pieces as blocks, without blank edges. With ``anchors`` each names its lines."""
    line, counted = 1, 0
    for piece in found:
        start, end = _trimmed(text, piece.start, piece.end)
        if start == end:
            continue
        line += text.count("\n", counted, start)
        last = line + text.count("\n", start, end)
        counted = start
        anchor = f"L{line}" if last == line else f"L{line}-L{last}"
        yield Block(piece.kind, start, end, headings(piece.path), anchor if anchors else None)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    first = start
    while first < end and text[first].isspace():
        first += 1
    # Indentation stays: it shows how deep the piece stands.
    return max(start, text.rfind("\n", start, first) + 1), end
