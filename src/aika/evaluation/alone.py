"""Each input of the confidence alone, beside all of them together: does putting them together gain anything?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aika.evaluation.measures import Estimate

Values = npt.NDArray[np.float64]

_RESAMPLES = 1_000
_SEED = 20_230_823


@dataclass(frozen=True, slots=True)
class Scored:
    """One question as it was judged: the confidence, its inputs, and whether it was right."""

    confidence: float
    right: bool
    signals: Mapping[str, float]
    """By name. One that was not looked at is missing."""
    moved: Mapping[str, float]
    """By name: how far the signal moved the confidence, in log-odds."""


@dataclass(frozen=True, slots=True)
class Alone:
    """One signal, and the confidence over the same questions."""

    name: str
    n: int
    """The questions that have it."""
    auroc: Estimate
    """Of the signal; of one that speaks against an answer, how often a wrong one has more of it."""
    together: Estimate
    """The confidence's AUROC over the same questions."""
    gain: Estimate
    """By how much the confidence is above the signal, question by question."""
    against: bool
    """Whether much of it speaks against an answer."""


def alone(scored: Sequence[Scored]) -> tuple[Alone, ...]:
    """Return every signal, the best first. One that has no right and wrong question both is left out."""
    names = dict.fromkeys(name for each in scored for name in each.signals)
    found = [_alone(name, [each for each in scored if name in each.signals]) for name in names]
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (-one.auroc.value, one.name)))


def verdict(signals: Sequence[Alone]) -> str:
    """Return in a sentence whether all together are ever below one alone."""
    if not signals:
        return "No signal was recorded: there is nothing to compare the confidence with."
    best = signals[0]
    behind = [one for one in signals if one.gain.value < 0]
    if not behind:
        return (
            f"All together are never below a single signal: {best.together.value:.3f} against {best.auroc.value:.3f} of the "
            f"best one, {best.name}."
        )
    named = ", ".join(
        f"{one.name} ({one.auroc.value:.3f} against {one.together.value:.3f}, a difference of {one.gain.value:+.3f}, "
        f"{one.gain.low:+.3f} to {one.gain.high:+.3f})"
        for one in behind
    )
    return f"All together are below {len(behind)} single signal{'s' if len(behind) > 1 else ''}: {named}."


def paired_aurocs(one: Values, other: Values, truth: Values) -> tuple[Estimate, Estimate, Estimate]:
    """Return both AUROCs and their difference, each with its interval over the same questions drawn with replacement."""
    random = np.random.default_rng(_SEED)
    first, second = _Ranked(one, truth), _Ranked(other, truth)
    drawn = []
    for _ in range(_RESAMPLES):
        pick = random.integers(0, len(truth), len(truth))
        if 0 < truth[pick].sum() < len(pick):
            drawn.append((first.auroc(pick), second.auroc(pick)))
    everything = np.arange(len(truth))
    table = np.asarray(drawn) if drawn else np.full((1, 2), np.nan)
    values = first.auroc(everything), second.auroc(everything)
    return (
        _estimate(values[0], table[:, 0]),
        _estimate(values[1], table[:, 1]),
        _estimate(values[0] - values[1], table[:, 0] - table[:, 1]),
    )


class _Ranked:
    """Values as their places among the different ones, so that drawing questions again needs no sorting."""

    def __init__(self, values: Values, truth: Values) -> None:
        different, self._places = np.unique(values, return_inverse=True)
        self._size = len(different)
        self._right = truth > 0

    def auroc(self, pick: npt.NDArray[np.int64]) -> float:
        places, right = self._places[pick], self._right[pick]
        positive = np.bincount(places[right], minlength=self._size)
        negative = np.bincount(places[~right], minlength=self._size)
        below = np.cumsum(negative) - negative
        # A float, because the product of the counts of a large collection is no small integer.
        total = float(positive.sum()) * float(negative.sum())
        return float((positive * (below + negative / 2)).sum() / total)


def _alone(name: str, scored: Sequence[Scored]) -> Alone | None:
    truth = np.asarray([each.right for each in scored], dtype=np.float64)
    if not 0 < truth.sum() < len(truth):
        return None
    values = np.asarray([each.signals[name] for each in scored], dtype=np.float64)
    against = _speaks_against(values, np.asarray([each.moved.get(name, 0.0) for each in scored], dtype=np.float64))
    confidences = np.asarray([each.confidence for each in scored], dtype=np.float64)
    together, auroc, gain = paired_aurocs(confidences, -values if against else values, truth)
    return Alone(name, len(scored), auroc, together, gain, against)


def _speaks_against(values: Values, moved: Values) -> bool:
    """Tell it from what it did: where much of it lowered the confidence, it speaks against."""
    spread = values - values.mean()
    return bool((spread * (moved - moved.mean())).sum() < -1e-12)


def _estimate(value: float, drawn: Values) -> Estimate:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Estimate(value, float(low), float(high))
