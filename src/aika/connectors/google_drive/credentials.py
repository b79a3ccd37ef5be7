"""Access tokens of Google: from a service account's key, or from a user's refresh token."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import jwt
from pydantic import BaseModel, SecretStr, ValidationError

from aika.connectors.google_drive.options import GoogleDriveOptions
from aika.domain.errors import ConfigurationError
from aika.http import HttpClient, Request

DRIVE_SCOPE = "https://www.googleapis.com/auth/drive.readonly"
GROUPS_SCOPE = "https://www.googleapis.com/auth/admin.directory.group.member.readonly"
_EARLY = 120
"""Seconds before its end that a token is no longer used, so that none ends on the way."""


class Grant(Protocol):
    """What a token is asked for with."""

    def form(self, now: int) -> dict[str, str]: ...


class _Key(BaseModel):
    """A service account's key file. What else is in it is ignored."""

    client_email: str
    private_key: SecretStr
    private_key_id: str = ""


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account that acts for a user. RFC 7523, as Google documents it for server-to-server applications."""

    key: _Key
    subject: str | None
    scopes: tuple[str, ...]
    audience: str

    def form(self, now: int) -> dict[str, str]:
        claims: dict[str, object] = {
            "iss": self.key.client_email,
            "scope": " ".join(self.scopes),
            "aud": self.audience,
            "iat": now,
            "exp": now + 3600,
        }
        if self.subject is not None:
            claims["sub"] = self.subject
        try:
            assertion = jwt.encode(
                claims,
                self.key.private_key.get_secret_value(),
                algorithm="RS256",
                headers={"kid": self.key.private_key_id},
            )
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise ConfigurationError(
                "the service account's private_key is no RSA key in PEM form: download the key again as JSON"
            ) from error
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A user's lasting consent."""

    client_id: str
    client_secret: SecretStr
    token: SecretStr

    def form(self, now: int) -> dict[str, str]:
        return {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret.get_secret_value(),
            "refresh_token": self.token.get_secret_value(),
        }


class _Issued(BaseModel):
    access_token: str
    expires_in: int = 3600


class _Refused(BaseModel):
    error: str = ""
    error_description: str = ""


@dataclass(slots=True)
class Tokens:
    """Keeps an access token and gets the next one in time."""

    http: HttpClient
    grant: Grant
    url: str
    now: Callable[[], float] = time.time
    _token: str = field(default="", repr=False)
    _until: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def headers(self) -> Mapping[str, str]:
        """Return the header that a request needs. Raises `ConfigurationError` where Google gives no token."""
        async with self._asking:
            if self.now() >= self._until:
                await self._renew()
            return {"Authorization": f"Bearer {self._token}"}

    def forget(self) -> None:
        """Say that the token was refused."""
        self._until = 0.0

    async def _renew(self) -> None:
        asked_at = self.now()
        form = self.grant.form(int(asked_at))
        response = await self.http.send(Request("POST", self.url, form=form, accept=frozenset({400, 401, 403})))
        if response.status != 200:
            raise _no_token(response.content)
        issued = _Issued.model_validate(response.json())
        self._token, self._until = issued.access_token, asked_at + max(issued.expires_in - _EARLY, 0)


def grant_of(options: GoogleDriveOptions, base_dir: Path) -> Grant:
    """Return what the options say. Raises `ConfigurationError`."""
    if options.refresh_token is not None:
        if not options.client_id or options.client_secret is None:
            raise ConfigurationError("refresh_token needs the client_id and client_secret that it was issued to")
        return RefreshToken(options.client_id, options.client_secret, options.refresh_token)
    scopes = (DRIVE_SCOPE, GROUPS_SCOPE) if options.expand_groups else (DRIVE_SCOPE,)
    try:
        key = _Key.model_validate_json(_key_text(options, base_dir))
    except ValidationError as error:
        # Without the cause: it shows what was given.
        raise ConfigurationError(
            "service_account_key is not a service account's key: it must be the whole JSON file as downloaded"
        ) from _hidden(error)
    return ServiceAccount(key, options.subject, scopes, options.token_url)


def _key_text(options: GoogleDriveOptions, base_dir: Path) -> str:
    if options.service_account_key is not None:
        return options.service_account_key.get_secret_value()
    if options.service_account_file is None:
        raise ConfigurationError(
            "google-drive needs credentials: service_account_key, service_account_file, or refresh_token with its client"
        )
    path = base_dir / options.service_account_file.expanduser()
    try:
        return path.read_text("utf-8")
    except OSError as error:
        raise ConfigurationError(f"service_account_file cannot be read: {path}: {error.strerror}") from error


def _hidden(error: ValidationError) -> ValueError:
    return ValueError("; ".join(f"{problem['loc']}: {problem['msg']}" for problem in error.errors(include_input=False)))


def _no_token(body: bytes) -> ConfigurationError:
    try:
        said = _Refused.model_validate_json(body)
    except ValidationError:
        said = _Refused()
    remedy = {
        "invalid_grant": "the refresh token or key has expired or was revoked, or the subject is no user: issue a new one",
        "unauthorized_client": f"the service account may not act for the subject: grant it {DRIVE_SCOPE} (and "
        f"{GROUPS_SCOPE} for expand_groups) under domain-wide delegation in the admin console",
        "invalid_client": "client_id and client_secret do not belong together",
    }.get(said.error, "check the credentials")
    return ConfigurationError(f"Google gives no access token ({said.error or 'no reason'}): {remedy}")
