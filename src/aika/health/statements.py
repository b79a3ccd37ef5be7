"""Statements: sentences that give a value, with what it is a value of, so that two documents can be compared."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aika.answering.punctuation import sentence_spans
from aika.answering.sentences import Unit, UnitKind, passage_units
from aika.domain.documents import Chunk, Document, Kind
from aika.domain.facts import name_words
from aika.domain.identifiers import ChunkId
from aika.health.statements_conditions import is_compared, is_history, is_hypothetical
from aika.health.statements_rows import cell_spans, cell_values
from aika.health.statements_values import Value, values_in
from aika.protocols import Analyzer

_LONGEST = 600
"""Characters. What is longer is no sentence."""
_FEWEST_TERMS = 3
_MOST_VALUES = 6
_MOST_ROWS = 15
"""A larger table lists things, one a row: its rows are instances, not statements about one thing."""
_MAY_STATE = re.compile(
    r"\d|#[a-z]|@|day\b|days\b|\bby\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety)\b",
    re.IGNORECASE,
)
_UNSEEN = re.compile(
    r"\]\([^)\n]*\)|\]\[[^\]\n]*\]|<https?://[^>\s]*>|https?://[^\s)>\]]*|</?[a-zA-Z][^>\n]*>|\{[#.:%{][^}\n]*\}|[*`|\[\]]|(?<!\w)_|_(?!\w)"
)
_BLANKS = str.maketrans("*`_", "   ")
_NAME = re.compile(r"(?<![\w-])(?:[A-Z][\w.'’-]*[\w]|[a-z]+[A-Z]\w+|\w+(?:[-_]\w+)+|[A-Z])(?![\w-])")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, list item or table row that gives values."""

    document: Document
    chunk: ChunkId
    start: int
    end: int
    """Character offsets into the document's text; ``end`` is exclusive."""
    quote: str
    """Verbatim."""
    text: str
    """The quote with blanks in place of its markup, as long as it."""
    values: tuple[Value, ...]
    """In the order of the text, with offsets into it."""
    terms: frozenset[str]
    """What it is about: the sentence's terms without those of its values."""
    names: frozenset[str]
    """Names and identifiers among its words, as terms."""
    context: frozenset[str]
    """Terms of what stands above: the title, the headings, the table's header, the line that leads to it."""
    heading_path: tuple[str, ...] = field(default=())
    row: str | None = None
    """Of a table's row, its first cell: what the row is about. Such a statement has the value of one other cell."""
    column: frozenset[str] = frozenset()
    """Of a table's row, the terms above the value's cell."""

    def shown(self, value: Value) -> str:
        return " ".join(self.text[value.start : value.end].split())


def statements_of(chunks: Sequence[Chunk], analyzer: Analyzer) -> list[Statement]:
    """Return the statements of one document's chunks, those that no other document can contradict left out."""
    if not chunks or not is_compared(chunks[0].document):
        return []
    title = frozenset(analyzer.terms(chunks[0].document.title))
    found: dict[tuple[int, int, int], Statement] = {}
    for chunk in chunks:
        if not is_history(chunk.heading_path):
            for statement in _of_chunk(chunk, title, analyzer):
                found.setdefault((statement.start, statement.end, statement.values[0].start), statement)
    return list(found.values())


def _of_chunk(chunk: Chunk, title: frozenset[str], analyzer: Analyzer) -> Iterator[Statement]:
    if not _MAY_STATE.search(chunk.text) or chunk.document.kind is Kind.CODE:
        return
    found = passage_units(chunk)
    rows = _rows_by_block(found)
    above = _Above(title | frozenset(analyzer.terms(" ".join(chunk.heading_path))))
    for unit in found:
        raw = chunk.text[unit.start : unit.end]
        match unit.kind:
            case UnitKind.HEADING:
                if is_history((raw,)):
                    above = _Above(above.headings, closed=True)
                else:
                    above = _Above(above.headings, frozenset(analyzer.terms(_blanked(raw))))
            case UnitKind.HEAD:
                above.head = raw.split("\n", 1)[0]
            case UnitKind.SENTENCE | UnitKind.ITEM | UnitKind.ROW if not above.closed:
                if unit.kind is not UnitKind.ROW:
                    for span in sentence_spans(chunk.text, unit.start, unit.end):
                        yield from _of_sentence(chunk, span, above, analyzer)
                elif rows[unit.block] <= _MOST_ROWS:
                    yield from _of_row(chunk, unit, above, analyzer)
                if unit.kind is UnitKind.SENTENCE:
                    above.lead = frozenset(analyzer.terms(_blanked(raw))) if raw.rstrip().endswith(":") else frozenset()
            case _:
                pass


@dataclass(slots=True)
class _Above:
    """What stands above a unit and holds for it."""

    headings: frozenset[str]
    heading: frozenset[str] = frozenset()
    closed: bool = False
    """Below a heading of the past."""
    lead: frozenset[str] = frozenset()
    head: str = ""


def _rows_by_block(found: Sequence[Unit]) -> dict[int, int]:
    rows: dict[int, int] = {}
    for unit in found:
        if unit.kind is UnitKind.ROW:
            rows[unit.block] = rows.get(unit.block, 0) + 1
    return rows


def _of_sentence(chunk: Chunk, span: tuple[int, int], above: _Above, analyzer: Analyzer) -> Iterator[Statement]:
    raw = chunk.text[slice(*span)]
    if len(raw) > _LONGEST or not _MAY_STATE.search(raw) or is_hypothetical(raw):
        return
    text = _blanked(raw)
    values = values_in(text)
    if not 0 < len(values) <= _MOST_VALUES:
        return
    bare = _without(text, values)
    terms = frozenset(analyzer.terms(bare))
    if len(terms) < _FEWEST_TERMS:
        return
    yield Statement(
        document=chunk.document,
        chunk=chunk.id,
        start=chunk.start + span[0],
        end=chunk.start + span[1],
        quote=raw,
        text=text,
        values=tuple(values),
        terms=terms,
        names=frozenset(term for name in _names(bare) for term in analyzer.terms(name)),
        context=above.headings | above.heading | above.lead,
        heading_path=chunk.heading_path,
    )


def _of_row(chunk: Chunk, unit: Unit, above: _Above, analyzer: Analyzer) -> Iterator[Statement]:
    raw = chunk.text[unit.start : unit.end]
    if len(raw) > _LONGEST or not _MAY_STATE.search(raw):
        return
    text = raw.translate(_BLANKS)
    spans = cell_spans(text)
    label = " ".join(text[slice(*spans[0])].split()) if spans else ""
    terms = frozenset(analyzer.terms(" ".join(name_words(label))))
    if all(term.isdigit() for term in terms):
        return
    for _, column, value in cell_values(text, above.head.translate(_BLANKS)):
        yield Statement(
            document=chunk.document,
            chunk=chunk.id,
            start=chunk.start + unit.start,
            end=chunk.start + unit.end,
            quote=raw,
            text=text,
            values=(value,),
            terms=terms,
            names=frozenset(),
            context=above.headings | above.heading,
            heading_path=chunk.heading_path,
            row=label,
            column=frozenset(analyzer.terms(column)),
        )


def _blanked(raw: str) -> str:
    """Return the text with blanks in place of markup and addresses: offsets stay."""
    return _UNSEEN.sub(lambda match: " " * len(match.group()), raw)


def _without(text: str, values: Sequence[Value]) -> str:
    for value in values:
        text = f"{text[: value.start]}{' ' * (value.end - value.start)}{text[value.end :]}"
    return text


def _names(text: str) -> Iterator[str]:
    """Yield capitalized words inside the sentence, and identifiers anywhere."""
    for match in _NAME.finditer(text):
        name = match.group()
        first = not text[: match.start()].strip(" -*>(\"'") or text[: match.start()].rstrip()[-1:] in ".!?:"
        if not first or not name[:1].isupper() or not name[1:].islower():
            yield name
