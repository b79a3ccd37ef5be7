"""What an identity provider publishes about itself: where its endpoints are, and the keys that it signs with."""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key
from pydantic import AfterValidator, BaseModel, ValidationError

from aika.domain.errors import AikaError, ConfigurationError
from aika.http import HttpClient, HttpOptions, host_of, open_http
from aika.protocols import Clock

_KEPT = timedelta(hours=1)
"""As long as a provider's document is not read again, which hardly ever changes."""
_KEYS_APART = timedelta(seconds=30)
"""Between two looks for a key that is not there, so that forged tokens cannot make aika ask without end."""
_ASYMMETRIC = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""Those that a provider alone can sign with. Never "none", and no secret that both sides know."""
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT = 10
_MAX_BYTES = 1_000_000


def _secure(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise ValueError("must begin with https://")
    return url


SecureUrl = Annotated[str, AfterValidator(_secure)]


class Metadata(BaseModel):
    """OpenID Connect Discovery 1.0, section 3, as far as it is used here."""

    issuer: str
    authorization_endpoint: SecureUrl
    token_endpoint: SecureUrl
    jwks_uri: SecureUrl
    userinfo_endpoint: SecureUrl | None = None
    end_session_endpoint: SecureUrl | None = None
    token_endpoint_auth_methods_supported: list[str] = ["client_secret_basic"]
    id_token_signing_alg_values_supported: list[str] = ["RS256"]
    authorization_response_iss_parameter_supported: bool = False
    """RFC 9207: whether its answers name who gives them."""

    @property
    def algorithms(self) -> list[str]:
        return [name for name in _ASYMMETRIC if name in self.id_token_signing_alg_values_supported]

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that the provider itself says are its own."""
        places = (self.token_endpoint, self.jwks_uri, self.userinfo_endpoint)
        return frozenset(host_of(place) for place in places if place is not None)


class _KeyDocument(BaseModel):
    keys: list[dict[str, object]]


_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Read(Generic[_T]):
    """Something read, and when."""

    value: _T
    at: datetime


class Discovery:
    """Reads a provider's documents when they are first needed, and again now and then."""

    def __init__(self, issuer: str, clock: Clock) -> None:
        self._issuer = issuer
        self._clock = clock
        self._metadata: _Read[Metadata] | None = None
        self._keys: _Read[list[Key]] | None = None
        self._lock = asyncio.Lock()

    async def metadata(self) -> Metadata:
        """Return where the endpoints are. Raises `TransientError` where the provider cannot be reached and never was, and
        `ConfigurationError` where it is not the configured one.
        """
        async with self._lock:
            if self._metadata is not None and self._clock.now() - self._metadata.at < _KEPT:
                return self._metadata.value
            try:
                self._metadata = _Read(await self._read_metadata(), self._clock.now())
            except ConfigurationError:
                raise
            except AikaError:
                if self._metadata is None:
                    raise
            return self._metadata.value

    async def keys(self, *, wanted: str | None) -> list[Key]:
        """Return the keys that the provider signs with, read again where the wanted one is not among them."""
        metadata = await self.metadata()
        async with self._lock:
            now = self._clock.now()
            known = self._keys
            there = known is not None and (wanted is None or any(key.kid == wanted for key in known.value))
            # A key that was taken back must not vouch for anybody for longer than this.
            fresh = known is not None and now - known.at < (_KEPT if there else _KEYS_APART)
            if known is None or not fresh:
                known = self._keys = _Read(await _read_keys(metadata), now)
            return known.value

    async def _read_metadata(self) -> Metadata:
        place = get_well_known_url(self._issuer, external=True)
        async with reaching(frozenset({host_of(self._issuer)})) as http:
            document = await http.get(place)
        try:
            metadata = Metadata.model_validate_json(document.content)
        except ValidationError as error:
            raise ConfigurationError(f"{place} is no provider's document: {_first(error)}") from error
        if metadata.issuer != self._issuer:
            raise ConfigurationError(
                f"{place} says that its issuer is {metadata.issuer!r}, and sign_in.issuer is {self._issuer!r}. "
                "Write it as the provider does"
            )
        if not metadata.algorithms:
            raise ConfigurationError(
                f"{place} names no algorithm with a public key, so nothing it signs can be trusted"
            )
        return metadata


def reaching(hosts: frozenset[str]) -> AbstractAsyncContextManager[HttpClient]:
    """Open a client for the provider's own hosts, which an operator trusts, wherever they are."""
    options = HttpOptions(
        timeout=_TIMEOUT, total_timeout=2 * _TIMEOUT, attempts=2, max_bytes=_MAX_BYTES, allowed_hosts=hosts
    )
    return open_http(options)


async def _read_keys(metadata: Metadata) -> list[Key]:
    async with reaching(metadata.hosts) as http:
        document = await http.get(metadata.jwks_uri, headers={"Accept": "application/json"})
    try:
        listed = _KeyDocument.model_validate_json(document.content).keys
    except ValidationError as error:
        raise ConfigurationError(f"{metadata.jwks_uri} holds no keys: {_first(error)}") from error
    return [key for data in listed if data.get("use", "sig") == "sig" and (key := _key(data)) is not None]


def _key(data: dict[str, object]) -> Key | None:
    """Return a public key, ``None`` for one of a kind that is not known here or that both sides would know."""
    if data.get("kty") == "oct":
        return None
    try:
        return JWKRegistry.import_key(data)  # type: ignore[arg-type]  # from outside: it is checked in there
    except (JoseError, ValueError, TypeError):
        return None


def _first(error: ValidationError) -> str:
    problem = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
