"""Chunks of source code, along its symbols."""

import re
from dataclasses import replace

from aika.chunkers.packing import pack
from aika.chunkers.sizes import Sizes
from aika.domain.documents import Body, Chunk, Document

# Code has more tokens a character than prose, but half a function helps nobody: functions of a screen stay whole.
_SIZES = Sizes(most=1600)

_LINE_ANCHOR = re.compile(r"L\d+(?:-L\d+)?")


class SymbolChunker:
    """Joins small symbols of one class or file, keeps functions whole, and cuts long ones at blank or outer lines.

    Where the blocks' anchors are lines (``L10-L24``), a chunk's anchor is exactly the lines of its text.
    """

    fingerprint = f"symbols-1-{_SIZES}"

    def split(self, document: Document, body: Body) -> list[Chunk]:
        chunks = pack(document, body, _SIZES)
        counted, line = 0, 1
        anchored: list[Chunk] = []
        for chunk in chunks:
            line += body.text.count("\n", counted, chunk.start)
            last = line + chunk.text.count("\n")
            if chunk.anchor is not None and _LINE_ANCHOR.fullmatch(chunk.anchor):
                anchored.append(replace(chunk, anchor=f"L{line}-L{last}" if last > line else f"L{line}"))
            else:
                anchored.append(chunk)
            counted, line = chunk.end, last
        return anchored
