"""The key that tokens of personal search are sealed with: a file beside the database, so that the database alone opens none."""

import base64
import hashlib
import hmac
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from aika.domain.errors import ConfigurationError

KEY_FILE = "slack-personal.key"
_KEY_BYTES = 32
_NONCE_BYTES = 12
# The key signs too, and a key of its own is derived for that.
_SIGNING = b"aika personal search: links"


class Sealing:
    """Seals tokens, each for one place where it may be opened again, and signs links."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)
        self._signing = hmac.digest(key, _SIGNING, hashlib.sha256)

    @classmethod
    def of_folder(cls, folder: Path) -> "Sealing":
        """Read the key of a data directory, or make one.

        Raises `ConfigurationError` where others may read it, or where it is no key.
        """
        path = folder / KEY_FILE
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return cls(_read(path))
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return cls(_read(path))

    def seal(self, text: str, *, of: str) -> bytes:
        """Return the text so that only the key opens it, and only for the place it is of."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), of.encode())

    def unseal(self, sealed: bytes, *, of: str) -> str | None:
        """Return the text, ``None`` where it was sealed with another key, for another place, or was changed."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], of.encode()).decode()
        except (InvalidTag, ValueError):
            return None

    def signature(self, text: str) -> str:
        return hmac.new(self._signing, text.encode(), hashlib.sha256).hexdigest()

    def is_signed(self, text: str, signature: str) -> bool:
        return hmac.compare_digest(self.signature(text), signature)


def _read(path: Path) -> bytes:
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ConfigurationError(f"{path} can be read by others than its owner: chmod 600 {path}")
    try:
        key = base64.b64decode(path.read_bytes(), validate=False)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(
            f"{path} holds no key. Restore it, or delete it: people then have to connect personal search again"
        )
    return key
