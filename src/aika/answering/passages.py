"""Where a passage stands in its document now, and what stands around it."""

from dataclasses import dataclass
from enum import StrEnum

from aika.domain.documents import Block, BlockKind, Body

_LONGEST_BLOCK = 4_000
"""A block that is longer is cut where only a part of it is wanted."""


class Whereabouts(StrEnum):
    FOUND = "found"
    """At the offsets asked for."""
    MOVED = "moved"
    """The same words stand elsewhere."""
    CHANGED = "changed"
    """The words are not in the document any more."""


@dataclass(frozen=True, slots=True)
class Place:
    """A passage with what stands around it. All offsets are characters in the document's text."""

    state: Whereabouts
    start: int
    end: int
    around: tuple[int, int]
    """Where to begin and to end showing."""
    blocks: tuple[Block, ...]
    """Of what is shown."""
    heading_path: tuple[str, ...]
    anchor: str | None


def locate(body: Body, start: int, end: int, *, quote: str | None, around: int) -> Place:
    """Return where a passage stands. With its words it is found where the document changed since: nearest to where it was."""
    start, end = _within(body, start, end)
    state = Whereabouts.FOUND
    if quote is not None and body.text[start:end] != quote:
        there = _nearest(body.text, quote, start)
        state = Whereabouts.CHANGED if there is None else Whereabouts.MOVED
        start, end = (start, end) if there is None else there
    first, last = _window(body, start, end, around)
    inside = [block for block in body.blocks if block.start <= start < block.end]
    headed = inside[-1] if inside else None
    return Place(
        state=state,
        start=start,
        end=end,
        around=(first, last),
        blocks=tuple(block for block in body.blocks if block.end > first and block.start < last),
        heading_path=() if headed is None else headed.heading_path,
        anchor=None if headed is None else headed.anchor,
    )


def _within(body: Body, start: int, end: int) -> tuple[int, int]:
    length = len(body.text)
    start = min(start, length)
    return start, min(max(start, end), length)


def _nearest(text: str, quote: str, start: int) -> tuple[int, int] | None:
    """Return the span of the quote's words that is nearest to where they were."""
    if not quote.strip():
        return None
    places: list[int] = []
    at = text.find(quote)
    while at >= 0:
        places.append(at)
        at = text.find(quote, at + 1)
    if not places:
        return None
    best = min(places, key=lambda place: (abs(place - start), place))
    return best, best + len(quote)


def _window(body: Body, start: int, end: int, around: int) -> tuple[int, int]:
    """Return where to begin and end: with whole blocks, as long as they are not too long."""
    first, last = max(0, start - around), min(len(body.text), end + around)
    for block in body.blocks:
        if block.end - block.start > _LONGEST_BLOCK:
            continue
        if block.start < first < block.end:
            first = block.start
        if block.start < last < block.end:
            last = block.end
    # A heading at the end belongs to what is not shown.
    for block in reversed([block for block in body.blocks if end <= block.start < last]):
        if block.kind is not BlockKind.HEADING:
            break
        last = block.start
    return first, last
