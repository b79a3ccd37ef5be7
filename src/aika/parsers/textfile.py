"""The bytes of a text file as text, and telling text from what only carries a text file's name.

Every parser of a text format begins here, so that a picture called ``notes.md`` is refused with the same words everywhere.
"""

import codecs
import re
from dataclasses import dataclass

from aika.domain.errors import UnreadableDocumentError

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x7fELF", "a Linux program"),
    (b"\xca\xfe\xba\xbe", "a Java class or a macOS program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"\x00asm", "a WebAssembly module"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"RIFF", "a RIFF media file"),
    (b"OggS", "an Ogg media file"),
    (b"ID3", "an MP3 file"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer without the content it points to"),
)
# These begin with letters that a text may begin with as well: believed only beside bytes that no text has.
_AMBIGUOUS = (b"BZh", b"PAR1", b"RIFF", b"OggS", b"ID3", b"wOFF", b"wOF2")

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# Git calls a file binary that has a NUL in its first 8,000 bytes.
_SNIFFED = 8000
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_SURROGATES = re.compile("[\ud800-\udfff]")
# What servers and editors say that do not know. Browsers take it as Windows-1252, and so does the guess.
_UNKNOWING = frozenset({"latin-1", "latin1", "iso-8859-1", "us-ascii", "ascii", "utf-16", "utf-32", "utf-7"})
_ADVICE = "correct the file's name, or exclude it"


@dataclass(frozen=True, slots=True)
class TextFile:
    text: str
    """With ``\\n`` as the only line end, and without byte order mark, lone surrogates and NULs, which databases refuse."""
    warnings: tuple[str, ...] = ()


def read_text(content: bytes, *, expected: str, media_type: str | None = None) -> TextFile:
    """Return the text, unchanged but for what `TextFile` says.

    ``expected`` names the format in messages. The media type's ``charset`` is believed where the bytes agree with it.
    Raises `UnreadableDocumentError`, with what the content looks like, where it is not text.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _finished(content[len(mark) :].decode(encoding, errors="replace"), ())
    unmarked = _unmarked_utf16(content)
    if unmarked is not None:
        return _finished(content.decode(unmarked, errors="replace"), ())
    refuse_binary(content, expected=expected)
    declared = _CHARSET.search(media_type or "")
    text = _decoded(content, declared[1]) if declared else None
    return _finished(text, ()) if text is not None else _finished(*_guessed(content))


def refuse_binary(content: bytes, *, expected: str) -> None:
    """Raise `UnreadableDocumentError` that says what the content looks like, where it is not text."""
    sample = content[:_SNIFFED]
    controls = len(_CONTROL.findall(sample))
    for signature, name in _SIGNATURES:
        if content.startswith(signature) and (signature not in _AMBIGUOUS or controls):
            raise UnreadableDocumentError(f"looks like {name}, not {expected}: {_ADVICE}")
    if sample[4:8] == b"ftyp":
        raise UnreadableDocumentError(f"looks like a video, not {expected}: {_ADVICE}")
    if b"\x00" in sample or controls > len(sample) / 10:
        raise UnreadableDocumentError(
            f"looks like binary data, not {expected}: {_ADVICE}, or save it as UTF-8 where it is text"
        )


def storable(text: str) -> str:
    """Return text that every database takes: lone surrogates and NULs become the replacement character."""
    return _SURROGATES.sub("\ufffd", text).replace("\x00", "\ufffd")


def _finished(text: str, warnings: tuple[str, ...]) -> TextFile:
    if "\x00" in text:
        warnings = (*warnings, f"{text.count(chr(0))} NUL characters were replaced")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return TextFile(storable(text), warnings)


def _unmarked_utf16(content: bytes) -> str | None:
    """Western text in UTF-16 has a NUL at every other byte, and nowhere else."""
    sample = content[:_SNIFFED]
    if len(sample) < 8 or len(content) % 2:
        return None
    even, odd = sample[0::2], sample[1::2]
    if odd.count(0) > len(odd) * 0.7 and even.count(0) == 0:
        return "utf-16-le"
    if even.count(0) > len(even) * 0.7 and odd.count(0) == 0:
        return "utf-16-be"
    return None


def _decoded(content: bytes, encoding: str) -> str | None:
    if encoding.lower() in _UNKNOWING:
        return None
    try:
        return content.decode(encoding)
    except (LookupError, ValueError):
        return None  # not an encoding, or not this one: the bytes themselves decide


def _guessed(content: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return content.decode("utf-8"), ()
    except UnicodeDecodeError:
        patched = content.decode("utf-8", errors="replace")
    broken = patched.count("\ufffd")
    sound = sum(1 for character in patched if character > "\x7f") - broken
    if sound > broken:
        return patched, (f"{broken} places are not valid UTF-8 and were replaced",)
    try:
        return content.decode("cp1252"), ("not UTF-8: read as Windows-1252 (Latin-1); check the accented letters",)
    except UnicodeDecodeError:
        return content.decode("latin-1"), ("not UTF-8: read as Latin-1; check the accented letters",)
