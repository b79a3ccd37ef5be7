"""A folder of files.

Listing reads the contents only of files that say something of others, such as CODEOWNERS and ``mkdocs.yml``: a file's version
is its modification time and size, and what those say of it. What is never a document (images, archives, programs, lock files,
keys) is left out without a word; everything else is either found or reported as failed.
"""

import asyncio
import errno
import logging
import os
import stat
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from pydantic import Field, PositiveInt, field_validator

from aika.connectors.exclusions import Rules, is_virtual_environment
from aika.connectors.trees.describing import Describer, OwnersOption, SiteOption, SiteUrlOption
from aika.connectors.trees.files import FolderTree
from aika.connectors.trees.ownership import OWNER_RULES
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError, PermanentError, TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found
from aika.registry import Options, Surroundings

logger = logging.getLogger(__name__)

_BATCH = 500
_RACY_NS = 2_000_000_000
"""The coarsest modification times in use (FAT) are two seconds apart: a file changed twice within them may look unchanged."""


class FilesystemOptions(Options):
    """A folder, and which of its files to read."""

    path: Path = Field(description="The folder, or one file. Relative to the configuration file's folder.")
    include: tuple[str, ...] = Field(
        default=(),
        description="Patterns as in .gitignore. Where there are any, only files that match one are read.",
    )
    exclude: tuple[str, ...] = Field(
        default=(),
        description="Patterns as in .gitignore of what to leave out. '!*.svg' brings back what is left out by default.",
    )
    ignore_files: bool = Field(default=True, description="Whether to honor .gitignore and .aikaignore.")
    default_excludes: bool = Field(
        default=True,
        description="Whether to leave out images, archives, programs, build output, lock files, keys and tools' folders.",
    )
    follow_symlinks: bool = Field(
        default=False,
        description="Whether to read what symbolic links point to, also outside the folder.",
    )
    max_file_bytes: PositiveInt = Field(default=32 * 1024 * 1024, description="Larger files are reported, not read.")
    link_template: str | None = Field(
        default=None,
        description="A URL with {path}, such as https://github.com/org/repo/blob/main/{path}. The default is a file:// URL.",
    )

    site: SiteOption = "auto"
    site_url: SiteUrlOption = None
    owners: OwnersOption = OWNER_RULES

    @field_validator("link_template")
    @classmethod
    def _names_the_path(cls, template: str | None) -> str | None:
        if template is not None and "{path}" not in template:
            raise ValueError("must contain {path}, the place of the file's path in the link")
        return template


class FilesystemConnector:
    """Reads a folder. Every run lists it whole; there is no cursor to start from."""

    Options = FilesystemOptions

    def __init__(self, root: Path, options: FilesystemOptions, *, now_ns: Callable[[], int] = time.time_ns) -> None:
        self._root = root
        self._options = options
        self._now_ns = now_ns
        self._rules = Rules.of(
            options.include,
            options.exclude,
            defaults=options.default_excludes,
            ignore_files=options.ignore_files,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, options: FilesystemOptions, surroundings: Surroundings) -> AsyncIterator["FilesystemConnector"]:
        root = await asyncio.to_thread(_existing, surroundings.base_dir / options.path.expanduser())
        yield cls(root, options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield every file, then a `Checkpoint`, which is complete unless a folder could not be listed."""
        walk = _Walk(self._root, self._rules, self._options.follow_symlinks)
        about = _About.of(self._root, self._options)
        listed = (item if isinstance(item, Failed) else self._event(item, about) for item in walk.files())
        while batch := await asyncio.to_thread(lambda: list(islice(listed, _BATCH))):
            for event in batch:
                yield event
        logger.info("folder listed", extra={"path": str(self._root), "excluded": walk.excluded})
        yield Checkpoint(Cursor(str(self._now_ns())), complete=not walk.unlisted)

    def _event(self, file: "_File", about: "_About") -> Event:
        limit = self._options.max_file_bytes
        if file.size > limit:
            return Failed(file.key, _too_large(file.size, limit))
        version = f"{file.modified_ns}-{file.size}-{about.describer.fingerprint(about.path_of(file))}"
        now = self._now_ns()
        if abs(now - file.modified_ns) < _RACY_NS:
            version = f"{version}-{now}"
        return Found(file.key, version, partial(asyncio.to_thread, self._load, file, about))

    def _load(self, file: "_File", about: "_About") -> RawDocument:
        limit = self._options.max_file_bytes
        try:
            with file.path.open("rb") as stream:
                modified = os.fstat(stream.fileno()).st_mtime
                content = stream.read(limit + 1)
        except FileNotFoundError as error:
            raise UnreadableDocumentError("it vanished while the source was read; sync again") from error
        except PermissionError as error:
            raise UnreadableDocumentError(
                "the permission to read it is missing: grant it or exclude the file"
            ) from error
        except OSError as error:
            raise TransientError(f"{file.key} could not be read: {error.strerror or error}") from error
        if len(content) > limit:
            raise UnreadableDocumentError(_too_large(len(content), limit))
        said = about.describer.describe(about.path_of(file), content)
        return RawDocument(
            key=file.key,
            content=content,
            path=file.key,
            title=said.title,
            url=self._url(file, said.url),
            kind=said.kind,
            owner=said.owner,
            modified_at=datetime.fromtimestamp(modified, UTC),
            attributes=said.attributes,
        )

    def _url(self, file: "_File", published: str | None) -> str:
        if self._options.link_template is None:
            return published or file.path.as_uri()
        return self._options.link_template.replace("{path}", quote(file.key, safe="/"))


@dataclass(frozen=True, slots=True)
class _File:
    key: str
    path: Path
    modified_ns: int
    size: int
    identity: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _About:
    """What the tree says of its files during one run."""

    describer: Describer
    above: str
    """The way from the root of the Git repository to the source's folder, which may lie deeper."""

    @classmethod
    def of(cls, root: Path, options: FilesystemOptions) -> "_About":
        folder = root if root.is_dir() else root.parent
        top = _repository_of(folder) or folder
        above = "" if top == folder else f"{folder.relative_to(top).as_posix()}/"
        describer = Describer(FolderTree(top), site=options.site, site_url=options.site_url, owners=options.owners)
        return cls(describer, above)

    def path_of(self, file: _File) -> str:
        return self.above + file.key


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    prefix: str
    """Of the keys of what is in it: empty, or with a ``/`` at its end."""
    rules: Rules


class _Walk:
    """One pass over the tree. Symbolic links are followed last, so that a file keeps the key of its real path and a loop ends."""

    def __init__(self, root: Path, rules: Rules, follow: bool) -> None:
        self.excluded = 0
        """Entries left out by rules; a folder counts once."""
        self.unlisted = 0
        """Folders whose contents are unknown."""
        self._root = root
        self._rules = rules
        self._follow = follow
        self._folders: list[_Folder] = []
        self._links: list[tuple[os.DirEntry[str], _Folder]] = []
        self._seen: set[tuple[int, int]] = set()

    def files(self) -> Iterator[_File | Failed]:
        """Raises `TransientError` or `PermanentError` when the root itself cannot be listed."""
        if not self._root.is_dir():
            yield from self._single()
            return
        self._folders.append(_Folder(self._root, "", _rules_above(self._root, self._rules)))
        while self._folders or self._links:
            if self._folders:
                yield from self._enter(self._folders.pop())
            else:
                yield from self._follow_link(*self._links.pop(0))

    def _single(self) -> Iterator[_File | Failed]:
        try:
            yield _file(_key(self._root.name), self._root, self._root.stat())
        except OSError as error:
            raise TransientError(f"{self._root} cannot be read: {error.strerror or error}") from error

    def _enter(self, folder: _Folder) -> Iterator[_File | Failed]:
        try:
            status = folder.path.stat()
            with os.scandir(folder.path) as scanned:
                entries = sorted(scanned, key=lambda entry: entry.name)
            names = {entry.name for entry in entries}
            rules = folder.rules.within(folder.path, folder.prefix, names)
        except OSError as error:
            yield self._cannot_list(folder, error)
            return
        identity = (status.st_dev, status.st_ino)
        if identity in self._seen:
            return
        self._seen.add(identity)
        if folder.prefix and is_virtual_environment(names) and rules.defaults:
            self.excluded += 1
            return
        here = _Folder(folder.path, folder.prefix, rules)
        below: list[_Folder] = []
        for entry in entries:
            yield from self._judge(entry, here, names, below)
        # Reversed, because the folder that is entered next is taken from the end.
        self._folders.extend(reversed(below))

    def _judge(
        self, entry: os.DirEntry[str], folder: _Folder, siblings: set[str], below: list[_Folder]
    ) -> Iterator[_File | Failed]:
        relative = f"{folder.prefix}{_key(entry.name)}"
        try:
            is_folder = entry.is_dir()
            if folder.rules.excludes(relative, folder=is_folder, siblings=siblings):
                self.excluded += 1
            elif entry.is_symlink():
                yield from self._meet_link(entry, folder, relative)
            elif is_folder:
                below.append(_Folder(Path(entry.path), f"{relative}/", folder.rules))
            elif entry.is_file():
                yield from self._listed(_file(relative, Path(entry.path), entry.stat()))
        except OSError as error:
            yield Failed(relative, _reason(error))

    def _listed(self, file: _File) -> Iterator[_File]:
        self._seen.add(file.identity)
        if file.size:
            yield file
        else:
            # An empty file, such as Python's __init__.py, is no document and no failure.
            self.excluded += 1

    def _meet_link(self, entry: os.DirEntry[str], folder: _Folder, relative: str) -> Iterator[Failed]:
        try:
            Path(entry.path).stat()
        except OSError as error:
            yield Failed(relative, _reason(error))
            return
        if self._follow:
            self._links.append((entry, folder))
        else:
            self.excluded += 1

    def _follow_link(self, entry: os.DirEntry[str], folder: _Folder) -> Iterator[_File | Failed]:
        relative = f"{folder.prefix}{_key(entry.name)}"
        path = Path(entry.path)
        try:
            status = path.stat()
        except OSError as error:
            yield Failed(relative, _reason(error))
            return
        if (status.st_dev, status.st_ino) in self._seen:
            return
        if stat.S_ISDIR(status.st_mode):
            self._folders.append(_Folder(path, f"{relative}/", folder.rules))
        elif stat.S_ISREG(status.st_mode):
            yield from self._listed(_file(relative, path, status))

    def _cannot_list(self, folder: _Folder, error: OSError) -> Failed:
        self.unlisted += 1
        if folder.path == self._root:
            kind = PermanentError if error.errno in (errno.EACCES, errno.EPERM) else TransientError
            raise kind(f"the folder {self._root} cannot be listed: {_reason(error)}") from error
        return Failed(
            folder.prefix,
            f"the folder cannot be listed: {_reason(error)}. Until it can, nothing of this source is removed; "
            "grant access or exclude the folder",
        )


def _existing(path: Path) -> Path:
    try:
        resolved = path.resolve()
        mode = resolved.stat().st_mode
    except FileNotFoundError as error:
        raise ConfigurationError(f"there is no folder or file {path}: correct the source's path") from error
    except (OSError, RuntimeError) as error:  # RuntimeError is how Path.resolve reports a loop of links
        raise ConfigurationError(f"{path} cannot be opened: {error}") from error
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
        raise ConfigurationError(f"{path} is neither a folder nor a file: correct the source's path")
    return resolved


def _rules_above(root: Path, rules: Rules) -> Rules:
    """Return the rules with the ignore files of the folders above, up to the root of the Git repository they are in."""
    repository = _repository_of(root)
    above = [folder for folder in root.parents if repository is not None and folder.is_relative_to(repository)]
    for folder in reversed(above):
        rules = rules.below(folder, root)
    return rules


def _repository_of(folder: Path) -> Path | None:
    """Return the root of the Git repository that a folder is in."""
    return next((above for above in (folder, *folder.parents) if (above / ".git").exists()), None)


def _file(key: str, path: Path, status: os.stat_result) -> _File:
    return _File(key, path, status.st_mtime_ns, status.st_size, (status.st_dev, status.st_ino))


def _key(name: str) -> str:
    """Return a name as text. Bytes that are not UTF-8 become ``\\xe9``, since a key must be storable everywhere."""
    return os.fsencode(name).decode("utf-8", errors="backslashreplace")


def _reason(error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return "a symbolic link points to nothing: repair or remove it"
    if error.errno == errno.ELOOP:
        return "a symbolic link points to itself: repair or remove it"
    if error.errno in (errno.EACCES, errno.EPERM):
        return "the permission to read it is missing"
    return error.strerror or str(error)


def _too_large(size: int, limit: int) -> str:
    return (
        f"it has {size / 1e6:,.1f} MB, more than the {limit / 1e6:,.1f} MB that max_file_bytes allows: "
        "raise max_file_bytes in the source's options, or exclude the file"
    )
