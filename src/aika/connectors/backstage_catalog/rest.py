"""The catalog's REST API: a cheap listing of everything, and whole entities by the batch."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aika.connectors.backstage_catalog.entities import Entity, problems, ref_of
from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, UnreadableDocumentError
from aika.http import HttpClient, Response

_PAGE = 500
_FIELDS = ",".join(
    (
        "apiVersion",
        "kind",
        "metadata.name",
        "metadata.namespace",
        "metadata.title",
        "metadata.etag",
        "metadata.annotations",
        "metadata.links",
        "spec.profile",
        "relations",
    )
)
"""What the listing needs: identity, version, relations, and how owners are reached."""
_REFUSED = (
    "Backstage refused the token. Give a static token of backend.auth.externalAccess as the option token, "
    "one that may read the plugin catalog"
)


class _PageInfo(BaseModel):
    nextCursor: str | None = None  # noqa: N815  # the wire's word


class _Page(BaseModel):
    items: list[dict[str, object]]
    pageInfo: _PageInfo = _PageInfo()  # noqa: N815  # the wire's word


class _Batch(BaseModel):
    model_config = ConfigDict(extra="ignore")

    items: list[dict[str, object] | None] = Field(default_factory=list)


class CatalogApi:
    """Reads one Backstage's catalog."""

    def __init__(self, http: HttpClient, url: str) -> None:
        self._http = http
        self._base = f"{url.rstrip('/')}/api/catalog"

    async def listing(self) -> AsyncIterator[Entity | tuple[str, str]]:
        """Yield every entity without its definition; a name and a reason for what is no entity."""
        cursor: str | None = None
        while True:
            params: dict[str, str | int] = {"fields": _FIELDS, "limit": _PAGE}
            page = _checked(
                _Page, await self._get("entities/by-query", {**params, **({"cursor": cursor} if cursor else {})})
            )
            for item in page.items:
                try:
                    yield Entity.model_validate(item)
                except ValidationError as error:
                    name = ref_of(item) or f"an entity without a name ({item.get('kind')})"
                    yield name, f"Backstage's answer about it cannot be read: {problems(error)}"
            following = page.pageInfo.nextCursor
            if not following or following == cursor:
                return
            cursor = following

    async def entities(self, refs: Sequence[str]) -> dict[str, Entity]:
        """Return whole entities by reference. Those that are gone, or may not be seen, are left out."""
        try:
            response = await self._http.post(f"{self._base}/entities/by-refs", {"entityRefs": list(refs)})
        except ConfigurationError as error:
            raise ConfigurationError(f"{_REFUSED} ({error})") from error
        found: dict[str, Entity] = {}
        for item in _checked(_Batch, response).items:
            # What cannot be read is left out like what is gone: one entity's failure is only its own.
            with suppress(ValidationError):
                entity = Entity.model_validate(item)
                found[entity.ref] = entity
        return found

    async def _get(self, path: str, params: dict[str, str | int]) -> Response:
        try:
            return await self._http.get(f"{self._base}/{path}", params=params)
        except NotFoundError as error:
            raise ConfigurationError(
                f"there is no catalog at {self._base}: the option url is the address of Backstage's backend, "
                "which must be 1.15 or newer"
            ) from error
        except ConfigurationError as error:
            raise ConfigurationError(f"{_REFUSED} ({error})") from error


class Batch:
    """Entities that are loaded together when the first of them is asked for, so that a first sync needs few requests."""

    def __init__(self, api: CatalogApi, refs: Sequence[str]) -> None:
        self._api = api
        self._refs = refs
        self._lock = asyncio.Lock()
        self._found: dict[str, Entity] | None = None

    async def entity(self, ref: str) -> Entity:
        """Raises `UnreadableDocumentError` where it is gone."""
        async with self._lock:
            if self._found is None:
                self._found = await self._api.entities(self._refs)
        if ref not in self._found:
            raise UnreadableDocumentError("it vanished from the catalog while it was read, or is no entity; sync again")
        return self._found[ref]


def _checked(model: type[Any], response: Response) -> Any:
    try:
        return model.model_validate(response.json())
    except ValidationError as error:
        raise PermanentError(
            f"the catalog's answer is not what its API promises: {error.error_count()} problems"
        ) from error
