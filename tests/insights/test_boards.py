"""What insights say of a period."""

from datetime import UTC, date, datetime, timedelta

import pytest

from aika.domain.identifiers import AnswerId, SourceId
from aika.domain.insights import AskedQuestion, Opinion, Outcome, Surface
from aika.insights.boards import Board, Division, Interval, Material, Wanted, board
from aika.insights.figures import bin_of, figures
from aika.insights.publishing import published, rated_portions

START = date(2026, 11, 2)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


def asked(
    asker: str, day: int, outcome: Outcome = Outcome.ANSWERED, *, milliseconds: float = 100, confidence: float = 0.9
) -> AskedQuestion:
    moment = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=day)
    return AskedQuestion(
        AnswerId(f"{asker}{day}{outcome}"),
        moment,
        Surface.SLACK if asker in "abc" else Surface.WEB,
        asker,
        outcome,
        milliseconds,
        sources=(SourceId("handbook"),),
        confidence=confidence,
        model="m",
        input_tokens=10,
        cost_usd=0.5 if asker == "a" else None,
    )


def made(questions: list[AskedQuestion], wanted: Wanted, *, k: int = 3, opinions: list[Opinion] | None = None) -> Board:
    rated = rated_portions(opinions or [], bin_of, k=k, now=NOW)
    return board(wanted, Material(published(questions, k=k, now=NOW), rated, k, START, NOW.date()))


def test_greetings_are_neither_answered_nor_unanswered() -> None:
    found = figures(
        [asked("a", 0), asked("b", 0, Outcome.ABSTAINED), asked("c", 0, Outcome.ASIDE), asked("d", 0, Outcome.FAILED)]
    )

    assert (found.questions, found.answered.of, found.answered.n, found.failed) == (4, 1, 3, 1)
    assert found.answered.low < 1 / 3 < found.answered.high


def test_what_has_no_price_is_counted_apart() -> None:
    found = figures([asked("a", 0), asked("b", 0)])

    assert (found.cost_usd, found.unpriced, found.input_tokens) == (0.5, 1, 20)


def test_a_week_of_too_few_people_is_a_gap_in_the_series() -> None:
    found = made([*(asked(name, 0) for name in "abcd"), asked("a", 8)], Wanted(3))

    assert [point.figures is None for point in found.series] == [False, True, True]
    assert (found.hidden, found.totals.questions, found.weekly_users) == (2, 4, 4)


def test_a_series_of_days_has_every_day_until_yesterday() -> None:
    found = made([asked(name, 1) for name in "abcd"], Wanted(3, Interval.DAY))

    assert len(found.series) == 16
    assert [point.start.day for point in found.series if point.figures is not None] == [3]


def test_parts_are_of_whole_weeks_alone() -> None:
    questions = [asked(name, day) for name in "abcdefg" for day in (0, 14)]
    found = made(questions, Wanted(3))

    assert [(part.name, part.figures.questions) for part in found.parts[Division.SURFACE]] == [("web", 4), ("slack", 3)]
    assert found.totals.questions == 14


def test_insights_of_a_part_tell_nothing_of_other_parts() -> None:
    questions = [asked(name, 0) for name in "abcdefg"]
    found = made(questions, Wanted(3, only={Division.SURFACE: "slack"}))

    assert (found.totals.questions, found.parts, found.daily_users) == (3, {}, None)


def test_a_part_of_too_few_people_is_empty() -> None:
    questions = [asked(name, 0) for name in "abdefg"]

    assert made(questions, Wanted(3, only={Division.SURFACE: "slack"})).totals.questions == 0


def test_confidence_is_held_against_what_people_said() -> None:
    opinions = [
        Opinion(asked(name, 0, confidence=0.9), name, name != "a", datetime(2026, 11, 3, tzinfo=UTC)) for name in "abcd"
    ]
    found = made([asked(name, 0) for name in "abcd"], Wanted(3), k=1, opinions=opinions)

    (one,) = found.reliability
    assert (one.helpful.of, one.helpful.n, one.confidence) == (3, 4, pytest.approx(0.9))
    assert found.calibration_error == pytest.approx(0.15)
    assert found.acceptance.value == found.series[0].acceptance.value == 0.75  # type: ignore[union-attr]  # that week has some
