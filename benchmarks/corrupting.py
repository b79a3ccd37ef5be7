"""Makes true statements false, one thing at a time, by rules that know nothing of how statements are checked.

Every corruption takes a statement, the words of the passages around it, and a number that decides what hash decides; it returns
the corrupted statement, or ``None`` where the statement has nothing of the kind.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_SHORT = {month[:3]: month for month in MONTHS}
_YEAR = re.compile(r"(?<![\w.,£$#/-])(1[5-9]\d\d|20\d\d)(?![\w%]|[.,]\d)")
_MONTH = re.compile(rf"\b({'|'.join([*MONTHS, *_SHORT])})\b(?=\.? \d)|(?<=\d )({'|'.join(MONTHS)})\b")
_WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_WEEKDAY = re.compile(rf"\b({'|'.join(_WEEKDAYS)})\b")
_NUMBER = re.compile(r"(?<![\w.,:/#`-])(\d+(?:,\d{3})*(?:\.\d+)?)(?![\d:/]|\.\d|-\w)")
_WORDS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_NUMBER_WORD = re.compile(rf"\b({'|'.join(_WORDS)})\b", re.IGNORECASE)
_FAMILIES = (
    ("second", "minute", "hour", "day", "week", "month", "year", "decade"),
    ("million", "billion"),
    ("kilometres", "miles", "metres"),
    ("km", "mi", "m"),
    ("MB", "GB", "TB", "KB"),
    ("dollars", "euros", "pounds"),
    ("kg", "tonnes"),
    ("percent", "times"),
)
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|can|will|should|must|may|could|would|has|have|had|does|do|did)\b(?! ?(?:not|n't|been not))",
    re.I,
)
_DENIAL = re.compile(
    r"\b(?:(is|are|was|were|does|do|did|has|have|had|could|would|should)(?:n't| not)|(ca)n't|(can)not)\b(?! only)", re.I
)
_NAME = re.compile(
    r"(?<![\w`./])(?:[A-Z][a-zà-ÿ]+|[A-Z]{2,}[a-z]*|[A-Z][a-z]+[A-Z]\w+)(?:[ -](?:[A-Z][\w]+))*(?![\w`/])"
)
_NOT_NAMES = frozenset(
    [*MONTHS, *_WEEKDAYS, *_SHORT, "I", "The", "A", "An", "If", "When", "This", "In", "It", "We", "You", "Note"]
)


@dataclass(frozen=True)
class Surroundings:
    """What a corruption may borrow from."""

    passage: str
    """The passage that the statement is true of, as words."""
    evidence: str
    """All passages together."""
    foreign_names: Sequence[str]
    """Names of other documents, none of them in the evidence."""
    foreign_sentences: Sequence[str]
    """Sentences of other documents that are near in words, none of them in the evidence."""
    title: str


def names_in(text: str) -> list[tuple[int, int]]:
    """Return the spans of names: runs of capitalised words that do not begin the sentence."""
    return [
        match.span()
        for match in _NAME.finditer(text)
        if match.start() > 0 and text[: match.start()].rstrip()[-1:] not in ".!?:*" and match.group() not in _NOT_NAMES
    ]


def number(text: str, around: Surroundings, pick: int) -> str | None:
    years = [match.span() for match in _YEAR.finditer(text)]
    found = [
        m
        for m in _NUMBER.finditer(text)
        if m.span() not in years and not _MONTH.search(text[max(0, m.start() - 12) : m.end() + 11])
    ]
    if not found:
        words = list(_NUMBER_WORD.finditer(text))
        if not words:
            return None
        match = words[pick % len(words)]
        other = _WORDS[(_WORDS.index(match[1].lower()) + 1 + pick % 9) % len(_WORDS)]
        return _put(text, match.span(), other.title() if match[1][0].isupper() else other)
    match = found[pick % len(found)]
    elsewhere = [m[1] for m in _NUMBER.finditer(around.passage) if m[1] != match[1] and m[1] not in text]
    if elsewhere and pick % 3 == 0:
        return _put(text, match.span(), elsewhere[pick % len(elsewhere)])
    return _put(text, match.span(), _other_digits(match[1], pick))


def name(text: str, around: Surroundings, pick: int) -> str | None:
    spans = names_in(text)
    if not spans or not around.foreign_names:
        return None
    return _put(text, spans[pick % len(spans)], around.foreign_names[pick % len(around.foreign_names)])


def negation(text: str, _around: Surroundings, pick: int) -> str | None:
    denials = list(_DENIAL.finditer(text))
    if denials:
        match = denials[pick % len(denials)]
        kept = match[1] or "can"
        return _put(text, match.span(), kept)
    found = list(_AUXILIARY.finditer(text))
    if not found:
        return None
    # The first is most often the main clause's.
    match = found[0]
    return text[: match.end()] + " not" + text[match.end() :]


def date(text: str, _around: Surroundings, pick: int) -> str | None:
    months, years, weekdays = (list(pattern.finditer(text)) for pattern in (_MONTH, _YEAR, _WEEKDAY))
    choices: list[tuple[tuple[int, int], str]] = []
    for match in months:
        name = match[1] or match[2]
        full = _SHORT.get(name, name)
        other = MONTHS[(MONTHS.index(full) + 1 + pick % 11) % 12]
        choices.append((match.span(), other if name == full else other[:3]))
    choices += [(match.span(), str(int(match[1]) + (1, -1, 2, -3, 10, -10)[pick % 6])) for match in years]
    choices += [(m.span(), _WEEKDAYS[(_WEEKDAYS.index(m[1]) + 1 + pick % 6) % 7]) for m in weekdays]
    return _put(text, *choices[pick % len(choices)]) if choices else None


def unit(text: str, _around: Surroundings, pick: int) -> str | None:
    choices: list[tuple[tuple[int, int], str]] = []
    for family in _FAMILIES:
        pattern = (
            rf"(?<=[\d\w] |[\d]-)({'|'.join(family)})(s?)\b"
            if family[0] == "second"
            else rf"(?<=[\d] )({'|'.join(family)})()\b"
        )
        for match in re.finditer(pattern, text):
            before = text[: match.start()].split()[-1:] or [""]
            if re.fullmatch(r"[\d.,]+-?", before[0].split("-")[0]) or before[0].lower() in _WORDS:
                others = [each for each in family if each != match[1]]
                choices.append((match.span(), others[pick % len(others)] + match[2]))
    choices += [(m.span(), " times" if pick % 2 else " points") for m in re.finditer(r"(?<=\d)%", text)]
    choices += [(m.span(), "€" if m.group() != "€" else "$") for m in re.finditer(r"[£$€](?=\d)", text)]
    return _put(text, *choices[pick % len(choices)]) if choices else None


def swapped(text: str, around: Surroundings, pick: int) -> str | None:
    """Let two names change places, or put another name of the same passage in one's place."""
    spans = names_in(text)
    pairs = [
        (one, other)
        for place, one in enumerate(spans)
        for other in spans[place + 1 :]
        if text[slice(*one)] != text[slice(*other)] and _is_no_list(text[one[1] : other[0]])
    ]
    inside = {around.passage[slice(*span)] for span in names_in(around.passage)}
    others = sorted(n for n in inside if n not in text and not any(part in text for part in n.split()))
    if pairs and (pick % 2 or not others):
        one, other = pairs[pick % len(pairs)]
        return text[: one[0]] + text[slice(*other)] + text[one[1] : other[0]] + text[slice(*one)] + text[other[1] :]
    if not spans or not others:
        return None
    return _put(text, spans[pick % len(spans)], others[pick % len(others)])


def invented(_text: str, around: Surroundings, pick: int) -> str | None:
    """Return something near in its words that the evidence does not say: another document's sentence, of this title at times."""
    if not around.foreign_sentences:
        return None
    sentence = around.foreign_sentences[pick % len(around.foreign_sentences)]
    if (
        around.title
        and pick % 2
        and (
            match := re.match(
                r"(?:The |An? |It |This )?[\w -]{2,30}? (?=is |are |was |were |can |has |will )", sentence
            )
        )
    ):
        return f"{around.title} {sentence[match.end() :]}"
    return sentence


CORRUPTIONS: Mapping[str, Callable[[str, Surroundings, int], str | None]] = {
    "number": number,
    "name": name,
    "negation": negation,
    "date": date,
    "unit": unit,
    "swapped entity": swapped,
    "invented sentence": invented,
}


def _put(text: str, span: tuple[int, int], other: str) -> str:
    return text[: span[0]] + other + text[span[1] :]


def _other_digits(number: str, pick: int) -> str:
    digits = [place for place, character in enumerate(number) if character.isdigit()]
    place = digits[pick % len(digits)]
    changed = str((int(number[place]) + 1 + pick % 8) % 10)
    if place == 0 and changed == "0":
        changed = "7" if number[0] != "7" else "3"
    return number[:place] + changed + number[place + 1 :]


def _is_no_list(between: str) -> bool:
    """Whether the words between two names let them play different parts."""
    return (
        not re.fullmatch(r"(?:[\s,&/]|and|or|the|an?|of|in|some|as well as|[A-Z]\w+)*", between)
        and " " in between.strip()
    )
