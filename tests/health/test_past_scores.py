"""Scores as they were, from the findings that were open on each day."""

from dataclasses import replace
from datetime import UTC, date, datetime

from digest_material import PAYMENTS, make_finding

from aika.domain.findings import FindingEvent, FindingState, Happening
from aika.domain.identifiers import FindingId
from aika.health.scores import Standing
from aika.health.scores_past import Group, past_scores, was_open
from aika.testing.makers import make_document

TODAY = date(2026, 11, 10)
LIMITS = replace(make_document("limits.md", title="Limits"), owner=PAYMENTS)
OTHER = replace(make_document("other.md", title="Other"), owner=PAYMENTS)
STANDING = Standing((), {}, TODAY)


def on(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_a_finding_costs_from_the_day_it_was_found_until_it_was_resolved() -> None:
    finding = make_finding("one", LIMITS, state=FindingState.RESOLVED, created_at=on(3))
    history = {
        FindingId("one"): [FindingEvent(on(3), Happening.FOUND), FindingEvent(on(6), Happening.RESOLVED)],
    }

    days = past_scores(Group("document", LIMITS.id, [LIMITS]), [finding], history, STANDING, 9)

    assert [(score.day and score.day.day, score.score) for score in days] == [
        (2, 100),
        (3, 75),
        (4, 75),
        (5, 75),
        (6, 100),
        (7, 100),
        (8, 100),
        (9, 100),
        (10, 100),
    ]


def test_one_that_was_opened_again_costs_again() -> None:
    finding = make_finding("one", LIMITS, created_at=on(1))
    history = {
        FindingId("one"): [FindingEvent(on(2), Happening.DISMISSED), FindingEvent(on(4), Happening.REOPENED)],
    }

    assert [was_open(finding, history, date(2026, 11, day)) for day in (1, 2, 3, 4)] == [True, False, False, True]


def test_a_group_has_the_mean_of_its_documents_and_gaps() -> None:
    finding = make_finding("one", LIMITS, created_at=on(9))
    gap = make_finding("gap", gap=True, created_at=on(10))

    days = past_scores(Group("owner", PAYMENTS.name, [LIMITS, OTHER], [gap]), [finding], {}, STANDING, 3)

    assert [(score.score, score.findings) for score in days] == [(100, 0), (88, 1), (58, 2)]


def test_what_is_of_other_documents_costs_nothing() -> None:
    finding = make_finding("one", OTHER, created_at=on(1))

    assert [score.score for score in past_scores(Group("document", "x", [LIMITS]), [finding], {}, STANDING, 2)] == [
        100,
        100,
    ]
