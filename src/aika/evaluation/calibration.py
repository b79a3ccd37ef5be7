"""Measures of probabilities: do they tell right from wrong, and do they mean what they say?"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from aika.evaluation.measures import Estimate

Values = npt.NDArray[np.float64]

BINS = 15
"""Of equal mass, as Nguyen and O'Connor (EMNLP 2015) have them: bins of equal width leave the ends to a handful of questions."""
RIGHT = 0.95

_NORMAL_95 = 1.959964
_RESAMPLES = 1_000
_SEED = 20_230_823


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions between two quantiles of confidence."""

    confidence: float
    """The mean of what was said."""
    right: float
    """The share that was right."""
    n: int


@dataclass(frozen=True, slots=True)
class Threshold:
    """What answering from a confidence on comes to."""

    threshold: float
    answered: float
    """The share of all questions."""
    right: float | None
    """Of those, the share that was right; ``None`` where none is answered."""
    answered_between: tuple[float, float] = (0.0, 1.0)
    """The 95 % interval of ``answered``."""
    right_between: tuple[float, float] = (0.0, 1.0)
    """The 95 % interval of ``right``."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How good a confidence is."""

    n: int
    positives: int
    """Of the questions, those with something to be confident about."""
    measures: dict[str, Estimate]
    """``auroc``, ``ece``, ``brier`` and ``coverage_at_95``. Without both kinds of questions there is no AUROC."""
    bins: tuple[Bin, ...]
    risk_coverage: tuple[tuple[float, float], ...]
    """Coverage and risk, from the most confident question on."""
    thresholds: tuple[Threshold, ...]


def calibration(confidences: Sequence[float], right: Sequence[bool]) -> Calibration:
    """Measure confidences against what was right. Raises ``ValueError`` where there is no question."""
    if not confidences or len(confidences) != len(right):
        raise ValueError("a confidence and an outcome are needed for every question, and at least one question")
    values, truth = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    of: dict[str, Callable[[Values, Values], float]] = {
        "auroc": auroc,
        "ece": expected_calibration_error,
        "brier": brier,
        "coverage_at_95": coverage_at,
    }
    if truth.min() == truth.max():
        del of["auroc"]
    return Calibration(
        n=len(values),
        positives=int(truth.sum()),
        measures=_estimates(of, values, truth),
        bins=reliability(values, truth),
        risk_coverage=risk_coverage(values, truth),
        thresholds=tuple(_at(values, truth, step / 20) for step in range(2, 20)),
    )


def auroc(values: Values, truth: Values) -> float:
    """Return how often a right one is above a wrong one, ties counted half (Hanley and McNeil, Radiology 1982)."""
    positives = int(truth.sum())
    negatives = len(truth) - positives
    if positives == 0 or negatives == 0:
        return float("nan")
    return float((ranks(values)[truth > 0].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def ranks(values: Values) -> Values:
    """Return ranks from 1, the mean of their places for ties."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: Values = (last - (counts - 1) / 2)[inverse]
    return means


def brier(values: Values, truth: Values) -> float:
    """Return the mean squared distance from the outcome (Brier, Monthly Weather Review 1950)."""
    return float(np.mean((values - truth) ** 2))


def expected_calibration_error(values: Values, truth: Values) -> float:
    """Return the mean gap between confidence and share right over bins of equal mass (Naeini et al., AAAI 2015)."""
    return sum(abs(each.confidence - each.right) * each.n for each in reliability(values, truth)) / len(values)


def reliability(values: Values, truth: Values) -> tuple[Bin, ...]:
    """Return the bins of equal mass. Equal confidences are never parted, so that their order decides nothing."""
    order = np.argsort(values, kind="stable")
    values, truth = values[order], truth[order]
    edges = [0]
    for left in range(BINS, 0, -1):
        if edges[-1] < len(values):
            end = edges[-1] + max(1, round((len(values) - edges[-1]) / left))
            # An edge among equal confidences moves to where they end; the bins after it share what is left.
            edges.append(int(np.searchsorted(values, values[end - 1], side="right")))
    return tuple(
        Bin(float(values[low:high].mean()), float(truth[low:high].mean()), int(high - low))
        for low, high in pairwise(edges)
    )


def risk_coverage(values: Values, truth: Values) -> tuple[tuple[float, float], ...]:
    """Return the share of wrong answers for every share of questions answered (El-Yaniv and Wiener, JMLR 2010)."""
    found = zip(*_by_coverage(values, truth), strict=True)
    return tuple((float(coverage), float(1 - right)) for coverage, right in found)


def coverage_at(values: Values, truth: Values, right: float = RIGHT) -> float:
    """Return the largest share of questions that some threshold answers with at least this share right; 0 where none does."""
    coverage, share = _by_coverage(values, truth)
    reached = coverage[share >= right - 1e-9]
    return float(reached.max()) if len(reached) else 0.0


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, JASA 1927), which stays within 0..1 and is right for few questions."""
    if n == 0:
        return 0.0, 1.0
    share, squared = successes / n, _NORMAL_95**2
    middle = (share + squared / (2 * n)) / (1 + squared / n)
    half = _NORMAL_95 * math.sqrt(share * (1 - share) / n + squared / (4 * n**2)) / (1 + squared / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _by_coverage(values: Values, truth: Values) -> tuple[Values, Values]:
    """Return coverage and share right at every threshold that a question's confidence makes."""
    order = np.argsort(-values, kind="stable")
    values, truth = values[order], truth[order]
    answered = np.arange(1, len(values) + 1)
    share = np.cumsum(truth) / answered
    # A threshold answers all questions of one confidence, or none of them.
    ends = np.append(values[1:] != values[:-1], True)
    return answered[ends] / len(values), share[ends]


def _at(values: Values, truth: Values, threshold: float) -> Threshold:
    answered = values >= threshold
    n, right = int(answered.sum()), int(truth[answered].sum())
    return Threshold(
        threshold,
        n / len(values),
        right / n if n else None,
        answered_between=wilson(n, len(values)),
        right_between=wilson(right, n),
    )


def _estimates(of: dict[str, Callable[[Values, Values], float]], values: Values, truth: Values) -> dict[str, Estimate]:
    random = np.random.default_rng(_SEED)
    # In order of confidence, because a measure sorts, and what is sorted already costs it next to nothing.
    order = np.argsort(values, kind="stable")
    values, truth = values[order], truth[order]
    drawn: dict[str, list[float]] = {name: [] for name in of}
    for _ in range(_RESAMPLES):
        pick = np.sort(random.integers(0, len(values), len(values)))
        for name, function in of.items():
            value = function(values[pick], truth[pick])
            if not np.isnan(value):
                drawn[name].append(value)
    found = {}
    for name, function in of.items():
        low, high = np.percentile(drawn[name], [2.5, 97.5])
        found[name] = Estimate(function(values, truth), float(low), float(high))
    return found
