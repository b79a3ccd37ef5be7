"""Google Drive as a source.

A full run lists files without reading them. Between full runs, Drive's feed of changes says what is new, different, moved,
shared differently, or gone. A document's key is its id, which stays when the file is renamed or moved.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from aika.connectors.choosing import PathChoice
from aika.connectors.google_drive.api import GoogleApi, reason_of
from aika.connectors.google_drive.credentials import Tokens, grant_of
from aika.connectors.google_drive.exported_html import cleaned
from aika.connectors.google_drive.files import EXPORTS, FILE_FIELDS, Change, DriveFile
from aika.connectors.google_drive.options import GoogleDriveOptions
from aika.connectors.google_drive.readers import Access, Readers
from aika.connectors.google_drive.tree import Placed, Tree
from aika.connectors.owed import Owed
from aika.connectors.places import Place, digest_of
from aika.domain.documents import AttributeValue, RawDocument
from aika.domain.errors import TransientError, UnreadableDocumentError
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Removed
from aika.http import HttpOptions, Response, host_of, open_http
from aika.registry import Surroundings

_DEFAULT_HOSTS = frozenset({"www.googleapis.com", "admin.googleapis.com", "oauth2.googleapis.com"})
_NO_EXPORT = frozenset({"cannotExportFile", "fileNotDownloadable", "cannotDownloadFile"})


class GoogleDriveConnector:
    """Reads shared drives and folders of Google Drive, Docs, Sheets and Slides included."""

    Options = GoogleDriveOptions

    def __init__(
        self, api: GoogleApi, options: GoogleDriveOptions, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._api = api
        self._options = options
        self._now = now

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: GoogleDriveOptions, surroundings: Surroundings
    ) -> AsyncIterator["GoogleDriveConnector"]:
        hosts = {host_of(url) for url in (options.api_url, options.directory_url, options.token_url)}
        limits = HttpOptions(
            max_bytes=max(options.max_file_bytes, 50_000_000), allowed_hosts=frozenset(hosts - _DEFAULT_HOSTS)
        )
        grant = grant_of(options, surroundings.base_dir)
        async with open_http(limits) as http:
            tokens = Tokens(http, grant, options.token_url)
            yield cls(GoogleApi(http, tokens, options.api_url.rstrip("/"), options.directory_url.rstrip("/")), options)

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        """Yield everything, or what the feed tells since the cursor; then groups; then a `Checkpoint`."""
        run = _Run(self._api, self._options, self._now)
        place = _Place.of(since, options=_digest(self._options), full_every=self._options.full_every, now=self._now())
        changes = await run.changes(place) if place is not None else None
        if place is None or changes is None:
            async for event in run.full():
                yield event
            return
        async for event in run.since(place, changes):
            yield event


class _Place(Place):
    """What a cursor says."""

    tokens: dict[str, str]
    """Where the feed goes on: of each shared drive, or of all that the account sees, under the empty name."""
    drives: tuple[str, ...] = ()
    open_drives: tuple[str, ...] = ()
    """Those of them that everyone may read: when that changes, so do the readers of all their files."""
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Told:
    """What the feed told, the last word on each file only, and where it goes on."""

    changes: dict[str, Change]
    tokens: dict[str, str]


class _Run:
    """One reading of the source."""

    def __init__(self, api: GoogleApi, options: GoogleDriveOptions, now: Callable[[], datetime]) -> None:
        self._api = api
        self._options = options
        self._now = now
        self._tree = Tree(api, options)
        self._access = Access(api, options)
        self._choice = PathChoice.of(options.include, options.exclude, defaults=options.default_excludes)
        self._owed = Owed()

    async def full(self) -> AsyncIterator[Event]:
        """List everything."""
        listed_at = self._now()
        # Before the listing, so that what changes meanwhile is told next time.
        tokens = {drive: await self._api.start(drive or None) for drive in self._feeds()}
        for drive in self._options.drives:
            await self._access.meet(drive)
        async for placed in self._tree.everything():
            if (event := await self._event(placed)) is not None:
                yield event
        async for members in self._access.memberships():
            yield members
        yield Checkpoint(Cursor("listed, not yet all loaded"))
        cursor = self._place(listed_at, tokens).cursor if not self._owed.keys else Cursor("some could not be loaded")
        yield Checkpoint(cursor, complete=True)

    async def changes(self, place: _Place) -> _Told | None:
        """Return what the feed tells, ``None`` where only a full listing can."""
        changes: dict[str, Change] = {}
        tokens: dict[str, str] = {}
        for drive in place.drives:
            await self._access.meet(drive)
        if self._access.open_drives != place.open_drives:
            return None
        for drive in self._feeds():
            token: str | None = place.tokens.get(drive)
            while token is not None:
                page = await self._api.changes(token, FILE_FIELDS, drive=drive or None)
                if page is None:
                    return None
                changes.update((change.file_id, change) for change in page.changes if change.kind == "file")
                tokens[drive] = page.new_start or ""
                token = page.next_page
            if not tokens.get(drive):
                return None
        return _Told(changes, tokens) if await self._folders_are_plain(changes) else None

    async def _folders_are_plain(self, changes: dict[str, Change]) -> bool:
        """Return whether no folder left the source's part: what was in it, only a full listing can tell."""
        for change in changes.values():
            folder = change.file
            if folder is not None and folder.is_folder:
                self._tree.note(folder)
        for change in changes.values():
            if change.removed or change.file is None:
                # It may have been a folder; but then what was in it is removed too, each with a change of its own.
                continue
            if change.file.is_folder and (change.file.trashed or not await self._tree.holds(change.file)):
                return False
        return True

    async def since(self, place: _Place, told: _Told) -> AsyncIterator[Event]:
        """Yield what has changed."""
        self._access.groups.update(place.groups)
        seen: set[str] = set()
        # Folders first: what is in them may also have a change of its own, and is read once.
        for file_id, change in sorted(told.changes.items(), key=lambda told: not _is_folder(told[1])):
            async for event in self._changed(file_id, change):
                if event.key not in seen:
                    seen.add(event.key)
                    yield event
        async for members in self._access.memberships():
            yield members
        yield Checkpoint(place.cursor)
        if self._owed.keys:
            return
        yield Checkpoint(self._place(place.listed_at, told.tokens).cursor)

    async def _changed(self, id: str, change: Change) -> AsyncIterator[Found | Failed | Removed]:
        file = change.file
        if change.removed or file is None or file.trashed or not await self._tree.holds(file):
            yield Removed(id)
            return
        if file.is_folder:
            # Its name and its readers are its files' too.
            async for placed in self._tree.below(file):
                if (event := await self._event(placed)) is not None:
                    yield event
            return
        yield await self._event(await self._tree.placed(file)) or Removed(id)

    async def _event(self, placed: Placed) -> Found | Failed | None:
        file = placed.file
        if file.is_folder or not file.may_be_document or self._choice.leaves_out(placed.path):
            return None
        # What Drive says of the size of Google's own kinds is not the size of what is exported.
        size = None if file.media_type in EXPORTS else file.size
        if size == 0:
            return None
        limit = self._options.max_file_bytes
        if size is not None and size > limit:
            return Failed(file.id, _too_large(file, size, limit))
        if not file.capabilities.can_download:
            return Failed(
                file.id, f"{file.name}: its owner does not let viewers download it, so that it cannot be read"
            )
        readers = await self._access.readers(file, limited=placed.limited)
        load = partial(self._load, placed, readers)
        return Found(file.id, file.version(placed.path, readers), self._owed.noting(file.id, load))

    async def _load(self, placed: Placed, readers: Readers | None) -> RawDocument:
        file = placed.file
        content, path, media_type = await self._content(file)
        if len(content) > self._options.max_file_bytes:
            raise UnreadableDocumentError(_too_large(file, len(content), self._options.max_file_bytes))
        return RawDocument(
            key=file.id,
            content=content,
            path=path,
            media_type=media_type,
            title=file.name if file.media_type in EXPORTS else None,
            url=file.link,
            readers=readers,
            owner=file.owner,
            authors=file.authors,
            created_at=file.created_at,
            modified_at=file.modified_at,
            attributes=_attributes(placed),
        )

    async def _content(self, file: DriveFile) -> tuple[bytes, str, str | None]:
        """Return the content with the name and media type that it has."""
        url = f"{self._api.api_url}/drive/v3/files/{file.id}"
        export = EXPORTS.get(file.media_type)
        if export is None:
            response = await self._api.get(url, {"alt": "media", "supportsAllDrives": "true"})
            return _content_of(response), file.name, file.told_type
        response = await self._api.get(f"{url}/export", {"mimeType": export.media_type})
        if response.status == 200:
            content = response.content
            if export.suffix == ".html":
                content = await asyncio.to_thread(cleaned, content)
            return content, file.file_name, export.media_type
        if reason_of(response) != "exportSizeLimitExceeded":
            return _content_of(response), file.file_name, export.media_type
        media_type, suffix = export.fallback
        response = await self._api.get(f"{url}/export", {"mimeType": media_type})
        return _content_of(response), f"{file.name}{suffix}", media_type

    def _feeds(self) -> tuple[str, ...]:
        # A folder may be in any drive: then the account's own feed tells of it, and of the drives too.
        return ("",) if self._options.folders or not self._options.drives else self._options.drives

    def _place(self, listed_at: datetime, tokens: dict[str, str]) -> _Place:
        return _Place(
            options=_digest(self._options),
            listed_at=listed_at,
            tokens=tokens,
            drives=tuple(sorted(self._access.drives)),
            open_drives=self._access.open_drives,
            groups=tuple(sorted(self._access.groups)),
        )


def _is_folder(change: Change) -> bool:
    return change.file is not None and change.file.is_folder


def _content_of(response: Response) -> bytes:
    if response.status == 200:
        return response.content
    reason = reason_of(response) or str(response.status)
    if response.status == 404:
        raise UnreadableDocumentError("it vanished while the source was read, or is no longer shared with the account")
    if reason == "exportSizeLimitExceeded":
        raise UnreadableDocumentError("it is larger than Google exports, even as plain text: split it")
    if reason in _NO_EXPORT:
        raise UnreadableDocumentError(f"Google Drive does not let it be downloaded ({reason}): its owner can allow it")
    if reason == "cannotDownloadAbusiveFile":
        raise UnreadableDocumentError("Google Drive takes it for malware and keeps it")
    if response.status == 403 and reason != "downloadQuotaExceeded":
        raise UnreadableDocumentError(f"Google Drive refuses it ({reason}): share it with the source's account")
    raise TransientError(f"Google Drive could not give it ({reason}): the next sync tries again")


def _attributes(placed: Placed) -> dict[str, AttributeValue]:
    folder = placed.path.rpartition("/")[0]
    said = {"folder": folder, "description": placed.file.description}
    return {name: value for name, value in said.items() if value}


def _too_large(file: DriveFile, size: int, limit: int) -> str:
    return (
        f"{file.name}: it has {size / 1e6:,.1f} MB, more than the {limit / 1e6:,.1f} MB that max_file_bytes allows: "
        "raise max_file_bytes in the source's options, or exclude the file"
    )


def _digest(options: GoogleDriveOptions) -> str:
    return digest_of(
        options, without={"max_file_bytes", "full_every", "service_account_key", "client_secret", "refresh_token"}
    )
