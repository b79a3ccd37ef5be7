"""Excel, CSV and TSV: tables of which every part can be read by itself."""

import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from struct import pack

import pytest
from openpyxl import Workbook

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.spreadsheet import SpreadsheetParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract

ROTA = (("Week", "Primary", "Since"), ("1", "Ann", "2026-01-05"), ("2", "Ben | Bo", "2026-01-12"))


def workbook(sheets: dict[str, Sequence[Sequence[object]]], *, title: str | None = None) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.properties.title = title
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def parsed(content: bytes, path: str = "teams/on-call_rota.xlsx") -> Parsed:
    return SpreadsheetParser().parse(RawDocument(key=path, path=path, content=content))


def csv(text: str, path: str = "teams/people.csv") -> Parsed:
    return parsed(text.encode(), path)


def blocks_of(document: Parsed) -> list[str]:
    return [document.body.text[block.start : block.end] for block in document.body.blocks]


class TestSpreadsheetParserKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return SpreadsheetParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [RawDocument(key="a", path="rota.xlsx", content=workbook({"Rota": ROTA, "Other": ROTA}))]


class TestCsvKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return SpreadsheetParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [RawDocument(key="a", path="people.csv", content=b'name,team\nAnn,Core\n"Ben, Bo",Web\n')]


class TestWorkbooks:
    def test_a_sheet_is_a_section_with_a_table(self) -> None:
        document = parsed(workbook({"Rota 2026": ROTA}))

        assert blocks_of(document) == [
            "| Week | Primary | Since |\n| --- | --- | --- |\n| 1 | Ann | 2026-01-05 |\n| 2 | Ben \\| Bo | 2026-01-12 |"
        ]
        block = document.body.blocks[0]
        assert (block.kind, block.heading_path) == (BlockKind.TABLE, ("Rota 2026",))
        assert document.kind is Kind.SHEET
        assert document.title == "On call rota"

    def test_the_anchor_names_sheet_and_row(self) -> None:
        document = parsed(workbook({"Rota & more": ROTA}))

        assert document.body.blocks[0].anchor == "sheet=Rota%20%26%20more&row=2"

    def test_the_header_stands_above_every_few_rows(self) -> None:
        rows = [("Number", "Word"), *((number, f"word {number}") for number in range(50))]

        document = parsed(workbook({"Words": rows}))

        assert len(document.body.blocks) == 3
        assert all(text.startswith("| Number | Word |\n") for text in blocks_of(document))
        assert [block.anchor for block in document.body.blocks] == [
            "sheet=Words&row=2",
            "sheet=Words&row=22",
            "sheet=Words&row=42",
        ]

    def test_titles_above_a_table_are_text_and_blank_rows_divide_tables(self) -> None:
        rows = [("Rates, valid from January",), (), ("Night", "EUR"), ("Monday", 40), (), ("Place", "EUR"), ("Pier", 7)]

        document = parsed(workbook({"Rates": rows}))

        assert [block.kind for block in document.body.blocks] == [
            BlockKind.PARAGRAPH,
            BlockKind.TABLE,
            BlockKind.TABLE,
        ]
        assert "| Monday | 40 |" in document.body.text

    def test_values_are_shown_as_people_write_them(self) -> None:
        midnight, morning = map(datetime.fromisoformat, ("2026-03-02T00:00", "2026-03-02T09:30"))
        row = (1.0, 0.1 + 0.2, True, midnight, morning, None, "a\nb")

        document = parsed(workbook({"Values": [tuple("abcdefg"), row]}))

        assert "| 1 | 0.3 | yes | 2026-03-02 | 2026-03-02 09:30 |  | a b |" in document.body.text

    def test_rows_of_long_cells_become_records_of_named_values(self) -> None:
        rows = [("Risk", "Answer"), ("Fire", "Leave the building. " * 30), ("Flood", "Go upstairs. " * 40)]

        document = parsed(workbook({"Risks": rows}))

        assert [block.kind for block in document.body.blocks] == [BlockKind.RECORD] * 2
        assert blocks_of(document)[0].startswith("Risk: Fire\nAnswer: Leave the building.")

    def test_columns_without_names_are_letters(self) -> None:
        document = parsed(workbook({"Numbers": [(1, 2), (3, 4)]}))

        assert document.body.text.startswith("| A | B |")

    def test_formulas_without_results_are_reported(self) -> None:
        document = parsed(workbook({"Sums": [("a", "b", "sum"), (1, 2, "=A2+B2")]}))

        assert "no stored result" in document.warnings[0]

    def test_the_title_in_the_properties_wins_over_the_name(self) -> None:
        assert parsed(workbook({"Rota": ROTA}, title="Who is on call")).title == "Who is on call"

    def test_what_is_left_out_of_a_huge_sheet_is_told(self) -> None:
        document = parsed(workbook({"Log": [("a", "b"), *((1, 2) for _ in range(20_010))]}))

        assert document.warnings == ("sheet 'Log' is longer than 20,000 rows: 11 rows were left out",)

    def test_an_archive_that_unpacks_to_too_much_is_refused(self) -> None:
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("xl/workbook.xml", b" " * 777)
        claiming = stream.getvalue().replace(pack("<L", 777), pack("<L", 160_000_000))

        with pytest.raises(UnreadableDocumentError, match="unpacks to 160 MB"):
            parsed(claiming)

    def test_an_old_workbook_is_refused_with_what_to_do(self) -> None:
        with pytest.raises(UnreadableDocumentError, match=r"save it as \.xlsx"):
            parsed(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.xls")

    def test_an_encrypted_workbook_is_refused_as_such(self) -> None:
        content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le")

        with pytest.raises(UnreadableDocumentError, match="encrypted"):
            parsed(content)

    def test_a_damaged_workbook_is_refused(self) -> None:
        content = workbook({"Rota": ROTA})

        with pytest.raises(UnreadableDocumentError, match="damaged"):
            parsed(content[: len(content) // 2])


class TestSeparatedValues:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_the_delimiter_is_found(self, delimiter: str) -> None:
        lines = [("name", "team", "note"), ("Ann", "Core", "likes a, b; c"), ("Ben", "Web", "")]
        text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)

        assert "| Ann | Core | likes a, b; c |" in csv(text).body.text

    def test_a_delimiter_that_excel_named_is_believed(self) -> None:
        assert "| Ann | Core |" in csv("sep=;\nname;team\nAnn;Core\n").body.text

    def test_tabs_separate_in_a_file_of_that_name(self) -> None:
        assert "| Ann, A. | Core |" in csv("name\tteam\nAnn, A.\tCore\n", "people.tsv").body.text

    def test_line_ends_inside_quotes_stay_in_their_cell(self) -> None:
        assert "| Ann | likes tea |" in csv('name,note\nAnn,"likes\ntea"\n').body.text

    def test_text_of_western_windows_is_read(self) -> None:
        document = parsed("name,city\nJörg,Zürich\n".encode("cp1252"), "people.csv")

        assert "| Jörg | Zürich |" in document.body.text
        assert document.warnings

    def test_a_quotation_mark_that_nobody_closed_is_text(self) -> None:
        document = csv('name,note\n"Ann,' + "a,b\n" * 60_000)

        assert "quotation marks" in document.warnings[0]

    def test_what_is_left_out_of_a_huge_file_is_counted(self) -> None:
        document = csv("a,b\n" + "1,2\n" * 20_010)

        assert document.warnings == ("the file is longer than 20,000 rows: 11 rows were left out",)

    def test_a_file_without_rows_is_refused(self) -> None:
        with pytest.raises(UnreadableDocumentError, match="no rows"):
            csv("\n\n")

    def test_a_list_of_one_column_is_a_table_too(self) -> None:
        assert csv("name\nAnn\nBen\n").body.text == "| name |\n| --- |\n| Ann |\n| Ben |"
