"""Numbers with their units, and whether two of them are one amount: 60 minutes are an hour, 45 minutes are not 45 hours."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

Bound = Literal["", "least", "most"]

_TIMES = {
    "nanosecond": 1e-9,
    "microsecond": 1e-6,
    "millisecond": 1e-3,
    "second": 1.0,
    "minute": 60.0,
    "hour": 3_600.0,
    "day": 86_400.0,
    "week": 604_800.0,
    "fortnight": 1_209_600.0,
}
_CALENDAR = {"month": 1.0, "quarter": 3.0, "year": 12.0, "decade": 120.0, "century": 1_200.0}
_LENGTHS = {"millimetre": 1e-3, "centimetre": 1e-2, "metre": 1.0, "kilometre": 1e3}
_FEET = {"inch": 1.0, "foot": 12.0, "yard": 36.0, "mile": 63_360.0}
_MASSES = {"milligram": 1e-3, "gram": 1.0, "kilogram": 1e3, "tonne": 1e6}
_BYTES = {"byte": 0, "kilobyte": 1, "megabyte": 2, "gigabyte": 3, "terabyte": 4, "petabyte": 5}
_BINARY = {"kibibyte": 1, "mebibyte": 2, "gibibyte": 3, "tebibyte": 4}
_POWER = {"watt": 1.0, "kilowatt": 1e3, "megawatt": 1e6, "gigawatt": 1e9}
_RATES = {"hertz": 1.0, "kilohertz": 1e3, "megahertz": 1e6, "gigahertz": 1e9}
_SCALED: Mapping[str, tuple[str, float]] = {
    unit: (dimension, factor)
    for dimension, units in (
        ("time", _TIMES),
        ("calendar", _CALENDAR),
        ("length", _LENGTHS),
        ("imperial length", _FEET),
        ("mass", _MASSES),
        ("power", _POWER),
        ("rate", _RATES),
    )
    for unit, factor in units.items()
}
_SPELLINGS = """
nanosecond ns | microsecond µs us | millisecond ms msec | second s sec secs | minute min mins | hour h hr hrs | day d | night
| week wk wks | fortnight | month mo | quarter | year yr yrs | decade | century centuries | percent % percentage pct | point
pp | time times fold | degree | euro € eur | dollar $ usd | pound £ gbp lb lbs quid | yen ¥ jpy | cent | penny pence | byte b
| kilobyte kb | kibibyte kib ki | megabyte mb | mebibyte mib mi | gigabyte gb | gibibyte gib gi | terabyte tb | tebibyte tib
ti | petabyte pb | bit | kilobit kbit kbps | megabit mbit mbps | gigabit gbit gbps | millimetre mm millimeter | centimetre cm
centimeter | metre m meter | kilometre km kilometer | inch inches | foot feet ft | yard yd | mile mi | gram g | milligram mg |
kilogram kg kilo | tonne ton t | ounce oz | litre l liter | millilitre ml milliliter | celsius °c | fahrenheit °f | watt w |
kilowatt kw | megawatt mw | gigawatt gw | hertz hz | kilohertz khz | megahertz mhz | gigahertz ghz | volt v | horsepower hp |
acre | hectare ha | pixel px
"""
_UNITS: Mapping[str, str] = {
    spelling: words.split()[0] for words in reversed(_SPELLINGS.split("|")) for spelling in words.split()
}
# One letter is a unit only right behind the digits: "100 s" in a table of columns, "5 m" in a list of names.
_MEASURES = frozenset(("percent", "point", "time", "euro", "dollar", "pound", "yen", *_SCALED, *_BYTES, *_BINARY))
"""Units that no number may lose or win: the names of other units are ordinary words, too."""
_SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "dozen": 12.0,
    "hundred": 1e2,
}
_SMALL_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
"""
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
WORD_NUMBERS: Mapping[str, int] = {
    **{word: value for value, word in enumerate(_SMALL_WORDS.split())},
    **{word: 20 + 10 * at for at, word in enumerate(_TENS.split("|"))},
    "once": 1,
    "twice": 2,
    "thrice": 3,
}
_FRACTIONS = (
    (re.compile(r"\b(?:one|a|1) (?:half|in two)\b|\bhalf (?:of|the|a)\b", re.I), 50.0),
    (re.compile(r"\b(?:one|a|1)[ -](?:third|in three)\b", re.I), 100 / 3),
    (re.compile(r"\b(?:two|2)[ -]thirds\b", re.I), 200 / 3),
    (re.compile(r"\b(?:one|a|1)[ -](?:quarter|fourth|in four)\b", re.I), 25.0),
    (re.compile(r"\b(?:three|3)[ -](?:quarters|fourths)\b", re.I), 75.0),
    (re.compile(r"\b(?:one|a|1)[ -](?:fifth|in five)\b", re.I), 20.0),
    (re.compile(r"\b(?:one|a|1)[ -](?:tenth|in ten)\b", re.I), 10.0),
)
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_SCALE = "k|mn|bn|tn|hundred|thousand|million|billion|trillion|dozen"
_NUMBER = re.compile(
    r"(?P<c>[€$£¥])?\s?(?<![\w.])(?P<v>\d{1,3}(?:[,\u00a0\u202f ]\d{3}(?!\d))+(?:\.\d+)?|\d+(?:[.,:]\d+)*)"
    rf"(?P<e>(?:st|nd|rd|th)\b)?(?:[\s-]?(?P<s>{_SCALE})\b)?"
    r"(?:(?P<gap>[\s\u00a0-]?)(?:(?:US|working|calendar|business|full|consecutive)[\s-])?(?P<u>%|[€$£¥]|°[CF]|µs|[A-Za-z]+))?"
    r"(?:\s(?P<p>points?)\b)?"
)
_WORD_NUMBER = re.compile(
    rf"\b(?:(?P<t>{_TENS})[ -](?P<o>{_ONES})|(?P<v>{'|'.join(WORD_NUMBERS)}))\b(?:[\s-](?P<s>{_SCALE})\b)?"
    r"(?:[\s-](?:(?:working|calendar|business|full|consecutive|US)[\s-])?(?P<u>%|[A-Za-z]+))?(?:\s(?P<p>points?)\b)?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s*(?:-|–|—|to|and|or|through|until|, or|, and|/)\s*[€$£¥]?", re.IGNORECASE)
_LEAST_BEFORE = re.compile(
    r"(?:at least|no (?:less|fewer) than|not less than|more than|over|above|exceed(?:s|ing)?|minimum(?: of)?|min\.?|greater than|"
    r"longer than|>=?|≥)\s*[€$£¥~]?$",
    re.IGNORECASE,
)
_MOST_BEFORE = re.compile(
    r"(?:at most|no more than|not more than|less than|fewer than|under|below|up to|maximum(?: of)?|max\.?|within|"
    r"not exceed(?:ing)?|no longer than|shorter than|<=?|≤)\s*[€$£¥~]?$",
    re.IGNORECASE,
)
_LEAST_AFTER = re.compile(r"\s*(?:[a-z]+ )?(?:or (?:more|longer|above|older|greater|higher)|and above|minimum)\b", re.I)
_MOST_AFTER = re.compile(r"\s*(?:[a-z]+ )?(?:or (?:less|fewer|below|shorter|younger|lower)|maximum)\b", re.I)
_ROUNDING = re.compile(
    r"(?:about|around|approximately|approx\.?|roughly|nearly|almost|some|circa|ca\.?|over|(?<!no )more than|~)\s*[€$£¥]?$",
    re.I,
)
_ROUNDED_BY = 0.05
_YEARS = (1_000, 2_100)
_NEAR = 1e-6
_SIGHT = 26
"""Characters before a number in which words that qualify it stand."""


@dataclass(frozen=True, slots=True)
class Quantity:
    value: float
    unit: str | None
    """The singular in full, ``None`` where the text names none that is known."""
    bound: Bound = field(default="", compare=False)
    rounded: bool = field(default=False, compare=False)
    """Whether the text says that it is not exact."""
    attached: bool = field(default=False, compare=False)
    """Whether the unit is one letter right behind the digits: ``25m`` are metres, minutes or millions."""


def quantities(text: str) -> list[Quantity]:
    """Return the numbers of the text in order, in digits and then in words. Dates must be gone from it."""
    return [*_in_digits(text), *_in_words(text), *_fractions(text)]


def same_amount(one: Quantity, other: Quantity) -> bool:
    """Return whether the two are one amount, in whatever units, or the first is the second rounded, and says so."""
    if one.attached and one.unit == "metre" and abs(one.value * 1e6 - other.value) <= _NEAR * other.value:
        return True
    for dimension, value in _forms(one):
        for theirs, known in _forms(other):
            if dimension == theirs and (
                abs(value - known) <= _NEAR * max(1.0, abs(known)) or (one.rounded and _rounds(value, known))
            ):
                return True
    return False


def difference(claim: Quantity, source: Collection[Quantity]) -> str | None:
    """Return how the claim's quantity differs from all of the source's, in words, or ``None`` where one of them is it."""
    same = [other for other in source if same_amount(claim, other)]
    opposite = [other for other in same if {claim.bound, other.bound} == {"least", "most"}]
    if same:
        return f"bound of {claim.value:g}" if len(opposite) == len(same) else None
    alike = [other for other in source if other.value == claim.value]
    if not alike:
        return f"number {claim.value:g}"
    # A table has its units in the head, and a number may count what the sentence names elsewhere.
    if any(other.unit is None and (claim.unit is None or claim.unit not in ("time", "point")) for other in alike):
        return None
    if claim.unit is None and not all(other.unit in _MEASURES for other in alike):
        return None
    return f"unit of {claim.value:g}: {claim.unit or 'none'}"


def number_value(word: str) -> float | None:
    """Return the value of one written number, in digits or as a word; ``None`` for anything else."""
    lowered = word.lower()
    if lowered in WORD_NUMBERS:
        return float(WORD_NUMBERS[lowered])
    return _value(lowered) if re.fullmatch(r"\d+(?:[.,]\d+)*", lowered) else None


def unit_name(word: str) -> str | None:
    """Return the name of the unit that the word is, ``None`` where it is none or a single letter."""
    return _unit(word, alone=True) if len(word) > 1 else None


def _forms(quantity: Quantity) -> Iterator[tuple[str, float]]:
    """Yield the amount by dimension. Kilobytes are of 1,000 bytes or of 1,024, which nobody says."""
    unit, value = quantity.unit, quantity.value
    if unit is not None and unit in _SCALED:
        dimension, factor = _SCALED[unit]
        yield dimension, value * factor
    elif unit in _BYTES:
        yield "bytes by 1000", value * 1000.0 ** _BYTES[unit]
        yield "bytes by 1024", value * 1024.0 ** _BYTES[unit]
    elif unit in _BINARY:
        yield "binary bytes", value * 1024.0 ** _BINARY[unit]
    else:
        yield unit or "", value
    if quantity.attached and unit == "metre":
        yield "time", value * 60


def _rounds(value: float, known: float) -> bool:
    """Whether the value is the known one with fewer digits. What may be a year is not rounded: "around 1990" is not 1993."""
    if known.is_integer() and _YEARS[0] <= known <= _YEARS[1]:
        return False
    fewer = len(f"{value:g}".strip("0.")) < len(f"{known:g}".strip("0."))
    return fewer and abs(value - known) <= _ROUNDED_BY * abs(known)


def _in_digits(text: str) -> Iterator[Quantity]:
    found: list[tuple[Quantity, int, int]] = []
    for match in _NUMBER.finditer(text):
        value = _value(match["v"])
        if value is None:
            continue
        unit = _unit(match["c"]) or ("point" if match["p"] and _unit(match["u"]) else _written_unit(match))
        value *= _SCALES[match["s"].lower()] if match["s"] else 1
        value, unit = _clock(match, value, unit)
        attached = bool(match["u"]) and len(match["u"]) == 1 and not match["gap"]
        quantity = Quantity(value, unit, *_qualified(text, match.start(), match.end()), attached)
        found.append((quantity, match.start("v"), match.end("s") if match["s"] else match.end("v")))
    # "7 to 30 days" are days twice.
    for at in range(len(found) - 2, -1, -1):
        (quantity, _, end), (following, start, _) = found[at], found[at + 1]
        if quantity.unit is None and following.unit and _BETWEEN.fullmatch(text[end:start]):
            inherited = Quantity(quantity.value, following.unit, quantity.bound, quantity.rounded)
            found[at] = (inherited, found[at][1], end)
    return iter([quantity for quantity, _, _ in found])


def _in_words(text: str) -> Iterator[Quantity]:
    for match in _WORD_NUMBER.finditer(text):
        word = match["v"]
        value = float(
            WORD_NUMBERS[word.lower()] if word else WORD_NUMBERS[match["t"].lower()] + WORD_NUMBERS[match["o"].lower()]
        )
        unit = "point" if match["p"] and _unit(match["u"]) else _unit(match["u"], alone=True)
        scale = _SCALES[match["s"].lower()] if match["s"] else 1
        # "one" is a pronoun, and "these two" counts what the source lists.
        if unit or value * scale > 2:
            yield Quantity(value * scale, unit, *_qualified(text, match.start(), match.end()))


def _fractions(text: str) -> Iterator[Quantity]:
    for pattern, percent in _FRACTIONS:
        if pattern.search(text):
            yield Quantity(percent, "percent", rounded=True)


def _written_unit(match: re.Match[str]) -> str | None:
    # "the 1990s" are no seconds, and "5th" has none.
    if match["e"] or (match["u"] == "s" and not match["gap"] and re.fullmatch(r"(?:1[0-9]|20)\d0", match["v"])):
        return None
    return _unit(match["u"], alone=bool(match["gap"]) and match["gap"] != "-")


def _unit(word: str | None, *, alone: bool = False) -> str | None:
    """Return the unit's name. Few letters that stand alone are units: "100 s", "5 m"."""
    if not word:
        return None
    lowered = word.lower()
    if alone and len(lowered) == 1 and lowered.isalpha() and lowered not in "shmg":
        return None
    return _UNITS.get(lowered) or (_UNITS.get(lowered[:-1]) if lowered.endswith("s") and len(lowered) > 2 else None)


def _clock(match: re.Match[str], value: float, unit: str | None) -> tuple[float, str | None]:
    """Read ``2 pm`` and ``2:30 pm`` as hours of the day, as ``14:30`` is."""
    suffix = (match["u"] or "").lower()
    if suffix not in ("am", "pm"):
        return value, unit
    hours = value if ":" in match["v"] else value * 100
    if suffix == "pm" and hours < 1_200:
        hours += 1_200
    return (hours - 1_200 if suffix == "am" and hours >= 1_200 else hours), None


def _qualified(text: str, start: int, end: int) -> tuple[Bound, bool]:
    before, after = text[max(0, start - _SIGHT) : start].rstrip() + " ", text[end : end + _SIGHT]
    before = before.rstrip()
    rounded = bool(_ROUNDING.search(before))
    if _MOST_BEFORE.search(before) or _MOST_AFTER.match(after):
        return "most", rounded
    if _LEAST_BEFORE.search(before) or _LEAST_AFTER.match(after):
        return "least", rounded
    return "", rounded


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
