"""Tables as CSV (RFC 4180), for spreadsheets. What people wrote stays text there and is never run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Mapping

Cell = str | int | float | bool | None

# Where spreadsheets separate cells by semicolons, as in much of Europe, they do so within our quotes too: then what follows a
# semicolon or a new line begins a cell. The wide forms are formulas to spreadsheets in Japanese.
_FORMULA = re.compile(r"(^|[;\t\r\n])([^\S\t\r\n]*[=+\-@＝＋－＠])")
_BLANK = ("\t", "\r", "\n")
"""Spreadsheets leave these out at the beginning, and look at what comes after them."""


def as_csv(rows: Iterable[Mapping[str, Cell]]) -> str:
    """Return rows under the names of their columns. Numbers stay numbers, and no other cell is a formula."""
    listed = list(rows)
    out = io.StringIO()
    if listed:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([_cell(name) for name in listed[0]])
        writer.writerows([_cell(value) for value in row.values()] for row in listed)
    return out.getvalue()


def _cell(value: Cell) -> Cell:
    if not isinstance(value, str):
        return "" if value is None else value
    guarded = _FORMULA.sub(r"\1'\2", value)
    return f"'{guarded}" if guarded.startswith(_BLANK) else guarded
