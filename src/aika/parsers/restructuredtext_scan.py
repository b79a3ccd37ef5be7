"""Finds the blocks of reStructuredText, each a span of whole lines of the source.

Our own pass over the lines instead of docutils' tree: its nodes do not say where they end, its time grows faster than the
text, and its directives read files. Nothing is included, executed or fetched here. Left outside of every block is what no
reader of the page sees: comments, targets, substitutions, tables of contents, raw markup.
"""

import re

from docutils.nodes import make_id

from aika.domain.documents import BlockKind
from aika.parsers.lines import Lines
from aika.parsers.outline import Item

_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*\s*$")
_BULLET = re.compile(r"[-*+•‣⁃](?:\s|$)")
_ENUMERATED = re.compile(r"\(?(?:\d{1,9}|#|[A-Za-z]|[ivxlcIVXLC]{1,8})[.)]\s")
_FIELD = re.compile(r":(?![: ])([^:\n`]{1,80}):(?:\s|$)")
_HEADER = re.compile(r"([A-Z][A-Za-z-]{1,40}):\s")
_DIRECTIVE = re.compile(r"\s*\.\.\s+([A-Za-z][\w:.+-]*?)::(?:\s|$)")
_SIMPLE_BORDER = re.compile(r"=+(?:\s+=+)+\s*$")
_GRID = re.compile(r"\+[-=+]+\+\s*$")

_CODE = frozenset(
    {
        *(
            "code",
            "code-block",
            "sourcecode",
            "parsed-literal",
            "prompt",
            "doctest",
            "testcode",
            "testoutput",
            "ipython",
            "highlight",
        ),
        *("math", "graphviz", "mermaid", "uml", "jupyter-execute", "console", "productionlist"),
    }
)
_TABLES = frozenset({"list-table", "csv-table", "table", "flat-table"})
_DROPPED = frozenset(
    {
        *(
            "toctree",
            "contents",
            "include",
            "literalinclude",
            "raw",
            "index",
            "meta",
            "highlight",
            "currentmodule",
            "module",
        ),
        *(
            "sectnum",
            "tabularcolumns",
            "default-role",
            "role",
            "title",
            "autosummary",
            "ifconfig",
            "sectionauthor",
            "codeauthor",
        ),
    }
)
_PICTURES = frozenset({"image", "figure", "thumbnail"})
# A short note with a line of code in it is read as one thing; in a longer one code and paragraphs are blocks of their own.
_WHOLE_CONTAINER = 800
_MAX_HEADING = 300

_ROLE = re.compile(r":[\w:+.-]{1,60}:`~?([^`<]*?)(?:\s*<[^`<>]*>)?`")
_LINK = re.compile(r"`([^`<]*?)(?:\s*<[^`<>]*>)?`_{0,2}")
_ESCAPED = re.compile(r"\\([^\w\s])")
_EMPHASIS = re.compile(r"(\*{1,2}|`{1,2}|\|)(?=\S)([^*`|]+?)(?<=\S)\1")


class RestructuredTextScanner:
    """Scans one document; ``items`` are its blocks in order, ``fields`` the field list at its top."""

    def __init__(self, lines: Lines) -> None:
        self.fields: dict[str, str] = {}
        self.items: list[Item] = []
        self._lines = lines
        self._styles: list[tuple[str, bool]] = []
        self._anchors: set[str] = set()
        self._numbered = 0
        self._literal = False
        self._no_border_from: int | None = None
        self._line = 0

    def scan(self) -> None:
        self._pep_header()
        while self._line < len(self._lines):
            line = self._lines[self._line]
            if not line.strip():
                self._line += 1
            elif line[0].isspace():
                self._indented()
            elif not self._heading(line):
                self._literal = False
                self._block(line)

    def _block(self, line: str) -> None:
        if line.startswith("..") and (len(line) == 2 or line[2].isspace()):
            self._explicit(line)
        elif line.startswith("__ "):
            self._line += 1
        elif self._at_field(line):
            self._field_list()
        elif _GRID.match(line):
            self._take(BlockKind.TABLE, self._until_blank(self._line))
        elif _SIMPLE_BORDER.match(line) and (end := self._simple_table_end()) is not None:
            self._take(BlockKind.TABLE, end)
        elif _BULLET.match(line) or _ENUMERATED.match(line):
            self._list()
        elif line.startswith(">>>"):
            self._take(BlockKind.CODE, self._until_blank(self._line))
        elif _ADORNMENT.match(line) and len(line.rstrip()) >= 4 and self._is_blank(self._line + 1):
            self._line += 1  # a transition
        else:
            self._paragraph()

    def _heading(self, line: str) -> bool:
        """Take a section title at the current line, if there is one."""
        over = _ADORNMENT.match(line)
        if over and self._line + 2 < len(self._lines):
            title, under = self._lines[self._line + 1].strip(), self._lines[self._line + 2]
            if (
                title
                and under.rstrip() == line.rstrip()
                and (len(line.rstrip()) >= len(title) or len(line.rstrip()) >= 4)
            ):
                return self._take_heading(title, (over[1], True), 3)
        if self._line + 1 >= len(self._lines) or _SIMPLE_BORDER.match(line):
            return False
        under_line = self._lines[self._line + 1].rstrip()
        under_match = _ADORNMENT.match(under_line)
        title = line.strip()
        if not under_match or (len(under_line) < len(title) and len(under_line) < 4) or over:
            return False
        return self._take_heading(title, (under_match[1], False), 2)

    def _take_heading(self, title: str, style: tuple[str, bool], height: int) -> bool:
        if len(title) > _MAX_HEADING:
            return False
        if style not in self._styles:
            self._styles.append(style)
        words = plain(title)
        span = self._lines.span(self._line, self._line + height)
        if span is not None:
            level = self._styles.index(style) + 1
            self.items.append(Item(BlockKind.HEADING, *span, level=level, heading=words, anchor=self._anchor(words)))
        self._line += height
        return True

    def _anchor(self, words: str) -> str:
        """Docutils counts the ids that it makes up for repeated titles through the document."""
        anchor = make_id(words)
        while not anchor or anchor in self._anchors:
            self._numbered += 1
            anchor = f"id{self._numbered}"
        self._anchors.add(anchor)
        return anchor

    def _explicit(self, line: str) -> None:
        end = self._until_dedent(self._line + 1)
        found = _DIRECTIVE.match(line)
        if found is None:
            footnote = re.match(r"\.\.\s+\[", line)
            if footnote:
                self._take(BlockKind.PARAGRAPH, end)
            self._line = end
            return
        name = found[1].rsplit(":", 1)[-1].lower()
        content = self._lines.text[self._lines.start(self._line) : self._lines.start(end)]
        if name in _CODE and not (name == "highlight" and end <= self._line + 1):
            self._take(BlockKind.CODE, end)
        elif name in _TABLES:
            self._take(BlockKind.TABLE, end)
        elif name in _DROPPED or (name in _PICTURES and not _says_something(content)):
            self._line = end
        else:
            self._container(BlockKind.PARAGRAPH, end)

    def _at_field(self, line: str) -> bool:
        return line.startswith(":") and _FIELD.match(line) is not None

    def _field_list(self) -> None:
        at_top = all(item.kind is BlockKind.HEADING for item in self.items) and len(self.items) <= 1 and not self.fields
        first, end = self._line, self._line
        while end < len(self._lines) and (self._at_field(self._lines[end]) or self._is_continuation(end)):
            end += 1
        if not at_top:
            self._take(BlockKind.LIST, end)
            return
        self._read_fields(first, end, _FIELD)
        self._take(BlockKind.RECORD, end)

    def _pep_header(self) -> None:
        if not self._lines[0].startswith("PEP:"):
            return
        end = self._until_blank(0)
        self._read_fields(0, end, _HEADER)
        self._take(BlockKind.RECORD, end)

    def _read_fields(self, first: int, end: int, pattern: re.Pattern[str]) -> None:
        name = ""
        for number in range(first, end):
            found = pattern.match(self._lines[number])
            if found:
                name = found[1].strip()
                self.fields[name] = self._lines[number][found.end() :].strip()
            elif name:
                self.fields[name] = f"{self.fields[name]} {self._lines[number].strip()}".strip()

    def _list(self) -> None:
        end = self._line + 1
        while end < len(self._lines):
            line = self._lines[end]
            if not line.strip() or line[0].isspace() or _BULLET.match(line) or _ENUMERATED.match(line):
                end += 1
                continue
            break
        self._container(BlockKind.LIST, end)

    def _paragraph(self) -> None:
        end = self._until_blank(self._line)
        if self._line + 1 < end and self._lines[self._line + 1][:1].isspace():
            # A term with its definition, which may go on behind a blank line.
            self._container(BlockKind.LIST, self._until_dedent(self._line + 1))
            return
        self._literal = self._lines[end - 1].rstrip().endswith("::")
        self._take(BlockKind.PARAGRAPH, end)

    def _indented(self) -> None:
        kind = BlockKind.CODE if self._literal else BlockKind.PARAGRAPH
        self._literal = False
        end = self._until_dedent(self._line)
        if kind is BlockKind.CODE:
            self._take(kind, end)
        else:
            self._container(kind, end)

    def _container(self, kind: BlockKind, end: int) -> None:
        """A list, note or definition: whole where it is short, else with its code apart, and notes by paragraphs."""
        if self._lines.start(end) - self._lines.start(self._line) <= _WHOLE_CONTAINER:
            self._take(kind, end)
            return
        while self._line < end:
            stop, inner = self._next_part(kind, end)
            self._take(inner, stop)

    def _next_part(self, kind: BlockKind, end: int) -> tuple[int, BlockKind]:
        """Return where the part at the current line ends, and what it is."""
        while self._line < end - 1 and self._is_blank(self._line):
            self._line += 1
        code_end = self._nested_code_end(self._line, end)
        if code_end is not None:
            return code_end, BlockKind.CODE
        stop = self._line + 1
        while stop < end and self._nested_code_end(stop, end) is None:
            if kind is BlockKind.PARAGRAPH and self._is_blank(stop):
                break
            stop += 1
        return stop, kind

    def _nested_code_end(self, number: int, end: int) -> int | None:
        line = self._lines[number]
        found = _DIRECTIVE.match(line) if line.lstrip().startswith("..") else None
        if found is None or found[1].rsplit(":", 1)[-1].lower() not in _CODE | _TABLES:
            return None
        indentation = _indentation(line)
        stop = number + 1
        while stop < end and (self._is_blank(stop) or _indentation(self._lines[stop]) > indentation):
            stop += 1
        return stop

    def _take(self, kind: BlockKind, end: int) -> None:
        span = self._lines.span(self._line, end)
        if span is not None:
            self.items.append(Item(kind, *span))
        self._line = max(end, self._line + 1)

    def _until_blank(self, number: int) -> int:
        while number < len(self._lines) and not self._is_blank(number):
            number += 1
        return number

    def _until_dedent(self, number: int) -> int:
        while number < len(self._lines) and self._is_continuation(number):
            number += 1
        return number

    def _is_continuation(self, number: int) -> bool:
        line = self._lines[number]
        return not line.strip() or line[0].isspace()

    def _is_blank(self, number: int) -> bool:
        return number >= len(self._lines) or self._lines.is_blank(number)

    def _simple_table_end(self) -> int | None:
        """Return the line behind the border that a blank line follows; a table may hold blank lines itself."""
        if self._no_border_from is not None:
            return None
        for number in range(self._line + 1, len(self._lines)):
            if (
                self._lines[number].startswith("=")
                and self._is_blank(number + 1)
                and _SIMPLE_BORDER.match(self._lines[number])
            ):
                return number + 1
        self._no_border_from = self._line
        return None


def plain(markup: str) -> str:
    """Return a title's words without roles, links and emphasis."""
    words = _LINK.sub(r"\1", _ROLE.sub(r"\1", markup.replace("``", "`")))
    return " ".join(_ESCAPED.sub(r"\1", _EMPHASIS.sub(r"\2", words)).split())


def _says_something(picture: str) -> bool:
    """Return whether there is a text for those who do not see the picture, or a caption."""
    options_and_caption = (line.strip() for line in picture.split("\n")[1:])
    return any(line.startswith(":alt: ") or (line and not _FIELD.match(line)) for line in options_and_caption)


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())
