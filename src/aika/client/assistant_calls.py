"""The client's calls about assistants that are being written, in two forms as the client has them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping

from pydantic import BaseModel

from aika.client.assistant_draft_models import (
    AssistantCheckReply,
    AssistantCheckRequest,
    AssistantFormView,
    AssistantTryReply,
    AssistantTryRequest,
)


class AssistantDraftCalls(ABC):
    """Assistants while somebody writes them."""

    def assistant_form(self) -> AssistantFormView:
        """Return what one can choose from when one writes an assistant."""
        return AssistantFormView.model_validate_json(self._send("GET", "/v1/assistants/form"))

    def check_assistant(self, request: AssistantCheckRequest) -> AssistantCheckReply:
        """Return what is wrong with a draft, and what its filter comes to."""
        return AssistantCheckReply.model_validate_json(self._send("POST", "/v1/assistants/check", request))

    def try_assistant(self, request: AssistantTryRequest) -> AssistantTryReply:
        """Ask a draft as if it were saved. Nothing is kept."""
        asked = request.model_copy(update={"stream": False})
        return AssistantTryReply.model_validate_json(self._send("POST", "/v1/assistants/try", asked))

    def assistant_yaml(self, id: str) -> str:
        """Return an assistant as the file that it is, or would be."""
        return self._send("GET", f"/v1/assistants/{id}/yaml").decode()

    @abstractmethod
    def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...


class AsyncAssistantDraftCalls(ABC):
    """The same for asynchronous code."""

    async def assistant_form(self) -> AssistantFormView:
        return AssistantFormView.model_validate_json(await self._send("GET", "/v1/assistants/form"))

    async def check_assistant(self, request: AssistantCheckRequest) -> AssistantCheckReply:
        return AssistantCheckReply.model_validate_json(await self._send("POST", "/v1/assistants/check", request))

    async def try_assistant(self, request: AssistantTryRequest) -> AssistantTryReply:
        asked = request.model_copy(update={"stream": False})
        return AssistantTryReply.model_validate_json(await self._send("POST", "/v1/assistants/try", asked))

    async def assistant_yaml(self, id: str) -> str:
        return (await self._send("GET", f"/v1/assistants/{id}/yaml")).decode()

    @abstractmethod
    async def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...
