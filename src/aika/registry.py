"""Components by entry point: a name becomes a class, checked options, an opened object.

Ours and strangers' are found the same way. A component is a class with

- ``Options``: a pydantic model, whose JSON Schema is its form and its page in the docs, and
- ``open(options, surroundings)``: a class method that returns an async context manager of the ready object.

Parsers and chunkers have no options: they are classes that are called without arguments.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from aika.domain.errors import ConfigurationError
from aika.protocols import Analyzer, TextModel

Group = Literal["connectors", "parsers", "chunkers", "embedders", "indexes", "rerankers"]


class Options(BaseModel):
    """The base of every component's options: unknown ones are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a component may use of the place it runs in."""

    base_dir: Path
    """Relative paths in options are relative to this folder."""
    data_dir: Path
    """For what a component keeps. Each uses a folder of its own in it."""
    analyzer: Analyzer
    """How text becomes terms, for indexes."""
    model: TextModel | None = None
    """The configured language model, where there is one and it is open already."""


class Component(Protocol):
    Options: type[Options]

    @classmethod
    def open(cls, options: Any, surroundings: Surroundings) -> AbstractAsyncContextManager[Any]: ...


def names(group: Group) -> list[str]:
    """Return the names of the installed components of a group."""
    return sorted(_installed(group))


def component(group: Group, name: str) -> type[Any]:
    """Return the component's class. Raises `ConfigurationError` with the known names, or with the extra to install."""
    installed = _installed(group)
    if name not in installed:
        raise ConfigurationError(
            f"no {group[:-1]} called {name!r} is installed (known: {', '.join(sorted(installed))})"
        )
    try:
        loaded = installed[name].load()
    except ImportError as error:
        raise ConfigurationError(f"the {group[:-1]} {name!r} cannot be loaded: {error}") from error
    if not isinstance(loaded, type):
        raise ConfigurationError(f"the {group[:-1]} {name!r} is not a class: {installed[name].value}")
    return loaded


def check_options(group: Group, name: str, options: Mapping[str, object]) -> Options:
    """Return the component's checked options. Raises `ConfigurationError` that names each wrong one."""
    schema: type[Options] = component(group, name).Options
    try:
        return schema.model_validate(dict(options))
    except ValidationError as error:
        known = ", ".join(schema.model_fields) or "none"
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise ConfigurationError(
            f"options of the {group[:-1]} {name!r}: {problems} (known options: {known})"
        ) from error


def open_component(
    group: Group, name: str, options: Mapping[str, object], surroundings: Surroundings
) -> AbstractAsyncContextManager[Any]:
    """Check the options and return the component, to be entered."""
    opened: AbstractAsyncContextManager[Any] = component(group, name).open(
        check_options(group, name, options), surroundings
    )
    return opened


@cache
def _installed(group: Group) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=f"aika.{group}")}
