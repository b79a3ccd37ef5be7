"""Around an answer: what to ask first, where a passage stands, and how far documents can be relied on."""

from typing import Annotated

from fastapi import APIRouter, Query

from aika.client.talk_models import PassageView, StandingsReply, SuggestionsReply
from aika.surfaces.api.callers import TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["library"], responses=RESPONSES)


@router.get("/v1/suggestions")
async def suggest(
    aika: TheAika,
    caller: TheCaller,
    assistant: Annotated[str | None, Query(description="By its name, in any case, or its id.")] = None,
    limit: Annotated[int, Query(ge=1, le=12)] = 4,
) -> SuggestionsReply:
    """Return questions for a new conversation: examples of the assistant's, what several people asked and got a good answer
    to, and what documents have parts about. All of them can be answered from what the caller may read."""
    raise NotImplementedError


@router.get("/v1/documents/{id}/passage")
async def get_passage(  # noqa: PLR0913, PLR0917 - each is a parameter of the request
    id: str,
    aika: TheAika,
    caller: TheCaller,
    start: Annotated[int, Query(ge=0, description="Where the passage begins, in characters.")],
    end: Annotated[int, Query(ge=0, description="Where it ends.")],
    quote: Annotated[
        str | None, Query(max_length=4000, description="Its words, to find it where the document changed.")
    ] = None,
    around: Annotated[int, Query(ge=0, le=20_000, description="How many characters to show on either side.")] = 1_500,
) -> PassageView:
    """Return a passage with what stands around it, whole blocks of text on either side."""
    raise NotImplementedError


@router.get("/v1/standings")
async def get_standings(
    aika: TheAika, caller: TheCaller, document: Annotated[list[str], Query(max_length=50, description="Their ids.")]
) -> StandingsReply:
    """Return how far documents can be relied on: their age, what replaced them, and what is known to be wrong with them."""
    raise NotImplementedError
