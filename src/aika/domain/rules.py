"""Ranking rules: what a company, a source or an assistant declares should stand higher or lower."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from aika.domain.documents import Document
from aika.domain.selection import EVERYTHING, Selection, audiences

LEAST_OWN_FACTOR, MOST_OWN_FACTOR = 0.1, 1.5
"""What a source may do to its own documents at most, all its rules together. Every team thinks that its pages matter most;
with more than half as much again, one team's passing mention would stand above another's answer. Sinking its own pages
harms nobody else, and a tenth leaves them to be found where nothing else answers."""

_ENDORSING = ("endorsed", "verified")
_DENIALS = frozenset({"", "false", "no", "none", "0", "never", "null"})


class RuleLevel(StrEnum):
    """Who declares a rule, and so for whom it holds."""

    COMPANY = "company"
    SOURCE = "source"
    """For its own documents only."""
    ASSISTANT = "assistant"
    """For its own questions only."""


@dataclass(frozen=True, slots=True)
class Decay:
    """How a document's score falls with its age, and how far at most."""

    half_life: timedelta
    """The age at which half of what can be lost is lost."""
    floor: float = 0.5
    """0..1: what an old document keeps of its score."""

    def at(self, age: timedelta) -> float:
        """Return what is kept at this age: ``floor + (1 - floor) · 2^(-age / half_life)``, 1 for what is not old at all.

        The exponential prior of time-based language models (Li and Croft, CIKM 2003), with a floor because an old page
        that alone answers must still be found.
        """
        lives = max(age, timedelta(0)) / self.half_life
        return self.floor + (1 - self.floor) * float(0.5**lives)


@dataclass(frozen=True, slots=True)
class RankingRule:
    """A declared boost or demotion of the documents that it selects. Everything that is given must hold."""

    name: str
    """As `explain` and the tests of rules call it."""
    applies_to: Selection = EVERYTHING
    factor: float = 1.0
    """What the score of a selected document is multiplied by: above 1 boosts, below 1 demotes."""
    decay: Decay | None = None
    """By age, times the factor. A document without a date does not decay."""
    endorsed: bool = False
    """Whether it holds only for documents whose own record says that somebody stands behind them."""
    min_helpful: int | None = None
    """It holds only for documents that at least so many more people found helpful than not, as their ratings of answers
    that cite the document say."""
    declared_in: str = "aika.toml"
    level: RuleLevel = RuleLevel.COMPANY

    def selects(self, document: Document) -> bool:
        """Return whether the rule is meant for a document, whatever people said of it.

        A rule for an audience is for documents that name one: those that are for everybody are no special case.
        """
        return (
            self.applies_to.selects(document)
            and (not self.endorsed or is_endorsed(document))
            and (self.applies_to.audiences is None or bool(audiences(document)))
        )

    def factor_for(self, document: Document, *, now: datetime) -> float:
        """Return what the rule multiplies the score of a selected document by."""
        age = None if self.decay is None else age_of(document, now=now)
        return self.factor if self.decay is None or age is None else self.factor * self.decay.at(age)


def age_of(document: Document, *, now: datetime) -> timedelta | None:
    """Return the time since it last changed, or since it was made where nothing says when it changed."""
    moment = document.modified_at or document.created_at
    if moment is None:
        return None
    return now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def is_endorsed(document: Document) -> bool:
    """Return whether the document's record says so: ``verified: 2026-03-01``, ``endorsed: true``."""
    values = (document.attributes.get(name, "") for name in _ENDORSING)
    return any(_affirms(value if isinstance(value, str) else " ".join(value)) for value in values)


def _affirms(value: str) -> bool:
    return value.strip().casefold() not in _DENIALS
