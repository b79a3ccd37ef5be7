"""Checks the tokens that an identity provider signs: who vouches, for whom, to whom, and until when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key

from aika.application.sign_in.discovery import Discovery, Metadata
from aika.domain.sessions import SignInError, SignInProblem
from aika.protocols import Clock

LEEWAY = 60
"""Seconds that the clocks of the two machines may differ by."""
BACK_CHANNEL_EVENT = "http://schemas.openid.net/event/backchannel-logout"

Claims = Mapping[str, Any]  # what a provider says has no type: whoever reads a claim checks it


@dataclass(frozen=True, slots=True)
class Ended:
    """What a provider says has ended: a session of its own, or all of a person's."""

    subject: str | None
    session: str | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Reads tokens that were signed for one client."""

    discovery: Discovery
    client_id: str
    clock: Clock

    async def identity(self, token: str, *, nonce: str, access_token: str | None) -> Claims:
        """Return what an ID token says (OpenID Connect Core 1.0, section 3.1.3.7). Raises `SignInError`."""
        header, claims = await self._signed(token)
        metadata = await self.discovery.metadata()
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
        checked = CodeIDToken(claims, header, self._expected(metadata), params)
        try:
            checked.validate(now=self._now(), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise _untrusted(f"the ID token does not hold: {error}") from error
        return dict(checked)

    async def ended(self, token: str) -> Ended:
        """Return what a logout token ends (OpenID Connect Back-Channel Logout 1.0, section 2.6). Raises `SignInError`."""
        header, claims = await self._signed(token)
        metadata = await self.discovery.metadata()
        checked = JWTClaims(claims, header, {**self._expected(metadata), "iat": {"essential": True}})
        try:
            checked.validate(now=self._now(), leeway=LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            raise _untrusted(f"the logout token does not hold: {error}") from error
        events = claims.get("events")
        if not isinstance(events, dict) or BACK_CHANNEL_EVENT not in events:
            raise _untrusted("the logout token is about something else")
        # What has one is an ID token, which whoever signed in could send here.
        if "nonce" in claims:
            raise _untrusted("the logout token has a nonce")
        ended = Ended(_text(claims.get("sub")), _text(claims.get("sid")))
        if ended == Ended(None, None):
            raise _untrusted("the logout token names nobody")
        return ended

    async def _signed(self, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the header and the claims of a token that the provider signed."""
        metadata = await self.discovery.metadata()
        try:
            header = jws.extract_compact(token.encode()).headers()
        except (JoseError, ValueError) as error:
            raise _untrusted(f"what the provider sent is no token: {error}") from error
        wanted = _text(header.get("kid"))
        keys = await self.discovery.keys(wanted=wanted)
        fitting = [key for key in keys if wanted is None or key.kid == wanted]
        return self._verified(token, fitting, metadata.algorithms)

    def _verified(
        self, token: str, keys: Sequence[Key], algorithms: Sequence[str]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        reason = "no key of the provider's has its id"
        for key in keys:
            try:
                found = jwt.decode(token, key, algorithms=algorithms)
            except (JoseError, ValueError, TypeError) as error:
                # Without an id in the token, another key may be the one.
                reason = str(error) or type(error).__name__
                continue
            return dict(found.header), dict(found.claims)
        raise _untrusted(f"the provider did not sign the token: {reason}")

    def _expected(self, metadata: Metadata) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "values": _names_of(metadata.issuer)},
            "aud": {"essential": True, "value": self.client_id},
        }

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def _names_of(issuer: str) -> list[str]:
    # Google's tokens may leave out "https://", says its documentation of the claim.
    return [issuer, "accounts.google.com"] if urlsplit(issuer).hostname == "accounts.google.com" else [issuer]


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _untrusted(message: str) -> SignInError:
    return SignInError(SignInProblem.PROVIDER, message)
