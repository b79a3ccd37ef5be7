"""Who calls, and what they may see."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Annotated

from fastapi import Depends, Header

from aika.application.aika import Aika
from aika.client.filters import DocumentFilter
from aika.domain.access import EVERYONE, Scope
from aika.domain.assistants import Asker
from aika.domain.documents import Kind
from aika.domain.errors import AccessDeniedError, InvalidRequestError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.insights import Surface
from aika.domain.selection import EVERYTHING
from aika.domain.sources import Source
from aika.forms.selection import SelectionForm
from aika.surfaces.api.rights import Identity, Rights, aika_of, rights_of

_ADMIN = "an administrator, who is in sign_in.admins or has an API key that was made with --admin"
_ADDRESS = re.compile(r"[^\s@,<>:]+@[^\s@,<>:]+")


@dataclass(frozen=True, slots=True)
class Caller:
    """The one who makes a request."""

    owner: PrincipalId
    """Whom conversations belong to."""
    scope: Scope
    admin: bool
    asker: Asker
    """The caller as assistants see them."""
    identity: Identity
    managing: frozenset[PrincipalId]
    """Whose sources they may manage: the caller's own principal and all their groups. Empty where a front end asks for
    somebody."""
    surface: Surface = Surface.API
    """Where they ask."""

    @property
    def person(self) -> PrincipalId | None:
        return self.identity.person

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def operator(self) -> bool:
        """Whether they are an administrator of everything."""
        return self.admin and self.scope.sources is None

    def manages(self, source: Source) -> bool:
        """Return whether they may change the source, sync it, and see all there is to know of how it stands.

        It is no right to read the source's documents.
        """
        if self.scope.sources is not None and source.id not in self.scope.sources:
            return False
        return self.admin or bool(self.managing & source.managers)

    @property
    def overseen(self) -> Scope:
        """What the caller may know the numbers of: administrators those of everything in their sources."""
        return Scope(audience=None, sources=self.scope.sources) if self.admin else self.scope

    def narrowed(
        self, *, sources: Collection[str] | None, kinds: Collection[str] | None, filter: DocumentFilter | None = None
    ) -> Scope:
        """Return the caller's scope restricted as the request asks. Raises `InvalidRequestError` for an unknown kind."""
        _check_kinds(kinds, *(() if filter is None else (filter.kinds, *(other.kinds for other in filter.excluding))))
        return self.scope.narrowed(
            sources=None if sources is None else [SourceId(source) for source in sources],
            kinds=None if kinds is None else [Kind(kind) for kind in kinds],
            selection=EVERYTHING if filter is None else SelectionForm(**filter.model_dump()).selection(),
        )


@dataclass(frozen=True, slots=True)
class Others:
    """For whom a front end asks, as its headers say."""

    user: PrincipalId | None = None
    audience: tuple[PrincipalId, ...] | None = field(default=None)
    """People, and groups that stand for all who are in them. ``None``: the user alone."""


def _check_kinds(*wanted: Collection[str] | None) -> None:
    unknown = sorted({kind for kinds in wanted for kind in kinds or ()} - set(Kind))
    if unknown:
        raise InvalidRequestError(f"unknown kinds: {', '.join(unknown)} (known: {', '.join(Kind)})")


def others_of(
    aika_user: Annotated[
        str | None,
        Header(description="The e-mail address of the person to ask for. Needs a key made with `--on-behalf`."),
    ] = None,
    aika_audience: Annotated[
        list[str] | None,
        Header(
            description="Who else will see the answer, separated by commas: e-mail addresses, and groups such as "
            "`slack:T1:C1` for everyone in them. Only what all of them may read is used."
        ),
    ] = None,
) -> Others:
    """Return for whom the request asks. Raises `InvalidRequestError` for what names nobody."""
    audience = None
    if aika_audience is not None:
        named = [name for line in aika_audience for name in line.split(",") if name.strip()]
        if not named:
            raise InvalidRequestError("the header Aika-Audience names nobody")
        audience = tuple(dict.fromkeys(principal_of(name) for name in named))
    return Others(None if aika_user is None else person_of(aika_user), audience)


def surface_of(
    aika_surface: Annotated[
        Surface | None, Header(description="Where the question is asked, for insights. Unset: the API, or the web app.")
    ] = None,
    sec_fetch_site: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Surface:
    """Return where a request comes from. Browsers say themselves that one comes from a page of this server."""
    if aika_surface is not None:
        return aika_surface
    return Surface.WEB if sec_fetch_site == "same-origin" else Surface.API


async def caller_of(
    aika: "TheAika",
    rights: Annotated[Rights, Depends(rights_of)],
    others: Annotated[Others, Depends(others_of)],
    surface: Annotated[Surface, Depends(surface_of)],
) -> Caller:
    """Return the caller, in all the groups that they are in now."""
    if others == Others():
        principals = await aika.database.directory.expand(rights.principals)
        named = await aika.database.catalogue.naming(principals)
        scope = Scope.of(named).narrowed(sources=rights.sources)
        everything = principals | {rights.owner, EVERYONE}
        asker = Asker(rights.identity.person or rights.owner, (everything,), rights.admin and rights.sources is None)
        return Caller(rights.owner, scope, rights.admin, asker, rights.identity, everything, surface)
    if not rights.on_behalf:
        raise AccessDeniedError(
            "the headers Aika-User and Aika-Audience need an API key that was made with --on-behalf"
        )
    people = await _people(aika, others)
    expanded = await aika.database.directory.expand_each(people)
    named = await aika.database.catalogue.naming(frozenset().union(*expanded.values()))
    scope = Scope.of_all(principals & named for principals in expanded.values()).narrowed(sources=rights.sources)
    # A front end's right to ask for people is no right to manage: whoever is in front of it is not an administrator.
    owner = others.user or _channel(people)
    everyone = tuple(principals | {EVERYONE} for principals in expanded.values())
    name = "A channel" if others.user is None else others.user.removeprefix("user:")
    identity = Identity(name, others.user, rights.identity.means)
    return Caller(owner, scope, False, Asker(owner, everyone), identity, managing=frozenset(), surface=surface)


def person_of(text: str) -> PrincipalId:
    """Return the principal of a person by their e-mail address. Raises `InvalidRequestError`."""
    address = text.strip().removeprefix("user:").lower()
    if not _ADDRESS.fullmatch(address):
        raise InvalidRequestError(f"{text!r} is not an e-mail address, such as alice@example.org")
    return PrincipalId(f"user:{address}")


def principal_of(text: str) -> PrincipalId:
    """Return the principal of a person by their address, or of a group by its name. Raises `InvalidRequestError`."""
    name = text.strip()
    kind, separator, rest = name.partition(":")
    return PrincipalId(name) if separator and rest and kind != "user" else person_of(name)


async def _people(aika: Aika, others: Others) -> Sequence[PrincipalId]:
    """Return everyone who will see the answer. Raises `InvalidRequestError` for a group of which nobody is known."""
    people: dict[PrincipalId, None] = {} if others.user is None else {others.user: None}
    for one in others.audience or ():
        if one.startswith("user:"):
            people[one] = None
            continue
        members = await aika.database.directory.people(one)
        if not members:
            raise InvalidRequestError(f"nobody is known to be in {one!r}; name the people in the header Aika-Audience")
        people.update(dict.fromkeys(sorted(members)))
    return list(people)


def _channel(people: Sequence[PrincipalId]) -> PrincipalId:
    """Return the owner of what is asked for exactly these people and for no one of them in particular."""
    digest = blake2b("\n".join(sorted(people)).encode(), digest_size=16).hexdigest()
    return PrincipalId(f"audience:{digest}")


async def admin_of(caller: "TheCaller") -> Caller:
    if not caller.admin:
        raise AccessDeniedError(f"this needs {_ADMIN}")
    return caller


async def operator_of(caller: "TheAdmin") -> Caller:
    """Return an administrator of everything: one of some sources only must not grant what they do not have."""
    if not caller.operator:
        raise AccessDeniedError(f"this needs {_ADMIN} and without --source")
    return caller


TheAika = Annotated[Aika, Depends(aika_of)]
TheCaller = Annotated[Caller, Depends(caller_of)]
TheAdmin = Annotated[Caller, Depends(admin_of)]
TheOperator = Annotated[Caller, Depends(operator_of)]
