"""What a goalie's owners are told of a week."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from goalie_world import World

from aika.application.goalies import Goalies
from aika.application.wiring import open_aika
from aika.client.goalie_client import AsyncGoalieClient
from aika.domain.goalies import Case, CaseState, Mode, Posted, ReportTime, Weekday
from aika.domain.identifiers import AnswerId
from aika.goalie.reporting import markdown_of
from aika.settings import load_settings
from aika.surfaces.api.app import create_app
from aika.testing.goalies import HUMAN, MONDAY, make_case, make_goalie

WEEK_LATER = MONDAY + timedelta(days=7)


def answered_case(minute: float, *, after: float, **given: object) -> Case:
    at = MONDAY + timedelta(minutes=minute)
    fields = {
        "answered_at": at + timedelta(minutes=after),
        "posted": Posted("C1", "1"),
        "answer": AnswerId(str(minute)),
        "draft": "So.",
        **given,
    }
    return make_case(str(minute), minute=minute, **{"state": CaseState.ANSWERED, **fields})  # type: ignore[arg-type]


def silent_case(minute: float, question: str, *, answered_by_human_after: float | None = None) -> Case:
    at = MONDAY + timedelta(minutes=minute)
    first = None if answered_by_human_after is None else at + timedelta(minutes=answered_by_human_after)
    return make_case(
        str(minute),
        minute=minute,
        state=CaseState.SILENT,
        question=question,
        answer=AnswerId(str(minute)),
        human_first_at=first,
    )


async def a_week(world: World) -> None:
    cases = [
        answered_case(0, after=1, helped=("U7",)),
        answered_case(1, after=2),
        answered_case(2, after=30, state=CaseState.ACCEPTED, decided_by=HUMAN, proposals=(Posted("D1", "1"),)),
        answered_case(3, after=40, state=CaseState.EDITED, decided_by=HUMAN, proposals=(Posted("D1", "2"),), kept=True),
        make_case("4", minute=4, state=CaseState.REJECTED, decided_by=HUMAN, answer=AnswerId("4"), draft="No."),
        make_case("5", minute=5, state=CaseState.WITHDRAWN, proposals=(Posted("D1", "3"),), draft="So."),
        silent_case(6, "refunds after sixty days?", answered_by_human_after=90),
        silent_case(7, "refunds for gifts?"),
        silent_case(8, "lunch when?"),
        make_case("9", minute=9, state=CaseState.IGNORED, question=""),
    ]
    for case in cases:
        await world.database.cases.open(case)


async def test_a_report_counts_what_became_of_questions(world: World, goalies: Goalies) -> None:
    await a_week(world)

    report = await goalies.reports.week(make_goalie(), until=WEEK_LATER)

    assert (report.messages, report.questions) == (10, 9)
    assert (report.answered, report.found_helpful) == (2, 1)
    assert (report.proposed, report.accepted, report.edited, report.rejected, report.withdrawn) == (4, 1, 1, 1, 1)
    assert report.acceptance == pytest.approx(2 / 3)
    assert report.unanswered == 4
    assert report.kept == 1


async def test_time_saved_counts_accepted_answers_and_helpful_ones(world: World, goalies: Goalies) -> None:
    await a_week(world)

    report = await goalies.reports.week(make_goalie(minutes_saved=15.0), until=WEEK_LATER)

    assert report.minutes_saved == 30
    assert "15 minutes for each answer that was accepted, or given by itself and found helpful" in markdown_of(report)


async def test_first_answers_are_compared_with_and_without_the_goalie(world: World, goalies: Goalies) -> None:
    await a_week(world)

    report = await goalies.reports.week(make_goalie(), until=WEEK_LATER)

    assert report.first_answer_with == timedelta(minutes=16)
    assert report.first_answer_without == timedelta(minutes=90)


async def test_what_was_missing_is_told_by_the_questions_that_one_document_would_answer(
    world: World, goalies: Goalies
) -> None:
    await a_week(world)

    report = await goalies.reports.week(make_goalie(), until=WEEK_LATER)

    assert {missing.name: len(missing.questions) for missing in report.missing} == {
        "refunds after sixty days?": 2,
        "How do I rotate a key?": 1,
        "lunch when?": 1,
    }
    assert "“refunds after sixty days?”; “refunds for gifts?”" in markdown_of(report)


async def test_a_report_in_shadow_mode_says_what_would_have_been_done(world: World, goalies: Goalies) -> None:
    await world.database.cases.open(make_case(state=CaseState.ANSWERED, shadow=True))

    report = await goalies.reports.week(make_goalie(mode=Mode.SHADOW), until=WEEK_LATER)

    assert "It would have answered 1 and proposed 0" in markdown_of(report)


async def test_owners_are_told_once_a_week_at_the_time_of_their_choice(world: World, goalies: Goalies) -> None:
    await a_week(world)
    world.files.goalies[:] = [make_goalie(report=ReportTime(Weekday.FRIDAY))]
    moments = [MONDAY, at(4, hours=-1), at(4), at(4, hours=2), at(5), at(11)]

    told = [await _told_by(moment, world, goalies) for moment in moments]

    # In the second week nothing was asked.
    assert told == [0, 0, 1, 1, 1, 1]


async def test_a_report_that_is_days_late_is_not_sent(world: World, goalies: Goalies) -> None:
    await a_week(world)
    world.files.goalies[:] = [make_goalie(report=ReportTime(Weekday.FRIDAY))]

    assert await _told_by(at(7), world, goalies) == 0


async def test_a_goalie_whose_file_wants_no_report_writes_none(world: World, goalies: Goalies) -> None:
    await a_week(world)
    world.files.goalies[:] = [make_goalie(report=None)]

    assert await _told_by(at(4), world, goalies) == 0


@pytest.fixture
async def served(tmp_path: Path, embedder_graphs: Path) -> AsyncIterator[AsyncGoalieClient]:
    (tmp_path / ".aika").mkdir()
    (tmp_path / ".aika" / "models").symlink_to(embedder_graphs)
    (tmp_path / "goalies").mkdir()
    (tmp_path / "goalies" / "payments-help.yaml").write_text(
        'channel: "#payments"\nmode: live\nhumans: [goalie@example.org]\n', encoding="utf-8"
    )
    async with open_aika(load_settings(tmp_path)) as aika:
        now = aika.clock.now()
        case = make_case(state=CaseState.ACCEPTED, decided_by=HUMAN)
        await aika.database.cases.open(replace(case, seen_at=now - timedelta(days=1)))
        transport = httpx.ASGITransport(create_app(aika))
        async with AsyncGoalieClient("http://aika", transport=transport) as client:
            yield client


async def test_administrators_ask_the_api_what_became_of_a_channels_questions(served: AsyncGoalieClient) -> None:
    [goalie] = (await served.goalies()).goalies
    report = await served.goalie_report(goalie.name)
    [case] = (await served.goalie_cases(goalie.name)).cases

    assert (goalie.name, goalie.channel, goalie.mode) == ("payments-help", "payments", "live")
    assert (report.accepted, report.questions) == (1, 1)
    assert "1 proposed: 1 accepted" in report.text
    assert (case.state, case.decided_by) == ("accepted", HUMAN)


async def _told_by(moment: datetime, world: World, goalies: Goalies) -> int:
    """Return how many reports there are once it was looked at this time."""
    world.clock.moment = moment
    await goalies.look()
    return len([text for text in world.desk.seen("owners") if "The week of" in text])


def at(days: int, *, hours: float = 0) -> datetime:
    return MONDAY + timedelta(days=days, hours=hours)
