"""A goalie's thresholds: what its last replay says of them, and writing them into its file."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query

from aika.application.goalie_editing import file_of, write_thresholds
from aika.application.goalie_replays import kept_replay
from aika.client import goalie_models as wire
from aika.domain.errors import InvalidRequestError
from aika.domain.goalies import Goalie
from aika.goalie.replay_kept import KeptReplay, curve
from aika.goalie.thresholds import LEAST, Precision, Row, Share
from aika.surfaces.api.callers import TheAika, TheCaller, TheOperator
from aika.surfaces.api.goalies import TheReview, TheReviewer, detail_of
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["goalies"], responses=RESPONSES)

_NAMED_KNOWLEDGE = frozenset({"current", "older"})


@router.get("/v1/goalies/{name}/replay")
async def get_replay(
    name: str,
    aika: TheAika,
    review: TheReview,
    reviewer: TheReviewer,
    precision: Annotated[float, Query(gt=0, lt=1, description="That is wanted of answers it gives by itself.")] = 0.9,
) -> wire.ReplayReply:
    """Return the last replay of a goalie in numbers, with thresholds for a wanted precision.

    Where none was run on this data directory, it says with which command one is.
    """
    goalie = await review.named(name, reviewer.person)
    kept = await asyncio.to_thread(kept_replay, aika.settings, goalie.id)
    file = await asyncio.to_thread(file_of, aika.settings, goalie)
    view = None if kept is None else await asyncio.to_thread(_replay, kept, goalie, precision)
    return wire.ReplayReply(replay=view, command=f"aika goalie replay {file.shown}")


@router.put("/v1/goalies/{name}/thresholds")
async def set_thresholds(
    name: str,
    request: wire.ThresholdsRequest,
    aika: TheAika,
    caller: TheCaller,
    _: TheOperator,
    review: TheReview,
    reviewer: TheReviewer,
) -> wire.GoalieDetail:
    """Write thresholds into a goalie's file. Everything else in it stays as it is, comments too."""
    goalie = await review.named(name, reviewer.person)
    if request.medium > request.high:
        raise InvalidRequestError("medium is above high: swap them")
    medium, high = round(request.medium, 4), round(request.high, 4)
    await asyncio.to_thread(write_thresholds, aika.settings, goalie, medium, high, version=request.file_version)
    return await detail_of(await review.named(name, reviewer.person), aika, caller)


def _replay(kept: KeptReplay, goalie: Goalie, precision: float) -> wire.ReplayView:
    found, about = kept.thresholds, kept.about
    advice = found.recommend(precision)
    return wire.ReplayView(
        ran_at=about.ran_at,
        channel=about.channel,
        knowledge=about.knowledge if about.knowledge in _NAMED_KNOWLEDGE else "folder",
        days=about.days,
        limit=about.limit,
        first_at=kept.first_at,
        last_at=kept.last_at,
        messages=kept.messages,
        questions=kept.questions,
        answered_by_people=kept.answered,
        replayed=len(kept.outcomes),
        pairs=kept.pairs,
        people=_share(kept.people),
        others=_share(kept.others),
        least=LEAST,
        curve=[
            wire.ReachedView(threshold=one.threshold, count=one.count, compared=one.compared, agreeing=one.agreeing)
            for one in curve(kept.outcomes)
        ],
        now=_row(found.row(goalie.high, medium=goalie.medium), goalie.medium),
        recommended=wire.RecommendationView(
            precision=precision,
            medium=advice.medium,
            high=advice.high,
            reported=None if advice.reported is None else _row(advice.reported, advice.medium),
            reason=advice.reason,
        ),
    )


def _row(row: Row, medium: float | None) -> wire.ThresholdRowView:
    return wire.ThresholdRowView(
        medium=row.threshold if medium is None else medium,
        high=row.threshold,
        answered=_share(row.answered),
        proposed=_share(row.proposed),
        skipped=_share(row.skipped),
        agreement=_share(row.agreement),
        precision=_precision(row.precision),
        proposed_agreement=_share(row.proposed_agreement),
        proposed_precision=_precision(row.proposed_precision),
    )


def _share(share: Share) -> wire.ProportionView:
    low, high = share.between
    return wire.ProportionView(count=share.count, of=share.of, low=low, high=high)


def _precision(precision: Precision | None) -> wire.PrecisionView | None:
    return (
        None if precision is None else wire.PrecisionView(value=precision.value, low=precision.low, high=precision.high)
    )
