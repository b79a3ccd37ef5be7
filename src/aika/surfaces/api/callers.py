"""Who calls, and what they may see."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from aika.application.aika import KEY_PREFIX, Aika
from aika.domain.access import Scope
from aika.domain.documents import Kind
from aika.domain.errors import AccessDeniedError, AuthenticationError, InvalidRequestError
from aika.domain.identifiers import PrincipalId, SourceId

_bearer = HTTPBearer(auto_error=False, description="An API key, made with `aika keys create`.")


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who makes a request."""

    owner: PrincipalId
    """Whom conversations belong to."""
    scope: Scope
    admin: bool

    def narrowed(self, *, sources: Collection[str] | None, kinds: Collection[str] | None) -> Scope:
        """Return the caller's scope restricted as the request asks. Raises `InvalidRequestError` for an unknown kind."""
        unknown = sorted(set(kinds or ()) - set(Kind))
        if unknown:
            raise InvalidRequestError(f"unknown kinds: {', '.join(unknown)} (known: {', '.join(Kind)})")
        return self.scope.narrowed(
            sources=None if sources is None else [SourceId(source) for source in sources],
            kinds=None if kinds is None else [Kind(kind) for kind in kinds],
        )


def aika_of(request: Request) -> Aika:
    """Return the application that the server serves."""
    aika = request.app.state.aika
    if not isinstance(aika, Aika):
        raise TypeError("the app was created without an application")
    return aika


async def caller_of(
    aika: "TheAika", credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """Return the caller. Raises `AuthenticationError` for a wrong key, and for none where one is required."""
    if credentials is not None and (aika.settings.server.key_required or _is_ours(credentials.credentials)):
        key = await aika.authenticate(credentials.credentials)
        if key is None:
            raise AuthenticationError(
                "the API key is unknown or has expired; make a new one with: aika keys create NAME"
            )
        scope = Scope.of(key.principals).narrowed(sources=key.sources)
        return Caller(owner=PrincipalId(f"key:{key.id}"), scope=scope, admin=key.admin)
    if aika.settings.server.key_required:
        raise AuthenticationError("this server needs an API key in the header 'Authorization: Bearer KEY'")
    anonymous = [PrincipalId(principal) for principal in aika.settings.server.anonymous_principals]
    return Caller(owner=PrincipalId("local"), scope=Scope.of(anonymous), admin=True)


def _is_ours(secret: str) -> bool:
    # OpenAI's clients insist on sending some key, also to a server that needs none.
    return secret.startswith(KEY_PREFIX)


async def admin_of(caller: "TheCaller") -> Caller:
    if not caller.admin:
        raise AccessDeniedError("this needs an API key that was made with --admin")
    return caller


TheAika = Annotated[Aika, Depends(aika_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
TheAdmin = Annotated[Caller, Depends(admin_of)]
