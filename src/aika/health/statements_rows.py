"""Statements of tables: the value of one cell, for what the row's first cell names."""

import re
from collections.abc import Iterator

from aika.answering.exactness import exact
from aika.health.statements_values import Sort, Value, quantity, values_in

_CELL = re.compile(r"(?:\\\||`[^`|]*`|[^|])+")
_BARE_NUMBER = re.compile(r"\s*(?P<v>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*")
_LONGEST_CELL = 60
_WORD = re.compile(r"[^\W\d_]+|[%€$£]")


def cell_spans(row: str) -> list[tuple[int, int]]:
    """Return the spans of a Markdown table row's cells, empty ones left out only at the two ends."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in re.finditer(r"(?<!\\)\|", row):
        spans.append((start, match.start()))
        start = match.end()
    spans.append((start, len(row)))
    if spans and not row[slice(*spans[0])].strip():
        spans = spans[1:]
    if spans and not row[slice(*spans[-1])].strip():
        spans = spans[:-1]
    return spans


def cell_values(row: str, head: str) -> Iterator[tuple[int, str, Value]]:
    """Yield for each cell that is little more than one value its number, what stands above it, and the value."""
    above = [head[slice(*span)].strip() for span in cell_spans(head)]
    for number, (start, end) in enumerate(cell_spans(row)):
        if number == 0 or end - start > _LONGEST_CELL:
            continue
        column = above[number] if number < len(above) else ""
        value = _value(row[start:end], column, start)
        if value is not None:
            yield number, column, value


def _value(cell: str, column: str, start: int) -> Value | None:
    bare = _BARE_NUMBER.fullmatch(cell)
    if bare is None:
        found = values_in(cell)
        if len(found) != 1 or len(_WORD.findall(cell[: found[0].start] + cell[found[0].end :])) > 1:
            return None
        value = found[0]
        return Value(
            value.sort, value.unit, value.key, value.amount, start + value.start, start + value.end, value.bound
        )
    units = (next(iter(exact(f"{bare['v']} {word.lower()}").quantities), None) for word in _WORD.findall(column))
    known = next((one for one in units if one is not None and one.unit), None)
    if known is None or known.unit is None:
        return None
    amount, dimension = quantity(known.value, known.unit)
    key = f"{known.value:.10g} {known.unit}"
    return Value(Sort.QUANTITY, dimension, key, amount, start + bare.start("v"), start + bare.end("v"))
