"""``/v1/evaluation``: runs over time, two side by side, and a topic's trace. For operators: collections and traces hold text
that only some may read."""

from typing import Annotated

from fastapi import APIRouter, Query

from aika.application.aika import Aika
from aika.application.measuring import measured_run
from aika.client import evaluation_models as wire
from aika.domain.errors import InvalidRequestError
from aika.evaluation.comparison import compare_runs
from aika.evaluation.runs import RunKind
from aika.surfaces.api import evaluation_views as views
from aika.surfaces.api.callers import TheAika, TheOperator
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["evaluation"], responses=RESPONSES)


def serve_measuring(aika: Aika) -> None:
    """Let runs that are started here be measured by this process."""
    aika.evaluation.measuring = measured_run


@router.get("/v1/evaluation/runs")
async def list_runs(
    aika: TheAika,
    _: TheOperator,
    collection: Annotated[str | None, Query(description="Only runs on this collection.")] = None,
    kind: wire.RunKindName | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> wire.RunsReply:
    """Return what was recorded here, the newest first."""
    records = await aika.evaluation.listing()
    wanted = [
        record
        for record in reversed(records)
        if collection in {None, record.collection} and (kind is None or record.kind is RunKind(kind))
    ]
    return wire.RunsReply(runs=[views.summary_of_run(record) for record in wanted[:limit]])


@router.get("/v1/evaluation/compare")
async def compare_two_runs(
    aika: TheAika,
    _: TheOperator,
    a: Annotated[str, Query(description="The run before.")],
    b: Annotated[str, Query(description="The run after.")],
    measure: Annotated[str | None, Query(description="Whose topics are listed. Unset: the first.")] = None,
) -> wire.RunComparisonView:
    """Return how the second run differs from the first, topic by topic, and whether chance alone explains it."""
    before, after = await aika.evaluation.run(a), await aika.evaluation.run(b)
    compared = compare_runs(before, after)
    wanted = measure or next(iter(compared.measures))
    if wanted not in compared.measures:
        raise InvalidRequestError(f"{wanted!r} is not among {', '.join(compared.measures)}")
    return views.comparison_view(compared, (before, after), wanted)


@router.get("/v1/evaluation/started")
async def list_started_runs(aika: TheAika, _: TheOperator) -> wire.StartedRuns:
    """Return the collections that a run can be started on, and the runs that were started since the server was."""
    return wire.StartedRuns(
        collections=aika.evaluation.collections(),
        started=[views.started_view(one) for one in aika.evaluation.started()],
    )


@router.post("/v1/evaluation/runs", status_code=202)
async def start_run(order: wire.RunOrder, aika: TheAika, _: TheOperator) -> wire.StartedRun:
    """Start measuring retrieval on a collection. The same run that is under way goes on instead."""
    return views.started_view(await aika.evaluation.start(order.collection, order.changes))


@router.get("/v1/evaluation/runs/{id}")
async def get_run(id: str, aika: TheAika, _: TheOperator) -> wire.RunView:
    """Return a run with its topics."""
    return views.run_view(await aika.evaluation.run(id))


@router.get("/v1/evaluation/runs/{id}/topics/{topic:path}")
async def get_topic_trace(id: str, topic: str, aika: TheAika, _: TheOperator) -> wire.TopicTrace:
    """Return how a topic's documents moved through the stages of a run."""
    run, row = await aika.evaluation.topic(id, topic)
    return views.trace_view(run, row)
