"""Text of which only its lines are known: cut where paragraphs begin."""

from collections.abc import Callable, Iterator

from aika.domain.documents import Block, BlockKind, Body
from aika.parsers.lines import Lines
from aika.parsers.writing import line_block, verbatim

_LONGEST = 1200
"""Characters a block grows to before the next blank line ends it: about a chunk."""


def line_blocks(text: str, *, section: Callable[[str], str | None] = lambda _: None) -> Body:
    """Return the text verbatim, in blocks of lines that end at blank lines where there are any.

    ``section`` names the section that a line opens, and ``None`` for any other line.
    """
    lines = Lines(text)
    return verbatim(lines, _blocks(lines, section))


def _blocks(lines: Lines, section: Callable[[str], str | None]) -> Iterator[Block | None]:
    first, path = 0, tuple[str, ...]()
    for number in range(len(lines)):
        opened = section(lines[number])
        if opened is not None:
            start = _with_comments(lines, number, first)
            yield line_block(lines, BlockKind.CODE, first, start, path)
            first, path = start, (opened,)
        elif lines.start(number) - lines.start(first) > _LONGEST and _is_seam(lines, number):
            yield line_block(lines, BlockKind.CODE, first, number, path)
            first = number
    yield line_block(lines, BlockKind.CODE, first, len(lines), path)


def _is_seam(lines: Lines, number: int) -> bool:
    return lines.is_blank(number - 1) and not lines[number].startswith((" ", "\t"))


def _with_comments(lines: Lines, number: int, first: int) -> int:
    """Return the line at which the comment right above a section begins."""
    while number > first and lines[number - 1].lstrip().startswith(("#", ";", "//")):
        number -= 1
    return number
