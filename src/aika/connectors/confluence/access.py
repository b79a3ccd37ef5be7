"""Who may read: everybody who sees the space and passes each restriction, of the page and of all above it."""

from collections.abc import AsyncIterator, Collection, Iterable
from dataclasses import dataclass, field

from aika.connectors.confluence.sites import Granted, Site
from aika.connectors.confluence.wire import Content, Group, Person, Space
from aika.domain.access import EVERYONE
from aika.domain.errors import NotFoundError, PermanentError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Failed, Members


@dataclass(frozen=True, slots=True)
class Rule:
    """A restriction: these may read, and nobody else."""

    accounts: frozenset[str]
    groups: frozenset[str]

    @classmethod
    def of(cls, users: Iterable[Person], groups: Iterable[Group]) -> "Rule | None":
        """Return ``None`` where nothing is restricted."""
        accounts, named = frozenset(user.key for user in users), frozenset(group.key for group in groups)
        return cls(accounts, named) if accounts or named else None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A restriction that could not be read."""

    reason: str


@dataclass(slots=True)
class Access:
    """The readers of one run's contents, and the groups they are made of.

    A space is a group. So is each restricted page: its members are worked out from all restrictions above it, so that a change
    of any of them, or of a group, changes members and no document.
    """

    site: Site
    host: str
    _spaces: dict[str, Granted | Unknown] = field(default_factory=dict)
    _rules: dict[str, Rule | Unknown | None] = field(default_factory=dict)
    _restricted: dict[str, tuple[str, tuple[Rule | Unknown, ...]]] = field(default_factory=dict)
    _groups: dict[str, frozenset[str] | Unknown] = field(default_factory=dict)
    _emails: dict[str, str] = field(default_factory=dict)

    async def enter(self, space: Space) -> None:
        """Learn who sees a space. Call it before its contents."""
        try:
            granted = await self.site.granted(space)
        except PermanentError as error:
            self._spaces[space.key] = Unknown(str(error))
            return
        # Somebody sees every space: an answer without anybody comes from a site that grants by roles.
        named = granted.accounts or granted.groups or granted.everyone
        self._spaces[space.key] = (
            granted
            if named
            else Unknown(
                "Confluence names nobody who sees this space: set permissions: false, and readers in the source's file"
            )
        )

    def note(self, content: Content) -> None:
        """Learn a content's own restriction."""
        if content.users is None or content.groups is None:
            self._rules[content.id] = Unknown("Confluence did not tell its restrictions")
        else:
            self._rules[content.id] = Rule.of(content.users, content.groups)
            self._learn(content.users)

    async def readers(self, content: Content, space: str) -> frozenset[PrincipalId]:
        """Return who may read a content. Restrictions above it that were not noted are asked for."""
        chain = [*(ancestor.id for ancestor in content.ancestors), content.id]
        rules = [(place, rule) for place in chain if (rule := await self._rule(place)) is not None]
        granted = self._spaces.get(space)
        if not rules:
            public = isinstance(granted, Granted) and granted.everyone
            return frozenset({EVERYONE if public else self._space(space)})
        nearest = rules[-1][0]
        self._restricted[nearest] = (space, tuple(rule for _, rule in rules))
        return frozenset({self._page(nearest)})

    async def events(self) -> AsyncIterator[Members | Failed]:
        """Yield every group that a reader is in, and every account whose e-mail address is known."""
        await self._expand()
        for space, granted in sorted(self._spaces.items()):
            if isinstance(granted, Unknown):
                yield Failed(self._space(space), granted.reason)
            else:
                groups = {self._group(group) for group in granted.groups}
                yield Members(self._space(space), frozenset(groups | {self._account(key) for key in granted.accounts}))
        for page, (space, rules) in sorted(self._restricted.items()):
            yield self._members(page, space, rules)
        for group, accounts in sorted(self._groups.items()):
            if isinstance(accounts, Unknown):
                yield Failed(self._group(group), accounts.reason)
            else:
                yield Members(self._group(group), frozenset(map(self._account, accounts)))
        for account, email in sorted(self._emails.items()):
            yield Members(self._account(account), frozenset({PrincipalId(f"user:{email}")}))

    async def _rule(self, id: str) -> Rule | Unknown | None:
        if id not in self._rules:
            try:
                found = await self.site.restriction(id)
                self._learn(found.users)
                self._rules[id] = Rule.of(found.users, found.groups)
            except PermanentError as error:
                self._rules[id] = Unknown(f"the restrictions of {id} cannot be read: {error}")
        return self._rules[id]

    async def _expand(self) -> None:
        """Read the members of every group, then the addresses of every account."""
        rules = [rule for _, chain in self._restricted.values() for rule in chain if isinstance(rule, Rule)]
        spaces = [granted for granted in self._spaces.values() if isinstance(granted, Granted)]
        limited: list[Rule | Granted] = [*rules, *spaces]
        for group in sorted({group for found in limited for group in found.groups}):
            try:
                people = await self.site.members(group)
            except PermanentError as error:
                gone = isinstance(error, NotFoundError)
                self._groups[group] = frozenset() if gone else Unknown(f"its members cannot be read: {error}")
                continue
            self._groups[group] = frozenset(person.key for person in people)
            self._learn(people)
        accounts = {key for found in limited for key in found.accounts}
        accounts |= {key for members in self._groups.values() if isinstance(members, frozenset) for key in members}
        await self._ask_for(accounts - self._emails.keys())

    async def _ask_for(self, accounts: Collection[str]) -> None:
        if accounts:
            try:
                self._learn(await self.site.addresses(accounts))
            except PermanentError:
                # Without addresses the accounts are known by their names, which an identity table can map.
                return

    def _members(self, page: str, space: str, rules: Collection[Rule | Unknown]) -> Members | Failed:
        granted = self._spaces.get(space) or Unknown("its space is not read")
        told: list[frozenset[str]] = []
        for part in (granted, *rules):
            accounts = self._accounts(part)
            if isinstance(accounts, Unknown):
                return Failed(self._page(page), accounts.reason)
            if not (isinstance(part, Granted) and part.everyone):
                told.append(accounts)
        return Members(self._page(page), frozenset(map(self._account, frozenset.intersection(*told))))

    def _accounts(self, part: Granted | Rule | Unknown) -> frozenset[str] | Unknown:
        if isinstance(part, Unknown):
            return part
        accounts = set(part.accounts)
        for group in part.groups:
            found = self._groups[group]
            if isinstance(found, Unknown):
                return found
            accounts |= found
        return frozenset(accounts)

    def _learn(self, people: Iterable[Person]) -> None:
        for person in people:
            if person.email and "@" in person.email:
                self._emails[person.key] = person.email.strip().lower()

    def _space(self, key: str) -> PrincipalId:
        return PrincipalId(f"confluence:{self.host}:space:{key}")

    def _page(self, id: str) -> PrincipalId:
        return PrincipalId(f"confluence:{self.host}:page:{id}")

    def _group(self, key: str) -> PrincipalId:
        return PrincipalId(f"confluence:{self.host}:group:{key}")

    def _account(self, key: str) -> PrincipalId:
        return PrincipalId(f"confluence:{self.host}:{key}")
