"""``/v1/access``, and groups that are handed over."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from aika.application.access import explain_access
from aika.client.access_models import AccessView, GroupUpload
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import SourceId
from aika.surfaces.api.callers import TheAika, TheOperator, person_of, principal_of
from aika.surfaces.api.problems import RESPONSES

router = APIRouter(tags=["access"], responses=RESPONSES)


@router.get("/v1/access")
async def explain(
    user: Annotated[str, Query(description="The person's e-mail address.")],
    document: Annotated[str, Query(description="The document's id, or its source and key as `SOURCE/KEY`.")],
    aika: TheAika,
    caller: TheOperator,
) -> AccessView:
    """Say why a person may read a document, or may not."""
    access = await explain_access(aika, person_of(user), document, scope=caller.overseen)
    return AccessView(
        user=access.person,
        document=access.document.id,
        source=access.document.source,
        key=access.document.key,
        may_read=access.may_read,
        readers=sorted(access.document.readers),
        chain=list(access.chain),
        principals=sorted(access.principals),
        reason=access.reason,
    )


@router.put("/v1/sources/{id}/groups/{group:path}", status_code=204)
async def put_group(id: str, group: str, upload: GroupUpload, aika: TheAika, caller: TheOperator) -> Response:
    """Say who is in a group, for a source of the connector ``push``. What the group may read, they may read from now on."""
    source = SourceId(id)
    if caller.scope.sources is not None and source not in caller.scope.sources:
        raise NotFoundError(f"there is no source called {id!r}")
    await aika.put_group(source, principal_of(group), {principal_of(member) for member in upload.members})
    return Response(status_code=204)
