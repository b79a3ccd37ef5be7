"""Seals what a browser carries through signing in, and the provider's tokens in the database."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12
_KEY_BYTES = 32
_PURPOSE = b"aika: signing in"


class Sealing:
    """Opens only what it sealed itself, and only for the purpose that it was sealed for."""

    def __init__(self, installation: bytes, client_secret: str | None) -> None:
        """``installation`` is in the database, the same for every process; the other is not, so that one alone opens nothing."""
        derivation = HKDF(SHA256(), _KEY_BYTES, salt=installation, info=_PURPOSE)
        self._cipher = AESGCM(derivation.derive((client_secret or "").encode() + installation))

    def seal(self, content: bytes, *, of: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, content, of.encode())

    def unseal(self, sealed: bytes, *, of: str) -> bytes | None:
        """Return the content, ``None`` where it was sealed elsewhere, for something else, or was changed."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], of.encode())
        except (InvalidTag, ValueError):
            return None

    def seal_text(self, content: bytes, *, of: str) -> str:
        """The same as text that a cookie may hold."""
        return base64.urlsafe_b64encode(self.seal(content, of=of)).decode().rstrip("=")

    def unseal_text(self, sealed: str, *, of: str) -> bytes | None:
        try:
            raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        except ValueError:
            return None
        return self.unseal(raw, of=of)
