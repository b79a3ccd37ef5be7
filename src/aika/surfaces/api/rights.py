"""What a request shows of who sends it: an API key, a session, or nothing but that it comes from this machine."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from aika.application.aika import KEY_PREFIX, Aika
from aika.domain.errors import AccessDeniedError, AuthenticationError
from aika.domain.identifiers import PrincipalId, SessionId, SourceId
from aika.domain.sessions import Session
from aika.protocols import ApiKey
from aika.surfaces.api.cookies import Cookies

_bearer = HTTPBearer(auto_error=False, description="An API key, made with `aika keys create`.")


class Means(StrEnum):
    """How a caller showed who they are."""

    LOCAL = "local"
    """By being on this machine, where nothing more is asked for."""
    KEY = "key"
    SESSION = "session"
    """By having signed in."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a caller is."""

    name: str
    """What people call them."""
    person: PrincipalId | None
    """``user:`` and an e-mail address; ``None`` for whoever is no particular person."""
    means: Means
    expires_at: datetime | None = None
    """When they have to show it again at the latest."""
    session: SessionId | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What a request may do."""

    owner: PrincipalId
    principals: frozenset[PrincipalId]
    sources: frozenset[SourceId] | None
    admin: bool
    on_behalf: bool
    identity: Identity


def aika_of(request: Request) -> Aika:
    """Return the application that the server serves."""
    aika = request.app.state.aika
    if not isinstance(aika, Aika):
        raise TypeError("the app was created without an application")
    return aika


async def rights_of(
    request: Request,
    aika: Annotated[Aika, Depends(aika_of)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Rights:
    """Return the caller's rights. Raises `AuthenticationError` for a wrong key, and for nothing where something is required.

    A key counts more than a session: who sends one means it.
    """
    required = aika.settings.credentials_required
    if credentials is not None and (required or _is_ours(credentials.credentials)):
        key = await aika.authenticate(credentials.credentials)
        if key is None:
            raise AuthenticationError(
                "the API key is unknown or has expired; make a new one with: aika keys create NAME"
            )
        return _of_key(key, Identity(key.name, _only_person(key.principals), Means.KEY, key.expires_at))
    secret = Cookies.of(request, aika.settings.server.public_url).session(request)
    session = None if secret is None else await aika.sign_in.session(secret)
    rights = None if session is None else await _of_session(session, aika)
    if rights is not None:
        return rights
    if required:
        way = "sign in" if aika.settings.sign_in is not None else "sign in with a key"
        raise AuthenticationError(
            f"this server needs an API key in the header 'Authorization: Bearer KEY'; in a browser, {way}"
        )
    _check_host(request, aika)
    anonymous = frozenset(PrincipalId(principal) for principal in aika.settings.server.anonymous_principals)
    identity = Identity("This machine", None, Means.LOCAL)
    return Rights(PrincipalId("local"), anonymous, None, admin=True, on_behalf=True, identity=identity)


def _of_key(key: ApiKey, identity: Identity) -> Rights:
    # Who may make keys could make one that asks for others.
    operator = key.admin and key.sources is None
    owner = PrincipalId(f"key:{key.id}")
    return Rights(owner, key.principals, key.sources, key.admin, key.on_behalf or operator, identity)


async def _of_session(session: Session, aika: Aika) -> Rights | None:
    """Return what a session may do now, ``None`` where the key is gone that it began with."""
    identity = Identity(session.name, session.person, Means.SESSION, session.expires_at, session.id)
    if session.person is not None:
        principals = await aika.database.directory.expand({session.person})
        settings = aika.settings.sign_in
        admin = settings is not None and not principals.isdisjoint(settings.administrators)
        return Rights(session.person, frozenset({session.person}), None, admin, on_behalf=False, identity=identity)
    key = None if session.key is None else await aika.database.keys.get(session.key)
    if key is None or (key.expires_at is not None and key.expires_at <= aika.clock.now()):
        return None
    person = _only_person(key.principals)
    return _of_key(key, Identity(key.name, person, Means.SESSION, session.expires_at, session.id))


def _only_person(principals: Collection[PrincipalId]) -> PrincipalId | None:
    """Return the person whose key it is, where it is one person's."""
    people = [principal for principal in principals if principal.startswith("user:")]
    return people[0] if len(people) == 1 else None


def _is_ours(secret: str) -> bool:
    # OpenAI's clients insist on sending some key, also to a server that needs none.
    return secret.startswith(KEY_PREFIX)


def _check_host(request: Request, aika: Aika) -> None:
    """Refuse a name that is not this machine's where only this machine is listened to.

    A page elsewhere can make its own name lead here (DNS rebinding), and the browser then takes aika for that page's.
    """
    listening = (request.scope.get("server") or ("", 0))[0]
    public = aika.settings.server.public_url
    host = (request.url.hostname or "").lower()
    if not _is_loopback(listening) or host == "localhost" or host.endswith(".localhost") or _is_loopback(host):
        return
    if public is not None and public.rstrip("/").endswith(f"//{request.headers.get('host', '')}"):
        return
    raise AccessDeniedError(
        f"aika was asked as {host!r}, which is not this machine. Open it at http://localhost; where a proxy stands before it, "
        "write server.public_url, and require keys or configure [sign_in]"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
