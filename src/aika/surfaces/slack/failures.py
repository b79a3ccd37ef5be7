"""Slack's refusals as aika's two kinds of failure."""

from collections.abc import Awaitable
from typing import TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from aika.domain.errors import AikaError, PermanentError, TransientError

T = TypeVar("T")

# https://docs.slack.dev/reference/methods: what its methods answer where trying again can help.
_PASSING = frozenset(
    {
        "fatal_error",
        "internal_error",
        "ratelimited",
        "rate_limited",
        "request_timeout",
        "service_unavailable",
        "team_added_to_org",
        "external_channel_migrating",
    }
)
_TOO_MANY = 429
_SERVER_FAILED = 500


class SlackRefusedError(PermanentError):
    """Slack refused a call for good."""

    def __init__(self, doing: str, code: str) -> None:
        super().__init__(f"Slack refused {doing}: {code}. See https://docs.slack.dev for what to change")
        self.code = code
        """As Slack names it, such as ``channel_not_found``."""


async def called(call: Awaitable[T], doing: str) -> T:
    """Await a call of Slack's API. Raises `TransientError` and `SlackRefusedError`, whose words hold none of the content."""
    try:
        return await call
    except (SlackClientError, aiohttp.ClientError, TimeoutError) as error:
        # Slack's own error repeats the whole response, which can hold messages: it must not reach a log as a cause.
        raise translated(error, doing) from None


def translated(error: Exception, doing: str) -> AikaError:
    """Return a failure of slack_sdk's client in words without content."""
    if not isinstance(error, SlackApiError):
        return TransientError(f"Slack could not be reached for {doing}: {type(error).__name__}")
    if not isinstance(error.response, AsyncSlackResponse):
        # No JSON: whoever answered stands before Slack.
        return TransientError(f"Slack could not be reached for {doing}: what answered was not Slack")
    code, status = str(error.response.get("error") or "unknown"), getattr(error.response, "status_code", 200)
    if code in _PASSING or status == _TOO_MANY or status >= _SERVER_FAILED:
        return TransientError(f"Slack could not take {doing} now: {code}", retry_after=_retry_after(error))
    return SlackRefusedError(doing, code)


def _retry_after(error: SlackApiError) -> float | None:
    told = getattr(error.response, "headers", {}).get("Retry-After")
    return float(told) if told is not None and str(told).isdigit() else None
