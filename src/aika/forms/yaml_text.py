"""YAML as people would write it, and files changed so that what people wrote in them stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

_WIDTH = 100
_LONGEST_FLOW_LIST = 72
"""Characters of a list that still stands on one line."""
_INDENT = 2


def written_mapping(mapping: Mapping[str, object]) -> str:
    """Return a mapping as YAML: in the order given, short lists on one line, long texts as blocks."""
    text: str = yaml.dump(
        dict(mapping),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=_WIDTH,
        indent=_INDENT,
    )
    return text


def rewritten_mapping(text: str, mapping: Mapping[str, object]) -> str:
    """Return a YAML file's text with these values instead: lines of what is the same stay as they are, comments too.

    Where the file is written in a way that cannot be kept, the whole of it is written anew.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if isinstance(root, yaml.MappingNode) and not root.flow_style:
            changed = _Rewriting(text.splitlines()).rewrite(root, mapping)
            if yaml.safe_load(changed) == mapping:
                return changed
    except yaml.YAMLError:
        pass  # What is no YAML has nothing to keep: the mapping says all there is to say.
    return written_mapping(mapping)


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        # A list is indented below its key, as in all examples.
        super().increase_indent(flow, False)


def _short_lists(dumper: yaml.SafeDumper, items: Sequence[object]) -> yaml.SequenceNode:
    scalars = not any(isinstance(item, (list, dict)) for item in items)
    short = scalars and sum(len(str(item)) + 2 for item in items) <= _LONGEST_FLOW_LIST
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=short)


def _texts(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(list, _short_lists)
_Dumper.add_representer(tuple, _short_lists)
_Dumper.add_representer(str, _texts)


@dataclass(frozen=True, slots=True)
class _Edit:
    """Lines to put in place of others: from the first (inclusive) to the last (exclusive)."""

    first: int
    last: int
    lines: tuple[str, ...]


class _Rewriting:
    """One file's lines, and what becomes of them."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._edits: list[_Edit] = []

    def rewrite(self, root: yaml.MappingNode, mapping: Mapping[str, object]) -> str:
        self._compare(root, mapping)
        lines = list(self._lines)
        # From the bottom up, so that line numbers hold. Of two additions at one place the inner one was noted first, and
        # stands first.
        for _, _, edit in sorted(((one.first, n, one) for n, one in enumerate(self._edits)), reverse=True):
            lines[edit.first : edit.last] = edit.lines
        return "\n".join(lines).rstrip("\n") + "\n"

    def _compare(self, node: yaml.MappingNode, mapping: Mapping[str, object]) -> None:
        there = {key.value: (key, value) for key, value in node.value}
        end = _end(node)
        column = node.start_mark.column
        for name, (key, value) in there.items():
            if name not in mapping:
                self._edits.append(_Edit(self._with_comment(key), _end(value), ()))
            elif _value_of(value) != mapping[name]:
                self._replace(name, key, value, mapping[name])
        new = {name: value for name, value in mapping.items() if name not in there}
        if new:
            self._edits.append(_Edit(end, end, _indented(new, column)))

    def _replace(self, name: str, key: yaml.Node, value: yaml.Node, new: object) -> None:
        if isinstance(value, yaml.MappingNode) and not value.flow_style and isinstance(new, Mapping) and new:
            self._compare(value, new)
            return
        first, end = key.start_mark.line, _end(value)
        lines = _indented({name: new}, key.start_mark.column)
        if len(lines) == 1 and end == first + 1:
            lines = (lines[0] + self._remark(value),)
        self._edits.append(_Edit(first, end, lines))

    def _remark(self, value: yaml.Node) -> str:
        """Return the comment behind a value, with the space before it."""
        rest = self._lines[value.end_mark.line][value.end_mark.column :]
        return f"  {rest.strip()}" if rest.strip().startswith("#") else ""

    def _with_comment(self, key: yaml.Node) -> int:
        """Return the line where the comment right above a key begins, which is about it and goes with it."""
        first: int = key.start_mark.line
        while first > 1 and self._lines[first - 1].lstrip().startswith("#"):
            first -= 1
        return first


def _indented(mapping: Mapping[str, object], column: int) -> tuple[str, ...]:
    return tuple(" " * column + line if line else "" for line in written_mapping(mapping).splitlines())


def _value_of(node: yaml.Node) -> object:
    value: object = yaml.safe_load(yaml.serialize(node, Dumper=yaml.SafeDumper))
    return value


def _end(node: yaml.Node) -> int:
    """Return the line after a value's last: a block's own mark stands before whatever comes next, comments included."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        return _end(node.value[-1])
    mark = node.end_mark
    return int(mark.line if mark.column == 0 and mark.line > node.start_mark.line else mark.line + 1)
