"""Cuts one long block where it hurts least: between rows, lines, items or sentences."""

import re
from collections.abc import Iterator, Sequence

from aika.chunkers.sizes import Sizes
from aika.domain.documents import Block, BlockKind

_LINED = frozenset({BlockKind.TABLE, BlockKind.CODE, BlockKind.SYMBOL, BlockKind.RECORD})
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]*_`]*\s+(?=[\"'“‘(\[*_`]*[A-Z0-9À-ÖØ-ÞА-ЯΑ-Ω])|[。！？]\s*|\n\s*\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|cf|vs|approx|resp|no|fig|dr|mr|mrs|ms|st|inc|ltd|jr|sr)|\b[A-Z])\.$", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")


def pieces(text: str, block: Block, sizes: Sizes) -> Iterator[tuple[int, int]]:
    """Yield the spans that a block is made of, most often one. Only blanks are left between them."""
    whole = sizes.whole if block.kind in _LINED else sizes.most
    start, end = block.start, block.end
    while end - start > whole:
        # Cut evenly, so that the last piece is not a scrap.
        parts = -(-(end - start) // sizes.most)
        wanted = max(sizes.least, (end - start) // parts)
        cut = _cut(text, block.kind, start, min(start + wanted, end), min(start + sizes.most, end))
        last = start + len(text[start:cut].rstrip())
        if last > start:
            yield start, last
        start = _next_start(text, cut, end)
    if start < end:
        yield start, end


def _cut(text: str, kind: BlockKind, start: int, wanted: int, latest: int) -> int:
    """Return an offset in ``(start, latest]`` to cut at, near ``wanted``."""
    earliest = start + max(1, (wanted - start) // 2)
    if kind in _LINED or kind is BlockKind.LIST:
        places: Sequence[int] = _line_cuts(text, earliest, wanted, latest)
    else:
        places = _sentence_cuts(text, start, earliest, latest) or _line_cuts(text, earliest, wanted, latest)
    if not places:
        places = [space.end() for space in _SPACE.finditer(text, earliest, latest)]
    return min(places, key=lambda place: abs(place - wanted)) if places else latest


def _sentence_cuts(text: str, start: int, earliest: int, latest: int) -> list[int]:
    cuts = []
    for found in _SENTENCE_END.finditer(text, earliest, latest):
        head = text[max(start, found.start() - 12) : found.start() + 1]
        if not _ABBREVIATION.search(head):
            cuts.append(found.end())
    return cuts


def _line_cuts(text: str, earliest: int, wanted: int, latest: int) -> list[int]:
    """Return the line starts that open the outermost thing: an item of a list, a function, a row."""
    starts = []
    newline = text.find("\n", earliest, latest)
    while newline != -1:
        starts.append(newline + 1)
        newline = text.find("\n", newline + 1, latest)
    starts = [start for start in starts if start < latest]
    if not starts:
        return []
    least = min(_indentation(text, start) for start in starts)
    outermost = [start for start in starts if _indentation(text, start) == least]
    after_blank = [start for start in outermost if text[max(0, start - 2) : start] == "\n\n"]
    return after_blank or outermost


def _indentation(text: str, start: int) -> int:
    """Return the blanks that a line begins with. A blank line, or one that closes a bracket, opens nothing."""
    position = start
    latest = min(len(text), start + 200)
    while position < latest and text[position] in " \t":
        position += 1
    opens_nothing = position >= latest or text[position] in "\n)]}"
    return position - start + (1000 if opens_nothing else 0)


def _next_start(text: str, cut: int, end: int) -> int:
    """Return where the next piece begins: at the first line that is not blank, its indentation kept."""
    position = cut
    while position < end and text[position].isspace():
        position += 1
    line_start = text.rfind("\n", cut, position) + 1
    if line_start:
        return line_start
    return cut if cut > 0 and text[cut - 1] == "\n" else position
