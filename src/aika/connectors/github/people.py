"""Who may read a repository, and whose account is whose."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from aika.connectors.github import queries
from aika.connectors.github.api import GitHubApi, RefusedError
from aika.connectors.github.documents import MalformedError, parsed
from aika.connectors.github.options import GitHubOptions
from aika.connectors.github.wire import Account, Identities, Repository
from aika.domain.access import EVERYONE
from aika.domain.errors import NotFoundError
from aika.domain.identifiers import PrincipalId
from aika.domain.sources import Failed, Members

_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


def group_of(repository: str) -> PrincipalId:
    """Return the group of a private repository's readers. GitHub's names ignore case, so the group's is lower."""
    return PrincipalId(f"github:{repository.lower()}")


def account_of(login: str) -> PrincipalId:
    return PrincipalId(f"github:{login.lower()}")


def is_private(repository: Repository) -> bool:
    """Return whether only some may read a repository. Where GitHub does not say what it is, it is private if it may be."""
    return repository.private and repository.visibility != "internal"


def readers_of(repository: Repository, options: GitHubOptions) -> frozenset[PrincipalId]:
    """Return who may read what comes from a repository."""
    if is_private(repository):
        return frozenset({group_of(repository.full_name)})
    if repository.private:
        return frozenset({EVERYONE})
    return frozenset(PrincipalId(reader) for reader in options.public_readers)


@dataclass(slots=True)
class People:
    """Reads the members of private repositories, each account once a run."""

    api: GitHubApi
    options: GitHubOptions
    etags: dict[str, str | None] = field(default_factory=dict)
    """By repository, for a later run to ask whether anything has changed."""
    _told: set[str] = field(default_factory=set)
    _identities: dict[str, dict[str, str]] = field(default_factory=dict)
    """The addresses of accounts, by organization."""

    async def events(self, repository: Repository, *, etag: str | None = None) -> AsyncIterator[Members | Failed]:
        """Yield the group of a repository's readers, and their accounts where their addresses are public.

        Nothing where it still has this ETag.
        """
        group = group_of(repository.full_name)
        if not is_private(repository):
            return
        try:
            logins = await self._collaborators(repository, etag)
        except (RefusedError, NotFoundError) as error:
            yield Failed(
                group,
                f"who may read {repository.full_name} cannot be told, so nobody new may: {error}. A token's account needs "
                "push access to the repository, an App the permission Metadata (read) and Members (read)",
            )
            return
        if logins is None:
            return
        yield Members(group, frozenset(account_of(login) for login in logins))
        owner = repository.owner
        if self.options.single_sign_on and owner.type == "Organization" and owner.login not in self._identities:
            self._identities[owner.login] = {}
            try:
                self._identities[owner.login] = await self._signed_on(owner.login)
            except (RefusedError, NotFoundError, MalformedError) as error:
                yield Failed(f"{owner.login}/single sign-on", f"whose accounts are whose cannot be told: {error}")
        for login in sorted(logins - self._told):
            self._told.add(login)
            async for account in self._account(login, self._identities.get(owner.login, {})):
                yield account

    async def _collaborators(self, repository: Repository, etag: str | None) -> set[str] | None:
        # GitHub lists the owner as a collaborator; a server that does not must not lock them out.
        logins = {repository.owner.login} if repository.owner.type == "User" else set()
        path, params = f"/repos/{repository.full_name}/collaborators", {"affiliation": "all"}
        page = await self.api.page(path, params, etag=etag)
        # The first page's tells nothing of the others.
        self.etags[repository.full_name] = etag if page is None else page.etag if page.next is None else None
        if page is None:
            return None
        while page is not None:
            logins.update(parsed(Account, item).login for item in page.items)
            page = await self.api.after(page)
        return logins

    async def _account(self, login: str, identities: Mapping[str, str]) -> AsyncIterator[Members]:
        address = identities.get(login)
        if address is None:
            try:
                address = parsed(Account, await self.api.get(f"/users/{login}")).email
            except NotFoundError:
                return
        if address:
            yield Members(account_of(login), frozenset({PrincipalId(f"user:{address.lower()}")}))

    async def _signed_on(self, organization: str) -> dict[str, str]:
        """Return the addresses of the accounts that signed on through the organization's own identity provider."""
        addresses: dict[str, str] = {}
        after: str | None = None
        while True:
            data = await self.api.query(queries.IDENTITIES, login=organization, after=after)
            provider = (data.get("organization") or {}).get("samlIdentityProvider")
            if provider is None:
                raise NotFoundError(f"{organization} has no SAML single sign-on, or the credentials are not an owner's")
            listing = parsed(Identities, provider.get("externalIdentities"))
            for identity in listing.nodes:
                name = identity.saml.name if identity.saml else None
                # Providers may name people otherwise than by address; such a name tells nothing here.
                if identity.user is not None and name and _ADDRESS.fullmatch(name):
                    addresses[identity.user.login] = name
            if not listing.page.has_next:
                return addresses
            after = listing.page.end
