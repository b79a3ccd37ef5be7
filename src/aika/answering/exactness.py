"""What must be the same in a sentence and its source, word for word: numbers, units, dates, names, identifiers, negation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

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
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
_WORD_NUMBERS = {word: number for number, word in enumerate(_NUMBER_WORDS.split())} | {
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "once": 1,
    "twice": 2,
}
_UNITS = {
    "ms": "millisecond",
    "millisecond": "millisecond",
    "s": "second",
    "sec": "second",
    "second": "second",
    "min": "minute",
    "minute": "minute",
    "h": "hour",
    "hr": "hour",
    "hour": "hour",
    "day": "day",
    "week": "week",
    "month": "month",
    "year": "year",
    "quarter": "quarter",
    "night": "night",
    "%": "percent",
    "percent": "percent",
    "€": "euro",
    "eur": "euro",
    "euro": "euro",
    "$": "dollar",
    "usd": "dollar",
    "dollar": "dollar",
    "£": "pound",
    "gbp": "pound",
    "pound": "pound",
    "b": "byte",
    "byte": "byte",
    "kb": "kilobyte",
    "kib": "kibibyte",
    "mb": "megabyte",
    "megabyte": "megabyte",
    "mib": "mebibyte",
    "gb": "gigabyte",
    "gigabyte": "gigabyte",
    "gib": "gibibyte",
    "tb": "terabyte",
    "terabyte": "terabyte",
    "mm": "millimetre",
    "cm": "centimetre",
    "m": "metre",
    "meter": "metre",
    "metre": "metre",
    "km": "kilometre",
    "kg": "kilogram",
    "°c": "celsius",
}
_SCALES = {
    "k": 1_000,
    "thousand": 1_000,
    "million": 1_000_000,
    "m": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
}

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
_NUMBER = re.compile(
    r"(?P<c>[€$£])?\s?(?<![\w.])(?P<v>\d{1,3}(?:[,\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:[.,:]\d+)*)"
    r"(?:\s?(?P<s>k|bn|thousand|million|billion)\b)?(?:[\s\u00a0-]?(?P<u>%|[€$£]|°C|[A-Za-z]+))?"
)
_WORD_NUMBER = re.compile(
    rf"\b(?P<v>{'|'.join(_WORD_NUMBERS)})\b(?:[\s-](?:working |calendar |business |full )?(?P<u>[a-z]+))?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[#@]?\w+(?:[-_./:@+\\]\w+)*\+*")
_COMPOUND = re.compile(r"(?<![\w-])[A-Za-z]+-[A-Za-z]+(?![\w-])")
_CODE_WORD = re.compile(r"`([^`\s]+)`")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)\b[A-ZÀ-Þ][\w’'-]*[a-zß-ÿ][\w’'-]*")


@dataclass(frozen=True, slots=True)
class Quantity:
    value: float
    unit: str | None


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
    rest, dates = _take_dates(text)
    identifiers = frozenset(_identifiers(rest))
    for identifier in sorted(identifiers, key=len, reverse=True):
        rest = re.sub(re.escape(identifier), " ", rest, flags=re.IGNORECASE)
    compounds = frozenset(match.lower() for match in _COMPOUND.findall(rest))
    words = {word.lower() for word in re.findall(r"[A-Za-z]+", text)}
    weekdays = frozenset(day for day in _WEEKDAYS if day in words or f"{day}s" in words)
    return Exact(
        frozenset(_quantities(rest)), frozenset(dates), frozenset(_names(text)), identifiers, weekdays, compounds
    )


def missing(claim: Exact, source: Exact, *, source_words: frozenset[str]) -> list[str]:
    """Return what the claim states that the source does not, in words; empty means that it all agrees.

    ``source_words`` are the words of the source and of the headings above it, in lower case.
    """
    found: list[str] = []
    values = {quantity.value for quantity in source.quantities}
    values |= {float(part) for date in source.dates for part in date if part is not None}
    for quantity in claim.quantities:
        units = {other.unit for other in source.quantities if other.value == quantity.value}
        if quantity.value not in values:
            found.append(f"number {quantity.value:g}")
        elif quantity.unit and units and None not in units and quantity.unit not in units:
            found.append(f"unit of {quantity.value:g}: {quantity.unit}")
    found += [f"date {date}" for date in claim.dates if not any(_same_date(date, other) for other in source.dates)]
    found += [f"day {day}" for day in claim.weekdays - source.weekdays]
    found += [f"name {name}" for name in claim.names if not _has(name, source_words)]
    found += [f"identifier {word}" for word in claim.identifiers if word not in source_words]
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
    dates: set[tuple[int | None, int | None, int | None]] = set()
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = _MONTHS[parts["n"].lower()] if parts.get("n") else int(parts["m"])
            year, day = parts.get("y"), parts.get("d")
            dates.add((int(year) if year else None, month, int(day) if day else None))
        text = pattern.sub(" ", text)
    return text, dates


def _same_date(one: tuple[int | None, ...], other: tuple[int | None, ...]) -> bool:
    """Whether the claim's date is the source's; the claim may say less, never more."""
    return all(mine is None or mine == theirs for mine, theirs in zip(one, other, strict=True))


def _identifiers(text: str) -> Iterator[str]:
    for token in _TOKEN.findall(text):
        pure = re.fullmatch(r"[\d.,:]+[a-zA-Z%]{0,3}|\d+(?:-[a-z]+)+|\d+(?:st|nd|rd|th)", token)
        if (not pure and is_exact(token)) or re.fullmatch(r"v?\d+\.\d+\.\d+(?:\.\d+)*", token):
            yield token.lower()


def _quantities(text: str) -> Iterator[Quantity]:
    for match in _NUMBER.finditer(text):
        value = _value(match["v"])
        if value is None:
            continue
        scale = _SCALES[match["s"].lower()] if match["s"] else 1
        yield Quantity(value * scale, _unit(match["c"]) or _unit(match["u"]))
    for match in _WORD_NUMBER.finditer(text):
        value = float(_WORD_NUMBERS[match["v"].lower()])
        unit = _unit(match["u"])
        # "one" alone is a pronoun; numbers without a unit in words are too common to hold against a sentence.
        if unit or value > 2:
            yield Quantity(value, unit)


def _value(digits: str) -> float | None:
    if ":" in digits:
        hours, _, minutes = digits.partition(":")
        # An address with a port is no time.
        return float(hours) * 100 + float(minutes[:2]) if hours.isdigit() and minutes[:2].isdigit() else None
    compact = re.sub(r"[\u00a0\u202f ]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", compact):
        compact = compact.replace(",", "")
    compact = compact.replace(",", ".")
    try:
        return float(compact)
    except ValueError:
        return None


def _unit(word: str | None) -> str | None:
    if not word:
        return None
    lowered = word.lower()
    return _UNITS.get(lowered) or (_UNITS.get(lowered[:-1]) if lowered.endswith("s") else None)


def _names(text: str) -> Iterator[str]:
    for match in _NAME.finditer(text):
        word = re.sub(r"[’']s?$", "", match.group()).lower()
        if word not in _MONTHS and word.rstrip("s") not in _WEEKDAYS and word not in _WORD_NUMBERS:
            yield word


def _has(name: str, source_words: frozenset[str]) -> bool:
    parts = [part for part in re.split(r"[-’']", name) if len(part) > 1]
    return name in source_words or all(_near(part, source_words) for part in parts)


def _is_another(compound: str, source_words: frozenset[str]) -> bool:
    """Whether the source has a like compound instead: ``queue-broker`` where the claim has ``queue-worker``."""
    first, last = compound.split("-")
    if compound in source_words or (_near(first, source_words) and _near(last, source_words)):
        return False
    return any(word.startswith(f"{first}-") or word.endswith(f"-{last}") for word in source_words)


def _near(part: str, source_words: frozenset[str]) -> bool:
    """Whether the word is there, in the singular or the plural."""
    return part in source_words or f"{part}s" in source_words or (part.endswith("s") and part[:-1] in source_words)
