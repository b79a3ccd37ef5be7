"""What a confidence is measured by."""

import numpy as np
import pytest

from aika.evaluation.calibration import (
    auroc,
    brier,
    calibration,
    coverage_at,
    expected_calibration_error,
    reliability,
    risk_coverage,
)


def values(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float64)


def test_a_confidence_that_tells_all_apart_has_an_auroc_of_one() -> None:
    assert auroc(values(0.1, 0.2, 0.8, 0.9), values(0, 0, 1, 1)) == 1.0


def test_equal_confidences_tell_nothing() -> None:
    assert auroc(values(0.5, 0.5, 0.5, 0.5), values(0, 1, 0, 1)) == 0.5


def test_one_pair_of_four_in_the_wrong_order_costs_a_quarter() -> None:
    assert auroc(values(0.1, 0.6, 0.4, 0.9), values(0, 0, 1, 1)) == 0.75


def test_brier_is_the_mean_squared_distance() -> None:
    assert brier(values(0.8, 0.4), values(1, 0)) == pytest.approx((0.04 + 0.16) / 2)


def test_a_confidence_that_means_what_it_says_has_no_calibration_error() -> None:
    said, truth = values(*[0.25] * 40, *[0.75] * 40), values(*[1, 0, 0, 0] * 10, *[1, 1, 1, 0] * 10)

    assert expected_calibration_error(said, truth) == pytest.approx(0.0)


def test_too_much_confidence_is_an_error_of_its_size() -> None:
    assert expected_calibration_error(values(*[0.9] * 10), values(*[1, 0] * 5)) == pytest.approx(0.4)


def test_bins_have_equal_mass_and_never_part_equal_confidences() -> None:
    said = values(*np.linspace(0, 1, 150), *[0.5] * 30)

    bins = reliability(said, np.ones(180))

    assert sum(each.n for each in bins) == 180
    assert len(bins) <= 15
    assert min(each.n for each in bins) >= 5


def test_risk_falls_with_coverage_where_confidence_is_good() -> None:
    curve = risk_coverage(values(0.9, 0.8, 0.2, 0.1), values(1, 1, 0, 0))

    assert curve == ((0.25, 0.0), (0.5, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5))


def test_coverage_is_the_most_that_a_threshold_answers_with_enough_right() -> None:
    assert coverage_at(values(0.9, 0.8, 0.7, 0.1), values(1, 1, 0, 1), 0.95) == 0.5
    assert coverage_at(values(0.9, 0.8), values(0, 0), 0.95) == 0.0


def test_a_threshold_answers_all_questions_of_one_confidence_or_none() -> None:
    assert coverage_at(values(0.9, 0.9, 0.9), values(1, 0, 1), 0.95) == 0.0


def test_every_measure_has_an_interval_that_holds_it() -> None:
    found = calibration([0.1, 0.3, 0.35, 0.6, 0.7, 0.9] * 5, [False, False, True, False, True, True] * 5)

    assert set(found.measures) == {"auroc", "ece", "brier", "coverage_at_95"}
    assert all(each.low <= each.high for each in found.measures.values())
    assert found.measures["auroc"].low <= found.measures["auroc"].value <= found.measures["auroc"].high


def test_without_both_kinds_of_questions_there_is_no_auroc() -> None:
    assert "auroc" not in calibration([0.1, 0.9], [True, True]).measures


def test_a_table_says_what_each_threshold_answers() -> None:
    (half,) = [each for each in calibration([0.2, 0.6, 0.8], [False, True, True]).thresholds if each.threshold == 0.5]

    assert half.answered == pytest.approx(2 / 3)
    assert half.right == 1.0


def test_nothing_to_measure_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one question"):
        calibration([], [])
