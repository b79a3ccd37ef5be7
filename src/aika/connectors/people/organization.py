"""People and teams put together from records: one person a person, who reports to whom, who is in which team."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from aika.connectors.people.fields import Record
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Failed, Members

SCIM = "scim"
"""The origin of records that no file holds. Their ids are for machines."""
_GONE = re.compile(r"inactive|terminated|left|former|disabled|suspended|deactivated|departed|offboarded", re.IGNORECASE)
# A person, a team or everyone is no account: a row must not be able to make its person another one.
_ACCOUNT = re.compile(r"(?!user:|group:|everyone)[a-z][\w.-]*:\S+", re.IGNORECASE)
_SLACK_USER = re.compile(r"[UW][A-Z0-9]{2,}")


@dataclass(slots=True)
class Said:
    """What all records say of one person or team, by field."""

    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    shown: dict[tuple[str, str], None] = field(default_factory=dict)
    """Further columns with their values."""
    origins: set[str] = field(default_factory=set)
    """The files that say something."""

    def take(self, record: Record, origin: str) -> None:
        for key, texts in record.values.items():
            known = self.values.get(key)
            self.values[key] = texts if known is None else tuple(dict.fromkeys((*known, *texts)))
        self.shown.update(dict.fromkeys(record.shown))
        self.origins.add(origin)

    def first(self, field: str) -> str:
        return self.values.get(field, ("",))[0]

    def all(self, field: str) -> tuple[str, ...]:
        return self.values.get(field, ())


@dataclass(slots=True)
class Person(Said):
    """One person, and how they hang together with others."""

    key: str = ""
    managers: dict[str, None] = field(default_factory=dict)
    reports: dict[str, None] = field(default_factory=dict)
    """Keys of people, or words where no such person is known."""
    teams: dict[str, None] = field(default_factory=dict)
    """Names of teams."""

    @property
    def name(self) -> str:
        parts = " ".join(filter(None, (self.first("first_name"), self.first("last_name"))))
        return self.first("name") or parts or self.email

    @property
    def email(self) -> str:
        return self.first("email").lower()

    @property
    def is_active(self) -> bool:
        flag = self.first("active").lower()
        return flag not in ("false", "no", "0", "n") and not _GONE.search(self.first("status"))

    @property
    def principal(self) -> PrincipalId | None:
        """Who they are as a reader, by e-mail, or by an account that another source may know the owner of."""
        if self.email:
            return PrincipalId(f"user:{self.email}")
        return next(iter(self.accounts), None)

    @property
    def accounts(self) -> tuple[PrincipalId, ...]:
        named = [account for account in self.all("accounts") if _ACCOUNT.fullmatch(account)]
        named += [f"github:{login.removeprefix('@').rpartition('/')[2].lower()}" for login in self.all("github")]
        slack, workspace = self.first("slack_id") or self.first("slack"), self.first("slack_team")
        if ":" in slack and _SLACK_USER.fullmatch(slack.rpartition(":")[2]):
            named.append(f"slack:{slack.removeprefix('slack:')}")
        elif workspace and _SLACK_USER.fullmatch(slack):
            named.append(f"slack:{workspace}:{slack}")
        return tuple(PrincipalId(account) for account in dict.fromkeys(named))


@dataclass(slots=True)
class Team(Said):
    """What is known of a team: from records of its own, and from the people who name it."""

    name: str = ""
    sort: str = "team"
    members: dict[str, None] = field(default_factory=dict)
    """Keys of people, or words where no such person is known."""
    below: dict[str, None] = field(default_factory=dict)
    """Names of the teams below it."""
    parents: dict[str, None] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"team:{slug(self.name)}"

    @property
    def group(self) -> PrincipalId:
        return PrincipalId(f"group:{slug(self.name)}")


class Organization:
    """Everybody, by key. Built record by record with `take`, then completed once with `connect`."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.teams: dict[str, Team] = {}
        """By slug of their names."""
        self.failures: list[Failed] = []
        self._by_email: dict[str, str] = {}
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        self._team_names: dict[str, str] = {}
        """Names by a team's own id."""

    def take(self, record: Record, *, origin: str, number: int) -> str | None:
        """Add what a record says; return the key of its document."""
        if record.is_team:
            return self._take_team(record, origin)
        name = record.first("name") or " ".join(filter(None, (record.first("first_name"), record.first("last_name"))))
        if not name and not record.first("email"):
            key = f"person:{record.first('id')}" if record.first("id") else f"{origin}#{number}"
            reason = f"record {number} of {origin} has neither a name nor an e-mail address; see the option fields"
            self.failures.append(Failed(key, reason))
            return None
        email = record.first("email").lower()
        known = self._by_email.get(email) if email else None
        key = f"person:{record.first('id') or email or slug(name)}" if known is None else known
        person = self.people.setdefault(key, Person(key=key))
        person.take(record, origin)
        if email:
            self._by_email[email] = key
        if name and key not in self._by_name[name.casefold()]:
            self._by_name[name.casefold()].append(key)
        return key

    def _take_team(self, record: Record, origin: str) -> str:
        name = record.first("name") or record.first("id")
        team = self.teams.setdefault(slug(name), Team(name=name))
        team.take(record, origin)
        if record.first("id"):
            self._team_names[record.first("id")] = name
        return team.key

    def connect(self) -> None:
        """Work out who reports to whom and who is in which team. Those who left are in none and nobody's manager."""
        for person in self._active():
            for manager in person.all("manager"):
                self._report(person, manager)
            for name in person.all("team"):
                self._join(person, self._team(name))
            if department := person.first("department"):
                self._join(person, self._team(department, "department"))
        for team in list(self.teams.values()):
            for reference in (*team.all("members"), *team.all("lead")):
                self._add_member(team, reference)
            for name in team.all("parent"):
                parent = self._team(name)
                if parent is not team:
                    parent.below[team.name] = None
                    team.parents[parent.name] = None

    def shown(self, reference: str) -> str:
        """Return a name for a key, with the id where several people have that name; other words as they are."""
        person = self.people.get(reference)
        if person is None:
            return reference
        is_only = len(self._by_name[person.name.casefold()]) < 2
        return person.name if is_only else f"{person.name} ({person.key.removeprefix('person:')})"

    def groups(self, *, child_groups: bool) -> Iterator[Members]:
        """Yield every team and every account as a group."""
        for team in self.teams.values():
            people = (self.people.get(reference) for reference in team.members)
            members = {person.principal for person in people if person is not None}
            below = {self.teams[slug(name)].group for name in team.below} if child_groups else set()
            yield Members(team.group, frozenset({member for member in members if member} | below) - {team.group})
        accounts: defaultdict[PrincipalId, set[PrincipalId]] = defaultdict(set)
        for person in self._active():
            for account in person.accounts if person.email else ():
                accounts[account].add(PrincipalId(f"user:{person.email}"))
        for account, owners in accounts.items():
            yield Members(account, frozenset(owners))

    def people_of(self, references: Iterable[str]) -> list[Person]:
        return [self.people[reference] for reference in references if reference in self.people]

    def _active(self) -> Sequence[Person]:
        return [person for person in self.people.values() if person.is_active]

    def _report(self, person: Person, manager: str) -> None:
        found = self.find(manager)
        person.managers[found.key if found else manager] = None
        if found and found is not person:
            found.reports[person.key] = None

    def _join(self, person: Person, team: Team) -> None:
        person.teams[team.name] = None
        team.members[person.key] = None
        team.origins |= person.origins

    def _add_member(self, team: Team, reference: str) -> None:
        person = self.find(reference)
        if person is None:
            below = self._team_names.get(reference, reference)
            if slug(below) in self.teams:
                team.below[self.teams[slug(below)].name] = None
            else:
                team.members[reference] = None
        elif person.is_active:
            self._join(person, team)

    def _team(self, name: str, sort: str = "team") -> Team:
        name = self._team_names.get(name, name)
        return self.teams.setdefault(slug(name), Team(name=name, sort=sort))

    def find(self, reference: str) -> Person | None:
        """Return whom an id, an e-mail address or a name means; ``None`` where it is nobody, or could be several."""
        by_id = self.people.get(f"person:{reference}") or self.people.get(self._by_email.get(reference.lower(), ""))
        if by_id is not None:
            return by_id
        named = self._by_name.get(reference.casefold(), [])
        return self.people[named[0]] if len(named) == 1 else None


def slug(name: str) -> str:
    """Return a name as part of a group: lower case, with hyphens."""
    return re.sub(r"[\s/:]+", "-", name.strip().lower()).strip("-")


def listed(names: Collection[str]) -> str:
    """Return names as a sentence lists them."""
    given = list(names)
    return given[0] if len(given) == 1 else f"{', '.join(given[:-1])} and {given[-1]}"
