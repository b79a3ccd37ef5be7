"""Word documents, as Markdown in the order of the page."""

from collections.abc import Iterator
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml import etree

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.parsers.archives import checked_archive, damage_reported
from aika.parsers.properties import Properties, meaningful, properties_of
from aika.parsers.titles import title_from_path
from aika.parsers.writing import BodyWriter, table

_P, _TABLE, _ROW, _CELL, _SDT, _SDT_CONTENT = map(qn, ("w:p", "w:tbl", "w:tr", "w:tc", "w:sdt", "w:sdtContent"))
_TEXT, _TAB, _BREAK, _RETURN, _HYPHEN = map(qn, ("w:t", "w:tab", "w:br", "w:cr", "w:noBreakHyphen"))
_FOOTNOTE_MARK, _TEXT_BOX = map(qn, ("w:footnoteReference", "w:txbxContent"))
_VALUE, _ID = qn("w:val"), qn("w:id")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""A second copy of a drawing's text, for programs older than the drawing."""
_PASSED_THROUGH = frozenset(map(qn, ("w:ins", "w:customXml", "w:smartTag", "w:moveTo")))
_LEVELS = 9
_UNREADABLE = 6
"""Half points: letters of a millimetre and less."""


class WordParser:
    """Reads paragraphs, headings, lists, tables, text boxes, footnotes and comments. Tracked changes count as accepted."""

    suffixes = (".docx", ".docm", ".dotx", ".dotm", ".doc", ".dot")
    media_types = (
        "application/msword",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    )

    def parse(self, raw: RawDocument) -> Parsed:
        archive = checked_archive(raw.content, what="a Word document", save_as=".docx")
        with damage_reported("a Word document"):
            return _Reader(archive).parsed(raw)


class _Reader:
    def __init__(self, archive: BytesIO) -> None:
        self._document: WordDocument = Document(archive)
        self._styles = {style.style_id: style.name or "" for style in self._document.styles}
        self._writer = BodyWriter()
        self._headings: list[tuple[int, str]] = []
        self._title: str | None = None
        self._below_title = False
        self._list: list[str] = []

    def parsed(self, raw: RawDocument) -> Parsed:
        for element in _content(self._document.element.body):
            if element.tag == _TABLE:
                self._end_list()
                self._add(BlockKind.TABLE, _table_text(element))
            else:
                self._paragraph(element)
        self._end_list()
        self._headings = []
        for note in (*self._footnotes(), *self._comments()):
            self._add(BlockKind.PARAGRAPH, note)
        properties: Properties = properties_of(self._document.core_properties)
        title = properties.title or meaningful(self._title) or title_from_path(raw.path.removesuffix(".docx"))
        return Parsed(self._writer.body(), title, Kind.PAGE, properties.attributes)

    def _paragraph(self, element: etree._Element) -> None:
        text = _text(element)
        style = self._style(element)
        level = self._level(element, style)
        if style.lower().startswith("toc ") or not text.strip():
            return
        if level is not None:
            self._heading(level, " ".join(text.split()))
        elif (depth := _list_depth(element, style)) is not None:
            mark = "1." if "number" in style.lower() else "-"
            self._list.append(f"{'  ' * depth}{mark} {text.strip()}")
        else:
            self._end_list()
            self._add(BlockKind.PARAGRAPH, text.strip())
        for box in element.iter(_TEXT_BOX):
            if not any(parent.tag == _FALLBACK for parent in box.iterancestors()):
                inside = "\n".join(filter(None, (_text(paragraph).strip() for paragraph in box.iter(_P))))
                self._add(BlockKind.PARAGRAPH, inside)

    def _heading(self, level: int, text: str) -> None:
        self._end_list()
        if self._title is None and level <= 1:
            self._title = text
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        # A title stands above all headings and is no part of their path: the document is called so already.
        self._below_title = self._below_title or level == 0
        depth = level + 1 if self._below_title else level
        self._add(BlockKind.HEADING, f"{'#' * min(depth, 6)} {text}")
        if level > 0 and not (text == self._title and level == 1):
            self._headings.append((level, text))

    def _add(self, kind: BlockKind, text: str) -> None:
        self._writer.add(kind, text, path=tuple(text for _, text in self._headings))

    def _end_list(self) -> None:
        if self._list:
            self._add(BlockKind.LIST, "\n".join(self._list))
            self._list = []

    def _style(self, element: etree._Element) -> str:
        found = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        return self._styles.get(found.get(_VALUE, ""), "") if found is not None else ""

    def _level(self, element: etree._Element, style: str) -> int | None:
        """Return a heading's level from 1, 0 for the title, ``None`` for other paragraphs."""
        name, _, number = style.lower().rpartition(" ")
        if name == "heading" and number.isdigit():
            return min(int(number), _LEVELS)
        if style == "Title":
            return 0
        outline = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
        value = outline.get(_VALUE, "") if outline is not None else ""
        return int(value) + 1 if value.isdigit() and int(value) < _LEVELS else None

    def _footnotes(self) -> Iterator[str]:
        for relation in self._document.part.rels.values():
            if relation.reltype != RELATIONSHIP_TYPE.FOOTNOTES:
                continue
            # The library keeps footnotes as bytes; entities stay unresolved, as in the library itself.
            root = etree.fromstring(relation.target_part.blob, etree.XMLParser(resolve_entities=False))
            for note in root.iter(qn("w:footnote")):
                if text := " ".join(_text(note).split()):
                    yield f"[^{note.get(_ID)}]: {text}"

    def _comments(self) -> Iterator[str]:
        for comment in self._document.comments:
            if text := " ".join(comment.text.split()):
                yield f"Comment by {comment.author or 'an unknown author'}: {text}"


def _content(container: etree._Element) -> Iterator[etree._Element]:
    """Yield the paragraphs and tables in order, also those in content controls and tracked insertions."""
    for child in container:
        if child.tag in (_P, _TABLE):
            yield child
        elif child.tag == _SDT:
            inner = child.find(_SDT_CONTENT)
            yield from _content(inner) if inner is not None else ()
        elif child.tag in _PASSED_THROUGH:
            yield from _content(child)


def _text(element: etree._Element) -> str:
    """Return the text of a paragraph as it reads with all changes accepted; deleted text has a tag of its own."""
    parts: list[str] = []
    for node in element.iter(_TEXT, _TAB, _BREAK, _RETURN, _HYPHEN, _FOOTNOTE_MARK):
        if _is_in_box(node, element) or _is_unseen(node):
            continue
        if node.tag == _TEXT:
            parts.append(node.text or "")
        elif node.tag == _FOOTNOTE_MARK:
            parts.append(f"[^{node.get(_ID)}]")
        elif node.tag == _HYPHEN:
            parts.append("-")
        elif node.tag == _TAB:
            # Tab stops of the paragraph's format have the same tag as a tab in its text.
            parts.append("\t" if _parent_tag(node) == qn("w:r") else "")
        else:
            parts.append("\n")
    return "".join(parts)


def _parent_tag(node: etree._Element) -> str | None:
    parent = node.getparent()
    return None if parent is None else str(parent.tag)


def _is_unseen(node: etree._Element) -> bool:
    """Whether its run is hidden, too small to be read, or white on white."""
    run = node.getparent()
    format_ = None if run is None else run.find(qn("w:rPr"))
    if format_ is None:
        return False
    vanish, size, colour = (format_.find(qn(name)) for name in ("w:vanish", "w:sz", "w:color"))
    if vanish is not None and vanish.get(_VALUE) not in ("0", "false", "off"):
        return True
    if size is not None and str(size.get(_VALUE)).isdigit() and int(str(size.get(_VALUE))) <= _UNREADABLE:
        return True
    shaded = any(format_.find(qn(name)) is not None for name in ("w:shd", "w:highlight"))
    return colour is not None and str(colour.get(_VALUE)).upper() == "FFFFFF" and not shaded


def _is_in_box(node: etree._Element, paragraph: etree._Element) -> bool:
    for parent in node.iterancestors():
        if parent is paragraph:
            return False
        if parent.tag in (_TEXT_BOX, _FALLBACK):
            return True
    return False


def _list_depth(element: etree._Element, style: str) -> int | None:
    numbered = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
    if numbered is not None:
        level = numbered.find(qn("w:ilvl"))
        value = level.get(_VALUE, "0") if level is not None else "0"
        return min(int(value), _LEVELS) if value.isdigit() else 0
    if not style.startswith("List ") or style.startswith("List Paragraph"):
        return None
    last = style.rpartition(" ")[2]
    return int(last) - 1 if last.isdigit() else 0


def _table_text(element: etree._Element) -> str:
    rows = [[_cell_text(cell) for cell in row.findall(_CELL)] for row in element.findall(_ROW)]
    return table([row for row in rows if any(row)])


def _cell_text(cell: etree._Element) -> str:
    return " ".join(filter(None, (_text(paragraph).strip() for paragraph in cell.iter(_P))))
