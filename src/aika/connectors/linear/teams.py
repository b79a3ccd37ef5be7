"""Teams of Linear: which are read, and who may read what belongs to them."""

import hashlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

from aika.connectors.linear.api import LinearApi
from aika.connectors.linear.entities import TEAM, Listed, Nodes, PageInfo, Person, Reference, Team
from aika.domain.access import EVERYONE
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Failed, Members

WORKSPACE = PrincipalId("linear:workspace")
_PERSON = "{ nodes { email active app } pageInfo { hasNextPage endCursor } }"

Readers = frozenset[PrincipalId]


class _Page(Nodes[Person]):
    page_info: PageInfo = PageInfo()


class _Team(Team):
    members: _Page = _Page()


@dataclass(frozen=True, slots=True)
class Teams:
    """The teams that the key sees. ``wanted`` are the ids of those that are read."""

    api: LinearApi
    known: dict[str, Team]
    wanted: frozenset[str]
    workspace_members_only: bool

    @classmethod
    async def of(cls, api: LinearApi, keys: Iterable[str], *, workspace_members_only: bool) -> "Teams":
        """Raises `ConfigurationError` for a team that the key does not see."""
        selection = (await api.schema()).select("Team", TEAM)
        known = {team.id: team async for team in api.nodes("teams", Team, selection, size=50, arguments={})}
        by_name = {name.lower(): team.id for team in known.values() for name in (team.name, team.key)}
        missing = [key for key in keys if key.lower() not in by_name]
        if missing:
            raise ConfigurationError(
                f"Linear has no team {missing[0]!r} that the token may see (known: "
                f"{', '.join(sorted(team.key for team in known.values()))})"
            )
        wanted = frozenset(by_name[key.lower()] for key in keys)
        return cls(api, known, wanted or frozenset(known), workspace_members_only)

    @property
    def digest(self) -> str:
        """What changes when a team becomes private or public: then the readers of all that is in it change."""
        said = sorted((team.id, team.visibility) for team in self.known.values())
        return hashlib.blake2b(repr((said, sorted(self.wanted))).encode(), digest_size=12).hexdigest()

    @property
    def public(self) -> PrincipalId:
        """Who may read what belongs to a public team."""
        return WORKSPACE if self.workspace_members_only else EVERYONE

    def holds(self, item: Listed) -> bool:
        """Return whether an entity belongs to a team that is read, or to none."""
        ids = _team_ids(item)
        return ids is None or not ids or not self.wanted.isdisjoint(ids)

    def readers(self, item: Listed) -> Readers | None:
        """Return who may read an entity; ``None`` where Linear does not say which team it belongs to."""
        if item.visibility != "public":
            # An initiative for some; Linear does not tell whom.
            return frozenset()
        if item.initiative is not None:
            return frozenset({self.public})
        ids = _team_ids(item)
        return None if ids is None else frozenset(self._reader(team) for team in ids)

    def _reader(self, team: str) -> PrincipalId:
        found = self.known.get(team)
        return self.public if found is not None and found.visibility == "public" else group_of(team)

    async def memberships(self) -> AsyncIterator[Members | Failed]:
        """Yield the members of the teams that are not public, and of the workspace where that is asked for."""
        if self.workspace_members_only:
            selection = (await self.api.schema()).select("User", ("email", "active", "guest", "app"))
            people = [one async for one in self.api.nodes("users", Person, selection, size=100, arguments={})]
            # Guests see only their own teams.
            yield Members(WORKSPACE, _emails(person for person in people if not person.guest))
        for team in sorted(self.known.values(), key=lambda team: team.id):
            if team.visibility != "public" and team.id in self.wanted:
                yield await self._members(team)

    async def _members(self, team: Team) -> Members | Failed:
        group = group_of(team.id)
        if not (await self.api.schema()).has("Team", "members"):
            return Failed(group, f"Linear does not say who is in the team {team.name}: what is in it stays unread")
        people: list[Person] = []
        after: str | None = ""
        while after is not None:
            members = f"members(first: 100{f', after: {_quoted(after)}' if after else ''}) {_PERSON}"
            page = await self.api.one("team", team.id, _Team, f"id {members}")
            if page is None:
                return Failed(group, f"Linear does not say who is in the team {team.name}: check the token's access")
            people.extend(page.members.nodes)
            more = page.members.page_info
            after = more.end_cursor if more.has_next_page else None
        return Members(group, _emails(people))


def group_of(team: str) -> PrincipalId:
    """Return the principal that stands for a team's members."""
    return PrincipalId(f"linear:{team}")


def _emails(people: Iterable[Person]) -> Readers:
    return frozenset(
        PrincipalId(f"user:{person.email.lower()}")
        for person in people
        if person.active and not person.app and person.email
    )


def _team_ids(item: Listed) -> frozenset[str] | None:
    """Return the teams of an entity, or of what it belongs to; ``None`` where that is not told."""
    if item.initiative is not None:
        return frozenset()
    for place in (item, item.issue, item.project):
        if (ids := _own_team_ids(place)) is not None:
            return ids
    return None


def _own_team_ids(place: Listed | Reference | None) -> frozenset[str] | None:
    if place is None:
        return None
    if place.team is not None:
        return frozenset({place.team.id})
    return None if place.teams is None else frozenset(team.id for team in place.teams.nodes)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
