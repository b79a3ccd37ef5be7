"""Who let aika search their own messages: agreeing at Slack, keeping the token, renewing it, and taking it back."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import aiohttp
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aika.domain.errors import AikaError, PermanentError, TransientError
from aika.protocols import Clock
from aika.stores.database.consents import Consent, SqlConsents
from aika.surfaces.slack.clients import SlackClient
from aika.surfaces.slack.consent_links import SCOPES, Links
from aika.surfaces.slack.consent_sealing import Sealing
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.workspaces import Workspace, Workspaces

logger = logging.getLogger(__name__)

Answered = TypeVar("Answered", bound=BaseModel)

_RENEWED_BEFORE = timedelta(minutes=10)
"""Slack's tokens that rotate are good for twelve hours."""
DEAD = frozenset(
    {"account_inactive", "invalid_auth", "invalid_refresh_token", "not_authed", "token_expired", "token_revoked"}
)
"""What Slack answers where a token will never be good again."""
# Slack's answers to a refresh token that another process has exchanged, and may be about to store.
_ANOTHER_WAS_FASTER = frozenset({"invalid_refresh_token", "token_already_exchanged", "invalid_grant"})
_WAIT_FOR_THE_OTHER = 1.0


class ConsentError(PermanentError):
    """A consent that did not come about. Says in plain words why."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Team(_Wire):
    id: str


class _Authed(_Wire):
    id: str
    scope: str = ""
    access_token: str = Field(repr=False)
    refresh_token: str | None = Field(default=None, repr=False)
    expires_in: int | None = None


class _Granted(_Wire):
    """What Slack answers to ``oauth.v2.access``: https://docs.slack.dev/reference/methods/oauth.v2.access"""

    team: _Team
    authed_user: _Authed


class _Renewed(_Wire):
    """The same where a user's token is renewed."""

    access_token: str = Field(repr=False)
    refresh_token: str | None = Field(default=None, repr=False)
    expires_in: int | None = None
    authed_user: _Authed | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """That somebody has just agreed."""

    workspace: Workspace
    user: str


class Consents:
    """Asks people at Slack, and keeps what they granted until they take it back."""

    def __init__(
        self, store: SqlConsents, sealing: Sealing, links: Links, workspaces: Workspaces, clock: Clock
    ) -> None:
        self._store = store
        self._sealing = sealing
        self._links = links
        self._workspaces = workspaces
        self._clock = clock
        self._renewing: defaultdict[tuple[str, str], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._under_way: set[asyncio.Task[Consent | None]] = set()

    def is_offered(self, workspace: Workspace) -> bool:
        """Whether people of this workspace can be asked: its app's id and secret are known."""
        return workspace.settings.client_id is not None and workspace.settings.client_secret is not None

    def link(self, workspace: Workspace, user: str) -> str:
        """Return where a person is asked, for that person only. Raises `ConsentError` where nobody can be asked."""
        client_id, _ = _app_of(workspace)
        return self._links.link(workspace.team, user, client_id=client_id)

    async def status(self, workspace: Workspace, user: str) -> datetime | None:
        """Return since when a person has personal search, ``None`` where they have not."""
        found = await self._store.find(workspace.team, user)
        return None if found is None else found.connected_at

    async def complete(self, *, code: str, state: str) -> Agreed:
        """Keep what a person granted who comes back from Slack. Raises `ConsentError`, and `TransientError`."""
        begun = self._links.begun(state)
        if begun is None:
            raise ConsentError(
                "This link has expired, or is not from here. Open aika's Home in Slack, and connect from there"
            )
        workspace = self._workspaces.of_team(begun.team)
        if workspace is None:
            raise ConsentError("aika is not in this workspace any more")
        if not await self._store.use_state(begun.nonce, expires_at=begun.expires_at, now=self._clock.now()):
            raise ConsentError("This link was used before. Open aika's Home in Slack, and connect from there")
        granted = await self._exchanged(workspace, code)
        who = granted.authed_user
        if (granted.team.id, who.id) != (begun.team, begun.user):
            await self._revoked(who.access_token)
            raise ConsentError("You agreed at Slack as somebody else than the person who began. Nothing was kept")
        if not set(SCOPES) <= set(who.scope.split(",")):
            await self._revoked(who.access_token)
            raise ConsentError("Slack did not grant what personal search needs. Nothing was kept")
        now = self._clock.now()
        await self._store.put(self._sealed(Consent(begun.team, begun.user, b"", None, None, SCOPES, now), who))
        logger.info("personal search was connected", extra={"team": begun.team})
        return Agreed(workspace, begun.user)

    async def token(self, workspace: Workspace, user: str) -> str | None:
        """Return a person's token, renewed where it is about to expire; ``None`` where they have not agreed, or no more.

        Raises `TransientError` where it cannot be renewed now.
        """
        found = await self._store.find(workspace.team, user)
        if found is not None and self._is_stale(found):
            renewing = asyncio.create_task(self._renewed_in_turn(workspace, user))
            self._under_way.add(renewing)
            renewing.add_done_callback(self._ended)
            # Whoever stops waiting leaves it to be stored: Slack honours each refresh token once.
            found = await asyncio.shield(renewing)
        if found is None:
            return None
        token = self._sealing.unseal(found.token, of=_place(found, "token"))
        if token is None:
            # The key is another one: nobody can open it any more, and nobody can take it back at Slack from here.
            logger.warning("a consent to personal search cannot be opened", extra={"team": workspace.team})
            await self._store.remove(workspace.team, user)
        return token

    async def withdraw(self, workspace: Workspace, user: str) -> bool:
        """Take a consent back: forget the token, and have Slack revoke it. Return whether Slack did, or had nothing to."""
        found = await self._store.find(workspace.team, user)
        # First, so that whatever Slack says nothing of it is left here.
        await self._store.remove(workspace.team, user)
        token = None if found is None else self._sealing.unseal(found.token, of=_place(found, "token"))
        if found is not None:
            logger.info("personal search was disconnected", extra={"team": workspace.team})
        return token is None or await self._revoked(token)

    async def drop(self, team: str, user: str) -> None:
        """Forget a consent that Slack has ended."""
        await self._store.remove(team, user)

    async def drop_team(self, team: str) -> None:
        """Forget all consents of a workspace."""
        for consent in await self._store.of_team(team):
            await self._store.remove(team, consent.user)

    async def end_all(self) -> None:
        """Take all consents back, of all workspaces: personal search is not offered any more.

        A token that Slack cannot revoke now is left for the next time.
        """
        for consent in await self._store.of_team(None):
            token = self._sealing.unseal(consent.token, of=_place(consent, "token"))
            if token is None or await self._revoked(token):
                await self._store.remove(consent.team, consent.user)
                logger.info("personal search was disconnected", extra={"team": consent.team})

    async def finish(self) -> None:
        """Wait for tokens that are being renewed."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _ended(self, renewing: asyncio.Task[Consent | None]) -> None:
        self._under_way.discard(renewing)
        if not renewing.cancelled():
            # Told to whoever waits for it, if anybody still does.
            renewing.exception()

    async def _renewed_in_turn(self, workspace: Workspace, user: str) -> Consent | None:
        async with self._renewing[workspace.team, user]:
            return await self._renewed(workspace, user)

    def _is_stale(self, consent: Consent) -> bool:
        return consent.expires_at is not None and consent.expires_at - _RENEWED_BEFORE <= self._clock.now()

    async def _renewed(self, workspace: Workspace, user: str) -> Consent | None:
        found = await self._store.find(workspace.team, user)
        if found is None or not self._is_stale(found) or found.refresh_token is None:
            return found
        refresh = self._sealing.unseal(found.refresh_token, of=_place(found, "refresh_token"))
        if refresh is None:
            await self._store.remove(workspace.team, user)
            return None
        try:
            fresh = _read(_Renewed, await self._access(workspace, grant_type="refresh_token", refresh_token=refresh))
        except SlackRefusedError as error:
            return await self._not_renewed(found, error)
        renewed = self._sealed(
            found,
            fresh.authed_user
            or _Authed(
                id=user,
                access_token=fresh.access_token,
                refresh_token=fresh.refresh_token,
                expires_in=fresh.expires_in,
            ),
        )
        if await self._store.renew(renewed):
            return replace(renewed, version=renewed.version + 1)
        # Taken back meanwhile, or renewed by another process.
        return await self._store.find(workspace.team, user)

    async def _not_renewed(self, stale: Consent, error: SlackRefusedError) -> Consent | None:
        """Return what another process has renewed meanwhile, which makes a refresh token void; else it is over."""
        if error.code not in _ANOTHER_WAS_FASTER and error.code not in DEAD:
            raise error
        for seconds in (0.0, _WAIT_FOR_THE_OTHER):
            await asyncio.sleep(seconds)
            now = await self._store.find(stale.team, stale.user)
            if now is None or now.version != stale.version:
                return now
        await self._store.remove(stale.team, stale.user)
        return None

    def _sealed(self, consent: Consent, granted: _Authed) -> Consent:
        seconds, refresh = granted.expires_in, granted.refresh_token
        return replace(
            consent,
            token=self._sealing.seal(granted.access_token, of=_place(consent, "token")),
            refresh_token=None if refresh is None else self._sealing.seal(refresh, of=_place(consent, "refresh_token")),
            expires_at=None if seconds is None else self._clock.now() + timedelta(seconds=seconds),
        )

    async def _exchanged(self, workspace: Workspace, code: str) -> _Granted:
        try:
            return _read(_Granted, await self._access(workspace, code=code, redirect_uri=self._links.redirect_uri))
        except SlackRefusedError as error:
            raise ConsentError(f"Slack did not accept that you agreed ({error.code}). Please try again") from error

    async def _access(self, workspace: Workspace, **arguments: str) -> Mapping[str, object]:
        client_id, client_secret = _app_of(workspace)
        async with aiohttp.ClientSession() as session:
            client = SlackClient(None, base_url=self._links.api_url, session=session)
            form = {"client_id": client_id, "client_secret": client_secret, **arguments}
            answer = await called(client.api_call("oauth.v2.access", data=form), "an exchange of a token")
            return dict(answer.data) if isinstance(answer.data, dict) else {}

    async def _revoked(self, token: str) -> bool:
        """Have Slack revoke a token; return whether it is void now."""
        try:
            async with aiohttp.ClientSession() as session:
                client = SlackClient(None, base_url=self._links.api_url, session=session)
                client.token = token
                await called(client.auth_revoke(), "the end of a token")
        except SlackRefusedError as error:
            return error.code in DEAD
        except AikaError as error:
            logger.warning("a token could not be revoked at Slack", extra={"error": type(error).__name__})
            return False
        return True


def _app_of(workspace: Workspace) -> tuple[str, str]:
    settings = workspace.settings
    if settings.client_id is None or settings.client_secret is None:
        raise ConsentError("Personal search is not set up for this workspace")
    return settings.client_id, settings.client_secret.get_secret_value()


def _place(consent: Consent, column: str) -> str:
    """Return where a sealed token belongs: moved to another person's row it does not open."""
    return f"{consent.team}/{consent.user}/{column}"


def _read(form: type[Answered], answer: Mapping[str, object]) -> Answered:
    try:
        return form.model_validate(answer)
    except ValidationError:
        # Its words would hold tokens.
        raise TransientError("Slack's answer about a token could not be read") from None
