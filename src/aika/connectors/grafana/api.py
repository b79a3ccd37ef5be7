"""Grafana's HTTP API, as far as the connector reads it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, UnreadableDocumentError
from aika.http import HttpClient, Response

_PAGE = 500
_NOT_ALLOWED = frozenset({403, 404})

_CONFIG = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)

T = TypeVar("T")


class Hit(BaseModel):
    """A dashboard as the search lists it."""

    model_config = _CONFIG

    uid: str
    title: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()
    folderUid: str = ""  # noqa: N815  # the wire's word
    folderTitle: str = ""  # noqa: N815  # the wire's word


class Meta(BaseModel):
    """What Grafana keeps about a dashboard."""

    model_config = _CONFIG

    url: str = ""
    created: str = ""
    updated: str = ""
    createdBy: str = ""  # noqa: N815  # the wire's word
    updatedBy: str = ""  # noqa: N815  # the wire's word


class Dashboard(BaseModel):
    """A dashboard with its panels."""

    model_config = _CONFIG

    dashboard: dict[str, object]
    meta: Meta = Meta()


class Rule(BaseModel):
    """An alert rule."""

    model_config = _CONFIG

    uid: str
    title: str = ""
    folderUID: str = ""  # noqa: N815  # the wire's word
    ruleGroup: str = ""  # noqa: N815  # the wire's word
    condition: str = ""
    data: list[dict[str, object]] = []
    updated: str = ""
    pending: str = Field(default="", alias="for")
    """How long the condition must hold."""
    annotations: dict[str, str] | None = None
    labels: dict[str, str] | None = None
    isPaused: bool = False  # noqa: N815  # the wire's word


class Permission(BaseModel):
    """Who may do something with a dashboard or a folder: a role, a team or a user."""

    model_config = _CONFIG

    role: str | None = None
    teamId: int = 0  # noqa: N815  # the wire's word
    userLogin: str = ""  # noqa: N815  # the wire's word
    permission: int = 0


class User(BaseModel):
    """A member of the organization, or of a team."""

    model_config = _CONFIG

    login: str = ""
    email: str = ""
    role: str = ""
    isDisabled: bool = False  # noqa: N815  # the wire's word


class _Team(BaseModel):
    id: int


class _Organization(BaseModel):
    id: int


class _Teams(BaseModel):
    totalCount: int = 0  # noqa: N815  # the wire's word
    teams: list[_Team] = []


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """The token may not see this, or this Grafana does not have it."""

    status: int


_hits = TypeAdapter(list[Hit])
_rules = TypeAdapter(list[Rule])
_permissions = TypeAdapter(list[Permission])
_users = TypeAdapter(list[User])
_dashboard = TypeAdapter(Dashboard)
_teams = TypeAdapter(_Teams)
_organization = TypeAdapter(_Organization)


class GrafanaApi:
    """Reads one organization of one Grafana."""

    def __init__(self, http: HttpClient, url: str) -> None:
        self._http = http
        self._base = f"{url.rstrip('/')}/api"

    async def dashboards(self) -> AsyncIterator[Hit]:
        """Yield every dashboard that the token may see, once."""
        page, seen = 1, set[str]()
        while True:
            response = await self._get("search", {"type": "dash-db", "limit": _PAGE, "page": page})
            found = _read(_hits, response)
            if not found:
                return
            for hit in found:
                if hit.uid not in seen:
                    seen.add(hit.uid)
                    yield hit
            page += 1

    async def dashboard(self, uid: str) -> Dashboard:
        """Raises `UnreadableDocumentError` where it is gone or may not be read."""
        response = await self._asked(f"dashboards/uid/{uid}")
        if isinstance(response, NotAllowed):
            raise UnreadableDocumentError(
                f"Grafana answered {response.status}: it is gone, or the token may not read it (dashboards:read)"
            )
        return _read(_dashboard, response)

    async def rules(self) -> list[Rule] | NotAllowed:
        response = await self._asked("v1/provisioning/alert-rules")
        return response if isinstance(response, NotAllowed) else _read(_rules, response)

    async def permissions(self, kind: str, uid: str) -> list[Permission] | NotAllowed:
        """Return who may see a dashboard (``dashboards/uid``) or a folder (``folders``)."""
        response = await self._asked(f"{kind}/{uid}/permissions")
        return response if isinstance(response, NotAllowed) else _read(_permissions, response)

    async def organization(self) -> int | NotAllowed:
        """Return the id of the organization that the token belongs to."""
        response = await self._asked("org")
        return response if isinstance(response, NotAllowed) else _read(_organization, response).id

    async def users(self) -> list[User] | NotAllowed:
        response = await self._asked("org/users")
        return response if isinstance(response, NotAllowed) else _read(_users, response)

    async def teams(self) -> AsyncIterator[int]:
        """Yield the id of every team that the token may see."""
        page, seen = 1, 0
        while True:
            found = _read(_teams, await self._get("teams/search", {"perpage": _PAGE, "page": page}))
            for team in found.teams:
                yield team.id
            seen += len(found.teams)
            if not found.teams or seen >= found.totalCount:
                return
            page += 1

    async def team_members(self, team: int) -> list[User] | NotAllowed:
        response = await self._asked(f"teams/{team}/members")
        return response if isinstance(response, NotAllowed) else _read(_users, response)

    async def _get(self, path: str, params: Mapping[str, str | int]) -> Response:
        try:
            return await self._http.get(f"{self._base}/{path}", params=params)
        except NotFoundError as error:
            raise ConfigurationError(f"there is no Grafana at {self._base}: correct the option url") from error
        except ConfigurationError as error:
            raise ConfigurationError(_refused(error)) from error

    async def _asked(self, path: str) -> Response | NotAllowed:
        try:
            response = await self._http.get(f"{self._base}/{path}", accept=_NOT_ALLOWED)
        except ConfigurationError as error:
            raise ConfigurationError(_refused(error)) from error
        return NotAllowed(response.status) if response.status in _NOT_ALLOWED else response


def _refused(error: ConfigurationError) -> str:
    return f"Grafana refused the token: give the token of a service account with the role Viewer ({error})"


def _read(adapter: "TypeAdapter[T]", response: Response) -> T:
    value: Any = response.json()
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        raise PermanentError(
            f"Grafana's answer is not what its API promises ({error.error_count()} problems)"
        ) from error
