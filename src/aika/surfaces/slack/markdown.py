"""Markdown as Slack's ``rich_text``: the formatting, and links to cited documents alone.

Whoever wrote the Markdown, nothing in it can mention, link elsewhere, or break out: it becomes texts of elements, which Slack
shows as they are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from aika.delivery.slack_elements import Element, link, listed, preformatted, quote, section, text
from aika.delivery.wording import link_of
from aika.surfaces.slack.elements import cleaned
from aika.surfaces.slack.tables import Cell, drawn, table_block

_DEEPEST = 40
"""Levels of quotes and lists. Deeper, and the text is shown as it was written."""
_DEEPEST_INDENT = 8
"""Of a list in Slack."""
_LONGEST_LINK = 3_000
_MARKER = re.compile(r"\[(\d{1,3})\]")
# What some clients make a link of by themselves. As code it stays what it is.
_ADDRESS = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:)[^\s<>]*[\w/]", re.IGNORECASE)
_STYLES = {"strong": "bold", "em": "italic", "s": "strike"}
# Without definitions of links: "[1]: …" would take a marker's meaning away, and vanish.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST})
    .enable(["table", "strikethrough"])
    .disable("reference")
)

Styles = Mapping[str, bool]
_UNSTYLED: Styles = {}


@dataclass(frozen=True, slots=True)
class Links:
    """Where a text may lead."""

    markers: Mapping[int, str] = field(default_factory=dict)
    """The address that each marker ``[1]`` opens."""
    allowed: frozenset[str] = frozenset()
    """Further addresses that may be linked, without their fragments."""

    def target(self, url: str) -> str | None:
        """Return the address that a link may lead to, ``None`` for one to elsewhere."""
        known = {page(one) for one in self.markers.values()} | self.allowed
        return safe(url) if page(url) in known else None


NO_LINKS = Links()


def page(url: str) -> str:
    """Return an address as two links to one page have it in common."""
    return _MARKDOWN.normalizeLink(url.split("#", 1)[0].rstrip("/"))


def safe(url: str | None) -> str | None:
    """Return an address that Slack takes and a person may open, ``None`` for another."""
    found = link_of(url)
    return found if found is not None and len(found) <= _LONGEST_LINK and found.partition("://")[2] else None


def parts_of(markdown: str, links: Links = NO_LINKS) -> list[Element]:
    """Return a Markdown text as parts of ``rich_text``, and its first table as a block of its own, in reading order."""
    written = cleaned(markdown)
    tokens = _MARKDOWN.parse(written)
    if max((token.level for token in tokens), default=0) >= _DEEPEST - 1:
        # What is nested deeper the parser leaves out without a word.
        return [section(text(written))]
    return _Writer(links).parts(SyntaxTreeNode(tokens).children)


@dataclass(slots=True)
class _Writer:
    links: Links
    has_table: bool = False
    """Slack takes one in a message."""

    def parts(self, nodes: Sequence[SyntaxTreeNode]) -> list[Element]:
        parts: list[Element] = []
        running: list[Element] = []
        after_heading = False
        for node in nodes:
            if node.type in ("paragraph", "heading"):
                if running:
                    running.append(text("\n" if after_heading else "\n\n"))
                running += self.inline(node.children, {"bold": True} if node.type == "heading" else _UNSTYLED)
                after_heading = node.type == "heading"
                continue
            parts += _sections(running)
            running = []
            parts += self.block(node)
        return parts + _sections(running)

    def block(self, node: SyntaxTreeNode) -> list[Element]:
        match node.type:
            case "fence" | "code_block":
                return [preformatted(node.content.rstrip("\n"))]
            case "bullet_list" | "ordered_list":
                return self.itemised(node, 0)
            case "blockquote":
                return [quote(*joined(self.lines(node.children)))]
            case "table":
                return [self.table(node)]
            case "hr":
                return [{"type": "divider"}]
        # A kind of Markdown that is not enabled. Its words are shown all the same.
        return _sections([text(node.content)] if node.content else [])

    def itemised(self, node: SyntaxTreeNode, indent: int) -> list[Element]:
        """Return a list, nested lists after the item that holds them, as Slack has it."""
        ordered, start = node.type == "ordered_list", int(node.attrs.get("start", 1))
        parts: list[Element] = []
        items: list[Element] = []
        number = max(start, 1) - 1

        def finish() -> None:
            nonlocal items
            if items:
                offset = number - len(items)
                parts.append(listed(items, ordered=ordered, indent=min(indent, _DEEPEST_INDENT), offset=offset))
                items = []

        for item in node.children:
            number += 1
            own, rest = self.item(item, indent)
            items.append(section(*(own or [text(" ")])))
            if rest:
                finish()
                parts += rest
        finish()
        return parts

    def item(self, node: SyntaxTreeNode, indent: int) -> tuple[list[Element], list[Element]]:
        """Return what stands in an item, and what comes after it."""
        own: list[Element] = []
        rest: list[Element] = []
        for child in node.children:
            if child.type in ("bullet_list", "ordered_list"):
                rest += self.itemised(child, indent + 1)
            elif child.type not in ("paragraph", "heading"):
                rest += self.block(child)
            elif rest:
                rest += _sections(self.inline(child.children, _UNSTYLED))
            else:
                own += [*([text("\n")] if own else []), *self.inline(child.children, _UNSTYLED)]
        return own, rest

    def lines(self, nodes: Sequence[SyntaxTreeNode], indent: str = "") -> Iterator[Sequence[Element]]:
        """Yield blocks as lines of text, for where Slack takes nothing else: in quotes."""
        for node in nodes:
            match node.type:
                case "paragraph" | "heading":
                    style = {"bold": True} if node.type == "heading" else _UNSTYLED
                    yield (
                        [text(indent), *self.inline(node.children, style)]
                        if indent
                        else self.inline(node.children, style)
                    )
                case "bullet_list" | "ordered_list":
                    yield from self.listed_lines(node, indent)
                case "blockquote":
                    yield from self.lines(node.children, indent + "› ")
                case "table":
                    yield [text(drawn(self.cells(node)), code=True)]
                case "hr":
                    yield [text("—")]
                case _:
                    yield [text(node.content.rstrip("\n"), code=True)]

    def listed_lines(self, node: SyntaxTreeNode, indent: str) -> Iterator[Sequence[Element]]:
        ordered, number = node.type == "ordered_list", int(node.attrs.get("start", 1))
        for item in node.children:
            mark = f"{number}. " if ordered else "• "
            number += 1
            inside = list(self.lines(item.children, indent + "   "))
            yield [text(indent + mark), *(_unindented(inside[0], indent + "   ") if inside else ())]
            yield from inside[1:]

    def cells(self, node: SyntaxTreeNode) -> list[list[Cell]]:
        rows = (row for part in node.children for row in part.children)
        return [
            [
                Cell(tuple(self.inline(cell.children, {"bold": True} if cell.type == "th" else _UNSTYLED)))
                for cell in row
            ]
            for row in (row.children for row in rows)
        ]

    def table(self, node: SyntaxTreeNode) -> Element:
        cells = self.cells(node)
        block = None if self.has_table else table_block(cells)
        if block is None:
            return preformatted(drawn(cells))
        self.has_table = True
        return block

    def inline(self, nodes: Iterable[SyntaxTreeNode], style: Styles) -> list[Element]:
        elements: list[Element] = []
        for node in nodes:
            match node.type:
                case "inline":
                    elements += self.inline(node.children, style)
                case "text":
                    elements += self.marked(node.content, style)
                case "softbreak":
                    elements.append(text(" ", **style))
                case "hardbreak":
                    elements.append(text("\n"))
                case "code_inline":
                    elements.append(text(node.content, **style, code=True))
                case "link":
                    elements += self.linked(node, style)
                case "strong" | "em" | "s":
                    elements += self.inline(node.children, {**style, _STYLES[node.type]: True})
                case "image":
                    elements += self.marked(_plain(node), style)
                case _:
                    elements += [text(node.content, **style)] if node.content else []
        return _merged(elements)

    def linked(self, node: SyntaxTreeNode, style: Styles) -> list[Element]:
        url = self.links.target(str(node.attrs.get("href", "")))
        if url is None:
            return self.inline(node.children, style)
        return [link(_plain(node) or url, url, **style)]

    def marked(self, written: str, style: Styles) -> list[Element]:
        """Return a text whose markers open what they stand for."""
        elements: list[Element] = []
        at = 0
        for match in _MARKER.finditer(written):
            url = self.links.markers.get(int(match[1]))
            if url is None:
                continue
            elements += [*_unlinked(written[at : match.start()], style), link(match.group(), url, **style)]
            at = match.end()
        return elements + _unlinked(written[at:], style)


def joined(lines: Iterable[Sequence[Element]]) -> list[Element]:
    """Return lines as one run of elements."""
    elements: list[Element] = []
    for one in lines:
        elements += [*([text("\n")] if elements else []), *one]
    return _merged(elements)


def _unlinked(written: str, style: Styles) -> list[Element]:
    """Return a text with the addresses in it as code."""
    elements: list[Element] = []
    at = 0
    for match in _ADDRESS.finditer(written):
        before = written[at : match.start()]
        elements += [*([text(before, **style)] if before else []), text(match.group(), **{**style, "code": True})]
        at = match.end()
    return [*elements, text(written[at:], **style)] if at < len(written) else elements


def _plain(node: SyntaxTreeNode) -> str:
    """Return the words of a link or image, without formatting."""
    if node.type in ("softbreak", "hardbreak"):
        return " "
    return "".join(_plain(child) for child in node.children) if node.children else node.content


def _sections(elements: Sequence[Element]) -> list[Element]:
    return [section(*_merged(elements))] if elements else []


def _unindented(elements: Sequence[Element], indent: str) -> Sequence[Element]:
    """Return an item's first line without the indent that the mark stands in."""
    first = elements[0] if elements else None
    if first is None or first.get("type") != "text":
        return elements
    rest = str(first["text"]).removeprefix(indent)
    return [{**first, "text": rest}, *elements[1:]] if rest else elements[1:]


def _merged(elements: Sequence[Element]) -> list[Element]:
    """Return the elements with neighbours of one style put together."""
    merged: list[Element] = []
    for element in elements:
        last = merged[-1] if merged else None
        if last and last["type"] == element["type"] == "text" and last.get("style") == element.get("style"):
            merged[-1] = {**last, "text": f"{last['text']}{element['text']}"}
        else:
            merged.append(element)
    return merged
