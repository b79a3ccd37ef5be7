"""Whether names, numbers and parts stand in the same places in a sentence and in its source: who did what, and how much of what.

A sentence may have every word of its source and say something else: "A depends on B" for "B depends on A". So what stands between
the same two words is compared. Only what differs there counts: words that are in other places altogether are a paraphrase.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aika.answering.contraries import QUANTIFIERS, obliges
from aika.answering.quantities import number_value, unit_name
from aika.answering.tokens import FUNCTION, Kind, Token, is_denial, with_known_names

_LISTING = frozenset((",", "and", "or", "&", "/", "nor"))
_ENDS = frozenset(".!?;:()")
_BORDER = "|"
"""Stands before the first word and behind the last one."""
_SYMMETRIC = frozenset(("vs", "versus", "equal", "beside", "like", "meet", "met", "marri", "border", "same", "differ"))
_ROUNDED_BY = 0.05


@dataclass(frozen=True, slots=True)
class _Place:
    """A name or number with what stands around it. Things that are listed share their place."""

    members: frozenset[str]
    shown: str
    before: tuple[str, str]
    """The nearest stem first."""
    after: tuple[str, str]
    kind: Kind


@dataclass(frozen=True, slots=True)
class _Group:
    first: int
    last: int
    members: tuple[str, ...]
    kind: Kind


def displaced(claim: Sequence[Token], source: Sequence[Token]) -> str | None:
    """Return what stands in the claim where the source has something else, in words, or ``None``."""
    known = {each.lower for each in (*source, *claim) if each.kind is Kind.NAME}
    mine, theirs = with_known_names(claim, known), with_known_names(source, known)
    return _other_occupant(mine, theirs) or _exchanged(mine, theirs) or _other_way(mine, theirs)


def strength(claim: Sequence[Token], source: Sequence[Token]) -> str | None:
    """Return where the claim says "all" for "some" or "must" for "may" of the same thing, in words, or ``None``."""
    theirs = list(_words(source))
    for at, (word, following) in enumerate(mine := list(_words(claim))):
        almost = bool(at) and mine[at - 1][0].lower in ("almost", "nearly", "virtually")
        group, obliging = None if almost else QUANTIFIERS.get(word.lower), obliges(word.text)
        if (
            (group is None and obliging is None)
            or following is None
            or (at and mine[at - 1][0].lower in ("not", "no", "n't"))
        ):
            continue
        there = [other for other, after in theirs if after is not None and after.stem == following.stem]
        if {"almost", "nearly", "virtually"} & {other.lower for other, _ in theirs}:
            group = None
        groups = {QUANTIFIERS[each.lower] for each in there if each.lower in QUANTIFIERS}
        if group is not None and groups and group not in groups:
            return f"quantity: {word.text}"
        modes = {mode for each in there if (mode := obliges(each.text)) is not None}
        if obliging is not None and modes and obliging not in modes:
            return f"obligation: {word.text}"
    return None


def _words(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    """Yield each word with the next one that carries meaning."""
    kept = [each for each in tokens if each.kind is not Kind.BREAK and (each.kind is not Kind.FUNCTION)]
    for at, each in enumerate(kept):
        yield each, kept[at + 1] if at + 1 < len(kept) else None


def _other_occupant(claim: Sequence[Token], source: Sequence[Token]) -> str | None:
    theirs = list(_places(source))
    for place in _places(claim):
        same = [other for other in theirs if other.kind is place.kind and _same_place(place, other)]
        if same and not any(_share(place, other) for other in same) and not _half_at_home(place, theirs):
            return f"{place.shown} where the source has {same[0].shown}"
    return None


def _half_at_home(place: _Place, theirs: Sequence[_Place]) -> bool:
    """Whether what is claimed stands elsewhere beside the same two words: the sentence may have been put together from there."""
    return any(
        _share(place, other)
        and (
            (place.before[0] == other.before[0] != _BORDER and place.before[1] == other.before[1])
            or (place.after[0] == other.after[0] != _BORDER and place.after[1] == other.after[1])
        )
        for other in theirs
    )


def _same_place(one: _Place, other: _Place) -> bool:
    """Whether both stand between the same words, or beside the same two where one of them begins or ends a sentence."""
    before, after = one.before[0], one.after[0]
    if _BORDER not in (before, after):
        return before == other.before[0] and after == other.after[0]
    if before == _BORDER:
        return after != _BORDER and one.after == other.after and one.after[1] != _BORDER
    return one.before == other.before and one.before[1] != _BORDER


def _share(one: _Place, other: _Place) -> bool:
    if one.members & other.members:
        return True
    if one.kind is not Kind.NUMBER:
        mine = {part for member in one.members for part in re.split(r"[-./_ ]", member)}
        return any(part in mine for member in other.members for part in re.split(r"[-./_ ]", member))
    values = [number_value(member) for member in one.members]
    known = [number_value(member) for member in other.members]
    return any(
        abs(v - k) <= _ROUNDED_BY * k for v in values for k in known if v is not None and k is not None and v != k
    ) and any(len(member.strip("0")) < 3 for member in one.members)


def _places(tokens: Sequence[Token]) -> Iterator[_Place]:
    for group in _groups(tokens):
        yield _Place(
            frozenset(group.members),
            " ".join(each.text for each in tokens[group.first : group.last + 1]),
            _around(tokens, group.first, -1, group.kind),
            _around(tokens, group.last, 1, group.kind),
            group.kind,
        )


def _groups(tokens: Sequence[Token]) -> Iterator[_Group]:
    """Yield runs of names and single numbers, those that are listed side by side together."""
    at = 0
    while at < len(tokens):
        kind = tokens[at].kind
        if kind not in (Kind.NAME, Kind.NUMBER):
            at += 1
            continue
        end, members = _run(tokens, at)
        first = at
        while (following := _after_listing(tokens, end)) is not None and tokens[following].kind is kind:
            end, more = _run(tokens, following)
            members += more
        yield _Group(first, end, tuple(members), kind)
        at = end + 1


def _run(tokens: Sequence[Token], at: int) -> tuple[int, list[str]]:
    """Return where the name or the number that begins here ends, and its words in lower case."""
    end = at
    while tokens[at].kind is Kind.NAME and end + 1 < len(tokens) and tokens[end + 1].kind is Kind.NAME:
        end += 1
    return end, [each.stem for each in tokens[at : end + 1]]


def _after_listing(tokens: Sequence[Token], end: int) -> int | None:
    at = end + 1
    while at < len(tokens) and at <= end + 2 and tokens[at].lower in _LISTING:
        at += 1
    return at if end + 1 < at < len(tokens) else None


def _around(tokens: Sequence[Token], at: int, step: int, kind: Kind) -> tuple[str, str]:
    """Return the two nearest words that carry meaning on one side, within the sentence."""
    found: list[str] = []
    place = at + step
    while 0 <= place < len(tokens) and len(found) < 2:
        each = tokens[place]
        if each.kind is Kind.BREAK and each.text in _ENDS:
            break
        if each.kind in (Kind.WORD, Kind.NUMBER, Kind.NAME) and not is_denial(each):
            found.append(unit_name(each.text) or each.stem if kind is Kind.NUMBER else each.stem)
        place += step
    return (*found, _BORDER, _BORDER)[0], (*found, _BORDER, _BORDER)[1]


def _exchanged(claim: Sequence[Token], source: Sequence[Token]) -> str | None:
    """Find two words that change places around a third one: "the broker calls the proxy" for "the proxy calls the broker"."""
    mine, theirs = set(_threes(claim)), set(_threes(source))
    for first, middle, last in sorted(mine):
        if (
            first != last
            and (last, middle, first) in theirs
            and (first, middle, last) not in theirs
            and middle not in _SYMMETRIC
        ):
            return f"{first} and {last} have changed places"
    return None


def _threes(tokens: Sequence[Token]) -> Iterator[tuple[str, str, str]]:
    """Yield three words that carry meaning in a row. Those around "by" are left out: it turns a sentence round."""
    run: list[str] = []
    for each in (*tokens, Token(".", ".", Kind.BREAK)):
        if each.kind is Kind.BREAK or each.lower in ("and", "or", "by", "nor", "which", "that", "who"):
            yield from zip(run, run[1:], run[2:], strict=False)
            run = []
        elif each.kind is not Kind.FUNCTION and not is_denial(each):
            run.append(each.lower.removesuffix("s"))


_DIRECTIONS = (("from", "to"), ("from", "into"))


def _other_way(claim: Sequence[Token], source: Sequence[Token]) -> str | None:
    """Find "from A to B" for "from B to A"."""
    for one, other in _DIRECTIONS:
        theirs = set(_directed(source, one, other))
        for start, end in _directed(claim, one, other):
            if start != end and (end, start) in theirs and (start, end) not in theirs:
                return f"from {start} to {end} is the other way round"
    return None


def _directed(tokens: Sequence[Token], one: str, other: str) -> Iterator[tuple[str, str]]:
    for at, each in enumerate(tokens):
        if each.lower != one:
            continue
        start = _next_word(tokens, at)
        middle = next((p for p in range(at + 1, min(at + 8, len(tokens))) if tokens[p].lower == other), None)
        if start is not None and middle is not None and (end := _next_word(tokens, middle)) is not None:
            yield start, end


def _next_word(tokens: Sequence[Token], at: int) -> str | None:
    for each in tokens[at + 1 : at + 4]:
        if each.kind is not Kind.BREAK and each.lower not in FUNCTION:
            return each.stem
    return None
