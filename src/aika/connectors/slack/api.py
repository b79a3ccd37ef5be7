"""Slack's Web API: pages, limits of how often it may be called, and errors as people can act on them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError, TransientError
from aika.http import HttpClient, Request

PAGE = 200
"""Slack recommends no more."""
TRIES = 6
"""Of one call, where Slack says that it is called too often."""
_PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
    }
)
_BAD_TOKEN = {
    "token_expired": "the token has expired: create a new one, or switch token rotation off for the app",
    "token_revoked": "the token was revoked: install the app again and use its new token",
    "account_inactive": "the token's account or app was deactivated: install the app again and use its new token",
    "invalid_auth": "the token is wrong: use the Bot User OAuth Token of the app's page OAuth & Permissions",
    "not_authed": "the token is empty: use the Bot User OAuth Token of the app's page OAuth & Permissions",
    "org_login_required": "the workspace has moved to an organization: install the app again and use its new token",
    "not_allowed_token_type": "this sort of token may not do this: use a bot's token (xoxb-) or a user's (xoxp-)",
    "ekm_access_denied": "the workspace's administrators suspended the access to messages",
}
_OUT_OF_REACH = frozenset(
    {"not_in_channel", "channel_not_found", "access_denied", "no_permission", "restricted_action", "is_archived",
     "method_not_supported_for_channel_type", "thread_not_found", "message_not_found", "user_not_found"}
)  # fmt: skip


class OutOfReachError(NotFoundError):
    """A channel or thread is not there, or the app may not see it."""


@dataclass(frozen=True, slots=True)
class SlackApi:
    """Calls methods. Raises `ConfigurationError` for the token and its scopes, `OutOfReachError`, and `TransientError`."""

    http: HttpClient
    url: str
    """Such as ``https://slack.com/api``."""
    token: str
    longest_wait: float
    """Seconds that a call waits at most before it is tried again."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def call(self, method: str, **arguments: str | int) -> dict[str, Any]:
        """Return a method's answer."""
        for tried in range(1, TRIES + 1):
            try:
                return await self._once(method, arguments)
            except TransientError as error:
                wait = error.retry_after
                if wait is None or wait > self.longest_wait or tried == TRIES:
                    raise
            await self.sleep(wait)
        raise AssertionError("the last try returns or raises")

    async def pages(self, method: str, field: str, **arguments: str | int) -> AsyncIterator[list[Any]]:
        """Yield a listing page by page."""
        cursor = ""
        while True:
            answer = await self.call(method, **arguments, limit=PAGE, **({"cursor": cursor} if cursor else {}))
            items = answer.get(field)
            yield items if isinstance(items, list) else []
            following = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not following or following == cursor:
                return
            cursor = following

    async def items(self, method: str, field: str, **arguments: str | int) -> list[Any]:
        return [item async for page in self.pages(method, field, **arguments) for item in page]

    async def download(self, url: str) -> bytes | None:
        """Return a file of Slack's, ``None`` where it cannot be had. The token goes to Slack's own hosts only."""
        host, own = urlsplit(url).hostname or "", urlsplit(self.url).hostname or ""
        if urlsplit(url).scheme != urlsplit(self.url).scheme or not (host == own or host.endswith(".slack.com")):
            return None
        try:
            response = await self.http.send(Request("GET", url, headers=self._headers()))
        except PermanentError:
            # Its message goes on without the file's text, which is named in it.
            return None
        # Without the scope files:read, Slack answers with the page to sign in.
        return None if response.headers.get("content-type", "").startswith("text/html") else response.content

    async def _once(self, method: str, arguments: dict[str, str | int]) -> dict[str, Any]:
        form = {name: str(value) for name, value in arguments.items()}
        request = Request("POST", f"{self.url}/{method}", form=form, headers=self._headers())
        answer = (await self.http.send(request)).json()
        if not isinstance(answer, dict):
            raise PermanentError(f"Slack's {method} did not answer as its API does: check api_url")
        if not answer.get("ok"):
            raise _failure(method, answer)
        return answer

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def _failure(method: str, answer: dict[str, Any]) -> Exception:
    error = str(answer.get("error", "unknown_error"))
    if error == "missing_scope":
        needed = answer.get("needed") or "unknown"
        return ConfigurationError(
            f"Slack's {method} needs the scope {needed}, which the token lacks: add it on the app's page OAuth & "
            "Permissions and install the app again"
        )
    if error in _BAD_TOKEN:
        return ConfigurationError(f"Slack's {method} refused the token ({error}): {_BAD_TOKEN[error]}")
    if error in _OUT_OF_REACH:
        return OutOfReachError(f"Slack's {method} answered {error}")
    if error in _PASSING:
        return TransientError(f"Slack's {method} answered {error}: try again later", retry_after=30)
    return PermanentError(f"Slack's {method} answered {error}")
