"""Ranking rules: what a company, a source or an assistant declares should stand higher or lower."""

from dataclasses import dataclass
from datetime import timedelta

from aika.domain.selection import EVERYTHING, Selection


@dataclass(frozen=True, slots=True)
class RankingRule:
    """A declared boost or demotion of the documents that it selects."""

    name: str
    """As `explain` and the tests of rules call it."""
    applies_to: Selection = EVERYTHING
    factor: float = 1.0
    """What the score of a selected document is multiplied by: above 1 boosts, below 1 demotes."""
    half_life: timedelta | None = None
    """Where given, the factor holds for documents that changed just now, and of what it adds or takes away half is gone
    after this age: with ``factor=0.5`` it is the other way about, and old documents sink towards it."""
    declared_in: str = "aika.toml"
