"""Who may read what is in Drive: permissions as principals, and the groups that stand for shared drives."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aika.connectors.google_drive.api import GoogleApi
from aika.connectors.google_drive.files import PERMISSION_FIELDS, DriveFile, Permission
from aika.connectors.google_drive.options import GoogleDriveOptions
from aika.domain.access import EVERYONE
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Failed, Members

Readers = frozenset[PrincipalId]


@dataclass(slots=True)
class Access:
    """Finds readers, and remembers the shared drives and groups that were met on the way."""

    api: GoogleApi
    options: GoogleDriveOptions
    drives: dict[str, Readers | None] = field(default_factory=dict)
    """Who may read a whole shared drive; ``None`` where that cannot be told."""
    groups: set[str] = field(default_factory=set)
    """E-mail addresses."""

    @property
    def open_drives(self) -> tuple[str, ...]:
        """The shared drives that everyone may read."""
        return tuple(sorted(drive for drive, readers in self.drives.items() if readers and EVERYONE in readers))

    async def readers(self, file: DriveFile, *, limited: bool) -> Readers | None:
        """Return who may read a file, ``None`` where Drive does not say. ``limited``: its shared drive's members may not."""
        if file.drive is None:
            return None if file.permissions is None else self.principals(file.permissions)
        everywhere = frozenset() if limited else await self._drive(file.drive)
        if not (limited or file.augmented):
            return everywhere
        own = await self.api.permissions(file.id, PERMISSION_FIELDS)
        return everywhere | self.principals(own or ())

    async def _drive(self, drive: str) -> Readers:
        # The group, and everyone where the drive is shared with the company: a group cannot have everyone as a member.
        if drive not in self.drives:
            await self.meet(drive)
        return frozenset({group_of(drive)}) | ((self.drives[drive] or frozenset()) & {EVERYONE})

    async def meet(self, drive: str) -> None:
        """Ask who the members of a shared drive are."""
        permissions = await self.api.permissions(drive, PERMISSION_FIELDS)
        self.drives[drive] = None if permissions is None else self.principals(permissions)

    def principals(self, permissions: Iterable[Permission]) -> Readers:
        return frozenset(self._principals(permissions))

    def _principals(self, permissions: Iterable[Permission]) -> Iterator[PrincipalId]:
        now = datetime.now(UTC)
        for permission in permissions:
            # A view is not the file: who may see its metadata, or what was published, may not read it.
            expired = permission.expires_at is not None and permission.expires_at <= now
            if permission.deleted or permission.view or expired:
                continue
            match permission.type:
                case "user" if permission.email:
                    yield PrincipalId(f"user:{permission.email.lower()}")
                case "group" if permission.email:
                    self.groups.add(permission.email.lower())
                    yield PrincipalId(f"group:{permission.email.lower()}")
                case "domain" if self._is_company(permission):
                    yield EVERYONE
                case "anyone" if permission.discoverable or self.options.link_sharing == "anyone":
                    yield EVERYONE

    def _is_company(self, permission: Permission) -> bool:
        by_link = not permission.discoverable
        if by_link and self.options.link_sharing == "none":
            return False
        return permission.domain.lower() in self.options.company_domains

    async def memberships(self) -> AsyncIterator[Members | Failed]:
        """Yield the members of every shared drive and group that was met."""
        for drive, members in sorted(self.drives.items()):
            group = group_of(drive)
            if members is None:
                yield Failed(
                    group, "Drive does not say who the members of this shared drive are: add the account to it"
                )
            else:
                yield Members(group, members - {EVERYONE})
        if not self.options.expand_groups:
            return
        for address in sorted(self.groups):
            group = PrincipalId(f"group:{address}")
            found = await self.api.members(address)
            if found is None:
                yield Failed(group, "the Directory API does not say who is in it: another source must, such as people")
            else:
                yield Members(group, frozenset(PrincipalId(f"user:{email.lower()}") for email in found))


def group_of(drive: str) -> PrincipalId:
    """Return the principal that stands for a shared drive's members."""
    return PrincipalId(f"gdrive:{drive}")
