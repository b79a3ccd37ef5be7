"""No figure, and no difference of two figures, tells of fewer than ``k`` people."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aika.domain.identifiers import AnswerId
from aika.domain.insights import AskedQuestion, Opinion, Outcome, Surface
from aika.insights.publishing import divided, monday, people, published, rated_portions, users_of

K = 3
MONDAY = date(2026, 11, 2)
LATER = datetime(2026, 11, 30, 12, tzinfo=UTC)


def asked(asker: str, day: int, *, surface: Surface = Surface.WEB, number: int = 0) -> AskedQuestion:
    """A question of somebody, so many days after the Monday."""
    moment = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=day)
    return AskedQuestion(
        AnswerId(f"{asker}-{day}-{surface}-{number}"), moment, surface, asker, Outcome.ANSWERED, milliseconds=100
    )


def everyone(names: str, day: int, *, surface: Surface = Surface.WEB) -> list[AskedQuestion]:
    return [asked(name, day, surface=surface) for name in names]


def surface_of(question: AskedQuestion) -> tuple[str, ...]:
    return (question.surface.value,)


def test_a_day_of_too_few_people_is_part_of_its_week_alone() -> None:
    shown = published([*everyone("abc", 0), *everyone("ab", 1), *everyone("cd", 2)], k=K, now=LATER)

    assert list(shown.days) == [MONDAY]
    assert people(shown.rests[MONDAY]) == 4
    assert len(shown.weeks()[MONDAY]) == 7


def test_what_is_left_of_a_week_by_too_few_people_is_in_no_figure() -> None:
    shown = published([*everyone("abc", 0), *everyone("ab", 1)], k=K, now=LATER)

    assert len(shown.weeks()[MONDAY]) == 3


def test_today_is_not_shown_before_it_is_over() -> None:
    questions = everyone("abcd", 0)

    assert published(questions, k=K, now=datetime(2026, 11, 2, 23, tzinfo=UTC)).all() == []
    assert len(published(questions, k=K, now=datetime(2026, 11, 3, 0, tzinfo=UTC)).all()) == 4


def test_alone_one_sees_everything_at_once() -> None:
    assert len(published(everyone("a", 0), k=1, now=datetime(2026, 11, 2, 10, tzinfo=UTC)).all()) == 1


def test_a_part_is_hidden_where_the_rest_of_the_whole_would_be_too_few() -> None:
    questions = [*everyone("abcd", 0), *everyone("ab", 0, surface=Surface.SLACK)]
    parts = divided(published(questions, k=K, now=LATER), surface_of, k=K)

    assert parts == {}


def test_a_hidden_part_is_not_what_the_shown_ones_leave() -> None:
    questions = [
        *everyone("abcde", 0),
        *everyone("efgh", 0, surface=Surface.SLACK),
        *everyone("hi", 0, surface=Surface.API),
    ]
    parts = divided(published(questions, k=K, now=LATER), surface_of, k=K)

    assert list(parts) == ["web"]


def test_a_week_that_still_grows_is_not_divided() -> None:
    questions = [*everyone("abcd", 0), *everyone("efgh", 0, surface=Surface.SLACK)]
    now = datetime(2026, 11, 4, tzinfo=UTC)

    assert divided(published(questions, k=K, now=now), surface_of, k=K) == {}
    assert set(divided(published(questions, k=K, now=LATER), surface_of, k=K)) == {"web", "slack"}


def test_users_of_a_team_are_told_where_neither_they_nor_the_others_are_few() -> None:
    questions = [replace(one, teams=("group:a",)) for one in everyone("abcd", 0)]  # type: ignore[arg-type]  # a principal
    alone = published(questions, k=K, now=LATER)
    beside = published([*questions, *everyone("xy", 0)], k=K, now=LATER)
    end = MONDAY + timedelta(weeks=1)

    def teams(question: AskedQuestion) -> Sequence[str]:
        return question.teams

    assert users_of(alone, teams, k=K, start=MONDAY, end=end) == {"group:a": 4}
    assert users_of(beside, teams, k=K, start=MONDAY, end=end) == {}


QUESTIONS = st.lists(
    st.builds(
        asked,
        st.sampled_from("abcdefg"),
        st.integers(0, 20),
        surface=st.sampled_from([Surface.WEB, Surface.SLACK, Surface.API]),
        number=st.integers(0, 3),
    ),
    max_size=60,
    unique_by=lambda question: question.answer,
)


@given(QUESTIONS, st.integers(0, 25), st.integers(0, 25))
def test_whatever_two_requests_differ_by_is_of_enough_people(
    questions: list[AskedQuestion], one: int, other: int
) -> None:
    before, after = (
        published(questions, k=K, now=datetime(2026, 11, 2, 12, tzinfo=UTC) + timedelta(days=days))
        for days in sorted((one, other))
    )
    ids = {question.answer for question in before.all()}
    new = [question for question in after.all() if question.answer not in ids]

    assert ids <= {question.answer for question in after.all()}
    assert not 0 < people(new) < K
    for week, found in after.weeks().items():
        by_day = [question for day, portion in after.days.items() if monday(day) == week for question in portion]
        rest = [question for question in found if question not in by_day]
        assert not 0 < people(rest) < K


@given(QUESTIONS)
def test_no_part_and_no_remainder_of_a_week_is_of_few_people(questions: list[AskedQuestion]) -> None:
    shown = published(questions, k=K, now=LATER)
    parts = divided(shown, surface_of, k=K)

    for week, whole in shown.weeks().items():
        told = [weeks[week] for weeks in parts.values() if week in weeks]
        remainders = [[one for one in whole if one not in part] for part in told]
        together = {one.answer for part in told for one in part}
        remainders.append([one for one in whole if one.answer not in together])
        assert all(people(part) >= K for part in told)
        assert not told or all(people(left) == 0 or people(left) >= K for left in remainders)


def said(rater: str, minutes: int, *, helpful: bool = True, confidence: float = 0.9) -> Opinion:
    question = replace(asked("x", 0), confidence=confidence)
    return Opinion(question, rater, helpful, question.asked_at + timedelta(minutes=minutes))


def test_ratings_are_told_when_enough_people_gave_some() -> None:
    opinions = [said("a", 1), said("a", 2), said("b", 3), said("c", 4), said("d", 5)]
    portions = rated_portions(opinions, lambda _: 4, k=K, now=LATER)

    assert [len(portion) for _, _, portion in portions] == [4]


def test_a_rating_of_today_changes_nothing_yet() -> None:
    opinions = [said("a", 1), said("b", 2), said("c", 3)]

    assert rated_portions(opinions, lambda _: 0, k=K, now=datetime(2026, 11, 2, 23, tzinfo=UTC)) == []
