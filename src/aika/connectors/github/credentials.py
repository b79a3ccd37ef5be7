"""How the connector signs in: with nothing, with a token, or as a GitHub App."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
from pydantic import SecretStr, ValidationError

from aika.connectors.github.options import AppOptions
from aika.connectors.github.wire import InstallationToken
from aika.domain.errors import ConfigurationError, PermanentError
from aika.http import HttpClient, Request

_EARLY = timedelta(minutes=5)
"""An installation's token is replaced so long before it expires, since a request may take a while."""
_CLOCKS_DIFFER = timedelta(minutes=1)
_LIFE = timedelta(minutes=9)
"""GitHub takes no App token that lives longer than ten minutes."""


class TokenCredentials:
    """A personal access token, or nothing."""

    def __init__(self, token: SecretStr | None) -> None:
        self._token = token

    async def header(self) -> str | None:
        return None if self._token is None else f"Bearer {self._token.get_secret_value()}"

    def renew(self) -> bool:
        """Forget what was refused; return whether there can be anything new."""
        return False

    @property
    def remedy(self) -> str:
        if self._token is None:
            return "give the source a token (option token)"
        return "it has expired, was revoked, or is mistyped: make a new one on GitHub and put it where the option token says"


class AppCredentials:
    """A GitHub App's installation. Its token lives for an hour and is replaced in time."""

    def __init__(self, http: HttpClient, api_url: str, app: AppOptions, key: str, now: Callable[[], datetime]) -> None:
        self._http = http
        self._url = f"{api_url}/app/installations/{app.installation_id}/access_tokens"
        self._app_id = app.app_id
        self._key = key
        self._now = now
        self._token: InstallationToken | None = None
        self._renewing = asyncio.Lock()

    async def header(self) -> str | None:
        async with self._renewing:
            if self._token is None or self._token.expires_at - self._now() < _EARLY:
                self._token = await self._requested()
            return f"Bearer {self._token.token}"

    def renew(self) -> bool:
        had = self._token is not None
        self._token = None
        return had

    @property
    def remedy(self) -> str:
        return "the App's installation was removed or suspended: install it again, or correct installation_id"

    async def _requested(self) -> InstallationToken:
        answer = await self._http.send(
            Request(
                "POST",
                self._url,
                headers={"Authorization": f"Bearer {self._signed()}", "Accept": "application/vnd.github+json"},
                accept=frozenset({401, 403, 404, 422}),
            )
        )
        if answer.status >= 400:
            raise ConfigurationError(
                f"GitHub answered {answer.status} to the App's request for a token: check app_id, installation_id and "
                "the private key, and that the App is still installed"
            )
        try:
            return InstallationToken.model_validate_json(answer.content)
        except ValidationError as error:
            # Without the cause: it would show the token.
            raise PermanentError(
                f"GitHub's answer to the App's request for a token is malformed: {error.error_count()} fields"
            ) from None

    def _signed(self) -> str:
        now = self._now()
        claims = {"iat": now - _CLOCKS_DIFFER, "exp": now + _LIFE, "iss": self._app_id}
        try:
            return jwt.encode(claims, self._key, algorithm="RS256")
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            raise ConfigurationError(
                "the App's private key cannot be used: it must be the whole PEM text that GitHub let you download"
            ) from error


async def app_key(app: AppOptions, base_dir: Path) -> str:
    """Return the App's private key. Raises `ConfigurationError` where its file cannot be read."""
    if app.private_key is not None:
        return app.private_key.get_secret_value()
    assert app.private_key_file is not None  # noqa: S101  # the options were checked
    path = base_dir / app.private_key_file.expanduser()
    try:
        return await asyncio.to_thread(path.read_text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the App's private key {path} cannot be read: {error}") from error


def utc_now() -> datetime:
    return datetime.now(UTC)
