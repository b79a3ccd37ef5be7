"""Whether a notification comes from who it says: signatures and secrets, compared in constant time."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

from pydantic import SecretStr

from aika.domain.errors import AuthenticationError
from aika.domain.sources import Notification

TOLERANCE = timedelta(minutes=5)
"""How old a signed time may be, and how far ahead a clock."""


def check_signature(notification: Notification, secret: SecretStr | None, *, header: str, prefix: str = "") -> None:
    """Check that a header holds the body's HMAC-SHA256 in hexadecimal. Raises `AuthenticationError`."""
    given = notification.headers.get(header, "").removeprefix(prefix)
    expected = hmac.new(_bytes(secret), notification.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(given.lower().encode(), expected.encode()):
        raise AuthenticationError(f"the notification's signature ({header}) is missing or wrong: check webhook_secret")


def check_bearer(notification: Notification, secret: SecretStr | None) -> None:
    """Check that the header ``Authorization`` holds the secret, alone or after ``Bearer``. Raises `AuthenticationError`."""
    given = notification.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(given.encode(), _bytes(secret)):
        raise AuthenticationError("the notification's token is missing or wrong: check webhook_secret")


def check_age(said: datetime, *, now: datetime | None = None) -> None:
    """Check that a signed time is about now, so that a recorded notification proves nothing later."""
    if abs((now or datetime.now(UTC)) - said) > TOLERANCE:
        raise AuthenticationError("the notification is too old, or this machine's clock is wrong")


def _bytes(secret: SecretStr | None) -> bytes:
    # An empty secret would let everybody sign.
    if secret is None or not secret.get_secret_value():
        raise AuthenticationError("this source takes no notifications: set webhook_secret in its options")
    return secret.get_secret_value().encode()
