"""Who may read what in Grafana: roles of the organization, teams and single users, as groups of readers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aika.connectors.grafana.api import GrafanaApi, NotAllowed, Permission, User
from aika.domain.errors import ConfigurationError, UnreadableDocumentError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Members

_ROLES = ("viewer", "editor", "admin")
"""Each may do what those before it may."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Access:
    """One organization's groups, and the permissions of its dashboards and folders as they are asked for."""

    api: GrafanaApi
    prefix: str
    """Of the principals of this organization: the same role and the same team id mean other people elsewhere."""
    groups: tuple[Members, ...] = ()
    _folders: dict[str, frozenset[PrincipalId]] = field(default_factory=dict)

    @classmethod
    async def of(cls, api: GrafanaApi, place: str) -> "Access":
        """Read the organization's users and teams. Raises `ConfigurationError` where the token may not.

        ``place`` names this Grafana among others.
        """
        organization = _allowed(await api.organization(), "orgs:read")
        access = cls(api, f"grafana:{place}/org/{organization}")
        users = [user for user in _allowed(await api.users(), "org.users:read") if not user.isDisabled]
        groups = [Members(access._user(user.login), _person(user)) for user in users if user.login and user.email]
        for rank, role in enumerate(_ROLES):
            may = {access._user(user.login) for user in users if user.role.lower() in _ROLES[rank:]}
            groups.append(Members(access._role(role), frozenset(may)))
        active = {user.login for user in users}
        async for team in api.teams():
            members = _allowed(await api.team_members(team), "teams.permissions:read")
            logins = frozenset(access._user(member.login) for member in members if member.login in active)
            groups.append(Members(access._team(team), logins))
        return cls(api, access.prefix, tuple(groups))

    async def readers(self, kind: str, uid: str) -> frozenset[PrincipalId]:
        """Return who may see a dashboard or a folder. Raises `ConfigurationError` where the token may not know."""
        if kind == "folders" and uid in self._folders:
            return self._folders[uid]
        permissions = await self.api.permissions(kind, uid)
        if isinstance(permissions, NotAllowed) and permissions.status == 404:
            raise UnreadableDocumentError("it vanished while Grafana was read; sync again")
        readers = self._readers(_allowed(permissions, f"{kind.partition('/')[0]}.permissions:read"))
        if kind == "folders":
            self._folders[uid] = readers
        return readers

    def _readers(self, permissions: Sequence[Permission]) -> frozenset[PrincipalId]:
        # Administrators see everything, and Grafana lists no permission for them.
        readers = {self._role("admin")}
        for permission in permissions:
            if permission.permission < 1:
                continue
            if permission.teamId:
                readers.add(self._team(permission.teamId))
            elif permission.userLogin:
                readers.add(self._user(permission.userLogin))
            elif permission.role and permission.role.lower() in _ROLES:
                readers.add(self._role(permission.role.lower()))
        return frozenset(readers)

    def _role(self, role: str) -> PrincipalId:
        return PrincipalId(f"{self.prefix}/role/{role}")

    def _team(self, team: int) -> PrincipalId:
        return PrincipalId(f"{self.prefix}/team/{team}")

    def _user(self, login: str) -> PrincipalId:
        return PrincipalId(f"{self.prefix}/user/{login.lower()}")


def _person(user: User) -> frozenset[PrincipalId]:
    return frozenset({PrincipalId(f"user:{user.email.lower()}")})


def _allowed(found: T | NotAllowed, permission: str) -> T:
    if isinstance(found, NotAllowed):
        raise ConfigurationError(
            f"Grafana answered {found.status}: the service account needs the permission {permission} to tell who may read "
            "what. Grant it, or set the option permissions to false and name the readers in the source's file"
        )
    return found
