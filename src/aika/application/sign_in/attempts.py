"""An attempt to sign in, which the browser carries sealed from its beginning to its end."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from aika.application.sign_in.sealing import Sealing
from aika.domain.sessions import SignInError, SignInProblem

GOOD_FOR = timedelta(minutes=10)
"""Long enough for a second factor that has to be looked for."""
_PURPOSE = "attempt"
_HOME = "/"
_LONGEST_PLACE = 2_000
"""A browser keeps cookies of 4,096 bytes."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What proves that an answer of the provider belongs to what this browser began."""

    state: str
    nonce: str
    verifier: str
    """Of PKCE (RFC 7636)."""
    redirect_uri: str
    then: str
    """Where in the app the browser goes on."""
    expires_at: datetime

    @classmethod
    def begin(cls, *, redirect_uri: str, then: str, now: datetime) -> "Attempt":
        return cls(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            # 43 characters at least, says RFC 7636, section 4.1.
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            then=place_within(then),
            expires_at=now + GOOD_FOR,
        )

    def sealed(self, sealing: Sealing) -> str:
        return sealing.seal_text(_ATTEMPT.dump_json(self), of=_PURPOSE)

    @classmethod
    def opened(cls, sealed: str | None, sealing: Sealing, *, state: str, now: datetime) -> "Attempt":
        """Return the attempt that this browser began. Raises `SignInError`."""
        content = None if sealed is None else sealing.unseal_text(sealed, of=_PURPOSE)
        try:
            attempt = None if content is None else _ATTEMPT.validate_json(content)
        except ValidationError:
            attempt = None
        if attempt is None or not compare_digest(attempt.state.encode(), state.encode()):
            raise SignInError(SignInProblem.EXPIRED, "the answer belongs to nothing that this browser began")
        if now >= attempt.expires_at:
            raise SignInError(SignInProblem.EXPIRED, f"signing in took longer than {GOOD_FOR}")
        return attempt


def place_within(then: str) -> str:
    """Return a place in the app that was asked for, or its first page for anything that could lead elsewhere."""
    try:
        parts = urlsplit(then)
    except ValueError:
        return _HOME
    elsewhere = parts.scheme or parts.netloc or then.startswith("//") or "\\" in then
    # Browsers drop control characters, after which "/\t/host" would be "//host".
    odd = len(then) > _LONGEST_PLACE or not then.isprintable() or " " in then
    within = then.startswith("/") and not then.startswith(("/v1/", "/sign-in", "/signed-out"))
    return then if within and not elsewhere and not odd else _HOME


_ATTEMPT = TypeAdapter(Attempt)
