"""Signatures of requests to S3: AWS Signature Version 4, for requests without a body.

Our own sixty lines, because the libraries that sign bring an HTTP client or a whole SDK with them, and requests of aika
leave through one client only. Tested against the examples that AWS publishes.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

EMPTY_BODY = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key. ``session_token`` belongs to temporary ones."""

    access_key_id: str
    secret_access_key: SecretStr
    session_token: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs requests of one account to one region."""

    credentials: Credentials
    region: str
    service: str = "s3"

    def headers(self, method: str, url: str, *, at: datetime, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the headers to send: those of ``extra`` (lower case), the date and the signature. ``at`` is in UTC.

        The URL must be encoded as it is sent; see `encoded` and `query_of`.
        """
        parts = urlsplit(url)
        stamp = at.strftime("%Y%m%dT%H%M%SZ")
        sent = {**(extra or {}), "x-amz-content-sha256": EMPTY_BODY, "x-amz-date": stamp}
        if self.credentials.session_token is not None:
            sent["x-amz-security-token"] = self.credentials.session_token.get_secret_value()
        signed = {**sent, "host": parts.netloc}
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name].strip()}\n" for name in sorted(signed))
        request = "\n".join((method, parts.path or "/", parts.query, lines, names, EMPTY_BODY))
        scope = f"{stamp[:8]}/{self.region}/{self.service}/aws4_request"
        to_sign = "\n".join((_ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
        signature = hmac.new(self._key(stamp[:8]), to_sign.encode(), hashlib.sha256).hexdigest()
        credential = f"Credential={self.credentials.access_key_id}/{scope}"
        return {**sent, "authorization": f"{_ALGORITHM} {credential},SignedHeaders={names},Signature={signature}"}

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self.credentials.secret_access_key.get_secret_value()}".encode()
        for part in (day, self.region, self.service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key


def encoded(path: str) -> str:
    """Return a path as it is sent and signed: every byte encoded save the unreserved ones of RFC 3986 and the slash."""
    return quote(path, safe="/-_.~")


def query_of(parameters: Mapping[str, str]) -> str:
    """Return a query as it is sent and signed: encoded, and in order."""
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in parameters.items())
    return "&".join(f"{name}={value}" for name, value in pairs)
