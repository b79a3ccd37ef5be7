"""Drive's files as its API tells them: what is asked for, how each kind is exported, and what its metadata mean."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from pydantic import BaseModel, Field

from aika.domain.documents import Owner
from aika.domain.identifiers import PrincipalId

FOLDER = "application/vnd.google-apps.folder"
_GOOGLE = "application/vnd.google-apps."
PERMISSION_FIELDS = "id,type,role,emailAddress,domain,allowFileDiscovery,deleted,expirationTime,view"
FOLDER_FIELDS = "id,name,mimeType,parents,driveId,trashed,inheritedPermissionsDisabled"
FILE_FIELDS = (
    f"{FOLDER_FIELDS},description,webViewLink,createdTime,modifiedTime,size,md5Checksum,headRevisionId,"
    "hasAugmentedPermissions,owners(displayName,emailAddress),lastModifyingUser(displayName,emailAddress),"
    f"capabilities(canDownload),permissions({PERMISSION_FIELDS})"
)
_VAGUE = frozenset({"", "application/octet-stream", "text/plain"})
"""Media types that say less than a name's suffix."""
_NEVER = ("image/", "audio/", "video/", "font/")


@dataclass(frozen=True, slots=True)
class Export:
    """How a file of Google's own kind leaves Drive."""

    media_type: str
    suffix: str
    fallback: tuple[str, str]
    """Media type and suffix that are tried where the export is larger than Google's 10 MB."""


EXPORTS: Mapping[str, Export] = {
    # HTML keeps the ids of headings, which links can open; Markdown does not.
    f"{_GOOGLE}document": Export("text/html", ".html", ("text/plain", ".txt")),
    # A workbook keeps every sheet; CSV keeps the first.
    f"{_GOOGLE}spreadsheet": Export(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", ("text/csv", ".csv")
    ),
    # A presentation keeps slides, titles, tables and notes.
    f"{_GOOGLE}presentation": Export(
        "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx", ("text/plain", ".txt")
    ),
}


class Permission(BaseModel):
    """Who may do something with a file or a shared drive. Every role may read."""

    type: str = ""
    email: str = Field(default="", alias="emailAddress")
    domain: str = ""
    discoverable: bool = Field(default=False, alias="allowFileDiscovery")
    deleted: bool = False
    expires_at: datetime | None = Field(default=None, alias="expirationTime")
    view: str = ""


class Person(BaseModel):
    name: str = Field(default="", alias="displayName")
    email: str = Field(default="", alias="emailAddress")


class Capabilities(BaseModel):
    can_download: bool = Field(default=True, alias="canDownload")


class DriveFile(BaseModel):
    """A file or a folder."""

    id: str
    name: str = ""
    media_type: str = Field(default="", alias="mimeType")
    parents: tuple[str, ...] = ()
    drive: str | None = Field(default=None, alias="driveId")
    trashed: bool = False
    limited: bool = Field(default=False, alias="inheritedPermissionsDisabled")
    augmented: bool = Field(default=False, alias="hasAugmentedPermissions")
    description: str = ""
    link: str | None = Field(default=None, alias="webViewLink")
    created_at: datetime | None = Field(default=None, alias="createdTime")
    modified_at: datetime | None = Field(default=None, alias="modifiedTime")
    size: int | None = None
    checksum: str = Field(default="", alias="md5Checksum")
    revision: str = Field(default="", alias="headRevisionId")
    owners: tuple[Person, ...] = ()
    last_author: Person | None = Field(default=None, alias="lastModifyingUser")
    capabilities: Capabilities = Capabilities()
    permissions: tuple[Permission, ...] | None = None

    @property
    def is_folder(self) -> bool:
        return self.media_type == FOLDER

    @property
    def may_be_document(self) -> bool:
        """Whether there can be text in it. Forms, drawings, maps, shortcuts and recordings cannot be exported as text."""
        if self.media_type.startswith(_GOOGLE):
            return self.media_type in EXPORTS
        return not self.media_type.startswith(_NEVER)

    @property
    def file_name(self) -> str:
        """The name with a suffix that says how it is read."""
        export = EXPORTS.get(self.media_type)
        return f"{self.name}{export.suffix}" if export else self.name

    @property
    def told_type(self) -> str | None:
        """The media type where it says more than the name."""
        vague = self.media_type in _VAGUE and PurePosixPath(self.name).suffix
        return None if vague or self.media_type == "application/octet-stream" else self.media_type or None

    @property
    def owner(self) -> Owner | None:
        """The file's owner. Files in shared drives have none."""
        if not self.owners:
            return None
        first = self.owners[0]
        return Owner(first.name or first.email, first.email.lower() or None, "Google Drive")

    @property
    def authors(self) -> tuple[str, ...]:
        people = (self.last_author, *self.owners)
        return tuple(dict.fromkeys(person.name or person.email for person in people if person is not None))

    def version(self, path: str, readers: frozenset[PrincipalId] | None) -> str:
        """Return what changes with the content, the metadata or the readers. Drive's own counts what no reader sees."""
        said = (
            path,
            self.media_type,
            self.modified_at,
            self.checksum,
            self.revision,
            self.description,
            self.link,
            self.owner,
            self.authors,
            None if readers is None else sorted(readers),
        )
        return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()


class Change(BaseModel):
    """What the feed tells: a file or a shared drive that is different, or out of reach."""

    kind: str = Field(default="file", alias="changeType")
    removed: bool = False
    file_id: str = Field(default="", alias="fileId")
    drive: str | None = Field(default=None, alias="driveId")
    file: DriveFile | None = None
