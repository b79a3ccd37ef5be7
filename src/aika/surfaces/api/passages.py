"""Around an answer: what to ask first, where a passage stands, and how far documents can be relied on."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from aika.answering.passages import locate
from aika.application.standings import standings
from aika.assistants.suggesting import Suggestion
from aika.client.talk_models import (
    BlockView,
    PassageView,
    StandingsReply,
    StandingView,
    SuggestionsReply,
    SuggestionView,
)
from aika.domain.identifiers import DocumentId
from aika.health.findings_access import Viewer
from aika.surfaces.api.callers import TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES
from aika.surfaces.api.views import summary_of

router = APIRouter(tags=["library"], responses=RESPONSES)


@router.get("/v1/suggestions")
async def suggest(
    aika: TheAika,
    caller: TheCaller,
    assistant: Annotated[str | None, Query(description="By its name, in any case, or its id.")] = None,
    limit: Annotated[int, Query(ge=1, le=12)] = 4,
) -> SuggestionsReply:
    """Return questions for a new conversation: examples of the assistant's, what several people asked and got a good answer
    to, and what documents have parts about. All are about what the caller may read."""
    chosen = None if assistant is None else await aika.assistants.resolve(assistant, caller.asker)
    scope = await aika.conversing.narrowing.narrowed(caller.scope, chosen)
    examples = () if chosen is None else chosen.examples
    return suggestions_view(await aika.suggesting.to_begin(scope, examples, limit=limit))


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
    document, body = await aika.document(DocumentId(id), scope=caller.scope)
    place = locate(body, start, end, quote=quote, around=around)
    first, last = place.around
    return PassageView(
        document=summary_of(document),
        state=place.state.value,
        start=place.start,
        end=place.end,
        text=body.text[first:last],
        text_start=first,
        text_end=last,
        length=len(body.text),
        heading_path=list(place.heading_path),
        blocks=[BlockView(kind=block.kind.value, start=block.start, end=block.end) for block in place.blocks],
        url=_link(document.url, place.anchor),
    )


@router.get("/v1/standings")
async def get_standings(
    aika: TheAika, caller: TheCaller, document: Annotated[list[str], Query(max_length=50, description="Their ids.")]
) -> StandingsReply:
    """Return how far documents can be relied on: their age, what replaced them, and what is known to be wrong with them."""
    viewer = Viewer(caller.scope, caller.asker.people, caller.admin)
    found = await standings(aika, [DocumentId(id_) for id_ in document], viewer)
    return StandingsReply(
        standings=[
            StandingView(
                document=summary_of(stand.document),
                standing=stand.standing.value,
                reason=stand.reason,
                age_days=stand.age_days,
                reviewed_days=stand.reviewed_days,
                findings=[finding.id for finding in stand.findings],
            )
            for stand in found
        ]
    )


def suggestions_view(suggestions: Sequence[Suggestion]) -> SuggestionsReply:
    return SuggestionsReply(
        suggestions=[
            SuggestionView(
                text=one.text,
                origin=one.origin.value,
                document=None if one.document is None else summary_of(one.document),
            )
            for one in suggestions
        ]
    )


def _link(url: str | None, anchor: str | None) -> str | None:
    return url if url is None or anchor is None else f"{url.split('#', 1)[0]}#{anchor}"
