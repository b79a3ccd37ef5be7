"""Reading a YAML file into a form, with the line of everything that is wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from aika.domain.errors import ConfigurationError

F = TypeVar("F", bound=BaseModel)

Written = str | list["Written"] | dict[str, "Written"] | None
"""What a file says, every scalar as its words: ``yes``, ``1.10`` and ``2026-01-31`` are what was written."""

_NULL = "tag:yaml.org,2002:null"


class YamlText:
    """A YAML file's text, and where things stand in it. Raises `ConfigurationError` where it is not YAML."""

    def __init__(self, text: str, *, path: Path) -> None:
        self.path = path
        self.text = text
        try:
            self._root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = "" if error.problem_mark is None else f", line {error.problem_mark.line + 1}"
            raise ConfigurationError(f"{path}{line}: this is not YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            raise ConfigurationError(f"{path} is not YAML: {error}") from error

    @classmethod
    def read(cls, path: Path) -> "YamlText":
        try:
            return cls(path.read_text(encoding="utf-8"), path=path)
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from error

    def as_form(self, form: type[F]) -> F:
        """Return what the file means. Raises `ConfigurationError` that names every problem with its line."""
        try:
            return form.model_validate(self.mapping(such_as="topics: …"))
        except ValidationError as error:
            problems = [
                f"{self.path}, line {self.line_of(problem['loc'])}: {in_words(problem['loc'], problem['msg'])}"
                for problem in error.errors(include_url=False, include_input=False)
            ]
            raise ConfigurationError("\n".join(problems)) from error

    def mapping(self, *, such_as: str) -> dict[str, Written]:
        """Return what the file says. Raises `ConfigurationError` where it is no mapping, and where a key is written twice."""
        content = None if self._root is None else self._written(self._root)
        if not isinstance(content, dict):
            raise ConfigurationError(f"{self.path} must hold a mapping such as '{such_as}'")
        return content

    def line_of(self, place: Sequence[str | int]) -> int:
        """Return the line, from 1, of what stands at a place such as ``("topics", 3, "question")``, or of what should hold it."""
        return 1 if self._root is None else self._marked(place)[0].line + 1

    def lines_of(self, place: Sequence[str | int]) -> tuple[int, int]:
        """Return the first line, from 1, of what stands at a place, and the line after its last, without comments below it."""
        start, end = self._marked(place)
        lines = self.text.split("\n")
        # A block ends where the next thing begins.
        last = end.line if lines[end.line][: end.column].strip() else end.line - 1
        while last > start.line and lines[last].strip()[:1] in {"", "#"}:
            last -= 1
        return start.line + 1, last + 2

    def _marked(self, place: Sequence[str | int]) -> tuple[yaml.Mark, yaml.Mark]:
        node = self._root
        assert node is not None, "an empty file has no places"  # noqa: S101 - the callers look
        start: yaml.Mark = node.start_mark
        for step in place:
            if isinstance(node, yaml.MappingNode):
                pair = next(((key, value) for key, value in node.value if key.value == step), None)
                if pair is None:
                    break
                start, node = pair[0].start_mark, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                start = node.start_mark
            else:
                break
        return start, node.end_mark

    def _written(self, node: yaml.Node) -> Written:
        match node:
            case yaml.MappingNode():
                content: dict[str, Written] = {}
                for key, value in node.value:
                    if key.value in content:
                        line = key.start_mark.line + 1
                        raise ConfigurationError(f"{self.path}, line {line}: {key.value!r} is written twice")
                    content[str(key.value)] = self._written(value)
                return content
            case yaml.SequenceNode():
                return [self._written(item) for item in node.value]
            case _:
                return None if node.tag == _NULL else str(node.value)


def in_words(place: Sequence[str | int], message: str) -> str:
    """Return what pydantic says of a place as people read it."""
    where = ".".join(str(step) for step in place)
    said = (
        "is not a known key" if message == "Extra inputs are not permitted" else message.removeprefix("Value error, ")
    )
    return f"{where}: {said}" if where else said
