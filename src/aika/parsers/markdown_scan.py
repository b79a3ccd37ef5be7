"""Finds the blocks of Markdown, each a span of whole lines of the source.

markdown-it-py tells where blocks begin and end; the text itself is never rendered, so that what is quoted stands verbatim
in the file. Left outside of every block is what no reader of the page sees: comments, link definitions, MDX imports.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.admon import admon_plugin

from aika.domain.documents import BlockKind
from aika.parsers.lines import Lines, trimmed
from aika.parsers.outline import Item
from aika.parsers.slugs import Slugger

# A short list with a line of code in it is read as one thing; in a longer one code and tables are blocks of their own.
_WHOLE_CONTAINER = 800
# A longer "heading" is a paragraph that begins with a number sign.
_MAX_HEADING = 300

_ATOMS = {"fence": BlockKind.CODE, "code_block": BlockKind.CODE, "table_open": BlockKind.TABLE}
_LISTS = frozenset({"bullet_list_open", "ordered_list_open"})
_CUSTOM_ID = re.compile(r"\s*(?:\{/\*\s*)?\{?(?:\{:?\s*)#([^}\s]+)[^}]*\}(?:\s*\*/\})?\s*$")
_REFERENCE_LINK = re.compile(r"\[([^\[\]]+)\](?:\[[^\[\]]*\])?")
_TAG = re.compile(r"<[^<>]*>")
_TELLING_ATTRIBUTE = re.compile(r"\b(?:alt|title|label|summary|caption)\s*=\s*[\"'{][^\"'}]*\w", re.IGNORECASE)
_HTML_HEADING = re.compile(r"<h([1-6])\b[^<>]*>(.{1,500}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_LINK_DEFINITION = re.compile(r" {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S+(?:[ \t]+[\"'(].*[\"')])?[ \t]*$")
_IMPORT = re.compile(r"import\b[^\n]*(?:\n[^\n]+)*?[\"'][^\"'\n]+[\"'];?\s*$")
_EXPORT = re.compile(r"export\s+(?:const|let|default|function|async)\b")
_DIRECTIVE_OPENS = re.compile(r"[ \t]*:{3,}[ \t]*\{?[A-Za-z][^\n]*$")
_DIRECTIVE_CLOSES = re.compile(r"[ \t]*:{3,}[ \t]*$")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Scanned:
    items: tuple[Item, ...]
    warnings: tuple[str, ...] = ()


class MarkdownScanner:
    """Scans Markdown and MDX. Holds no state of a document: one serves all threads."""

    def __init__(self) -> None:
        blocks = MarkdownIt("commonmark").enable("table").use(admon_plugin)
        # Inline markup is not needed to find blocks, and is most of the cost. Link definitions are handled here: the rule
        # for them takes quadratic time on a long run of them.
        blocks.core.ruler.disable(["inline", "text_join"])
        blocks.block.ruler.disable("reference")
        self._blocks = blocks
        self._inline = MarkdownIt("commonmark")

    def scan(self, lines: Lines, slugger: Slugger, *, first_line: int = 0, last_line: int | None = None) -> Scanned:
        """Return what stands between the lines, in order. ``last_line`` is exclusive."""
        end = len(lines) if last_line is None else last_line
        source = lines.text[lines.start(first_line) : lines.start(end)]
        tokens = self._blocks.parse(source)
        walk = _Walk(self, lines, slugger, first_line)
        for opened, closed in _top_level(tokens):
            walk.visit(tokens[opened : closed + 1])
        return Scanned(tuple(_joined_directives(lines.text, walk.items)), tuple(walk.warnings))

    def plain(self, markup: str) -> str:
        """Return a heading's words: no emphasis, links, code marks or tags."""
        children = self._inline.parseInline(markup)[0].children or []
        words = "".join(_words(token) for token in children)
        return " ".join(_REFERENCE_LINK.sub(r"\1", words).split())


class _Walk:
    """One pass over a document's top-level tokens."""

    def __init__(self, scanner: MarkdownScanner, lines: Lines, slugger: Slugger, first_line: int) -> None:
        self.items: list[Item] = []
        self.warnings: list[str] = []
        self._scanner = scanner
        self._lines = lines
        self._slugger = slugger
        self._first_line = first_line

    def visit(self, tokens: Sequence[Token]) -> None:
        token = tokens[0]
        span = self._span(token)
        if span is None or token.type == "hr":
            return
        if token.type == "heading_open":
            self._heading(span, tokens)
        elif token.type == "html_block":
            self._html(span)
        elif token.type in _ATOMS:
            self.items.append(Item(_ATOMS[token.type], *span))
        elif token.type == "paragraph_open":
            self._paragraph(span)
        else:
            kind = BlockKind.LIST if token.type in _LISTS else BlockKind.PARAGRAPH
            self.items.extend(self._container(kind, span, tokens))

    def _span(self, token: Token) -> tuple[int, int] | None:
        if token.map is None:
            return None
        return self._lines.span(token.map[0] + self._first_line, token.map[1] + self._first_line)

    def _heading(self, span: tuple[int, int], tokens: Sequence[Token]) -> None:
        content = tokens[1].content
        if len(content) > _MAX_HEADING:
            self.items.append(Item(BlockKind.PARAGRAPH, *span))
            return
        custom = _CUSTOM_ID.search(content)
        text = self._scanner.plain(content[: custom.start()] if custom else content)
        anchor = self._slugger.claim(custom[1]) if custom else self._slugger.anchor(text)
        self.items.append(Item(BlockKind.HEADING, *span, level=int(tokens[0].tag[1]), heading=text, anchor=anchor))

    def _paragraph(self, span: tuple[int, int]) -> None:
        text = self._lines.text[span[0] : span[1]]
        if (text.startswith("import ") and _IMPORT.match(text)) or _EXPORT.match(text):
            return
        if text.startswith("{/*") and text.rstrip().endswith("*/}"):
            return
        if text.lstrip().startswith("[") and all(_LINK_DEFINITION.match(line) for line in text.split("\n")):
            return
        self.items.append(Item(BlockKind.PARAGRAPH, *span))

    def _html(self, span: tuple[int, int]) -> None:
        start, end = span
        text = self._lines.text
        while text.startswith("<!--", (start := _skip_space(text, start, end))):
            closed = text.find("-->", start + 4, end)
            if closed == -1:
                line = self._lines.at(start) + 1
                self.warnings.append(f"the comment that begins at line {line} is never closed: the rest was left out")
                return
            start = closed + 3
        if start >= end:
            return
        content = text[start:end]
        if not _WORD.search(_TAG.sub("", content)) and not _TELLING_ATTRIBUTE.search(content):
            return
        heading = _HTML_HEADING.match(content)
        if heading and heading.end() == len(content.rstrip()):
            words = self._scanner.plain(_TAG.sub("", heading[2]))
            anchor = self._slugger.anchor(words)
            self.items.append(Item(BlockKind.HEADING, start, end, level=int(heading[1]), heading=words, anchor=anchor))
        else:
            self.items.append(Item(BlockKind.PARAGRAPH, start, end))

    def _container(self, kind: BlockKind, span: tuple[int, int], tokens: Sequence[Token]) -> Iterator[Item]:
        """A list, quote or admonition: whole where it is short, else with its code and tables apart."""
        position, end = span
        if end - position > _WHOLE_CONTAINER:
            for token in tokens[1:]:
                atom = self._span(token) if token.type in _ATOMS else None
                if atom is None or atom[0] < position:
                    continue
                yield from self._rest(kind, position, atom[0])
                yield Item(_ATOMS[token.type], *atom)
                position = atom[1]
        yield from self._rest(kind, position, end)

    def _rest(self, kind: BlockKind, start: int, end: int) -> Iterator[Item]:
        span = trimmed(self._lines.text, start, end)
        if span is not None:
            yield Item(kind, *span)


def _top_level(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each top-level token with everything inside."""
    opened = 0
    for index, token in enumerate(tokens):
        if token.level == 0:
            if token.nesting == 1:
                opened = index
            elif token.nesting == 0:
                yield index, index
            else:
                yield opened, index


def _joined_directives(text: str, items: Sequence[Item]) -> Iterator[Item]:
    """Join the line that opens a Docusaurus admonition (``:::tip``) with what follows, and drop the line that closes it."""
    opener: Item | None = None
    for item in items:
        content = text[item.start : item.end] if item.kind is BlockKind.PARAGRAPH else ""
        if content.lstrip().startswith(":::") and "\n" not in content:
            if _DIRECTIVE_CLOSES.match(content):
                continue
            if _DIRECTIVE_OPENS.match(content):
                if opener is not None:
                    yield opener
                opener = item
                continue
        if opener is not None:
            if item.kind in {BlockKind.PARAGRAPH, BlockKind.LIST}:
                yield Item(item.kind, opener.start, item.end)
                opener = None
                continue
            yield opener
            opener = None
        yield item
    if opener is not None:
        yield opener


def _words(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return " "
    if token.type == "html_inline":
        return ""
    return token.content


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
