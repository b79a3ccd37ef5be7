"""Front matter: metadata in YAML (``---``) or TOML (``+++``) above a page."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from aika.domain.documents import AttributeValue, BlockKind
from aika.parsers.lines import Lines
from aika.parsers.outline import Item
from aika.parsers.textfile import storable

# No page needs more. The limits keep a hostile one (YAML's aliases multiply) from costing time and memory.
_MAX_LINES = 400
_MAX_CHARACTERS = 40_000
_MAX_BRACKETS = 500
"""The loader's time grows with the square of the open ones."""
_MAX_ATTRIBUTES = 200
_MAX_VALUE = 2_000
_MAX_DEPTH = 5

_KEY = re.compile(r"[\"']?([A-Za-z_][\w .-]*?)[\"']?\s*[:=](?:\s|$)")
_NOT_IN_KEY = re.compile(r"[^\w.]+")
# What only tells a site generator how to lay the page out: nobody asks for it. Everything else is found and cited.
_LAYOUT = re.compile(
    r"(?:id|slug|layout|template|type|weight|order|position|class|css|image|images|icon|logo|banner|cover|draft|hide|toc|nav|menu|parent"
    r"|url|permalink|aliases|redirects?|redirect_from|old_paths?|source_url|custom_edit_url|sidebar|pagination|search|outputs|math"
    r"|mermaid|comments|share|feature|featured|lang|locale|rss|robots|canonical|cascade|linktitle)"
    r"|(?:sidebar|hide|pagination|nav|menu|toc|og|twitter|has|show|layout|page)[_-].*|.*[_-](?:label|image|icon|class)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands above a page, and where the page begins."""

    first_line: int = 0
    """The line that the page itself begins at; 0 where there is no front matter."""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    """The entries that a person may ask for, so that a status or an owner can be found and quoted."""
    warnings: tuple[str, ...] = ()

    @property
    def title(self) -> str | None:
        title = self.attributes.get("title")
        return title.strip() or None if isinstance(title, str) else None


def read_front_matter(lines: Lines) -> FrontMatter:
    """Return the front matter, an empty one where the text has none. Invalid front matter is a warning."""
    fence = lines[0].rstrip()
    if fence not in {"---", "+++"}:
        return FrontMatter()
    last = _closing_line(lines, fence)
    if last is None or not _looks_like_metadata(lines, last):
        return FrontMatter()
    source = lines.text[lines.start(1) : lines.start(last)]
    items = tuple(_worth_finding(lines, last))
    if len(source) > _MAX_CHARACTERS or source.count("[") + source.count("{") > _MAX_BRACKETS:
        return FrontMatter(last + 1, items=items, warnings=("the front matter is too large to be read as metadata",))
    try:
        loaded = yaml.safe_load(source) if fence == "---" else tomllib.loads(source)
    # YAML's loader raises ValueError for impossible dates, and TypeError or AttributeError for odd tags and keys.
    except (yaml.YAMLError, tomllib.TOMLDecodeError, ValueError, TypeError, AttributeError, RecursionError) as error:
        rescued = attributes_of(dict(_plain_entries(lines, last)))
        warning = f"the front matter is invalid and was read line by line: {_first_line(error)}"
        return FrontMatter(last + 1, rescued, items, (warning,))
    if not isinstance(loaded, dict):
        return FrontMatter(last + 1, items=items)
    return FrontMatter(last + 1, attributes_of(loaded), items)


def attributes_of(mapping: Mapping[Any, object]) -> dict[str, AttributeValue]:
    """Return nested metadata flat: keys in lower case with underscores and dots, dates in ISO form, lists as tuples."""
    attributes: dict[str, AttributeValue] = {}
    for key, value in _flatten(mapping, "", 0):
        if len(attributes) >= _MAX_ATTRIBUTES:
            break
        attributes[key] = value
    return attributes


def attribute_key(key: object) -> str:
    return _NOT_IN_KEY.sub("_", storable(str(key)).strip().lower()).strip("_")


def _closing_line(lines: Lines, fence: str) -> int | None:
    closers = {fence, "..."} if fence == "---" else {fence}
    for number in range(1, min(len(lines), _MAX_LINES)):
        if lines[number].rstrip() in closers:
            return number
    return None


def _looks_like_metadata(lines: Lines, last: int) -> bool:
    """A page may also begin with a rule, some text and a second rule."""
    for number in range(1, last):
        line = lines[number]
        if line.strip() and not line.startswith("#"):
            return bool(_KEY.match(line)) or line.startswith("[")
    return True


def _worth_finding(lines: Lines, last: int) -> Iterator[Item]:
    """Yield runs of entries that are not about layout, each a span of whole lines."""
    first: int | None = None
    for number in range(1, last):
        line = lines[number]
        if line.startswith("#") or ((keyed := _KEY.match(line)) and _LAYOUT.fullmatch(keyed[1])):
            if first is not None:
                yield from _record(lines, first, number)
            first = None
        elif keyed and first is None:
            first = number
    if first is not None:
        yield from _record(lines, first, last)


def _plain_entries(lines: Lines, last: int) -> Iterator[tuple[str, str]]:
    """Yield what is readable of invalid front matter: ``title: Why: a question`` is the usual mistake."""
    for number in range(1, last):
        keyed = _KEY.match(lines[number])
        value = lines[number][keyed.end() :].strip().strip("\"'") if keyed else ""
        if keyed and value and value[0] not in "[{|>&*":
            yield keyed[1], value


def _record(lines: Lines, first: int, end: int) -> Iterator[Item]:
    span = lines.span(first, end)
    if span is not None:
        yield Item(BlockKind.RECORD, *span)


def _flatten(value: object, key: str, depth: int) -> Iterator[tuple[str, AttributeValue]]:
    if isinstance(value, Mapping):
        if depth >= _MAX_DEPTH:
            return
        for inner, nested in list(value.items())[:_MAX_ATTRIBUTES]:
            name = attribute_key(inner)
            if name:
                yield from _flatten(nested, f"{key}.{name}" if key else name, depth + 1)
    elif isinstance(value, list | tuple | set):
        items = tuple(text for item in list(value)[:_MAX_ATTRIBUTES] if (text := _scalar(item)) is not None)
        if items and key:
            yield key, items
    elif key and (text := _scalar(value)) is not None:
        yield key, text


def _scalar(value: object) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "true" if value else "false"
        case dt.datetime() | dt.date() | dt.time():
            return value.isoformat()
        case Mapping():
            inner = (f"{key}: {_leaf(item)}" for key, item in list(value.items())[:20])
            return storable(", ".join(inner))[:_MAX_VALUE]
        case list() | tuple() | set():
            return storable(", ".join(_leaf(item) for item in list(value)[:20]))[:_MAX_VALUE]
        case _:
            return storable(str(value)).strip()[:_MAX_VALUE]


def _leaf(value: object) -> str:
    # Deeper structure is named, not written out: with YAML's aliases its text could be without end.
    if isinstance(value, Mapping | list | tuple | set):
        return "…"
    return _scalar(value) or ""


def _first_line(error: Exception) -> str:
    text = str(error).splitlines()
    where = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None)
    if where is not None and problem:
        return f"line {where.line + 2}: {problem}"
    return text[0] if text else type(error).__name__
