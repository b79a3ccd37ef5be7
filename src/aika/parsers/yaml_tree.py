"""YAML with the places of its entries.

Built from libyaml's events rather than with its composer: that one recurses in C, and a file of a few hundred thousand
brackets ends the process. Every scalar stays text, tags are ignored, and merge keys are applied.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from aika.parsers.lines import Lines
from aika.parsers.tree import Node
from aika.parsers.values import label

_DEPTH = 100
_LARGEST = 2_000_000
"""Characters. Events come at about a megabyte a second, and no person writes more."""


@dataclass(slots=True)
class YamlNode:
    """A scalar, a sequence (entries without keys) or a mapping."""

    line: int
    value: object
    """Plain: text, list or dict. What an alias names is the same object, so that a few lines cannot fill the memory."""
    mapping: bool = False
    entries: list[tuple[str, "YamlNode"]] = field(default_factory=list)
    """For a mapping, the line of an entry is that of its key."""


@dataclass(frozen=True, slots=True)
class YamlDocument:
    first_line: int
    root: YamlNode


def load(text: str) -> list[YamlDocument]:
    """Return the documents of a stream, empty ones left out. Raises ``ValueError`` for what is not YAML."""
    if len(text) > _LARGEST:
        raise ValueError(f"it has {len(text):,} characters, more than {_LARGEST:,}")
    try:
        return list(_Composer(yaml.parse(text, Loader=yaml.CBaseLoader)).documents())
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from error


def nodes(root: YamlNode, lines: Lines) -> list[Node]:
    """Return what is directly inside a node. Comments above an entry belong to it."""
    return [
        Node(
            start=lines.start(_with_comments(lines, child.line)),
            name=name or label(child.value),
            container=bool(child.entries),
            entries=lambda node=child: nodes(node, lines),  # type: ignore[misc]  # a default binds the loop's value
        )
        for name, child in root.entries
    ]


def anchor(root: YamlNode, keys: tuple[str, ...]) -> str | None:
    """Return the anchor of the line that the last of the keys stands on."""
    node = root
    for key in keys:
        found = next((child for name, child in node.entries if name == key), None)
        if found is None:
            return None
        node = found
    return f"L{node.line + 1}"


def _with_comments(lines: Lines, line: int) -> int:
    while line > 0 and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


class _Composer:
    def __init__(self, events: Iterator[yaml.Event]) -> None:
        self._events = events
        self._anchors: dict[str, YamlNode] = {}
        self._open: list[YamlNode] = []

    def documents(self) -> Iterator[YamlDocument]:
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                root = self._tree()
                if root.value:
                    yield YamlDocument(_line(event), root)

    def _tree(self) -> YamlNode:
        """Return the next node with all below it, built with a stack of our own."""
        root = self._node(next(self._events))
        open_nodes = self._open = [root] if isinstance(root.value, list | dict) else []
        keys: list[tuple[str, int] | None] = [None]
        while open_nodes:
            event = next(self._events)
            parent = open_nodes[-1]
            if isinstance(event, yaml.CollectionEndEvent):
                open_nodes.pop()
                keys.pop()
                continue
            node = self._node(event)
            if parent.mapping and keys[-1] is None:
                keys[-1] = (node.value if isinstance(node.value, str) else label(node.value), node.line)
                # A key that is a container itself is rare; its insides are read and dropped.
            else:
                _attach(parent, keys[-1], node)
                keys[-1] = None
            if isinstance(event, yaml.CollectionStartEvent):
                if len(open_nodes) >= _DEPTH:
                    raise ValueError("it is nested too deeply")
                open_nodes.append(node)
                keys.append(None)
        return root

    def _node(self, event: yaml.Event) -> YamlNode:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            known = self._anchors.get(event.anchor or "")
            # A container that names itself stays a word, so that no value is endless.
            endless = known is None or any(node is known for node in self._open)
            return YamlNode(line, f"*{event.anchor}" if known is None or endless else known.value)
        if isinstance(event, yaml.SequenceStartEvent):
            node = YamlNode(line, [])
        elif isinstance(event, yaml.MappingStartEvent):
            node = YamlNode(line, {}, mapping=True)
        else:
            node = YamlNode(line, event.value if isinstance(event, yaml.ScalarEvent) else "")
        anchor = getattr(event, "anchor", None)
        if anchor:
            self._anchors[anchor] = node
        return node


def _attach(parent: YamlNode, key: tuple[str, int] | None, node: YamlNode) -> None:
    if isinstance(parent.value, list):
        parent.value.append(node.value)
        parent.entries.append(("", node))
        return
    name, line = key or ("", node.line)
    node.line = line
    parent.entries.append((name, node))
    if isinstance(parent.value, dict):
        if name == "<<" and isinstance(node.value, dict):
            parent.value.update(
                {inherited: value for inherited, value in node.value.items() if inherited not in parent.value}
            )
        else:
            parent.value[name] = node.value


def _line(event: yaml.Event) -> int:
    return event.start_mark.line if event.start_mark is not None else 0
