"""PowerPoint presentations, slide by slide."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree
from pptx import Presentation
from pptx.chart.chart import Chart
from pptx.shapes.autoshape import Shape
from pptx.shapes.base import BaseShape
from pptx.shapes.graphfrm import GraphicFrame
from pptx.shapes.group import GroupShape
from pptx.slide import Slide
from pptx.table import Table
from pptx.text.text import TextFrame

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.parsers.archives import checked_archive, damage_reported
from aika.parsers.properties import meaningful, properties_of
from aika.parsers.titles import title_from_path
from aika.parsers.writing import BodyWriter, table

_DIAGRAM = "/diagramData"
_DRAWING_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_DRAWING_PARAGRAPH = "{http://schemas.openxmlformats.org/drawingml/2006/main}p"
_CATEGORIES = 40
_BULLET = re.compile(r"^[•▪◦●■‣·]\s*")
"""A bullet that somebody typed; the list brings its own."""


class PowerPointParser:
    """Reads titles, text, tables, charts, diagrams and notes. Pictures are not read; a slide of nothing else is reported."""

    suffixes = (".pptx", ".pptm", ".potx", ".ppsx", ".ppt", ".pps")
    media_types = (
        "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    )

    def parse(self, raw: RawDocument) -> Parsed:
        archive = checked_archive(raw.content, what="a PowerPoint presentation", save_as=".pptx")
        writer = BodyWriter()
        warnings: list[str] = []
        with damage_reported("a PowerPoint presentation"):
            presentation = Presentation(archive)
            slides = list(presentation.slides)
            for number, slide in enumerate(slides, 1):
                if not _write_slide(writer, number, slide):
                    warnings.append(f"slide {number} holds no text: what its pictures show is not read")
            properties = properties_of(presentation.core_properties)
            first = meaningful(_title(slides[0])) if slides else None
        title = properties.title or first or title_from_path(raw.path.removesuffix(".pptx"))
        return Parsed(writer.body(), title, Kind.SLIDES, properties.attributes, tuple(warnings))


def _write_slide(writer: BodyWriter, number: int, slide: Slide) -> bool:
    """Append the slide; return whether it has text."""
    title = _title(slide)
    path, anchor = (title or f"Slide {number}",), f"slide={number}"
    if title:
        writer.add(BlockKind.HEADING, f"## {title}", anchor=anchor)
    pieces = [*_pieces(slide.shapes, _title_id(slide)), *_diagrams(slide), *_notes(slide)]
    for kind, text in pieces:
        writer.add(kind, text, path=path, anchor=anchor)
    return bool(title or pieces)


def _title(slide: Slide) -> str:
    shape = slide.shapes.title
    return " ".join(shape.text_frame.text.split()) if shape is not None else ""


def _title_id(slide: Slide) -> int | None:
    return slide.shapes.title.shape_id if slide.shapes.title is not None else None


def _pieces(shapes: Iterable[BaseShape], title: int | None) -> Iterator[tuple[BlockKind, str]]:
    for shape in shapes:
        if isinstance(shape, GroupShape):
            yield from _pieces(shape.shapes, title)
        elif isinstance(shape, GraphicFrame):
            if shape.has_table:
                yield BlockKind.TABLE, _table(shape.table)
            elif shape.has_chart:
                yield from _chart(shape.chart)
        elif isinstance(shape, Shape) and shape.shape_id != title and shape.text_frame.text.strip():
            yield _text(shape.text_frame)


def _text(frame: TextFrame) -> tuple[BlockKind, str]:
    paragraphs = [
        (item.level, text) for item in frame.paragraphs if (text := _BULLET.sub("", " ".join(item.text.split())))
    ]
    if len(paragraphs) == 1:
        return BlockKind.PARAGRAPH, paragraphs[0][1]
    return BlockKind.LIST, "\n".join(f"{'  ' * level}- {text}" for level, text in paragraphs)


def _table(shown: Table) -> str:
    return table([[cell.text for cell in row.cells] for row in shown.rows])


def _chart(chart: Chart) -> Iterator[tuple[BlockKind, str]]:
    if chart.has_title and chart.chart_title.has_text_frame:
        yield BlockKind.PARAGRAPH, chart.chart_title.text_frame.text
    for plot in chart.plots:
        categories = [str(category) for category in plot.categories][:_CATEGORIES]
        rows = [
            [series.name, *("" if value is None else f"{value:g}" for value in series.values)] for series in plot.series
        ]
        if categories and rows:
            columns = zip(*(row[: _CATEGORIES + 1] for row in rows), strict=False)
            header, *values = [list(column) for column in columns]
            yield (
                BlockKind.TABLE,
                table([["", *header], *([name, *row] for name, row in zip(categories, values, strict=False))]),
            )


def _diagrams(slide: Slide) -> Iterator[tuple[BlockKind, str]]:
    """Yield the text of SmartArt, which the library does not read: it stands in a part of its own."""
    for relation in slide.part.rels.values():
        if not relation.is_external and relation.reltype.endswith(_DIAGRAM):
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            texts = (
                "".join(part.text or "" for part in item.iter(_DRAWING_TEXT)) for item in root.iter(_DRAWING_PARAGRAPH)
            )
            if lines := [f"- {text.strip()}" for text in texts if text.strip()]:
                yield BlockKind.LIST, "\n".join(lines)


def _notes(slide: Slide) -> Iterator[tuple[BlockKind, str]]:
    frame = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
    if frame is not None and frame.text.strip():
        yield BlockKind.PARAGRAPH, f"Notes: {frame.text.strip()}"
