"""YAML from strangers as plain values: every scalar stays text, and no file can use up the memory or the stack."""

from collections.abc import Iterator

import yaml

_DEPTH = 100
_VALUES = 2_000_000
"""Values of a file with each alias written out: a few lines of aliases can stand for billions."""


def load_yaml(text: str) -> list[object]:
    """Return the documents of a stream, empty ones left out. Raises ``ValueError`` for what is not YAML or is hostile."""
    try:
        _check_depth(yaml.parse(text, Loader=yaml.CBaseLoader))
        # This loader builds nothing but text, lists and mappings.
        documents = list(yaml.load_all(text, Loader=yaml.CBaseLoader))
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    if sum(_values(document, {}) for document in documents) > _VALUES:
        raise ValueError("its aliases stand for too many values")
    return [document for document in documents if document]


def _check_depth(events: Iterator[yaml.Event]) -> None:
    # libyaml's composer recurses in C, so the depth must be known before it starts.
    depth = 0
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEPTH:
                raise ValueError("it is nested too deeply")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _values(value: object, counted: dict[int, int]) -> int:
    """Return how many values there are with each alias written out. ``counted`` remembers containers by identity."""
    if not isinstance(value, dict | list):
        return 1
    if id(value) not in counted:
        # A container inside itself is met again before it is counted, and never ends.
        counted[id(value)] = _VALUES + 1
        inside = value.values() if isinstance(value, dict) else value
        counted[id(value)] = 1 + sum(_values(item, counted) for item in inside)
    return counted[id(value)]
