"""``/v1/goalies``: the support bots of channels, and what became of their questions. For administrators of everything."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query

from aika.client import goalie_models as wire
from aika.domain.goalies import Case, CaseState, Goalie
from aika.goalie.reporting import ChannelReport, markdown_of
from aika.surfaces.api.callers import TheAika, TheOperator
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["goalies"], responses=RESPONSES)


@router.get("/v1/goalies")
async def list_goalies(aika: TheAika, _: TheOperator) -> wire.GoaliesReply:
    """Return the goalies as their files are now, and what is wrong with files."""
    declared = await aika.goalies.current()
    return wire.GoaliesReply(goalies=[_goalie(one) for one in declared.goalies], errors=dict(declared.errors))


@router.get("/v1/goalies/{name}/report")
async def report_goalie(
    name: str,
    aika: TheAika,
    _: TheOperator,
    until: Annotated[datetime | None, Query(description="When the week ends. Unset: now.")] = None,
) -> wire.ChannelReportView:
    """Return what became of a channel's questions within a week."""
    goalie = await aika.goalies.named(name)
    end = until if until is None or until.tzinfo is not None else until.replace(tzinfo=UTC)
    return _report(await aika.goalies.reports.week(goalie, until=end))


@router.get("/v1/goalies/{name}/cases")
async def list_cases(
    name: str,
    aika: TheAika,
    _: TheOperator,
    state: Annotated[list[CaseState] | None, Query(description="Unset: all.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> wire.CasesReply:
    """Return what became of messages, the newest first. What they say stays in Slack."""
    goalie = await aika.goalies.named(name)
    found = await aika.goalies.cases.listing(goalie.id, states=state, limit=limit)
    return wire.CasesReply(cases=[_case(case) for case in found])


def _goalie(goalie: Goalie) -> wire.GoalieView:
    return wire.GoalieView(
        name=goalie.id,
        channel=goalie.channel,
        workspace=goalie.workspace,
        mode=goalie.mode.value,
        medium=goalie.medium,
        high=goalie.high,
        humans=len(goalie.humans),
        declared_in=goalie.declared_in,
    )


def _report(report: ChannelReport) -> wire.ChannelReportView:
    times = (report.first_answer_with, report.first_answer_without)
    with_goalie, without = (None if time is None else time.total_seconds() for time in times)
    return wire.ChannelReportView(
        goalie=report.goalie,
        channel=report.channel,
        mode=report.mode.value,
        since=report.since,
        until=report.until,
        messages=report.messages,
        questions=report.questions,
        answered=report.answered,
        found_helpful=report.found_helpful,
        proposed=report.proposed,
        accepted=report.accepted,
        edited=report.edited,
        rejected=report.rejected,
        withdrawn=report.withdrawn,
        waiting=report.waiting,
        silent=report.silent,
        unanswered=report.unanswered,
        kept=report.kept,
        acceptance=report.acceptance,
        minutes_saved=report.minutes_saved,
        minutes_each=report.minutes_each,
        first_answer_with=with_goalie,
        first_answer_without=without,
        missing=[wire.MissingDocumentView(name=one.name, questions=list(one.questions)) for one in report.missing],
        text=markdown_of(report),
    )


def _case(case: Case) -> wire.CaseView:
    return wire.CaseView(
        id=case.id,
        state=case.state.value,
        seen_at=case.seen_at,
        changed_at=case.changed_at,
        message=case.message,
        channel=case.place.channel,
        workspace=case.place.workspace,
        probability=case.probability,
        confidence=case.confidence,
        reason=case.reason,
        decided_by=case.decided_by,
        shadow=case.shadow,
        answered_at=case.answered_at,
        human_first_at=case.human_first_at,
    )
