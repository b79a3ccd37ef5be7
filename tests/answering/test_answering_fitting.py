"""Fitting a model of confidence."""

import numpy as np
import pytest

from aika.answering.fitting import Example, FittingOptions, fit
from aika.answering.logistic import LogisticModel

NOTHING_KNOWN = LogisticModel(0.0, {"support": 0.0, "age": 0.0}, {"support": 0.5, "age": 0.5})
WIDE = FittingOptions(spread=100.0, intercept_spread=100.0)


def drawn(count: int, *, support: float, age: float, intercept: float) -> list[Example]:
    """Return examples of which so many are right as a model of these coefficients says."""
    random = np.random.default_rng(3)
    signals = random.uniform(size=(count, 2))
    chances = 1 / (1 + np.exp(-(intercept + signals @ np.array([support, age]))))
    right = random.uniform(size=count) < chances
    return [
        Example({"support": float(one), "age": float(other)}, bool(truth))
        for (one, other), truth in zip(signals, right, strict=True)
    ]


def test_without_examples_the_prior_stays_as_it_is() -> None:
    prior = LogisticModel(-1.0, {"support": 2.0}, {"support": 0.6})

    assert fit([], prior) == prior


def test_many_examples_are_followed_wherever_the_prior_is() -> None:
    examples = drawn(20_000, support=3.0, age=-2.0, intercept=-0.5)

    found = fit(examples, NOTHING_KNOWN)

    assert found.coefficients["support"] == pytest.approx(3.0, abs=0.2)
    assert found.coefficients["age"] == pytest.approx(-2.0, abs=0.2)
    assert found.intercept == pytest.approx(-0.5, abs=0.2)


def test_few_examples_move_the_prior_a_little() -> None:
    prior = LogisticModel(-1.0, {"support": 2.0, "age": 0.0}, {"support": 0.5, "age": 0.5})
    against = [Example({"support": 0.9, "age": 0.1}, right=False) for _ in range(3)]

    found = fit(against, prior)

    assert found.intercept < prior.intercept
    assert 1.0 < found.coefficients["support"] < 2.0


def test_a_signal_never_moves_against_its_sign() -> None:
    misleading = drawn(2_000, support=-3.0, age=1.0, intercept=0.0)

    found = fit(misleading, NOTHING_KNOWN, FittingOptions(signs={"support": 1, "age": 1}))

    assert found.coefficients["support"] == 0.0
    assert found.coefficients["age"] > 0.5


def test_what_is_fitted_says_on_average_how_often_it_was_right() -> None:
    examples = drawn(3_000, support=2.0, age=0.0, intercept=-1.0)

    found = fit(examples, NOTHING_KNOWN, WIDE)

    told = np.mean([found.probability(one.signals) for one in examples])
    assert told == pytest.approx(np.mean([one.right for one in examples]), abs=0.001)


def test_an_example_counts_as_its_weight_says() -> None:
    twice = [Example({"support": 1.0}, right=True), Example({"support": 1.0}, right=True), Example({}, right=False)]
    weighed = [Example({"support": 1.0}, right=True, weight=2.0), Example({}, right=False)]

    assert fit(weighed, NOTHING_KNOWN).intercept == pytest.approx(fit(twice, NOTHING_KNOWN).intercept, abs=1e-6)


def test_a_signal_that_an_example_lacks_counts_as_usual() -> None:
    found = fit([Example({}, right=True)] * 50, NOTHING_KNOWN)

    assert found.references == {"support": 0.5, "age": 0.5}


def test_what_separates_perfectly_is_still_fitted() -> None:
    examples = [Example({"support": value}, right=value > 0.5) for value in (0.0, 0.1, 0.2, 0.8, 0.9, 1.0)]

    found = fit(examples, NOTHING_KNOWN)

    assert np.isfinite(found.intercept)
    assert found.coefficients["support"] > 0
