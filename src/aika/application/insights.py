"""Insights: what is asked, how well it is answered, and for whom."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aika.assistants.journal import is_team
from aika.domain.errors import AikaError, InvalidRequestError
from aika.domain.identifiers import PrincipalId
from aika.domain.insights import AskedQuestion
from aika.forms.insights import SMALLEST_GROUP
from aika.health.gaps import GapFinder
from aika.insights.boards import PARTS, Board, Division, Interval, Material, Wanted, board, first_monday, predicate
from aika.insights.figures import bin_of
from aika.insights.publishing import (
    Published,
    block_of,
    day_of,
    divided,
    midnight,
    published,
    rated_portions,
    users_of,
)
from aika.insights.topics import MOST_QUESTIONS, AskedTopic, asked_topics
from aika.protocols import Analyzer, Clock
from aika.settings import Settings
from aika.stores.database.database import Database

logger = logging.getLogger(__name__)

FORGET_SECONDS = 6 * 3600.0
_REMEMBERED = timedelta(seconds=60)
_BLOCK = timedelta(weeks=4)
_OTHERS = PrincipalId("others")


@dataclass(frozen=True, slots=True)
class Adoption:
    """How many of a team use aika."""

    team: PrincipalId
    size: int
    users: int | None
    """``None`` where they are too few to be told, or nobody."""
    at_least: bool = False
    """Whether they are so many that those who do not ask are too few to be told."""


@dataclass(frozen=True, slots=True)
class TeamAdoption:
    """How many of each team asked within four weeks."""

    start: date
    end: date
    teams: tuple[Adoption, ...]
    others: Adoption | None = None
    """The teams without a number of their own, put together. ``None`` where that tells of too few, too."""


@dataclass(slots=True)
class InsightsBoard:
    """Makes insights of what was noted of questions."""

    settings: Settings
    database: Database
    clock: Clock
    finder: GapFinder
    analyzer: Analyzer
    _made: dict[str, tuple[datetime, Board]] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """Whether nobody but oneself can ask here: on this machine, without keys, sign-in or Slack."""
        settings, server = self.settings, self.settings.server
        # With an address for others, a proxy hands their requests on from this machine.
        here = server.is_loopback and server.public_url is None
        return here and not settings.credentials_required and not settings.slack.workspaces

    @property
    def smallest_group(self) -> int:
        """How many people must stand behind a number."""
        chosen = self.settings.insights.smallest_group
        if chosen is not None:
            return chosen
        return 1 if self.alone else SMALLEST_GROUP

    async def board(self, wanted: Wanted) -> Board:
        """Return the insights of a period. Raises `InvalidRequestError` for what would tell of single people."""
        k, now = self.smallest_group, self.clock.now()
        if k > 1 and len(wanted.only) > 1:
            raise InvalidRequestError(
                "insights are narrowed by one thing at a time, so that they tell of no single person"
            )
        if k > 1 and wanted.only and wanted.interval is Interval.DAY:
            raise InvalidRequestError("insights of a part are shown by week, so that they tell of no single person")
        key = repr((k, wanted.weeks, wanted.interval, sorted(wanted.only.items())))
        if k > 1 and key in self._made and now - self._made[key][0] < _REMEMBERED:
            return self._made[key][1]
        material = await self._material(wanted, k, now)
        made = await asyncio.to_thread(board, wanted, material)
        self._made = {one: kept for one, kept in self._made.items() if now - kept[0] < _REMEMBERED}
        self._made[key] = (now, made)
        return made

    async def all_users(self) -> int:
        """Return how many people ever asked, in steps of the smallest group."""
        k, now = self.smallest_group, self.clock.now()
        found = await self.database.asked.people(before=now if k == 1 else midnight(day_of(now)))
        return found - found % k

    async def adoption(self) -> TeamAdoption:
        """Return how many of each team asked within the last four whole weeks on the calendar of such weeks."""
        k, now = self.smallest_group, self.clock.now()
        end = block_of(day_of(now)) if k > 1 else first_monday(day_of(now), 0)
        start = end - _BLOCK
        questions = await self.database.asked.between(midnight(start), midnight(end))
        shown = published(questions, k=k, now=now)
        users = users_of(shown, PARTS[Division.TEAM], k=k, start=start, end=end)
        directory, patterns = self.database.directory, self.settings.insights.teams
        names = [group for group in await self.database.asked.groups() if is_team(group, patterns)]
        members = {name: await directory.people(name) for name in names}
        teams = [_adoption(name, len(members[name]), users.get(name), k) for name in names]
        few = {team.team for team in teams if team.users is None}
        together = users_of(
            shown, lambda asked: () if few.isdisjoint(asked.teams) else (_OTHERS,), k=k, start=start, end=end
        )
        size = len(frozenset().union(*(members[name] for name in few)))
        others = _adoption(_OTHERS, size, together.get(_OTHERS), k) if k > 1 and few else None
        told = others if others is not None and others.users is not None else None
        return TeamAdoption(start, end, tuple(sorted(teams, key=_by_share)), told)

    async def topics(self, wanted: Wanted) -> list[AskedTopic]:
        """Return what people asked about in a period, as far as their conversations are kept."""
        k, now = self.smallest_group, self.clock.now()
        shown = (await self._material(wanted, k, now)).shown
        questions = shown.all()
        if wanted.only and k > 1:
            division, value = next(iter(wanted.only.items()))
            weeks = divided(shown, PARTS[division], k=k).get(value, {})
            questions = [asked for portion in weeks.values() for asked in portion]
        newest = sorted(questions, key=lambda asked: asked.asked_at)[-MOST_QUESTIONS:]
        words = await self.database.asked.words([asked.answer for asked in newest])
        return await asked_topics(words, self.finder, self.analyzer, k=k)

    async def run(self) -> None:
        """Drop what is older than it may be, until cancelled."""
        while True:
            try:
                await self.database.asked.forget(before=self.clock.now() - self.settings.insights.retention)
            except AikaError as error:
                logger.warning("forgetting old questions failed, it goes on", extra={"reason": str(error)})
            await asyncio.sleep(FORGET_SECONDS)

    async def _material(self, wanted: Wanted, k: int, now: datetime) -> Material:
        start = first_monday(day_of(now), wanted.weeks)
        questions: Sequence[AskedQuestion] = await self.database.asked.between(midnight(start), now + timedelta(days=1))
        opinions = await self.database.asked.opinions(before=now + timedelta(days=1))
        if wanted.only:
            chosen = predicate(wanted.only)
            without = [opinion for opinion in opinions if not chosen(opinion.asked)]
            opinions = [opinion for opinion in opinions if chosen(opinion.asked)]
            if 0 < len({opinion.rater for opinion in without}) < k:
                opinions = []  # what is said of all would tell what these few said
            if k == 1:
                questions = [asked for asked in questions if chosen(asked)]
        shown: Published = await asyncio.to_thread(lambda: published(questions, k=k, now=now))
        rated = rated_portions(opinions, bin_of, k=k, now=now)
        return Material(shown, rated, k, start, day_of(now))


def _adoption(team: PrincipalId, size: int, users: int | None, k: int) -> Adoption:
    if users is None:
        return Adoption(team, size, None)
    if k > 1 and 0 < size - users < k:
        return Adoption(team, size, size - k if size >= 2 * k else None, at_least=size >= 2 * k)
    return Adoption(team, max(size, users), users)


def _by_share(adoption: Adoption) -> tuple[float, str]:
    return (-(adoption.users or 0) / max(1, adoption.size), adoption.team)
