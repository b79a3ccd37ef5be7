"""The two Confluences: what is asked where. Pages, restrictions and searches are the same in both."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from aika.connectors.confluence.api import Api, Params
from aika.connectors.confluence.wire import (
    Body,
    CloudPermission,
    Content,
    DataCenterPermission,
    Existing,
    Listed,
    Person,
    Restriction,
    Space,
)
from aika.domain.errors import NotFoundError, PermanentError

_EXPANSION = (
    "version,history,history.ownedBy,ancestors,space,metadata.labels,"
    "restrictions.read.restrictions.user,restrictions.read.restrictions.group"
)
# The restrictions of ancestors are not expanded: Cloud answers such a list with 404 where one ancestor is a draft.
_ATTACHMENT_EXPANSION = "version,history,space,container"
_PER_PAGE = 100
_PEOPLE_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Granted:
    """Who may see a space."""

    accounts: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    everyone: bool = False


class Site(Protocol):
    """One Confluence."""

    async def spaces(self, keys: Collection[str]) -> list[Space]: ...

    def contents(self, space: Space, type: str) -> AsyncIterator[Content | str]:
        """Yield the current contents of a type; an id alone is one whose details cannot be told yet."""
        ...

    def attachments(self, space: Space) -> AsyncIterator[Content]: ...

    def changed(self, keys: Sequence[str], types: Sequence[str], since: datetime) -> AsyncIterator[Content]: ...

    async def content(self, id: str) -> Content:
        """Raises `NotFoundError` where there is none."""
        ...

    async def body(self, content: Content) -> Body: ...

    async def restriction(self, id: str) -> Restriction: ...

    async def granted(self, space: Space) -> Granted: ...

    async def members(self, group: str) -> list[Person]: ...

    async def people(self, keys: Collection[str]) -> list[Person]:
        """Return the accounts that pages mention."""
        ...

    async def addresses(self, keys: Collection[str]) -> list[Person]:
        """Return the accounts, with their e-mail addresses where the site tells them."""
        ...

    async def download(self, content: Content) -> bytes: ...


class _Shared:
    """What both answer alike."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def attachments(self, space: Space) -> AsyncIterator[Content]:
        cql = f"space = {_quoted(space.key)} and type = attachment"
        async for content in self._search(cql, _ATTACHMENT_EXPANSION):
            yield content

    async def changed(self, keys: Sequence[str], types: Sequence[str], since: datetime) -> AsyncIterator[Content]:
        spaces = ", ".join(map(_quoted, keys))
        cql = f'space in ({spaces}) and type in ({", ".join(types)}) and lastmodified >= "{since:%Y-%m-%d %H:%M}"'
        async for content in self._search(cql, _EXPANSION):
            yield content

    async def content(self, id: str) -> Content:
        # A search instead of the content itself, which Cloud's first API no longer gives.
        async for content in self._search(f"id = {_number(id)}", _EXPANSION):
            return content
        raise NotFoundError(f"there is no content {id}")

    async def restriction(self, id: str) -> Restriction:
        path = f"/rest/api/content/{_number(id)}/restriction/byOperation/read"
        return await self._api.get(path, Restriction, {"expand": "restrictions.user,restrictions.group", "limit": 200})

    async def download(self, content: Content) -> bytes:
        return await self._api.download(content.download)

    def _search(self, cql: str, expansion: str) -> AsyncIterator[Content]:
        params: Params = {"cql": cql, "expand": expansion, "limit": _PER_PAGE}
        return self._api.list("/rest/api/content/search", Content, params)


class Cloud(_Shared):
    """Confluence Cloud: the second API for what exists and what it says, the first for who may read it."""

    async def spaces(self, keys: Collection[str]) -> list[Space]:
        params: Params = {"limit": 250, "status": "current", **({"keys": ",".join(keys)} if keys else {})}
        return [space async for space in self._api.list("/api/v2/spaces", Space, params)]

    async def contents(self, space: Space, type: str) -> AsyncIterator[Content | str]:
        kind = "pages" if type == "page" else "blogposts"
        path = f"/api/v2/spaces/{quote(space.id, safe='')}/{kind}"
        params: Params = {"limit": 250, "status": "current"}
        existing = {row.id async for row in self._api.list(path, Existing, params)}
        # The search knows restrictions but lags: what it still lists and is gone is left out, what it does not list yet is told.
        async for content in self._search(f"space = {_quoted(space.key)} and type = {type}", _EXPANSION):
            if content.id in existing:
                existing.discard(content.id)
                yield content
        for missing in sorted(existing):
            yield missing

    async def body(self, content: Content) -> Body:
        kind = "pages" if content.type == "page" else "blogposts"
        return await self._api.get(f"/api/v2/{kind}/{_number(content.id)}", Body, {"body-format": "storage"})

    async def granted(self, space: Space) -> Granted:
        path = f"/api/v2/spaces/{quote(space.id, safe='')}/permissions"
        rows = [row async for row in self._api.list(path, CloudPermission, {"limit": 250})]
        reading = [row for row in rows if row.operation == "read" and row.target == "space"]
        return Granted(
            accounts=frozenset(row.subject for row in reading if row.kind.lower() == "user"),
            groups=frozenset(row.subject for row in reading if row.kind.lower() == "group"),
            everyone=any(row.kind.lower() == "anonymous" for row in reading),
        )

    async def members(self, group: str) -> list[Person]:
        path = f"/rest/api/group/{quote(group, safe='')}/membersByGroupId"
        return [person async for person in self._api.list(path, Person, {"limit": 200})]

    async def people(self, keys: Collection[str]) -> list[Person]:
        found: list[Person] = []
        ids = sorted(keys)
        for start in range(0, len(ids), _PEOPLE_AT_ONCE):
            asked = {"accountIds": ids[start : start + _PEOPLE_AT_ONCE]}
            listed = await self._api.post("/api/v2/users-bulk", Listed, asked)
            found.extend(Person.model_validate(row) for row in listed.results)
        return found

    async def addresses(self, keys: Collection[str]) -> list[Person]:
        return await self.people(keys)


class DataCenter(_Shared):
    """Confluence Data Center."""

    async def spaces(self, keys: Collection[str]) -> list[Space]:
        query = "&".join(["limit=100", *(f"spaceKey={quote(key, safe='')}" for key in keys)])
        return [space async for space in self._api.list("/rest/api/space", Space, query)]

    async def contents(self, space: Space, type: str) -> AsyncIterator[Content | str]:
        params: Params = {
            "spaceKey": space.key,
            "type": type,
            "status": "current",
            "expand": _EXPANSION,
            "limit": _PER_PAGE,
        }
        async for content in self._api.list("/rest/api/content", Content, params):
            yield content

    async def content(self, id: str) -> Content:
        # Not by a search, whose index may not know yet what a webhook tells.
        return await self._api.get(f"/rest/api/content/{_number(id)}", Content, {"expand": _EXPANSION})

    async def body(self, content: Content) -> Body:
        return await self._api.get(f"/rest/api/content/{_number(content.id)}", Body, {"expand": "body.storage"})

    async def granted(self, space: Space) -> Granted:
        path = f"/rest/api/space/{quote(space.key, safe='')}/permissions"
        try:
            rows = [DataCenterPermission.model_validate(row) for row in await self._api.rows(path)]
        except NotFoundError as error:
            raise PermanentError(
                "this Confluence does not tell who may see a space (9.1 and newer do): set permissions: false, and readers"
            ) from error
        reading = [row for row in rows if row.operation == "read" and row.target == "space"]
        people = [await self._person(row.user_key) for row in reading if row.kind == "user" and row.user_key]
        return Granted(
            accounts=frozenset(person.key for person in people),
            groups=frozenset(row.group for row in reading if row.kind == "group" and row.group),
            everyone=any(row.kind == "anonymous" for row in reading),
        )

    async def members(self, group: str) -> list[Person]:
        path = f"/rest/api/group/{quote(group, safe='')}/member"
        return [person async for person in self._api.list(path, Person, {"limit": 200})]

    async def people(self, keys: Collection[str]) -> list[Person]:
        return [await self._person(key) for key in sorted(keys)]

    async def addresses(self, keys: Collection[str]) -> list[Person]:
        # Data Center tells nobody's address.
        return []

    async def _person(self, key: str) -> Person:
        return await self._api.get("/rest/api/user", Person, {"key": key})


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _number(id: str) -> str:
    """Return an id as it may stand in a path or a query. Raises `PermanentError` for what is none."""
    if not id.removeprefix("att").isalnum():
        raise PermanentError(f"{id!r} is no id of Confluence")
    return id
