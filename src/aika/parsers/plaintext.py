"""Plain text: paragraphs between blank lines, and logs."""

import re
from collections.abc import Iterator
from itertools import islice

from aika.domain.documents import BlockKind, Body, Parsed, RawDocument
from aika.parsers.kinds import kind_by_path
from aika.parsers.lines import Lines
from aika.parsers.outline import Item, blocks_of
from aika.parsers.textfile import read_text
from aika.parsers.titles import title_from_path

_SAMPLED_LINES = 200
_LOGGED = re.compile(
    r"[\[(<]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[\[(<]?\d\d:\d\d(?::\d\d)?\b|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d"
    r"|\d{1,2}/[A-Za-z\d]{2,3}/\d{2,4}|\[?(?:TRACE|DEBUG|INFO|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b"
)


class PlainTextParser:
    """Takes text as it is. A log's lines are records, which are cut only between lines.

    Formats of lightweight markup that have no parser of their own (AsciiDoc, Org) are read as plain text too.
    """

    suffixes = frozenset({".txt", ".text", ".log", ".adoc", ".asciidoc", ".org"})
    media_types = frozenset({"text/plain"})

    def parse(self, raw: RawDocument) -> Parsed:
        file = read_text(raw.content, expected="plain text", media_type=raw.media_type)
        lines = Lines(file.text)
        kind = BlockKind.RECORD if _is_log(lines) else BlockKind.PARAGRAPH
        title = title_from_path(raw.path)
        return Parsed(
            body=Body(file.text, blocks_of(_paragraphs(lines, kind), title=title)),
            title=title,
            kind=kind_by_path(raw.path),
            warnings=file.warnings,
        )


def _is_log(lines: Lines) -> bool:
    sample = list(islice((line for number in range(len(lines)) if (line := lines[number]).strip()), _SAMPLED_LINES))
    return len(sample) > 2 and sum(bool(_LOGGED.match(line)) for line in sample) > len(sample) / 2


def _paragraphs(lines: Lines, kind: BlockKind) -> Iterator[Item]:
    first: int | None = None
    for number in range(len(lines) + 1):
        blank = number == len(lines) or lines.is_blank(number)
        if blank and first is not None:
            yield Item(kind, lines.start(first), lines.end(number - 1))
            first = None
        elif not blank and first is None:
            first = number
