"""The Python client, in two forms: `AikaClient` waits, `AsyncAikaClient` is awaited.

Both build the same requests and read the same replies; only the waiting differs.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing
from types import TracebackType
from typing import Self

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from aika.client.access_models import AccessView
from aika.client.assistant_calls import AssistantDraftCalls, AsyncAssistantDraftCalls
from aika.client.assistant_models import AssistantRequest, AssistantSummary, AssistantView
from aika.client.conversation_calls import AsyncConversationCalls, ConversationCalls
from aika.client.conversation_models import ChatEvent
from aika.client.errors import AikaRequestError, AikaUnreachableError
from aika.client.health_calls import AsyncHealthCalls, HealthCalls
from aika.client.me_models import MeView, RevokedView
from aika.client.models import (
    ChatCompletion,
    ChatCompletionRequest,
    DocumentView,
    FeedbackRequest,
    KeyRequest,
    KeyView,
    NewKey,
    Problem,
    Readiness,
    SearchReply,
    SearchRequest,
    SourceSummary,
    SourceView,
    SyncRequest,
)
from aika.client.rule_models import RulesReply, RuleTestReply, RuleTestRequest
from aika.client.source_calls import AsyncSourceCalls, SourceCalls

DEFAULT_TIMEOUT = 120.0
"""Seconds. A language model on a slow machine takes its time."""

_EVENT: TypeAdapter[ChatEvent] = TypeAdapter(ChatEvent)
_SOURCES = TypeAdapter(list[SourceSummary])
_KEYS = TypeAdapter(list[KeyView])
_ASSISTANTS = TypeAdapter(list[AssistantSummary])


class AikaClient(HealthCalls, ConversationCalls, AssistantDraftCalls, SourceCalls):
    """Asks an aika server.

    Every method raises `AikaUnreachableError` when there is no answer and `AikaRequestError` when the answer is a problem.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        user: str | None = None,
        audience: Sequence[str] | None = None,
    ) -> None:
        """``token`` is an API key; a server on this machine may need none.

        With a key made with ``--on-behalf``, ``user`` is the e-mail address of the person to ask for, and ``audience`` is who
        else will see the answers: addresses, and groups such as ``slack:T1:C1``.
        """
        self._http = httpx.Client(base_url=url, headers=_headers(token, user, audience), timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def complete_chat(self, request: ChatCompletionRequest) -> ChatCompletion:
        """Ask, and return the judged outcome."""
        reply = self._send("POST", "/v1/chat/complete", request.model_copy(update={"stream": False}))
        return ChatCompletion.model_validate_json(reply)

    def stream_chat(self, request: ChatCompletionRequest) -> Iterator[ChatEvent]:
        """Ask, and yield events as they happen; the last one is completed or failed."""
        asked = self._http.build_request("POST", "/v1/chat/complete", content=_streamed(request))
        yield from self._events(asked)

    def follow_answer(self, answer: str, *, after: int = 0) -> Iterator[ChatEvent]:
        """Pick up an answer under way after the event with this number: a connection dropped, or somebody else began it."""
        yield from self._events(self._http.build_request("GET", f"/v1/answers/{answer}/events?after={after}"))

    def _events(self, asked: httpx.Request) -> Iterator[ChatEvent]:
        with _unreachable(self._http.base_url):
            reply = self._http.send(asked, stream=True)
        try:
            if reply.is_error:
                reply.read()
                raise _problem(reply)
            with _unreachable(self._http.base_url):
                yield from (_EVENT.validate_json(line[6:]) for line in reply.iter_lines() if line.startswith("data: "))
        finally:
            reply.close()

    def search(self, request: SearchRequest) -> SearchReply:
        return SearchReply.model_validate_json(self._send("POST", "/v1/search", request))

    def document(self, id: str) -> DocumentView:
        return DocumentView.model_validate_json(self._send("GET", f"/v1/documents/{id}"))

    def sources(self) -> list[SourceSummary]:
        return _SOURCES.validate_json(self._send("GET", "/v1/sources"))

    def source(self, id: str) -> SourceView:
        return SourceView.model_validate_json(self._send("GET", f"/v1/sources/{id}"))

    def sync(self, source: str, *, allow_removals: bool = False) -> None:
        """Start bringing a source up to date; `source` tells how far it is."""
        self._send("POST", f"/v1/sources/{source}/sync", SyncRequest(allow_removals=allow_removals))

    def give_feedback(self, answer: str, feedback: FeedbackRequest) -> None:
        self._send("POST", f"/v1/answers/{answer}/feedback", feedback)

    def rules(self) -> RulesReply:
        return RulesReply.model_validate_json(self._send("GET", "/v1/rules"))

    def try_rules(self, request: RuleTestRequest) -> RuleTestReply:
        """Ask questions under two sets of ranking rules."""
        return RuleTestReply.model_validate_json(self._send("POST", "/v1/rules/test", request))

    def assistants(self, *, manageable: bool = False) -> list[AssistantSummary]:
        """Return the assistants that may be asked, the nearest first; with ``manageable`` those too that may be changed."""
        query = "?manageable=true" if manageable else ""
        return _ASSISTANTS.validate_json(self._send("GET", f"/v1/assistants{query}"))

    def assistant(self, id: str) -> AssistantView:
        return AssistantView.model_validate_json(self._send("GET", f"/v1/assistants/{id}"))

    def create_assistant(self, request: AssistantRequest) -> AssistantView:
        return AssistantView.model_validate_json(self._send("POST", "/v1/assistants", request))

    def replace_assistant(self, id: str, request: AssistantRequest, *, version: int) -> AssistantView:
        """Change an assistant that is at this version; one that was changed meanwhile is a problem with the status 409."""
        reply = self._send("PUT", f"/v1/assistants/{id}", request, headers=_if_match(version))
        return AssistantView.model_validate_json(reply)

    def delete_assistant(self, id: str, *, version: int) -> None:
        self._send("DELETE", f"/v1/assistants/{id}", headers=_if_match(version))

    def keys(self) -> list[KeyView]:
        return _KEYS.validate_json(self._send("GET", "/v1/keys"))

    def create_key(self, request: KeyRequest) -> NewKey:
        return NewKey.model_validate_json(self._send("POST", "/v1/keys", request))

    def delete_key(self, id: str) -> None:
        self._send("DELETE", f"/v1/keys/{id}")

    def me(self) -> MeView:
        """Return who asks, and what they may do."""
        return MeView.model_validate_json(self._send("GET", "/v1/me"))

    def end_sessions(self, email: str) -> int:
        """Sign a person out of the web app everywhere; return how many sessions ended."""
        return RevokedView.model_validate_json(self._send("DELETE", f"/v1/people/{email}/sessions")).sessions

    def access(self, user: str, document: str) -> AccessView:
        """Return why a person may read a document, given by its id or as ``SOURCE/KEY``, or may not."""
        return AccessView.model_validate_json(self._send("GET", _access_path(user, document)))

    def readiness(self) -> Readiness:
        """Return whether the server is ready, and what it lacks."""
        with _unreachable(self._http.base_url):
            return Readiness.model_validate_json(self._http.get("/readyz").content)

    def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        with _unreachable(self._http.base_url):
            reply = self._http.request(method, path, content=_content(body), headers=headers)
        return _checked(reply)


class AsyncAikaClient(AsyncHealthCalls, AsyncConversationCalls, AsyncAssistantDraftCalls, AsyncSourceCalls):
    """The same for asynchronous code. See `AikaClient`."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = DEFAULT_TIMEOUT,
        transport: httpx.AsyncBaseTransport | None = None,
        user: str | None = None,
        audience: Sequence[str] | None = None,
    ) -> None:
        """``transport`` replaces the network, as for an application in the same process."""
        headers = _headers(token, user, audience)
        self._http = httpx.AsyncClient(base_url=url, headers=headers, timeout=timeout, transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def complete_chat(self, request: ChatCompletionRequest) -> ChatCompletion:
        """Ask, and return the judged outcome."""
        reply = await self._send("POST", "/v1/chat/complete", request.model_copy(update={"stream": False}))
        return ChatCompletion.model_validate_json(reply)

    async def stream_chat(self, request: ChatCompletionRequest) -> AsyncIterator[ChatEvent]:
        """Ask, and yield events as they happen; the last one is completed or failed."""
        asked = self._http.build_request("POST", "/v1/chat/complete", content=_streamed(request))
        async with aclosing(self._events(asked)) as events:
            async for event in events:
                yield event

    async def follow_answer(self, answer: str, *, after: int = 0) -> AsyncIterator[ChatEvent]:
        """Pick up an answer under way after the event with this number: a connection dropped, or somebody else began it."""
        asked = self._http.build_request("GET", f"/v1/answers/{answer}/events?after={after}")
        async with aclosing(self._events(asked)) as events:
            async for event in events:
                yield event

    async def _events(self, asked: httpx.Request) -> AsyncGenerator[ChatEvent, None]:
        with _unreachable(self._http.base_url):
            reply = await self._http.send(asked, stream=True)
        try:
            if reply.is_error:
                await reply.aread()
                raise _problem(reply)
            with _unreachable(self._http.base_url):
                async for line in reply.aiter_lines():
                    if line.startswith("data: "):
                        yield _EVENT.validate_json(line[6:])
        finally:
            await reply.aclose()

    async def search(self, request: SearchRequest) -> SearchReply:
        return SearchReply.model_validate_json(await self._send("POST", "/v1/search", request))

    async def document(self, id: str) -> DocumentView:
        return DocumentView.model_validate_json(await self._send("GET", f"/v1/documents/{id}"))

    async def sources(self) -> list[SourceSummary]:
        return _SOURCES.validate_json(await self._send("GET", "/v1/sources"))

    async def source(self, id: str) -> SourceView:
        return SourceView.model_validate_json(await self._send("GET", f"/v1/sources/{id}"))

    async def sync(self, source: str, *, allow_removals: bool = False) -> None:
        """Start bringing a source up to date; `source` tells how far it is."""
        await self._send("POST", f"/v1/sources/{source}/sync", SyncRequest(allow_removals=allow_removals))

    async def rules(self) -> RulesReply:
        return RulesReply.model_validate_json(await self._send("GET", "/v1/rules"))

    async def try_rules(self, request: RuleTestRequest) -> RuleTestReply:
        """Ask questions under two sets of ranking rules."""
        return RuleTestReply.model_validate_json(await self._send("POST", "/v1/rules/test", request))

    async def assistants(self, *, manageable: bool = False) -> list[AssistantSummary]:
        """Return the assistants that may be asked, the nearest first; with ``manageable`` those too that may be changed."""
        query = "?manageable=true" if manageable else ""
        return _ASSISTANTS.validate_json(await self._send("GET", f"/v1/assistants{query}"))

    async def assistant(self, id: str) -> AssistantView:
        return AssistantView.model_validate_json(await self._send("GET", f"/v1/assistants/{id}"))

    async def create_assistant(self, request: AssistantRequest) -> AssistantView:
        return AssistantView.model_validate_json(await self._send("POST", "/v1/assistants", request))

    async def replace_assistant(self, id: str, request: AssistantRequest, *, version: int) -> AssistantView:
        """Change an assistant that is at this version; one that was changed meanwhile is a problem with the status 409."""
        reply = await self._send("PUT", f"/v1/assistants/{id}", request, headers=_if_match(version))
        return AssistantView.model_validate_json(reply)

    async def delete_assistant(self, id: str, *, version: int) -> None:
        await self._send("DELETE", f"/v1/assistants/{id}", headers=_if_match(version))

    async def keys(self) -> list[KeyView]:
        return _KEYS.validate_json(await self._send("GET", "/v1/keys"))

    async def create_key(self, request: KeyRequest) -> NewKey:
        return NewKey.model_validate_json(await self._send("POST", "/v1/keys", request))

    async def delete_key(self, id: str) -> None:
        await self._send("DELETE", f"/v1/keys/{id}")

    async def me(self) -> MeView:
        """Return who asks, and what they may do."""
        return MeView.model_validate_json(await self._send("GET", "/v1/me"))

    async def end_sessions(self, email: str) -> int:
        """Sign a person out of the web app everywhere; return how many sessions ended."""
        return RevokedView.model_validate_json(await self._send("DELETE", f"/v1/people/{email}/sessions")).sessions

    async def access(self, user: str, document: str) -> AccessView:
        """Return why a person may read a document, given by its id or as ``SOURCE/KEY``, or may not."""
        return AccessView.model_validate_json(await self._send("GET", _access_path(user, document)))

    async def readiness(self) -> Readiness:
        """Return whether the server is ready, and what it lacks."""
        with _unreachable(self._http.base_url):
            return Readiness.model_validate_json((await self._http.get("/readyz")).content)

    async def give_feedback(self, answer: str, feedback: FeedbackRequest) -> None:
        await self._send("POST", f"/v1/answers/{answer}/feedback", feedback)

    async def _send(
        self, method: str, path: str, body: BaseModel | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        with _unreachable(self._http.base_url):
            reply = await self._http.request(method, path, content=_content(body), headers=headers)
        return _checked(reply)


class _unreachable:  # noqa: N801 - reads as a statement: with _unreachable(url)
    """Turns the HTTP library's errors into the client's."""

    def __init__(self, url: httpx.URL) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, httpx.TimeoutException):
            raise AikaUnreachableError(f"{self._url} did not answer in time") from error
        if isinstance(error, httpx.TransportError):
            raise AikaUnreachableError(f"{self._url} cannot be reached: {error}. Is `aika serve` running?") from error


def _headers(token: str | None, user: str | None = None, audience: Sequence[str] | None = None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if user is not None:
        headers["Aika-User"] = user
    if audience is not None:
        headers["Aika-Audience"] = ", ".join(audience)
    return headers


def _if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def _access_path(user: str, document: str) -> str:
    return f"/v1/access?{httpx.QueryParams({'user': user, 'document': document})}"


def _content(body: BaseModel | None) -> str | None:
    return None if body is None else body.model_dump_json()


def _streamed(request: ChatCompletionRequest) -> str | None:
    return _content(request.model_copy(update={"stream": True}))


def _checked(reply: httpx.Response) -> bytes:
    if reply.is_error:
        raise _problem(reply)
    return reply.content


def _problem(reply: httpx.Response) -> AikaRequestError:
    try:
        problem = Problem.model_validate_json(reply.content)
    except ValidationError:
        # Something between us and aika answered, such as a proxy.
        problem = Problem(title=reply.reason_phrase or "Error", status=reply.status_code, detail=reply.text[:500])
    wait = reply.headers.get("Retry-After", "")
    return AikaRequestError(problem, retry_after=float(wait) if wait.isdigit() else None)
