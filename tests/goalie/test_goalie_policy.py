"""What a goalie does: its bands, hours, limits and budget, and that whatever speaks against it makes it do less."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aika.domain.answers import Band
from aika.domain.goalies import Action, Goalie, Hours, Mode, ReportTime, Weekday
from aika.domain.identifiers import GoalieId
from aika.goalie.hours import after_open_time, is_open, last_report, opens_at, today
from aika.goalie.noise import Budget, Quiet
from aika.goalie.policy import Situation, band_of, decide

MONDAY = datetime(2026, 6, 1, 10, tzinfo=UTC)
WORKING = Hours("Europe/Berlin", frozenset(list(Weekday)[:5]), time(9), time(17, 30))
NIGHT = Hours("Europe/Berlin", frozenset({Weekday.FRIDAY}), time(22), time(6))
GOALIE = Goalie(GoalieId("help"), "help", mode=Mode.LIVE, humans=("ada@example.org",), daily_limit=3)
ORDER = [Action.NOTHING, Action.PROPOSE, Action.ANSWER]

confidences = st.one_of(st.none(), st.floats(0, 1))
moments = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
times = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
hours = st.builds(
    Hours, zones, st.frozensets(st.sampled_from(list(Weekday)), min_size=1), times, st.one_of(times, st.just(time.max))
).filter(lambda one: one.begin != one.end)
budgets = st.builds(Budget, st.sampled_from(Quiet), st.floats(0, 1), st.floats(0, 2), st.just(20), st.integers(0, 20))
goalies = st.builds(
    lambda medium, high, actions, humans, when, mode: replace(
        GOALIE,
        medium=min(medium, high),
        high=max(medium, high),
        actions=dict(zip(Band, actions, strict=True)),
        humans=humans,
        hours=when,
        mode=mode,
    ),
    st.floats(0, 1),
    st.floats(0, 1),
    st.lists(st.sampled_from(ORDER), min_size=3, max_size=3).map(lambda some: sorted(some, key=ORDER.index)),
    st.sampled_from([(), ("ada@example.org",)]),
    st.one_of(st.none(), hours),
    st.sampled_from(Mode),
)
situations = st.builds(
    Situation,
    moments,
    confidences,
    answers_today=st.integers(0, 6),
    proposals_today=st.integers(0, 6),
    budget=st.one_of(st.none(), budgets),
    human_is_answering=st.booleans(),
    withdrawn=st.booleans(),
)


def at(confidence: float | None, **more: object) -> Situation:
    return replace(Situation(MONDAY, confidence), **more)  # type: ignore[arg-type]  # named by the test


class TestBands:
    @pytest.mark.parametrize(
        ("confidence", "action"),
        [
            (None, Action.NOTHING),
            (0.39, Action.NOTHING),
            (0.4, Action.PROPOSE),
            (0.69, Action.PROPOSE),
            (0.7, Action.ANSWER),
            (1.0, Action.ANSWER),
        ],
    )
    def test_each_band_does_what_the_file_says_for_it(self, confidence: float | None, action: Action) -> None:
        assert decide(GOALIE, at(confidence)).action is action

    def test_an_abstention_is_low_and_there_is_no_draft_to_propose(self) -> None:
        proposing = replace(GOALIE, actions={**GOALIE.actions, Band.LOW: Action.PROPOSE})

        decision = decide(proposing, at(None))

        assert (decision.action, decision.band, decision.reason) == (Action.NOTHING, Band.LOW, "it knows no answer")

    @given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
    def test_more_confidence_is_never_in_a_lower_band(self, one: float, other: float, low: float, top: float) -> None:
        medium, high = sorted((low, top))
        first, second = sorted((one, other))

        order = list(Band)

        assert order.index(band_of(first, medium, high)) <= order.index(band_of(second, medium, high))


class TestWhatSpeaksAgainst:
    @pytest.mark.parametrize(
        ("situation", "reason"),
        [
            (at(0.9, human_is_answering=True), "a human is answering"),
            (at(0.9, withdrawn=True), "the question is gone"),
            (at(0.9, now=datetime(2026, 6, 6, 10, tzinfo=UTC)), "it is outside its hours"),
        ],
    )
    def test_it_does_nothing_and_says_why(self, situation: Situation, reason: str) -> None:
        decision = decide(replace(GOALIE, hours=WORKING), situation)

        assert (decision.action, decision.band, decision.reason) == (Action.NOTHING, Band.HIGH, reason)

    def test_behind_the_daily_limit_answers_become_proposals(self) -> None:
        decision = decide(GOALIE, at(0.9, answers_today=3))

        assert (decision.action, decision.reason) == (Action.PROPOSE, "its daily limit of 3 is reached")

    def test_behind_both_limits_it_does_nothing(self) -> None:
        assert decide(GOALIE, at(0.9, answers_today=3, proposals_today=3)).action is Action.NOTHING

    def test_without_humans_an_answer_never_becomes_a_proposal(self) -> None:
        alone = replace(GOALIE, humans=(), reach="Write to us.")

        assert decide(alone, at(0.9, answers_today=3)).action is Action.NOTHING

    def test_shadow_mode_decides_as_live_mode_would(self) -> None:
        assert decide(replace(GOALIE, mode=Mode.SHADOW), at(0.9)) == decide(GOALIE, at(0.9))

    def test_what_the_budget_takes_away_is_marked(self) -> None:
        wary = Budget(Quiet.WARY, 0.0, 0.85, judged=20, accepted=6)

        decision = decide(GOALIE, at(0.8, budget=wary))

        assert (decision.action, decision.quieter) == (Action.PROPOSE, True)
        assert decision.reason == "it is quieter: 6 of its last 20 were accepted"

    @given(goalies, situations)
    def test_nothing_ever_makes_it_do_more_than_its_file_says(self, goalie: Goalie, situation: Situation) -> None:
        band = band_of(situation.confidence, goalie.medium, goalie.high)

        decision = decide(goalie, situation)

        assert decision.band is band
        assert ORDER.index(decision.action) <= ORDER.index(goalie.actions[band])

    @given(goalies, situations)
    def test_a_proposal_has_somebody_to_see_it_unless_its_file_says_so(
        self, goalie: Goalie, situation: Situation
    ) -> None:
        band = band_of(situation.confidence, goalie.medium, goalie.high)
        decision = decide(goalie, situation)

        assert decision.action is not Action.PROPOSE or goalie.humans or goalie.actions[band] is Action.PROPOSE

    @given(goalies, situations)
    def test_it_says_why_whenever_it_does_less_than_its_file_says(self, goalie: Goalie, situation: Situation) -> None:
        decision = decide(goalie, situation)

        assert decision.reason or decision.action is goalie.actions[decision.band]

    @given(goalies, situations)
    def test_who_speaks_against_it_silences_it(self, goalie: Goalie, situation: Situation) -> None:
        silenced = goalie.mode is Mode.OFF or situation.withdrawn or situation.human_is_answering
        closed = not is_open(goalie.hours, situation.now)

        assert not (silenced or closed) or decide(goalie, situation).action is Action.NOTHING


class TestHours:
    @pytest.mark.parametrize(
        ("moment", "open_"),
        [
            (datetime(2026, 6, 1, 6, 59, tzinfo=UTC), False),
            (datetime(2026, 6, 1, 7, 0, tzinfo=UTC), True),
            (datetime(2026, 6, 1, 15, 29, tzinfo=UTC), True),
            (datetime(2026, 6, 1, 15, 30, tzinfo=UTC), False),
            (datetime(2026, 1, 5, 7, 59, tzinfo=UTC), False),
            (datetime(2026, 1, 5, 8, 0, tzinfo=UTC), True),
            (datetime(2026, 6, 7, 10, 0, tzinfo=UTC), False),
        ],
    )
    def test_they_follow_the_clock_of_their_zone_in_summer_and_winter(self, moment: datetime, open_: bool) -> None:
        assert is_open(WORKING, moment) is open_

    def test_a_night_belongs_to_the_day_that_it_begins_on(self) -> None:
        assert is_open(NIGHT, datetime(2026, 6, 6, 3, tzinfo=UTC))
        assert not is_open(NIGHT, datetime(2026, 6, 5, 3, tzinfo=UTC))

    def test_waiting_counts_only_time_within_them(self) -> None:
        friday = datetime(2026, 6, 5, 15, 20, tzinfo=UTC)

        due = after_open_time(WORKING, friday, timedelta(minutes=30))

        assert due == datetime(2026, 6, 8, 7, 20, tzinfo=UTC)

    def test_a_day_of_the_daily_limit_is_one_of_the_zone_and_may_have_23_hours(self) -> None:
        begin, end = today(replace(GOALIE, hours=WORKING), datetime(2026, 3, 29, 10, tzinfo=UTC))

        assert begin == datetime(2026, 3, 28, 23, tzinfo=UTC)
        assert end - begin == timedelta(hours=23)

    def test_the_report_is_due_on_its_day_in_the_zone(self) -> None:
        goalie = replace(GOALIE, hours=WORKING, report=ReportTime(Weekday.MONDAY, time(9)))

        assert last_report(goalie, datetime(2026, 6, 8, 6, 59, tzinfo=UTC)) == datetime(2026, 6, 1, 7, tzinfo=UTC)
        assert last_report(goalie, datetime(2026, 6, 8, 7, tzinfo=UTC)) == datetime(2026, 6, 8, 7, tzinfo=UTC)

    @given(hours, moments)
    def test_it_is_open_when_it_opens(self, when: Hours, moment: datetime) -> None:
        opened = opens_at(when, moment)

        assert opened is not None
        assert opened >= moment
        assert is_open(when, opened)

    @settings(max_examples=40)
    @given(hours, moments, st.integers(1, 3_000), st.integers(1, 3_000))
    def test_waiting_longer_ends_later_and_never_outside(
        self, when: Hours, moment: datetime, one: int, more: int
    ) -> None:
        first = after_open_time(when, moment, timedelta(minutes=one))
        second = after_open_time(when, moment, timedelta(minutes=one + more))

        assert first is not None
        assert second is not None
        assert moment + timedelta(minutes=one) <= first < second
        assert is_open(when, first - timedelta(microseconds=1))

    @settings(max_examples=40)
    @given(hours, moments, st.integers(1, 600), st.integers(1, 600))
    def test_waiting_in_two_parts_is_waiting_at_once(self, when: Hours, moment: datetime, one: int, other: int) -> None:
        first = after_open_time(when, moment, timedelta(minutes=one))

        assert first is not None
        assert after_open_time(when, first, timedelta(minutes=other)) == after_open_time(
            when, moment, timedelta(minutes=one + other)
        )
