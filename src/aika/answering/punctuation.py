"""Where sentences end, in prose with code, addresses and abbreviations."""

import re


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return the spans of the sentences between the offsets, without surrounding space."""
    end = len(text) if end is None else end
    protected = [match.span() for match in _PROTECTED.finditer(text, start, end)]
    spans: list[tuple[int, int]] = []
    begin = start
    for match in _END.finditer(text, start, end):
        inside = any(low < match.end() and match.start() < high for low, high in protected)
        if not inside and _ends_sentence(text, begin, match, end):
            spans.append((begin, match.end()))
            begin = match.end()
    spans.append((begin, end))
    return [kept for span in spans if (kept := trimmed(text, *span))]


_PROTECTED = re.compile(
    r"(`+)(?:(?!\1).)+\1|\]\([^)\n]*\)|https?://[^\s)>\]]*[^\s)>\].,;:!?'\"]|\$[^$\n]+\$|<[^<>\n]{1,200}>", re.DOTALL
)
# A terminator, closing quotes and brackets, and the citation markers that belong to the sentence before.
_END = re.compile(r"(?:[.!?…]+[\"'”’)\]*_]*(?:\s?\[\d{1,2}(?:\s?[,–-]\s?\d{1,2})*\])*(?=\s|$))|[。！？]")
_ABBREVIATION_WORDS = """
e.g i.e cf vs etc approx ca resp incl excl et al eds dr mr mrs ms prof sr jr st inc ltd co corp dept est z.b d.h u.a bzw ggf
usw a.m p.m ver rev u.s u.k
"""
_ABBREVIATIONS = frozenset(_ABBREVIATION_WORDS.split())
# Words of their own too: abbreviations only before a number or in lower-case text.
_BEFORE_NUMBERS_WORDS = """
no nos nr fig figs sec eq eqs ch vol pp p v ext tel max min avg jan feb mar apr jun jul aug sep sept oct nov dec
"""
_BEFORE_NUMBERS = frozenset(_BEFORE_NUMBERS_WORDS.split())
# Abbreviations that often end a sentence: a capital after them begins a new one.
_MAY_END = frozenset(("etc", "a.m", "p.m", "inc", "ltd", "co", "corp", "u.s", "u.k"))
_LAST_WORD = re.compile(r"([\w.&-]+?)\.+[\"'”’)\]*_]*$")
_ENUMERATOR = re.compile(r"^\W*\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,4})\.$")


def _ends_sentence(text: str, begin: int, match: re.Match[str], end: int) -> bool:
    following = text[match.end() : end].lstrip()
    if match.group()[0] in "。！？" or not following:
        return True
    before = text[begin : match.end()].strip()
    if _ENUMERATOR.match(before):
        return False
    first = following.lstrip("\"'“‘(*_[`")[:1]
    if not match.group().startswith("."):
        return not first.islower()
    last = _LAST_WORD.search(re.sub(r"(?:\s?\[[\d,\s–-]+\])+$", "", before))
    return _word_ends_sentence(last.group(1) if last else "", first)


def _word_ends_sentence(word: str, first: str) -> bool:
    """Whether a period after ``word`` ends a sentence, where the next text begins with ``first``."""
    if word.lower() in _ABBREVIATIONS:
        return word.lower() in _MAY_END and first.isupper()
    if word.lower() in _BEFORE_NUMBERS and (first.isdigit() or first.islower()):
        return False
    if len(word) == 1 and word.isupper():
        return False
    # Sentences in chat, and those that begin with an identifier, begin in lower case; after a short fragment it is none.
    return not first.islower() or len(word) > 2


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Return the span without the space around its text, ``None`` where nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
