"""``/v1/search``, documents and sources."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from aika.application.aika import Aika
from aika.client.models import DocumentView, SearchReply, SearchRequest, SourceSummary, SourceView, SyncRequest
from aika.domain import queries
from aika.domain.errors import InvalidRequestError, NotFoundError
from aika.domain.identifiers import DocumentId, SourceId
from aika.domain.sources import SourceState
from aika.surfaces.api.callers import Caller, TheAdmin, TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.views import document_view, search_reply, source_summary, source_view

router = APIRouter(tags=["library"], responses=RESPONSES)


@router.post("/v1/search")
async def search(request: SearchRequest, aika: TheAika, caller: TheCaller) -> SearchReply:
    """Return the chunks that fit a query best, of the documents that the caller may read."""
    limit = aika.settings.server.max_question_chars
    if len(request.query) > limit:
        raise InvalidRequestError(f"the query has {len(request.query):,} characters; at most {limit:,} are taken")
    scope = caller.narrowed(sources=request.sources, kinds=request.kinds, filter=request.filter)
    wanted = request.assistant
    assistant = None if wanted is None else await aika.assistants.resolve(wanted, caller.asker)
    scope = await aika.conversing.narrowing.narrowed(scope, assistant)
    query = queries.Query(text=request.query, scope=scope, assistant=assistant)
    retrieval = await aika.search(query, k=request.k)
    return search_reply(retrieval, explain=request.explain)


@router.get("/v1/search")
async def search_by_link(
    q: Annotated[str, Query(min_length=1)],
    aika: TheAika,
    caller: TheCaller,
    k: Annotated[int, Query(ge=1, le=100)] = 10,
    source: Annotated[list[str] | None, Query()] = None,
    assistant: Annotated[str | None, Query()] = None,
) -> SearchReply:
    """The same as a link that can be bookmarked."""
    return await search(SearchRequest(query=q, k=k, sources=source, assistant=assistant), aika, caller)


@router.get("/v1/documents/{id}")
async def get_document(id: str, aika: TheAika, caller: TheCaller) -> DocumentView:
    """Return a document's text as aika holds it: citations point into this."""
    document, body = await aika.document(DocumentId(id), scope=caller.scope)
    return document_view(document, body)


@router.get("/v1/sources")
async def list_sources(aika: TheAika, caller: TheCaller) -> list[SourceSummary]:
    """Return the sources that hold something for the caller, and how current each is.

    Administrators see all, with the numbers of all documents; everyone else's numbers are of the documents they may read.
    """
    return [_seen_by(caller, state) for state in await aika.source_states(scope=caller.overseen)]


@router.get("/v1/sources/{id}")
async def get_source(id: str, aika: TheAika, caller: TheCaller) -> SourceView:
    """Return one source. Administrators also see what could not be read, and why."""
    state = await _state(aika, caller, id)
    if not caller.admin:
        return source_view(_without_sync(state), [])
    return source_view(state, await aika.unreadable(state.source.id))


@router.post("/v1/sources/{id}/sync", status_code=202)
async def sync_source(id: str, aika: TheAika, caller: TheAdmin, request: SyncRequest | None = None) -> SourceSummary:
    """Start bringing a source up to date. A sync of it that already runs goes on instead."""
    state = await _state(aika, caller, id)
    await aika.submit_sync(state.source.id, allow_removals=request is not None and request.allow_removals)
    return source_summary(await _state(aika, caller, id))


def _seen_by(caller: Caller, state: SourceState) -> SourceSummary:
    return source_summary(state if caller.admin else _without_sync(state))


def _without_sync(state: SourceState) -> SourceState:
    """Return the state without the last sync's account, which counts and names documents that others may read."""
    return replace(state, last_sync=None)


async def _state(aika: Aika, caller: Caller, id: str) -> SourceState:
    states = await aika.source_states(scope=caller.overseen.narrowed(sources=[SourceId(id)]))
    if not states:
        raise NotFoundError(f"there is no source called {SourceId(id)!r}")
    return states[0]
