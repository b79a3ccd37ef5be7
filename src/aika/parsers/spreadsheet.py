"""Excel workbooks, CSV and TSV: tables whose every part can be read by itself."""

import csv
import datetime
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from openpyxl import load_workbook

from aika.domain.documents import Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.archives import checked_archive, damage_reported
from aika.parsers.properties import properties_of
from aika.parsers.rows import Row, write_rows
from aika.parsers.textfile import read_text
from aika.parsers.titles import title_from_path
from aika.parsers.writing import BodyWriter

_MOST_ROWS = 20_000
"""Rows of a sheet that are read. More are a database's export, which no passage of text answers from."""
_MOST_COLUMNS = 500
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 30
_UNCOMPUTED = re.compile(rb"</f>\s*(?:<v\s*/>|<v></v>|</c>)")
_TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".tab", ".psv"})


class SpreadsheetParser:
    """Reads workbooks and separated values. A formula stands as the value it had when the file was saved."""

    suffixes = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", *sorted(_TEXT_SUFFIXES))
    media_types = (
        "text/csv",
        "text/tab-separated-values",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )

    def parse(self, raw: RawDocument) -> Parsed:
        media_type = raw.media_type or ""
        if PurePosixPath(raw.path).suffix.lower() in _TEXT_SUFFIXES or media_type.startswith("text/"):
            return _separated(raw)
        return _workbook(raw)


def _workbook(raw: RawDocument) -> Parsed:
    archive = checked_archive(raw.content, what="an Excel workbook", save_as=".xlsx")
    warnings: list[str] = []
    writer = BodyWriter()
    with damage_reported("an Excel workbook"):
        book = load_workbook(archive, read_only=True, data_only=True)
        for sheet in book.worksheets:
            claimed = sheet.max_row or 0
            # The size that a sheet claims is often wrong, and then rows would be missing.
            sheet.reset_dimensions()
            # Counting the rest would take as long as reading it: here the claim has to do.
            rows, left_out = _limited(_cells(sheet.iter_rows(values_only=True)), count_all=False)
            write_rows(writer, rows, path=(sheet.title,), anchor=partial(_anchor, sheet.title))
            warnings += _left_out(f"sheet {sheet.title!r}", left_out, claimed=claimed)
        properties = properties_of(book.properties)
        book.close()
    if _has_uncomputed(raw.content):
        warnings.append("some formulas have no stored result: open the workbook in a spreadsheet program and save it")
    title = properties.title or title_from_path(PurePosixPath(raw.path).stem)
    return Parsed(writer.body(), title, Kind.SHEET, properties.attributes, tuple(warnings))


def _anchor(sheet: str, row: int) -> str:
    return f"sheet={quote(sheet)}&row={row}"


def _separated(raw: RawDocument) -> Parsed:
    file = read_text(raw.content, expected="comma-separated values", media_type=raw.media_type)
    text, delimiter = _delimiter(file.text, raw.path)
    warnings = list(file.warnings)
    try:
        rows, left_out = _limited(enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), 1))
    except csv.Error:
        # A quotation mark that nobody closed takes the rest of the file into one cell.
        warnings.append("its quotation marks do not match, so they were taken as text")
        plain = (line.split(delimiter) for line in text.split("\n"))
        rows, left_out = _limited(enumerate(plain, 1))
    if not any(not row.is_blank for row in rows):
        raise UnreadableDocumentError("it holds no rows")
    writer = BodyWriter()
    write_rows(writer, rows, anchor=lambda row: f"L{row}")
    warnings += _left_out("the file", left_out)
    return Parsed(writer.body(), title_from_path(PurePosixPath(raw.path).stem), Kind.SHEET, warnings=tuple(warnings))


def _delimiter(text: str, path: str) -> tuple[str, str]:
    """Return the text and what separates its cells: what its first line or suffix says, or what divides its lines evenly."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, first.strip()[4]
    if path.lower().endswith((".tsv", ".tab")):
        return text, "\t"
    sample = [line for line in text.split("\n")[: _SAMPLE_LINES * 2] if line.strip()][:_SAMPLE_LINES]
    return text, max(_DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(len(cells) for cells in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return (0, 0)
    width, count = widths.most_common(1)[0] if widths else (1, 0)
    return (count if width > 1 else 0, width)


def _cells(rows: Iterable[tuple[Any, ...]]) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with their numbers. The library types a cell's value as anything."""
    for number, row in enumerate(rows, 1):
        yield number, [_shown(value) for value in row[:_MOST_COLUMNS]]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.10g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    return "" if value is None else str(value)


def _limited(rows: Iterable[tuple[int, list[str]]], *, count_all: bool = True) -> tuple[list[Row], int]:
    """Return the first rows that say something, with the blank ones between them, and how many more there are.

    Without ``count_all``, reading stops at the limit, and what is left counts as at least one.
    """
    kept: list[Row] = []
    left_out = 0
    for number, cells in rows:
        if len(kept) == _MOST_ROWS:
            left_out += any(cells)
            if left_out and not count_all:
                break
            continue
        row = Row(number, tuple(" ".join(cell.split()) for cell in cells))
        # One blank row divides two tables; a million of them, as deleted formats leave them, do nothing more.
        if not row.is_blank or (kept and not kept[-1].is_blank):
            kept.append(row)
    return kept, left_out


def _left_out(what: str, count: int, *, claimed: int | None = None) -> list[str]:
    """Return what to say of rows that were left out. With ``claimed``, the count was not taken to the end."""
    if not count:
        return []
    number = count if claimed is None else claimed - _MOST_ROWS
    shown = f"{number:,} rows were" if number > 0 else "the rest was"
    return [f"{what} is longer than {_MOST_ROWS:,} rows: {shown} left out"]


def _has_uncomputed(content: bytes) -> bool:
    with damage_reported("an Excel workbook"), zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
        return any(_UNCOMPUTED.search(archive.read(name)) for name in sheets)
