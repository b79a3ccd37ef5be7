"""Where things are in Drive: folders above a file, and whether it is in the source's part."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import takewhile

from aika.connectors.google_drive.api import GoogleApi
from aika.connectors.google_drive.files import FILE_FIELDS, FOLDER, FOLDER_FIELDS, DriveFile
from aika.connectors.google_drive.options import GoogleDriveOptions
from aika.domain.errors import ConfigurationError

_FOLDERS = f"mimeType = '{FOLDER}' and trashed = false"
_FILES = f"mimeType != '{FOLDER}' and trashed = false"
_DEEPEST = 100
"""Drive allows a hundred levels."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A file and the way to it."""

    file: DriveFile
    path: str
    """Folders' names and its own, joined by ``/``, below the drive or the configured folder."""
    limited: bool
    """Whether a folder above it, or it itself, keeps the shared drive's members out."""


@dataclass(slots=True)
class Tree:
    """The folders that are known, and those that have to be asked for."""

    api: GoogleApi
    options: GoogleDriveOptions
    _folders: dict[str, DriveFile | None] = field(default_factory=dict)

    async def everything(self) -> AsyncIterator[Placed]:
        """Yield each file of the source's part once."""
        options = self.options
        whole: list[str | None] = [*options.drives] or ([None] if not options.folders else [])
        seen: set[str] = set()
        for drive in whole:
            async for folder in self.api.files(_FOLDERS, FOLDER_FIELDS, drive=drive):
                self._folders[folder.id] = folder
            async for file in self.api.files(_FILES, FILE_FIELDS, drive=drive):
                if file.id not in seen:
                    seen.add(file.id)
                    yield await self.placed(file)
        for root in options.folders:
            async for file in self._below(await self._root(root)):
                if file.id not in seen:
                    seen.add(file.id)
                    yield await self.placed(file)

    async def below(self, folder: DriveFile) -> AsyncIterator[Placed]:
        """Yield every file below a folder, wherever that is."""
        async for file in self._below(folder):
            yield await self.placed(file)

    async def _below(self, top: DriveFile) -> AsyncIterator[DriveFile]:
        waiting, entered = [top], {top.id}
        while waiting:
            folder = waiting.pop()
            self._folders[folder.id] = folder
            children = f"'{folder.id}' in parents and trashed = false"
            async for child in self.api.files(children, FILE_FIELDS, drive=folder.drive):
                if not child.is_folder:
                    yield child
                elif child.id not in entered:
                    entered.add(child.id)
                    waiting.append(child)

    async def _root(self, id: str) -> DriveFile:
        folder = await self.api.file(id, FOLDER_FIELDS)
        if folder is None or folder.trashed:
            raise ConfigurationError(
                f"there is no folder {id!r} that the account may see: correct folders, or share the folder with the account"
            )
        return folder

    def note(self, folder: DriveFile) -> None:
        """Take in what is new about a folder."""
        self._folders[folder.id] = folder

    async def placed(self, file: DriveFile) -> Placed:
        """Return a file with the way to it from the drive's root or from the configured folder."""
        above = await self._above(file)
        names = [folder.name for folder in takewhile(lambda folder: folder.id not in self.options.folders, above)]
        # Also a folder above the configured one may keep members out.
        limited = file.limited or any(folder.limited for folder in above)
        # A name may hold a slash, which is no way into a folder.
        parts = (name.replace("/", "∕") for name in (*reversed(names), file.file_name))
        return Placed(file, "/".join(parts), limited)

    async def holds(self, file: DriveFile) -> bool:
        """Return whether a file or folder is in the source's part now."""
        options = self.options
        if not (options.drives or options.folders) or file.drive in options.drives:
            return True
        if not options.folders:
            return False
        return file.id in options.folders or any(folder.id in options.folders for folder in await self._above(file))

    async def _above(self, file: DriveFile) -> list[DriveFile]:
        """Return the folders above, nearest first, as far as the account may see them; a shared drive is none."""
        found: list[DriveFile] = []
        parents = file.parents
        # A file has one parent; only files of long ago have several.
        while parents and len(found) < _DEEPEST and parents[0] != file.drive:
            if parents[0] not in self._folders:
                self._folders[parents[0]] = await self.api.file(parents[0], FOLDER_FIELDS)
            folder = self._folders[parents[0]]
            if folder is None:
                break
            found.append(folder)
            parents = folder.parents
        return found
