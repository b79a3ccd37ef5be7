"""Short forms and what they stand for, as texts define them: ``service level objective (SLO)``, ``SLO = …``, glossaries.

Related to Schwartz and Hearst, "A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical Text" (PSB 2003),
and stricter: every word of a long form but the function words gives its first letter to the short one.
"""

import re
from collections.abc import Iterator, Sequence

from aika.retrieval.lexical import STOPWORDS

_SHORT = r"(?:[A-Z][A-Za-z0-9]{1,8}|[A-Z]&[A-Z])"
_SHORT_FORM = re.compile(_SHORT)
_MOST_LETTERS = 8
_LONGEST_AROUND = 120
"""Characters before or after a short form in which the long one is looked for."""
_MOST_GLOSS_WORDS = 6
"""Of an entry in a glossary that the letters do not confirm. What is longer explains rather than names."""

_WORD = re.compile(r"[A-Za-z0-9]+(?:['\u2019][a-z]+)?")
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_BRACKETS = re.compile(r"\(([^()\n]{2,90})\)")
_BEFORE_BRACKETS = re.compile(rf"(?<![\w-])({_SHORT})[*_`\"']*\s*$")
_DEFINED = re.compile(
    # Markup before the short form, the short form, and what says that it is defined. The rest of the line follows.
    rf"^[ \t>*|#+\-`_]*({_SHORT})[*_`]*[ \t]*(?:\||=|::?|[-\u2013\u2014][ \t]|stands\ for|is\ short\ for|means)[ \t*_`|]*",
    re.MULTILINE,
)
_INLINE = re.compile(rf"(?<![\w-])({_SHORT})[*_`\"']*\s+(?:stands|is short) for\s+[*_`\"']*")
_COLUMN = re.compile(rf"\|[ \t]*[*_`]*({_SHORT})[*_`]*[ \t]*(?:\||$)", re.MULTILINE)
_ABBREVIATED = re.compile(rf",?\s*\(?(?:abbreviated (?:as|to)|also known as|or just)\s+[*_`\"']*({_SHORT})\b")
_GLOSSARY = re.compile(r"\b(?:glossary|acronyms?|abbreviations?|jargon|terminology|initialisms?)\b", re.IGNORECASE)
_CLAUSE = re.compile(r"[.;:!?|]\s|[\n|]| [-\u2013\u2014] ")


def definitions(text: str, *, heading: str = "") -> Iterator[tuple[str, str]]:
    """Yield each short form with what the text says that it stands for, as written, repeats included.

    ``heading`` is what stands above the text: in a glossary, an entry is believed whose letters do not fit.
    """
    if "(" in text:
        yield from _in_brackets(text)
    in_glossary = _GLOSSARY.search(heading) is not None
    for match in _DEFINED.finditer(text):
        rest = _after(text, match.end())
        long = _leading(match[1], rest) or (_gloss(match[1], rest) if in_glossary else None)
        if long is not None:
            yield _singular(match[1]), long
    if "short for" in text or "stands for" in text:
        for match in _INLINE.finditer(text):
            if (long := _leading(match[1], _after(text, match.end()))) is not None:
                yield _singular(match[1]), long
    if "|" in text:
        yield from _before(_COLUMN, text)
    if "known as" in text or "abbreviated" in text or "or just" in text:
        yield from _before(_ABBREVIATED, text)


def spells(letters: str, words: Sequence[str]) -> bool:
    """Return whether the words give the letters in order: each its first one, and more of its own where it must.

    Function words may give none. ``letters`` and ``words`` are in lower case.
    """
    if not words:
        return not letters
    first, *others = words
    if first in STOPWORDS and spells(letters, others):
        return True
    if not letters or first[0] != letters[0]:
        return False
    taken = 1
    at = 0
    while True:
        if spells(letters[taken:], others):
            return True
        # One letter more from inside the word, the next one that fits.
        if taken >= len(letters):
            return False
        at = first.find(letters[taken], at + 1)
        if at < 0:
            return False
        taken += 1


def _after(text: str, at: int) -> str:
    return text[at : at + _LONGEST_AROUND].split("\n", 1)[0].split("|", 1)[0]


def _before(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, str]]:
    for match in pattern.finditer(text):
        before = text[max(0, match.start() - _LONGEST_AROUND) : match.start()].rstrip(" \t|")
        if (long := _trailing(match[1], before)) is not None:
            yield _singular(match[1]), long


def _in_brackets(text: str) -> Iterator[tuple[str, str]]:
    for match in _BRACKETS.finditer(text):
        inner = re.split(r"[,;]", match[1], maxsplit=1)[0].strip(" *_`\"'")
        before = text[max(0, match.start() - _LONGEST_AROUND) : match.start()]
        if _SHORT_FORM.fullmatch(inner):
            if (long := _trailing(inner, before)) is not None:
                yield _singular(inner), long
        elif (named := _BEFORE_BRACKETS.search(before)) and (long := _leading(named[1], inner)) is not None:
            yield _singular(named[1]), long


def _letters(short: str) -> str | None:
    """Return the letters of a short form, ``None`` where it is an ordinary word."""
    bare = _singular(short).replace("&", "")
    if sum(character.isupper() for character in bare) < 2 or len(bare) > _MOST_LETTERS:
        return None
    return bare.lower()


def _singular(short: str) -> str:
    return short[:-1] if short.endswith("s") and short[:-1].isupper() and len(short) > 2 else short


def _trailing(short: str, before: str) -> str | None:
    """Return the words at the end of ``before`` that spell the short form."""
    letters = _letters(short)
    if letters is None:
        return None
    clause = _CLAUSE.split(before)[-1]
    words = list(_WORD.finditer(clause))
    starts = range(len(words) - 1, max(-1, len(words) - len(letters) - 4), -1)
    return _best(short, letters, clause, [words[start:] for start in starts])


def _leading(short: str, rest: str) -> str | None:
    """Return the words at the start of ``rest`` that spell the short form."""
    letters = _letters(short)
    if letters is None:
        return None
    clause = _CLAUSE.split(rest, maxsplit=1)[0]
    words = list(_WORD.finditer(clause))
    if words and words[0].group().lower() in ("the", "a", "an"):
        words = words[1:]
    ends = range(1, min(len(words), len(letters) + 4) + 1)
    return _best(short, letters, clause, [words[:end] for end in ends])


def _best(short: str, letters: str, clause: str, spans: Sequence[Sequence[re.Match[str]]]) -> str | None:
    """Return the span that spells the letters with a word for each, or with as few more or less as there is."""
    fitting = [
        (abs(_naming(words) - len(letters)), number)
        for number, span in enumerate(spans)
        if _fits(letters, words := [word.group() for word in span])
    ]
    if not fitting:
        return None
    span = spans[min(fitting)[1]]
    return _cleaned(clause[span[0].start() : span[-1].end()], [word.group() for word in span], short)


def _naming(words: Sequence[str]) -> int:
    return sum(len(_HUMP.findall(word)) for word in words if word.lower() not in STOPWORDS)


def _fits(letters: str, words: Sequence[str]) -> bool:
    if words[0].lower() in STOPWORDS or words[-1].lower() in STOPWORDS:
        return False
    humps = [hump.lower() for word in words for hump in _HUMP.findall(word)]
    return len(humps) >= 2 and len(humps) <= len(letters) + 3 and spells(letters, humps)


def _gloss(short: str, rest: str) -> str | None:
    if _letters(short) is None:
        return None
    clause = _CLAUSE.split(rest, maxsplit=1)[0].strip(" *_`.")
    words = _WORD.findall(clause)
    return _cleaned(clause, words, short) if 2 <= len(words) <= _MOST_GLOSS_WORDS else None


def _cleaned(long: str, words: Sequence[str], short: str) -> str | None:
    """Return the long form without markup, ``None`` where it is defined by itself."""
    if _singular(short).lower() in (word.lower() for word in words):
        return None
    return " ".join(re.sub(r"[*_`\[\]]", "", long).split())
