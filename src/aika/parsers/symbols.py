"""Source code cut along its symbols. Blocks are whole lines, and together they are the whole file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise

from tree_sitter import Node, Parser, Tree

from aika.domain.documents import Block, BlockKind
from aika.parsers.grammars import Grammar, language
from aika.parsers.lines import Lines
from aika.parsers.writing import line_block

_STEPS, _STEPS_A_KILOBYTE = 200, 40
"""Of the parser, as it reports its progress. Real files take 2 to 22 steps a kilobyte."""
_READ = 65_536
_LARGE = 1600
"""Characters above which a class becomes its methods: what the chunker keeps whole."""
_DEPTH = 6
_COMMENTS = frozenset(
    {"comment", "line_comment", "block_comment", "attribute_item", "marginalia", "annotation", "decorator"}
)
_BODIES = frozenset(
    {"body_statement", "class_body", "enum_class_body", "declaration_list", "field_declaration_list", "block"}
)
_FUNCTION_VALUES = frozenset({"arrow_function", "function_expression", "generator_function", "class"})
_DECLARATIONS = frozenset({"lexical_declaration", "variable_declaration"})
_CONSTANT_LINES = 4
"""A constant this long is a thing of its own: an object of handlers, a schema, a styled component."""
_CLOSERS = frozenset("{}()[];, \t\n") | {"\r"}


@dataclass(frozen=True, slots=True)
class _Span:
    """Lines from ``first`` (from 0) up to ``end`` (exclusive)."""

    kind: BlockKind
    first: int
    end: int
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Symbol:
    node: Node
    name: str
    first: int
    """With the comments right above it."""
    end: int


def symbol_blocks(lines: Lines, grammar: Grammar) -> list[Block] | None:
    """Return the file's symbols, and what stands between them, as blocks. Broken syntax gives coarser blocks, not none.

    ``None`` where the syntax is such that analyzing it would take too long.
    """
    tree = _tree(lines.text.encode(), grammar)
    if tree is None:
        return None
    spans = _Outline(lines, grammar).spans(tree.root_node.named_children, (0, len(lines)), ())
    return [
        block
        for span in _without_closers(lines, list(spans))
        if (block := line_block(lines, span.kind, span.first, span.end, span.path)) is not None
    ]


def _tree(source: bytes, grammar: Grammar) -> Tree | None:
    # The recovery from errors can be exponential: damaged Kotlin of 3 kB ran for minutes. Steps are counted, and not
    # seconds, so that the same file always has the same blocks.
    allowed = _STEPS + len(source) * _STEPS_A_KILOBYTE // 1000
    steps = count(1)
    try:
        return Parser(language(grammar)).parse(
            lambda offset, _: source[offset : offset + _READ],
            progress_callback=lambda *_: next(steps) > allowed,
        )
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Outline:
    lines: Lines
    grammar: Grammar

    def spans(
        self, nodes: Sequence[Node], within: tuple[int, int], path: tuple[str, ...], *, opened: bool = False
    ) -> Iterator[_Span]:
        """Yield spans that cover the lines. With ``opened``, what stands before the first symbol is a class's head."""
        cursor, end = within
        for symbol in self._symbols(nodes):
            first = max(symbol.first, cursor)
            if symbol.end <= first or first >= end:
                continue
            if first > cursor:
                yield _Span(BlockKind.SYMBOL if opened else BlockKind.CODE, cursor, first, path)
            yield from self._symbol(replace(symbol, first=first, end=min(symbol.end, end)), path)
            cursor, opened = min(symbol.end, end), False
        if cursor < end:
            yield _Span(BlockKind.SYMBOL if opened else BlockKind.CODE, cursor, end, path)

    def _symbol(self, symbol: _Symbol, path: tuple[str, ...]) -> Iterator[_Span]:
        own = (*path, symbol.name) if symbol.name else path
        size = self.lines.start(symbol.end) - self.lines.start(symbol.first)
        inside = _inside(symbol.node) if size > _LARGE and len(path) < _DEPTH else []
        if any(True for _ in self._symbols(inside)) and not symbol.node.type.startswith("function"):
            yield from self.spans(inside, (symbol.first, symbol.end), own, opened=True)
        else:
            yield _Span(BlockKind.SYMBOL, symbol.first, symbol.end, own)

    def _symbols(self, nodes: Sequence[Node]) -> Iterator[_Symbol]:
        comments: int | None = None
        comments_end = 0
        for node in nodes:
            start = node.start_point.row
            if node.type in _COMMENTS:
                if comments is None or start > comments_end:
                    comments = start
                comments_end = _end(node)
                continue
            above = comments if comments is not None and start <= comments_end else None
            comments = None
            if node.type in self.grammar.transparent:
                yield from self._symbols(node.named_children)
            elif (inner := self._unwrapped(node)) is not None:
                yield _Symbol(inner, _name(inner), start if above is None else above, _end(node))

    def _unwrapped(self, node: Node) -> Node | None:
        for _ in range(_DEPTH):
            if node.type in self.grammar.symbols:
                return node if _is_worth_a_block(node) else None
            if node.type not in self.grammar.wrappers:
                return None
            named = [child for child in node.named_children if child.type not in _COMMENTS]
            wanted = self.grammar.symbols | self.grammar.wrappers
            found = next((child for child in named if child.type in wanted), None)
            if found is None:
                return None
            node = found
        return None


def _is_worth_a_block(node: Node) -> bool:
    if node.type in _DECLARATIONS:
        values = [declarator.child_by_field_name("value") for declarator in node.named_children]
        if any(value is not None and value.type in _FUNCTION_VALUES for value in values):
            return True
        return _end(node) - node.start_point.row >= _CONSTANT_LINES
    # In C, `struct s` without a body is a use of the type, and `struct s x` is one too.
    # In PHP, a namespace without a body is a line at the top of the file.
    if node.type.endswith("_specifier") or node.type == "namespace_definition":
        return node.child_by_field_name("body") is not None
    return True


def _inside(node: Node) -> list[Node]:
    if node.type in _DECLARATIONS:
        return []
    body = node.child_by_field_name("body")
    if body is None:
        body = next((child for child in node.named_children if child.type in _BODIES), None)
    return [] if body is None else body.named_children


def _name(node: Node) -> str:
    """Return the symbol's name as its language's people write it, without parameters; empty where it has none."""
    if node.type in _DECLARATIONS or node.type == "type_declaration":
        named = [child.child_by_field_name("name") for child in node.named_children]
        return ", ".join(_text(child) for child in named[:3] if child is not None)
    if node.type == "impl_item":
        trait, target = node.child_by_field_name("trait"), node.child_by_field_name("type")
        return f"{_text(trait)} for {_text(target)}" if trait is not None else _text(target)
    if node.type == "method_declaration" and (receiver := node.child_by_field_name("receiver")) is not None:
        return f"{_receiver(receiver)}{_text(node.child_by_field_name('name'))}"
    found = node.child_by_field_name("name") or _declared(node)
    found = found or next((child for child in node.named_children if child.type == "object_reference"), None)
    return _text(found)


def _receiver(parameters: Node) -> str:
    """Return the receiver of a method of Go: ``(r *Reader)`` is ``Reader.``."""
    words = _text(parameters).strip("()").split()
    return f"{words[-1].lstrip('*').split('[')[0]}." if words else ""


def _declared(node: Node) -> Node | None:
    """Return the name inside a declarator of C: ``*f(int a)`` is ``f``."""
    declarator = node.child_by_field_name("declarator")
    for _ in range(_DEPTH):
        if declarator is None:
            return None
        inner = declarator.child_by_field_name("declarator")
        if inner is None:
            return declarator
        declarator = inner
    return declarator


def _text(node: Node | None) -> str:
    text = "" if node is None or node.text is None else node.text.decode(errors="replace")
    return " ".join(text.split())[:120]


def _end(node: Node) -> int:
    """Return the line behind a node's last. Some nodes hold their line's end and reach to the start of the next."""
    return node.end_point.row + (1 if node.end_point.column else 0)


def _without_closers(lines: Lines, spans: list[_Span]) -> list[_Span]:
    """Join a span of closing brackets or ``end`` to the one before: alone it says nothing."""
    joined: list[_Span] = spans[:1]
    for before, span in pairwise(spans):
        text = lines.text[lines.start(span.first) : lines.start(span.end)].strip()
        if before is not span and (text == "end" or _CLOSERS.issuperset(text)):
            joined[-1] = replace(joined[-1], end=span.end)
        else:
            joined.append(span)
    return joined
