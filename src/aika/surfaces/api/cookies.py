"""The two cookies: the session, and the attempt to sign in."""

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import HTTPConnection
from starlette.responses import Response

SESSION = "aika_session"
ATTEMPT = "aika_sign_in"
_HOST = "__Host-"
"""Browsers take such a cookie from this very host only, over https: a neighbouring host cannot put one of its own there."""
_STATE_CHARS = 12
"""Of an attempt, in its cookie's name, so that two tabs can sign in at once."""


@dataclass(frozen=True, slots=True)
class Cookies:
    """Reads and writes cookies of a request's browser."""

    secure: bool

    @classmethod
    def of(cls, connection: HTTPConnection, public_url: str | None) -> "Cookies":
        return cls(connection.url.scheme == "https" or (public_url or "").startswith("https://"))

    def session(self, connection: HTTPConnection) -> str | None:
        """Return the session that the browser holds."""
        return connection.cookies.get(self._named(SESSION))

    def keep_session(self, response: Response, secret: str, *, seconds: int) -> None:
        self._keep(response, self._named(SESSION), secret, seconds)

    def drop_session(self, response: Response) -> None:
        self._keep(response, self._named(SESSION), "", 0)

    def attempt(self, connection: HTTPConnection, state: str) -> str | None:
        """Return the attempt with this state that the browser carries."""
        return connection.cookies.get(self._attempt(state))

    def keep_attempt(self, response: Response, state: str, sealed: str, *, seconds: int) -> None:
        self._keep(response, self._attempt(state), sealed, seconds)

    def drop_attempt(self, response: Response, state: str) -> None:
        self._keep(response, self._attempt(state), "", 0)

    def _attempt(self, state: str) -> str:
        bare = "".join(each for each in state if each.isascii() and (each.isalnum() or each in "-_"))
        return self._named(f"{ATTEMPT}_{bare[:_STATE_CHARS]}")

    def _named(self, name: str) -> str:
        return f"{_HOST}{name}" if self.secure else name

    def _keep(self, response: Response, name: str, value: str, seconds: int) -> None:
        # Lax and not strict: one comes from links in mails and chats, and back from the identity provider.
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax")


def seconds_until(then: datetime, *, now: datetime) -> int:
    return max(0, int((then - now).total_seconds()))
