"""The client's calls about sources: making, changing and removing them, and what they hold."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from urllib.parse import urlencode

from pydantic import BaseModel, TypeAdapter

from aika.client.source_models import (
    AboutDocumentView,
    CheckReply,
    CheckRequest,
    ConnectorView,
    DocumentsReply,
    NamedDraft,
    ProblemsReply,
    RemovedReply,
    SourceDraft,
    SourceSettingsView,
    SyncsReply,
)

_CONNECTORS = TypeAdapter(list[ConnectorView])


class SourceCalls(ABC):
    """Sources, and what they hold."""

    def connectors(self) -> list[ConnectorView]:
        """Return the kinds of places that documents can be read from."""
        return _CONNECTORS.validate_json(self._send("GET", "/v1/connectors"))

    def check_source(self, request: CheckRequest) -> CheckReply:
        """Check a source before it is saved: its form, and whether it can be read. Nothing is kept."""
        return CheckReply.model_validate_json(self._send("POST", "/v1/sources/check", request))

    def create_source(self, request: NamedDraft) -> SourceSettingsView:
        """Write a new source's file, take it on, and start its first sync."""
        return SourceSettingsView.model_validate_json(self._send("POST", "/v1/sources", request))

    def source_settings(self, id: str) -> SourceSettingsView:
        """Return how a source is declared, for those who manage it."""
        return SourceSettingsView.model_validate_json(self._send("GET", f"/v1/sources/{id}/settings"))

    def change_source(self, id: str, request: SourceDraft, *, version: str) -> SourceSettingsView:
        """Change a source's file that is at this version; one that was changed meanwhile is a problem with the status 409."""
        return SourceSettingsView.model_validate_json(
            self._send("PUT", f"/v1/sources/{id}/settings", request, headers=_if_match(version))
        )

    def remove_source(self, id: str, *, version: str) -> RemovedReply:
        """Delete a source's file and all documents that were read from it."""
        return RemovedReply.model_validate_json(self._send("DELETE", f"/v1/sources/{id}", headers=_if_match(version)))

    def source_syncs(self, id: str, *, limit: int = 50) -> SyncsReply:
        """Return the last syncs of a source, newest first."""
        return SyncsReply.model_validate_json(self._send("GET", f"/v1/sources/{id}/syncs?limit={limit}"))

    def source_problems(self, id: str) -> ProblemsReply:
        """Return what the last sync could not read, by cause."""
        return ProblemsReply.model_validate_json(self._send("GET", f"/v1/sources/{id}/problems"))

    def source_documents(self, id: str, *, words: str = "", after: str = "", limit: int = 50) -> DocumentsReply:
        """Return a page of the documents that one may read, by key; ``after`` is the page before's ``next``."""
        return DocumentsReply.model_validate_json(self._send("GET", _documents(id, words, after, limit)))

    def about_document(self, id: str) -> AboutDocumentView:
        """Return what there is to know of a document besides its text."""
        return AboutDocumentView.model_validate_json(self._send("GET", f"/v1/documents/{id}/about"))

    @abstractmethod
    def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...


class AsyncSourceCalls(ABC):
    """The same for asynchronous code."""

    async def connectors(self) -> list[ConnectorView]:
        return _CONNECTORS.validate_json(await self._send("GET", "/v1/connectors"))

    async def check_source(self, request: CheckRequest) -> CheckReply:
        return CheckReply.model_validate_json(await self._send("POST", "/v1/sources/check", request))

    async def create_source(self, request: NamedDraft) -> SourceSettingsView:
        return SourceSettingsView.model_validate_json(await self._send("POST", "/v1/sources", request))

    async def source_settings(self, id: str) -> SourceSettingsView:
        return SourceSettingsView.model_validate_json(await self._send("GET", f"/v1/sources/{id}/settings"))

    async def change_source(self, id: str, request: SourceDraft, *, version: str) -> SourceSettingsView:
        return SourceSettingsView.model_validate_json(
            await self._send("PUT", f"/v1/sources/{id}/settings", request, headers=_if_match(version))
        )

    async def remove_source(self, id: str, *, version: str) -> RemovedReply:
        return RemovedReply.model_validate_json(
            await self._send("DELETE", f"/v1/sources/{id}", headers=_if_match(version))
        )

    async def source_syncs(self, id: str, *, limit: int = 50) -> SyncsReply:
        return SyncsReply.model_validate_json(await self._send("GET", f"/v1/sources/{id}/syncs?limit={limit}"))

    async def source_problems(self, id: str) -> ProblemsReply:
        return ProblemsReply.model_validate_json(await self._send("GET", f"/v1/sources/{id}/problems"))

    async def source_documents(self, id: str, *, words: str = "", after: str = "", limit: int = 50) -> DocumentsReply:
        return DocumentsReply.model_validate_json(await self._send("GET", _documents(id, words, after, limit)))

    async def about_document(self, id: str) -> AboutDocumentView:
        return AboutDocumentView.model_validate_json(await self._send("GET", f"/v1/documents/{id}/about"))

    @abstractmethod
    async def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...


def _if_match(version: str) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def _documents(id: str, words: str, after: str, limit: int) -> str:
    return f"/v1/sources/{id}/documents?{urlencode({'q': words, 'after': after, 'limit': limit})}"
