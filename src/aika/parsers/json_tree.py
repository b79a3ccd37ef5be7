"""JSON with the places of its entries."""

import json
from collections.abc import Iterator

from aika.parsers.textfile import storable
from aika.parsers.tree import Node
from aika.parsers.values import label

_READABLE = 400
"""Characters: a longer line is one that no person wrote."""
_decoder = json.JSONDecoder()


def load(text: str) -> object:
    """Return the value. Raises ``ValueError`` for what is not JSON, and for nesting that no document has."""
    try:
        value: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value


def readable(text: str, value: object) -> tuple[str, bool]:
    """Return the text as it is, or written anew with one entry a line where its lines are too long; and whether it was kept."""
    if max(map(len, text.split("\n"))) <= _READABLE:
        return text, True
    written = storable(json.dumps(value, indent=2, ensure_ascii=False))
    # Texts in it may be long; what matters is that entries stand on lines of their own.
    return (written, False) if written.count("\n") > text.count("\n") else (text, True)


def entries(text: str, at: int = 0) -> list[Node]:
    """Return what is directly inside the container at the offset, space before it allowed; nothing where there is none."""
    at = _skip(text, at)
    return list(_entries(text, at)) if text[at : at + 1] in ("{", "[") else []


def _entries(text: str, at: int) -> Iterator[Node]:
    mapping = text[at] == "{"
    at = _skip(text, at + 1)
    while text[at] not in "]}":
        start, name = at, ""
        if mapping:
            name, at = _decoder.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        value, end = _decoder.raw_decode(text, at)
        yield Node(
            start=start,
            name=name or label(value),
            container=isinstance(value, dict | list) and bool(value),
            entries=lambda place=at: entries(text, place),  # type: ignore[misc]  # a default binds the loop's value
        )
        at = _skip(text, end)
        if text[at] == ",":
            at = _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\n\r":
        at += 1
    return at
