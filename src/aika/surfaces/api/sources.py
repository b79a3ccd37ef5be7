"""Sources made, changed, looked into and removed through the API."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.responses import StreamingResponse

from aika.application.aika import Aika
from aika.application.connector_cards import choosable
from aika.application.source_drafts import Draft, examine
from aika.application.source_files import Declared
from aika.application.source_preview import Bounds, Listed, Looked, look_at
from aika.application.source_secrets import masked, unset_variables
from aika.application.source_steering import MANAGED, SourceSteering, WrongSourceError
from aika.client.source_models import (
    CheckReply,
    CheckRequest,
    ConnectorView,
    ListedEvent,
    LookedEvent,
    LookFailedEvent,
    NamedDraft,
    PreviewEvent,
    PreviewRequest,
    ReadEvent,
    RemovedReply,
    SourceDraft,
    SourceFileProblem,
    SourceSettingsView,
    UnreadableEvent,
)
from aika.domain.errors import AikaError, InvalidRequestError
from aika.domain.sources import Source, UnreadableDocument
from aika.forms.yaml_text import rewritten_mapping
from aika.protocols import Entry
from aika.surfaces.api.callers import Caller, TheAika, TheCaller, TheOperator
from aika.surfaces.api.library import managed_source
from aika.surfaces.api.problems import RESPONSES, problem_of
from aika.surfaces.api.source_views import field_problem, look_view, preview_document, surprises

router = APIRouter(tags=["sources"], responses=RESPONSES)

_CHECKED = Bounds(read=5, listed=2_000, seconds=20)
_PREVIEW_LISTED = 500
_PREVIEW_SECONDS = 60.0
_STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_SETTINGS = frozenset(SourceDraft.model_fields)

IfVersion = Annotated[
    str | None, Header(alias="If-Match", description="The `version` that the change was made to. Needed.")
]


@router.get("/v1/connectors")
async def list_connectors(_: TheCaller) -> list[ConnectorView]:
    """Return the kinds of places that documents can be read from, with the schema of their options."""
    return [
        ConnectorView(
            name=one.name,
            title=one.card.title,
            summary=one.card.summary,
            needs=one.card.needs,
            first=list(one.card.first),
            knows_readers=one.card.knows_readers,
            reads_server=one.reads_server,
            options=dict(one.schema),
        )
        for one in await asyncio.to_thread(choosable)
    ]


@router.get("/v1/source-errors")
async def list_source_errors(aika: TheAika, _: TheOperator) -> list[SourceFileProblem]:
    """Return what is wrong with sources' files. The sources that they declared before go on working."""
    return [SourceFileProblem(message=str(error)) for error in aika.source_errors]


@router.post("/v1/sources/check")
async def check_source(request: CheckRequest, aika: TheAika, _: TheOperator) -> CheckReply:
    """Check a source before it is saved: its form, and whether it can be read. Nothing is kept."""
    examined = await asyncio.to_thread(examine, Draft(request.id, _content(request)))
    problems = [field_problem(problem) for problem in examined.problems]
    if examined.source is None or not request.connect:
        return CheckReply(problems=problems)
    try:
        looked = [item async for item in look_at(aika, examined.source, _CHECKED) if isinstance(item, Looked)]
    except AikaError as error:
        return CheckReply(connected=False, error=str(error))
    look = looked[-1]
    return CheckReply(connected=True, look=look_view(look), warnings=surprises(examined.source, look))


@router.post("/v1/sources/preview", responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}})
async def preview_source(request: PreviewRequest, aika: TheAika, _: TheOperator) -> StreamingResponse:
    """Read the first documents of a source as aika would, as server-sent events of a `PreviewEvent` each. Nothing is kept."""
    examined = await asyncio.to_thread(examine, Draft(request.id, _content(request)))
    if examined.source is None:
        raise WrongSourceError(examined.problems)
    events = _previewed(aika, examined.source, Bounds(request.documents, _PREVIEW_LISTED, _PREVIEW_SECONDS))
    return StreamingResponse(_encoded(events), media_type="text/event-stream", headers=_STREAM_HEADERS)


@router.post("/v1/sources", status_code=201)
async def create_source(request: NamedDraft, aika: TheAika, caller: TheOperator) -> SourceSettingsView:
    """Write a new source's file, take it on, and start its first sync."""
    source = await SourceSteering(aika).create(request.id, _content(request))
    return await _view(aika, caller, source)


@router.get("/v1/sources/{id}/settings")
async def get_source_settings(id: str, aika: TheAika, caller: TheCaller, response: Response) -> SourceSettingsView:
    """Return how a source is declared, for those who manage it. Secrets are masked."""
    view = await _view(aika, caller, await managed_source(aika, caller, id))
    response.headers["ETag"] = f'"{view.version}"'
    return view


@router.put("/v1/sources/{id}/settings")
async def change_source(
    id: str, request: SourceDraft, aika: TheAika, caller: TheCaller, response: Response, if_match: IfVersion = None
) -> SourceSettingsView:
    """Change a source's file, all of it, and sync it. Comments in the file stay.

    Operators may change everything; others who manage it its purpose, owner, contact, refresh, promise and rules.
    """
    source = await managed_source(aika, caller, id)
    steering = SourceSteering(aika)
    fields = None if caller.operator else MANAGED
    changed = await steering.change(source, _content(request), version=_version(if_match), fields=fields)
    view = await _view(aika, caller, changed)
    response.headers["ETag"] = f'"{view.version}"'
    return view


@router.delete("/v1/sources/{id}")
async def remove_source(id: str, aika: TheAika, caller: TheOperator, if_match: IfVersion = None) -> RemovedReply:
    """Delete a source's file and all documents that were read from it."""
    source = await managed_source(aika, caller, id)
    return RemovedReply(documents=await SourceSteering(aika).remove(source, version=_version(if_match)))


async def _view(aika: Aika, caller: Caller, source: Source) -> SourceSettingsView:
    declared = await SourceSteering(aika).files.read(source)
    shown = masked(declared.content)
    return SourceSettingsView(
        id=source.id,
        home=declared.home.value,
        place=declared.place,
        remedy=declared.remedy,
        fields=_fields(caller, declared),
        removable=caller.operator and not declared.remedy,
        version=declared.version,
        settings=SourceDraft.model_validate({name: value for name, value in shown.items() if name in _SETTINGS}),
        yaml=declared.text if shown == declared.content else rewritten_mapping(declared.text, shown),
        unset_variables=unset_variables(declared.content),
    )


def _fields(caller: Caller, declared: Declared) -> list[str]:
    if declared.remedy:
        return []
    return sorted(_SETTINGS if caller.operator else MANAGED)


def _content(request: SourceDraft) -> dict[str, object]:
    """Return what the file is to hold: what was given, in the order in which people read it."""
    given = json.loads(request.model_dump_json(include=set(_SETTINGS), exclude_none=True))
    empty: tuple[object, ...] = ("", [], {})
    # An empty list of readers means nobody, which is something else than not saying it.
    return {name: value for name, value in given.items() if name == "readers" or value not in empty}


def _version(if_match: str | None) -> str:
    if if_match is None:
        raise InvalidRequestError("the header If-Match must hold the version that was changed: read the source first")
    return if_match.strip().removeprefix("W/").strip('"')


async def _previewed(aika: Aika, source: Source, bounds: Bounds) -> AsyncIterator[PreviewEvent]:
    try:
        async for item in look_at(aika, source, bounds):
            match item:
                case Listed(found):
                    yield ListedEvent(found=found)
                case Entry():
                    yield ReadEvent(document=preview_document(item))
                case UnreadableDocument(key, reason):
                    yield UnreadableEvent(key=key, reason=reason)
                case Looked():
                    yield LookedEvent(look=look_view(item))
    except AikaError as error:
        yield LookFailedEvent(problem=problem_of(error))


async def _encoded(events: AsyncIterator[PreviewEvent]) -> AsyncIterator[str]:
    async for event in events:
        yield f"event: {event.type}\ndata: {event.model_dump_json()}\n\n"
