"""JSON-LD, in which pages tell search engines who wrote them, and when (schema.org)."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST_BYTES = 500_000
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class LinkedData:
    """The first of each that a page says."""

    authors: tuple[str, ...] = ()
    created: str | None = None
    modified: str | None = None
    keywords: tuple[str, ...] = ()
    breadcrumbs: tuple[str, ...] = ()
    """The names of the pages above, outermost first, this page excluded."""


def read(scripts: Iterable[str]) -> LinkedData:
    """Return what a page's scripts of JSON-LD say. What is not JSON says nothing."""
    things = [thing for script in scripts for thing in _things(_loaded(script), 0)]
    return LinkedData(
        authors=next(filter(None, (tuple(_names(thing.get("author"))) for thing in things)), ()),
        created=_first(things, "datePublished") or _first(things, "dateCreated"),
        modified=_first(things, "dateModified"),
        keywords=next(filter(None, (tuple(_words(thing.get("keywords"))) for thing in things)), ()),
        breadcrumbs=next(filter(None, (tuple(_crumbs(thing))[:-1] for thing in things)), ()),
    )


def _loaded(script: str) -> object:
    if len(script) > _MOST_BYTES:
        return None
    try:
        loaded: object = json.loads(script)
    except (ValueError, RecursionError):
        return None
    return loaded


def _things(value: object, depth: int) -> Iterator[dict[str, object]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _things(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _things(value.get("@graph"), depth + 1)
        yield from _things(value.get("mainEntity"), depth + 1)


def _first(things: Iterable[dict[str, object]], name: str) -> str | None:
    return next((value for thing in things if isinstance(value := thing.get(name), str) and value), None)


def _names(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, list):
        for item in value:
            yield from _names(item)
    elif isinstance(value, dict):
        yield from _names(value.get("name"))


def _words(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (word.strip() for word in value.split(",") if word.strip())
    elif isinstance(value, list):
        yield from (word.strip() for word in value if isinstance(word, str) and word.strip())


def _crumbs(thing: dict[str, object]) -> Iterator[str]:
    if thing.get("@type") != "BreadcrumbList":
        return
    listed = thing.get("itemListElement")
    for element in listed if isinstance(listed, list) else []:
        if isinstance(element, dict):
            yield from _names(element.get("name") or element.get("item"))
