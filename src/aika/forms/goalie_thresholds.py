"""Writing thresholds into a goalie's file, with everything else in it as its team wrote it, comments too."""

from dataclasses import dataclass

import yaml

from aika.domain.errors import ConfigurationError
from aika.forms.goalie_problems import read_form
from aika.forms.yaml_files import YamlText

_KEY = "thresholds"
_BANDS = ("medium", "high")


@dataclass(frozen=True, slots=True)
class _Change:
    """What to put in the place of the characters from ``start`` to ``end``."""

    start: int
    end: int
    text: str


def lines_of_thresholds(medium: float, high: float) -> str:
    """Return the lines that say them, as a file may hold them."""
    return f"{_KEY}: {{medium: {_number(medium)}, high: {_number(high)}}}"


def with_thresholds(file: YamlText, medium: float, high: float) -> str:
    """Return the file's text with these thresholds.

    Raises `ConfigurationError` where the file is wrong, or would be with them.
    """
    changes = _changes(file, {"medium": medium, "high": high})
    text = file.text
    for change in sorted(changes, key=lambda one: one.start, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    written = read_form(YamlText(text, path=file.path)).thresholds
    if (written.medium, written.high) != (medium, high):
        raise ConfigurationError(
            f"{file.path} is written in a way in which thresholds cannot be put into it: write them there by hand"
        )
    return text


def _changes(file: YamlText, values: dict[str, float]) -> list[_Change]:
    root = yaml.compose(file.text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode) or root.flow_style:
        raise ConfigurationError(f"{file.path} holds no mapping of a key a line: write thresholds there by hand")
    there = _value(root, _KEY)
    if there is None:
        return [_appended(file.text, lines_of_thresholds(values["medium"], values["high"]))]
    if not isinstance(there, yaml.MappingNode) or not there.value:
        inline = f"{{medium: {_number(values['medium'])}, high: {_number(values['high'])}}}"
        return [_Change(there.start_mark.index, there.end_mark.index, _spaced(file.text, there, inline))]
    return [_changed(file.text, there, band, values[band]) for band in _BANDS]


def _changed(text: str, mapping: yaml.MappingNode, band: str, value: float) -> _Change:
    node = _value(mapping, band)
    if node is not None:
        return _Change(node.start_mark.index, node.end_mark.index, _number(value))
    first, _ = mapping.value[0]
    at = first.start_mark.index
    if mapping.flow_style:
        return _Change(at, at, f"{band}: {_number(value)}, ")
    begin = text.rfind("\n", 0, at) + 1
    return _Change(at, at, f"{band}: {_number(value)}\n{' ' * (at - begin)}")


def _value(mapping: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in mapping.value if name.value == key), None)


def _appended(text: str, line: str) -> _Change:
    newline = "" if not text or text.endswith("\n") else "\n"
    return _Change(len(text), len(text), f"{newline}{line}\n")


def _spaced(text: str, node: yaml.Node, written: str) -> str:
    """Return what stands for an empty value, which begins right after its colon."""
    at = node.start_mark.index
    return f" {written}" if text[at - 1 : at] == ":" else written


def _number(value: float) -> str:
    return f"{value:g}"
