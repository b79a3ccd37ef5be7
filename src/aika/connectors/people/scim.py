"""Users and groups of an identity provider, by SCIM 2.0 (RFC 7643, RFC 7644)."""

from collections.abc import AsyncIterator, Mapping

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aika.connectors.people.fields import Fields, Record
from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError
from aika.http import HttpClient

_PAGE = 100
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_HEADERS = {"Accept": "application/scim+json, application/json"}


class _Listing(BaseModel):
    """RFC 7644, section 3.4.2."""

    model_config = ConfigDict(extra="ignore")

    totalResults: int  # noqa: N815  # the wire's word
    Resources: list[dict[str, object]] = Field(default_factory=list)


class ScimDirectory:
    """Reads one provider's users and groups."""

    def __init__(self, http: HttpClient, url: str, fields: Fields) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._fields = fields

    async def records(self) -> AsyncIterator[Record]:
        """Yield every user and every group, inactive users too."""
        async for user in self._all("Users"):
            yield self._fields.record(_user_row(user))
        async for group in self._all("Groups"):
            row = {"id": group.get("id"), "name": group.get("displayName")}
            members = [str(_mapping(member).get("value") or "") for member in _list(group.get("members"))]
            yield self._fields.record({**row, **_extensions(group), "members": members}, is_team=True)

    async def _all(self, kind: str) -> AsyncIterator[dict[str, object]]:
        start, seen = 1, set[str]()
        while True:
            page = await self._page(kind, start)
            for resource in page.Resources:
                # A page can repeat what the one before had, when somebody joined in between.
                if (known := str(resource.get("id"))) not in seen:
                    seen.add(known)
                    yield resource
            start += len(page.Resources)
            if not page.Resources or start > page.totalResults:
                return

    async def _page(self, kind: str, start: int) -> _Listing:
        url = f"{self._url}/{kind}"
        try:
            response = await self._http.get(url, params={"startIndex": start, "count": _PAGE}, headers=_HEADERS)
        except NotFoundError as error:
            raise ConfigurationError(f"there is no SCIM at {url}: the option url ends before /Users") from error
        except ConfigurationError as error:
            raise ConfigurationError(
                f"the SCIM provider refused the token: give one that may read users and groups ({error})"
            ) from error
        try:
            return _Listing.model_validate(response.json())
        except ValidationError as error:
            raise PermanentError(f"{url} did not answer with a SCIM list: is the option url right?") from error


def _user_row(user: Mapping[str, object]) -> dict[str, object]:
    """Return a user as a row whose columns have usual names."""
    name, work = _mapping(user.get("name")), _mapping(user.get(_ENTERPRISE))
    said_name = user.get("displayName") or name.get("formatted")
    manager = _mapping(work.get("manager"))
    user_name = str(user.get("userName") or "")
    row: dict[str, object] = {
        **_extensions(user),
        "id": user.get("id"),
        "name": said_name,
        "first_name": name.get("givenName"),
        "last_name": name.get("familyName"),
        "email": _primary(user.get("emails")) or (user_name if "@" in user_name else ""),
        "role": user.get("title"),
        "department": work.get("department") or work.get("division"),
        "manager": manager.get("value") or manager.get("displayName"),
        "location": _primary(user.get("addresses"), "locality", "formatted"),
        "phone": _primary(user.get("phoneNumbers")),
        "time_zone": user.get("timezone"),
        "url": user.get("profileUrl"),
        "active": user.get("active", True),
    }
    return {key: value for key, value in row.items() if value not in (None, "")}


def _extensions(resource: Mapping[str, object]) -> dict[str, object]:
    """Return what schemas beyond the standard say, by their own names: ``github``, ``slackId``."""
    found: dict[str, object] = {}
    for key, value in resource.items():
        if key.startswith("urn:") and key != _ENTERPRISE:
            found.update(_mapping(value))
    return found


def _primary(values: object, *keys: str) -> str:
    """Return the primary one of several values, or else the first."""
    given = sorted(map(_mapping, _list(values)), key=lambda value: value.get("primary") is not True)
    found = (value.get(key) for value in given for key in keys or ("value",))
    return next((text for text in found if isinstance(text, str) and text), "")


def _mapping(value: object) -> dict[str, object]:
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
