"""An identity provider that speaks OpenID Connect: where people are sent, and what comes back of them.

The authorization code flow with PKCE (RFC 7636), state and nonce, as RFC 9700 has it.
"""

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote_plus

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from pydantic import BaseModel, TypeAdapter, ValidationError

from aika.application.sign_in.attempts import Attempt
from aika.application.sign_in.discovery import Discovery, Metadata, reaching
from aika.application.sign_in.profiles import lacks, profile_of
from aika.application.sign_in.tokens import Claims, Ended, Tokens
from aika.domain.errors import AikaError, PermanentError, TransientError
from aika.domain.sessions import Profile, SignInError, SignInProblem
from aika.forms.sign_in import SignInSettings
from aika.http import Request
from aika.protocols import Clock

_FORM = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
_LONGEST_HINT = 4_000
"""Of a token in an address: some servers take no longer ones."""

_claims: TypeAdapter[dict[str, object]] = TypeAdapter(dict[str, object])


class _Granted(BaseModel):
    """RFC 6749, section 5.1, and OpenID Connect Core 1.0, section 3.1.3.3."""

    id_token: str
    access_token: str | None = None


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brings back from the provider."""

    code: str | None
    error: str | None
    issuer: str | None
    """RFC 9207: who answers, where the provider says so."""


class OpenIdProvider:
    """Sends people to sign in, and learns who they are."""

    def __init__(self, settings: SignInSettings, client_secret: str | None, clock: Clock) -> None:
        self._settings = settings
        self._client_secret = client_secret
        self._discovery = Discovery(settings.issuer, clock)
        self._tokens = Tokens(self._discovery, settings.client_id, clock)

    async def address(self, attempt: Attempt) -> str:
        """Return where a browser is sent. Raises `SignInError` where the provider is not there."""
        metadata = await self._metadata()
        return str(
            prepare_grant_uri(
                metadata.authorization_endpoint,
                client_id=self._settings.client_id,
                response_type="code",
                redirect_uri=attempt.redirect_uri,
                scope=" ".join(self._settings.scopes),
                state=attempt.state,
                nonce=attempt.nonce,
                code_challenge=create_s256_code_challenge(attempt.verifier),
                code_challenge_method="S256",
            )
        )

    async def profile(self, attempt: Attempt, returned: Returned) -> Profile:
        """Return who signed in. Raises `SignInError`."""
        metadata = await self._metadata()
        if returned.issuer not in (None, metadata.issuer) or (
            returned.issuer is None and metadata.authorization_response_iss_parameter_supported
        ):
            raise SignInError(SignInProblem.PROVIDER, "the answer is not of this provider (RFC 9207)")
        if returned.error is not None or returned.code is None:
            refused = returned.error in ("access_denied", "consent_required", "interaction_required", "login_required")
            problem = SignInProblem.REFUSED if refused else SignInProblem.PROVIDER
            raise SignInError(problem, f"the provider answered {(returned.error or 'without a code')[:100]!r}")
        granted = await self._granted(metadata, attempt, returned.code)
        claims = await self._tokens.identity(granted.id_token, nonce=attempt.nonce, access_token=granted.access_token)
        if lacks(claims, self._settings):
            claims = await self._with_details(metadata, claims, granted.access_token)
        return profile_of(claims, self._settings, token=granted.id_token)

    async def farewell(self, *, token: str | None, then: str) -> str | None:
        """Return where a browser signs out of the provider too (RP-Initiated Logout 1.0); ``None`` where it cannot."""
        try:
            metadata = await self._discovery.metadata()
        except AikaError:
            # One is signed out here all the same.
            return None
        if metadata.end_session_endpoint is None:
            return None
        said = [("client_id", self._settings.client_id), ("post_logout_redirect_uri", then)]
        if token is not None and len(token) <= _LONGEST_HINT:
            said.append(("id_token_hint", token))
        return str(add_params_to_uri(metadata.end_session_endpoint, said))

    async def ended(self, logout_token: str) -> Ended:
        """Return what the provider says has ended. Raises `SignInError` where it is not the provider who says so."""
        await self._metadata()
        return await self._tokens.ended(logout_token)

    async def _metadata(self) -> Metadata:
        try:
            return await self._discovery.metadata()
        except TransientError as error:
            raise SignInError(SignInProblem.UNREACHABLE, str(error)) from error
        except PermanentError as error:
            raise SignInError(SignInProblem.PROVIDER, str(error)) from error

    async def _granted(self, metadata: Metadata, attempt: Attempt, code: str) -> _Granted:
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=attempt.redirect_uri, code_verifier=attempt.verifier
        )
        _, headers, body = self._client(metadata).prepare("POST", metadata.token_endpoint, dict(_FORM), body)
        request = Request(
            "POST", metadata.token_endpoint, headers=headers, form=dict(parse_qsl(body)), repeatable=False, follow=False
        )
        content = await self._answered(metadata, request, "exchange the code")
        try:
            return _Granted.model_validate_json(content)
        except ValidationError as error:
            raise SignInError(SignInProblem.PROVIDER, "the provider gave no ID token for the code") from error

    def _client(self, metadata: Metadata) -> ClientAuth:
        if self._client_secret is None:
            return ClientAuth(self._settings.client_id, None, "none")
        supported = metadata.token_endpoint_auth_methods_supported
        basic = self._settings.client_authentication == "basic" or (
            self._settings.client_authentication is None and "client_secret_basic" in supported
        )
        if basic:
            # RFC 6749, section 2.3.1: both are encoded as in forms before they are joined.
            quoted = quote_plus(self._settings.client_id), quote_plus(self._client_secret)
            return ClientAuth(*quoted, "client_secret_basic")
        return ClientAuth(self._settings.client_id, self._client_secret, "client_secret_post")

    async def _with_details(self, metadata: Metadata, claims: Claims, access_token: str | None) -> Claims:
        """Return the claims with those that the provider says only when asked (OpenID Connect Core 1.0, section 5.3)."""
        if metadata.userinfo_endpoint is None or access_token is None:
            return claims
        headers = {"Accept": "application/json", "Authorization": f"Bearer {access_token}"}
        request = Request("GET", metadata.userinfo_endpoint, headers=headers, follow=False)
        content = await self._answered(metadata, request, "ask for details")
        try:
            details = _claims.validate_json(content)
        except ValidationError as error:
            raise SignInError(SignInProblem.PROVIDER, "the provider's details of the person are no JSON") from error
        # Section 5.3.2: without this, details of somebody else could be put in their place.
        if details.get("sub") != claims["sub"]:
            raise SignInError(SignInProblem.PROVIDER, "the provider gave details of somebody else")
        return {**details, **claims}

    async def _answered(self, metadata: Metadata, request: Request, what: str) -> bytes:
        try:
            async with reaching(metadata.hosts) as http:
                response = await http.send(request)
        except TransientError as error:
            raise SignInError(SignInProblem.UNREACHABLE, f"cannot {what}: {error}") from error
        except PermanentError as error:
            raise SignInError(SignInProblem.PROVIDER, f"cannot {what}: {error}") from error
        if response.status != 200:
            raise SignInError(SignInProblem.PROVIDER, f"cannot {what}: the provider answered {response.status}")
        return response.content
