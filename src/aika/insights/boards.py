"""Insights of a period: what the page and the API show."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from aika.domain.insights import AskedQuestion, Opinion
from aika.insights.figures import Figures, Reliability, Share, figures, reliability, share
from aika.insights.publishing import WEEK, Parts, Published, divided, monday, people


class Division(StrEnum):
    """What questions are told apart by."""

    SURFACE = "surface"
    ASSISTANT = "assistant"
    SOURCE = "source"
    TEAM = "team"
    MODEL = "model"


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"


PARTS: Mapping[Division, Parts] = {
    Division.SURFACE: lambda asked: (asked.surface.value,),
    Division.ASSISTANT: lambda asked: () if asked.assistant is None else (asked.assistant,),
    Division.SOURCE: lambda asked: asked.sources,
    Division.TEAM: lambda asked: asked.teams,
    Division.MODEL: lambda asked: () if asked.model is None else (asked.model,),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for."""

    weeks: int
    """The current one included."""
    interval: Interval = Interval.WEEK
    only: Mapping[Division, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Point:
    """A day or a week of a series."""

    start: date
    figures: Figures | None
    """``None`` where too few people asked, or nobody."""
    acceptance: Share | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a division."""

    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Board:
    """The insights of a period."""

    start: date
    end: date
    """The first day after it."""
    interval: Interval
    smallest_group: int
    totals: Figures
    daily_users: int | None
    """Of the last day that is shown."""
    weekly_users: int | None
    """Of the last week that is shown."""
    series: tuple[Point, ...]
    acceptance: Share
    reliability: tuple[Reliability, ...]
    calibration_error: float | None
    parts: Mapping[Division, tuple[Part, ...]]

    @property
    def hidden(self) -> int:
        """How many points of the series are not shown."""
        return sum(point.figures is None for point in self.series)


@dataclass(frozen=True, slots=True)
class Material:
    """What a board is made of."""

    shown: Published
    rated: Sequence[tuple[date, int, list[Opinion]]]
    """As `rated_portions` returns them; none where what was said may not be shown."""
    k: int
    start: date
    today: date


def board(wanted: Wanted, material: Material) -> Board:
    """Return the insights of what may be shown."""
    chosen = _chosen(wanted, material)
    questions = [asked for portion in chosen.values() for asked in portion]
    end = material.today + timedelta(days=1) if material.k == 1 else material.today
    rated = [portion for portion in material.rated if portion[0] >= material.start]
    opinions = [opinion for _, _, portion in rated for opinion in portion]
    bins, error = reliability(opinions)
    return Board(
        start=material.start,
        end=end,
        interval=wanted.interval,
        smallest_group=material.k,
        totals=figures(questions),
        daily_users=None if wanted.only and material.k > 1 else _last_users(material.shown.days),
        weekly_users=_last_users({week: found for week, found in chosen.items() if week + WEEK <= material.today})
        or _last_users(chosen),
        series=tuple(_series(wanted, material, chosen, rated, end)),
        acceptance=_acceptance(opinions),
        reliability=tuple(bins),
        calibration_error=error,
        parts={} if wanted.only and material.k > 1 else _parts(material),
    )


def _chosen(wanted: Wanted, material: Material) -> dict[date, list[AskedQuestion]]:
    """Return what is looked at, by week."""
    if not wanted.only or material.k == 1:
        return material.shown.weeks()  # with a k of 1 it was chosen before
    division, value = next(iter(wanted.only.items()))
    return divided(material.shown, PARTS[division], k=material.k).get(value, {})


def _series(
    wanted: Wanted,
    material: Material,
    chosen: Mapping[date, Sequence[AskedQuestion]],
    rated: Sequence[tuple[date, int, list[Opinion]]],
    end: date,
) -> list[Point]:
    daily = wanted.interval is Interval.DAY
    step = timedelta(days=1) if daily else WEEK
    found = material.shown.days if daily else chosen
    points: list[Point] = []
    day = material.start
    while day < end:
        said = [] if daily else [opinion for week, _, portion in rated if week == day for opinion in portion]
        asked = found.get(day, ())
        points.append(Point(day, figures(asked) if asked else None, _acceptance(said) if said else None))
        day += step
    return points


def _parts(material: Material) -> dict[Division, tuple[Part, ...]]:
    found: dict[Division, tuple[Part, ...]] = {}
    for division in Division:
        by_part = divided(material.shown, PARTS[division], k=material.k)
        parts = [Part(name, figures([a for week in weeks.values() for a in week])) for name, weeks in by_part.items()]
        found[division] = tuple(sorted(parts, key=lambda part: (-part.figures.questions, part.name)))
    return found


def _acceptance(opinions: Sequence[Opinion]) -> Share:
    return share(sum(opinion.helpful for opinion in opinions), len(opinions))


def _last_users(portions: Mapping[date, Sequence[AskedQuestion]]) -> int | None:
    return people(portions[max(portions)]) if portions else None


def first_monday(today: date, weeks: int) -> date:
    """Return the first day of a period of so many weeks, the current one included."""
    return monday(today) - (weeks - 1) * WEEK


def predicate(only: Mapping[Division, str]) -> Callable[[AskedQuestion], bool]:
    """Return whether a question belongs to all of these parts."""
    return lambda asked: all(value in PARTS[division](asked) for division, value in only.items())
