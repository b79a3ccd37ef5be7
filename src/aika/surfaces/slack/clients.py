"""A client of Slack's Web API that knows what may be sent twice."""

from typing import Any

from aiohttp import ClientConnectorError, ClientError
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


class SlackClient(AsyncWebClient):
    """Tries again what can be repeated, and only where nothing was sent what cannot."""

    def __init__(self, **arguments: Any) -> None:  # slack_sdk's own, passed on
        super().__init__(**arguments)
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
