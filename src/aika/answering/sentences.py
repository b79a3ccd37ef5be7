"""Segmentation of Markdown and prose into the units that can be quoted: sentences, list items, table rows, code blocks.

Every unit is an exact span of the text it was found in.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from aika.answering.punctuation import sentence_spans, trimmed
from aika.answering.steering import steers
from aika.domain.documents import Chunk, Kind

REPLY_MINUTES = 120
"""What comes later than this in a conversation replies to something else."""


class UnitKind(StrEnum):
    SENTENCE = "sentence"
    HEADING = "heading"
    ITEM = "item"
    """A list item without its marker, a line ``key: value``, or one message of a conversation."""
    HEAD = "head"
    """A table's header row and the line below it."""
    ROW = "row"
    CODE = "code"
    HIDDEN = "hidden"
    """Comments, rules and the like: never shown, quoted or given to a model."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A span that can be quoted by itself."""

    kind: UnitKind
    start: int
    end: int
    """Character offsets into the segmented text; ``end`` is exclusive."""
    block: int
    """Units of one paragraph, list or table share this number."""
    marker: str = ""
    """Of a list item: ``-`` or ``1.``."""

    @property
    def ordered(self) -> bool:
        return self.marker[:1].isdigit()


def units(text: str, kind: Kind = Kind.PAGE) -> list[Unit]:
    """Return the units of a passage of such a document in order. They do not overlap; list markers belong to none.

    In a conversation every line that begins with a speaker is one unit, in source code every run of lines without a blank one.
    """
    if kind is Kind.CODE:
        return [Unit(UnitKind.CODE, *match.span(), number) for number, match in enumerate(_RUN.finditer(text))]
    return _Segmenter(text, conversation=kind is Kind.CONVERSATION).run()


def passage_units(chunk: Chunk) -> list[Unit]:
    """Return the units of a passage, with what speaks to a machine hidden.

    Hidden with it is what follows in its paragraph or list, or below its heading: it goes on speaking. A message of a
    conversation and a table's row speak for themselves alone. Lines of front matter are hidden, too: the document's record
    has them already.
    """
    about = " ".join((chunk.document.title, *chunk.heading_path))
    steered: int | None = None
    below = False
    found: list[Unit] = []
    for unit in units(chunk.text, chunk.document.kind):
        below = below and unit.kind is not UnitKind.HEADING
        speaks = unit.kind is not UnitKind.HIDDEN and steers(chunk.text[unit.start : unit.end], about=about)
        if speaks:
            below = below or unit.kind is UnitKind.HEADING
            goes_on = unit.kind in _GOING_ON and chunk.document.kind is not Kind.CONVERSATION
            steered = unit.block if goes_on else steered
        hidden = speaks or below or unit.block == steered or _is_front_matter(chunk, unit)
        found.append(replace(unit, kind=UnitKind.HIDDEN) if hidden else unit)
    return found


def _is_front_matter(chunk: Chunk, unit: Unit) -> bool:
    if chunk.start + unit.start > _FRONT_CHARS or unit.kind is UnitKind.CODE:
        return False
    key, colon, _ = chunk.text[unit.start : unit.end].partition(":")
    return bool(colon) and key.strip().lower().replace("-", "_") in chunk.document.attributes


def commands(code: str) -> bool:
    """Return whether a code block is to be typed, rather than the example of a message, a file or a reply."""
    fence = _FENCE.match(code)
    if not fence:
        return True
    language = code.strip().splitlines()[0].strip("`~ ").split(" ")[0].lower()
    return language in _TYPED


def minutes_between(one: str, other: str) -> int:
    """Return the minutes from one message of a conversation to a later one of the same day, 0 where they show no times."""
    times = [_CLOCK.search(text[:60]) for text in (one, other)]
    if times[0] is None or times[1] is None:
        return 0
    first, second = (int(time[1]) * 60 + int(time[2]) for time in times if time is not None)
    return max(0, second - first)


_FRONT_CHARS = 1_000
_GOING_ON = (UnitKind.SENTENCE, UnitKind.ITEM)
_TYPED = frozenset(
    ("", "console", "shell", "sh", "bash", "zsh", "fish", "powershell", "ps1", "cmd", "bat", "sql", "shell-session")
)
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_RUN = re.compile(r"[ \t]*\S[^\n]*(?:\n[ \t]*\S[^\n]*)*")
# Its fences may be in another chunk: the one above it often is.
_FRONT_MATTER = re.compile(
    r"\s*(?:---[ \t]*\n)?(?:[a-z_][\w-]*:[^\n]*\n(?:[ \t-][^\n]*\n(?<!^---\n))*?)+(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)
_DATA_LINE = re.compile(r"^\s*(?:- )?[\w./@\"'-]+:(?:\s|$)")
_DATA_ITEM = re.compile(r"^\s*- [\w./@\"'-]+\s*$")
_DATA_KEY = re.compile(r"^\s*(?:- )?[\w./@\"'-]+:\s*$")
# What closes on its own line is a code span, as people write it in chats.
_FENCE = re.compile(r"^\s*(`{3,}(?=[^`\n]*(?:\n|$))|~{3,})")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+\S")
_UNDERLINE = re.compile(r"^ {0,3}(?:=+|-{2,})\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
_ITEM = re.compile(r"^(\s*)([-*+•]|\d{1,3}[.)])(\s+)(?=\S)")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_ADMONITION = re.compile(
    r"^\s*(?:!!!|\?\?\?\+?|:::|\.\. (?:note|warning|tip|important|caution|danger|attention|hint|seealso|admonition)::)"
)
# Directives of reStructuredText whose line says nothing to a reader.
_DIRECTIVE = re.compile(
    r"^\s*\.\. (?:code-block|code|sourcecode|highlight|image|figure|contents|toctree|index|raw|include|math)::"
)
_REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CONCEALED = re.compile(
    r"<(\w+)[^>]*style\s*=\s*[\"'][^\"'>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0)"
    r"[^>]*>.*?(?:</\1\s*>|\Z)|<(script|style|template)\b.*?(?:</\2\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
# reStructuredText's tables in the form of lists: a directive, its options, and rows of cells.
_LIST_TABLE = re.compile(r"^\s*\.\. (?:list-table|csv-table)::")
_OPTION = re.compile(r"^\s+:[\w-]+:")
_LIST_ROW = re.compile(r"^(\s*)\* - (?=\S)")
_QUOTE = re.compile(r"^\s*(?:>\s?)+")
_FIELD = re.compile(r"^\s*(?:\*\*)?[A-Z\w][\w /()-]{0,40}(?:\*\*)?:(?:\*\*)?\s+\S")
_SPEAKER = re.compile(
    r"^\s*(?:\[[^\]]{3,40}\]\s*)?(?:\*\*|<)?@?[\w.][\w .'’-]{0,40}(?:\*\*|>)?\s*(?:\([^)]{3,40}\))?:(?:\*\*)?\s"
)


def _lines(text: str) -> list[tuple[int, int]]:
    """Return the spans of the lines without their ends."""
    spans = []
    start = 0
    for line in text.split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


class _Segmenter:
    def __init__(self, text: str, *, conversation: bool) -> None:
        self._text = text
        self._conversation = conversation
        self._hidden = sorted(m.span() for pattern in (_COMMENT, _CONCEALED) for m in pattern.finditer(text))
        self._lines = _lines(text)
        self._units: list[Unit] = []
        self._block = 0

    def run(self) -> list[Unit]:
        front = _FRONT_MATTER.match(self._text)
        at = 0
        if front:
            self._add(UnitKind.HIDDEN, *front.span())
            at = sum(1 for start, _ in self._lines if start < front.end())
        while at < len(self._lines):
            self._block += 1
            at = self._take(at)
        return self._without_hidden()

    def _take(self, at: int) -> int:
        line = self._line(at)
        if not line.strip():
            return at + 1
        kind = self._of_one_line(line)
        if kind:
            self._add(kind, *self._lines[at])
            return at + 1
        return self._taker(at, line)(at)

    def _of_one_line(self, line: str) -> UnitKind | None:
        if _HEADING.match(line):
            return UnitKind.HEADING
        if any(pattern.match(line) for pattern in (_RULE, _ADMONITION, _REFERENCE, _DIRECTIVE)):
            return UnitKind.HIDDEN
        return None

    def _taker(self, at: int, line: str) -> Callable[[int], int]:
        if _FENCE.match(line):
            return self._take_fence
        if self._is_table(at):
            return self._take_table if "|" in line else self._take_list_table
        if self._data_end(at) > at:
            return self._take_data
        if _ITEM.match(line):
            return self._take_list
        if line.startswith(("    ", "\t")) and not self._after_admonition(at):
            return self._take_indented
        return self._take_paragraph

    def _line(self, at: int) -> str:
        start, end = self._lines[at]
        return self._text[start:end]

    def _add(self, kind: UnitKind, start: int, end: int, marker: str = "") -> None:
        span = trimmed(self._text, start, end)
        if span:
            self._units.append(Unit(kind, *span, block=self._block, marker=marker))

    def _after_admonition(self, at: int) -> bool:
        """Whether the indentation is an admonition's: its body looks like indented code."""
        while at > 0:
            at -= 1
            line = self._line(at)
            if line.strip() and not line.startswith(("    ", "\t")):
                return bool(_ADMONITION.match(line) or _ITEM.match(line))
        return False

    def _take_fence(self, at: int) -> int:
        opening = _FENCE.match(self._line(at))
        fence = opening.group(1) if opening else "```"
        end = at + 1
        while end < len(self._lines) and not self._line(end).strip().startswith(fence):
            end += 1
        last = min(end, len(self._lines) - 1)
        self._add(UnitKind.CODE, self._lines[at][0], self._lines[last][1])
        return last + 1

    def _take_indented(self, at: int) -> int:
        end = at
        while end < len(self._lines) and (self._line(end).startswith(("    ", "\t")) or not self._line(end).strip()):
            end += 1
        # From the first character of its line, so that the lines keep their alignment.
        start, stop = self._lines[at][0], self._lines[end - 1][1]
        while stop > start and self._text[stop - 1].isspace():
            stop -= 1
        self._units.append(Unit(UnitKind.CODE, start, stop, block=self._block))
        return end

    def _data_end(self, at: int) -> int:
        """Return the line behind structured data that begins here, ``at`` itself where none does."""
        end = at
        while end < len(self._lines) and self._line(end).strip():
            end += 1
        lines = [self._line(number) for number in range(at, end)]
        several_keys = sum(bool(_DATA_KEY.match(line)) for line in lines) > 1
        like = sum(bool(_DATA_LINE.match(line) or (several_keys and _DATA_ITEM.match(line))) for line in lines)
        return end if like >= 3 and like >= 0.6 * len(lines) and any(map(_DATA_KEY.match, lines)) else at

    def _take_data(self, at: int) -> int:
        end = self._data_end(at)
        self._units.append(Unit(UnitKind.CODE, self._lines[at][0], self._lines[end - 1][1], block=self._block))
        return end

    def _is_table(self, at: int) -> bool:
        if _LIST_TABLE.match(self._line(at)) or _LIST_ROW.match(self._line(at)):
            return True
        if "|" not in self._line(at) or at + 1 >= len(self._lines):
            return False
        below = self._line(at + 1)
        return "|" in below and "-" in below and bool(_TABLE_RULE.match(below))

    def _take_table(self, at: int) -> int:
        self._add(UnitKind.HEAD, self._lines[at][0], self._lines[at + 1][1])
        at += 2
        while at < len(self._lines) and "|" in self._line(at) and self._line(at).strip():
            self._add(UnitKind.ROW, *self._lines[at])
            at += 1
        return at

    def _take_list_table(self, at: int) -> int:
        """Take a table in the form of a list: each row is one item."""
        row: tuple[int, int, str] | None = None
        while at < len(self._lines):
            line = self._line(at)
            begins = _LIST_ROW.match(line)
            if begins:
                self._add_item(row)
                row = (self._lines[at][0] + begins.end(), self._lines[at][1], "-")
            elif _LIST_TABLE.match(line) or (row is None and _OPTION.match(line)):
                self._add(UnitKind.HIDDEN, *self._lines[at])
            elif line.strip() and not line.startswith((" ", "\t")):
                break
            elif row is not None and line.strip():
                row = (row[0], self._lines[at][1], row[2])
            at += 1
        self._add_item(row)
        return at

    def _take_list(self, at: int) -> int:
        blank = False
        current: tuple[int, int, str] | None = None
        while at < len(self._lines):
            line = self._line(at)
            item = _ITEM.match(line)
            if not line.strip():
                blank = True
            elif _FENCE.match(line):
                if blank and not line.startswith((" ", "\t")):
                    break
                self._add_item(current)
                current = None
                at = self._take_fence(at)
                continue
            elif item and not _RULE.match(line):
                self._add_item(current)
                current = (self._lines[at][0] + item.end(), self._lines[at][1], item.group(2))
                blank = False
            elif (blank and not line.startswith((" ", "\t"))) or _HEADING.match(line) or self._is_table(at):
                break
            elif blank or current is None:
                self._add_item(current)
                current = None
                self._add_sentences(*self._lines[at])
            else:
                current = (current[0], self._lines[at][1], current[2])
            at += 1
        self._add_item(current)
        return at

    def _add_item(self, item: tuple[int, int, str] | None) -> None:
        if item:
            self._add(UnitKind.ITEM, item[0], item[1], item[2])

    def _take_paragraph(self, at: int) -> int:
        end = at + 1
        while end < len(self._lines) and not self._starts_block(end):
            end += 1
        if end < len(self._lines) and _UNDERLINE.match(self._line(end)) and end == at + 1:
            self._add(UnitKind.HEADING, self._lines[at][0], self._lines[end][1])
            return end + 1
        lines = self._lines[at:end]
        if self._conversation:
            self._add_messages(lines)
        elif len(lines) > 1 and all(_FIELD.match(self._text[start:stop]) for start, stop in lines):
            for start, stop in lines:
                self._add(UnitKind.ITEM, start, stop, "-")
        else:
            self._add_sentences(lines[0][0], lines[-1][1])
        return end

    def _starts_block(self, at: int) -> bool:
        line = self._line(at)
        starts = (_FENCE, _HEADING, _RULE, _UNDERLINE, _ITEM, _ADMONITION, _DIRECTIVE)
        return not line.strip() or any(pattern.match(line) for pattern in starts) or self._is_table(at)

    def _add_messages(self, lines: list[tuple[int, int]]) -> None:
        current: tuple[int, int] | None = None
        for start, stop in lines:
            if current and not _SPEAKER.match(self._text[start:stop]):
                current = (current[0], stop)
                continue
            if current:
                self._add(UnitKind.ITEM, *current, "-")
            current = (start, stop)
        if current:
            self._add(UnitKind.ITEM, *current, "-")

    def _add_sentences(self, start: int, end: int) -> None:
        quote = _QUOTE.match(self._text[start:end])
        for low, high in sentence_spans(self._text, start + (quote.end() if quote else 0), end):
            self._add(UnitKind.SENTENCE, low, high)

    def _without_hidden(self) -> list[Unit]:
        """Mark the units that concealed text touches, so that no part of it is ever quoted."""
        if not self._hidden:
            return self._units
        return [
            Unit(UnitKind.HIDDEN, unit.start, unit.end, unit.block)
            if unit.kind is not UnitKind.CODE
            and any(low < unit.end and unit.start < high for low, high in self._hidden)
            else unit
            for unit in self._units
        ]
