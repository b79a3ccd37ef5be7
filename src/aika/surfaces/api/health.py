"""``/v1/findings`` and ``/v1/health``: what is wrong with documents, and what their owners do about it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from aika.application.aika import Aika
from aika.application.health import Wanted
from aika.client import health_models as wire
from aika.domain.findings import (
    BrokenQuestion,
    Exhibit,
    Finding,
    FindingEvent,
    FindingKind,
    FindingState,
    SuggestedEdit,
)
from aika.domain.identifiers import DocumentId, FindingId, SourceId
from aika.health.findings_access import Viewer
from aika.surfaces.api.callers import Caller, TheAika, TheCaller, TheOperator
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.versions import IfMatch, changed_version, tell_version
from aika.surfaces.api.views import owner_view, summary_of

router = APIRouter(tags=["health"], responses=RESPONSES)

_WHAT = "finding"


@router.get("/v1/health")
async def health_overview(aika: TheAika, caller: TheCaller) -> wire.HealthView:
    """Return how many findings are open on the documents that the caller may read."""
    overview = await aika.health.overview(viewer_of(caller, aika))
    return wire.HealthView(
        open=overview.open,
        people=overview.people,
        kinds={kind.value: count for kind, count in overview.kinds.items()},
        owners=dict(overview.owners),
        sources={str(source): count for source, count in overview.sources.items()},
    )


@router.post("/v1/health/look")
async def look_now(aika: TheAika, _: TheOperator) -> wire.LookReply:
    """Examine what was complained of, and ask again what documents changed under. A server does both by itself."""
    examined, moved = await aika.health.look()
    waiting = await aika.database.complaints.count()
    return wire.LookReply(examined=examined, waiting=waiting, changed=[finding.id for finding in moved])


@router.get("/v1/findings")
async def list_findings(  # noqa: PLR0913, PLR0917 - each is a parameter of the request
    aika: TheAika,
    caller: TheCaller,
    state: Annotated[list[FindingState] | None, Query(description="Unset: open and accepted ones.")] = None,
    kind: Annotated[list[FindingKind] | None, Query()] = None,
    owner: Annotated[str | None, Query(description="The owner's name or contact.")] = None,
    source: str | None = None,
    document: Annotated[list[str] | None, Query(description="Documents by their ids.")] = None,
    mine: Annotated[bool, Query(description="Only those whose owner is the caller or a group of theirs.")] = False,
    older_than_days: Annotated[int | None, Query(ge=0, le=3660, description="Only those found longer ago.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> wire.FindingsReply:
    """Return the findings on documents that the caller may read, and the gaps that are the caller's to fill."""
    wanted = Wanted(
        states=(FindingState.OPEN, FindingState.ACCEPTED) if state is None else state,
        kinds=kind,
        documents=None if document is None else [DocumentId(id_) for id_ in document],
        source=None if source is None else SourceId(source),
        owner=owner,
        mine=mine,
        before=None if older_than_days is None else aika.clock.now() - timedelta(days=older_than_days),
    )
    viewer = viewer_of(caller, aika)
    found = await aika.health.listing(viewer, wanted, limit=limit + 1, offset=offset)
    return wire.FindingsReply(
        findings=[_summary(finding, viewer) for finding in found[:limit]],
        next=offset + limit if len(found) > limit else None,
    )


@router.get("/v1/findings/{id}")
async def get_finding(id: str, aika: TheAika, caller: TheCaller, response: Response) -> wire.FindingView:
    """Return a finding. The questions that it broke are for those who may change it."""
    viewer = viewer_of(caller, aika)
    return _view(await aika.health.finding(FindingId(id), viewer), viewer, response)


@router.get("/v1/findings/{id}/history")
async def get_finding_history(id: str, aika: TheAika, caller: TheCaller) -> wire.FindingHistoryReply:
    """Return what happened to a finding. Who did it is for those who may change it."""
    viewer = viewer_of(caller, aika)
    named = viewer.may_change(await aika.health.finding(FindingId(id), viewer))
    events = await aika.health.history(FindingId(id), viewer)
    return wire.FindingHistoryReply(events=[_event_view(event, named=named) for event in events])


@router.post("/v1/findings/{id}/accept")
async def accept_finding(
    id: str,
    request: wire.AcceptRequest,
    aika: TheAika,
    caller: TheCaller,
    response: Response,
    if_match: IfMatch = None,
) -> wire.FindingView:
    """Say that something will be done."""
    viewer, version = await _changing(id, aika, caller, if_match)
    changed = await aika.health.accept(FindingId(id), viewer, version=version, assignee=request.assignee)
    return _view(changed, viewer, response)


@router.post("/v1/findings/{id}/assign")
async def assign_finding(
    id: str,
    request: wire.AssignRequest,
    aika: TheAika,
    caller: TheCaller,
    response: Response,
    if_match: IfMatch = None,
) -> wire.FindingView:
    """Say who will do something."""
    viewer, version = await _changing(id, aika, caller, if_match)
    changed = await aika.health.assign(FindingId(id), viewer, version=version, assignee=request.assignee)
    return _view(changed, viewer, response)


@router.post("/v1/findings/{id}/dismiss")
async def dismiss_finding(
    id: str,
    request: wire.DismissRequest,
    aika: TheAika,
    caller: TheCaller,
    response: Response,
    if_match: IfMatch = None,
) -> wire.FindingView:
    """Say why nothing has to change. The same finding does not come back."""
    viewer, version = await _changing(id, aika, caller, if_match)
    changed = await aika.health.dismiss(FindingId(id), viewer, version=version, reason=request.reason)
    return _view(changed, viewer, response)


@router.post("/v1/findings/{id}/resolve")
async def resolve_finding(
    id: str,
    request: wire.ResolveRequest,
    aika: TheAika,
    caller: TheCaller,
    response: Response,
    if_match: IfMatch = None,
) -> wire.FindingView:
    """Say that it is done. It opens again when somebody's question fails again."""
    viewer, version = await _changing(id, aika, caller, if_match)
    changed = await aika.health.resolve(FindingId(id), viewer, version=version, note=request.note)
    return _view(changed, viewer, response)


async def _changing(id: str, aika: TheAika, caller: Caller, if_match: str | None) -> tuple[Viewer, int]:
    viewer = viewer_of(caller, aika)
    await aika.health.finding(FindingId(id), viewer)  # what may not be known is unknown, whatever is asked
    return viewer, changed_version(if_match, what=_WHAT)


def viewer_of(caller: Caller, aika: Aika) -> Viewer:
    """Return the caller as findings know them."""
    manages = frozenset(source.id for source in aika.sources.values() if not caller.admin and caller.manages(source))
    return Viewer(caller.scope, caller.asker.people, caller.admin, manages, str(caller.person or caller.owner))


def _summary(finding: Finding, viewer: Viewer) -> wire.FindingSummary:
    return wire.FindingSummary(
        id=finding.id,
        kind=finding.kind.value,
        state=finding.state.value,
        title=finding.title,
        source=finding.source,
        document=finding.document,
        owner=owner_view(finding.owner),
        assignee=finding.assignee,
        note=finding.note,
        people=finding.people,
        created_at=finding.created_at,
        changed_at=finding.changed_at,
        version=finding.version,
        editable=viewer.may_change(finding),
    )


def _view(finding: Finding, viewer: Viewer, response: Response) -> wire.FindingView:
    tell_version(response, finding.version)
    summary = _summary(finding, viewer)
    return wire.FindingView(
        **summary.model_dump(),
        reason=finding.reason,
        exhibits=[_exhibit_view(exhibit) for exhibit in finding.exhibits],
        suggestion=_suggestion_view(finding.suggestion),
        questions=[_question_view(question) for question in finding.questions] if summary.editable else [],
    )


def _event_view(event: FindingEvent, *, named: bool) -> wire.FindingEventView:
    return wire.FindingEventView(
        at=event.at,
        what=event.what.value,
        by=_name_of(event.by) if named else "",
        assignee=event.assignee,
        note=event.note,
    )


def _name_of(actor: str) -> str:
    """Return what whoever did something is called. Keys are administrators' or their front ends', and are not named."""
    kind, separator, name = actor.partition(":")
    if not actor:
        return ""
    return name if separator and kind == "user" else "an administrator"


def _exhibit_view(exhibit: Exhibit) -> wire.ExhibitView:
    return wire.ExhibitView(
        document=summary_of(exhibit.document),
        quote=exhibit.quote,
        start=exhibit.start,
        end=exhibit.end,
        note=exhibit.note,
    )


def _suggestion_view(edit: SuggestedEdit | None) -> wire.SuggestedEditView | None:
    if edit is None:
        return None
    return wire.SuggestedEditView(document=edit.document, before=edit.before, after=edit.after, reason=edit.reason)


def _question_view(question: BrokenQuestion) -> wire.BrokenQuestionView:
    return wire.BrokenQuestionView(
        text=question.shown,
        asked_at=question.asked_at,
        cause=question.cause.value,
        passes=question.passes,
        words=question.words,
    )
