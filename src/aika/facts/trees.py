"""YAML and JSON with the exact place of every value.

Built from libyaml's events: its own composer recurses in C, where deep nesting ends the process. JSON is read as the YAML it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

_DEPTH = 40
_LARGEST = 2_000_000
"""Characters. Nobody writes more by hand, and generated data names no owners."""


@dataclass(slots=True)
class Scalar:
    value: str
    start: int
    end: int


@dataclass(slots=True)
class Listing:
    start: int
    end: int
    items: list["Tree"] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    start: int
    end: int
    entries: list[tuple[Scalar, "Tree"]] = field(default_factory=list)

    def get(self, name: str) -> "Tree | None":
        return next((value for key, value in self.entries if key.value == name), None)


Tree = Scalar | Listing | Mapping


def read_trees(text: str, offset: int = 0) -> list[Tree]:
    """Return the documents of a stream, their offsets counted from ``offset``; none where it is not YAML or too large."""
    if len(text) > _LARGEST:
        return []
    try:
        return list(_Reader(text, offset).trees())
    except (yaml.YAMLError, ValueError):
        return []


class _Reader:
    def __init__(self, text: str, offset: int) -> None:
        # libyaml counts a byte order mark as three characters.
        self._events: Iterator[yaml.Event] = yaml.parse(text.removeprefix("\ufeff"), Loader=yaml.CBaseLoader)
        self._offset = offset + text.startswith("\ufeff")
        self._anchors: dict[str, Tree] = {}

    def trees(self) -> Iterator[Tree]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                yield self._tree()

    def _tree(self) -> Tree:
        """Return the next value with all that is in it, built with a stack of our own."""
        root = self._node(next(self._events))
        above: list[Tree] = [] if isinstance(root, Scalar) else [root]
        keys: list[Scalar | None] = [None]
        while above:
            event = next(self._events)
            parent = above[-1]
            if isinstance(event, yaml.CollectionEndEvent):
                parent.end = self._end(event)
                above.pop()
                keys.pop()
                continue
            node = self._node(event)
            if isinstance(parent, Listing):
                parent.items.append(node)
            elif isinstance(parent, Mapping) and keys[-1] is None:
                # A key that is a container is rare: what is in it is read and dropped.
                keys[-1] = node if isinstance(node, Scalar) else Scalar("", node.start, node.end)
            elif isinstance(parent, Mapping) and (key := keys[-1]) is not None:
                parent.entries.append((key, node))
                keys[-1] = None
            if isinstance(event, yaml.CollectionStartEvent):
                if len(above) >= _DEPTH:
                    raise ValueError("nested too deeply")
                above.append(node)
                keys.append(None)
        return root

    def _node(self, event: yaml.Event) -> Tree:
        start, end = self._start(event), self._end(event)
        if isinstance(event, yaml.AliasEvent):
            # What an alias names is told where it is written; only its scalars are worth repeating.
            known = self._anchors.get(event.anchor or "")
            return Scalar(known.value if isinstance(known, Scalar) else "", start, end)
        node: Tree
        if isinstance(event, yaml.SequenceStartEvent):
            node = Listing(start, end)
        elif isinstance(event, yaml.MappingStartEvent):
            node = Mapping(start, end)
        else:
            node = Scalar(event.value if isinstance(event, yaml.ScalarEvent) else "", start, end)
        if anchor := getattr(event, "anchor", None):
            self._anchors[anchor] = node
        return node

    def _start(self, event: yaml.Event) -> int:
        return self._offset + (event.start_mark.index if event.start_mark is not None else 0)

    def _end(self, event: yaml.Event) -> int:
        return self._offset + (event.end_mark.index if event.end_mark is not None else 0)
