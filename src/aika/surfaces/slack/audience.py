"""What the people of a channel may all read, and whether they still may when the answer is ready.

In a channel that is what *every* member may read, guests and people of other organisations included. Where the members
cannot be told, nobody's knowledge is used. Bots do not count: they read nothing for themselves. An integration that repeats
a channel's messages elsewhere is beyond what Slack tells.
"""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from aika.domain.access import EVERYONE, GUESTS, Scope
from aika.domain.answers import Abstention, Answer
from aika.domain.identifiers import DocumentId, PrincipalId
from aika.protocols import Catalogue, Clock, Directory
from aika.surfaces.slack.failures import SlackRefusedError, called
from aika.surfaces.slack.identity import People, SlackPerson

FRESH_FOR = timedelta(seconds=60)
"""How long it is remembered who is in a channel. Slack tells of changes at once; this bounds what a lost event can do."""
_MOST_REMEMBERED = 2_000
_PAGE = 1_000
"""Members in one answer: the most that Slack gives. A channel of 5,000 takes five calls."""
_MOST_DISTINCT = 200
"""How many different sets of principals a search is filtered by. Beyond, only what all share counts."""
_NOBODY = Scope.of_audience([()]).narrowed(sources=())

UNLISTED = "I could not find out who is in this channel, so that I used no documents."
EMPTY = "I found no people in this channel, so that I used no documents."


@dataclass(frozen=True, slots=True)
class Audience:
    """Who will see an answer, and what they may all read."""

    scope: Scope
    asker_people: tuple[frozenset[PrincipalId], ...]
    """Each of them with all groups that they are in, for the choice of an assistant."""
    members: int
    """How many people, bots not counted."""
    outsiders: int = 0
    """How many of them are not of the company."""
    closed: str = ""
    """Why nothing may be used, for people: the scope then admits nothing. Empty where it is known who is there."""


@dataclass(frozen=True, slots=True)
class _Members:
    """Who is in a channel, as Slack tells."""

    users: tuple[str, ...]
    is_external: bool
    """Whether it is shared with another organisation, or is about to be."""
    until: datetime


class Audiences:
    """Finds out who is in a channel and what they may read."""

    def __init__(self, people: People, directory: Directory, catalogue: Catalogue, clock: Clock) -> None:
        self._people = people
        self._directory = directory
        self._catalogue = catalogue
        self._clock = clock
        self._known: dict[tuple[str, str], _Members] = {}
        self._asked: dict[tuple[str, str], asyncio.Task[_Members]] = {}

    async def of_channel(self, client: AsyncWebClient, team: str, channel: str, *, fresh: bool = False) -> Audience:
        """Return the audience of a channel or group conversation. ``fresh`` asks Slack again who is in it.

        Closed where Slack refuses to tell. Raises `TransientError` where trying again can help: nothing is to be answered
        until it did.
        """
        try:
            members = await self._members(client, (team, channel), fresh=fresh)
            people = await self._people.people(client, team, members.users)
        except SlackRefusedError:
            return closed(UNLISTED)
        readers = [person for person in people.values() if person.reads]
        if not readers:
            return closed(EMPTY)
        audience = await self._audience(readers)
        if members.is_external and not any(person.is_external for person in readers):
            # Shared with people of whom Slack's list does not tell: what they may read is what all may.
            return _with_stranger(audience)
        return audience

    async def of_person(self, client: AsyncWebClient, team: str, user: str) -> Audience:
        """Return the audience of a direct message or of what one person alone is shown. Raises as `People.person` does."""
        return await self._audience([await self._people.person(client, team, user)])

    async def still_admits(self, client: AsyncWebClient, team: str, channel: str, outcome: Answer | Abstention) -> bool:
        """Return whether all who are in the channel *now* may read everything that the outcome was made of.

        To be asked at the moment of posting: somebody may have joined since the question. Raises `TransientError`.
        """
        return await self.admits(await self.of_channel(client, team, channel, fresh=True), outcome)

    async def admits(self, audience: Audience, outcome: Answer | Abstention) -> bool:
        """Return whether the audience may read everything that the outcome was made of, cited or not."""
        documents = rests_on(outcome)
        return documents <= await self._catalogue.admitted(documents, scope=audience.scope) if documents else True

    def forget(self, team: str, channel: str) -> None:
        """Ask again who is in the channel: somebody joined or left, or it is shared now."""
        self._known.pop((team, channel), None)
        # What is under way may have been answered before the change.
        self._asked.pop((team, channel), None)

    async def _audience(self, people: Sequence[SlackPerson]) -> Audience:
        expanded = await self._expanded(people)
        named = await self._catalogue.naming(frozenset().union(*expanded))
        scope = Scope.of_audience(person & named | (person & {EVERYONE}) for person in expanded)
        outsiders = sum(not person.is_company for person in people)
        return Audience(_bounded(scope), tuple(dict.fromkeys(expanded)), len(people), outsiders)

    async def _expanded(self, people: Sequence[SlackPerson]) -> list[frozenset[PrincipalId]]:
        principals = {person.principal for person in people if person.principal is not None}
        groups = await self._directory.expand_each(sorted(principals))
        return [_principals(person, groups.get(person.principal) if person.principal else None) for person in people]

    async def _members(self, client: AsyncWebClient, key: tuple[str, str], *, fresh: bool) -> _Members:
        known = self._known.get(key)
        if not fresh and known is not None and self._clock.now() < known.until:
            return known
        if fresh:
            self.forget(*key)
        asked = self._asked.get(key)
        if asked is None:
            asked = self._asked[key] = asyncio.create_task(self._ask(client, key[1]))
            asked.add_done_callback(lambda done: self._answered(key, done))
        return await asyncio.shield(asked)

    async def _ask(self, client: AsyncWebClient, channel: str) -> _Members:
        info = await called(client.conversations_info(channel=channel), "a look-up of a channel")
        users: dict[str, None] = {}
        cursor: str | None = None
        while True:
            page = await called(
                client.conversations_members(channel=channel, limit=_PAGE, cursor=cursor), "a listing of members"
            )
            users.update(dict.fromkeys(page.get("members") or ()))
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or None
            if cursor is None:
                break
        return _Members(tuple(users), _is_external(info.get("channel") or {}), self._clock.now() + FRESH_FOR)

    def _answered(self, key: tuple[str, str], done: asyncio.Task[_Members]) -> None:
        failed = done.cancelled() or done.exception() is not None
        if self._asked.get(key) is not done:
            return
        del self._asked[key]
        if not failed:
            while len(self._known) >= _MOST_REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[key] = done.result()


def closed(why: str) -> Audience:
    """Return the audience of which nothing is known: no document may be used."""
    return Audience(_NOBODY, (frozenset({GUESTS}),), 0, closed=why)


def rests_on(outcome: Answer | Abstention) -> frozenset[DocumentId]:
    """Return every document that an outcome quotes, names, or was written from."""
    match outcome:
        case Answer(citations=citations, evidence=evidence):
            cited: Iterable[DocumentId] = (citation.document.id for citation in citations)
            return frozenset(cited) | {hit.chunk.document.id for hit in evidence}
        case Abstention(nearest=nearest):
            return frozenset(hit.chunk.document.id for hit in nearest)


def _principals(person: SlackPerson, groups: Collection[PrincipalId] | None) -> frozenset[PrincipalId]:
    # No group makes an outsider the company.
    found = frozenset(groups or ()) - {EVERYONE} | {GUESTS}
    return found | {EVERYONE} if person.is_company else found


def _bounded(scope: Scope) -> Scope:
    """Return the scope, or less: what all share, where they are too many different people to filter a search by."""
    people = scope.audience or ()
    if len(people) <= _MOST_DISTINCT:
        return scope
    return replace(scope, audience=(frozenset.intersection(*people),))


def _with_stranger(audience: Audience) -> Audience:
    stranger = frozenset({GUESTS})
    return replace(
        audience,
        scope=replace(audience.scope, audience=(stranger,)),
        asker_people=(*audience.asker_people, stranger),
        outsiders=audience.outsiders + 1,
    )


def _is_external(channel: dict[str, object]) -> bool:
    shared = ("is_ext_shared", "is_pending_ext_shared")
    return any(bool(channel.get(name)) for name in shared)
