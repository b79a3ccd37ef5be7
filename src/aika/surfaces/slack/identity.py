"""Who the people of Slack are to aika: by the e-mail address that their workspace vouches for, and by nothing else.

Only full members of the workspace are the company. Guests are who their address says, without being the company. People of
other organisations are their account alone: the address that another organisation gives somebody proves nothing here, and
one that equals an employee's makes nobody that employee.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError
from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.errors import TransientError
from aika.domain.identifiers import PrincipalId
from aika.protocols import Clock
from aika.surfaces.slack.failures import SlackRefusedError, called

FRESH_FOR = timedelta(minutes=30)
"""How long a person is remembered. Slack tells of changes at once; this bounds what a lost event can do. Much less, and a
channel of thousands could not be asked for: Slack lists people at 20 pages a minute."""
_SLACKBOT = "USLACKBOT"
"""Slack's own bot, which its API does not call one."""
_UNKNOWN = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
_MOST_REMEMBERED = 50_000
_AT_A_TIME = 8
_LIST_FROM = 40
"""Of how many unknown people on all are listed at once, in the place of a call for each."""
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class SlackPerson:
    """An account that a workspace knows."""

    id: str
    email: str | None
    """In lower case. ``None`` also where the address is not vouched for."""
    name: str
    principal: PrincipalId | None
    """Who it is to aika. ``None``: nobody that anything names."""
    is_bot: bool = False
    is_guest: bool = False
    is_external: bool = False
    """Of another organisation, or not known to be of this one."""
    deleted: bool = False

    @property
    def is_company(self) -> bool:
        """Whether this is a full member of the workspace whom aika knows by their address: one of ``everyone``."""
        return self.principal is not None and not (self.is_bot or self.is_guest or self.is_external or self.deleted)

    @property
    def reads(self) -> bool:
        """Whether somebody reads what this account is shown."""
        return not self.is_bot and not self.deleted


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Profile(_Wire):
    email: str | None = None
    display_name: str | None = None
    real_name: str | None = None


class _Enterprise(_Wire):
    teams: tuple[str, ...] = ()


class _User(_Wire):
    """A user as ``users.info`` and ``user_change`` have it: https://docs.slack.dev/reference/objects/user-object"""

    id: str
    team_id: str | None = None
    name: str | None = None
    real_name: str | None = None
    deleted: bool | None = None
    is_bot: bool | None = None
    is_workflow_bot: bool | None = None
    is_restricted: bool | None = None
    is_ultra_restricted: bool | None = None
    is_stranger: bool | None = None
    is_email_confirmed: bool | None = None
    profile: _Profile = _Profile()
    enterprise_user: _Enterprise | None = None


@dataclass(frozen=True, slots=True)
class _Remembered:
    person: SlackPerson
    until: datetime


class People:
    """Looks up people, once for whoever asks at the same time, and remembers them for a while."""

    def __init__(self, clock: Clock, *, fresh_for: timedelta = FRESH_FOR) -> None:
        self._clock = clock
        self._fresh_for = fresh_for
        self._known: dict[tuple[str, str], _Remembered] = {}
        self._asked: dict[tuple[str, str], asyncio.Task[SlackPerson]] = {}
        self._listing: dict[str, asyncio.Task[None]] = {}

    async def person(self, client: AsyncWebClient, team: str, user: str) -> SlackPerson:
        """Return who an account is, as the workspace ``team`` of the client sees it.

        An account that Slack does not show is nobody's. Raises `TransientError`, and `PermanentError` where the app may not
        look people up.
        """
        key = (team, user)
        known = self._remembered(key)
        if known is not None:
            return known
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.create_task(self._look_up(client, key))
            asked.add_done_callback(lambda done: self._answered(key, done))
        # Whoever stops waiting leaves the others their answer.
        return await asyncio.shield(asked)

    async def people(self, client: AsyncWebClient, team: str, users: Collection[str]) -> dict[str, SlackPerson]:
        """Return who these accounts are. Where many are unknown, the workspace's people are listed at once."""
        unknown = [user for user in users if self._remembered((team, user)) is None]
        if len(unknown) > _LIST_FROM:
            await self._list(client, team)
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def one(user: str) -> SlackPerson:
            async with turns:
                return await self.person(client, team, user)

        found = await asyncio.gather(*(one(user) for user in users))
        return dict(zip(users, found, strict=True))

    def forget(self, team: str, user: str) -> None:
        """Look this account up again the next time: it has changed (``user_change``)."""
        key = (team, user)
        self._known.pop(key, None)
        # What is under way may have been answered before the change.
        self._asked.pop(key, None)

    def _remembered(self, key: tuple[str, str]) -> SlackPerson | None:
        known = self._known.get(key)
        return known.person if known is not None and self._clock.now() < known.until else None

    async def _look_up(self, client: AsyncWebClient, key: tuple[str, str]) -> SlackPerson:
        team, user = key
        try:
            response = await called(client.users_info(user=user), "a look-up of a person")
        except SlackRefusedError as error:
            if error.code not in _UNKNOWN:
                raise
            return SlackPerson(user, None, user, None, is_external=True)
        return person_of(response.get("user"), team)

    def _answered(self, key: tuple[str, str], done: asyncio.Task[SlackPerson]) -> None:
        if self._asked.get(key) is not done:
            # Forgotten meanwhile. Its failure, if it is one, is told to those who wait for it.
            if not done.cancelled():
                done.exception()
            return
        del self._asked[key]
        if not done.cancelled() and done.exception() is None:
            self._remember(key, done.result())

    def _remember(self, key: tuple[str, str], person: SlackPerson) -> None:
        while len(self._known) >= _MOST_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[key] = _Remembered(person, self._clock.now() + self._fresh_for)

    async def _list(self, client: AsyncWebClient, team: str) -> None:
        listing = self._listing.get(team)
        if listing is None:
            listing = self._listing[team] = asyncio.create_task(self._list_all(client, team))
            listing.add_done_callback(lambda done: self._listed(team, done))
        await asyncio.shield(listing)

    def _listed(self, team: str, done: asyncio.Task[None]) -> None:
        self._listing.pop(team, None)
        if not done.cancelled():
            # Told to those who wait for it, if anybody still does.
            done.exception()

    async def _list_all(self, client: AsyncWebClient, team: str) -> None:
        cursor: str | None = None
        while True:
            page = await called(client.users_list(limit=_PAGE, cursor=cursor), "a listing of people")
            for user in page.get("members") or ():
                person = person_of(user, team)
                if self._remembered((team, person.id)) is None:
                    self._remember((team, person.id), person)
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                return


def person_of(user: Mapping[str, object] | None, team: str) -> SlackPerson:
    """Return who a user object of Slack's is. Raises `TransientError` for what is none."""
    try:
        wire = _User.model_validate(user)
    except ValidationError:
        # Its words would hold the person's data.
        raise TransientError("Slack's answer about a person could not be read") from None
    person = SlackPerson(
        id=wire.id,
        email=_address(wire),
        name=wire.profile.display_name or wire.profile.real_name or wire.real_name or wire.name or wire.id,
        principal=None,
        is_bot=bool(wire.is_bot or wire.is_workflow_bot or wire.id == _SLACKBOT),
        is_guest=bool(wire.is_restricted or wire.is_ultra_restricted),
        is_external=bool(wire.is_stranger) or not _is_of(wire, team),
        deleted=bool(wire.deleted),
    )
    return replace(person, principal=_principal(person, team))


def account(team: str, user: str) -> PrincipalId:
    """Return the principal of an account itself, as the Slack connector names it."""
    return PrincipalId(f"slack:{team}:{user}")


def _address(user: _User) -> str | None:
    if user.is_email_confirmed is False:
        return None
    # Exactly as it is but for case: a plus or a dot more makes it another address.
    return (user.profile.email or "").strip().lower() or None


def _is_of(user: _User, team: str) -> bool:
    # In an Enterprise organisation people belong to several of its workspaces.
    return user.team_id == team or (user.enterprise_user is not None and team in user.enterprise_user.teams)


def _principal(person: SlackPerson, team: str) -> PrincipalId | None:
    if not person.reads:
        return None
    if person.is_external:
        return account(team, person.id)
    return None if person.email is None else PrincipalId(f"user:{person.email}")
