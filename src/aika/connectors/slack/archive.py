"""The files of a workspace export: a folder, or the ZIP file as Slack gives it."""

import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from aika.domain.errors import ConfigurationError, TransientError, UnreadableDocumentError

LARGEST = 256 * 1024 * 1024
"""Bytes of one file, unpacked: far more than a day of any channel."""
_LISTS = ("channels.json", "groups.json", "users.json")
_SCAN_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Archive:
    """An export's files by their paths in it, each with what tells that it has changed."""

    place: Path
    inside: str
    """The folder that the export is in, within the ZIP file or the folder; empty where it is at the top."""
    stamps: Mapping[str, str]
    newest_ns: int
    is_zip: bool
    _days: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, place: Path) -> "Archive":
        """Raises `ConfigurationError` where there is no export, `TransientError` where it cannot be read now."""
        try:
            if place.is_file():
                return cls._zipped(place)
            if place.is_dir():
                return cls._folder(place)
        except zipfile.BadZipFile as error:
            raise ConfigurationError(f"{place.name} is not a ZIP file: {error}") from error
        except OSError as error:
            raise TransientError(f"{place} cannot be read: {error.strerror or error}") from error
        raise ConfigurationError(f"there is no folder or ZIP file {place}: correct the source's path")

    @classmethod
    def _zipped(cls, place: Path) -> "Archive":
        modified = place.stat().st_mtime_ns
        with zipfile.ZipFile(place) as opened:
            found = {
                info.filename: f"{info.CRC}-{info.file_size}"
                for info in opened.infolist()
                if not info.is_dir() and info.filename.endswith(".json")
            }
        return cls._made(place, found, modified, is_zip=True)

    @classmethod
    def _folder(cls, place: Path) -> "Archive":
        found, newest = {}, 0
        for path in sorted(place.glob("**/*.json")):
            relative = path.relative_to(place).as_posix()
            if relative.count("/") > _SCAN_DEPTH:
                continue
            status = path.stat()
            if stat.S_ISREG(status.st_mode):
                found[relative] = f"{status.st_mtime_ns}-{status.st_size}"
                newest = max(newest, status.st_mtime_ns)
        return cls._made(place, found, newest, is_zip=False)

    @classmethod
    def _made(cls, place: Path, found: Mapping[str, str], newest: int, *, is_zip: bool) -> "Archive":
        lists = [path for path in found if PurePosixPath(path).name in _LISTS and not path.startswith("__MACOSX")]
        if not lists:
            raise ConfigurationError(
                f"{place.name} is no Slack export: there is neither channels.json nor groups.json nor users.json in it"
            )
        top = min(lists, key=lambda path: (path.count("/"), path))
        inside = top.rpartition("/")[0]
        prefix = f"{inside}/" if inside else ""
        stamps = {path.removeprefix(prefix): stamp for path, stamp in found.items() if path.startswith(prefix)}
        return cls(place, inside, stamps, newest, is_zip)

    def days(self, folder: str) -> list[str]:
        """Return a channel's day files, oldest first."""
        if not self._days:
            for path in sorted(self.stamps):
                where, _, _ = path.rpartition("/")
                self._days.setdefault(where, []).append(path)
        return self._days.get(folder, [])

    @contextmanager
    def opened(self) -> Iterator["Reader"]:
        """Open it to read many files."""
        if not self.is_zip:
            yield Reader(self, None)
            return
        try:
            with zipfile.ZipFile(self.place) as opened:
                yield Reader(self, opened)
        except (OSError, zipfile.BadZipFile) as error:
            raise TransientError(f"{self.place.name} cannot be read: {error}. Sync again") from error


@dataclass(frozen=True, slots=True)
class Reader:
    archive: Archive
    zipped: zipfile.ZipFile | None

    def read(self, path: str) -> bytes:
        """Raises `UnreadableDocumentError` with the reason."""
        full = f"{self.archive.inside}/{path}" if self.archive.inside else path
        try:
            if self.zipped is None:
                file = self.archive.place / full
                size = file.stat().st_size
                content = b"" if size > LARGEST else file.read_bytes()
            else:
                size = self.zipped.getinfo(full).file_size
                content = b"" if size > LARGEST else self.zipped.read(full)
        except FileNotFoundError as error:
            raise UnreadableDocumentError("it vanished while the export was read; sync again") from error
        except (OSError, KeyError, zipfile.BadZipFile, RuntimeError) as error:
            raise UnreadableDocumentError(f"it cannot be read: {error}") from error
        if size > LARGEST:
            raise UnreadableDocumentError(f"it has {size / 1e6:,.0f} MB, more than a day of messages can have")
        return content
