"""What may be counted, so that no figure, and no difference of two figures, tells of fewer than ``k`` people.

Questions are published in indivisible portions on a fixed grid of days and weeks in UTC: a day that at least ``k`` people asked
on, and what is left of a complete week, if that is of at least ``k`` people, too. A portion never changes once it is there.
Every figure is made of whole portions, so that whatever two requests differ by is a portion. What a week is divided into (by
surface, by team …) is published only where neither a part nor what is left without it is of fewer people than that.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from aika.domain.insights import AskedQuestion, Opinion

WEEK = timedelta(weeks=1)
_BLOCK_DAYS = 28
_MONDAY = date(2001, 1, 1)

Parts = Callable[[AskedQuestion], Collection[str]]
"""Says which parts of a division a question belongs to: none, one, or several."""


@dataclass(frozen=True, slots=True)
class Published:
    """Portions of questions."""

    days: Mapping[date, Sequence[AskedQuestion]]
    rests: Mapping[date, Sequence[AskedQuestion]]
    """What is left of weeks, by their Mondays."""
    complete_until: date
    """The first day that is not complete, or in an incomplete week where divisions are concerned."""

    def all(self) -> list[AskedQuestion]:
        return [asked for portion in (*self.days.values(), *self.rests.values()) for asked in portion]

    def weeks(self) -> dict[date, list[AskedQuestion]]:
        """Return what is published of each week, by its Monday."""
        found: dict[date, list[AskedQuestion]] = defaultdict(list)
        for day, portion in self.days.items():
            found[monday(day)].extend(portion)
        for week, portion in self.rests.items():
            found[week].extend(portion)
        return dict(sorted(found.items()))


def published(questions: Iterable[AskedQuestion], *, k: int, now: datetime) -> Published:
    """Return the portions that may be shown. With a ``k`` of 1 that is everything, until now."""
    today = day_of(now)
    by_day: dict[date, list[AskedQuestion]] = defaultdict(list)
    for asked in questions:
        by_day[day_of(asked.asked_at)].append(asked)
    if k == 1:
        return Published(by_day, {}, today + timedelta(days=1))
    days = {day: found for day, found in by_day.items() if day < today and people(found) >= k}
    left: dict[date, list[AskedQuestion]] = defaultdict(list)
    for day, found in by_day.items():
        if day not in days and monday(day) + WEEK <= today:
            left[monday(day)].extend(found)
    return Published(days, {week: found for week, found in left.items() if people(found) >= k}, monday(today))


def divided(shown: Published, parts: Parts, *, k: int) -> dict[str, dict[date, list[AskedQuestion]]]:
    """Return what may be shown of each part of a division, by week."""
    found: dict[str, dict[date, list[AskedQuestion]]] = defaultdict(dict)
    for week, portion in shown.weeks().items():
        if week >= shown.complete_until:
            continue  # it still grows: from one day to the next a part could grow by one person's questions
        by_part: dict[str, list[AskedQuestion]] = defaultdict(list)
        for asked in portion:
            for part in parts(asked):
                by_part[part].append(asked)
        for part in _showable(by_part, portion, parts, k):
            found[part][week] = by_part[part]
    return dict(found)


def _showable(
    by_part: Mapping[str, Sequence[AskedQuestion]], portion: Sequence[AskedQuestion], parts: Parts, k: int
) -> list[str]:
    askers = Counter(asked.asker for asked in portion)

    def left_without(found: Sequence[AskedQuestion]) -> int:
        # Whoever asked something else, too. Counted from the part, since there may be hundreds of parts.
        within = Counter(asked.asker for asked in found)
        return len(askers) - sum(askers[asker] == count for asker, count in within.items())

    size = {part: people(found) for part, found in by_part.items()}
    shown = [part for part, found in by_part.items() if size[part] >= k and not 0 < left_without(found) < k]
    shown.sort(key=lambda part: (-size[part], part))
    # What is hidden must not be what the shown parts leave of the whole.
    while shown and 0 < people(asked for asked in portion if not set(shown) & set(parts(asked))) < k:
        shown.pop()
    return shown


def rated_portions(
    opinions: Sequence[Opinion], bin_of: Callable[[Opinion], int], *, k: int, now: datetime
) -> list[tuple[date, int, list[Opinion]]]:
    """Return opinions in portions of at least ``k`` people and one bin each, with the Monday of the week in which each was full.

    Ratings are few, so that weeks of them would all be hidden. They are collected in the order in which they were said, within
    four weeks that begin on fixed days; those that are not full then are never shown.
    """
    today = day_of(now)
    found: list[tuple[date, int, list[Opinion]]] = []
    open_ones: dict[tuple[int, int], list[Opinion]] = {}
    for opinion in opinions:
        day = day_of(opinion.said_at)
        if k > 1 and day >= today:
            continue
        place = bin_of(opinion)
        key = ((day - _MONDAY).days // _BLOCK_DAYS, place)
        portion = open_ones.setdefault(key, [])
        portion.append(opinion)
        if len({one.rater for one in portion}) >= k:
            found.append((monday(day), place, open_ones.pop(key)))
    return found


def people(questions: Iterable[AskedQuestion]) -> int:
    """Return how many people asked them."""
    return len({asked.asker for asked in questions})


def day_of(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def block_of(day: date) -> date:
    """Return the first day of the four weeks that a day is in. Always a Monday."""
    return day - timedelta(days=(day - _MONDAY).days % _BLOCK_DAYS)


def users_of(shown: Published, parts: Parts, *, k: int, start: date, end: date) -> dict[str, int]:
    """Return how many people asked from a Monday until before another, by part: of those parts that may be shown."""
    portion = [asked for week, found in shown.weeks().items() if start <= week < end for asked in found]
    by_part: dict[str, list[AskedQuestion]] = defaultdict(list)
    for asked in portion:
        for part in parts(asked):
            by_part[part].append(asked)
    return {part: people(by_part[part]) for part in _showable(by_part, portion, parts, k)}
