"""From what a format's scanner found to blocks with headings above and anchors."""

from collections.abc import Iterable
from dataclasses import dataclass

from aika.domain.documents import Block, BlockKind


@dataclass(frozen=True, slots=True)
class Item:
    """A span that a scanner found, in order, before it is known which heading is the title."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Of a heading, from 1."""
    heading: str = ""
    """A heading's text without markup."""
    anchor: str | None = None
    """A heading's fragment, or one that only this item has."""


def first_title(items: Iterable[Item]) -> str | None:
    """Return the first heading of the first level."""
    return next((item.heading for item in items if item.level == 1 and item.heading), None)


def blocks_of(items: Iterable[Item], *, title: str | None) -> tuple[Block, ...]:
    """Return the items as blocks, each with the headings above it. The heading that is the title is left out of the paths."""
    blocks: list[Block] = []
    above: list[tuple[int, str]] = []
    path: tuple[str, ...] = ()
    anchor: str | None = None
    known_title = (title or "").casefold()
    for item in items:
        if item.kind is not BlockKind.HEADING:
            blocks.append(Block(item.kind, item.start, item.end, path, item.anchor or anchor))
            continue
        while above and above[-1][0] >= item.level:
            above.pop()
        path = tuple(text for _, text in above)
        anchor = item.anchor
        blocks.append(Block(BlockKind.HEADING, item.start, item.end, path, anchor))
        if item.heading and not (item.level == 1 and item.heading.casefold() == known_title):
            above.append((item.level, item.heading))
            path = (*path, item.heading)
    return tuple(blocks)
