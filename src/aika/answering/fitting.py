"""Fits a model of confidence to what people said of answers.

Logistic regression with a Gaussian prior around the coefficients that are known already: with few examples the fit stays near
them, with many it follows the examples. A coefficient whose sign is given keeps it, so that no accident of a small sample makes
good support speak against an answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from aika.answering.logistic import LogisticModel, scaled

Numbers = npt.NDArray[np.float64]

SIGNS: Mapping[str, int] = MappingProxyType(
    {
        "passage_coverage": 1,
        "sentence_coverage": 1,
        "sentence_similarity": 1,
        "passage_similarity": 1,
        "uniqueness": 1,
        "agreement": 1,
        "exact_missing": -1,
        "names_missing": -1,
        "denied": -1,
        "fitting": 1,
        "clarity": 1,
        "answer_found": 1,
        "answer_agrees": 1,
        "answer_coverage": 1,
        "answer_similarity": 1,
        "support": 1,
        "support_least": 1,
        "bound": 1,
        "citations_removed": -1,
        "superseded": -1,
        "age": -1,
        "confirmed": 1,
        "contradicted": -1,
        "says_nothing": -1,
        "history_source": 1,
        "history_kind": 1,
        "judgement": 1,
    }
)
"""Which way each signal can move a confidence: 1 up, -1 down."""

_STEPS = 100
_HALVINGS = 30
_CLOSE_ENOUGH = 1e-8


@dataclass(frozen=True, slots=True)
class Example:
    """An answer, or evidence, with its signals and what came of it."""

    signals: Mapping[str, float]
    right: bool
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class FittingOptions:
    spread: float = 1.0
    """How far a coefficient is expected to be from the prior's, as the standard deviation of the Gaussian around it. Smaller
    stays closer."""
    intercept_spread: float = 2.0
    """The same of the intercept: base rates differ more from place to place than what signals mean."""
    signs: Mapping[str, int] = field(default_factory=lambda: SIGNS)
    """By signal: 1 where it can only raise the probability, -1 where it can only lower it. Others may do either."""


def fit(examples: Sequence[Example], prior: LogisticModel, options: FittingOptions | None = None) -> LogisticModel:
    """Return the model of the highest posterior probability: the prior itself where there is no example.

    It has the prior's signals. One that an example lacks counts as the prior's reference, as it does when the model is used.
    """
    chosen = options or FittingOptions()
    names = list(prior.coefficients)
    if not examples:
        return prior
    known = [[one.signals.get(name, prior.references.get(name, 0.0)) for name in names] for one in examples]
    multiplied = [[1.0, *(scaled(name, value) for name, value in zip(names, row, strict=True))] for row in known]
    posterior = _Posterior(
        np.array(multiplied, dtype=np.float64),
        np.array([one.right for one in examples], dtype=np.float64),
        np.array([one.weight for one in examples], dtype=np.float64),
        np.array([prior.intercept, *prior.coefficients.values()], dtype=np.float64),
        1 / np.array([chosen.intercept_spread, *[chosen.spread] * len(names)], dtype=np.float64) ** 2,
    )
    found = _climbed(posterior, np.array([0, *(chosen.signs.get(name, 0) for name in names)]))
    means = np.average(np.array(known, dtype=np.float64), axis=0, weights=posterior.weights)
    return LogisticModel(
        float(found[0]),
        {name: float(weight) for name, weight in zip(names, found[1:], strict=True)},
        {name: float(mean) for name, mean in zip(names, means, strict=True)},
    )


@dataclass(frozen=True, slots=True)
class _Posterior:
    """What is to be made as small as possible: the negative logarithm of the posterior."""

    matrix: Numbers
    right: Numbers
    weights: Numbers
    centre: Numbers
    precision: Numbers

    def value(self, at: Numbers) -> float:
        logits = self.matrix @ at
        likelihood = self.weights * (np.logaddexp(0.0, logits) - self.right * logits)
        return float(likelihood.sum() + 0.5 * (self.precision * (at - self.centre) ** 2).sum())

    def slopes(self, at: Numbers) -> tuple[Numbers, Numbers]:
        """Return the gradient and the Hessian matrix."""
        chances = 1.0 / (1.0 + np.exp(-np.clip(self.matrix @ at, -500.0, 500.0)))
        gradient = self.matrix.T @ (self.weights * (chances - self.right)) + self.precision * (at - self.centre)
        curvature = self.weights * chances * (1.0 - chances)
        return gradient, (self.matrix.T * curvature) @ self.matrix + np.diag(self.precision)


def _climbed(posterior: _Posterior, signs: npt.NDArray[np.int_]) -> Numbers:
    """Return where the posterior is highest, by Newton's method on what is not held at zero by its sign.

    Projected Newton steps, Bertsekas, SIAM Journal on Control and Optimization 1982.
    """
    at = _allowed(posterior.centre, signs)
    for _ in range(_STEPS):
        gradient, hessian = posterior.slopes(at)
        held = (signs != 0) & (at == 0) & (gradient * signs > 0)
        free = ~held
        step = np.zeros_like(at)
        step[free] = np.linalg.solve(hessian[np.ix_(free, free)], gradient[free])
        following = _shortened(posterior, at, step, signs)
        if np.abs(following - at).max() < _CLOSE_ENOUGH:
            return following
        at = following
    return at


def _shortened(posterior: _Posterior, at: Numbers, step: Numbers, signs: npt.NDArray[np.int_]) -> Numbers:
    """Return the first of ever shorter steps that gains anything."""
    before = posterior.value(at)
    for halving in range(_HALVINGS):
        following = _allowed(at - step * 0.5**halving, signs)
        if posterior.value(following) < before:
            return following
    return at


def _allowed(at: Numbers, signs: npt.NDArray[np.int_]) -> Numbers:
    wrong = at * signs < 0
    return np.where(wrong, 0.0, at)
