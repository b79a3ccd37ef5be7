"""The client's calls about the documents' health, in two forms as the client has them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import BaseModel

from aika.client.health_models import (
    AcceptRequest,
    AssignRequest,
    DismissRequest,
    FindingHistoryReply,
    FindingsReply,
    FindingView,
    HealthView,
    LookReply,
    ResolveRequest,
)


class HealthCalls(ABC):
    """Findings, and what their owners do about them."""

    def health(self) -> HealthView:
        return HealthView.model_validate_json(self._send("GET", "/v1/health"))

    def look(self) -> LookReply:
        """Let the server examine now what was complained of, and ask again what documents changed under."""
        return LookReply.model_validate_json(self._send("POST", "/v1/health/look"))

    def findings(  # noqa: PLR0913 - each is a filter
        self,
        *,
        states: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        owner: str | None = None,
        source: str | None = None,
        documents: Sequence[str] | None = None,
        mine: bool | None = None,
        older_than_days: int | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> FindingsReply:
        """Return those that cost the most people first; without ``states``, the open and accepted ones."""
        path = _findings_path(
            {
                "state": states,
                "kind": kinds,
                "owner": owner,
                "source": source,
                "document": documents,
                "mine": None if mine is None else str(mine).lower(),
                "older_than_days": None if older_than_days is None else str(older_than_days),
            },
            limit=limit,
            offset=offset,
        )
        return FindingsReply.model_validate_json(self._send("GET", path))

    def finding(self, id: str) -> FindingView:
        return FindingView.model_validate_json(self._send("GET", f"/v1/findings/{id}"))

    def finding_history(self, id: str) -> FindingHistoryReply:
        """Return what happened to a finding, in order."""
        return FindingHistoryReply.model_validate_json(self._send("GET", f"/v1/findings/{id}/history"))

    def accept_finding(self, id: str, request: AcceptRequest, *, version: int) -> FindingView:
        return self._change(id, "accept", request, version)

    def assign_finding(self, id: str, request: AssignRequest, *, version: int) -> FindingView:
        return self._change(id, "assign", request, version)

    def dismiss_finding(self, id: str, request: DismissRequest, *, version: int) -> FindingView:
        return self._change(id, "dismiss", request, version)

    def resolve_finding(self, id: str, request: ResolveRequest, *, version: int) -> FindingView:
        return self._change(id, "resolve", request, version)

    def _change(self, id: str, action: str, request: BaseModel, version: int) -> FindingView:
        reply = self._send("POST", f"/v1/findings/{id}/{action}", request, _if_match(version))
        return FindingView.model_validate_json(reply)

    @abstractmethod
    def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...


class AsyncHealthCalls(ABC):
    """The same for asynchronous code. See `HealthCalls`."""

    async def health(self) -> HealthView:
        return HealthView.model_validate_json(await self._send("GET", "/v1/health"))

    async def look(self) -> LookReply:
        """Let the server examine now what was complained of, and ask again what documents changed under."""
        return LookReply.model_validate_json(await self._send("POST", "/v1/health/look"))

    async def findings(  # noqa: PLR0913 - each is a filter
        self,
        *,
        states: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        owner: str | None = None,
        source: str | None = None,
        documents: Sequence[str] | None = None,
        mine: bool | None = None,
        older_than_days: int | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> FindingsReply:
        """Return those that cost the most people first; without ``states``, the open and accepted ones."""
        path = _findings_path(
            {
                "state": states,
                "kind": kinds,
                "owner": owner,
                "source": source,
                "document": documents,
                "mine": None if mine is None else str(mine).lower(),
                "older_than_days": None if older_than_days is None else str(older_than_days),
            },
            limit=limit,
            offset=offset,
        )
        return FindingsReply.model_validate_json(await self._send("GET", path))

    async def finding(self, id: str) -> FindingView:
        return FindingView.model_validate_json(await self._send("GET", f"/v1/findings/{id}"))

    async def finding_history(self, id: str) -> FindingHistoryReply:
        """Return what happened to a finding, in order."""
        return FindingHistoryReply.model_validate_json(await self._send("GET", f"/v1/findings/{id}/history"))

    async def accept_finding(self, id: str, request: AcceptRequest, *, version: int) -> FindingView:
        return await self._change(id, "accept", request, version)

    async def assign_finding(self, id: str, request: AssignRequest, *, version: int) -> FindingView:
        return await self._change(id, "assign", request, version)

    async def dismiss_finding(self, id: str, request: DismissRequest, *, version: int) -> FindingView:
        return await self._change(id, "dismiss", request, version)

    async def resolve_finding(self, id: str, request: ResolveRequest, *, version: int) -> FindingView:
        return await self._change(id, "resolve", request, version)

    async def _change(self, id: str, action: str, request: BaseModel, version: int) -> FindingView:
        reply = await self._send("POST", f"/v1/findings/{id}/{action}", request, _if_match(version))
        return FindingView.model_validate_json(reply)

    @abstractmethod
    async def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...


def _findings_path(filters: Mapping[str, str | Sequence[str] | None], *, limit: int, offset: int) -> str:
    given = {name: value for name, value in filters.items() if value is not None}
    return f"/v1/findings?{urlencode({**given, 'limit': limit, 'offset': offset}, doseq=True)}"


def _if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}
