"""What a sentence states exactly and another one can state otherwise: quantities, dates, versions, channels, owners."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from aika.answering.exactness import exact
from aika.domain.facts import name_key


class Sort(StrEnum):
    """What can be compared. Values of different sorts never contradict one another."""

    QUANTITY = "quantity"
    DATE = "date"
    TIME = "time"
    WEEKDAY = "weekday"
    VERSION = "version"
    CHANNEL = "channel"
    ADDRESS = "address"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a text."""

    sort: Sort
    unit: str
    """What it counts or measures, or whose version it is. Values of different units are not compared."""
    key: str
    """Equal for two spellings of one value."""
    amount: float
    """Of a quantity in its base unit, 0 of all others."""
    start: int
    end: int
    """Character offsets into the text; ``end`` is exclusive."""
    bound: str = ""
    """``least``, ``most``, ``over`` or ``under`` where the text gives a limit or a threshold."""


_TOLERANCE = 0.06
"""Of two quantities that are written in different units: a month is 30 days to most people."""

_DURATIONS = {
    "millisecond": 0.001,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3_600.0,
    "day": 86_400.0,
    "night": 86_400.0,
    "week": 604_800.0,
    "month": 2_629_800.0,
    "quarter": 7_889_400.0,
    "year": 31_557_600.0,
}
_SIZES = {
    "byte": 1.0,
    "kilobyte": 1e3,
    "kibibyte": 1024.0,
    "megabyte": 1e6,
    "mebibyte": 1024.0**2,
    "gigabyte": 1e9,
    "gibibyte": 1024.0**3,
    "terabyte": 1e12,
}
_MONTH_WORDS = "january february march april may june july august september october november december"
_MONTHS = _MONTH_WORDS.split()
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)"
)
_WORD_NUMBER = (
    r"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|"
    r"nineteen|twenty|thirty|forty|fifty|sixty|ninety|hundred"
)
_NUMBER = r"\d{1,3}(?:[, \u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"

_PATTERNS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (Sort.ADDRESS, re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (Sort.CHANNEL, re.compile(r"(?<![\w/&#(.'\"=-])#(?=[a-z])(?![0-9a-f]{3}\b|[0-9a-f]{6}\b)[a-z][\w-]{2,}(?![\w(])")),
    (
        Sort.DATE,
        re.compile(
            rf"\b(?:(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)"
            rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<n2>{_MONTH})\b\.?(?:,?\s+(?P<y2>(?:19|20)\d\d))?"
            rf"|(?P<n3>{_MONTH})\.?\s+(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\b(?![\d:.]\d)(?:,?\s+(?P<y3>(?:19|20)\d\d))?"
            rf"|(?P<n4>{_MONTH})\.?\s+(?P<y4>(?:19|20)\d\d))\b",
            re.IGNORECASE,
        ),
    ),
    (
        Sort.TIME,
        re.compile(
            r"(?<![\w.:-])(?:(?P<h>[01]?\d|2[0-3])[:.](?P<m>[0-5]\d)(?:\s?(?P<p>[ap])\.?m\b\.?)?|(?P<h2>1[0-2]|0?[1-9])\s?(?P<p2>[ap])\.?m\b\.?)"
            r"(?![\w:]|\.\d)",
            re.IGNORECASE,
        ),
    ),
    (Sort.WEEKDAY, re.compile(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b")),
    (
        Sort.VERSION,
        re.compile(
            r"(?<![\w./-])(?P<n>[A-Z][\w.+#-]*[\w+#]|[a-z]+[A-Z]\w+)\s+(?:[Vv]ersions?\s+|[Vv]\.?\s?)?"
            r"(?P<v>\d{1,3}(?:\.(?:\d{1,4}|x))*)(?![\w%:]|[.,]\d|\s*[-–/]\s*\d|\s+(?:%|[AaPp]\.?[Mm]\b))"
        ),
    ),
    (
        Sort.OWNER,
        re.compile(
            r"\b(?:is|are|currently|now)\s+(?:owned|maintained|run|operated|managed|looked after)\s+by\s+"
            r"(?:the\s+|team\s+)?(?P<o>@?[A-Z`][\w`'’./&-]*(?:\s+(?:[A-Z&][\w'’/&-]*|and(?=\s[A-Z])))*)"
        ),
    ),
    (
        Sort.QUANTITY,
        re.compile(
            rf"(?:(?P<c>[€$£])\s?)?(?<![\w.,:/#@~^=<>_-])(?P<v>{_NUMBER}|(?:{_WORD_NUMBER})\b(?!-))(?![\w]*[_/@=]|[.:]\d)"
            r"(?:\s?(?P<k>k|bn|thousand|million|billion)\b)?"
            r"(?:[\s\u00a0-]{0,2}(?P<a>working|business|calendar|consecutive|full|clear|unpaid|paid)\b)?"
            r"(?:[\s\u00a0-]{0,2}(?P<u>%|[€$£]|°C|[A-Za-z]+\b))?",
            re.IGNORECASE,
        ),
    ),
)
_NO_PRODUCT_WORDS = """
section figure table step chapter part phase page issue level severity tier day week priority article note option stage appendix
line annex top about over the release version milestone rfc adr kep pep iso port error http status code no number only all at in
on by to from up after before until between around approximately room floor q quarter sev p run goal item rule question example
case grade zone point exit utc gmt bst pr round sprint group class every within least most each or and than for with if when per
since wave copyright principle tip pull
"""
_NO_PRODUCT = frozenset((*_MONTHS, *(month[:3] for month in _MONTHS), *_NO_PRODUCT_WORDS.split()))
_NO_UNIT_WORDS = """
of and or to in the a an is are was were for on at by from with as if when that which per out than then but not no be can will
may must should it its this these those more less other others new different main key following such so same has have had who x
th st nd rd am pm utc gmt bst v until through via into after before each both all most very
"""
_NO_UNIT = frozenset(_NO_UNIT_WORDS.split())
_BOUNDS = (
    (
        "least",
        re.compile(r"(?:at least|minimum(?: of)?|no (?:less|fewer) than|not (?:less|fewer) than)\W*$", re.IGNORECASE),
    ),
    (
        "most",
        re.compile(
            r"(?:at most|maximum(?: of)?|up to|(?:no|not) (?:more|later|longer) than|within|until)\W*$", re.IGNORECASE
        ),
    ),
    ("over", re.compile(r"(?:more than|over|above|older than|longer than|exceeds?)\W*$", re.IGNORECASE)),
    ("under", re.compile(r"(?:less than|fewer than|under|below|younger than)\W*$", re.IGNORECASE)),
)


def same_value(one: Value, other: Value) -> bool:
    """Return whether two values of one sort and unit are one."""
    if one.key == other.key:
        return True
    if one.sort is Sort.DATE:
        return all(
            not mine or not theirs or mine == theirs for mine, theirs in zip(_parts(one), _parts(other), strict=True)
        )
    if one.sort is Sort.OWNER:
        return one.key in other.key or other.key in one.key
    if one.sort is Sort.VERSION:
        # "PostgreSQL 14" and "PostgreSQL 14.2" agree.
        return _begins(one.key, other.key) or _begins(other.key, one.key)
    larger = max(abs(one.amount), abs(other.amount))
    written_alike = one.key.partition(" ")[2] == other.key.partition(" ")[2]
    return not written_alike and larger > 0 and abs(one.amount - other.amount) <= _TOLERANCE * larger


def values_in(text: str) -> list[Value]:
    """Return the values of a text in order. They do not overlap."""
    found: list[Value] = []
    taken: list[tuple[int, int]] = []
    for sort, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            value = _READERS[sort](text, match)
            if value is None or any(low < value.end and value.start < high for low, high in taken):
                continue
            taken.append((value.start, value.end))
            found.append(value)
    return sorted(found, key=lambda value: value.start)


def _parts(value: Value) -> list[str]:
    return value.key.split("-")


def _begins(short: str, long: str) -> bool:
    return long.startswith(f"{short}.")


def _named(sort: Sort) -> Callable[[str, re.Match[str]], Value]:
    def read(_: str, match: re.Match[str]) -> Value:
        return Value(sort, "", match.group().lower().rstrip("."), 0.0, *match.span())

    return read


def _date(_: str, match: re.Match[str]) -> Value | None:
    parts = {name[0]: text for name, text in match.groupdict().items() if text}
    month = parts.get("m") or str(_month(parts["n"]))
    if int(month) > 12 or int(parts.get("d", "1")) > 31:
        return None
    key = f"{parts.get('y', '')}-{int(month)}-{int(parts['d']) if 'd' in parts else ''}"
    return Value(Sort.DATE, "", key, 0.0, *match.span())


def _month(name: str) -> int:
    return next(number for number, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower()[:3]))


def _time(_: str, match: re.Match[str]) -> Value | None:
    half = (match["p"] or match["p2"] or "").lower()
    if "." in match.group() and not half:
        return None  # a decimal number
    hour = int(match["h"] or match["h2"])
    if half == "p" and hour < 12:
        hour += 12
    elif half == "a" and hour == 12:
        hour = 0
    return Value(Sort.TIME, "", f"{hour}:{match['m'] or '00'}", 0.0, *match.span())


def _weekday(_: str, match: re.Match[str]) -> Value:
    return Value(Sort.WEEKDAY, "", match.group().lower().rstrip("s"), 0.0, *match.span())


def _version(text: str, match: re.Match[str]) -> Value | None:
    name, version = match["n"], match["v"]
    if name.lower().rstrip(".s") in _NO_PRODUCT or name.lower() in _NO_PRODUCT:
        return None
    if "." not in version:
        first = not text[: match.start()].strip() or text[: match.start()].rstrip()[-1:] in ".!?:"
        following = re.match(r"\s+([a-z]+)", text[match.end() :])
        counts = following is not None and following[1] not in _NO_UNIT and following[1].endswith("s")
        # "Send 3 reminders" and "In 2019" give no version.
        if (first and name[1:].islower()) or counts or len(version) > 2:
            return None
    return Value(Sort.VERSION, name_key(name), version.removesuffix(".x"), 0.0, match.start("v"), match.end("v"))


def _owner(_: str, match: re.Match[str]) -> Value | None:
    words = [
        word for word in re.findall(r"[\w'’-]+", match["o"]) if word.lower() not in ("team", "squad", "group", "the")
    ]
    key = name_key(" ".join(words))
    return Value(Sort.OWNER, "", key, 0.0, match.start("o"), match.end("o")) if len(key) > 1 else None


def _quantity(text: str, match: re.Match[str]) -> Value | None:
    word = (match["u"] or "").lower()
    unit_text = match["c"] or (match["u"] or "")
    known = next(iter(exact(f"{match['c'] or ''}{match['v']}{match['k'] or ''} {word}").quantities), None)
    if known is None:
        return None
    unit = known.unit
    end = match.end() if match["u"] and not match["c"] else match.end("k") if match["k"] else match.end("v")
    if unit is None:
        if not word.isalpha() or len(word) < 3 or word in _NO_UNIT:
            return None
        unit = f"#{word[:-1] if word.endswith('s') else word}"
    elif unit in ("byte", "second", "metre") and len(unit_text) == 1 and unit_text not in "smB":
        return None
    working = "working " if (match["a"] or "").lower() in ("working", "business") else ""
    amount, dimension = quantity(known.value, unit)
    before = text[max(0, match.start() - 30) : match.start()]
    bound = next((name for name, pattern in _BOUNDS if pattern.search(before)), "")
    key = f"{known.value:.10g} {working}{unit}"
    return Value(Sort.QUANTITY, f"{working}{dimension}", key, amount, match.start(), end, bound)


def quantity(value: float, unit: str) -> tuple[float, str]:
    """Return the amount in the base unit of what the unit measures, and what that is."""
    if unit in _DURATIONS:
        return value * _DURATIONS[unit], "duration"
    if unit in _SIZES:
        return value * _SIZES[unit], "size"
    return value, unit


_READERS: dict[Sort, Callable[[str, re.Match[str]], Value | None]] = {
    Sort.ADDRESS: _named(Sort.ADDRESS),
    Sort.CHANNEL: _named(Sort.CHANNEL),
    Sort.DATE: _date,
    Sort.TIME: _time,
    Sort.WEEKDAY: _weekday,
    Sort.VERSION: _version,
    Sort.OWNER: _owner,
    Sort.QUANTITY: _quantity,
}
