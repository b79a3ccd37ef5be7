"""Tables: as Slack's own where its limits allow, and else drawn with characters.

https://docs.slack.dev/reference/block-kit/blocks/table-block
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aika.delivery.slack_elements import Element, rich, section

_MOST_ROWS = 100
_MOST_COLUMNS = 20
_LONGEST = 5_000
"""Characters of all cells. Slack takes twice as many, and nobody reads them in a message."""
_WIDEST = 40
"""To how many characters cells are filled up."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell: texts and links."""

    elements: tuple[Element, ...]

    @property
    def words(self) -> str:
        return " ".join("".join(str(element.get("text", "")) for element in self.elements).split())


def table_block(rows: Sequence[Sequence[Cell]]) -> Element | None:
    """Return a table as a block, ``None`` where Slack would not take it."""
    columns = max((len(row) for row in rows), default=0)
    if not columns or columns > _MOST_COLUMNS or len(rows) > _MOST_ROWS:
        return None
    if sum(len(cell.words) + 1 for row in rows for cell in row) > _LONGEST:
        return None
    empty = Cell(())
    return {
        "type": "table",
        "rows": [[_cell(cell) for cell in (*row, *[empty] * (columns - len(row)))] for row in rows],
        "column_settings": [{"is_wrapped": True}] * columns,
    }


def drawn(rows: Sequence[Sequence[Cell]]) -> str:
    """Return a table as lines of characters, its columns below one another."""
    words = [[cell.words for cell in row] for row in rows]
    columns = max((len(row) for row in words), default=0)
    widths = [min(_WIDEST, max(len(row[column]) for row in words if column < len(row))) for column in range(columns)]
    lines = [" | ".join(word.ljust(width) for word, width in zip(row, widths, strict=False)).rstrip() for row in words]
    if len(lines) > 1:
        lines.insert(1, "-+-".join("-" * width for width in widths))
    return "\n".join(lines)


def _cell(cell: Cell) -> Element:
    if not cell.words:
        return {"type": "raw_text", "text": " "}
    if all(element["type"] == "text" and "style" not in element for element in cell.elements):
        return {"type": "raw_text", "text": cell.words}
    return rich([section(*cell.elements)])
