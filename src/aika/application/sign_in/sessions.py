"""Signing in and out, and who holds a session."""

import asyncio
import hashlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from aika.application.sign_in.attempts import Attempt
from aika.application.sign_in.openid import OpenIdProvider, Returned
from aika.application.sign_in.sealing import Sealing
from aika.domain.errors import AikaError, AuthenticationError
from aika.domain.identifiers import PrincipalId, SessionId, random_id
from aika.domain.sessions import SIGN_IN, Profile, Session, SignInError, SignInProblem
from aika.forms.sign_in import SignInSettings
from aika.protocols import ApiKey, Clock
from aika.stores.database.database import Database

logger = logging.getLogger(__name__)

_SEEN_APART = timedelta(minutes=1)
"""How often it is noted that a session is in use: a page makes many requests."""
_TIDY_SECONDS = 600.0
_KEY_LIFETIME = timedelta(days=1)
_KEY_IDLE = timedelta(hours=12)
_SEALING = "signing in"


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a browser goes to sign in, and what it carries there and back."""

    address: str
    state: str
    sealed: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session, with the secret that the browser holds and nobody keeps."""

    session: Session
    secret: str
    then: str


class SignIn:
    """Lets people in, and knows who is. Made by `build_sign_in`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sealing: Sealing,
        *,
        settings: SignInSettings | None,
        provider: OpenIdProvider | None,
        authenticate: Callable[[str], Awaitable[ApiKey | None]],
    ) -> None:
        self.settings = settings
        self._provider = provider
        self._authenticate = authenticate
        self._database = database
        self._clock = clock
        self._sealing = sealing

    async def begin(self, *, redirect_uri: str, then: str) -> Begun:
        """Begin to sign in at the provider. Raises `SignInError`."""
        attempt = Attempt.begin(redirect_uri=redirect_uri, then=then, now=self._clock.now())
        return Begun(await self._at_provider().address(attempt), attempt.state, attempt.sealed(self._sealing))

    async def finish(self, returned: Returned, *, state: str, sealed: str | None, before: str | None) -> SignedIn:
        """Let in who comes back from the provider. Raises `SignInError`.

        ``before`` is the secret of the session that the browser had, which ends.
        """
        attempt = Attempt.opened(sealed, self._sealing, state=state, now=self._clock.now())
        profile = await self._at_provider().profile(attempt, returned)
        await self._check_allowed(profile)
        await self._record(profile)
        await self.end(before)
        return await self._session_of(profile, then=attempt.then)

    async def enter_key(self, key: str, *, before: str | None) -> SignedIn:
        """Let in who has an API key. The session has the key's rights, and ends with it. Raises `AuthenticationError`."""
        known = await self._authenticate(key)
        if known is None:
            raise AuthenticationError("the API key is unknown or has expired")
        await self.end(before)
        now = self._clock.now()
        ends = now + _KEY_LIFETIME
        session = Session(
            id=SessionId(random_id()),
            name=known.name,
            created_at=now,
            seen_at=now,
            expires_at=ends if known.expires_at is None else min(ends, known.expires_at),
            key=known.id,
        )
        return await self._kept(session, then="/")

    async def session(self, secret: str) -> Session | None:
        """Return the session that a browser holds, ``None`` where it is over or never was."""
        found = await self._database.sessions.find(_hashed(secret))
        now = self._clock.now()
        if found is None or now >= found.expires_at or now - found.seen_at >= self._idle:
            return None
        if found.person is not None and self.settings is None:
            # Nobody vouches for people any more.
            return None
        if now - found.seen_at >= _SEEN_APART:
            await self._database.sessions.see(found.id, at=now)
        return found

    async def end(self, secret: str | None) -> Session | None:
        """End a session, and return what it was."""
        found = None if secret is None else await self._database.sessions.find(_hashed(secret))
        if found is not None:
            await self._database.sessions.delete(found.id)
        return found

    async def farewell(self, session: Session, *, then: str) -> str | None:
        """Return where a browser whose session has ended signs out of the provider too, ``None`` where it cannot."""
        if self._provider is None or session.person is None:
            return None
        token = None
        if session.id_token is not None:
            opened = self._sealing.unseal(session.id_token, of=session.id)
            token = None if opened is None else opened.decode()
        return await self._provider.farewell(token=token, then=then)

    async def end_all_of(self, person: PrincipalId) -> int:
        """End all sessions of a person, and forget the groups that the provider named; return how many sessions there were."""
        await self._database.directory.join(SIGN_IN, person, ())
        return await self._database.sessions.delete_of_person(person)

    async def end_everybodys(self) -> int:
        """End all sessions, those that began with keys included, and forget those people's groups; return how many."""
        held = await self._database.sessions.all()
        for person in {session.person for session in held if session.person is not None}:
            await self._database.directory.join(SIGN_IN, person, ())
        return await self._database.sessions.delete_all()

    async def end_as_told(self, logout_token: str) -> int:
        """End what the provider says has ended; return how many sessions that were. Raises `SignInError`."""
        ended = await self._at_provider().ended(logout_token)
        return await self._database.sessions.delete_of_provider(subject=ended.subject, session=ended.session)

    async def tidy(self) -> None:
        """Drop the sessions that are over, and the groups of people who have not signed in for as long as those hold."""
        now = self._clock.now()
        await self._database.sessions.delete_over(now=now, unseen_since=now - self._idle)
        for person in await self._database.signed_in.stale(before=now - self._lifetime):
            await self._database.directory.join(SIGN_IN, person, ())
            await self._database.signed_in.forget_groups(person)

    async def run(self) -> None:
        """Tidy now and then, until cancelled."""
        while True:
            try:
                await self.tidy()
            except AikaError as error:
                logger.warning("sessions that are over could not be dropped", extra={"reason": str(error)})
            await asyncio.sleep(_TIDY_SECONDS)

    @property
    def _idle(self) -> timedelta:
        return _KEY_IDLE if self.settings is None else self.settings.session_idle

    @property
    def _lifetime(self) -> timedelta:
        return _KEY_LIFETIME if self.settings is None else self.settings.session_lifetime

    def _at_provider(self) -> OpenIdProvider:
        if self._provider is None:
            raise SignInError(
                SignInProblem.PROVIDER, "no identity provider is configured: [sign_in] of aika.toml names one"
            )
        return self._provider

    async def _check_allowed(self, profile: Profile) -> None:
        allowed = set() if self.settings is None else set(self.settings.allowed)
        held = await self._database.directory.expand({profile.person, *profile.groups})
        if allowed and not allowed & held:
            await self.end_all_of(profile.person)
            raise SignInError(SignInProblem.NOT_ALLOWED, "the person is in nothing that sign_in.allowed names")

    async def _record(self, profile: Profile) -> None:
        before = await self._database.signed_in.record(profile, at=self._clock.now())
        if before not in (None, profile.subject):
            # Addresses are given to new people. What the one before had open is not theirs.
            ended = await self._database.sessions.delete_of_person(profile.person)
            logger.warning("an address has become another account's at the identity provider", extra={"ended": ended})
        await self._database.directory.join(SIGN_IN, profile.person, profile.groups)

    async def _session_of(self, profile: Profile, *, then: str) -> SignedIn:
        now, its_id = self._clock.now(), SessionId(random_id())
        session = Session(
            id=its_id,
            name=profile.name,
            created_at=now,
            seen_at=now,
            expires_at=now + self._lifetime,
            person=profile.person,
            subject=profile.subject,
            provider_session=profile.session,
            id_token=self._sealing.seal(profile.token.encode(), of=its_id),
        )
        return await self._kept(session, then=then)

    async def _kept(self, session: Session, *, then: str) -> SignedIn:
        secret = secrets.token_urlsafe(32)
        await self._database.sessions.add(session, secret_hash=_hashed(secret))
        return SignedIn(session, secret, then)


async def build_sign_in(
    settings: SignInSettings | None,
    client_secret: str | None,
    database: Database,
    clock: Clock,
    *,
    authenticate: Callable[[str], Awaitable[ApiKey | None]],
) -> SignIn:
    """Return what lets people in. The provider itself is asked when somebody signs in, not before."""
    sealing = Sealing(await database.own_secrets.secret(_SEALING), client_secret)
    provider = None if settings is None else OpenIdProvider(settings, client_secret, clock)
    return SignIn(database, clock, sealing, settings=settings, provider=provider, authenticate=authenticate)


def _hashed(secret: str) -> bytes:
    # A secret of 256 random bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
