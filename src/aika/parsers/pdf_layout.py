"""From a PDF's lines to paragraphs, headings and lists, by where lines stand and how large they are."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from aika.domain.documents import BlockKind
from aika.parsers.pdf_lines import Line, Page

_LARGER = 1.15
"""A heading's letters are at least this much larger than the text's."""
_HEADING = 120
"""Characters: longer lines are text in large letters."""
_BULLET = re.compile(r"(?:[•◦▪‣●○■–—*-]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+\S")
_SENTENCE_END = (".", "!", "?", ":", ";", "”", '"')
_SPACING = 1.4
"""Lines further apart than this, measured in the page's usual distance, are different paragraphs."""
_EDGE_LINES = 2
_REPEATED = 0.5
"""The share of pages on which a line stands at the same edge, numbers aside, to be a running head or foot."""
_FEW_PAGES = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    kind: BlockKind
    text: str
    level: int = 0
    """Of a heading, from 1."""


def paragraphs(pages: Sequence[Page]) -> list[list[Paragraph]]:
    """Return each page's paragraphs, running heads and feet left out."""
    running = _running_lines(pages)
    kept = [_without_edges(page, running) for page in pages]
    sizes = _heading_sizes([line for lines in kept for line in lines])
    hyphenated = _hyphenated_words(kept)
    return [list(_page(lines, sizes, hyphenated)) for lines in kept]


def _running_lines(pages: Sequence[Page]) -> frozenset[str]:
    if len(pages) < _FEW_PAGES:
        return frozenset()
    seen = Counter(key for page in pages for key in {_numberless(line.text) for line in _edges(page)})
    # A number alone at the edge is the page's, on however few pages.
    repeated = (key for key, count in seen.items() if count >= max(_FEW_PAGES, _REPEATED * len(pages)))
    return frozenset({*repeated, "#"})


def _edges(page: Page) -> list[Line]:
    """Return the lines at the top and at the bottom of the page."""
    by_height = sorted(page.lines, key=lambda line: line.baseline)
    return by_height[:_EDGE_LINES] + by_height[-_EDGE_LINES:]


def _without_edges(page: Page, running: frozenset[str]) -> list[Line]:
    edges = {id(line) for line in _edges(page) if _numberless(line.text) in running}
    return [line for line in page.lines if id(line) not in edges]


def _numberless(text: str) -> str:
    return re.sub(r"\d+|\b[ivxlc]+\b", "#", text.lower())


@dataclass(frozen=True, slots=True)
class _HeadingSizes:
    text: float
    """The height of most letters."""
    larger: tuple[float, ...]
    """The heights of headings, largest first."""

    def level(self, line: Line) -> int:
        """Return the level that a line's letters suggest, 0 for text."""
        if len(line.text) > _HEADING or not any(map(str.isalpha, line.text)):
            return 0
        for level, size in enumerate(self.larger, 1):
            if line.height >= size - 0.5:
                return level
        return 0


def _heading_sizes(lines: Sequence[Line]) -> _HeadingSizes:
    letters: Counter[float] = Counter()
    for line in lines:
        letters[round(line.height)] += len(line.text)
    text = letters.most_common(1)[0][0] if letters else 0.0
    larger = sorted((size for size in letters if size > text * _LARGER), reverse=True)
    return _HeadingSizes(text, tuple(larger[:4]))


def _hyphenated_words(pages: Sequence[Sequence[Line]]) -> frozenset[str]:
    """Return the words that the document writes with a hyphen inside a line."""
    return frozenset(word.lower() for lines in pages for line in lines for word in re.findall(r"\w+-\w+", line.text))


def _page(lines: Sequence[Line], sizes: _HeadingSizes, hyphenated: frozenset[str]) -> Iterator[Paragraph]:
    spacing = _usual_spacing(lines)
    group: list[Line] = []
    for line in lines:
        if group and _begins(group, line, spacing, sizes):
            yield _paragraph(group, sizes, hyphenated)
            group = []
        group.append(line)
    if group:
        yield _paragraph(group, sizes, hyphenated)


def _usual_spacing(lines: Sequence[Line]) -> float:
    gaps = [
        before.baseline - line.baseline
        for before, line in pairwise(lines)
        if 0.5 * line.height < before.baseline - line.baseline < 3 * line.height
    ]
    return median(gaps) if gaps else 0.0


def _begins(group: Sequence[Line], line: Line, spacing: float, sizes: _HeadingSizes) -> bool:
    """Return whether a line begins a new paragraph."""
    before = group[-1]
    if before.broken:
        return False
    if sizes.level(before) != sizes.level(line) or abs(before.height - line.height) > 0.15 * before.height:
        return True
    down = before.baseline - line.baseline
    if abs(down) < 0.5 * line.height:
        return False
    if down < 0:
        # The next column: a sentence may go on there.
        return before.text.endswith(_SENTENCE_END) or not line.text[:1].islower()
    far = down > _SPACING * max(spacing, 0.9 * line.height)
    return far or _BULLET.match(line.text) is not None or _looks_begun(group, line)


def _looks_begun(group: Sequence[Line], line: Line) -> bool:
    """Return whether letters, indentation or a short line before say that a paragraph begins, at an even distance."""
    before = group[-1]
    if before.bold and not line.bold and len(group) == 1:
        return not before.text.endswith(_SENTENCE_END)
    if before.text.endswith(_SENTENCE_END) and before.right < 0.85 * max(item.right for item in group):
        return True
    indented = line.left > before.left + 0.8 * line.height
    return indented and len(group) > 1 and _BULLET.match(group[0].text) is None


def _paragraph(group: Sequence[Line], sizes: _HeadingSizes, hyphenated: frozenset[str]) -> Paragraph:
    text = _joined(group, hyphenated)
    level = sizes.level(group[0]) if len(group) <= 3 else 0
    if level:
        return Paragraph(BlockKind.HEADING, text, level)
    short = len(group) == 1 and len(text) <= 80 and not text.endswith((*_SENTENCE_END, ","))
    if short and group[0].bold and any(map(str.isalpha, text)):
        return Paragraph(BlockKind.HEADING, text, len(sizes.larger) + 1)
    return Paragraph(BlockKind.LIST if _BULLET.match(text) else BlockKind.PARAGRAPH, text)


def _joined(group: Sequence[Line], hyphenated: frozenset[str]) -> str:
    """Return the lines as one text. A word broken at a line's end is joined, unless its hyphen belongs to it."""
    text = group[0].text
    for before, line in pairwise(group):
        broken = before.broken or (text.endswith("-") and line.text[:1].islower() and text[-2:-1].isalpha())
        if not broken:
            text = f"{text} {line.text}"
            continue
        text = text.removesuffix("-")
        left, right = re.search(r"\w*$", text), re.match(r"\w*", line.text)
        word = f"{left[0] if left else ''}-{right[0] if right else ''}"
        keeps = word.lower() in hyphenated or not line.text[:1].islower()
        text = f"{text}{'-' if keeps else ''}{line.text}"
    return text
