"""What a documentation site says of one of its files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import yaml

from aika.domain.documents import AttributeValue

SiteKind = Literal["auto", "mkdocs", "techdocs", "docusaurus", "sphinx", "none"]

_FENCE = "---"
_MOST_FRONT_MATTER = 40_000


@dataclass(frozen=True, slots=True)
class Page:
    """A file as the site publishes it."""

    title: str | None = None
    """``None`` leaves it to the page itself."""
    section: tuple[str, ...] = ()
    """The parts of the navigation above the page, outermost first."""
    url: str | None = None
    edit_url: str | None = None
    published: bool = True
    """Whether the built site contains it."""
    in_navigation: bool = True

    def attributes(self) -> dict[str, AttributeValue]:
        said: dict[str, AttributeValue] = {}
        if self.section:
            said["section"] = self.section
        if self.edit_url:
            said["edit_url"] = self.edit_url
        if not self.published:
            said["published"] = "false"
        elif not self.in_navigation:
            said["in_navigation"] = "false"
        return said


class Site(Protocol):
    """One documentation site of a tree, as its configuration was when it was opened."""

    @property
    def fingerprint(self) -> str:
        """Changes when something changes that decides what is said of pages, save what `page` says of an empty page."""
        ...

    def page(self, path: str, content: bytes) -> Page | None:
        """Return what the site makes of a file, ``None`` for files that are not its pages."""
        ...


@dataclass(frozen=True, slots=True)
class Front:
    """A page's front matter, as site generators read it."""

    values: Mapping[str, Any] = field(default_factory=dict)

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        return str(value).strip() or None if isinstance(value, str | int | float) else None

    def is_true(self, key: str) -> bool:
        return self.values.get(key) is True


def front_of(content: bytes) -> Front:
    """Return a page's front matter; an empty one where there is none, or none that can be read: the parser warns of it."""
    text = content[:_MOST_FRONT_MATTER].decode("utf-8-sig", errors="replace")
    lines = text.splitlines()
    if not lines or lines[0].rstrip() != _FENCE:
        return Front()
    closing = next((number for number, line in enumerate(lines[1:], 1) if line.rstrip() == _FENCE), None)
    if closing is None:
        return Front()
    try:
        loaded = yaml.safe_load("\n".join(lines[1:closing]))
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        return Front()
    return Front({str(key): value for key, value in loaded.items()}) if isinstance(loaded, dict) else Front()


def at(base: str | None, path: str) -> str | None:
    """Return a path below a site's address, ``None`` where that is not known."""
    return None if base is None else f"{base.rstrip('/')}/{path.lstrip('/')}"


_GENERIC = frozenset({"overview", "introduction", "intro", "index", "home", "getting started", "about", "summary"})


def navigation_title(title: str, section: tuple[str, ...]) -> str:
    """Return a title that says what it is about away from its place: “Overview” below “Search” is “Search: Overview”."""
    if title.strip().lower() in _GENERIC and section:
        return f"{section[-1]}: {title}"
    return title
