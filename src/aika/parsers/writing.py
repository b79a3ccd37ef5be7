"""Builds a body: text written piece by piece, or blocks of lines of a text that is kept as it is."""

from collections.abc import Iterable, Sequence

from aika.domain.documents import Block, BlockKind, Body
from aika.parsers.lines import Lines
from aika.parsers.textfile import storable


class BodyWriter:
    """Collects pieces of text as blocks, each separated from the one before."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        path: tuple[str, ...] = (),
        anchor: str | None = None,
        gap: str = "\n\n",
    ) -> None:
        """Append a block. Blank text is no block. ``gap`` is what stands before it, unless it is the first."""
        text = storable(text).replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
        if not text.strip():
            return
        start = self._append(text, gap)
        self._blocks.append(Block(kind, start, self._length, headings(path), anchor))

    def add_body(self, body: Body) -> None:
        """Append a body that was made elsewhere, its blocks moved along."""
        start = self._append(body.text, "\n\n")
        self._blocks.extend(
            Block(block.kind, block.start + start, block.end + start, block.heading_path, block.anchor)
            for block in body.blocks
        )

    def body(self) -> Body:
        return Body("".join(self._parts), tuple(self._blocks))

    def _append(self, text: str, gap: str) -> int:
        if self._parts:
            self._parts.append(gap)
            self._length += len(gap)
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        return start


def headings(path: Iterable[str]) -> tuple[str, ...]:
    """Return a heading path that can be stored and shown: each on one line, blank ones left out."""
    shown = (" ".join(storable(heading).split()) for heading in path)
    return tuple(heading for heading in shown if heading)


def verbatim(lines: Lines, blocks: Iterable[Block | None]) -> Body:
    """Return the lines' text as it is with these blocks."""
    return Body(lines.text, tuple(block for block in blocks if block is not None))


def line_block(lines: Lines, kind: BlockKind, first: int, end: int, path: tuple[str, ...] = ()) -> Block | None:
    """Return the lines from ``first`` (from 0) up to ``end`` (exclusive) as a block without blank lines at its edges.

    ``None`` where all are blank. The anchor is that of code hosts, ``L10-L24``.
    """
    span = lines.span(first, end)
    if span is None:
        return None
    return Block(kind, *span, headings(path), line_anchor(lines.at(span[0]), lines.at(span[1]) + 1))


def line_anchor(first: int, end: int) -> str:
    """Return the anchor of the lines from ``first`` (from 0) up to ``end`` (exclusive)."""
    return f"L{first + 1}" if end - first <= 1 else f"L{first + 1}-L{end}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table whose header is the first row. Short rows are filled up."""
    width = max((len(row) for row in rows), default=0)
    if not width:
        return ""
    lines = [_row(row, width) for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _row(row: Sequence[str], width: int) -> str:
    return "| " + " | ".join([*(_cell(value) for value in row), *[""] * (width - len(row))]) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
