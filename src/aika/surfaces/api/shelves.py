"""What a source holds and what became of its syncs, and what there is to know of a document."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from aika.application.aika import Aika
from aika.application.causes import by_cause
from aika.client.source_models import (
    AboutDocumentView,
    ChunkView,
    CitedView,
    CitingQuestionView,
    DocumentsReply,
    ProblemsReply,
    ReaderView,
    SyncsReply,
)
from aika.domain.documents import Document, Kind
from aika.domain.errors import InvalidRequestError
from aika.domain.identifiers import DocumentId, SourceId
from aika.stores.database.shelf import Leaf
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.library import managed_source, state_of
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.source_views import cause_view, listed_document, reasons
from aika.surfaces.api.views import summary_of, sync_view

router = APIRouter(tags=["sources"], responses=RESPONSES)

FEWEST_PEOPLE = 5
"""Numbers of fewer people than this would tell what one of them asked."""
_MOST_READERS = 50
_MOST_WORDS = 8


@router.get("/v1/sources/{id}/syncs")
async def list_syncs(
    id: str, aika: TheAika, caller: TheCaller, limit: Annotated[int, Query(ge=1, le=400)] = 50
) -> SyncsReply:
    """Return the last syncs of a source, newest first, for those who manage it."""
    source = await managed_source(aika, caller, id)
    history = await aika.database.sync_log.history(source.id, limit=limit)
    running = aika.progress(source.id)
    if running is not None and history and history[0].started_at == running.started_at:
        history[0] = running
    return SyncsReply(syncs=[sync_view(report) for report in history])


@router.get("/v1/sources/{id}/problems")
async def list_problems(id: str, aika: TheAika, caller: TheCaller) -> ProblemsReply:
    """Return what the last sync could not read, by cause, for those who manage the source."""
    source = await managed_source(aika, caller, id)
    log = aika.database.sync_log
    unreadable = await log.standing_unreadable(source.id)
    ended = next((one for one in await log.history(source.id, limit=2) if one.finished_at is not None), None)
    return ProblemsReply(
        causes=[cause_view(group) for group in by_cause(unreadable)],
        total=len(unreadable),
        as_of=None if ended is None else ended.finished_at,
    )


@router.get("/v1/sources/{id}/documents")
async def list_documents(  # noqa: PLR0913, PLR0917 - each is a parameter of the request
    id: str,
    aika: TheAika,
    caller: TheCaller,
    q: Annotated[str, Query(max_length=200, description="Words that all stand in the key or the title.")] = "",
    kind: Annotated[list[str] | None, Query()] = None,
    order: Annotated[Literal["key", "changed"], Query(description="By key, or the last changed first.")] = "key",
    after: Annotated[str, Query(max_length=4000, description="The `next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DocumentsReply:
    """Return the documents of a source that the caller may read, a page at a time."""
    await state_of(aika, caller, id)
    scope = caller.narrowed(sources=None, kinds=kind)
    kinds = None if kind is None else [Kind(one) for one in kind]
    leaf = Leaf(SourceId(id), tuple(q.split()[:_MOST_WORDS]), kinds)
    shelf = aika.database.shelf
    if order == "key":
        found = await shelf.by_key(leaf, scope=scope, after=after, limit=limit + 1)
    else:
        found = await shelf.by_change(leaf, scope=scope, before=_number(after), limit=limit + 1)
    page, last = found[:limit], found[limit - 1 : limit]
    following = [one.document.key if order == "key" else str(one.change) for one in last]
    return DocumentsReply(
        documents=[listed_document(one) for one in page], next=following[0] if len(found) > limit else None
    )


@router.get("/v1/documents/{id}/about")
async def about_document(id: str, aika: TheAika, caller: TheCaller) -> AboutDocumentView:
    """Return what there is to know of a document besides its text: its chunks, why it may be read, what cites it."""
    document, _ = await aika.document(DocumentId(id), scope=caller.scope)
    source = aika.sources.get(document.source)
    managed = source is not None and caller.manages(source)
    shelf = aika.database.shelf
    before, after = await shelf.beside(document, scope=caller.scope)
    principals = frozenset().union(*(caller.scope.audience or ()))
    return AboutDocumentView(
        document=summary_of(document),
        chunks=[
            ChunkView(
                id=one.id, position=one.position, start=one.start, end=one.end, heading_path=list(one.heading_path)
            )
            for one in await shelf.spans(document.id)
        ],
        reasons=reasons(document, principals),
        readers=await _readers(aika, document) if managed else None,
        readers_left_out=max(0, len(document.readers) - _MOST_READERS) if managed else 0,
        cited=await _cited(aika, caller, document),
        before=[summary_of(one) for one in before],
        after=[summary_of(one) for one in after],
        managed=managed,
    )


async def _readers(aika: Aika, document: Document) -> list[ReaderView]:
    shown = sorted(document.readers)[:_MOST_READERS]
    directory = aika.database.directory
    groups = {one: len(await directory.people(one)) for one in shown if ":" in one and not one.startswith("user:")}
    return [ReaderView(principal=one, people=groups.get(one) or None) for one in shown]


async def _cited(aika: Aika, caller: Caller, document: Document) -> CitedView:
    citations = aika.database.citations
    counted = await citations.counted(document.id)
    questions = await citations.questions(document.id, owner=None if caller.operator else caller.owner)
    own = {one.answer for one in await citations.questions(document.id, owner=caller.owner, limit=50)}
    told = caller.operator or counted.people >= FEWEST_PEOPLE or not counted.answers
    return CitedView(
        answers=counted.answers if told else None,
        people=counted.people if told else None,
        last_at=counted.last_at if told else None,
        questions=[
            CitingQuestionView(
                conversation_id=one.conversation if one.answer in own else None,
                question=one.question,
                asked_at=one.asked_at,
            )
            for one in questions
        ],
    )


def _number(after: str) -> int | None:
    if after and not after.isdecimal():
        raise InvalidRequestError("'after' must be the 'next' of the page before, in the same order")
    return int(after) if after else None
