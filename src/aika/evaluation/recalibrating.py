"""Refitting the confidence to what people said of an installation's answers, and whether that is better than what ships.

The fit stays near the shipped model while ratings are few. How good it is, is told by ratings that it was not fitted to: in each
of five rounds a fifth of the questions is held out.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aika.answering.fitting import Example, fit
from aika.answering.logistic import LogisticModel
from aika.domain.answers import RatedSignals
from aika.evaluation.calibration import Calibration, calibration
from aika.evaluation.measures import Estimate, estimate

FEWEST = 20
"""Of each kind, helpful and not: with fewer, chance decides how good a fit looks."""
MOST_OF_ONE = 50
"""A person counts for at most so many ratings, however many answers they rated."""
FOLDS = 5

_NEAR = 1e-6


@dataclass(frozen=True, slots=True)
class Lacking:
    """How many more ratings are needed."""

    helpful: int
    unhelpful: int


@dataclass(frozen=True, slots=True)
class Refit:
    """What the ratings of one kind of answers come to."""

    n: int
    helpful: int
    people: int
    weight: float
    """What the ratings count for together: less than ``n`` where single people rated very many answers."""
    shipped: Calibration | None = None
    """Of the model that ships, over the ratings; ``None`` where there are too few."""
    refitted: Calibration | None = None
    """Of the refitted one, over ratings that it was not fitted to."""
    gain: Estimate | None = None
    """By how much the log loss of a rating falls, on average."""
    model: LogisticModel | None = None
    """Fitted to all ratings; ``None`` where there are too few, or where it is no better."""

    @property
    def lacking(self) -> Lacking | None:
        """What is missing before a fit is tried, ``None`` where nothing is."""
        missing = Lacking(max(0, FEWEST - self.helpful), max(0, FEWEST - (self.n - self.helpful)))
        return None if missing == Lacking(0, 0) else missing


def refit(rated: Sequence[RatedSignals], shipped: LogisticModel) -> Refit:
    """Fit near the shipped model, and keep the result only where it is better on ratings that it was not fitted to."""
    # What a record answers has signals of its own, which these models do not weigh.
    rated = [one for one in rated if shipped.coefficients.keys() & one.signals.keys()]
    weights = weights_of(rated)
    counted = Refit(
        n=len(rated),
        helpful=sum(one.helpful for one in rated),
        people=len({one.person for one in rated}),
        weight=math.fsum(weights),
    )
    if counted.lacking is not None:
        return counted
    examples = [Example(one.signals, one.helpful, weight) for one, weight in zip(rated, weights, strict=True)]
    right = [one.helpful for one in rated]
    before = [shipped.probability(one.signals) for one in rated]
    after = _held_out(rated, examples, shipped)
    gain = estimate([_loss(b, r) - _loss(a, r) for b, a, r in zip(before, after, right, strict=True)])
    measured = calibration(before, right), calibration(after, right)
    better = gain.value > 0 and measured[1].measures["brier"].value <= measured[0].measures["brier"].value
    return Refit(
        counted.n,
        counted.helpful,
        counted.people,
        counted.weight,
        *measured,
        gain=gain,
        model=fit(examples, shipped) if better else None,
    )


def weights_of(rated: Sequence[RatedSignals]) -> list[float]:
    """Return what each rating counts for: 1, and less where one person rated more answers than `MOST_OF_ONE`."""
    counts: Mapping[int, int] = Counter(one.person for one in rated)
    return [min(1.0, MOST_OF_ONE / counts[one.person]) for one in rated]


def _held_out(rated: Sequence[RatedSignals], examples: Sequence[Example], shipped: LogisticModel) -> list[float]:
    """Return what models say of ratings of questions that they were not fitted to."""
    # By question, because the same question asked again is no new evidence.
    folds = np.asarray([_fold(one.question) for one in rated])
    models = {
        fold: fit([example for example, own in zip(examples, folds, strict=True) if own != fold], shipped)
        for fold in range(FOLDS)
    }
    return [models[int(fold)].probability(one.signals) for one, fold in zip(rated, folds, strict=True)]


def _fold(question: int) -> int:
    return hashlib.sha256(str(question).encode()).digest()[0] % FOLDS


def _loss(probability: float, right: bool) -> float:
    told = probability if right else 1 - probability
    return -math.log(max(_NEAR, told))
