"""Digests in Slack: as a bot (``chat.postMessage``) or through a channel's incoming webhook."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel

from aika.delivery.slack_blocks import announcement_of, blocks_of
from aika.domain.digests import Digest, Medium, UncertainDeliveryError
from aika.domain.errors import ConfigurationError, PermanentError, TransientError
from aika.http import HttpClient, HttpOptions, Response, open_http

_HANDLED = frozenset({400, 401, 403, 404, 410, 429, *range(500, 600)})
"""Statuses whose meaning is Slack's."""
_NOT_SENT_YET = frozenset(
    {"ratelimited", "rate_limited", "service_unavailable", "team_added_to_org", "request_timeout"}
)
_UNKNOWN = frozenset({"internal_error", "fatal_error"})
"""Slack's documentation: "it's possible some aspect of the operation succeeded before the error was raised"."""
_REMEDIES = {
    "channel_not_found": "there is no such channel, or the bot may not see it: correct the name, or invite the bot",
    "not_in_channel": "the bot is not in it: invite it, or give it the scope chat:write.public",
    "is_archived": "the channel is archived: choose another one",
    "channel_is_archived": "the channel is archived: choose another one",
    "restricted_action": "the workspace does not let the bot post there",
    "missing_scope": "the bot's token lacks the scope chat:write",
    "invalid_auth": "the token is wrong: set token in [digests.slack]",
    "not_authed": "there is no token: set token in [digests.slack]",
    "account_inactive": "the token's app was removed: make a new one",
    "token_revoked": "the token was revoked: make a new one",
    "no_service": "the webhook was removed: make a new one",
    "invalid_token": "the webhook is wrong: copy it again",
    "action_prohibited": "the workspace does not let the webhook post there",
}


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """How Slack is reached."""

    token: str | None = None
    """Of a bot with the scope ``chat:write``."""
    webhooks: Mapping[str, str] = field(default_factory=dict)
    """Of channels, by their names; used in place of the bot."""
    api_url: str = "https://slack.com/api"
    timeout: float = 30
    """Seconds."""


class _Reply(BaseModel):
    ok: bool
    error: str = ""


class SlackCourier:
    """Posts digests. Open it with `open_slack`."""

    medium = Medium.SLACK

    def __init__(self, http: HttpClient, options: SlackOptions) -> None:
        self._http = http
        self._options = options

    async def deliver(self, digest: Digest) -> None:
        channel = digest.recipient.address
        content: dict[str, object] = {
            "text": announcement_of(digest),
            "blocks": blocks_of(digest),
            "unfurl_links": False,
            "unfurl_media": False,
        }
        webhook = self._options.webhooks.get(channel)
        if webhook is not None:
            _check_webhook(await self._posted(webhook, content, {}), channel)
            return
        if self._options.token is None:
            raise ConfigurationError(
                f"there is neither a token nor a webhook for {channel}: set one in [digests.slack] of aika.toml"
            )
        content |= {"channel": channel, "parse": "none", "link_names": False}
        url = f"{self._options.api_url.rstrip('/')}/chat.postMessage"
        headers = {"Authorization": f"Bearer {self._options.token}"}
        _check_reply(await self._posted(url, content, headers), channel)

    async def _posted(self, url: str, content: object, headers: Mapping[str, str]) -> Response:
        try:
            # Not repeated by the client: a message that seems lost may have been posted.
            return await self._http.post(url, json=content, headers=headers, accept=_HANDLED, repeatable=False)
        except TransientError as error:
            if isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
                raise
            raise UncertainDeliveryError("Slack did not answer: whether the digest was posted is unknown") from error


@asynccontextmanager
async def open_slack(options: SlackOptions) -> AsyncIterator[SlackCourier]:
    """Open a courier to Slack."""
    # An operator wrote these addresses, so that one inside of the own network is meant.
    hosts = {urlsplit(url).hostname or "" for url in (options.api_url, *options.webhooks.values())}
    limits = HttpOptions(options.timeout, options.timeout, allowed_hosts=frozenset(hosts))
    async with open_http(limits) as http:
        yield SlackCourier(http, options)


def _check_reply(response: Response, channel: str) -> None:
    _check_status(response)
    if response.status >= 400:
        raise _refusal(f"error {response.status}", channel)
    reply = _Reply.model_validate(response.json())
    if reply.ok:
        return
    if reply.error in _NOT_SENT_YET:
        raise TransientError(f"Slack does not take a digest for {channel} now ({reply.error})")
    if reply.error in _UNKNOWN:
        raise UncertainDeliveryError(f"Slack failed ({reply.error}): whether the digest was posted is unknown")
    raise _refusal(reply.error, channel)


def _check_webhook(response: Response, channel: str) -> None:
    _check_status(response)
    if response.status >= 400:
        # A word, such as ``no_service``.
        raise _refusal(" ".join(response.text.split())[:60] or f"error {response.status}", channel)


def _check_status(response: Response) -> None:
    if response.status == 429:
        after = response.headers.get("Retry-After", "")
        raise TransientError("Slack asks to wait", retry_after=float(after) if after.isdigit() else None)
    if response.status == 503:
        raise TransientError("Slack is not available")
    if response.status >= 500:
        raise UncertainDeliveryError(f"Slack failed ({response.status}): whether the digest was posted is unknown")


def _refusal(error: str, channel: str) -> PermanentError:
    remedy = _REMEDIES.get(error, "correct the address in [digests] of aika.toml, or where the source names it")
    return PermanentError(f"Slack does not post to {channel} ({error}): {remedy}")
