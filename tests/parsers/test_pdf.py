"""PDF: paragraphs, headings and lists, page by page."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.pdf import PdfParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract

_LEFT, _TOP = 72, 720


@dataclass(frozen=True)
class Text:
    """A line at a place of the page, in points from its lower left corner."""

    words: str
    y: int
    size: int = 11
    x: int = _LEFT
    bold: bool = False


def paragraph(words: str, top: int, **look: int) -> list[Text]:
    """Return the lines of a paragraph, 14 points apart."""
    return [Text(line, top - 14 * place, **look) for place, line in enumerate(words.split("\n"))]


def pdf(
    pages: Sequence[Sequence[Text]],
    *,
    info: str = "",
    outline: Sequence[tuple[str, int]] = (),
    encrypted: bool = False,
) -> bytes:
    """Return a PDF written by hand: pages of text in Helvetica, with bookmarks to pages (from 0)."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica{} >>"
    fonts = f"<< /A {font.format('')} /B {font.format('-Bold')} >>"
    first = 4
    kids = " ".join(f"{first + 2 * place} 0 R" for place in range(len(pages)))
    marks = first + 2 * len(pages)
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R {f'/Outlines {marks} 0 R' if outline else ''} >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        3: f"<< {info} >>",
    }
    for place, page in enumerate(pages):
        number = first + 2 * place
        stream = "\n".join(
            f"BT /{'B' if text.bold else 'A'} {text.size} Tf {text.x} {text.y} Td ({text.words}) Tj ET" for text in page
        )
        objects[number] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {number + 1} 0 R "
            f"/Resources << /Font {fonts} >> >>"
        )
        objects[number + 1] = f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream"
    if outline:
        last = marks + len(outline)
        objects[marks] = f"<< /Type /Outlines /First {marks + 1} 0 R /Last {last} 0 R /Count {len(outline)} >>"
        for place, (title, page_number) in enumerate(outline, marks + 1):
            after = f"/Next {place + 1} 0 R" if place < last else ""
            target = f"[{first + 2 * page_number} 0 R /Fit]"
            objects[place] = f"<< /Title ({title}) /Parent {marks} 0 R {after} /Dest {target} >>"
    return _file(objects, encrypted=encrypted)


def _file(objects: dict[int, str], *, encrypted: bool) -> bytes:
    written, places = b"%PDF-1.4\n", {}
    for number, content in sorted(objects.items()):
        places[number] = len(written)
        written += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{places[number]:010} 00000 n \n" for number in sorted(objects))
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'00' * 32}> /U <{'00' * 32}> >> /ID [<00> <00>]"
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R {lock if encrypted else ''} >>"
    end = (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer\n{trailer}\nstartxref\n{len(written)}\n%%EOF"
    )
    return written + end.encode()


def parsed(content: bytes, path: str = "contracts/vendor-terms.pdf") -> Parsed:
    return PdfParser().parse(RawDocument(key=path, path=path, content=content))


def blocks_of(document: Parsed) -> list[tuple[BlockKind, str]]:
    return [(block.kind, document.body.text[block.start : block.end]) for block in document.body.blocks]


BODY = "The boat leaves at nine from the eastern pier and comes back in the evening.\nTickets are sold on board.\n"
TWO_PAGES = [
    [Text("Terms", 720, size=20), *paragraph(BODY, 680)],
    [Text("Prices", 720, size=15), *paragraph(BODY, 680)],
]


class TestPdfParserKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return PdfParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        content = pdf(TWO_PAGES, info="/Title (Terms of trade)", outline=[("Terms", 0), ("Prices", 1)])
        return [RawDocument(key="a", path="terms.pdf", content=content)]


class TestLayout:
    def test_lines_of_a_paragraph_are_joined(self) -> None:
        document = parsed(pdf([paragraph("The boat leaves\nat nine from the\neastern pier.", 700)]))

        assert document.body.text == "The boat leaves at nine from the eastern pier."

    def test_a_gap_begins_a_new_paragraph(self) -> None:
        lines = [*paragraph("One goes on\nand on here.", 700), *paragraph("Two goes on\nand on here.", 650)]

        assert blocks_of(parsed(pdf([lines]))) == [
            (BlockKind.PARAGRAPH, "One goes on and on here."),
            (BlockKind.PARAGRAPH, "Two goes on and on here."),
        ]

    def test_a_word_broken_at_a_lines_end_is_whole_again(self) -> None:
        assert parsed(pdf([paragraph("Write to the depart-\nment of boats.", 700)])).body.text == (
            "Write to the department of boats."
        )

    def test_a_hyphen_that_belongs_to_the_word_stays(self) -> None:
        text = parsed(pdf([paragraph("A well-known boat and a well-\nknown pier of Mecklenburg-\nVorpommern.", 700)]))

        assert text.body.text == "A well-known boat and a well-known pier of Mecklenburg-Vorpommern."

    def test_items_of_a_list_are_apart(self) -> None:
        lines = paragraph("Bring these:\n- a ticket\n- a coat that\nkeeps you warm", 700)

        assert blocks_of(parsed(pdf([lines])))[1:] == [
            (BlockKind.LIST, "- a ticket"),
            (BlockKind.LIST, "- a coat that keeps you warm"),
        ]

    def test_larger_letters_are_headings_and_blocks_know_them(self) -> None:
        lines = [
            Text("Boats", 740, size=22),
            Text("Small boats", 700, size=16),
            *paragraph(BODY, 670),
            Text("Large boats", 600, size=16),
            *paragraph(BODY, 570),
        ]
        document = parsed(pdf([[Text("Cover", 700, size=30)], lines]))

        assert [block.heading_path for block in document.body.blocks] == [
            (),
            (),
            ("Boats",),
            ("Boats", "Small boats"),
            ("Boats",),
            ("Boats", "Large boats"),
        ]

    def test_a_bold_line_of_its_own_is_a_heading(self) -> None:
        lines = [Text("Delivery", 720, bold=True), *paragraph(BODY, 700)]

        assert blocks_of(parsed(pdf([lines])))[0] == (BlockKind.HEADING, "Delivery")

    def test_running_heads_and_page_numbers_are_left_out(self) -> None:
        pages = [
            [
                Text("Acme handbook", 770, size=9),
                *paragraph(f"Page text {word}.", 700),
                Text(f"Page {number}", 30, size=9),
            ]
            for number, word in enumerate(("alpha", "beta", "gamma", "delta"), 1)
        ]

        document = parsed(pdf(pages))

        assert document.body.text.split("\n\n") == [
            f"Page text {word}." for word in ("alpha", "beta", "gamma", "delta")
        ]


class TestPages:
    def test_anchors_are_pages(self) -> None:
        assert [block.anchor for block in parsed(pdf(TWO_PAGES)).body.blocks] == [
            "page=1",
            "page=1",
            "page=2",
            "page=2",
        ]

    def test_bookmarks_are_the_headings_where_there_are_some(self) -> None:
        document = parsed(pdf(TWO_PAGES, outline=[("Prices", 1)]))

        assert [kind for kind, _ in blocks_of(document)] == [
            BlockKind.PARAGRAPH,
            BlockKind.PARAGRAPH,
            BlockKind.HEADING,
            BlockKind.PARAGRAPH,
        ]
        assert document.body.blocks[-1].heading_path == ("Prices",)

    def test_a_bookmark_whose_words_are_not_on_the_page_stands_above_it(self) -> None:
        document = parsed(pdf(TWO_PAGES, outline=[("Annex B", 1)]))

        assert document.body.blocks[-1].heading_path == ("Annex B",)

    def test_a_page_without_text_is_reported(self) -> None:
        document = parsed(pdf_with_scan([paragraph(BODY, 700)]))

        assert "page 2 holds only images" in document.warnings[0]

    def test_a_file_of_scans_only_is_refused_with_what_to_do(self) -> None:
        with pytest.raises(UnreadableDocumentError, match="OCR"):
            parsed(pdf_with_scan([]))

    def test_a_file_of_empty_pages_is_refused(self) -> None:
        with pytest.raises(UnreadableDocumentError, match="empty"):
            parsed(pdf([[]]))


class TestWhatTheFileSays:
    def test_the_title_of_the_properties_wins(self) -> None:
        document = parsed(pdf(TWO_PAGES, info="/Title (Terms of trade) /Author (Ann Lee)"))

        assert document.title == "Terms of trade"
        assert document.attributes["author"] == "Ann Lee"
        assert document.kind is Kind.PAGE

    def test_a_title_that_a_program_wrote_is_not_believed(self) -> None:
        assert parsed(pdf(TWO_PAGES, info="/Title (Microsoft Word - terms.docx)")).title == "Terms"

    def test_without_any_title_the_file_name_is_it(self) -> None:
        assert parsed(pdf([paragraph(BODY, 700)])).title == "Vendor terms"

    def test_an_encrypted_file_is_refused_as_such(self) -> None:
        with pytest.raises(UnreadableDocumentError, match="encrypted"):
            parsed(pdf(TWO_PAGES, encrypted=True))

    def test_a_file_that_is_no_pdf_is_refused(self) -> None:
        with pytest.raises(UnreadableDocumentError, match="not a PDF"):
            parsed(b"hello")


def test_many_files_at_once_are_read_like_one_after_the_other() -> None:
    contents = [pdf([paragraph(f"Text number {number}\ngoes on.", 700)]) for number in range(24)]

    with ThreadPoolExecutor(8) as pool:
        texts = [document.body.text for document in pool.map(parsed, contents)]

    assert texts == [f"Text number {number} goes on." for number in range(24)]


def pdf_with_scan(pages: Sequence[Sequence[Text]]) -> bytes:
    """Return the pages and one more that holds only a picture."""
    placeholder = "SCAN" * 20
    content = pdf([*pages, [Text(placeholder, 700)]])
    text = f"BT /A 11 Tf 72 700 Td ({placeholder}) Tj ET".encode()
    picture = b"q 100 0 0 100 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI Q"
    # Of equal length, so that the table of places stays right.
    return content.replace(text, picture.ljust(len(text)))
