"""Errors as problem details (RFC 9457)."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from aika.client.models import Problem
from aika.domain.errors import (
    AccessDeniedError,
    AikaError,
    AmbiguousNameError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    InvalidFormError,
    InvalidRequestError,
    NotFoundError,
    TooManyAtOnceError,
    TransientError,
    UnreadableDocumentError,
)
from aika.surfaces.api.response_headers import SECURITY_HEADERS

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# The first that fits counts, so that the particular stands before the general.
_STATUS: tuple[tuple[type[AikaError], int, str], ...] = (
    (InvalidRequestError, 422, "Invalid request"),
    (UnreadableDocumentError, 422, "Unreadable document"),
    (AuthenticationError, 401, "Authentication required"),
    (AccessDeniedError, 403, "Not allowed"),
    (NotFoundError, 404, "Not found"),
    (ConflictError, 409, "Conflict"),
    (ConfigurationError, 500, "Wrong configuration"),
    (TooManyAtOnceError, 429, "Too many at once"),
    (TransientError, 503, "Unavailable for now"),
    (AikaError, 500, "Internal error"),
)

RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": title, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    for status, title in (
        (401, "Authentication required"),
        (403, "Not allowed"),
        (404, "Not found"),
        (409, "Conflict"),
        (413, "Too large"),
        (422, "Invalid request"),
        (503, "Unavailable for now"),
    )
}

TOO_MANY: dict[int | str, dict[str, Any]] = {
    429: {
        "description": "The caller has as many answers under way as one person may have at once.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


def problem_of(error: AikaError) -> Problem:
    """Return the problem that an error is to the caller."""
    status, title = next((status, title) for kind, status, title in _STATUS if isinstance(error, kind))
    candidates = list(error.candidates) if isinstance(error, AmbiguousNameError) else []
    errors = list(error.errors) if isinstance(error, InvalidFormError) else []
    return Problem(title=title, status=status, detail=str(error), errors=errors, candidates=candidates)


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""
    app.add_exception_handler(AikaError, _on_aika_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_bug)


def reply(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(
        problem.model_dump(exclude_defaults=False), problem.status, headers=headers, media_type=MEDIA_TYPE
    )


async def _on_aika_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AikaError)  # noqa: S101 - registered for this type only
    headers = {}
    if isinstance(error, AuthenticationError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TransientError):
        headers["Retry-After"] = str(max(1, round(error.retry_after or 1)))
    return reply(problem_of(error), headers)


async def _on_invalid_request(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this type only
    # The input itself is left out: it may hold a secret or a whole document.
    errors = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
    return reply(Problem(title="Invalid request", status=422, detail="; ".join(errors), errors=errors))


async def _on_http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    titles = {404: "Not found", 405: "Method not allowed", 413: "Too large"}
    problem = Problem(title=titles.get(error.status_code, "Error"), status=error.status_code, detail=str(error.detail))
    return reply(problem, dict(error.headers or {}))


async def _on_bug(request: Request, error: Exception) -> JSONResponse:
    logger.error("a request failed", extra={"path": request.url.path}, exc_info=error)
    detail = "aika failed on this request. The reason is in the server's log; please report it."
    # Outside of what adds them to every other response.
    return reply(Problem(title="Internal error", status=500, detail=detail), dict(SECURITY_HEADERS))
