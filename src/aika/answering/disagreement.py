"""Whether two quotes state the same with other numbers."""

import re

from aika.answering.display import plain
from aika.answering.exactness import exact
from aika.answering.quantities import Quantity
from aika.protocols import Analyzer

# Two sentences are about the same thing when they share this much of the shorter one's words, numbers aside.
_SAME_MATTER = 0.6
_FEWEST_WORDS = 3
_NUMBERS_AND_MARKS = re.compile(r"[\d.,:€$£%]+")


def disagree(one: str, other: str, analyzer: Analyzer) -> tuple[Quantity, Quantity] | None:
    """Return a quantity of each that stands against the other, ``None`` where the quotes agree or are about other things."""
    mine, theirs = exact(plain(one)).quantities, exact(plain(other)).quantities
    if mine & theirs:
        return None
    pairs = [
        (first, second)
        for first in sorted(mine, key=_order)
        for second in sorted(theirs, key=_order)
        if first.unit and first.unit == second.unit and first.value != second.value
    ]
    if not pairs:
        return None
    my_terms, their_terms = (set(analyzer.terms(_NUMBERS_AND_MARKS.sub(" ", plain(text)))) for text in (one, other))
    smaller = min(len(my_terms), len(their_terms))
    alike = smaller >= _FEWEST_WORDS and len(my_terms & their_terms) / smaller >= _SAME_MATTER
    return pairs[0] if alike else None


def shown(quantity: Quantity) -> str:
    """Return the quantity in words, such as ``14 days``."""
    value = f"{quantity.value:,.10g}"
    if quantity.unit in ("€", "$", "£"):
        return f"{quantity.unit}{value}"
    plural = quantity.unit and quantity.unit.isalpha() and len(quantity.unit) > 2 and quantity.value != 1
    return f"{value} {quantity.unit}{'s' if plural and not str(quantity.unit).endswith('s') else ''}"


def _order(quantity: Quantity) -> tuple[str, float]:
    return quantity.unit or "", quantity.value
