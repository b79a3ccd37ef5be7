"""What must be the same in a sentence and its source, word for word: numbers, units, dates, names, identifiers, negation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from aika.answering.quantities import WORD_NUMBERS, Quantity, difference, quantities
from aika.answering.questions import is_exact

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_WEEKDAY_WORDS = "monday tuesday wednesday thursday friday saturday sunday"
_WEEKDAYS = frozenset(_WEEKDAY_WORDS.split())
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"\b(?P<y>(?:19|20)\d{2})-(?P<m>\d{2})-(?P<d>\d{2})\b"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<n>{_MONTH})\b\.?(?:,?\s+(?P<y>(?:19|20)\d{{2}}))?",
        re.I,
    ),
    re.compile(
        rf"\b(?P<n>{_MONTH})\b\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d|:)(?:,?\s+(?P<y>(?:19|20)\d{{2}}))?", re.I
    ),
    re.compile(rf"\b(?P<n>{_MONTH})\b\.?\s+(?P<y>(?:19|20)\d{{2}})\b", re.I),
)
_NUMERIC_DATE = re.compile(r"(?<![\d./])(?P<a>\d{1,2})[./](?P<b>\d{1,2})[./](?P<y>(?:19|20)\d{2})(?![\d./]\d)")
_ABBREVIATIONS = frozenset(("e.g", "i.e", "and/or", "a.m", "p.m", "n/a"))
_TOKEN = re.compile(r"[#@]?\w+(?:[-_./:@+\\]\w+)*\+*")
_COMPOUND = re.compile(r"(?<![\w-])[A-Za-z]+-[A-Za-z]+(?![\w-])")
_CODE_WORD = re.compile(r"`([^`\s]+)`")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]*[a-zß-ÿ][\w’'-]*")


_ORDINARY_WORDS = """
long short high low well self real non pre post multi re co up on off end full part half all time term level based related
free wide like type specific old year month week day hour minute out in by to good best large small open cross sub two three
four one
"""
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""Parts of compounds that are no names."""


@dataclass(frozen=True, slots=True)
class Exact:
    """What a text states exactly."""

    quantities: frozenset[Quantity]
    dates: frozenset[tuple[int | None, int | None, int | None]]
    """Year, month, day; ``None`` where the text does not say."""
    names: frozenset[str]
    """Capitalized words inside sentences, lower case."""
    identifiers: frozenset[str]
    """Codes, paths, versions, addresses, lower case."""
    weekdays: frozenset[str]
    compounds: frozenset[str]
    """Words joined by one hyphen: names of services and ordinary words alike."""


def exact(text: str) -> Exact:
    """Return what the text states exactly. Citation markers must be gone from it."""
    # Text that was taken apart and put together again has spaces before its commas.
    text = re.sub(r"(?<=\w) +(?=[,;](?:\s|$))|\b24/7\b", "", text)
    rest, dates = _take_dates(text)
    identifiers = frozenset(_identifiers(rest))
    for identifier in sorted(identifiers, key=len, reverse=True):
        rest = re.sub(re.escape(identifier), " ", rest, flags=re.IGNORECASE)
    compounds = frozenset(match.lower() for match in _COMPOUND.findall(rest))
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", text)}
    weekdays = frozenset(day for day in _WEEKDAYS if day in words or f"{day}s" in words)
    return Exact(
        frozenset(quantities(rest)), frozenset(dates), frozenset(_names(text)), identifiers, weekdays, compounds
    )


def missing(claim: Exact, source: Exact, *, source_words: frozenset[str]) -> list[str]:
    """Return what the claim states that the source does not, in words; empty means that it all agrees.

    ``source_words`` are the words of the source and of the headings above it, in lower case.
    """
    years = {float(year) for year, _, _ in source.dates if year is not None}
    found = [
        how
        for quantity in claim.quantities
        if not (quantity.unit is None and quantity.value in years)
        and (how := difference(quantity, source.quantities)) is not None
    ]
    found += [f"date {date}" for date in claim.dates if not _is_dated(date, claim, source)]
    found += [f"day {day}" for day in claim.weekdays - source.weekdays]
    found += [f"name {name}" for name in claim.names if not _has(name, source_words)]
    found += [f"identifier {word}" for word in claim.identifiers if not _is_known(word, source_words)]
    found += [f"compound {word}" for word in claim.compounds if _is_another(word, source_words)]
    return sorted(found)


def code_words(markdown: str) -> frozenset[str]:
    """Return the single words that the text marks as code, in lower case: identifiers, whatever they look like."""
    found = [match.lower() for match in _CODE_WORD.findall(markdown) if match[:1].isalpha()]
    return frozenset(token for match in found for token in _TOKEN.findall(match))


def words(text: str) -> frozenset[str]:
    """Return the words, names and identifiers of the text in lower case, compounds both whole and in parts."""
    found: set[str] = set()
    for token in _TOKEN.findall(text.replace("’", "'")):
        lowered = token.lower()
        found |= {lowered, lowered.lstrip("#@"), *re.split(r"[-_./:@+\\#']", lowered)}
    return frozenset(found)


def _take_dates(text: str) -> tuple[str, set[tuple[int | None, int | None, int | None]]]:
    text, dates = _numeric_dates(text)
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = _MONTHS[parts["n"].lower()] if parts.get("n") else int(parts["m"])
            year, day = parts.get("y"), parts.get("d")
            dates.add((int(year) if year else None, month, int(day) if day else None))
        text = pattern.sub(" ", text)
    return text, dates


def _numeric_dates(text: str) -> tuple[str, set[tuple[int | None, int | None, int | None]]]:
    """Read ``03/04/2026`` as the 3rd of April and as the 4th of March, where both are dates: which is meant nobody can tell."""
    dates: set[tuple[int | None, int | None, int | None]] = set()
    for match in _NUMERIC_DATE.finditer(text):
        one, other, year = int(match["a"]), int(match["b"]), int(match["y"])
        dates |= {
            (year, month, day) for day, month in ((one, other), (other, one)) if 1 <= month <= 12 and 1 <= day <= 31
        }
    return _NUMERIC_DATE.sub(" ", text), dates


def _is_dated(date: tuple[int | None, int | None, int | None], claim: Exact, source: Exact) -> bool:
    year, month, day = date
    # Of a date in digits both readings are there, and one of them is enough.
    readings = [date, (year, day, month)] if (year, day, month) in claim.dates else [date]
    return any(_same_date(reading, other) for reading in readings for other in source.dates)


def _same_date(one: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    """Whether the claim's date is the source's; the claim may say less, never more."""
    return all(mine is None or mine == theirs for mine, theirs in zip(one, other, strict=True))


def _identifiers(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        pure = re.fullmatch(r"[\d.,:]+[a-zA-Z%]{0,3}|\d+(?:-[a-z]+)+|\d+(?:st|nd|rd|th)|\d{1,4}-\d{1,4}", token)
        if token.lower() in _ABBREVIATIONS:
            continue
        if (not pure and is_exact(token)) or re.fullmatch(r"v?\d+\.\d+\.\d+(?:\.\d+)*", token):
            yield token.lower()


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        word = re.sub(r"[’']s?$", "", match.group()).lower()
        if word not in _MONTHS and word.rstrip("s") not in _WEEKDAYS and word not in WORD_NUMBERS:
            yield word


def _has(name: str, source_words: frozenset[str]) -> bool:
    parts = [part for part in re.split(r"[-’']", name) if len(part) > 1]
    return name in source_words or all(_near(part, source_words) for part in parts)


def _is_known(identifier: str, source_words: frozenset[str]) -> bool:
    """Whether the identifier is there, with or without the ``v`` of a version and the ``s`` of a plural."""
    bare = identifier.lstrip("#@")
    forms = {identifier, bare, bare.removeprefix("v"), f"v{bare}", bare.removesuffix("s"), f"{bare}s"}
    if forms & source_words:
        return True
    # Words joined by hyphens or slashes are ordinary words, and written in two ways: "air-to-air", "air to air".
    parts = re.split(r"[-/]", bare)
    return (len(parts) > 2 or "/" in bare) and all(part.isalpha() and _near(part, source_words) for part in parts)


def _is_another(compound: str, source_words: frozenset[str]) -> bool:
    """Whether the source has a like compound instead: ``queue-broker`` where the claim has ``queue-worker``."""
    first, last = compound.split("-")
    if (
        {first, last} & _ORDINARY
        or compound in source_words
        or (_near(first, source_words) and _near(last, source_words))
    ):
        return False
    return any(word.startswith(f"{first}-") or word.endswith(f"-{last}") for word in source_words)


def _near(part: str, source_words: frozenset[str]) -> bool:
    """Whether the word is there, in the singular or the plural."""
    return part in source_words or f"{part}s" in source_words or (part.endswith("s") and part[:-1] in source_words)
