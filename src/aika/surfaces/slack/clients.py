"""A client of Slack's Web API that knows what may be sent twice, and whose token is renewed."""

from typing import Any, Protocol

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_internal_utils import _request_with_session
from slack_sdk.web.async_slack_response import AsyncSlackResponse

ONCE = frozenset(
    {
        "chat.postMessage",
        "chat.postEphemeral",
        "chat.startStream",
        "chat.appendStream",
        "conversations.open",
        "oauth.v2.access",
        "files.completeUploadExternal",
    }
)
"""Methods that do something again when they are called again. What seems lost may have been done."""
LONGEST_WAIT = 10
"""Seconds that are waited in place where Slack asks for it. For longer ones the work is put off."""
_TRIES = 3
_EXPIRED = frozenset({"token_expired"})


class _RateLimits(AsyncRateLimitErrorRetryHandler):
    """Waits as long as Slack asks for, where that is soon."""

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        if response is None or response.status_code != 429:
            return False
        told = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), ["1"])
        return str(told[0]).isdigit() and int(told[0]) <= LONGEST_WAIT


class Token(Protocol):
    """What a client shows Slack."""

    @property
    def rotates(self) -> bool: ...

    async def current(self) -> str: ...

    async def renew(self, stale: str) -> str:
        """Return another token than one that Slack says has expired."""
        ...


class SlackClient(AsyncWebClient):
    """Tries again what can be repeated, and only where nothing was sent what cannot."""

    def __init__(self, token: Token | None, **arguments: Any) -> None:  # slack_sdk's own, passed on
        super().__init__(**arguments)
        self._rotating = token
        limits = _RateLimits(max_retry_count=_TRIES)
        self.retry_handlers = [
            limits,
            AsyncServerErrorRetryHandler(max_retry_count=_TRIES),
            AsyncConnectionErrorRetryHandler(max_retry_count=_TRIES, error_types=[ClientError]),
        ]
        self._handlers_once: list[AsyncRetryHandler] = [
            limits,
            AsyncConnectionErrorRetryHandler(max_retry_count=_TRIES, error_types=[ClientConnectorError]),
        ]

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:  # slack_sdk's own, passed on
        """Call a method. A token that Slack says has expired is renewed, and the call repeated: it did nothing."""
        if self._rotating is None:
            return await super().api_call(api_method, **arguments)
        self.token = used = await self._rotating.current()
        try:
            return await super().api_call(api_method, **arguments)
        except SlackApiError as error:
            if not self._rotating.rotates or _code(error) not in _EXPIRED:
                raise
        self.token = await self._rotating.renew(used)
        return await super().api_call(api_method, **arguments)

    async def _request(self, *, http_verb: str, api_url: str, req_args: dict[str, Any]) -> dict[str, Any]:
        once = api_url.rsplit("/", 1)[-1] in ONCE
        return await _request_with_session(
            current_session=self.session,
            timeout=self.timeout,
            logger=self._logger,
            http_verb=http_verb,
            api_url=api_url,
            req_args=req_args,
            retry_handlers=self._handlers_once if once else self.retry_handlers,
        )


def _code(error: SlackApiError) -> str:
    # Where the body was no JSON, the response is that of aiohttp.
    response = error.response
    return str(response.get("error", "")) if isinstance(response, AsyncSlackResponse) else ""
