"""Citation markers in written text: where they stand, what statements carry them, and how they are numbered anew."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.answering.sentences import Unit, UnitKind, units

# Also the shapes that models use of their own accord: 【1】, [1†source], [Passage 1], (passages 1 and 2).
_MARKER = re.compile(
    r"\s?(?:\[(?:passages?\s|source\s|\^)?(?P<n>\d{1,2}(?:\s?(?:,|;|–|-|and)\s?(?:passage\s)?\d{1,2})*)(?:†[^\]]*)?\](?![(:])"
    r"|【(?P<w>\d{1,2})(?:†[^】]*)?】|\((?:see )?passages? (?P<p>\d{1,2}(?:\s?(?:,|and)\s?\d{1,2})*)\))",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d{1,2})\s?[–-]\s?(\d{1,2})")
_LITERAL = re.compile(
    r"(?m)^(?P<f>`{3,}|~{3,})[^\n]*\n.*?(?:^(?P=f)[^\n]*$|\Z)|(?P<t>`+)(?!`)(?:(?!(?P=t)).)+(?P=t)|"
    r"\$\$.+?\$\$|\$[^$\s](?:[^$\n]*[^$\s])?\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\]",
    re.DOTALL,
)
_LEADING = re.compile(rf"(?:{_MARKER.pattern})+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A part of an answer that can be right or wrong: a sentence, a list item, a row of a table."""

    start: int
    end: int
    text: str
    """Without markers."""
    markers: tuple[int, ...]
    kind: UnitKind

    @property
    def claims(self) -> bool:
        """Whether it states something, rather than announcing what follows or showing code."""
        if self.kind in (UnitKind.CODE, UnitKind.HEADING, UnitKind.HEAD, UnitKind.HIDDEN):
            return False
        bare = self.text.strip().rstrip("*_ ")
        return bool(re.search(r"\w", bare)) and not bare.endswith(":") and not re.fullmatch(r"\*\*[^*]+\*\*", bare)


def literals(text: str) -> list[tuple[int, int]]:
    """Return the spans of code and formulas, where brackets are no markers and nothing may be changed."""
    return [match.span() for match in _LITERAL.finditer(text)]


def without_markers(text: str) -> str:
    """Return the text with its markers cut out, code and formulas untouched."""
    kept: list[str] = []
    at = 0
    for start, end, _ in _found(text):
        kept.append(text[at:start])
        at = end
    return "".join(kept) + text[at:]


def statements(text: str) -> list[Statement]:
    """Return the statements in order. Markers right after one belong to it, also behind its period."""
    found: list[Statement] = []
    for unit in units(text):
        literal = unit.kind is UnitKind.CODE
        start = unit.start if literal else _past_leading(text, unit, found)
        if start >= unit.end:
            continue
        raw = text[start : unit.end]
        numbers = () if literal else tuple(dict.fromkeys(n for _, _, each in _found(raw) for n in each))
        found.append(Statement(start, unit.end, raw if literal else without_markers(raw).strip(), numbers, unit.kind))
    return found


def with_markers(text: str, markers: Sequence[int], kind: UnitKind) -> str:
    """Return a statement's text with these markers at its end."""
    if not markers:
        return text
    suffix = " " + "".join(f"[{marker}]" for marker in markers)
    if kind is UnitKind.ROW and text.rstrip().endswith("|"):
        return f"{text.rstrip()[:-1].rstrip()}{suffix} |"
    return text.rstrip() + suffix


def _past_leading(text: str, unit: Unit, found: list[Statement]) -> int:
    """Give markers that begin a unit to the statement before them, and return where the unit's own text begins."""
    leading = _LEADING.match(text, unit.start, unit.end)
    if not leading or not found or "\n\n" in text[found[-1].end : unit.start]:
        return unit.start
    before = found[-1]
    numbers = tuple(dict.fromkeys([*before.markers, *(n for _, _, each in _found(leading.group()) for n in each)]))
    found[-1] = Statement(before.start, leading.end(), before.text, numbers, before.kind)
    start = leading.end()
    while start < unit.end and text[start].isspace():
        start += 1
    return start


def _found(text: str) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    spans = literals(text)
    for match in _MARKER.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in spans):
            yield match.start(), match.end(), _numbers(match["n"] or match["w"] or match["p"])


def _numbers(inside: str) -> tuple[int, ...]:
    def spread(match: re.Match[str]) -> str:
        first, last = int(match[1]), int(match[2])
        return ",".join(str(number) for number in range(first, min(last, first + 10) + 1))

    return tuple(int(number) for number in re.findall(r"\d+", _RANGE.sub(spread, inside)))
