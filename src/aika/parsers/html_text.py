"""Writes a pruned tree of HTML as Markdown-like text, and notes where the blocks are."""

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree
from lxml import html as lxml_html

from aika.domain.documents import BlockKind
from aika.parsers.outline import Item
from aika.parsers.textfile import storable

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_INLINE = frozenset(
    {
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "img",
            "ins",
        ),
        *(
            "kbd",
            "label",
            "mark",
            "math",
            "q",
            "rp",
            "rt",
            "ruby",
            "s",
            "samp",
            "small",
            "span",
            "strike",
            "strong",
            "sub",
            "sup",
        ),
        *("time", "tt", "u", "var", "wbr"),
    }
)
_CODED = frozenset({"code", "kbd", "samp", "tt"})
_LISTS = frozenset({"ul", "ol", "dl"})
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight|brush)[-:]\s*(?:source-|text-)?([A-Za-z+#]+)")
_BLANKS = re.compile(r"[ \t\n\r\f\v\xa0]+")
_AROUND_BREAK = re.compile(r" *\n *")
_BLANK_RUN = re.compile(r" {2,}")
_MAX_HEADING = 300
_MAX_DEPTH = 12


class HtmlWriter:
    """Writes one page. ``items`` are its blocks, in order, and ``text`` is what they are spans of."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self._parts: list[str] = []
        self._length = 0
        self._inline: list[str] = []
        self._lists: list[_List] = []
        self._marker = ""
        self._quotes = 0
        self._pending_id: str | None = None
        self._list_number = 0
        self._last_list = -1

    @property
    def text(self) -> str:
        return "".join(self._parts)

    def write(self, content: lxml_html.HtmlElement) -> None:
        walk = etree.iterwalk(content, events=("start", "end"))
        for event, element in walk:
            if event == "end":
                self._leave(element)
                # The text behind the content itself is not the content's.
                if element is not content and element.tail:
                    self._inline.append(_BLANKS.sub(" ", element.tail))
            elif self._enter(element):
                if element.text:
                    self._inline.append(_BLANKS.sub(" ", element.text))
            else:
                walk.skip_subtree()
        self._flush()

    def _enter(self, element: lxml_html.HtmlElement) -> bool:
        """Return whether the walk goes on inside."""
        tag = element.tag
        if tag in _INLINE or tag == "br":
            return self._enter_inline(element)
        self._flush()
        identity = element.get("id") or (element.get("name") if tag == "a" else None)
        self._pending_id = identity or self._pending_id
        if tag in _HEADINGS:
            self._heading(element)
            return False
        if tag == "pre":
            self._code(element)
            return False
        if tag == "table" and _is_data(element):
            self._table(element)
            return False
        if tag in _LISTS:
            self._list_number += not self._lists
            self._lists.append(_List(ordered=tag == "ol"))
        elif tag in {"li", "dt"} and self._lists:
            self._marker = self._lists[-1].next_marker(len(self._lists) - 1)
        elif tag == "blockquote":
            self._quotes += 1
        return True

    def _enter_inline(self, element: lxml_html.HtmlElement) -> bool:
        tag = element.tag
        if tag == "br":
            self._inline.append("\n")
        elif tag == "img":
            self._inline.append(_BLANKS.sub(" ", element.get("alt", "")))
        elif tag == "math":
            self._inline.append(_formula(element))
            return False
        elif tag in _CODED:
            self._inline.append("`")
        elif tag == "a" and (element.get("id") or element.get("name")):
            self._pending_id = element.get("id") or element.get("name")
        return True

    def _leave(self, element: lxml_html.HtmlElement) -> None:
        tag = element.tag
        if tag in _CODED:
            # An empty pair of marks says nothing.
            if self._inline and self._inline[-1] == "`":
                self._inline.pop()
            else:
                self._inline.append("`")
        if tag in _INLINE or tag == "br" or tag in _HEADINGS or tag == "pre":
            return
        self._flush()
        if tag in _LISTS and self._lists:
            self._lists.pop()
        elif tag == "blockquote":
            self._quotes -= 1
        elif tag in {"li", "dt"}:
            self._marker = ""

    def _flush(self) -> None:
        text = _AROUND_BREAK.sub("\n", _BLANK_RUN.sub(" ", "".join(self._inline))).strip()
        self._inline.clear()
        if not text or text == "`":
            return
        if self._lists:
            indent = "  " * min(len(self._lists) - 1, _MAX_DEPTH)
            first = self._marker or indent + "  "
            text = first + text.replace("\n", f"\n{indent}  ")
            self._marker = ""
            self._append(BlockKind.LIST, text)
            return
        if self._quotes > 0:
            text = "> " + text.replace("\n", "\n> ")
        self._append(BlockKind.PARAGRAPH, text)

    def _heading(self, element: lxml_html.HtmlElement) -> None:
        words = storable(" ".join(element.text_content().split()))
        within = next(
            (inner.get("id") or inner.get("name") for inner in element.iter("a", "span") if inner.get("id")), None
        )
        anchor = element.get("id") or within or self._pending_id
        level = _HEADINGS[element.tag]
        if not words:
            return
        if len(words) > _MAX_HEADING:
            self._append(BlockKind.PARAGRAPH, words)
            return
        self._append(BlockKind.HEADING, f"{'#' * level} {words}")
        self.items[-1] = replace(self.items[-1], level=level, heading=words, anchor=anchor)

    def _code(self, element: lxml_html.HtmlElement) -> None:
        code = "".join(_preformatted(element)).replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
        if code.strip():
            fence = "```" if "```" not in code else "~~~~"
            self._append(BlockKind.CODE, f"{fence}{_language(element)}\n{code}\n{fence}")

    def _table(self, element: lxml_html.HtmlElement) -> None:
        rows = [row for row in (_cells(row) for row in element.iter("tr")) if any(row)]
        caption = next((" ".join(found.text_content().split()) for found in element.iter("caption")), "")
        if caption:
            self._append(BlockKind.PARAGRAPH, caption)
        if not rows:
            return
        lines = [f"| {' | '.join(row)} |" for row in rows]
        lines.insert(1, "|" + " --- |" * len(rows[0]))
        self._append(BlockKind.TABLE, "\n".join(lines))

    def _append(self, kind: BlockKind, text: str) -> None:
        text = storable(text)
        continues = kind is BlockKind.LIST and self._last_list == self._list_number and bool(self.items)
        separator = ("\n" if continues else "\n\n") if self._length else ""
        self._parts.extend((separator, text))
        start = self._length + len(separator)
        self._length = start + len(text)
        if continues:
            self.items[-1] = replace(self.items[-1], end=self._length)
        else:
            self.items.append(Item(kind, start, self._length))
        self._last_list = self._list_number if kind is BlockKind.LIST else -1
        self._pending_id = None


class _List:
    """An open list, and how far it was numbered."""

    def __init__(self, *, ordered: bool) -> None:
        self._ordered = ordered
        self._count = 0

    def next_marker(self, depth: int) -> str:
        self._count += 1
        return "  " * min(depth, _MAX_DEPTH) + (f"{self._count}. " if self._ordered else "- ")


def _is_data(table: lxml_html.HtmlElement) -> bool:
    """Tables that hold tables, code or headings only lay the page out."""
    if table.get("role") == "presentation":
        return False
    return not any(inner is not table for inner in table.iter("table", "pre", "h1", "h2", "h3", "ul", "ol"))


def _cells(row: lxml_html.HtmlElement) -> list[str]:
    return [" ".join(_cell_text(cell)).replace("|", "\\|") for cell in row if cell.tag in {"td", "th"}]


def _cell_text(cell: lxml_html.HtmlElement) -> Iterator[str]:
    for text in cell.itertext():
        yield from str(text).split()


def _preformatted(element: lxml_html.HtmlElement) -> Iterator[str]:
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            yield "\n" if inner.tag == "br" else inner.text or ""
        elif inner is not element:
            yield inner.tail or ""


def _language(element: lxml_html.HtmlElement) -> str:
    """Return the language that the element, what is in it, or the two around it name in their class."""
    named = [element, *list(element)[:1], *list(element.iterancestors())[:2]]
    for candidate in named:
        found = _LANGUAGE.search(candidate.get("class") or "")
        if found and found[1].lower() not in {"default", "none", "source"}:
            return found[1].lower()
    return ""


def _formula(element: lxml_html.HtmlElement) -> str:
    source = next((note.text for note in element.iter("annotation") if "tex" in (note.get("encoding") or "")), None)
    words = source or element.get("alttext")
    return f"${words.strip()}$" if words else _BLANKS.sub(" ", element.text_content())
