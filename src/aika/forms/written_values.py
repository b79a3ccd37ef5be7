"""Values as people write them in YAML: channels, addresses, times of day, days of the week, shares."""

import re
from datetime import time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from aika.domain.goalies import Weekday
from aika.forms.durations import duration, written

_WEEK = tuple(Weekday)
_SPAN_OF_DAYS = re.compile(r"(?P<first>[a-z]+)\s*(?:-|–|to)\s*(?P<last>[a-z]+)")
_TIME = re.compile(r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})")
_ADDRESS = re.compile(r"[^\s@,<>:;]+@[^\s@,<>:;]+\.[^\s@,<>:;]+")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{7,}")
_CHANNEL_NAME = re.compile(r"[^\sA-Z#@,.:/<>]{1,80}")
_MIDNIGHT_AT_THE_END = "24:00"


def channel(value: object) -> object:
    """Return a channel's name without ``#``, or its id. Raises ``ValueError``."""
    if not isinstance(value, str):
        return value
    name = value.strip()
    if _CHANNEL_ID.fullmatch(name):
        return name
    bare = name.removeprefix("#")
    if bare.startswith("@") or _ADDRESS.fullmatch(bare):
        raise ValueError(f'{value!r} is a person: write a channel, such as "#payments-help"')
    if bare != bare.lower():
        raise ValueError(f'{value!r} is no name of a channel, which has no capitals: "#{bare.lower()}"?')
    if not _CHANNEL_NAME.fullmatch(bare):
        raise ValueError(
            f'{value!r} is no channel: write its name, such as "#payments-help", or its id, such as C0123ABCD'
        )
    return bare


def address(value: object) -> object:
    """Return an e-mail address in lower case. Raises ``ValueError``."""
    if not isinstance(value, str):
        return value
    bare = value.strip().removeprefix("mailto:").lower()
    if not _ADDRESS.fullmatch(bare):
        raise ValueError(f"{value!r} is no e-mail address: people are named by theirs, such as ada@example.org")
    return bare


def listed(value: object) -> object:
    """Return one thing as a list of it, so that a single one needs no brackets."""
    return [value] if isinstance(value, str) else value


def share(value: object) -> object:
    """Return ``70 %`` as .7, and anything else as it is."""
    if isinstance(value, str) and (bare := value.strip()).endswith("%"):
        try:
            return float(bare[:-1]) / 100
        except ValueError as error:
            raise ValueError(f"{value!r} is no number: write 0.7 or 70%") from error
    return value


def time_of_day(value: object) -> object:
    """Return the time that ``09:00`` or ``17.30`` names. Raises ``ValueError``."""
    if not isinstance(value, str):
        return value
    match = _TIME.fullmatch(value.strip())
    if match is None or int(match["hour"]) > 23 or int(match["minute"]) > 59:
        raise ValueError(f'{value!r} is no time of day: write "09:00" or "17:30"')
    return time(int(match["hour"]), int(match["minute"]))


def end_of_day(value: object) -> object:
    """Return the same, where ``24:00`` is the day's end."""
    if isinstance(value, str) and value.strip() == _MIDNIGHT_AT_THE_END:
        return time.max
    return time_of_day(value)


def days(value: object) -> object:
    """Return days of the week from ``monday-friday``, ``weekdays``, ``daily``, or a list of such. Raises ``ValueError``."""
    if isinstance(value, str):
        return frozenset(day for part in value.split(",") for day in _span(part.strip().lower()))
    if isinstance(value, list):
        return frozenset(day for part in value for day in _span(str(part).strip().lower()))
    return value


def day(value: object) -> object:
    return _day(value.strip().lower()) if isinstance(value, str) else value


def time_zone(value: str) -> str:
    """Return the zone's name as IANA writes it. Raises ``ValueError`` that names the nearest one."""
    # Deferred in effect: the list of zones is read from disk, and only where a zone is wrong.
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        from zoneinfo import available_timezones

        lower = value.lower().replace(" ", "_")
        near = sorted(zone for zone in available_timezones() if zone.lower().endswith(lower))
        hint = f"; do you mean {near[0]}?" if near else ": write it as IANA does, such as Europe/Berlin"
        raise ValueError(f"{value!r} is no time zone{hint}") from error
    return value


def _span(text: str) -> tuple[Weekday, ...]:
    if text in {"daily", "every day", "all", "monday-sunday"}:
        return _WEEK
    if text in {"weekdays", "workdays"}:
        return _WEEK[:5]
    if text in {"weekend", "weekends"}:
        return _WEEK[5:]
    if (match := _SPAN_OF_DAYS.fullmatch(text)) is None:
        return (_day(text),)
    first, last = _WEEK.index(_day(match["first"])), _WEEK.index(_day(match["last"]))
    return _WEEK[first : last + 1] if first <= last else (*_WEEK[first:], *_WEEK[: last + 1])


def _day(text: str) -> Weekday:
    """Return the day that a word begins like: ``mon`` as well as ``monday``."""
    found = [one for one in _WEEK if len(text) >= 3 and one.value.startswith(text)]
    if len(found) != 1:
        raise ValueError(f"{text!r} is no day: write monday, tuesday …, monday-friday or weekdays")
    return found[0]


def _span_of_time(value: object) -> object:
    return duration(value) if isinstance(value, str) else value


Channel = Annotated[str, BeforeValidator(channel)]
Address = Annotated[str, BeforeValidator(address), WithJsonSchema({"type": "string", "format": "email"})]
Addresses = Annotated[
    list[Address],
    BeforeValidator(listed),
    WithJsonSchema({"type": "array", "items": {"type": "string", "format": "email"}}),
]
Words = Annotated[
    list[str],
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Share = Annotated[
    float,
    BeforeValidator(share),
    WithJsonSchema(
        {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "string", "pattern": r"^\d+(\.\d+)?\s*%$"}]}
    ),
]
_TIME_SCHEMA = {"type": "string", "pattern": r"^\d{1,2}[:.]\d{2}$"}
_AS_WRITTEN = PlainSerializer(lambda value: value.strftime("%H:%M"), return_type=str, when_used="json")
TimeOfDay = Annotated[time, BeforeValidator(time_of_day), _AS_WRITTEN, WithJsonSchema(_TIME_SCHEMA)]
EndOfDay = Annotated[time, BeforeValidator(end_of_day), _AS_WRITTEN, WithJsonSchema(_TIME_SCHEMA)]
Days = Annotated[
    frozenset[Weekday],
    BeforeValidator(days),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}], "examples": ["monday-friday"]}
    ),
]
Day = Annotated[Weekday, BeforeValidator(day), WithJsonSchema({"enum": [one.value for one in Weekday]})]
LengthOfTime = Annotated[
    timedelta,
    BeforeValidator(_span_of_time),
    PlainSerializer(written, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?\s*[smhdw]$"}),
]
