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
