"""Who may read: those who may browse the project and, where an issue has a security level, are in that too."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from aika.connectors.jira.api import JiraApi
from aika.connectors.jira.wire import Group, Holder, Person, Project
from aika.domain.access import EVERYONE
from aika.domain.errors import PermanentError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Failed, Members

Readers = frozenset[PrincipalId]
_USER_ACTOR = "atlassian-user-role-actor"


@dataclass(frozen=True, slots=True)
class Granted:
    """Who has a permission."""

    everyone: bool
    accounts: frozenset[str]
    groups: frozenset[str]
    """Names."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A permission or a group that could not be read."""

    reason: str


@dataclass(slots=True)
class Access:
    """The readers of one run's issues, and the groups they are made of."""

    api: JiraApi
    host: str
    open_projects: set[str] = field(default_factory=set)
    """Keys of the projects that everyone may browse."""
    _projects: dict[str, Granted | Unknown] = field(default_factory=dict)
    _levels: dict[tuple[str, str], Granted | Unknown | None] = field(default_factory=dict)
    _groups: dict[str, Group] = field(default_factory=dict)
    _members: dict[str, frozenset[str] | Unknown] = field(default_factory=dict)
    _emails: dict[str, str] = field(default_factory=dict)
    _leads: dict[str, Person | None] = field(default_factory=dict)

    async def enter(self, project: Project) -> None:
        """Learn who may browse a project."""
        self._leads[project.key] = project.lead
        try:
            scheme = await self.api.permissions(project.key)
            holders = [one.holder for one in scheme if one.permission in {"BROWSE_PROJECTS", "BROWSE"}]
            granted = await self._granted(project.key, holders)
        except PermanentError as error:
            self._projects[project.key] = Unknown(
                f"Jira does not tell who may browse the project ({error}): the account needs to administer it"
            )
            return
        self._projects[project.key] = granted
        if granted.everyone:
            self.open_projects.add(project.key)

    def readers(self, project: str, level: str | None) -> Readers:
        """Return who may read an issue."""
        if level is not None:
            self._levels.setdefault((project, level), None)
            return frozenset({self._level(project, level)})
        return frozenset({EVERYONE if project in self.open_projects else self._project(project)})

    async def events(self) -> AsyncIterator[Members | Failed]:
        """Yield every group that a reader is in, and every account whose e-mail address is known."""
        for project, level in self._levels:
            await self._learn_level(project, level)
        for name, group in sorted(self._groups.items()):
            await self._expand(name, group)
        for project, granted in sorted(self._projects.items()):
            if isinstance(granted, Unknown):
                yield Failed(self._project(project), granted.reason)
            elif not granted.everyone:
                groups = frozenset(self._group(name) for name in granted.groups)
                yield Members(self._project(project), groups | frozenset(map(self._account, granted.accounts)))
        for project, level in sorted(self._levels):
            yield self._level_members(project, level)
        for name, found in sorted(self._members.items()):
            if isinstance(found, Unknown):
                yield Failed(self._group(name), found.reason)
            else:
                yield Members(self._group(name), frozenset(map(self._account, found)))
        for account, email in sorted(self._emails.items()):
            yield Members(self._account(account), frozenset({PrincipalId(f"user:{email}")}))

    async def _granted(self, project: str, holders: Iterable[Holder]) -> Granted:
        everyone, accounts, groups = False, set[str](), set[str]()
        for holder in holders:
            match holder.type:
                case "anyone":
                    everyone = True
                case "applicationRole" if not holder.parameter:
                    # Whoever may log in.
                    everyone = True
                case "group":
                    groups.add(self._note(holder.group or Group(name=holder.parameter)))
                case "user":
                    accounts.add(self._learn(holder.user or Person(name=holder.parameter)))
                case "projectLead" if (lead := self._leads.get(project)) is not None:
                    accounts.add(self._learn(lead))
                case "projectRole":
                    actors = await self._actors(project, holder.parameter)
                    accounts |= actors.accounts
                    groups |= actors.groups
                case _:
                    # A reporter, an assignee, a field's value: they may read some issues, which one does not know here.
                    continue
        return Granted(everyone, frozenset(accounts), frozenset(groups))

    async def _actors(self, project: str, role: str) -> Granted:
        accounts, groups = set[str](), set[str]()
        for actor in (await self.api.role(project, role)).actors:
            if actor.type == _USER_ACTOR:
                accounts.add(self._learn(actor.actor_user or Person(name=actor.name)))
            else:
                groups.add(self._note(actor.actor_group or Group(name=actor.name)))
        return Granted(False, frozenset(accounts), frozenset(groups))

    async def _learn_level(self, project: str, level: str) -> None:
        try:
            members = await self.api.level(project, level)
            self._levels[project, level] = await self._granted(project, [one.holder for one in members.values])
        except PermanentError as error:
            self._levels[project, level] = Unknown(f"who is in the security level cannot be read: {error}")

    async def _expand(self, name: str, group: Group) -> None:
        try:
            people = await self.api.members(group)
        except PermanentError as error:
            self._members[name] = Unknown(f"the members of the group {name} cannot be read: {error}")
            return
        self._members[name] = frozenset(self._learn(person) for person in people)

    def _level_members(self, project: str, level: str) -> Members | Failed:
        """Return the accounts that are both in the project and in the level."""
        group = self._level(project, level)
        both: list[frozenset[str]] = []
        for part in (self._projects.get(project), self._levels[project, level]):
            accounts = self._accounts(part)
            if isinstance(accounts, Unknown):
                return Failed(group, accounts.reason)
            if accounts is not None:
                both.append(accounts)
        # A level that holds everyone, in a project that does too, is nothing that Jira can make: nobody then.
        return Members(group, frozenset(map(self._account, frozenset.intersection(*both) if both else ())))

    def _accounts(self, part: Granted | Unknown | None) -> frozenset[str] | Unknown | None:
        """Return every account, ``None`` for everyone."""
        if part is None or isinstance(part, Unknown):
            return part or Unknown("Jira does not tell who may browse the project")
        if part.everyone:
            return None
        accounts = set(part.accounts)
        for name in part.groups:
            found = self._members[name]
            if isinstance(found, Unknown):
                return found
            accounts |= found
        return frozenset(accounts)

    def _note(self, group: Group) -> str:
        self._groups[group.name] = group
        return group.name

    def _learn(self, person: Person) -> str:
        if "@" in person.email_address:
            self._emails[person.account] = person.email_address.strip().lower()
        return person.account

    def _project(self, key: str) -> PrincipalId:
        return PrincipalId(f"jira:{self.host}:project:{key}")

    def _level(self, project: str, level: str) -> PrincipalId:
        return PrincipalId(f"jira:{self.host}:project:{project}:level:{level}")

    def _group(self, name: str) -> PrincipalId:
        return PrincipalId(f"jira:{self.host}:group:{name}")

    def _account(self, account: str) -> PrincipalId:
        return PrincipalId(f"jira:{self.host}:{account}")
