"""Anchors as GitHub makes them from headings."""

import re

_NOT_IN_SLUG = re.compile(r"[^\w\- ]")


def slug(heading: str) -> str:
    """Return the fragment that GitHub gives a heading's text, repeats aside."""
    return _NOT_IN_SLUG.sub("", heading.strip().lower()).replace(" ", "-")


class Slugger:
    """Gives each heading of one document its own anchor: a repeated one gets ``-1``, ``-2`` and so on."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def anchor(self, heading: str) -> str | None:
        """Return ``None`` for a heading of which nothing is left, such as one of emoji only."""
        original = slug(heading)
        if not original:
            return None
        unique = original
        while unique in self._seen:
            self._seen[original] += 1
            unique = f"{original}-{self._seen[original]}"
        self._seen[unique] = 0
        return unique

    def claim(self, anchor: str) -> str:
        """Take an anchor that the author chose."""
        self._seen.setdefault(anchor, 0)
        return anchor
