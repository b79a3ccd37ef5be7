"""How far raters agree: a judge with people, and people with one another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aika.evaluation.calibration import Values, auroc, ranks
from aika.evaluation.measures import Estimate

_RESAMPLES = 500
_SEED = 20_230_823


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far a score agrees with people's ratings of the same answers."""

    n: int
    measures: dict[str, Estimate]
    """``spearman`` and ``kendall`` with the median rating, ``auroc`` of telling acceptable from not, and for a judge who uses
    the people's scale ``same`` (the share of equal ratings) and ``kappa`` (quadratic)."""


def agreement(scores: Sequence[float], medians: Sequence[float], *, acceptable: float, same_scale: bool) -> Agreement:
    """Compare scores with median ratings. ``acceptable`` is the lowest rating that is; ``same_scale``: a score is a rating."""
    if not scores or len(scores) != len(medians):
        raise ValueError("a score and a rating are needed for every answer, and at least one answer")
    one, other = np.asarray(scores, dtype=np.float64), np.asarray(medians, dtype=np.float64)
    of: dict[str, Callable[[Values, Values], float]] = {
        "spearman": spearman,
        "kendall": kendall,
        "auroc": lambda scored, rated: auroc(scored, (rated >= acceptable).astype(np.float64)),
    }
    if same_scale:
        of |= {"same": lambda scored, rated: float(np.mean(np.round(scored) == np.round(rated))), "kappa": kappa}
    return Agreement(len(one), {name: _estimate(function, one, other) for name, function in of.items()})


def spearman(one: Values, other: Values) -> float:
    """Return the correlation of ranks, ties sharing the mean of theirs; NaN where either has one value only."""
    first, second = ranks(one), ranks(other)
    first, second = first - first.mean(), second - second.mean()
    length = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / length) if length else float("nan")


def kendall(one: Values, other: Values) -> float:
    """Return tau-b, which allows for ties (Kendall, Biometrika 1945); NaN where either has one value only."""
    first = np.sign(one[:, None] - one[None, :])
    second = np.sign(other[:, None] - other[None, :])
    untied = float(np.sqrt(np.abs(first).sum() * np.abs(second).sum()))
    return float((first * second).sum() / untied) if untied else float("nan")


def kappa(one: Values, other: Values) -> float:
    """Return Cohen's kappa with quadratic weights (Psychological Bulletin 1968); NaN where both have one value only."""
    expected = float(np.mean((one[:, None] - other[None, :]) ** 2))
    return 1 - float(np.mean((one - other) ** 2)) / expected if expected else float("nan")


def krippendorff(ratings: npt.NDArray[np.float64]) -> float:
    """Return alpha with squared differences of ratings on an interval scale (Krippendorff, Content Analysis, 2004).

    A row for each answer, a column for each rater; NaN is a missing rating. NaN where all ratings are the same.
    """
    rated = [row[~np.isnan(row)] for row in ratings]
    rated = [row for row in rated if len(row) > 1]
    if not rated:
        return float("nan")
    values = np.concatenate(rated)
    # Twice the variance with the usual correction is the mean squared difference of two different ratings.
    expected = 2 * float(values.var()) * len(values) / (len(values) - 1)
    observed = sum(2 * float(row.var()) * len(row) ** 2 / (len(row) - 1) for row in rated) / len(values)
    return 1 - observed / expected if expected else float("nan")


def _estimate(function: Callable[[Values, Values], float], one: Values, other: Values) -> Estimate:
    random = np.random.default_rng(_SEED)
    drawn = []
    for _ in range(_RESAMPLES):
        pick = random.integers(0, len(one), len(one))
        drawn.append(function(one[pick], other[pick]))
    finite = [value for value in drawn if not np.isnan(value)]
    low, high = np.percentile(finite, [2.5, 97.5]) if finite else (float("nan"), float("nan"))
    return Estimate(function(one, other), float(low), float(high))
