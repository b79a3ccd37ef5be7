"""How spans of time are written."""

import re
from datetime import timedelta

_DURATION = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(text: str) -> timedelta:
    """Return what ``90s``, ``15m``, ``1h`` or ``7d`` means. Raises ``ValueError``."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError('must be a number with a unit: "90s", "15m", "1h" or "7d"')
    return timedelta(**{_UNITS[match["unit"]]: float(match["number"])})


def written(span: timedelta) -> str:
    """Return a span as `duration` reads it, in the largest unit that is exact: ``180d``."""
    seconds = span.total_seconds()
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:f}".rstrip("0").rstrip(".") + "s"
