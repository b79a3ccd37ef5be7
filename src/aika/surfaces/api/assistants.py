"""``/v1/assistants``: what people talk to."""

import json
from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import ValidationError

from aika.application.aika import Aika
from aika.assistants.library import Entry, in_words, references
from aika.client.assistant_models import AssistantRequest, AssistantSummary, AssistantView, KnowledgeView
from aika.domain.assistants import may_edit, standing
from aika.domain.errors import InvalidRequestError
from aika.domain.identifiers import AssistantId
from aika.domain.selection import Selection
from aika.forms.assistants import AssistantForm
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.places import place_of
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.versions import IfMatch, changed_version, tell_version

router = APIRouter(tags=["assistants"], responses=RESPONSES)

_WHAT = "assistant"


@router.get("/v1/assistants")
async def list_assistants(
    aika: TheAika,
    caller: TheCaller,
    manageable: Annotated[
        bool, Query(description="List those too that the caller may change and not use: administrators, all.")
    ] = False,
) -> list[AssistantSummary]:
    """Return the assistants that the caller may ask, the nearest first."""
    usable = await aika.assistants.usable(caller.asker)
    if manageable:
        there = {entry.assistant.id for entry in usable}
        usable += [e for e in await aika.assistants.manageable(caller.asker) if e.assistant.id not in there]
    sources = await visible_sources(aika, caller)
    meant = await _meant(aika, caller)
    return [_summary(entry, caller, meant, sources) for entry in usable]


@router.post("/v1/assistants", status_code=201)
async def create_assistant(
    request: AssistantRequest, aika: TheAika, caller: TheCaller, response: Response
) -> AssistantView:
    """Make an assistant. It is the caller's, and private, unless it says otherwise."""
    made = await aika.assistants.create(_form(request), caller.asker, text=request.yaml)
    return await _view(made, aika, caller, response)


@router.get("/v1/assistants/{id}")
async def get_assistant(id: str, aika: TheAika, caller: TheCaller, response: Response) -> AssistantView:
    """Return an assistant. Those who may change it also see how it was written."""
    return await _view(await aika.assistants.entry(AssistantId(id), caller.asker), aika, caller, response)


@router.put("/v1/assistants/{id}")
async def replace_assistant(
    id: str,
    request: AssistantRequest,
    aika: TheAika,
    caller: TheCaller,
    response: Response,
    if_match: IfMatch = None,
) -> AssistantView:
    """Change an assistant, all of it. Refused where somebody else changed it since the version in ``If-Match``."""
    await aika.assistants.entry(AssistantId(id), caller.asker)  # what may not be known is unknown, whatever is asked
    version = changed_version(if_match, what=_WHAT)
    changed = await aika.assistants.replace(
        AssistantId(id), _form(request), version=version, asker=caller.asker, text=request.yaml
    )
    return await _view(changed, aika, caller, response)


@router.delete("/v1/assistants/{id}", status_code=204)
async def delete_assistant(id: str, aika: TheAika, caller: TheCaller, if_match: IfMatch = None) -> None:
    """Delete an assistant. Conversations with it can go on without it."""
    await aika.assistants.entry(AssistantId(id), caller.asker)
    await aika.assistants.delete(AssistantId(id), version=changed_version(if_match, what=_WHAT), asker=caller.asker)


def _form(request: AssistantRequest) -> AssistantForm:
    try:
        return AssistantForm.model_validate(request.model_dump(exclude_unset=True, exclude={"yaml"}))
    except ValidationError as error:
        raise InvalidRequestError(in_words(error)) from error


async def _view(entry: Entry, aika: Aika, caller: Caller, response: Response) -> AssistantView:
    if entry.version is not None:
        tell_version(response, entry.version)
    scope = caller.scope.narrowed(selection=entry.assistant.knowledge)
    counts = await aika.database.catalogue.counts(scope=scope)
    edits = may_edit(entry.assistant, caller.asker)
    summary = _summary(entry, caller, await _meant(aika, caller), await visible_sources(aika, caller))
    return AssistantView(
        **summary.model_dump(),
        documents=sum(count.documents for count in counts.values()),
        definition=_definition(entry) if edits else None,
        declared_in=place_of(entry.assistant.declared_in) if edits else None,
    )


def _definition(entry: Entry) -> AssistantRequest:
    written = json.loads(entry.form.model_dump_json(exclude_unset=True))
    return AssistantRequest.model_validate({"name": entry.assistant.name, **written})


async def visible_sources(aika: Aika, caller: Caller) -> frozenset[str]:
    """Return the sources that hold something for the caller: the others are not named to them."""
    return frozenset(await aika.database.catalogue.counts(scope=caller.overseen))


async def _meant(aika: Aika, caller: Caller) -> dict[AssistantId, str]:
    usable = await aika.assistants.usable(caller.asker)
    ids = [entry.assistant.id for entry in usable]
    return dict(zip(ids, references(usable, caller.asker), strict=True))


def _summary(entry: Entry, caller: Caller, meant: dict[AssistantId, str], sources: Collection[str]) -> AssistantSummary:
    assistant, asker = entry.assistant, caller.asker
    level, edits = standing(assistant, asker), may_edit(assistant, asker)
    knowledge = knowledge_view(assistant.knowledge, sources)
    return AssistantSummary(
        id=assistant.id,
        name=assistant.name,
        purpose=assistant.purpose,
        greeting=assistant.greeting,
        examples=list(assistant.examples),
        owner=assistant.owner,
        visibility=assistant.visibility.value,
        level=None if level is None else level.name.lower(),
        reference=meant.get(assistant.id, assistant.id),
        knowledge=knowledge.model_copy(update={"topic": assistant.topic is not None}),
        editable=edits and entry.version is not None,
        version=entry.version,
        fault=entry.fault if edits else None,
        created_at=entry.created_at,
        changed_at=entry.changed_at,
    )


def knowledge_view(selection: Selection, sources: Collection[str]) -> KnowledgeView:
    """Return a filter as those see it for whom these sources hold something."""
    return KnowledgeView(
        sources=None if selection.sources is None else sorted(selection.sources & set(sources)),
        kinds=_sorted(selection.kinds),
        owners=_sorted(selection.owners),
        tags=_sorted(selection.tags),
        paths=_sorted(selection.paths),
        status=_sorted(selection.statuses),
        audience=_sorted(selection.audiences),
        excluding=[knowledge_view(other, sources) for other in selection.excluding],
    )


def _sorted(words: Collection[str] | None) -> list[str] | None:
    return None if words is None else sorted(words)
