"""What lets other pages and browsers use aika: the widget for internal pages, and the description of a search engine."""

from functools import lru_cache
from json import dumps
from pathlib import Path
from typing import Annotated
from xml.sax.saxutils import escape, quoteattr

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from aika.application.aika import Aika
from aika.surfaces.api.callers import Caller, TheAika, TheCaller
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["embedding"], responses=RESPONSES)

_WIDGET = Path(__file__).parent / "widget" / "widget.js"
_ALLOWED = '["__EMBEDDED_IN__"]'
"""What the script has where the origins belong whose pages may show aika."""
_SUGGESTIONS = 8
_CONVERSATIONS = 50
"""Of the caller's, among which suggestions are looked for."""
_LOADED_ANYWHERE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=600",
}


@router.get("/widget.js", include_in_schema=False)
async def widget(aika: TheAika) -> Response:
    """The script that puts a floating button into an internal page."""
    allowed = dumps(sorted(aika.settings.server.embedded_in))
    # Within a script element of somebody else's page nothing may end the element.
    text = _script().replace(_ALLOWED, allowed.replace("<", "\\u003c"))
    return Response(text, media_type="text/javascript; charset=utf-8", headers=_LOADED_ANYWHERE)


@router.get("/opensearch.xml", include_in_schema=False)
async def opensearch(request: Request) -> Response:
    """Describe aika as a search engine (OpenSearch 1.1), so that a browser's address bar can ask it."""
    base = str(request.base_url).rstrip("/")
    text = _OPENSEARCH.format(
        page=quoteattr(f"{base}/?q={{searchTerms}}"),
        suggestions=quoteattr(f"{base}/v1/opensearch/suggestions?q={{searchTerms}}"),
        description=quoteattr(f"{base}/opensearch.xml"),
        icon=escape(f"{base}/icon.svg"),
        host=escape(request.url.netloc),
    )
    return Response(text, media_type="application/opensearchdescription+xml")


@router.get("/v1/opensearch/suggestions", response_class=JSONResponse)
async def suggest(
    q: Annotated[str, Query(max_length=200, description="What is typed so far.")], aika: TheAika, caller: TheCaller
) -> list[str | list[str]]:
    """Complete a question for a browser's address bar: from what the caller asked before, and what assistants are good at."""
    return [q, await _completed(q, aika, caller)]


async def _completed(typed: str, aika: Aika, caller: Caller) -> list[str]:
    words = typed.casefold().split()
    if not words:
        return []
    asked = await aika.database.conversations.listing(owner=caller.owner, limit=_CONVERSATIONS)
    usable = await aika.assistants.usable(caller.asker)
    known = [conversation.title for conversation in asked]
    known += [example for entry in usable for example in entry.assistant.examples]
    fitting = [text for text in dict.fromkeys(known) if all(word in text.casefold() for word in words)]
    # Those that begin as what is typed come first.
    return sorted(fitting, key=lambda text: not text.casefold().startswith(typed.casefold().strip()))[:_SUGGESTIONS]


@lru_cache(maxsize=1)
def _script() -> str:
    return _WIDGET.read_text(encoding="utf-8")


_OPENSEARCH = """<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>aika</ShortName>
  <Description>Ask {host}: answers from the company's own documents, with sources.</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Image type="image/svg+xml" width="16" height="16">{icon}</Image>
  <Url type="text/html" method="get" template={page}/>
  <Url type="application/x-suggestions+json" method="get" template={suggestions}/>
  <Url type="application/opensearchdescription+xml" rel="self" template={description}/>
</OpenSearchDescription>
"""
