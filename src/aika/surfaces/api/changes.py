"""What sources tell of themselves: webhooks, and documents that are handed over."""

import base64
import binascii
import json

from fastapi import APIRouter, Request, Response

from aika.application.aika import Aika
from aika.client.models import DocumentUpload, HookReply
from aika.domain.documents import Kind, Owner, RawDocument
from aika.domain.errors import AuthenticationError, ConflictError, InvalidRequestError, NotFoundError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.sources import Notification
from aika.surfaces.api.callers import Caller, TheAdmin, TheAika
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["changes"], responses=RESPONSES)

MAX_DOCUMENT_BYTES = 32_000_000
"""Of one document that is handed over, as many as the folder connector reads by default; base64 takes a third more."""


@router.post("/v1/hooks/{id}")
async def take_notification(id: str, request: Request, aika: TheAika) -> HookReply:
    """Take a webhook's request of a source. Its signature is checked by the source's connector; no API key is needed."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    body = await request.body()
    try:
        report = await aika.notify(SourceId(id), Notification(headers, body))
    except (AuthenticationError, NotFoundError, ConflictError) as error:
        # One answer for all, so that nobody learns which sources there are.
        raise AuthenticationError("the notification is not signed as this address needs") from error
    if report is None:
        return HookReply(sync=True)
    return HookReply(challenge=_challenge(body), added=report.added, changed=report.changed, removed=report.removed)


def _challenge(body: bytes) -> str | None:
    """Return what Slack wants to have back when an address is set up."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    challenge = said.get("challenge") if isinstance(said, dict) else None
    return challenge if isinstance(challenge, str) else None


@router.put("/v1/sources/{id}/documents/{key:path}", status_code=204)
async def put_document(id: str, key: str, upload: DocumentUpload, aika: TheAika, caller: TheAdmin) -> Response:
    """Add a document to a source of the connector ``push``, or replace it. It can be found at once."""
    await aika.put_document(_own(aika, caller, id), _raw(key, upload))
    return Response(status_code=204)


@router.delete("/v1/sources/{id}/documents/{key:path}", status_code=204)
async def delete_document(id: str, key: str, aika: TheAika, caller: TheAdmin) -> Response:
    """Delete a document of a source of the connector ``push``."""
    await aika.drop_document(_own(aika, caller, id), key)
    return Response(status_code=204)


def _own(aika: Aika, caller: Caller, id: str) -> SourceId:
    source = SourceId(id)
    if caller.scope.sources is not None and source not in caller.scope.sources:
        raise NotFoundError(f"there is no source called {id!r}")
    return aika.source(source).id


def _raw(key: str, upload: DocumentUpload) -> RawDocument:
    return RawDocument(
        key=key,
        content=_content(upload),
        path=upload.path or key,
        media_type=upload.media_type,
        title=upload.title,
        url=upload.url,
        kind=_kind(upload.kind),
        readers=None if upload.readers is None else frozenset(PrincipalId(reader) for reader in upload.readers),
        owner=None if upload.owner is None else Owner(upload.owner, upload.contact, "the program that handed it over"),
        authors=tuple(upload.authors),
        created_at=upload.created_at,
        modified_at=upload.modified_at,
        attributes={
            name: value if isinstance(value, str) else tuple(value) for name, value in upload.attributes.items()
        },
    )


def _kind(name: str | None) -> Kind | None:
    if name is None:
        return None
    try:
        return Kind(name)
    except ValueError as error:
        raise InvalidRequestError(f"unknown kind {name!r} (known: {', '.join(Kind)})") from error


def _content(upload: DocumentUpload) -> bytes:
    if (upload.text is None) == (upload.content_base64 is None):
        raise InvalidRequestError("exactly one of 'text' and 'content_base64' must be given")
    if upload.text is not None:
        return upload.text.encode()
    try:
        content = base64.b64decode(upload.content_base64 or "", validate=True)
    except binascii.Error as error:
        raise InvalidRequestError(f"content_base64 is not base64: {error}") from error
    if len(content) > MAX_DOCUMENT_BYTES:
        raise InvalidRequestError(f"a document may have {MAX_DOCUMENT_BYTES:,} bytes, not {len(content):,}")
    return content
