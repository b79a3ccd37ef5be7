"""Rows of cells as Markdown tables that can be read in parts: the header stands again above every few rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from aika.domain.documents import BlockKind
from aika.parsers.writing import BodyWriter, table

_ROWS = 20
_CHARACTERS = 1300
"""A block of rows ends at whichever comes first, so that with its header it fits into one chunk."""
_WIDE = 350
"""Characters a row has on average above which a table is hard to read and each row becomes a record of named values."""
_SAMPLE = 50


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As the program that made the sheet counts, from 1."""
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        return not any(self.cells)


def write_rows(
    writer: BodyWriter, rows: Sequence[Row], *, path: tuple[str, ...] = (), anchor: Callable[[int], str]
) -> None:
    """Append the rows to a body. Blank rows divide tables; lines of one cell above a table are text."""
    for region in _regions(rows):
        start = _header_at(region)
        for row in region[:start]:
            text = " ".join(filter(None, row.cells))
            writer.add(BlockKind.PARAGRAPH, text, path=path, anchor=anchor(row.number))
        if region[start:]:
            _write_table(writer, _narrowed(region[start:]), path, anchor)


def _regions(rows: Sequence[Row]) -> Iterator[list[Row]]:
    region: list[Row] = []
    for row in rows:
        if not row.is_blank:
            region.append(row)
        elif region:
            yield region
            region = []
    if region:
        yield region


def _header_at(region: Sequence[Row]) -> int:
    """Return the place of the first row with two cells: what stands above it are titles and notes."""
    filled = [sum(map(bool, row.cells)) for row in region]
    if max(filled) < 2:
        return 0 if len(region) > 1 else 1
    return next(place for place, count in enumerate(filled) if count > 1)


def _narrowed(rows: Sequence[Row]) -> list[Row]:
    """Return the rows without the columns at both sides that are empty in all of them."""
    first = min(next(place for place, cell in enumerate(row.cells) if cell) for row in rows)
    end = max(max(place for place, cell in enumerate(row.cells) if cell) for row in rows) + 1
    return [Row(row.number, row.cells[first:end]) for row in rows]


def _write_table(writer: BodyWriter, rows: Sequence[Row], path: tuple[str, ...], anchor: Callable[[int], str]) -> None:
    header, body = _split_header(rows)
    sample = body[:_SAMPLE]
    if sum(len("".join(row.cells)) for row in sample) > _WIDE * len(sample):
        for row in body:
            writer.add(BlockKind.RECORD, _record(header, row), path=path, anchor=anchor(row.number))
        return
    for group in _groups(body):
        text = table([header, *(row.cells for row in group)])
        writer.add(BlockKind.TABLE, text, path=path, anchor=anchor(group[0].number))


def _split_header(rows: Sequence[Row]) -> tuple[Sequence[str], Sequence[Row]]:
    """Return the names of the columns and the rows below. Where the first row is none of names, columns are A, B, C."""
    first = rows[0].cells
    width = max(len(row.cells) for row in rows)
    if len(rows) > 1 and all(cell and not _is_number(cell) for cell in first[: max(1, len(first))] if cell):
        return first, rows[1:]
    return [_letters(place) for place in range(width)], rows


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", ".").rstrip("%"))
    except ValueError:
        return False
    return True


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _groups(rows: Sequence[Row]) -> Iterator[list[Row]]:
    group: list[Row] = []
    length = 0
    for row in rows:
        size = sum(len(cell) + 3 for cell in row.cells)
        if group and (len(group) == _ROWS or length + size > _CHARACTERS):
            yield group
            group, length = [], 0
        group.append(row)
        length += size
    if group:
        yield group


def _record(header: Sequence[str], row: Row) -> str:
    names = [*header, *(_letters(place) for place in range(len(header), len(row.cells)))]
    named = ((name or _letters(place), cell) for place, (name, cell) in enumerate(zip(names, row.cells, strict=False)))
    return "\n".join(f"{name}: {cell}" for name, cell in named if cell)
