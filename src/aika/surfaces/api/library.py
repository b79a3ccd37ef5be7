"""``/v1/search``, documents and sources."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query

from aika.application.aika import Aika
from aika.client.models import DocumentView, SearchReply, SearchRequest, SourceSummary, SourceView, SyncRequest
from aika.domain import queries
from aika.domain.access import Scope
from aika.domain.errors import AccessDeniedError, InvalidRequestError, NotFoundError
from aika.domain.identifiers import DocumentId, SourceId
from aika.domain.sources import Source, SourceState
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
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

    Those who manage a source see the numbers of all its documents; everyone else's are of the documents they may read.
    """
    states = {state.source.id: state for state in await aika.source_states(scope=caller.overseen)}
    managed = [source.id for source in aika.sources.values() if caller.manages(source)]
    if managed and not caller.admin:
        everything = Scope(audience=None, sources=frozenset(managed))
        states |= {state.source.id: state for state in await aika.source_states(scope=everything)}
    return [_seen_by(caller, states[id_]) for id_ in sorted(states)]


@router.get("/v1/sources/{id}")
async def get_source(id: str, aika: TheAika, caller: TheCaller) -> SourceView:
    """Return one source. Those who manage it also see what could not be read, and why."""
    state = await state_of(aika, caller, id)
    if not caller.manages(state.source):
        return source_view(_without_sync(state), [])
    return source_view(state, await aika.unreadable(state.source.id), managed=True)


@router.post("/v1/sources/{id}/sync", status_code=202)
async def sync_source(id: str, aika: TheAika, caller: TheCaller, request: SyncRequest | None = None) -> SourceSummary:
    """Start bringing a source up to date, for those who manage it. A sync of it that already runs goes on instead."""
    source = await managed_source(aika, caller, id)
    await aika.submit_sync(source.id, allow_removals=request is not None and request.allow_removals)
    return source_summary(await state_of(aika, caller, id), managed=True)


async def state_of(aika: Aika, caller: Caller, id: str) -> SourceState:
    """Return how a source stands for the caller. Raises `NotFoundError` for one that holds nothing for them."""
    source = aika.sources.get(SourceId(id))
    managed = source is not None and caller.manages(source)
    seen = Scope(audience=None) if managed else caller.scope
    states = await aika.source_states(scope=seen.narrowed(sources=[SourceId(id)]))
    if not states:
        raise NotFoundError(f"there is no source called {SourceId(id)!r}")
    return states[0]


async def managed_source(aika: Aika, caller: Caller, id: str) -> Source:
    """Return a source that the caller manages.

    Raises `NotFoundError` for administrators, and `AccessDeniedError` for everyone else: also for a source that does not
    exist, so that nobody learns which ones do.
    """
    source = aika.sources.get(SourceId(id))
    if source is not None and caller.manages(source):
        return source
    if caller.admin:
        raise NotFoundError(f"there is no source called {SourceId(id)!r}")
    raise AccessDeniedError("this is for those who manage the source: its 'managers', and administrators")


def _seen_by(caller: Caller, state: SourceState) -> SourceSummary:
    managed = caller.manages(state.source)
    return source_summary(state if managed else _without_sync(state), managed=managed)


def _without_sync(state: SourceState) -> SourceState:
    """Return the state without the last sync's account, which counts and names documents that others may read."""
    return replace(state, last_sync=None)
