"""The generic signature of a notification: what a program without a scheme of its own signs that a source has changed.

The header ``Aika-Signature: t=UNIX_SECONDS,v1=HEX`` carries the HMAC-SHA256 of ``UNIX_SECONDS.BODY`` under the source's
``webhook_secret``: the form that Stripe made common.
"""

import hashlib
import hmac
import re
from datetime import datetime

from aika.domain.errors import AuthenticationError
from aika.domain.sources import Notification

HEADER = "aika-signature"
TOLERANCE = 300.0
"""Seconds. An older notification may be a recording of somebody's."""
_FORM = re.compile(r"t=(?P<at>\d{1,12}),v1=(?P<code>[0-9a-f]{64})")


def sign(secret: str, body: bytes, *, now: datetime) -> str:
    """Return the header's value."""
    at = int(now.timestamp())
    return f"t={at},v1={_code(secret, at, body)}"


def check_signature(secret: str, notification: Notification, *, now: datetime) -> None:
    """Raise `AuthenticationError` unless the notification is signed with this secret and recent."""
    match = _FORM.fullmatch(notification.headers.get(HEADER, ""))
    if match is None:
        raise AuthenticationError("the header Aika-Signature is missing or not of the form t=UNIX_SECONDS,v1=HEX")
    at = int(match["at"])
    if not hmac.compare_digest(_code(secret, at, notification.body), match["code"]):
        raise AuthenticationError("the signature does not fit the body and the source's webhook_secret")
    if abs(now.timestamp() - at) > TOLERANCE:
        raise AuthenticationError(f"the notification was signed more than {TOLERANCE:g} seconds ago: check both clocks")


def _code(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
