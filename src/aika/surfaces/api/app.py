"""The HTTP API as an ASGI app."""

import asyncio
import re
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from aika.application.aika import Aika
from aika.application.assistant_schema import assistant_schema
from aika.application.rules import rules_schema
from aika.application.source_schema import source_schema
from aika.client.assistant_draft_models import AssistantTryEvent
from aika.client.conversation_models import ChatEvent
from aika.client.models import Problem
from aika.client.source_models import PreviewEvent
from aika.surfaces.api import (
    access,
    answers,
    assistant_drafts,
    assistants,
    changes,
    chat,
    conversations,
    digests,
    embedding,
    evaluation,
    goalie_queue,
    goalie_thresholds,
    goalies,
    health,
    health_scores,
    insights,
    library,
    me,
    openai,
    operations,
    passages,
    problems,
    rules,
    shelves,
    sign_in,
    sources,
)
from aika.surfaces.api.response_headers import ResponseHeaders
from aika.surfaces.api.same_origin import SameOrigin
from aika.surfaces.api.web_app import WEB, WebApp

_UPLOADS = re.compile(r"/v1/sources/[^/]+/documents/")
_MAX_UPLOAD = changes.MAX_DOCUMENT_BYTES * 4 // 3 + 100_000
_REFERENCE = "#/components/schemas/{model}"


def create_app(aika: Aika | None, *, max_body_bytes: int = 1_000_000, web: Path = WEB) -> FastAPI:
    """Return the app that serves an application. Without one it only describes itself, for ``openapi.json``.

    ``web`` is the folder of the built web app.
    """
    app = FastAPI(
        title="aika",
        version=version("aika"),
        summary="Answers from a company's own documents, with citations and confidence.",
        # Their pages load scripts from another host, which the content security policy forbids.
        docs_url=None,
        redoc_url=None,
    )
    app.state.aika = aika
    problems.install(app)
    for part in (
        chat,
        answers,
        conversations,
        passages,
        assistant_drafts,  # before what would take its paths for ids
        assistants,
        sources,  # before what would take its paths for ids
        library,
        shelves,
        changes,
        access,
        health,
        operations,
        openai,
    ):
        app.include_router(part.router)
    app.add_api_route("/schemas/source.json", _source_schema, include_in_schema=False)
    app.add_api_route("/schemas/rules.json", _rules_schema, include_in_schema=False)
    app.include_router(rules.router)
    app.include_router(health_scores.router)
    app.include_router(digests.router)
    # The queue first: it is no goalie of that name.
    for part in (goalie_queue, goalie_thresholds, goalies):
        app.include_router(part.router)
    app.include_router(me.router)
    app.include_router(sign_in.router)
    app.include_router(insights.router)
    app.include_router(evaluation.router)
    if aika is not None:
        evaluation.serve_measuring(aika)
    app.include_router(embedding.router)
    app.add_api_route("/schemas/assistant.json", _assistant_schema, include_in_schema=False)
    # What no route answers, the ones that other surfaces add later included.
    app.router.default = WebApp(web, embedded_in=() if aika is None else aika.settings.server.embedded_in)
    _describe_events(app)
    app.add_middleware(_BodyLimit, max_bytes=max_body_bytes)
    public_url = None if aika is None else aika.settings.server.public_url
    app.add_middleware(SameOrigin, public_url=public_url)
    # Outermost, so that refusals have them too.
    app.add_middleware(ResponseHeaders, https=(public_url or "").startswith("https://"))
    return app


async def _source_schema() -> JSONResponse:
    """What an editor checks a source's file against."""
    return JSONResponse(await asyncio.to_thread(source_schema), media_type="application/schema+json")


async def _assistant_schema() -> JSONResponse:
    """What an editor checks an assistant's file against."""
    return JSONResponse(assistant_schema(), media_type="application/schema+json")


async def _rules_schema() -> JSONResponse:
    """What an editor checks a file of ranking rules against."""
    return JSONResponse(rules_schema(), media_type="application/schema+json")


class _BodyLimit:
    """Refuses bodies that are too large, those that do not say their size included."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        uploads = scope["method"] == "PUT" and _UPLOADS.match(scope["path"]) is not None
        max_bytes = max(self._max_bytes, _MAX_UPLOAD) if uploads else self._max_bytes
        too_large = problems.reply(
            Problem(title="Too large", status=413, detail=f"at most {max_bytes:,} bytes are taken")
        )
        if int(Headers(scope=scope).get("content-length") or 0) > max_bytes:
            await too_large(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > max_bytes:
                raise HTTPException(413, f"at most {max_bytes:,} bytes are taken")
            return message

        await self._app(scope, counted, send)


def _describe_events(app: FastAPI) -> None:
    """Add to the description what no route returns as JSON: the events of a stream, and problems."""
    described = app.openapi

    def with_events() -> dict[str, Any]:
        schema = described()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        described_too: tuple[tuple[str, TypeAdapter[Any]], ...] = (
            ("ChatEvent", TypeAdapter(ChatEvent)),
            ("AssistantTryEvent", TypeAdapter(AssistantTryEvent)),
            ("PreviewEvent", TypeAdapter(PreviewEvent)),
            ("Problem", TypeAdapter(Problem)),
        )
        for name, adapter in described_too:
            added = adapter.json_schema(ref_template=_REFERENCE, mode="serialization")
            schemas.update(added.pop("$defs", {}))
            schemas[name] = added
        return schema

    app.openapi = with_events  # type: ignore[method-assign]  # FastAPI's documented way to extend the schema
