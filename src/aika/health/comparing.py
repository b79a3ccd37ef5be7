"""Whether two statements are about the same matter and give it another value.

Words alone decide, so that the same two statements always compare the same way. What differs must be a value (a number, a
date, a version, a name, an identifier) or a denial; two sentences that differ in what they are about do not disagree.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from aika.answering.display import plain
from aika.answering.exactness import exact
from aika.answering.polarity import contradicts
from aika.answering.questions import is_exact
from aika.protocols import Analyzer

_TOKEN = re.compile(
    r"[€$£]?\d{1,3}(?:,\d{3})+(?:\.\d+)?%?|[€$£]?\d+(?:[.:]\d+)*%?(?![\w-])|[#@]?\w+(?:[-_./:@+\\'’]+\w+)*(?:\+\+|%)?"
)
_NUMBER = re.compile(r"[€$£]?\d+(?:[.,:]\d+)*(?:%|st|nd|rd|th|[a-z]{1,2})?", re.IGNORECASE)
_VERSION = re.compile(r"v?\d+(?:\.\d+){1,3}(?:-?(?:alpha|beta|rc)\d*)?|v\d+(?:(?:alpha|beta)\d*)?", re.IGNORECASE)
_MONTHS = "january february march april may june july august september october november december"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_CALENDAR = frozenset(f"{_MONTHS} {_DAYS} jan feb mar apr jun jul aug sep sept oct nov dec".split())
_COUNT_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty ninety hundred once twice"
)
_COUNTS = frozenset(_COUNT_WORDS.split())
_RHYTHM_WORDS = "hourly daily weekly fortnightly monthly quarterly yearly annually"
_RHYTHMS = frozenset(_RHYTHM_WORDS.split())
# A value is a few words at most; what is longer is another wording.
_LONGEST_VALUE = 6
_FEWEST_WORDS, _FEWEST_OF_COPIES = 3, 2
# Chosen by reading pairs of sentences of real pages: a number stands for itself, a name may be what the sentence is about.
_LIKE_BY_NUMBER, _LIKE_BY_NAME, _LIKE_BY_DENIAL = 0.6, 0.75, 0.8
_MOST_CHANGES = 2


class Differing(StrEnum):
    """In what two statements differ."""

    NUMBER = "number"
    DATE = "date"
    VERSION = "version"
    NAME = "name"
    IDENTIFIER = "identifier"
    DENIAL = "denial"


@dataclass(frozen=True, slots=True)
class Difference:
    """Two statements of one matter, and in what they differ."""

    kind: Differing
    mine: str
    """Verbatim from the first statement; empty for a denial."""
    theirs: str
    """Verbatim from the second."""
    start: int
    end: int
    """Where ``mine`` stands in the first statement."""
    matter: tuple[str, ...]
    """The words that both share, sorted: what the difference is about."""
    likeness: float
    """0..1: how much of the shorter statement, values aside, the other one has."""
    alone: bool = True
    """Whether nothing else that is exact differs."""


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    kind: Differing | None

    @property
    def key(self) -> str:
        return self.text.lower().replace("’", "'")


@dataclass(frozen=True, slots=True)
class _Change:
    mine: tuple[_Token, ...]
    theirs: tuple[_Token, ...]
    kind: Differing


def difference(
    one: str, other: str, analyzer: Analyzer, *, fixed: frozenset[str] = frozenset(), least: float = 0.0
) -> Difference | None:
    """Return in what two statements of the same matter differ; ``None`` where they agree or are about other things.

    ``fixed`` are words in lower case in which they must not differ: the names and numbers of the question that both are to
    answer. ``least`` raises the likeness that is asked for.
    """
    mine, theirs = tokens(one), tokens(other)
    if not mine or not theirs or [token.key for token in mine] == [token.key for token in theirs]:
        return None
    changes = _changes(mine, theirs)
    if any(_touches(change, fixed) for change in changes):
        return None
    shared, likeness = _shared(mine, theirs, changes, analyzer)
    if len(shared) < (_FEWEST_WORDS if likeness < 1 else _FEWEST_OF_COPIES):
        return None
    found = _by_value(one, mine, theirs, changes) or _by_quantity(one, other, mine) or _by_denial(one, other, analyzer)
    if found is None or likeness < max(least, _needed(found.kind)):
        return None
    first, last = (found.mine[0].start, found.mine[-1].end) if found.mine else (0, 0)
    return Difference(
        found.kind,
        one[first:last],
        " ".join(token.text for token in found.theirs),
        first,
        last,
        tuple(sorted(shared)),
        likeness,
        len(changes) <= 1,
    )


def tokens(text: str) -> list["_Token"]:
    """Return the words, names, numbers and identifiers of a text with their places."""
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        word = match.group().rstrip("_")
        if word:
            begins = not found or text[: match.start()].rstrip(" *_\"'`([").endswith((".", "!", "?", ":"))
            found.append(_Token(word, match.start(), match.start() + len(word), _kind(word, begins=begins)))
    return found


def values(text: str) -> frozenset[str]:
    """Return the values that a text states, in lower case: numbers, dates, versions, names and identifiers."""
    return frozenset(token.key for token in tokens(text) if token.kind is not None)


def _kind(word: str, *, begins: bool) -> Differing | None:
    kind = next((kind for kind, is_one in _KINDS if is_one(word)), None)
    # The first word of a sentence has a capital anyway.
    return None if kind is Differing.NAME and begins else kind


def _is_date(word: str) -> bool:
    named = word.lower() in _CALENDAR and (word[:1].isupper() or word not in ("may", "march", "sun", "mar"))
    return named or bool(re.fullmatch(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?", word))


def _is_version(word: str) -> bool:
    return bool(_VERSION.fullmatch(word)) and not re.fullmatch(r"\d+\.\d+", word)


def _is_number(word: str) -> bool:
    return word.lower() in _COUNTS or word.lower() in _RHYTHMS or bool(_NUMBER.fullmatch(word))


_KINDS: tuple[tuple[Differing, Callable[[str], bool]], ...] = (
    (Differing.DATE, _is_date),
    (Differing.VERSION, _is_version),
    (Differing.NUMBER, _is_number),
    (Differing.IDENTIFIER, is_exact),
    (Differing.NAME, lambda word: word[:1].isupper()),
)


def _changes(mine: Sequence[_Token], theirs: Sequence[_Token]) -> list[_Change]:
    """Return the aligned places in which the two have other values."""
    matcher = SequenceMatcher(None, [token.key for token in mine], [token.key for token in theirs], autojunk=False)
    found: list[_Change] = []
    for tag, low, high, start, end in matcher.get_opcodes():
        if tag != "replace" or max(high - low, end - start) > _LONGEST_VALUE:
            continue
        here, there = _valued(mine[low:high]), _valued(theirs[start:end])
        if not here or not there:
            continue
        kinds = [token.kind for token in (*here, *there) if token.kind is not None]
        found.append(_Change(here, there, min(kinds, key=_RANKS.index)))
    return found


_RANKS = (Differing.NUMBER, Differing.DATE, Differing.VERSION, Differing.IDENTIFIER, Differing.NAME, Differing.DENIAL)


def _valued(some: Sequence[_Token]) -> tuple[_Token, ...]:
    """Return the tokens from the first value to the last, nothing where there is none."""
    places = [place for place, token in enumerate(some) if token.kind is not None]
    return tuple(some[places[0] : places[-1] + 1]) if places else ()


def _touches(change: _Change, fixed: frozenset[str]) -> bool:
    return any(token.key in fixed or token.key.lstrip("#@") in fixed for token in (*change.mine, *change.theirs))


def _shared(
    mine: Sequence[_Token], theirs: Sequence[_Token], changes: Sequence[_Change], analyzer: Analyzer
) -> tuple[frozenset[str], float]:
    changed = {token for change in changes for token in (*change.mine, *change.theirs)}

    def terms(side: Sequence[_Token]) -> frozenset[str]:
        kept = (t.text for t in side if t not in changed and t.kind not in (Differing.NUMBER, Differing.DATE))
        return frozenset(analyzer.terms(" ".join(kept)))

    here, there = terms(mine), terms(theirs)
    shared = here & there
    smaller = min(len(here), len(there))
    return shared, len(shared) / smaller if smaller else 0.0


def _by_value(one: str, mine: Sequence[_Token], theirs: Sequence[_Token], changes: Sequence[_Change]) -> _Change | None:
    """Return the change of value, where the two differ in nothing else that is exact."""
    if not changes or len(changes) > _MOST_CHANGES:
        return None
    best = min(changes, key=lambda change: (_RANKS.index(change.kind), change.mine[0].start))
    if not _comparable(best):
        return None
    rest = [change for change in changes if change is not best]
    names = (Differing.NAME, Differing.IDENTIFIER)
    # With another name in place of a name, the other value is of another thing.
    if any(change.kind in names for change in rest) or _crossed(mine, theirs, changes):
        return None
    return None if _is_label(one, mine, best) or _opens(one, mine, best) else best


def _is_label(text: str, mine: Sequence[_Token], change: _Change) -> bool:
    """Whether it only numbers the statement: ``Step 2:``."""
    return change.mine[0] in mine[:2] and text[change.mine[-1].end :].lstrip(" *_`")[:1] in (":", ")")


def _opens(text: str, mine: Sequence[_Token], change: _Change) -> bool:
    """Whether it is the name that the statement begins with: what it is about."""
    named = change.kind in (Differing.NAME, Differing.IDENTIFIER)
    return named and change.mine[0] in mine[:2] and not text[: change.mine[0].start].strip(" *_-")


def _comparable(change: _Change) -> bool:
    """Whether both sides are values of one sort: ``3`` against ``five``, never ``3`` against ``Friday``."""
    kinds = [{token.kind for token in side if token.kind} for side in (change.mine, change.theirs)]
    numeric = {Differing.NUMBER, Differing.VERSION}
    worded = {Differing.NAME, Differing.IDENTIFIER}
    return bool(kinds[0] & kinds[1]) or any(kinds[0] & sort and kinds[1] & sort for sort in (numeric, worded))


def _crossed(mine: Sequence[_Token], theirs: Sequence[_Token], changes: Sequence[_Change]) -> bool:
    """Whether each side names something that the other does not, apart from the changes."""
    changed = {token for change in changes for token in (*change.mine, *change.theirs)}
    kinds = (Differing.NAME, Differing.IDENTIFIER)
    words = [{token.key for token in side} for side in (mine, theirs)]
    named = [{t.key for t in side if t.kind in kinds and t not in changed} for side in (mine, theirs)]
    return bool(named[0] - words[1]) and bool(named[1] - words[0])


def _by_quantity(one: str, other: str, mine: Sequence[_Token]) -> _Change | None:
    """Return the change where two wordings give one quantity of the same unit each, and not the same."""
    here, there = _measured(one), _measured(other)
    if set(here) & set(there):
        return None
    for unit, value in here:
        for other_unit, other_value in there:
            if unit == other_unit:
                place = next((token for token in mine if _is_value(token, value)), None)
                said = _Token(f"{other_value:.10g}", 0, 0, Differing.NUMBER)
                return None if place is None else _Change((place,), (said,), Differing.NUMBER)
    return None


def _measured(text: str) -> list[tuple[str, float]]:
    """Return the text's quantities that have a unit, by unit."""
    return sorted((quantity.unit, quantity.value) for quantity in exact(plain(text)).quantities if quantity.unit)


def _is_value(token: _Token, value: float) -> bool:
    return token.kind is Differing.NUMBER and any(
        quantity.value == value for quantity in exact(f"{token.text} days").quantities
    )


def _by_denial(one: str, other: str, analyzer: Analyzer) -> _Change | None:
    return _Change((), (), Differing.DENIAL) if contradicts(plain(one), plain(other), analyzer) else None


def _needed(kind: Differing) -> float:
    match kind:
        case Differing.NUMBER | Differing.DATE | Differing.VERSION:
            return _LIKE_BY_NUMBER
        case Differing.NAME | Differing.IDENTIFIER:
            return _LIKE_BY_NAME
        case Differing.DENIAL:
            return _LIKE_BY_DENIAL


def same_subject(one: Sequence[str], other: Sequence[str], analyzer: Analyzer) -> bool:
    """Return whether two pages, by their titles, can be about the same thing.

    They can where one title holds the other, apart from what tells versions, copies and sorts of pages from one another. Where
    each has a word of its own, each is about something of its own.
    """
    here, there = (frozenset(analyzer.terms(_VERSIONING.sub(" ", " ".join(names)))) for names in (one, other))
    return here <= there or there <= here


_VERSIONING = re.compile(
    r"\b(?:v?\d+(?:\.\d+)*|old|new|copy|draft|archived?|legacy|previous|former|current|updated|outdated|deprecated|superseded|"
    r"faq|guide|notes?|short|brief|overview|summary|page|docs?|documentation|manual|handbook|policy|rules|in|of|the|an?)\b",
    re.IGNORECASE,
)
