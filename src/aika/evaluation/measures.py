"""Measures of rankings, with how sure they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

MEASURES = ("nDCG@10", "R@10", "R@100", "RR")
"""In the notation of ir-measures: https://ir-measur.es."""

_RESAMPLES = 2_000
_SEED = 20_230_823
"""Fixed, so that the same rankings always have the same intervals."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over topics with its 95 % interval: percentiles of the mean over topics drawn with replacement."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far one system is from another over the same topics."""

    difference: float
    low: float
    high: float
    p: float
    """The probability of a difference at least this large, either way, if signs were random (a randomisation test;
    Smucker, Allan and Carterette, CIKM 2007)."""


def measure(
    run: Mapping[str, Sequence[str]], judgments: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, float]]:
    """Return each measure's value for each topic of the run. A run is the judged ids of each topic, best first."""
    # Scores from ranks, because ir-measures breaks ties by id.
    scored = {topic: {key: 1.0 / rank for rank, key in enumerate(ids, start=1)} for topic, ids in run.items()}
    judged = {topic: dict(judgments[topic]) for topic in run}
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(run, 0.0) for name in MEASURES}
    parsed = [ir_measures.parse_measure(name) for name in MEASURES]
    for metric in ir_measures.iter_calc(parsed, judged, scored):
        values[str(metric.measure)][metric.query_id] = metric.value
    return values


def estimate(values: Sequence[float]) -> Estimate:
    """Raises ``ValueError`` where there is no value."""
    sample = _sample(values)
    low, high = np.percentile(_resampled_means(sample), [2.5, 97.5])
    return Estimate(float(sample.mean()), float(low), float(high))


def compare(one: Sequence[float], other: Sequence[float]) -> Comparison:
    """Return by how much ``one`` is above ``other``, topic by topic in the same order."""
    differences = _sample(one) - _sample(other)
    low, high = np.percentile(_resampled_means(differences), [2.5, 97.5])
    signs = np.random.default_rng(_SEED).choice((-1.0, 1.0), size=(_RESAMPLES, len(differences)))
    by_chance = np.abs((signs * differences).mean(axis=1)) >= abs(differences.mean()) - 1e-12
    p = (by_chance.sum() + 1) / (_RESAMPLES + 1)
    return Comparison(float(differences.mean()), float(low), float(high), float(p))


def _sample(values: Sequence[float]) -> Values:
    if not values:
        raise ValueError("no topic has a value: nothing to average")
    return np.asarray(values, dtype=np.float64)


def _resampled_means(sample: Values) -> Values:
    # Counts of each topic in each resample: the same as drawing topics, without a table of all draws.
    size = len(sample)
    counts = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    means: Values = counts @ sample / size
    return means
