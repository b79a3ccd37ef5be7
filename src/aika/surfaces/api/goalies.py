"""``/v1/goalies``: the support bots of channels, and what became of their questions.

For administrators of everything, and for the human goalies of each. To everyone else there are none.
"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from aika.application.goalie_clicks import Person
from aika.application.goalie_editing import file_of
from aika.application.goalie_review import GoalieReview, Reviewer
from aika.client import goalie_models as wire
from aika.domain.answers import Band
from aika.domain.goalies import Case, CaseState, Goalie, Weekday
from aika.goalie.hours import is_open, opens_at
from aika.goalie.noise import Budget
from aika.goalie.reporting import ChannelReport, markdown_of
from aika.goalie.working import budget_of
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.places import place_of
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["goalies"], responses=RESPONSES)


def review_of(aika: TheAika) -> GoalieReview:
    """Return what shows proposals and takes decisions."""
    return GoalieReview(aika.goalies, aika.database.catalogue)


def reviewer_of(caller: TheCaller) -> Reviewer:
    """Return the caller as goalies know them. Who is no particular person decides as an administrator, or not at all."""
    address = "" if caller.person is None else caller.person.removeprefix("user:")
    person = Person(caller.person or caller.owner, address, oversees=caller.operator)
    return Reviewer(person, caller.scope)


TheReview = Annotated[GoalieReview, Depends(review_of)]
TheReviewer = Annotated[Reviewer, Depends(reviewer_of)]


@router.get("/v1/goalies")
async def list_goalies(aika: TheAika, caller: TheCaller, review: TheReview, reviewer: TheReviewer) -> wire.GoaliesReply:
    """Return the goalies that are the caller's to look after, and to administrators what is wrong with files."""
    mine = await review.mine(reviewer.person)
    errors = dict((await aika.goalies.current()).errors) if caller.operator else {}
    return wire.GoaliesReply(goalies=[_goalie(one, caller) for one in mine], errors=errors)


@router.get("/v1/goalies/{name}")
async def get_goalie(
    name: str, aika: TheAika, caller: TheCaller, review: TheReview, reviewer: TheReviewer
) -> wire.GoalieDetail:
    """Return what a goalie's file says, and how it is now."""
    return await detail_of(await review.named(name, reviewer.person), aika, caller)


@router.get("/v1/goalies/{name}/report")
async def report_goalie(
    name: str,
    aika: TheAika,
    review: TheReview,
    reviewer: TheReviewer,
    until: Annotated[datetime | None, Query(description="When the week ends. Unset: now.")] = None,
) -> wire.ChannelReportView:
    """Return what became of a channel's questions within a week."""
    goalie = await review.named(name, reviewer.person)
    end = until if until is None or until.tzinfo is not None else until.replace(tzinfo=UTC)
    return _report(await aika.goalies.reports.week(goalie, until=end))


@router.get("/v1/goalies/{name}/cases")
async def list_cases(
    name: str,
    aika: TheAika,
    review: TheReview,
    reviewer: TheReviewer,
    state: Annotated[list[CaseState] | None, Query(description="Unset: all.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> wire.CasesReply:
    """Return what became of messages, the newest first. What they say stays in Slack."""
    goalie = await review.named(name, reviewer.person)
    found = await aika.goalies.cases.listing(goalie.id, states=state, limit=limit)
    return wire.CasesReply(cases=[await _case(case, review) for case in found])


async def detail_of(goalie: Goalie, aika: TheAika, caller: Caller) -> wire.GoalieDetail:
    """Return everything there is to say of a goalie."""
    now = aika.clock.now()
    file = await asyncio.to_thread(file_of, aika.settings, goalie)
    budget = await budget_of(aika.goalies.cases, goalie, now)
    return wire.GoalieDetail(
        **_goalie(goalie, caller).model_dump(),
        settings=_settings(goalie),
        open=is_open(goalie.hours, now),
        opens_at=opens_at(goalie.hours, now),
        noise=_noise(goalie, budget),
        connected=aika.goalies.desk is not None,
        file=file.shown if caller.operator else "",
        file_version=file.version,
        editable=caller.operator and file.writable,
    )


def _goalie(goalie: Goalie, caller: Caller) -> wire.GoalieView:
    return wire.GoalieView(
        name=goalie.id,
        channel=goalie.channel,
        workspace=goalie.workspace,
        mode=goalie.mode.value,
        medium=goalie.medium,
        high=goalie.high,
        humans=len(goalie.humans),
        # Where the server keeps its files is for those who administer it.
        declared_in=place_of(goalie.declared_in) if caller.operator else None,
    )


def _settings(goalie: Goalie) -> wire.GoalieSettingsView:
    actions = {band: goalie.actions[band].value for band in Band}
    waiting, report = goalie.waiting, goalie.report
    return wire.GoalieSettingsView(
        assistant=goalie.assistant,
        sources=list(goalie.extra_sources),
        language=goalie.language,
        tone=goalie.tone,
        hours=_hours(goalie),
        low=actions[Band.LOW],
        medium=actions[Band.MEDIUM],
        high=actions[Band.HIGH],
        humans=list(goalie.humans),
        humans_channel=goalie.humans_channel,
        reach=goalie.reach,
        waiting_seconds=None if waiting is None else waiting.after.total_seconds(),
        waiting_text="" if waiting is None else waiting.text,
        daily_limit=goalie.daily_limit,
        log_channel=goalie.log_channel,
        owners_channel=goalie.owners_channel,
        keep_in=goalie.keep_in,
        report_day=None if report is None else report.day.value,
        report_at=None if report is None else report.at,
        minutes_saved=goalie.minutes_saved,
    )


def _hours(goalie: Goalie) -> wire.HoursView | None:
    hours = goalie.hours
    if hours is None:
        return None
    # In the order of the week, which the days are declared in.
    days = [day.value for day in Weekday if day in hours.days]
    return wire.HoursView(timezone=hours.timezone, days=days, begin=hours.begin, end=hours.end)


def _noise(goalie: Goalie, budget: Budget) -> wire.NoiseView:
    level = budget.level.name.lower()
    return wire.NoiseView.model_validate(
        {
            "min_acceptance": goalie.noise.min_acceptance,
            "window": goalie.noise.window,
            "level": level,
            "judged": budget.judged,
            "accepted": budget.accepted,
            "proposes_from": budget.proposes_from,
            "answers_from": budget.answers_from,
        }
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


async def _case(case: Case, review: GoalieReview) -> wire.CaseView:
    decided_by = await review.called(case, case.decided_by)
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
        decided_by=decided_by or case.decided_by,
        shadow=case.shadow,
        answered_at=case.answered_at,
        human_first_at=case.human_first_at,
        address=review.address(case),
    )
