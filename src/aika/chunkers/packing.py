"""Joins blocks to chunks: of all ways to divide a document, the one that costs least.

What costs: a chunk too small to stand alone, one that reaches over a section's end, a cut inside a section, and each chunk,
so that there are few. The costs are weights of our own; their order is what matters. Dynamic programming over the places
where a cut is possible finds the least sum in linear time, because a chunk's length is limited.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from aika.chunkers.cutting import pieces
from aika.chunkers.sizes import Sizes
from aika.domain.documents import Block, BlockKind, Body, Chunk, Document

# What a parser leaves outside of all blocks is not to be found: comments, imports, link definitions. Up to this many
# characters of it (a rule, a short marker) do not keep the blocks around it apart.
_BRIDGED = 80
# Headings in a row are kept with what follows, up to this length.
_HEADINGS = 600
# At most this many parts are weighed for one chunk, so that a hostile document of crumbs takes linear time as well.
_WINDOW = 64

_WORD = re.compile(r"\w+")

_COST_CHUNK = 0.3
_COST_SHORT = 0.5
"""Of a chunk of length 0 on the way to the target; falls to 0 there."""
_COST_TOO_SMALL = 1.0
_COST_CUT = {1: 0.0, 2: 0.1}
_COST_CUT_DEEP = 0.2
_COST_CUT_INSIDE = 0.6
_COST_CUT_INTRODUCTION = 1.2
"""A cut behind a colon, which takes a list or an example away from the words about it."""
_COST_CROSS = {1: 1.2, 2: 0.4}
_COST_CROSS_DEEP = 0.25


@dataclass(frozen=True, slots=True)
class _Part:
    """What is never cut apart: a block, a piece of a long one, or headings with what follows them."""

    start: int
    end: int
    path: tuple[str, ...]
    anchor: str | None
    level: int
    """Of the section that begins here, from 1; 0 inside a section."""
    apart: bool
    """Whether hidden text stands before it, which no chunk may hold."""


def pack(document: Document, body: Body, sizes: Sizes) -> list[Chunk]:
    """Return the document's chunks in reading order."""
    parts = list(_parts(_without_stray_headings(document.title, body), sizes))
    chunks: list[Chunk] = []
    for first, end in _division(body.text, parts, sizes):
        members = parts[first:end]
        start, stop = members[0].start, members[-1].end
        chunks.append(
            Chunk(
                document=document,
                position=len(chunks),
                start=start,
                end=stop,
                text=body.text[start:stop],
                heading_path=_common([part.path for part in members]),
                anchor=next((part.anchor for part in members if part.anchor is not None), None),
            )
        )
    return chunks


def _without_stray_headings(title: str, body: Body) -> Body:
    """Leave out headings that hidden text keeps apart from what they are about: title and heading path tell them anyway.

    A page made from a template has many, and a chunk of a heading alone is found for its words and answers nothing.
    """
    kept: list[Block] = []
    for position in range(len(body.blocks) - 1, -1, -1):
        block, before = body.blocks[position], body.blocks[position - 1] if position else None
        if block.kind is BlockKind.HEADING and kept and _apart(body.text, block, kept[-1]):
            heading = body.text[block.start : block.end]
            if _is_told(heading, block, kept[-1], title) or _apart(body.text, before, block):
                continue
        kept.append(block)
    return replace(body, blocks=tuple(kept[::-1]))


def _is_told(heading: str, block: Block, following: Block, title: str) -> bool:
    depth = len(block.heading_path)
    if following.heading_path[:depth] == block.heading_path and len(following.heading_path) > depth:
        return set(_WORD.findall(following.heading_path[depth])) <= set(_WORD.findall(heading))
    return bool(title) and title.casefold() in heading.casefold()


def _parts(body: Body, sizes: Sizes) -> Iterator[_Part]:
    """Yield the parts in order, headings together with what they are about."""
    headings: list[Block] = []
    before: Block | None = None
    for block in body.blocks:
        if headings and (
            _apart(body.text, headings[-1], block) or block.end - headings[0].start > _limit(block, sizes)
        ):
            yield _heading_part(body.text, before, headings)
            before, headings = headings[-1], []
        if block.kind is BlockKind.HEADING and block.end - block.start <= _HEADINGS:
            headings.append(block)
            continue
        yield from _content_parts(body.text, before, headings, block, sizes)
        before, headings = block, []
    if headings:
        yield _heading_part(body.text, before, headings)


def _limit(block: Block, sizes: Sizes) -> int:
    """How far a part that begins with headings may reach. A long block is cut, so only its headings count."""
    return _HEADINGS if block.kind is BlockKind.HEADING else _HEADINGS + max(sizes.whole, block.end - block.start)


def _heading_part(text: str, before: Block | None, headings: Sequence[Block]) -> _Part:
    first, last = headings[0], headings[-1]
    return _Part(
        first.start, last.end, first.heading_path, first.anchor, _level(before, first), _apart(text, before, first)
    )


def _content_parts(
    text: str, before: Block | None, headings: Sequence[Block], block: Block, sizes: Sizes
) -> Iterator[_Part]:
    first = headings[0] if headings else block
    level, apart, start = _level(before, first), _apart(text, before, first), first.start
    for piece_start, piece_end in pieces(text, block, sizes):
        start = min(start, piece_start) if start == first.start else piece_start
        yield _Part(start, piece_end, block.heading_path, first.anchor or block.anchor, level, apart)
        start, level, apart, first = piece_end, 0, False, block


def _level(before: Block | None, block: Block) -> int:
    """Return the level of the section that begins with the block, 0 where none does."""
    if block.kind is BlockKind.HEADING:
        return len(block.heading_path) + 1
    if before is None or before.kind is BlockKind.HEADING or before.heading_path == block.heading_path:
        return 0
    return len(_common([before.heading_path, block.heading_path])) + 1


def _apart(text: str, before: Block | None, block: Block) -> bool:
    return before is not None and len(text[before.end : block.start].strip()) > _BRIDGED


def _division(text: str, parts: Sequence[_Part], sizes: Sizes) -> list[tuple[int, int]]:
    """Return the ranges of parts, each a chunk, whose costs have the least sum."""
    cuts = [0.0, *(_cut_cost(text, before, part) for before, part in pairwise(parts)), 0.0]
    best = [0.0] + [float("inf")] * len(parts)
    begins = [0] * (len(parts) + 1)
    for end in range(1, len(parts) + 1):
        crossings = 0.0
        for first in range(end - 1, max(-1, end - 1 - _WINDOW), -1):
            length = parts[end - 1].end - parts[first].start
            if first < end - 1:
                if length > sizes.most:
                    break
                crossings += _crossing_cost(parts[first + 1])
            cost = best[first] + cuts[first] + crossings + _size_cost(length, sizes)
            # Earlier beginnings come later here: equal costs give the longer chunk.
            if cost <= best[end]:
                best[end], begins[end] = cost, first
            if parts[first].apart:
                break
    ranges: list[tuple[int, int]] = []
    end = len(parts)
    while end > 0:
        ranges.append((begins[end], end))
        end = begins[end]
    return ranges[::-1]


def _cut_cost(text: str, before: _Part, part: _Part) -> float:
    if part.apart:
        return 0.0
    if part.level:
        return _COST_CUT.get(part.level, _COST_CUT_DEEP)
    return _COST_CUT_INTRODUCTION if text[before.end - 1] == ":" else _COST_CUT_INSIDE


def _crossing_cost(part: _Part) -> float:
    return _COST_CROSS.get(part.level, _COST_CROSS_DEEP) if part.level else 0.0


def _size_cost(length: int, sizes: Sizes) -> float:
    cost = _COST_CHUNK + _COST_SHORT * max(0.0, 1 - length / sizes.target)
    if length < sizes.least:
        cost += _COST_TOO_SMALL * (2 - length / sizes.least)
    return cost


def _common(paths: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    shared = paths[0]
    for path in paths[1:]:
        length = 0
        while length < min(len(shared), len(path)) and shared[length] == path[length]:
            length += 1
        shared = shared[:length]
    return shared
