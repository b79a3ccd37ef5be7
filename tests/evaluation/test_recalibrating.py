"""Refitting the confidence to ratings: only where there are enough of them, and only where it helps."""

import random

import pytest

from aika.answering.logistic import LogisticModel
from aika.domain.answers import Origin, RatedSignals
from aika.evaluation.recalibrating import FEWEST, MOST_OF_ONE, Lacking, refit, weights_of

SHIPPED = LogisticModel(-2.0, {"support": 4.0, "agreement": 0.0}, {"support": 0.5, "agreement": 0.5})


def rating(question: int, *, helpful: bool, support: float = 0.5, person: int = 0) -> RatedSignals:
    return RatedSignals(Origin.EXTRACTED, 0.5, {"support": support, "agreement": 0.5}, helpful, person, question)


def drawn(n: int, *, log_odds: tuple[float, float]) -> list[RatedSignals]:
    """Ratings that follow a logistic model of support, with its intercept and slope."""
    numbers = random.Random(5)  # noqa: S311 - ratings of a test
    found = []
    for number in range(n):
        support = numbers.random()
        logistic = LogisticModel(log_odds[0], {"support": log_odds[1]}, {})
        helpful = numbers.random() < logistic.probability({"support": support})
        found.append(rating(number, helpful=helpful, support=support, person=number % 30))
    return found


def test_too_few_ratings_of_a_kind_are_not_fitted_and_it_is_said_how_many_lack() -> None:
    found = refit([rating(n, helpful=n < 25) for n in range(30)], SHIPPED)

    assert found.model is None
    assert found.lacking == Lacking(helpful=0, unhelpful=FEWEST - 5)


def test_no_rating_at_all_is_no_error() -> None:
    assert refit([], SHIPPED).lacking == Lacking(FEWEST, FEWEST)


def test_people_who_are_harder_to_please_lower_the_confidence() -> None:
    found = refit(drawn(300, log_odds=(-4.0, 4.0)), SHIPPED)

    assert found.model is not None
    assert found.gain is not None
    assert found.gain.low > 0
    assert found.model.probability({"support": 0.5}) < SHIPPED.probability({"support": 0.5}) - 0.2


def test_a_fit_that_is_no_better_than_what_ships_is_not_kept() -> None:
    # The shipped model says one half of each, and half of them are helpful.
    found = refit([rating(n, helpful=n % 2 == 0) for n in range(60)], SHIPPED)

    assert found.lacking is None
    assert found.model is None
    assert found.shipped is not None


def test_a_person_counts_for_so_many_ratings_at_most() -> None:
    weights = weights_of(
        [*(rating(n, helpful=True) for n in range(4 * MOST_OF_ONE)), rating(999, helpful=True, person=1)]
    )

    assert sum(weights[:-1]) == pytest.approx(MOST_OF_ONE)
    assert weights[-1] == 1.0


def test_answers_that_a_record_gave_are_no_examples() -> None:
    stated = RatedSignals(Origin.EXTRACTED, 0.97, {"record": 1.0}, helpful=True, person=0, question=0)

    assert refit([stated], SHIPPED).n == 0
