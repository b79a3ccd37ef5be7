"""When a goalie speaks: its hours, on the clock of its time zone, through changes of summer time too."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aika.domain.goalies import Goalie, Hours, Weekday

_DAY = timedelta(days=1)
_WEEK = tuple(Weekday)
_DAYS_AHEAD = 8
"""A day that is open comes up within a week; one more, because a night's hours begin on the day before."""


def is_open(hours: Hours | None, at: datetime) -> bool:
    """Return whether a goalie of these hours speaks then. ``None`` is always."""
    return hours is None or any(begin <= at < end for begin, end in _windows(hours, at - _DAY, days=3))


def opens_at(hours: Hours | None, at: datetime) -> datetime | None:
    """Return when it speaks next: ``at`` itself where it speaks then. ``None``: never."""
    if is_open(hours, at) or hours is None:
        return at
    return next((begin for begin, _ in _windows(hours, at, days=_DAYS_AHEAD + 1) if begin > at), None)


def after_open_time(hours: Hours | None, since: datetime, length: timedelta) -> datetime | None:
    """Return when so much time within the hours has passed since then. ``None``: never."""
    if hours is None or length <= timedelta(0):
        return since + length
    if not hours.days:
        return None
    left = length
    day = since - _DAY
    while True:
        for begin, end in _windows(hours, day, days=_DAYS_AHEAD):
            first = max(begin, since)
            if first >= end:
                continue
            if left <= end - first:
                return first + left
            left -= end - first
        day += _DAYS_AHEAD * _DAY


def today(goalie: Goalie, at: datetime) -> tuple[datetime, datetime]:
    """Return when the calendar day of the goalie's time zone began and ends: for its daily limit."""
    zone = zone_of(goalie)
    day = at.astimezone(zone).date()
    return _moment(day, time.min, zone), _moment(day + _DAY, time.min, zone)


def last_report(goalie: Goalie, at: datetime) -> datetime | None:
    """Return when the newest weekly report was due, up to then. ``None``: it writes none."""
    if goalie.report is None:
        return None
    zone = zone_of(goalie)
    day = at.astimezone(zone).date()
    due = (
        _moment(day - back * _DAY, goalie.report.at, zone)
        for back in range(_DAYS_AHEAD)
        if _WEEK[(day - back * _DAY).weekday()] is goalie.report.day
    )
    return next((moment for moment in due if moment <= at), None)


def zone_of(goalie: Goalie) -> ZoneInfo:
    return ZoneInfo("UTC" if goalie.hours is None else goalie.hours.timezone)


def _windows(hours: Hours, since: datetime, *, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Yield from when to when it is open, in UTC, for days that begin with the local day of ``since``."""
    zone = ZoneInfo(hours.timezone)
    first = since.astimezone(zone).date()
    for day in (first + number * _DAY for number in range(days)):
        if _WEEK[day.weekday()] in hours.days:
            # The last moment of a day means its end.
            last = time.min if hours.end == time.max else hours.end
            ends = day if last > hours.begin else day + _DAY
            yield _moment(day, hours.begin, zone), _moment(ends, last, zone)


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    # Compared and added to in UTC: with a zone, Python reckons by the wall clock, and is wrong by an hour where that jumps.
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
