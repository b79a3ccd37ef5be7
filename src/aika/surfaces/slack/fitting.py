"""Cutting what is said to the length that a message may have, so that the reader sees that something is missing."""

from collections.abc import Iterable, Sequence

from aika.delivery.slack_elements import Element, rich
from aika.surfaces.slack.elements import shortened

_EACH = 2
"""What an element weighs besides its characters: thousands of empty ones are too many as well."""
_LEAST = 20
"""Characters. Less of a text than this is not worth its place."""


def weight(part: object) -> int:
    """Return how long a part of a message is: its characters, and a little for each element and address."""
    match part:
        case dict():
            own = sum(_own(name, value) for name, value in part.items())
            return own + _EACH + sum(weight(inner) for inner in part.values() if isinstance(inner, dict | list))
        case list():
            return sum(weight(one) for one in part)
    return 0


def fitted(parts: Iterable[Element], most: int) -> tuple[list[Element], bool]:
    """Return as many of the parts as weigh at most ``most``, the last one cut, and whether anything is missing."""
    kept: list[Element] = []
    left = most
    for part in parts:
        heavy = weight(part)
        if heavy > left:
            rest = _cut(part, left)
            return [*kept, *([] if rest is None else [rest])], True
        kept.append(part)
        left -= heavy
    return kept, False


def blocks_of(parts: Sequence[Element], most: int) -> tuple[list[Element], bool]:
    """Return parts of ``rich_text`` and whole blocks as at most ``most`` blocks, and whether anything is missing."""
    blocks: list[Element] = []
    run: list[Element] = []
    for part in parts:
        if str(part["type"]).startswith("rich_text_"):
            run.append(part)
            continue
        blocks += [rich(run)] if run else []
        run = []
        blocks.append(part)
    blocks += [rich(run)] if run else []
    if len(blocks) > most:
        # A line between texts says nothing that would be missed.
        blocks = _together([block for block in blocks if block["type"] != "divider"])
    return blocks[:most], len(blocks) > most


def _own(name: str, value: object) -> int:
    if not isinstance(value, str) or name == "type":
        return 0
    return len(value) // 4 if name == "url" else len(value)


def _together(blocks: Iterable[Element]) -> list[Element]:
    together: list[Element] = []
    for block in blocks:
        last = together[-1] if together else None
        if last and last["type"] == block["type"] == "rich_text":
            together[-1] = rich([*_inner(last), *_inner(block)])
        else:
            together.append(block)
    return together


def _cut(part: Element, left: int) -> Element | None:
    """Return the beginning of a part, ``None`` where there is no room for any of it."""
    if part["type"] == "table":
        return None
    if part["type"] == "text":
        room = left - _EACH
        return {**part, "text": shortened(str(part["text"]), room)} if room >= _LEAST else None
    if not isinstance(part.get("elements"), list):
        return None
    kept, _ = fitted(_inner(part), left - _EACH)
    return {**part, "elements": kept} if kept else None


def _inner(part: Element) -> list[Element]:
    elements = part["elements"]
    return elements if isinstance(elements, list) else []
