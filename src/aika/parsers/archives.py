"""Office files are ZIP archives: what to check before a library opens one."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from aika.domain.errors import UnreadableDocumentError
from aika.parsers.textfile import storable

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""The beginning of Microsoft's older container, which also holds encrypted files of the new formats."""
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_UNPACKED = 512_000_000
"""Bytes. The libraries keep all parts in memory, pictures and videos included."""
_MARKUP = 150_000_000
"""Bytes of XML, which takes ten times as much once it is parsed."""
_PARTS = 20_000


def checked_archive(content: bytes, *, what: str, save_as: str) -> BytesIO:
    """Return the archive as a file. Raises `UnreadableDocumentError` where it is none, is encrypted, or unpacks to too much.

    The sizes that an archive claims can be trusted: Python stops unpacking a part where its claim ends.
    """
    if content.startswith(_COMPOUND_FILE):
        if _ENCRYPTED in content:
            raise UnreadableDocumentError("it is encrypted: save it without a password")
        raise UnreadableDocumentError(f"it is in a format of before 2007: save it as {save_as}")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableDocumentError(f"it is damaged, or not {what}: {error}") from error
    unpacked = sum(part.file_size for part in parts)
    markup = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if unpacked > _UNPACKED or markup > _MARKUP or len(parts) > _PARTS:
        raise UnreadableDocumentError(
            f"it unpacks to {unpacked / 1e6:,.0f} MB, {markup / 1e6:,.0f} MB of it markup, in {len(parts):,} parts: that is too "
            "much to read safely; split it, or exclude it"
        )
    return BytesIO(content)


@contextmanager
def damage_reported(what: str) -> Iterator[None]:
    """Turn whatever a library raises for a damaged file into `UnreadableDocumentError`."""
    try:
        yield
    except UnreadableDocumentError:
        raise
    # The libraries promise nothing: a wrong byte comes out as KeyError, XMLSyntaxError, zlib.error, AttributeError and more.
    except Exception as error:
        said = storable(f"{type(error).__name__}: {error}")[:200]
        raise UnreadableDocumentError(
            f"it is damaged, or not {what} ({said}): open it, save it anew, and sync again"
        ) from error
