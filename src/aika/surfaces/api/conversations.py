"""``/v1/conversations``: what was asked before, found again, shared, taken along."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from aika.client.conversation_models import (
    ConversationChange,
    ConversationsReply,
    ConversationView,
    SharedConversationView,
    ShareView,
)
from aika.surfaces.api.callers import TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["conversations"], responses=RESPONSES)


@router.get("/v1/conversations")
async def list_conversations(
    aika: TheAika,
    caller: TheCaller,
    q: Annotated[str | None, Query(max_length=200, description="Words of the title, a question or an answer.")] = None,
    cursor: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ConversationsReply:
    """Return the caller's conversations: pinned ones first, then those asked in last.

    With `q`, those in which every word occurs, at the beginning of a word or within it, whatever its case and accents.
    """
    raise NotImplementedError


@router.get("/v1/conversations/{id}")
async def get_conversation(id: str, aika: TheAika, caller: TheCaller) -> ConversationView:
    """Return a conversation of the caller's. Answers from documents that they may not read any more are withheld."""
    raise NotImplementedError


@router.patch("/v1/conversations/{id}", status_code=204)
async def change_conversation(id: str, request: ConversationChange, aika: TheAika, caller: TheCaller) -> None:
    """Rename a conversation, or pin it."""


@router.delete("/v1/conversations/{id}", status_code=204)
async def delete_conversation(id: str, aika: TheAika, caller: TheCaller) -> None:
    """Delete a conversation with its answers, what was said of them, and the link to it."""


@router.get("/v1/conversations/{id}/export", response_class=Response)
async def export_conversation(
    id: str, aika: TheAika, caller: TheCaller, format: Literal["markdown", "json"] = "markdown"
) -> Response:
    """Return a conversation as a file: Markdown with footnotes, or JSON as `GET /v1/conversations/{id}` has it."""
    raise NotImplementedError


@router.post("/v1/conversations/{id}/share")
async def share_conversation(id: str, aika: TheAika, caller: TheCaller) -> ShareView:
    """Make a link to the conversation as it is now, or let the one that there is show it as it is now."""
    raise NotImplementedError


@router.delete("/v1/conversations/{id}/share", status_code=204)
async def unshare_conversation(id: str, aika: TheAika, caller: TheCaller) -> None:
    """Revoke the link. It never works again; nothing happens where there is none."""


@router.get("/v1/shared/{token}")
async def get_shared(token: str, aika: TheAika, caller: TheCaller) -> SharedConversationView:
    """Return a shared conversation as the caller may see it: what rests on documents that they may not read is withheld."""
    raise NotImplementedError


@router.post("/v1/shared/{token}/copy", status_code=201)
async def copy_shared(token: str, aika: TheAika, caller: TheCaller) -> ConversationView:
    """Make a conversation of the caller's own of what they may see of a shared one, to go on with."""
    raise NotImplementedError
