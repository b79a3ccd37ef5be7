"""What thresholds come to, and which ones are recommended."""

import pytest

from aika.goalie.thresholds import LEAST, Outcome, Share, Thresholds, Yardstick, precision_of

CERTAIN = Yardstick(people=Share(1000, 1000), others=Share(0, 1000))
"""A measure that is always right: precision is the share that agrees."""
WEAK = Yardstick(people=Share(400, 1000), others=Share(50, 1000))
BLIND = Yardstick(people=Share(50, 1000), others=Share(50, 1000))


def make_outcomes(count: int, *, confidence: float | None, agrees: bool | None, name: str = "") -> list[Outcome]:
    return [Outcome(f"{name}{confidence}{agrees}-{number}", confidence, agrees) for number in range(count)]


class TestTable:
    def test_a_threshold_parts_questions_into_answered_proposed_and_skipped(self) -> None:
        outcomes = [
            *make_outcomes(2, confidence=0.9, agrees=True),
            *make_outcomes(3, confidence=0.5, agrees=False),
            *make_outcomes(4, confidence=0.1, agrees=True),
            *make_outcomes(1, confidence=None, agrees=None),
        ]

        row = Thresholds(outcomes, CERTAIN).row(0.7, medium=0.4)

        assert (row.answered.count, row.proposed.count, row.skipped.count) == (2, 3, 5)
        assert row.answered.of == row.proposed.of == row.skipped.of == 10

    def test_questions_that_nobody_answered_count_as_answered_and_not_as_agreeing(self) -> None:
        outcomes = [
            *make_outcomes(2, confidence=0.9, agrees=True),
            *make_outcomes(3, confidence=0.9, agrees=None),
        ]

        row = Thresholds(outcomes, CERTAIN).row(0.7, medium=0.4)

        assert row.answered.count == 5
        assert row.agreement == Share(2, 2)

    def test_a_question_at_the_threshold_is_answered(self) -> None:
        row = Thresholds(make_outcomes(1, confidence=0.7, agrees=True), CERTAIN).row(0.7, medium=0.4)

        assert row.answered.count == 1

    def test_shares_of_nothing_are_unknown(self) -> None:
        row = Thresholds([], CERTAIN).row(0.7, medium=0.4)

        assert row.answered.value is None
        assert row.precision is None


class TestPrecision:
    def test_a_goalie_that_agrees_as_often_as_two_people_do_has_a_precision_of_one(self) -> None:
        found = precision_of(Share(400, 1000), WEAK)

        assert found is not None
        assert found.value == pytest.approx(1.0)

    def test_a_goalie_that_agrees_as_often_as_answers_to_other_questions_has_a_precision_of_nothing(self) -> None:
        found = precision_of(Share(50, 1000), WEAK)

        assert found is not None
        assert found.value == pytest.approx(0.0)

    def test_the_interval_holds_what_is_not_known_of_people_too(self) -> None:
        sure = precision_of(Share(225, 1000), WEAK)
        unsure = precision_of(Share(225, 1000), Yardstick(people=Share(20, 50), others=Share(50, 1000)))

        assert sure is not None
        assert unsure is not None
        assert sure.value == pytest.approx(unsure.value)
        assert unsure.low < sure.low < sure.value < sure.high < unsure.high

    def test_a_measure_that_does_not_know_people_apart_says_nothing(self) -> None:
        assert precision_of(Share(50, 100), BLIND) is None


class TestRecommendation:
    def test_the_lowest_threshold_is_recommended_that_proves_the_precision(self) -> None:
        outcomes = [
            *make_outcomes(200, confidence=0.8, agrees=True),
            *make_outcomes(200, confidence=0.6, agrees=True),
            *make_outcomes(200, confidence=0.3, agrees=False),
        ]

        found = Thresholds(outcomes, CERTAIN).recommend(0.9)

        assert found.high == 0.6
        assert found.reported is not None
        assert found.reported.agreement.of + (found.chosen.agreement.of if found.chosen else 0) == 400

    def test_what_is_promised_is_counted_on_questions_that_it_was_not_chosen_on(self) -> None:
        outcomes = make_outcomes(400, confidence=0.8, agrees=True)
        choosing, others = Thresholds(outcomes, CERTAIN).halves()

        found = Thresholds(outcomes, CERTAIN).recommend(0.9)

        assert found.chosen is not None
        assert found.reported is not None
        assert found.chosen.agreement.of == len(choosing.outcomes)
        assert found.reported.agreement.of == len(others.outcomes)

    def test_luck_is_not_recommended(self) -> None:
        outcomes = make_outcomes(4 * LEAST, confidence=0.8, agrees=True)
        choosing, _ = Thresholds(outcomes, CERTAIN).halves()
        assert len(choosing.outcomes) < 100

        found = Thresholds(outcomes, CERTAIN).recommend(0.97)

        assert found.high is None
        assert "no threshold is proven to reach 97%" in found.reason

    def test_too_little_history_is_said(self) -> None:
        found = Thresholds(make_outcomes(10, confidence=0.8, agrees=True), CERTAIN).recommend(0.9)

        assert found.high is None
        assert "too little history" in found.reason

    def test_nothing_is_recommended_where_agreement_cannot_be_told(self) -> None:
        found = Thresholds(make_outcomes(500, confidence=0.8, agrees=True), BLIND).recommend(0.9)

        assert found.high is None
        assert "cannot be told" in found.reason

    def test_proposals_are_worth_showing_where_half_of_them_are_right(self) -> None:
        outcomes = [
            *make_outcomes(300, confidence=0.8, agrees=True),
            *make_outcomes(200, confidence=0.5, agrees=True),
            *make_outcomes(100, confidence=0.5, agrees=False),
            *make_outcomes(900, confidence=0.2, agrees=False),
        ]

        found = Thresholds(outcomes, CERTAIN).recommend(0.95)

        assert (found.medium, found.high) == (0.5, 0.8)


class TestCoverage:
    def test_coverage_is_chosen_on_one_half_and_counted_on_the_other(self) -> None:
        outcomes = [
            *make_outcomes(200, confidence=0.8, agrees=True),
            *make_outcomes(200, confidence=0.3, agrees=False),
        ]
        _, others = Thresholds(outcomes, CERTAIN).halves()

        found = Thresholds(outcomes, CERTAIN).coverage_at(0.9)

        assert found.threshold == 0.8
        assert found.reported is not None
        assert found.reported.answered == Share(
            sum(each.confidence == 0.8 for each in others.outcomes), len(others.outcomes)
        )

    def test_where_no_threshold_reaches_the_precision_there_is_none(self) -> None:
        found = Thresholds(make_outcomes(200, confidence=0.8, agrees=False), CERTAIN).coverage_at(0.9)

        assert found.threshold is None
        assert found.reported is None
