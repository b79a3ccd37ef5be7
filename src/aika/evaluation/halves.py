"""The halves of a test collection: one to choose and fit on, one to report."""

import hashlib


def half_of(id: str) -> str:
    """Return the half that a topic is in: what is tuned looks at ``tune`` only."""
    return "tune" if hashlib.sha256(id.encode()).digest()[0] % 2 else "held out"
