"""Whether two statements give different values of the same thing.

Precision comes first: a disagreement that is none annoys an owner, and one that is missed comes up with the next bad answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aika.answering.polarity import contradicts
from aika.health.disagreements_siblings import are_parallel, are_siblings
from aika.health.statements import Statement
from aika.health.statements_values import Sort, Value, same_value
from aika.protocols import Analyzer

_EACH_COVERED, _COVERED = 0.55, 0.7
"""Shares of the words that the other one must have: the least of either, and the least of both on average."""
_ALONE_COVERED = 0.8
"""The same where nothing above the sentences says that they are about one thing."""
_FEWEST_SHARED, _FEWEST_ALONE = 2, 4
_GENERIC_WEIGHT, _NAME_WEIGHT = 0.25, 1.5
_NEAR = 40
"""Characters around a value in which its own words stand."""

_GENERIC_WORDS = """
must should can may need make made use take within after before up least most day time week month year please see note also only
all any each every new first last set get per more less than about at most between during while until when by via every given
over under above below through into within allowed required possible available following currently always usually normally
default keep kept run work have has been being one two three it them they he she we you us i will would shall there here
"""
_CONDITION_WORDS = """
production prod staging stage dev development test testing preview sandbox canary local region regional europe eu us usa uk asia
apac emea tier premium enterprise free basic standard flex saver trial gold silver pro weekend weekday night holiday saturday
sunday internal external child children adult student senior business private public primary secondary minimum maximum min max
default average median initial final total monthly weekly daily annual annually yearly quarterly hourly windows linux macos
ubuntu android ios amd64 arm64 aws gcp azure alpha beta stable experimental new old next previous legacy v1 v2 v3 large small
big medium online offline urgent critical high low severity major minor warning exception except unless temporary permanent
contractor summer winter spring autumn morning afternoon evening first second third
fourth last per soft hard read write upper lower start end begin beginning open close opening closing
request limit timeout retry interval delay size memory cpu disk
"""


_ROLE_WORDS = """
customer client guest partner supplier vendor admin administrator manager employee engineer developer owner lead reviewer approver
author user member driver operator maintainer director student parent trainee intern candidate visitor tenant
"""
"""Whom something holds for. One of two sentences may leave that out."""
_AMOUNT_WORDS = (
    "amount value rate price limit number eur euro usd dollar gbp pound percent days hours minutes seconds default"
)
"""What stands above a column without saying more than the cells do."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two statements of the same with different values."""

    one: Statement
    other: Statement
    value: Value
    other_value: Value
    covered: float
    """0..1: how much of each other's words they share."""
    shared: tuple[str, ...]
    """The terms that both have, in alphabetical order."""


class Matcher:
    """Compares statements. Computes; one comparison takes some microseconds where the two share nothing."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._generic = frozenset(analyzer.terms(_GENERIC_WORDS))
        self._conditions = frozenset(analyzer.terms(_CONDITION_WORDS))
        self._roles = frozenset(analyzer.terms(_ROLE_WORDS))
        self._amounts = frozenset(analyzer.terms(_AMOUNT_WORDS))
        self._main = frozenset(analyzer.terms("primary main default"))

    def telling(self, terms: Collection[str]) -> list[str]:
        """Return the terms that say what a sentence is about, in alphabetical order."""
        return sorted(term for term in terms if term not in self._generic and not term.isdigit())

    def difference(self, one: Statement, other: Statement) -> Difference | None:
        """Return where the two contradict one another, ``None`` where they agree or are about different things."""
        pair = _differing(one.values, other.values)
        if pair is None or one.document.id == other.document.id:
            return None
        covered = self.alike(one, other)
        if not covered or not self._same_thing(one, other, covered):
            return None
        found = Difference(one, other, *pair, covered, tuple(self.telling(one.terms & other.terms)))
        return found if self._same_attribute(found) else None

    def alike(self, one: Statement, other: Statement) -> float:
        """Return how alike two statements are worded, 0..1, whatever they are about and whatever their values; 0 where not."""
        if (one.row is None) != (other.row is None) or one.terms.isdisjoint(other.terms):
            return 0.0
        return self._covered(one, other) if one.row is None else float(self._same_cell(one, other))

    def _covered(self, one: Statement, other: Statement) -> float:
        mine = self._share(one, other)
        theirs = self._share(other, one)
        mean = (mine + theirs) / 2
        return mean if min(mine, theirs) >= _EACH_COVERED and mean >= _COVERED else 0.0

    def _share(self, one: Statement, other: Statement) -> float:
        total = held = 0.0
        for term in one.terms:
            weight = _GENERIC_WEIGHT if term in self._generic else _NAME_WEIGHT if term in one.names else 1.0
            total += weight
            if term in other.terms or term in other.context:
                held += weight
        return held / total if total else 0.0

    def _same_thing(self, one: Statement, other: Statement, covered: float) -> bool:
        mine, theirs = self._title_terms(one), self._title_terms(other)
        if are_siblings(one.document, other.document):
            return False
        if are_parallel(mine, theirs, above=one.context | one.terms, there=other.context | other.terms):
            return False
        shared = self.telling(one.terms & other.terms)
        if one.row is not None:
            # A cell says too little by itself: what stands above the two tables must be the same thing.
            return bool(shared) and bool(mine & theirs)
        if self._is_conditioned(one, other) or self._is_conditioned(other, one) or self._for_others(one, other):
            return False
        if self.telling(one.context & (other.context | other.terms)) or self.telling(other.context & one.terms):
            return len(shared) >= _FEWEST_SHARED
        names = (one.names | other.names) & one.terms & other.terms
        return covered >= _ALONE_COVERED and (
            len(shared) >= _FEWEST_ALONE or (bool(names) and len(shared) > _FEWEST_SHARED)
        )

    def _is_conditioned(self, one: Statement, other: Statement) -> bool:
        """Whether one of them holds for something that the other does not name."""
        rest = one.terms - other.terms - other.context
        return not rest.isdisjoint(self._conditions) or not rest.isdisjoint(one.names)

    def _for_others(self, one: Statement, other: Statement) -> bool:
        """Whether both name somebody, and not the same."""
        mine, theirs = one.terms & self._roles, other.terms & self._roles
        return bool(mine) and bool(theirs) and mine.isdisjoint(theirs)

    def _title_terms(self, statement: Statement) -> frozenset[str]:
        return frozenset(self.telling(self._analyzer.terms(statement.document.title)))

    def _same_cell(self, one: Statement, other: Statement) -> bool:
        """Whether the rows are about the same, and the columns too."""
        if one.terms != other.terms:
            return False
        mine, theirs = ({*self.telling(statement.column)} - self._amounts for statement in (one, other))
        return not (mine | theirs) & (self._conditions - self._main) and (mine <= theirs or theirs <= mine)

    def _same_attribute(self, found: Difference) -> bool:
        """Whether what stands around the values says that they are values of the same."""
        one, other = found.one, found.other
        if found.value.bound != found.other_value.bound:
            return False
        if one.row is not None:
            return True
        near, there = self._near(one, found.value), self._near(other, found.other_value)
        if near and there and near.isdisjoint(there):
            return False
        return contradicts(_masked(one, found.value), _masked(other, found.other_value), self._analyzer) is None

    def _near(self, statement: Statement, value: Value) -> frozenset[str]:
        before = statement.text[max(0, value.start - _NEAR) : value.start]
        after = statement.text[value.end : value.end + _NEAR]
        return frozenset(self._analyzer.terms(f"{before} {after}")) & statement.terms


def _masked(statement: Statement, value: Value) -> str:
    return f"{statement.text[: value.start]} {statement.text[value.end :]}"


def _differing(mine: Sequence[Value], theirs: Sequence[Value]) -> tuple[Value, Value] | None:
    """Return the only value of each that the other one has otherwise."""
    pairs: list[tuple[Value, Value]] = []
    for sort, unit in dict.fromkeys((value.sort, value.unit) for value in mine):
        here = [value for value in mine if (value.sort, value.unit) == (sort, unit)]
        there = [value for value in theirs if (value.sort, value.unit) == (sort, unit)]
        if not there:
            continue
        if len(here) != len(there):
            # One of them says more: the value that both have decides nothing, nor does the one that only one has.
            continue
        pairs += [(one, other) for one, other in zip(here, there, strict=True) if not same_value(one, other)]
    return pairs[0] if len(pairs) == 1 and _is_fair(*pairs[0]) else None


def _is_fair(one: Value, other: Value) -> bool:
    """Whether the two can be values of one thing: a limit of 10 seconds is none of three days."""
    if one.sort is not Sort.QUANTITY or not one.amount or not other.amount:
        return True
    return max(one.amount, other.amount) <= 100 * min(one.amount, other.amount)
