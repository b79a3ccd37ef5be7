"""``/v1/health/scores`` and ``/v1/health/gaps``: how healthy documents are, and which are missing."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from aika.application.aika import Aika
from aika.application.health import MOST_LISTED, Wanted
from aika.client import digest_models as wire
from aika.domain.findings import Finding, FindingKind, FindingState
from aika.domain.scores import DayScore, DocumentScore, GroupScore, ScorePart
from aika.health.findings_wording import name_of
from aika.health.gaps_listing import regrouped
from aika.health.scores_keeping import Past
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.health import viewer_of
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.views import owner_view, summary_of

router = APIRouter(tags=["health"], responses=RESPONSES)

_EVERY_GAP = Wanted(kinds=(FindingKind.NO_DOCUMENT,))
_GAPS = Wanted(states=(FindingState.OPEN, FindingState.ACCEPTED), kinds=(FindingKind.NO_DOCUMENT,))


@router.get("/v1/health/scores")
async def list_scores(
    aika: TheAika,
    caller: TheCaller,
    by: Annotated[Literal["document", "owner", "source"], Query(description="What is scored.")] = "owner",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    days: Annotated[int, Query(ge=0, le=366, description="Of history.")] = 30,
) -> wire.ScoresReply:
    """Return scores of the documents that the caller may read, made from nothing else, each with what makes it up."""
    scores = await aika.digests.scores.scores(scope=caller.scope, gaps=await _gaps(aika, caller))
    if by == "document":
        views = [_document_view(score) for score in scores.documents[:limit]]
        return wire.ScoresReply(by=by, scores=views, total=len(scores.documents))
    groups = scores.owners if by == "owner" else scores.sources
    return wire.ScoresReply(
        by=by,
        scores=[_group_view(group) for group in groups[:limit]],
        total=len(groups),
        history=await _history(aika, caller, by, days),
    )


@router.get("/v1/health/scores/history")
async def list_past_scores(
    aika: TheAika,
    caller: TheCaller,
    by: Annotated[Literal["document", "owner", "source"], Query(description="What is scored.")] = "owner",
    name: Annotated[
        str | None, Query(description="One owner's or source's, or a document's id. Unset: all owners or sources.")
    ] = None,
    days: Annotated[int, Query(ge=1, le=180)] = 30,
) -> wire.PastScoresReply:
    """Return how scores were on each of the last days, of the documents that the caller may read.

    Made from the findings that the caller may know of, as they were on that day; reviews and ratings count as they are now.
    """
    wanted = Past(by, name, days)
    gaps = await _gaps(aika, caller, any_state=True)
    found = await aika.digests.scores.past(wanted, scope=caller.scope, gaps=gaps, histories=aika.health.histories)
    return wire.PastScoresReply(by=by, days=[_day_view(score) for score in found if score.day is not None])


@router.get("/v1/health/gaps")
async def list_gaps(
    aika: TheAika, caller: TheCaller, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> wire.GapsReply:
    """Return the gaps that are the caller's to fill, put together anew from all of their questions."""
    found = await _gaps(aika, caller)
    by_id = {finding.id: finding for finding in found}
    gaps = await regrouped(aika.digests.gaps, found)
    return wire.GapsReply(
        gaps=[
            wire.GapView(
                name=gap.name,
                people=gap.people,
                questions=list(gap.questions),
                findings=[str(finding) for finding in gap.findings],
                owner=owner_view(gap.owner),
                kept_as=[_kept_as(by_id[finding]) for finding in gap.findings],
                first_asked_at=gap.first_asked_at,
                last_asked_at=gap.last_asked_at,
            )
            for gap in gaps[:limit]
        ]
    )


async def _gaps(aika: Aika, caller: Caller, *, any_state: bool = False) -> list[Finding]:
    wanted = _EVERY_GAP if any_state else _GAPS
    listed = await aika.health.listing(viewer_of(caller, aika), wanted, limit=MOST_LISTED)
    return [finding for finding in listed if finding.document is None]


async def _history(aika: Aika, caller: Caller, level: str, days: int) -> list[wire.DayScoreView]:
    # The kept scores are of all documents: who may not oversee all of them would learn of the others.
    if not caller.admin or caller.scope.sources is not None or not days:
        return []
    since = aika.clock.now().date() - timedelta(days=days)
    return [_day_view(score) for score in await aika.digests.scores.since(since, level=level) if score.day is not None]


def _day_view(score: DayScore) -> wire.DayScoreView:
    return wire.DayScoreView.model_validate(
        {
            "day": score.day,
            "name": score.name,
            "score": score.score,
            "documents": score.documents,
            "findings": score.findings,
        }
    )


def _kept_as(finding: Finding) -> wire.GapFindingView:
    return wire.GapFindingView.model_validate(
        {"id": finding.id, "version": finding.version, "state": finding.state, "assignee": finding.assignee}
    )


def _document_view(score: DocumentScore) -> wire.ScoreView:
    return wire.ScoreView(
        name=name_of(score.document),
        score=score.score,
        parts=[_part_view(part) for part in score.parts],
        documents=1,
        findings=score.findings,
        document=summary_of(score.document),
    )


def _group_view(group: GroupScore) -> wire.ScoreView:
    return wire.ScoreView(
        name=group.name,
        score=group.score,
        parts=[_part_view(part) for part in group.parts],
        documents=group.documents,
        gaps=group.gaps,
        findings=group.findings,
    )


def _part_view(part: ScorePart) -> wire.ScorePartView:
    return wire.ScorePartView(name=part.name, points=part.points, explanation=part.explanation)
