"""Word and PowerPoint, as Markdown in the order of the page."""

import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.presentation import Presentation as PowerPointDocument
from pptx.util import Inches

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.domain.errors import UnreadableDocumentError
from aika.parsers.powerpoint import PowerPointParser
from aika.parsers.word import WordParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract


def word(build: Callable[[WordDocument], object]) -> bytes:
    document = Document()
    document.core_properties.title = ""
    build(document)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def slides(build: Callable[[PowerPointDocument], object]) -> bytes:
    presentation = Presentation()
    build(presentation)
    stream = BytesIO()
    presentation.save(stream)
    return stream.getvalue()


def read_word(build: Callable[[WordDocument], object], path: str = "hr/travel-policy.docx") -> Parsed:
    return WordParser().parse(RawDocument(key=path, path=path, content=word(build)))


def read_slides(build: Callable[[PowerPointDocument], object], path: str = "q1-review.pptx") -> Parsed:
    return PowerPointParser().parse(RawDocument(key=path, path=path, content=slides(build)))


def blocks_of(document: Parsed) -> list[tuple[BlockKind, str]]:
    return [(block.kind, document.body.text[block.start : block.end]) for block in document.body.blocks]


def policy(document: WordDocument) -> None:
    document.add_heading("Travel policy", 0)
    document.add_paragraph("Valid from March.")
    document.add_heading("Hotels", 1)
    document.add_paragraph("Book early.", style="List Bullet")
    document.add_paragraph("Pay later.", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((cell for row in table.rows for cell in row.cells), "ABCD", strict=True):
        cell.text = text
    document.add_heading("Islands", 2)
    document.add_paragraph("The boat is free.")


def review(presentation: PowerPointDocument) -> None:
    slide = presentation.slides.add_slide(presentation.slide_layouts[1])
    slide.shapes.title.text = "The quarter"
    slide.placeholders[1].text = "Bookings rose\nParcels fell"
    slide.placeholders[1].text_frame.paragraphs[1].level = 1
    slide.notes_slide.notes_text_frame.text = "Ann presents."


class TestWordParserKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return WordParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [RawDocument(key="a", path="policy.docx", content=word(policy))]


class TestPowerPointParserKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return PowerPointParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [RawDocument(key="a", path="review.pptx", content=slides(review))]


class TestWord:
    def test_headings_lists_and_tables_stand_in_the_order_of_the_page(self) -> None:
        assert blocks_of(read_word(policy)) == [
            (BlockKind.HEADING, "# Travel policy"),
            (BlockKind.PARAGRAPH, "Valid from March."),
            (BlockKind.HEADING, "## Hotels"),
            (BlockKind.LIST, "- Book early.\n- Pay later."),
            (BlockKind.TABLE, "| A | B |\n| --- | --- |\n| C | D |"),
            (BlockKind.HEADING, "### Islands"),
            (BlockKind.PARAGRAPH, "The boat is free."),
        ]

    def test_blocks_know_the_headings_above_but_not_the_title(self) -> None:
        paths = [block.heading_path for block in read_word(policy).body.blocks]

        assert paths[1] == ()
        assert paths[-1] == ("Hotels", "Islands")

    def test_the_title_is_the_documents(self) -> None:
        assert read_word(policy).title == "Travel policy"

    def test_a_document_without_a_title_is_called_after_its_file(self) -> None:
        assert read_word(lambda document: document.add_paragraph("Text.")).title == "Travel policy"

    def test_accepted_changes_are_text_and_deleted_text_is_not(self) -> None:
        def changed(document: WordDocument) -> None:
            paragraph = document.add_paragraph("Leave is ")
            space = nsdecls("w")
            paragraph._p.append(parse_xml(f"<w:del {space}><w:r><w:delText>twenty</w:delText></w:r></w:del>"))
            paragraph._p.append(parse_xml(f"<w:ins {space}><w:r><w:t>thirty</w:t></w:r></w:ins>"))

        assert read_word(changed).body.text == "Leave is thirty"

    def test_content_controls_are_read(self) -> None:
        def controlled(document: WordDocument) -> None:
            inner = "<w:p><w:r><w:t>Approved by Ann.</w:t></w:r></w:p>"
            control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent>{inner}</w:sdtContent></w:sdt>")
            document.element.body.insert(0, control)

        assert read_word(controlled).body.text == "Approved by Ann."

    def test_comments_are_read_with_their_author(self) -> None:
        def commented(document: WordDocument) -> None:
            run = document.add_paragraph("Ships in May.").runs[0]
            document.add_comment(run, text="Or in June?", author="Ben", initials="B")

        assert "Comment by Ben: Or in June?" in read_word(commented).body.text

    def test_line_breaks_stay_and_tab_stops_are_no_text(self) -> None:
        def broken(document: WordDocument) -> None:
            paragraph = document.add_paragraph("One\nTwo\tThree")
            paragraph.paragraph_format.tab_stops.add_tab_stop(Inches(1))

        assert read_word(broken).body.text == "One\nTwo\tThree"

    def test_footnotes_follow_at_the_end(self) -> None:
        content = with_footnote(word(lambda document: document.add_paragraph("Text.")))

        document = WordParser().parse(RawDocument(key="a", path="a.docx", content=content))

        assert "[^2]: See the annex." in document.body.text

    def test_an_old_document_is_refused_with_what_to_do(self) -> None:
        with pytest.raises(UnreadableDocumentError, match=r"save it as \.docx"):
            WordParser().parse(
                RawDocument(key="a", path="a.doc", content=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
            )

    def test_an_archive_of_something_else_is_refused(self) -> None:
        stream = BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("readme.txt", "hello")

        with pytest.raises(UnreadableDocumentError, match="not a Word document"):
            WordParser().parse(RawDocument(key="a", path="a.docx", content=stream.getvalue()))


class TestPowerPoint:
    def test_a_slide_has_title_text_and_notes(self) -> None:
        document = read_slides(review)

        assert blocks_of(document) == [
            (BlockKind.HEADING, "## The quarter"),
            (BlockKind.LIST, "- Bookings rose\n  - Parcels fell"),
            (BlockKind.PARAGRAPH, "Notes: Ann presents."),
        ]
        assert document.kind is Kind.SLIDES

    def test_anchors_are_slides(self) -> None:
        def two(presentation: PowerPointDocument) -> None:
            review(presentation)
            review(presentation)

        assert {block.anchor for block in read_slides(two).body.blocks} == {"slide=1", "slide=2"}

    def test_tables_are_read(self) -> None:
        def with_table(presentation: PowerPointDocument) -> None:
            slide = presentation.slides.add_slide(presentation.slide_layouts[6])
            table = slide.shapes.add_table(2, 2, 0, 0, Inches(3), Inches(1)).table
            for cell, text in zip(table.iter_cells(), "ABCD", strict=True):
                cell.text = text

        document = read_slides(with_table)

        assert blocks_of(document) == [(BlockKind.TABLE, "| A | B |\n| --- | --- |\n| C | D |")]
        assert document.body.blocks[0].heading_path == ("Slide 1",)

    def test_charts_are_read_as_tables(self) -> None:
        def with_chart(presentation: PowerPointDocument) -> None:
            numbers = CategoryChartData()
            numbers.categories = ["May", "June"]
            numbers.add_series("Parcels", (1.5, 2))
            slide = presentation.slides.add_slide(presentation.slide_layouts[6])
            slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(3), Inches(3), numbers)

        assert "| May | 1.5 |\n| June | 2 |" in read_slides(with_chart).body.text

    def test_text_in_groups_is_read(self) -> None:
        def grouped(presentation: PowerPointDocument) -> None:
            slide = presentation.slides.add_slide(presentation.slide_layouts[6])
            group = slide.shapes.add_group_shape()
            group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Inside."

        assert read_slides(grouped).body.text == "Inside."

    def test_a_slide_without_text_is_reported(self) -> None:
        def silent(presentation: PowerPointDocument) -> None:
            review(presentation)
            presentation.slides.add_slide(presentation.slide_layouts[6])

        assert "slide 2 holds no text" in read_slides(silent).warnings[0]

    def test_the_title_is_the_first_slides(self) -> None:
        assert read_slides(review).title == "The quarter"


def with_footnote(content: bytes) -> bytes:
    """Return the document with a part of footnotes, which the library cannot write."""
    space = nsdecls("w")
    note = "<w:p><w:r><w:t>See the annex.</w:t></w:r></w:p>"
    notes = f'<w:footnotes {space}><w:footnote w:id="2">{note}</w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name == "[Content_Types].xml":
                override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
                text = text.replace(b"</Types>", override.encode())
            if name == "word/_rels/document.xml.rels":
                link = f'<Relationship Id="rIdNotes" Type="{relation}" Target="footnotes.xml"/></Relationships>'
                text = text.replace(b"</Relationships>", link.encode())
            after.writestr(name, text)
        after.writestr("word/footnotes.xml", notes)
    return stream.getvalue()
