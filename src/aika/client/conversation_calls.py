"""The client's calls about conversations and what goes on around an answer, in two forms as the client has them."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import BaseModel

from aika.client.conversation_models import (
    ConversationChange,
    ConversationsReply,
    ConversationView,
    SharedConversationView,
    ShareView,
    StopReply,
)
from aika.client.talk_models import (
    PassageView,
    StandingsReply,
    SuggestionsReply,
    TellOwnerReply,
    TellOwnerRequest,
)


class ConversationCalls(ABC):
    """What was asked before, and what goes on around an answer."""

    def conversations(
        self, search: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> ConversationsReply:
        """Return a page of them; with ``search``, those in which all these words occur."""
        return ConversationsReply.model_validate_json(self._send("GET", _listing(search, cursor, limit)))

    def conversation(self, id: str) -> ConversationView:
        return ConversationView.model_validate_json(self._send("GET", f"/v1/conversations/{id}"))

    def change_conversation(self, id: str, change: ConversationChange) -> None:
        self._send("PATCH", f"/v1/conversations/{id}", change)

    def delete_conversation(self, id: str) -> None:
        self._send("DELETE", f"/v1/conversations/{id}")

    def export_conversation(self, id: str) -> str:
        """Return a conversation as Markdown, its sources as footnotes."""
        return self._send("GET", f"/v1/conversations/{id}/export?format=markdown").decode()

    def share_conversation(self, id: str) -> ShareView:
        """Make a link to the conversation as it is now. Its readers see of it what they may read."""
        return ShareView.model_validate_json(self._send("POST", f"/v1/conversations/{id}/share"))

    def unshare_conversation(self, id: str) -> None:
        self._send("DELETE", f"/v1/conversations/{id}/share")

    def shared_conversation(self, token: str) -> SharedConversationView:
        return SharedConversationView.model_validate_json(self._send("GET", f"/v1/shared/{token}"))

    def copy_shared(self, token: str) -> ConversationView:
        """Make a conversation of one's own of a shared one, to go on with."""
        return ConversationView.model_validate_json(self._send("POST", f"/v1/shared/{token}/copy"))

    def stop_answer(self, id: str) -> StopReply:
        return StopReply.model_validate_json(self._send("POST", f"/v1/answers/{id}/stop"))

    def tell_owner(self, answer: str, request: TellOwnerRequest) -> TellOwnerReply:
        """Tell whoever answers for the nearest documents that something is missing."""
        return TellOwnerReply.model_validate_json(self._send("POST", f"/v1/answers/{answer}/tell-owner", request))

    def follow_ups(self, answer: str) -> SuggestionsReply:
        """Return questions that could come next."""
        return SuggestionsReply.model_validate_json(self._send("GET", f"/v1/answers/{answer}/follow-ups"))

    def suggestions(self, assistant: str | None = None, *, limit: int = 4) -> SuggestionsReply:
        """Return questions for a new conversation."""
        return SuggestionsReply.model_validate_json(self._send("GET", _suggesting(assistant, limit)))

    def passage(self, document: str, start: int, end: int, *, quote: str | None = None) -> PassageView:
        """Return a passage with what stands around it. With ``quote`` it is found where the document changed."""
        return PassageView.model_validate_json(self._send("GET", _passage(document, start, end, quote)))

    def standings(self, documents: Sequence[str]) -> StandingsReply:
        """Return how far documents can be relied on."""
        return StandingsReply.model_validate_json(self._send("GET", f"/v1/standings?{_many('document', documents)}"))

    @abstractmethod
    def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...


class AsyncConversationCalls(ABC):
    """The same for asynchronous code. See `ConversationCalls`."""

    async def conversations(
        self, search: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> ConversationsReply:
        """Return a page of them; with ``search``, those in which all these words occur."""
        return ConversationsReply.model_validate_json(await self._send("GET", _listing(search, cursor, limit)))

    async def conversation(self, id: str) -> ConversationView:
        return ConversationView.model_validate_json(await self._send("GET", f"/v1/conversations/{id}"))

    async def change_conversation(self, id: str, change: ConversationChange) -> None:
        await self._send("PATCH", f"/v1/conversations/{id}", change)

    async def delete_conversation(self, id: str) -> None:
        await self._send("DELETE", f"/v1/conversations/{id}")

    async def export_conversation(self, id: str) -> str:
        """Return a conversation as Markdown, its sources as footnotes."""
        return (await self._send("GET", f"/v1/conversations/{id}/export?format=markdown")).decode()

    async def share_conversation(self, id: str) -> ShareView:
        """Make a link to the conversation as it is now. Its readers see of it what they may read."""
        return ShareView.model_validate_json(await self._send("POST", f"/v1/conversations/{id}/share"))

    async def unshare_conversation(self, id: str) -> None:
        await self._send("DELETE", f"/v1/conversations/{id}/share")

    async def shared_conversation(self, token: str) -> SharedConversationView:
        return SharedConversationView.model_validate_json(await self._send("GET", f"/v1/shared/{token}"))

    async def copy_shared(self, token: str) -> ConversationView:
        """Make a conversation of one's own of a shared one, to go on with."""
        return ConversationView.model_validate_json(await self._send("POST", f"/v1/shared/{token}/copy"))

    async def stop_answer(self, id: str) -> StopReply:
        return StopReply.model_validate_json(await self._send("POST", f"/v1/answers/{id}/stop"))

    async def tell_owner(self, answer: str, request: TellOwnerRequest) -> TellOwnerReply:
        """Tell whoever answers for the nearest documents that something is missing."""
        return TellOwnerReply.model_validate_json(await self._send("POST", f"/v1/answers/{answer}/tell-owner", request))

    async def follow_ups(self, answer: str) -> SuggestionsReply:
        """Return questions that could come next."""
        return SuggestionsReply.model_validate_json(await self._send("GET", f"/v1/answers/{answer}/follow-ups"))

    async def suggestions(self, assistant: str | None = None, *, limit: int = 4) -> SuggestionsReply:
        """Return questions for a new conversation."""
        return SuggestionsReply.model_validate_json(await self._send("GET", _suggesting(assistant, limit)))

    async def passage(self, document: str, start: int, end: int, *, quote: str | None = None) -> PassageView:
        """Return a passage with what stands around it. With ``quote`` it is found where the document changed."""
        return PassageView.model_validate_json(await self._send("GET", _passage(document, start, end, quote)))

    async def standings(self, documents: Sequence[str]) -> StandingsReply:
        """Return how far documents can be relied on."""
        return StandingsReply.model_validate_json(
            await self._send("GET", f"/v1/standings?{_many('document', documents)}")
        )

    @abstractmethod
    async def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes: ...


def _listing(search: str | None, cursor: str | None, limit: int) -> str:
    given = {name: value for name, value in (("q", search), ("cursor", cursor)) if value is not None}
    return f"/v1/conversations?{urlencode({**given, 'limit': limit})}"


def _suggesting(assistant: str | None, limit: int) -> str:
    given = {} if assistant is None else {"assistant": assistant}
    return f"/v1/suggestions?{urlencode({**given, 'limit': limit})}"


def _passage(document: str, start: int, end: int, quote: str | None) -> str:
    given = {"start": start, "end": end} if quote is None else {"start": start, "end": end, "quote": quote}
    return f"/v1/documents/{document}/passage?{urlencode(given)}"


def _many(name: str, values: Sequence[str]) -> str:
    return urlencode([(name, value) for value in values])
