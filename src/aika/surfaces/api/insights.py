"""``/v1/insights``: what is asked, how well it is answered, and for whom."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from aika.application.health import MOST_LISTED
from aika.application.health import Wanted as WantedFindings
from aika.client import insights_models as wire
from aika.domain.errors import AccessDeniedError, NotFoundError
from aika.domain.findings import FindingKind, FindingState
from aika.domain.identifiers import AssistantId, SourceId
from aika.health.findings_access import Viewer
from aika.health.gaps_listing import Gap, regrouped
from aika.insights.boards import Division, Interval, Wanted
from aika.surfaces.api import insights_views as views
from aika.surfaces.api.callers import Caller, TheAika, TheCaller, TheOperator
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.spreadsheets import as_csv

router = APIRouter(tags=["insights"], responses=RESPONSES)

_GAPS = WantedFindings(states=(FindingState.OPEN, FindingState.ACCEPTED), kinds=(FindingKind.NO_DOCUMENT,))
_CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What the request narrows insights to."""

    assistant: str | None
    source: str | None
    team: str | None
    surface: str | None

    def only(self) -> dict[Division, str]:
        wanted = {
            Division.ASSISTANT: self.assistant,
            Division.SOURCE: self.source,
            Division.TEAM: self.team,
            Division.SURFACE: self.surface,
        }
        return {division: value for division, value in wanted.items() if value}


def narrowed(
    assistant: Annotated[str | None, Query(description="Only questions to this assistant, by its id.")] = None,
    source: Annotated[str | None, Query(description="Only answers that cite this source.")] = None,
    team: Annotated[str | None, Query(description="Only questions of this team, such as `group:platform`.")] = None,
    surface: Annotated[str | None, Query(description="Only questions asked there, such as `slack`.")] = None,
) -> Narrowed:
    return Narrowed(assistant, source, team, surface)


TheNarrowing = Annotated[Narrowed, Depends(narrowed)]
Weeks = Annotated[int, Query(ge=1, le=104, description="How many weeks, the current one included.")]


@router.get("/v1/insights")
async def get_insights(
    aika: TheAika,
    caller: TheCaller,
    only: TheNarrowing,
    weeks: Weeks = 12,
    interval: wire.IntervalName = "week",
) -> wire.InsightsReply:
    """Return the insights of a period. Administrators see all; who manages sources sees what cites one of them."""
    wanted = Wanted(weeks, Interval(interval), _allowed(aika, caller, only))
    board = await aika.insights.board(wanted)
    everything = _sees_all(caller)
    reply = views.insights_reply(
        board,
        alone=aika.insights.alone,
        all_users=await aika.insights.all_users() if everything else None,
        titles=await _titles(aika, caller, [part.name for part in board.parts.get(Division.ASSISTANT, ())]),
    )
    # Who sees one source is not told how others fare.
    return reply if everything else reply.model_copy(update={"parts": {}})


@router.get("/v1/insights/adoption")
async def get_adoption(aika: TheAika, _: TheOperator) -> wire.AdoptionReply:
    """Return how many of each team asked within the last four whole weeks."""
    return views.adoption_reply(await aika.insights.adoption(), smallest_group=aika.insights.smallest_group)


@router.get("/v1/insights/topics")
async def get_topics(aika: TheAika, caller: TheCaller, only: TheNarrowing, weeks: Weeks = 12) -> wire.TopicsReply:
    """Return what enough people asked about, as far as their conversations are kept, and what no document answers."""
    wanted = Wanted(weeks, Interval.WEEK, _allowed(aika, caller, only))
    k = aika.insights.smallest_group
    gaps = [gap for gap in await _gaps(aika, caller) if gap.people >= k] if _sees_all(caller) else []
    return views.topics_reply(await aika.insights.topics(wanted), gaps, smallest_group=k)


@router.get("/v1/insights/tables/{table}", response_class=Response, responses=_CSV)
async def get_insights_table(
    table: Literal["series", "parts", "reliability"],
    aika: TheAika,
    caller: TheCaller,
    only: TheNarrowing,
    weeks: Weeks = 12,
    interval: wire.IntervalName = "week",
) -> Response:
    """Return a table of the insights as CSV."""
    reply = await get_insights(aika, caller, only, weeks, interval)
    rows = {"series": views.series_rows, "parts": views.part_rows, "reliability": views.reliability_rows}
    headers = {"Content-Disposition": f'attachment; filename="aika-{table}.csv"'}
    return Response(as_csv(rows[table](reply)), media_type="text/csv; charset=utf-8", headers=headers)


def _sees_all(caller: Caller) -> bool:
    return caller.operator


def _allowed(aika: TheAika, caller: Caller, only: Narrowed) -> dict[Division, str]:
    """Return what insights are narrowed to. Raises `AccessDeniedError` for whoever may not see them."""
    wanted = only.only()
    if _sees_all(caller):
        return wanted
    managed = sorted(name for name, source in aika.sources.items() if caller.manages(source))
    if not managed:
        raise AccessDeniedError("insights are for administrators, and for those who manage sources")
    if only.source is None and len(managed) == 1:
        wanted |= {Division.SOURCE: managed[0]}
    elif only.source is None or SourceId(only.source) not in managed:
        raise AccessDeniedError(f"name one of the sources that you manage: {', '.join(managed)}")
    if len(wanted) > 1:
        raise AccessDeniedError("insights of a source are narrowed further by administrators only")
    return wanted


async def _titles(aika: TheAika, caller: Caller, ids: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in ids:
        try:
            found[one] = (await aika.assistants.entry(AssistantId(one), caller.asker)).assistant.name
        except (NotFoundError, AccessDeniedError):
            continue  # it is gone, or somebody's own: its id tells nothing of it
    return found


async def _gaps(aika: TheAika, caller: Caller) -> list[Gap]:
    viewer = Viewer(caller.scope, caller.asker.people, caller.admin)
    listed = await aika.health.listing(viewer, _GAPS, limit=MOST_LISTED)
    return await regrouped(aika.digests.gaps, [finding for finding in listed if finding.document is None])
