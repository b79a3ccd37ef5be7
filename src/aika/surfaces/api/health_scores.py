"""``/v1/health/scores`` and ``/v1/health/gaps``: how healthy documents are, and which are missing."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from aika.application.aika import Aika
from aika.application.health import MOST_LISTED, Wanted
from aika.client import digest_models as wire
from aika.domain.findings import Finding, FindingKind, FindingState
from aika.domain.scores import DocumentScore, GroupScore, ScorePart
from aika.health.findings_access import Viewer
from aika.health.findings_wording import name_of
from aika.health.gaps_listing import regrouped
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.views import owner_view, summary_of

router = APIRouter(tags=["health"], responses=RESPONSES)

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


@router.get("/v1/health/gaps")
async def list_gaps(
    aika: TheAika, caller: TheCaller, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> wire.GapsReply:
    """Return the gaps that are the caller's to fill, put together anew from all of their questions."""
    gaps = await regrouped(aika.digests.gaps, await _gaps(aika, caller))
    return wire.GapsReply(
        gaps=[
            wire.GapView(
                name=gap.name,
                people=gap.people,
                questions=list(gap.questions),
                findings=[str(finding) for finding in gap.findings],
                owner=owner_view(gap.owner),
            )
            for gap in gaps[:limit]
        ]
    )


async def _gaps(aika: Aika, caller: Caller) -> list[Finding]:
    viewer = Viewer(caller.scope, caller.asker.people, caller.admin)
    listed = await aika.health.listing(viewer, _GAPS, limit=MOST_LISTED)
    return [finding for finding in listed if finding.document is None]


async def _history(aika: Aika, caller: Caller, level: str, days: int) -> list[wire.DayScoreView]:
    # The kept scores are of all documents: who may not oversee all of them would learn of the others.
    if not caller.admin or caller.scope.sources is not None or not days:
        return []
    since = aika.clock.now().date() - timedelta(days=days)
    return [
        wire.DayScoreView(
            day=score.day, name=score.name, score=score.score, documents=score.documents, findings=score.findings
        )
        for score in await aika.digests.scores.since(since, level=level)
        if score.day is not None
    ]


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
