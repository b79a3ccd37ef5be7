"""Measures, intervals and comparisons."""

import math

import pytest

from aika.evaluation.measures import compare, estimate, measure


def test_measures_are_those_of_the_field() -> None:
    values = measure({"q": ["x", "a", "y", "b"]}, {"q": {"a": 1, "b": 1, "c": 0}})

    ideal = 1 + 1 / math.log2(3)
    assert values["nDCG@10"]["q"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert values["R@10"]["q"] == values["R@100"]["q"] == 1
    assert values["RR"]["q"] == 0.5


def test_the_given_order_counts_and_not_the_ids() -> None:
    judged = {"q": {"z": 1}}

    assert measure({"q": ["z", "a"]}, judged)["RR"]["q"] == 1
    assert measure({"q": ["a", "z"]}, judged)["RR"]["q"] == 0.5


def test_a_topic_that_found_nothing_counts_as_zero() -> None:
    values = measure({"q": [], "r": ["a"]}, {"q": {"a": 1}, "r": {"a": 1}})

    assert values["nDCG@10"] == {"q": 0, "r": 1}


def test_an_interval_holds_the_mean_and_narrows_with_more_topics() -> None:
    few, many = estimate([0.0, 1.0] * 5), estimate([0.0, 1.0] * 500)

    assert few.low < few.value == 0.5 < few.high
    assert many.high - many.low < few.high - few.low


def test_intervals_are_the_same_every_time() -> None:
    assert estimate([0.1, 0.5, 0.9]) == estimate([0.1, 0.5, 0.9])


def test_no_topics_have_no_mean() -> None:
    with pytest.raises(ValueError, match="nothing to average"):
        estimate([])


def test_a_steady_difference_is_told_from_chance() -> None:
    base = [index / 40 for index in range(40)]

    better = compare([value + 0.1 for value in base], base)
    noise = compare([value + (0.1 if index % 2 else -0.1) for index, value in enumerate(base)], base)

    assert better.difference == pytest.approx(0.1)
    assert better.p < 0.01
    assert noise.low < 0 < noise.high
    assert noise.p > 0.5
