"""Requests to Jira: authorized, page by page, with errors that say what to do."""

from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from aika.connectors.jira.options import JiraOptions
from aika.connectors.jira.wire import (
    Comment,
    CommentPage,
    Found,
    Group,
    Issue,
    LevelMembers,
    Members,
    Permission,
    PermissionScheme,
    Person,
    Project,
    Projects,
    Role,
    SecurityScheme,
)
from aika.domain.errors import ConfigurationError, PermanentError
from aika.http import HttpClient, Request

_PAGE = 100
_LISTED = "updated,project,security"
_READ = (
    f"{_LISTED},summary,description,created,duedate,status,issuetype,priority,resolution,assignee,reporter,parent,subtasks,"
    "labels,components,fixVersions,issuelinks"
)
_projects: TypeAdapter[list[Project]] = TypeAdapter(list[Project])

T = TypeVar("T", bound=BaseModel)
Params = Mapping[str, str | int]


class JiraApi:
    """The API of one site. Texts come as wiki markup from both Cloud and Data Center with its second version."""

    def __init__(self, http: HttpClient, options: JiraOptions) -> None:
        self._http = http
        self._base = f"{options.api_url or options.url}/rest/api/2"
        self._cloud = options.is_cloud
        self._headers = {"Authorization": _authorization(options), "Accept": "application/json"}

    async def projects(self) -> list[Project]:
        """Return every project that the account sees."""
        if not self._cloud:
            return _projects.validate_python(await self._json("project", {"expand": "lead"}))
        found: list[Project] = []
        while True:
            page = await self._get("project/search", Projects, {"startAt": len(found), "expand": "lead"})
            found.extend(page.values)
            if page.is_last or not page.values:
                return found

    async def project(self, key: str) -> Project:
        return await self._get(f"project/{key}", Project, {"expand": "lead"})

    async def search(self, jql: str) -> AsyncIterator[Issue]:
        """Yield what a search finds, with what a listing needs."""
        params: dict[str, str | int] = {"jql": jql, "fields": _LISTED, "maxResults": _PAGE}
        seen = 0
        while True:
            page = await self._get("search/jql" if self._cloud else "search", Found, params)
            for issue in page.issues:
                yield issue
            seen += len(page.issues)
            if self._cloud and page.next_page_token:
                params["nextPageToken"] = page.next_page_token
            elif not self._cloud and page.issues and seen < (page.total or 0):
                params["startAt"] = seen
            else:
                return

    async def issue(self, id: str) -> Issue:
        return await self._get(f"issue/{id}", Issue, {"fields": _READ})

    async def comments(self, id: str) -> list[Comment]:
        """Return an issue's comments, oldest first."""
        found: list[Comment] = []
        while True:
            params: Params = {"startAt": len(found), "maxResults": _PAGE, "orderBy": "created"}
            page = await self._get(f"issue/{id}/comment", CommentPage, params)
            found.extend(page.comments)
            if not page.comments or len(found) >= page.total:
                return found

    async def permissions(self, project: str) -> tuple[Permission, ...]:
        path = f"project/{project}/permissionscheme"
        return (await self._get(path, PermissionScheme, {"expand": "permissions,user,group"})).permissions

    async def role(self, project: str, role: str) -> Role:
        return await self._get(f"project/{project}/role/{role}", Role, {})

    async def members(self, group: Group) -> list[Person]:
        """Return the active members of a group."""
        named = {"groupId": group.group_id} if group.group_id else {"groupname": group.name}
        found: list[Person] = []
        while True:
            page = await self._get("group/member", Members, {**named, "startAt": len(found), "maxResults": 50})
            found.extend(page.values)
            if page.is_last or not page.values:
                return [person for person in found if person.active]

    async def level(self, project: str, level: str) -> LevelMembers:
        """Return who is in a security level. Only Cloud tells."""
        if not self._cloud:
            raise PermanentError("Jira Data Center does not tell who is in a security level")
        scheme = await self._get(f"project/{project}/issuesecuritylevelscheme", SecurityScheme, {})
        params: dict[str, str | int] = {"schemeId": str(scheme.id), "levelId": level, "expand": "all"}
        found = LevelMembers()
        while True:
            params["startAt"] = len(found.values)
            page = await self._get("issuesecurityschemes/level/member", LevelMembers, params)
            found = LevelMembers(values=(*found.values, *page.values))
            if page.is_last or not page.values:
                return found

    async def _get(self, path: str, answer: type[T], params: Params) -> T:
        told = await self._json(path, params)
        try:
            return answer.model_validate(told)
        except ValidationError as error:
            wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['type']}" for one in error.errors()[:3])
            raise PermanentError(f"Jira answered {path} in a way that is not understood: {wrong}") from error

    async def _json(self, path: str, params: Params) -> object:
        request = Request("GET", f"{self._base}/{path}", params=params, headers=self._headers)
        try:
            told: object = (await self._http.send(request)).json()
        except ConfigurationError as error:
            raise ConfigurationError(
                f"Jira refuses the token ({error}). It may have expired, or its account may not see this. Cloud needs user "
                "and an API token, Data Center a personal access token; the docs page connect-jira says what they may do"
            ) from error
        return told


def _authorization(options: JiraOptions) -> str:
    token = options.token.get_secret_value()
    if options.user is None:
        return f"Bearer {token}"
    return "Basic " + b64encode(f"{options.user}:{token}".encode()).decode()
