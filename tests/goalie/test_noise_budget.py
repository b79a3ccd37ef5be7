"""A goalie whose drafts are turned down grows quieter step by step, says so, and speaks up again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aika.domain.answers import Band
from aika.domain.goalies import Action, Case, CaseState, Goalie, Mode, NoiseBudget, Place
from aika.domain.identifiers import CaseId, GoalieId
from aika.goalie.noise import FEWEST, REMEMBERED, Quiet, budget, change_told, upper_bound, was_accepted
from aika.goalie.policy import Situation, decide

NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)
GOALIE = Goalie(GoalieId("help"), "help", mode=Mode.LIVE, humans=("ada@example.org",), noise=NoiseBudget(0.6, 20))
ORDER = [Action.NOTHING, Action.PROPOSE, Action.ANSWER]

histories = st.lists(st.booleans(), max_size=40)


def case(number: int, state: CaseState, *, ago: timedelta = timedelta(0)) -> Case:
    when = NOW - ago - timedelta(minutes=number)
    name = f"{number:03}"
    return Case(CaseId(name), GOALIE.id, Place("T1", "C1"), name, name, "U1", state, when, when)


def judged(accepted: Sequence[bool], *, ago: timedelta = timedelta(0)) -> list[Case]:
    """Return cases that people judged so, the newest first."""
    states = {True: CaseState.ACCEPTED, False: CaseState.REJECTED}
    return [case(number, states[good], ago=ago) for number, good in enumerate(accepted)]


def test_a_few_rejections_may_be_chance_and_change_nothing() -> None:
    assert budget(GOALIE, judged([False] * (FEWEST - 1)), NOW).level is Quiet.NOT


@pytest.mark.parametrize(
    ("accepted", "level"),
    [(12, Quiet.NOT), (10, Quiet.NOT), (9, Quiet.WARY), (4, Quiet.PROPOSING), (0, Quiet.NEARLY_SILENT)],
)
def test_the_fewer_are_accepted_the_quieter_it_is(accepted: int, level: Quiet) -> None:
    cases = judged([True] * accepted + [False] * (20 - accepted))

    found = budget(GOALIE, cases, NOW)

    assert (found.level, found.accepted, found.judged) == (level, accepted, 20)


def test_each_step_takes_something_away_and_the_last_leaves_what_is_surest() -> None:
    levels = [budget(GOALIE, judged([True] * accepted + [False] * (20 - accepted)), NOW) for accepted in (12, 8, 4, 0)]

    actions = [
        [
            decide(GOALIE, Situation(NOW, confidence, budget=level)).action.value
            for confidence in (0.45, 0.6, 0.75, 0.95)
        ]
        for level in levels
    ]

    assert actions == [
        ["propose", "propose", "answer", "answer"],
        ["propose", "propose", "propose", "answer"],
        ["nothing", "propose", "propose", "propose"],
        ["nothing", "nothing", "nothing", "propose"],
    ]


def test_it_speaks_up_again_when_newer_ones_are_accepted() -> None:
    bad = judged([False] * 20, ago=timedelta(days=2))

    levels = [budget(GOALIE, judged([True] * good) + bad, NOW).level for good in (0, 5, 9, 14)]

    assert levels == [Quiet.NEARLY_SILENT, Quiet.PROPOSING, Quiet.WARY, Quiet.NOT]


def test_it_forgets_so_that_a_silent_one_is_heard_again() -> None:
    assert budget(GOALIE, judged([False] * 20, ago=REMEMBERED + timedelta(days=1)), NOW).level is Quiet.NOT


def test_what_was_said_in_shadow_and_what_nobody_judged_does_not_count() -> None:
    shadow = [replace(one, shadow=True) for one in judged([False] * 20)]
    withdrawn = [case(number, CaseState.WITHDRAWN) for number in range(20)]

    assert budget(GOALIE, [*shadow, *withdrawn], NOW).judged == 0


def test_an_edited_draft_was_worth_it_and_of_an_answer_the_askers_say() -> None:
    answered = case(1, CaseState.ANSWERED)

    assert was_accepted(case(2, CaseState.EDITED)) is True
    assert was_accepted(answered) is None
    assert was_accepted(replace(answered, did_not_help=("U2",))) is False
    assert was_accepted(replace(answered, helped=("U2", "U3"), did_not_help=("U4",))) is True


def test_a_goalie_whose_budget_is_off_never_grows_quieter() -> None:
    off = replace(GOALIE, noise=NoiseBudget(min_acceptance=0.0))

    assert budget(off, judged([False] * 20), NOW).level is Quiet.NOT


def test_owners_are_told_what_changed_why_and_what_it_means() -> None:
    quiet = budget(GOALIE, judged([False] * 20), NOW)
    loud = budget(GOALIE, judged([True] * 20), NOW)

    told = change_told(GOALIE, Quiet.NOT, quiet)
    told_again = change_told(GOALIE, Quiet.NEARLY_SILENT, loud)

    assert change_told(GOALIE, quiet.level, quiet) is None
    assert told is not None
    assert told_again is not None
    assert "0 of its last 20 judged answers were accepted, and it is meant to reach 60%" in told
    assert "speaks up again" in told_again


@given(histories, st.floats(0, 1))
def test_its_level_depends_on_nothing_but_the_cases_in_any_order(accepted: list[bool], wanted: float) -> None:
    goalie = replace(GOALIE, noise=NoiseBudget(wanted, 20))
    cases = judged(accepted)

    assert budget(goalie, cases, NOW) == budget(goalie, reversed(cases), NOW)


@given(histories, st.integers(0, 39))
def test_one_more_accepted_never_makes_it_quieter(accepted: list[bool], turned: int) -> None:
    better = [good or number == turned for number, good in enumerate(accepted)]

    assert budget(GOALIE, judged(better), NOW).level <= budget(GOALIE, judged(accepted), NOW).level


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 20), st.integers(0, 20), st.floats(0, 1))
def test_a_quieter_level_never_does_more(one: float, other: float, few: int, many: int, confidence: float) -> None:
    medium, high = sorted((one, other))
    goalie = replace(GOALIE, medium=medium, high=high)
    worse, better = (budget(goalie, judged([True] * good + [False] * (20 - good)), NOW) for good in sorted((few, many)))

    quieter, louder = (decide(goalie, Situation(NOW, confidence, budget=one)).action for one in (worse, better))

    assert ORDER.index(quieter) <= ORDER.index(louder)


@given(st.integers(1, 200).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_the_bound_lies_above_the_share_and_comes_nearer_with_more_cases(counts: tuple[int, int]) -> None:
    accepted, count = counts

    bound = upper_bound(accepted, count)

    assert accepted / count <= bound + 1e-9 <= 1 + 1e-9
    assert upper_bound(accepted * 10, count * 10) <= bound + 1e-9


def test_a_file_that_answers_at_medium_grows_quieter_as_well() -> None:
    bold = replace(GOALIE, actions={Band.LOW: Action.NOTHING, Band.MEDIUM: Action.ANSWER, Band.HIGH: Action.ANSWER})
    wary = budget(bold, judged([True] * 8 + [False] * 12), NOW)

    assert wary.level is Quiet.WARY
    assert decide(bold, Situation(NOW, 0.5, budget=wary)).action is Action.PROPOSE
    assert decide(bold, Situation(NOW, 0.71, budget=wary)).action is Action.ANSWER
