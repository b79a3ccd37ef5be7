"""Which of two documents holds where they disagree."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aika.answering.status import last_changed, outdated_by, reviewed_on
from aika.domain.documents import AttributeValue, Document

_DAYS = 30
"""Two changes within a month are of the same age: an edit somewhere in a page renews its date without renewing the page."""
_PUT_AWAY = "archive|archives|archived|attic|deprecated|obsolete|superseded|outdated|retired|withdrawn"
_SHELF = re.compile(rf"(?:^|/)(?:{_PUT_AWAY})/|[-_.](?:{_PUT_AWAY})$", re.IGNORECASE)
_MARKED = re.compile(rf"[(\[](?:{_PUT_AWAY})[)\]]|^(?:{_PUT_AWAY})\s?[:–-]", re.IGNORECASE)
_FORMER = re.compile(
    r"(?:^|/)(?:old|legacy)/|[-_.](?:old|legacy)$|[(\[](?:old|legacy|previous|former)[)\]]", re.IGNORECASE
)
"""What alone may be the name of a product, and beside another page of the same matter tells the older one."""
_DATED = re.compile(r"(?<!\d)((?:19|20)\d\d)(?:[-_/.]?(0[1-9]|1[0-2])(?:[-_/.]?(0[1-9]|[12]\d|3[01]))?)?(?!\d)")
_VERSIONED = re.compile(r"(?<![\w.])(?:v|version[ -]?)(\d+(?:[.-]\d+){0,3})(?![\w])", re.IGNORECASE)
_RECORD = re.compile(r"(?<![^\W_])(adr|rfc|kep|pep|bep)s?[-_ #.]{0,2}0*(\d{1,6})(?!\w)", re.IGNORECASE)
_MADE_UP_KEYS = ("supersedes", "replaces", "obsoletes")


@dataclass(frozen=True, slots=True)
class Precedence:
    """Which of two documents is out of date, and what says so."""

    older: Document
    newer: Document
    why: str
    """In words: ``it is marked as superseded``."""


def precedence(one: Document, other: Document) -> Precedence | None:
    """Return which of the two holds, ``None`` where nothing tells.

    The first of these that tells them apart decides: what a record says of itself, where it is kept, when somebody last
    reviewed it, the version, number or date in its name, and when it last changed.
    """
    for test in _TESTS:
        found = test(one, other)
        if found is not None:
            return found
    return None


def withdrawn(document: Document) -> str | None:
    """Return in words why the document no longer stands by itself, ``None`` where it does."""
    replacement = outdated_by(document)
    if replacement is not None:
        status = re.fullmatch(r"[a-z-]+", replacement)
        return f"it is marked as {replacement}" if status else f"its record says that {replacement} replaced it"
    shelved = _SHELF.search(_path(document)) or _MARKED.search(document.title)
    return "it lies among what was put away" if shelved else None


def succeeds(other: Document, document: Document) -> bool:
    """Return whether the document's record names the other one as what replaced it."""
    replacement = outdated_by(document)
    return replacement is not None and _names(replacement.lower(), other)


def _by_withdrawal(one: Document, other: Document) -> Precedence | None:
    mine, theirs = (withdrawn(each) or _former(each) for each in (one, other))
    if bool(mine) == bool(theirs):
        return None
    return Precedence(one, other, mine) if mine else Precedence(other, one, theirs or "")


def _by_succession(one: Document, other: Document) -> Precedence | None:
    for newer, older in ((one, other), (other, one)):
        if succeeds(newer, older):
            return Precedence(older, newer, f"its record says that {outdated_by(older)} replaced it")
        for key in _MADE_UP_KEYS:
            said = _text(newer.attributes.get(key, "")).lower()
            if said and _names(said, older):
                return Precedence(older, newer, f"the other one says that it {key} it")
    return None


def _by_review(one: Document, other: Document) -> Precedence | None:
    mine, theirs = reviewed_on(one), reviewed_on(other)
    if mine is None or theirs is None or abs((mine - theirs).days) < _DAYS:
        return None
    older, newer, day = (one, other, mine) if mine < theirs else (other, one, theirs)
    return Precedence(older, newer, f"it was last reviewed on {day.isoformat()}, the other one later")


def _by_number(one: Document, other: Document) -> Precedence | None:
    mine, theirs = _record(one), _record(other)
    if mine is None or theirs is None or mine[0] != theirs[0] or mine[1] == theirs[1]:
        return None
    older, newer = (one, other) if mine[1] < theirs[1] else (other, one)
    return Precedence(older, newer, "its number is the lower one")


def _by_version(one: Document, other: Document) -> Precedence | None:
    mine, theirs = _version(one), _version(other)
    if mine is None or theirs is None or mine == theirs:
        return None
    older, newer = (one, other) if mine < theirs else (other, one)
    return Precedence(older, newer, "it is for the lower version")


def _by_name(one: Document, other: Document) -> Precedence | None:
    mine, theirs = _date(one), _date(other)
    if mine is None or theirs is None or mine == theirs:
        return None
    older, newer = (one, other) if mine < theirs else (other, one)
    return Precedence(older, newer, "its name has the earlier date")


def _by_change(one: Document, other: Document) -> Precedence | None:
    mine, theirs = last_changed(one), last_changed(other)
    if mine is None or theirs is None or abs((mine - theirs).days) < _DAYS:
        return None
    older, newer, moment = (one, other, mine) if mine < theirs else (other, one, theirs)
    return Precedence(older, newer, f"it last changed on {_day(moment)}, the other one on {_day(last_changed(newer))}")


_TESTS: tuple[Callable[[Document, Document], Precedence | None], ...] = (
    _by_succession,
    _by_withdrawal,
    _by_review,
    _by_number,
    _by_version,
    _by_name,
    _by_change,
)


def _former(document: Document) -> str | None:
    return (
        "its name says that it is the old one"
        if _FORMER.search(_path(document)) or _FORMER.search(document.title)
        else None
    )


def _path(document: Document) -> str:
    """Return the key without the file's suffix."""
    folder, slash, name = document.key.rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0] or name}"


def _record(document: Document) -> tuple[str, int] | None:
    match = _RECORD.search(document.key.rpartition("/")[2]) or _RECORD.match(document.title)
    return None if match is None else (match[1].lower(), int(match[2]))


def _version(document: Document) -> tuple[int, ...] | None:
    match = _VERSIONED.search(document.title) or _VERSIONED.search(document.key.replace("_", " "))
    return None if match is None else tuple(int(part) for part in re.split(r"[.-]", match[1]))


def _date(document: Document) -> tuple[int, ...] | None:
    match = _DATED.search(document.key) or _DATED.search(document.title)
    return None if match is None else tuple(int(part) for part in match.groups() if part)


def _day(moment: datetime | None) -> str:
    return "an unknown day" if moment is None else moment.date().isoformat()


def _names(said: str, document: Document) -> bool:
    stem = document.key.rpartition("/")[2].partition(".")[0].lower()
    record = _record(document)
    number = bool(record and re.search(rf"\b{record[0]}[-_ #.]{{0,2}}0*{record[1]}\b", said))
    return number or (len(stem) > 3 and stem in said) or (len(document.title) > 3 and document.title.lower() in said)


def _text(value: AttributeValue) -> str:
    return value if isinstance(value, str) else ", ".join(value)
