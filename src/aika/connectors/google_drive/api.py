"""Requests to Google's APIs: tokens, pages, quotas, and what refusals mean."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, Field, ValidationError

from aika.connectors.google_drive.credentials import Tokens
from aika.connectors.google_drive.files import Change, DriveFile, Permission
from aika.domain.errors import ConfigurationError, PermanentError, TransientError
from aika.http import HttpClient, Request, Response

_HANDLED = frozenset({400, 401, 403, 404, 410})
_OVER_QUOTA = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded"})
_QUOTA_WAITS = (1.0, 4.0, 15.0)
"""Seconds. Quotas are by minute; what lasts longer is left to the next sync."""
_ALL_DRIVES: Mapping[str, str] = {"supportsAllDrives": "true", "includeItemsFromAllDrives": "true"}

T = TypeVar("T", bound=BaseModel)


class _Reason(BaseModel):
    reason: str = ""


class _Error(BaseModel):
    message: str = ""
    errors: tuple[_Reason, ...] = ()


class _Refusal(BaseModel):
    error: _Error = _Error()


class _Files(BaseModel):
    files: tuple[DriveFile, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")
    incomplete: bool = Field(default=False, alias="incompleteSearch")


class _Permissions(BaseModel):
    permissions: tuple[Permission, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")


class _Start(BaseModel):
    token: str = Field(alias="startPageToken")


class _Member(BaseModel):
    email: str = ""
    type: str = "USER"


class _GroupMembers(BaseModel):
    members: tuple[_Member, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")


class Changes(BaseModel):
    """One page of the feed of changes."""

    changes: tuple[Change, ...] = ()
    next_page: str | None = Field(default=None, alias="nextPageToken")
    new_start: str | None = Field(default=None, alias="newStartPageToken")


@dataclass(frozen=True, slots=True)
class GoogleApi:
    """Drive and the Directory as one account sees them."""

    http: HttpClient
    tokens: Tokens
    api_url: str
    directory_url: str
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def get(self, url: str, params: Mapping[str, str | int]) -> Response:
        """Return a response of 200, or of 400, 403, 404 or 410 for another reason than a quota.

        Raises `ConfigurationError` where the token is refused and `TransientError` where the quota stays exceeded.
        """
        renewed = False
        for wait in (*_QUOTA_WAITS, None):
            response = await self._once(url, params)
            if response.status == 401 and not renewed:
                # It was revoked, or this machine's clock is behind: once, a new one may help.
                self.tokens.forget()
                renewed = True
                response = await self._once(url, params)
            if response.status == 401:
                raise ConfigurationError("Google refuses the access token: issue new credentials for this source")
            if reason_of(response) not in _OVER_QUOTA:
                return response
            if wait is not None:
                await self.sleep(wait)
        raise TransientError("Google Drive's quota is exceeded: the next sync goes on; raise the quota if this stays")

    async def _once(self, url: str, params: Mapping[str, str | int]) -> Response:
        headers = await self.tokens.headers()
        return await self.http.send(Request("GET", url, params=params, headers=headers, accept=_HANDLED))

    async def files(self, query: str, fields: str, *, drive: str | None) -> AsyncIterator[DriveFile]:
        """Yield the files that a query finds, in one shared drive or in what the account sees."""
        where = {"corpora": "drive", "driveId": drive} if drive else {"corpora": "user"}
        params: dict[str, str | int] = {
            **_ALL_DRIVES,
            **where,
            "q": query,
            "pageSize": 1000,
            "fields": f"nextPageToken,incompleteSearch,files({fields})",
        }
        while True:
            page = self._told(_Files, await self.get(f"{self.api_url}/drive/v3/files", params), "list the files")
            if page.incomplete:
                raise TransientError("Google Drive could not search everywhere: the next sync tries again")
            for file in page.files:
                yield file
            if page.next_page is None:
                return
            params["pageToken"] = page.next_page

    async def file(self, id: str, fields: str) -> DriveFile | None:
        """Return one file or folder, ``None`` where it is not there or may not be seen."""
        response = await self.get(
            f"{self.api_url}/drive/v3/files/{id}", {"supportsAllDrives": "true", "fields": fields}
        )
        return None if response.status == 404 else self._told(DriveFile, response, f"read {id}")

    async def permissions(self, id: str, fields: str) -> list[Permission] | None:
        """Return who may read a file or a shared drive, ``None`` where the account may not know."""
        found: list[Permission] = []
        params: dict[str, str | int] = {
            "supportsAllDrives": "true",
            "pageSize": 100,
            "fields": f"nextPageToken,permissions({fields})",
        }
        while True:
            response = await self.get(f"{self.api_url}/drive/v3/files/{id}/permissions", params)
            if response.status in {403, 404}:
                return None
            page = self._told(_Permissions, response, f"read the permissions of {id}")
            found.extend(page.permissions)
            if page.next_page is None:
                return found
            params["pageToken"] = page.next_page

    async def start(self, drive: str | None) -> str:
        """Return the token from which on the feed tells what changes."""
        params: dict[str, str | int] = {"supportsAllDrives": "true", **({"driveId": drive} if drive else {})}
        response = await self.get(f"{self.api_url}/drive/v3/changes/startPageToken", params)
        return self._told(_Start, response, f"read changes of {drive or 'Drive'}").token

    async def changes(self, token: str, fields: str, *, drive: str | None) -> Changes | None:
        """Return a page of changes, ``None`` where the token is no longer known."""
        params: dict[str, str | int] = {
            **_ALL_DRIVES,
            **({"driveId": drive} if drive else {}),
            "pageToken": token,
            "pageSize": 1000,
            "includeRemoved": "true",
            "fields": f"nextPageToken,newStartPageToken,changes(changeType,removed,fileId,driveId,file({fields}))",
        }
        response = await self.get(f"{self.api_url}/drive/v3/changes", params)
        if response.status in {400, 404, 410}:
            return None
        return self._told(Changes, response, "read what has changed")

    async def members(self, group: str) -> list[str] | None:
        """Return the e-mail addresses of a group's members, nested ones included; ``None`` where they cannot be told."""
        found: list[str] = []
        params: dict[str, str | int] = {"maxResults": 200, "includeDerivedMembership": "true"}
        while True:
            url = f"{self.directory_url}/admin/directory/v1/groups/{group}/members"
            response = await self.get(url, params)
            if response.status != 200:
                return None
            page = self._told(_GroupMembers, response, f"read the members of {group}")
            # Nested groups are listed beside their members, who are listed too.
            found.extend(member.email for member in page.members if member.type == "USER" and member.email)
            if page.next_page is None:
                return found
            params["pageToken"] = page.next_page

    def _told(self, model: type[T], response: Response, what: str) -> T:
        if response.status != 200:
            reason = reason_of(response) or str(response.status)
            raise ConfigurationError(
                f"Google Drive refuses to {what} ({reason}): check the ids in the source's options, that the account was "
                "given access, that the Drive API is enabled in its project, and the scope drive.readonly"
            )
        try:
            return model.model_validate(response.json())
        except ValidationError as error:
            raise PermanentError(f"Google Drive answered the request to {what} with something else: {error}") from error


def reason_of(response: Response) -> str:
    """Return the word by which Google names a refusal, empty where there is none."""
    if response.status == 200:
        return ""
    try:
        errors = _Refusal.model_validate_json(response.content).error.errors
    except ValidationError:
        return ""
    return errors[0].reason if errors else ""
