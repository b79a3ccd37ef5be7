"""Tokens that rotate: they last twelve hours, and each is exchanged for the next one before.

The next tokens are kept in the database before the first one is used: Slack honours each refresh token once.
https://docs.slack.dev/authentication/using-token-rotation
"""

import asyncio
import hashlib
import logging
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.errors import ConfigurationError, TransientError
from aika.forms.slack import SlackWorkspaceSettings
from aika.protocols import Clock
from aika.stores.database.slack_tokens import RotatedToken, SqlSlackTokens
from aika.surfaces.slack.failures import SlackRefusedError, called

EARLY = timedelta(hours=1)
"""How long before it expires a token is exchanged."""
# Between the look into the database and the reply of Slack another process may have exchanged it.
_ANOTHER_WAS_FASTER = frozenset({"invalid_refresh_token", "token_already_exchanged", "invalid_grant"})
_WAIT_FOR_THE_OTHER = 2.0

logger = logging.getLogger(__name__)


class _Exchanged(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    access_token: str = Field(repr=False)
    refresh_token: str = Field(repr=False)
    expires_in: int
    """Seconds."""


class BotToken:
    """The token of a workspace's bot as it is now."""

    def __init__(
        self, name: str, settings: SlackWorkspaceSettings, kept: SqlSlackTokens, plain: AsyncWebClient, clock: Clock
    ) -> None:
        """``plain`` is a client without a token, which exchanges tokens."""
        self._name = name
        self._settings = settings
        self._kept = kept
        self._plain = plain
        self._clock = clock
        self._current: RotatedToken | None = None
        self._exchanging = asyncio.Lock()
        self._under_way: set[asyncio.Task[RotatedToken]] = set()

    @property
    def rotates(self) -> bool:
        return self._settings.refresh_token is not None

    async def current(self) -> str:
        """Return the token to use now. Raises `ConfigurationError` where it has to be made anew by hand."""
        if not self.rotates:
            return self._settings.bot_token.get_secret_value()
        current = self._current
        if current is None or current.expires_at - self._clock.now() < EARLY:
            current = await self._renewed_for_good(stale=None if current is None else current.access_token)
        return current.access_token

    async def renew(self, stale: str) -> str:
        """Return another token than one that Slack says has expired."""
        return (await self._renewed_for_good(stale=stale)).access_token

    async def finish(self) -> None:
        """Wait for an exchange that is under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _renewed_for_good(self, stale: str | None) -> RotatedToken:
        """Renew it also where whoever asks stops waiting: the refresh token is used up, and its successor must be kept."""
        renewing = asyncio.create_task(self._renewed(stale))
        self._under_way.add(renewing)
        renewing.add_done_callback(self._ended)
        return await asyncio.shield(renewing)

    def _ended(self, renewing: asyncio.Task[RotatedToken]) -> None:
        self._under_way.discard(renewing)
        if not renewing.cancelled():
            # Told to whoever waits for it, if anybody still does.
            renewing.exception()

    async def _renewed(self, stale: str | None) -> RotatedToken:
        async with self._exchanging:
            current = await self._stored()
            if current is not None and current.access_token != stale and self._lasts(current):
                self._current = current
                return current
            try:
                self._current = await self._exchanged(current)
            except SlackRefusedError as error:
                self._current = await self._of_another(current, error)
            return self._current

    async def _exchanged(self, before: RotatedToken | None) -> RotatedToken:
        settings = self._settings
        if settings.refresh_token is None or settings.client_secret is None or settings.client_id is None:
            raise ConfigurationError(f"slack.workspaces.{self._name} needs refresh_token, client_id and client_secret")
        refresh = settings.refresh_token.get_secret_value() if before is None else before.refresh_token
        # As a form: slack_sdk's own method writes a header with a class that aiohttp has deprecated.
        form = {
            "client_id": settings.client_id,
            "client_secret": settings.client_secret.get_secret_value(),
            "grant_type": "refresh_token",
            "refresh_token": refresh,
        }
        reply = await called(self._plain.api_call("oauth.v2.access", data=form), "a new token")
        try:
            exchanged = _Exchanged.model_validate(reply.data)
        except ValidationError:
            raise TransientError("Slack's reply has no new token in it") from None
        now = self._clock.now()
        token = RotatedToken(
            exchanged.access_token, exchanged.refresh_token, now + timedelta(seconds=exchanged.expires_in), self._origin
        )
        await self._kept.keep(self._name, token, now=now)
        logger.info("the token of a Slack workspace was renewed", extra={"workspace": self._name})
        return token

    async def _of_another(self, before: RotatedToken | None, error: SlackRefusedError) -> RotatedToken:
        """Return the token that another process had in exchange for the same one."""
        if error.code in _ANOTHER_WAS_FASTER:
            await asyncio.sleep(_WAIT_FOR_THE_OTHER)
            found = await self._stored()
            if found is not None and (before is None or found.access_token != before.access_token):
                return found
        raise ConfigurationError(
            f"the token of the Slack workspace {self._name!r} cannot be renewed ({error.code}): install the app again and "
            f"put the new bot_token and refresh_token into [slack.workspaces.{self._name}]"
        ) from error

    async def _stored(self) -> RotatedToken | None:
        found = await self._kept.find(self._name)
        # Somebody who puts a new refresh token into the settings means it.
        return found if found is not None and found.origin == self._origin else None

    def _lasts(self, token: RotatedToken) -> bool:
        return token.expires_at - self._clock.now() >= EARLY

    @property
    def _origin(self) -> str:
        refresh = self._settings.refresh_token
        secret = "" if refresh is None else refresh.get_secret_value()
        return hashlib.blake2b(secret.encode(), digest_size=16).hexdigest()
