"""``/v1/conversations``: what was asked before, found again, shared, taken along."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from aika.application.aika import Aika
from aika.assistants.history import History, Search
from aika.assistants.sharing import Seen, copied, seen
from aika.client.conversation_models import (
    ConversationChange,
    ConversationsReply,
    ConversationView,
    SharedConversationView,
    ShareView,
)
from aika.domain.conversations import Conversation, Share
from aika.domain.errors import ConflictError, NotFoundError
from aika.domain.identifiers import AssistantId, ConversationId
from aika.stores.database.words import has_all, words_of
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.conversation_views import (
    Around,
    conversation_summary,
    conversation_view,
    cursor_of,
    place_of,
    share_view,
    shared_view,
)
from aika.surfaces.api.exporting import as_markdown, file_name
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["conversations"], responses=RESPONSES)


@router.get("/v1/conversations")
async def list_conversations(
    aika: TheAika,
    caller: TheCaller,
    q: Annotated[str | None, Query(max_length=200, description="Words of the title, a question or an answer.")] = None,
    cursor: Annotated[str | None, Query(max_length=1000, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ConversationsReply:
    """Return the caller's conversations: pinned ones first, then those asked in last.

    With `q`, those in which every word occurs, at the beginning of a word or within it, whatever its case and accents.
    """
    found, following = await _history(aika).page(
        owner=caller.owner,
        reads=caller.scope,
        search=None if q is None else Search(q, tuple(words_of(q)), has_all),
        after=None if cursor is None else place_of(cursor),
        limit=limit,
    )
    return ConversationsReply(
        conversations=[conversation_summary(one) for one in found],
        next=None if following is None else cursor_of(following),
    )


@router.get("/v1/conversations/{id}")
async def get_conversation(id: str, aika: TheAika, caller: TheCaller) -> ConversationView:
    """Return a conversation of the caller's. Answers from documents that they may not read any more are withheld."""
    return await _view(aika, caller, ConversationId(id))


@router.patch("/v1/conversations/{id}", status_code=204)
async def change_conversation(id: str, request: ConversationChange, aika: TheAika, caller: TheCaller) -> None:
    """Rename a conversation, or pin it."""
    if await aika.database.history.listed(ConversationId(id), owner=caller.owner) is None:
        raise _unknown(id)
    if request.title is not None:
        await aika.database.conversations.rename(ConversationId(id), request.title, owner=caller.owner)
    if request.pinned is not None:
        await aika.database.history.pin(ConversationId(id), request.pinned, owner=caller.owner)


@router.delete("/v1/conversations/{id}", status_code=204)
async def delete_conversation(id: str, aika: TheAika, caller: TheCaller) -> None:
    """Delete a conversation with its answers, what was said of them, and the link to it."""
    await aika.database.conversations.delete(ConversationId(id), owner=caller.owner)


@router.get("/v1/conversations/{id}/export", response_class=Response)
async def export_conversation(
    id: str, aika: TheAika, caller: TheCaller, format: Literal["markdown", "json"] = "markdown"
) -> Response:
    """Return a conversation as a file: Markdown with footnotes, or JSON as `GET /v1/conversations/{id}` has it."""
    conversation = await _view(aika, caller, ConversationId(id))
    markdown = format == "markdown"
    content = as_markdown(conversation) if markdown else conversation.model_dump_json(indent=2)
    name = file_name(conversation.title, "md" if markdown else "json")
    return Response(
        content,
        media_type="text/markdown; charset=utf-8" if markdown else "application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.post("/v1/conversations/{id}/share")
async def share_conversation(id: str, aika: TheAika, caller: TheCaller) -> ShareView:
    """Make a link to the conversation as it is now, or let the one that there is show it as it is now."""
    return share_view(await aika.database.shares.share(ConversationId(id), owner=caller.owner, now=aika.clock.now()))


@router.delete("/v1/conversations/{id}/share", status_code=204)
async def unshare_conversation(id: str, aika: TheAika, caller: TheCaller) -> None:
    """Revoke the link. It never works again; nothing happens where there is none."""
    await aika.database.shares.revoke(ConversationId(id), owner=caller.owner)


@router.get("/v1/shared/{token}")
async def get_shared(token: str, aika: TheAika, caller: TheCaller) -> SharedConversationView:
    """Return a shared conversation as the caller may see it: what rests on documents that they may not read is withheld."""
    share, conversation, part = await _shared(aika, caller, token)
    return shared_view(share, part, conversation, reader=caller.owner)


@router.post("/v1/shared/{token}/copy", status_code=201)
async def copy_shared(token: str, aika: TheAika, caller: TheCaller) -> ConversationView:
    """Make a conversation of the caller's own of what they may see of a shared one, to go on with."""
    _, conversation, part = await _shared(aika, caller, token)
    if not part.turns:
        raise ConflictError("nothing is left of this conversation that you may see: ask a question of your own")
    assistant = await _usable(aika, caller, conversation.assistant)
    copy = copied(part, owner=caller.owner, assistant=assistant, clock=aika.clock)
    await aika.database.conversations.start(copy)
    return await _view(aika, caller, copy.id)


async def _view(aika: Aika, caller: Caller, id: ConversationId) -> ConversationView:
    database = aika.database
    listed = await database.history.listed(id, owner=caller.owner)
    if listed is None:
        raise _unknown(id)
    conversation, versions = await _history(aika).versions(id, owner=caller.owner, reads=caller.scope)
    around = Around(
        listed=listed,
        ratings=await database.history.ratings(id, owner=caller.owner),
        told=await database.told_owners.of(id),
        share=await database.shares.of(id) if listed.shared else None,
        under_way=await aika.under_way.of(id, owner=caller.owner),
    )
    return conversation_view(conversation, versions, around)


async def _shared(aika: Aika, caller: Caller, token: str) -> tuple[Share, Conversation, Seen]:
    found = await aika.database.shares.find(token)
    if found is None:
        raise NotFoundError("this link does not work, or does not work any more")
    share, conversation = found
    return share, conversation, await seen(conversation, aika.database.catalogue, scope=caller.scope)


async def _usable(aika: Aika, caller: Caller, id: AssistantId | None) -> AssistantId | None:
    """Return the assistant of a conversation where the reader may use it too."""
    if id is None:
        return None
    try:
        return (await aika.assistants.of_conversation(id, caller.asker)).id
    except (NotFoundError, ConflictError):
        return None


def _history(aika: Aika) -> History:
    return History(aika.database.history, aika.database.conversations, aika.database.catalogue)


def _unknown(id: str) -> NotFoundError:
    return NotFoundError(f"there is no conversation {id!r} of yours")
