"""Secrets in what a source's file says: they are names of environment variables, and never leave the server."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, SecretStr

from aika.domain.errors import ConfigurationError
from aika.registry import component
from aika.settings import VARIABLE

MASK = "••••••••"
"""Stands where a file holds a secret itself. Handed back, it means that the secret stays."""
_HARMLESS = frozenset({"", "bearer", "basic", "token"})
"""What may stand beside a variable's name: the scheme of an ``Authorization`` header."""

UNSET = "unset"
_SHORTEST_SECRET = 4
"""A shorter value stands in too many words to be told from them."""

Place = tuple[str | int, ...]


def secret_places(content: Mapping[str, object]) -> dict[Place, str]:
    """Return what a source's file says at the places that are for secrets."""
    options = content.get("options")
    found = dict(_at_secrets(content)) if isinstance(options, Mapping) else {}
    own = content.get("webhook_secret")
    return found | ({("webhook_secret",): own} if isinstance(own, str) else {})


def is_named(value: str) -> bool:
    """Return whether a secret is given as the name of a variable, and nothing of it is written out."""
    return VARIABLE.search(value) is not None and VARIABLE.sub("", value).strip().lower() in _HARMLESS


def masked(content: Mapping[str, object]) -> dict[str, object]:
    """Return what a source's file says, without the secrets that are written out in it."""
    return _with(content, {place: MASK for place, value in secret_places(content).items() if not is_named(value)})


def unmasked(content: Mapping[str, object], there: Mapping[str, object]) -> dict[str, object]:
    """Return new content with the secrets that stay as they were there."""
    kept = secret_places(there)
    masks = [place for place, value in secret_places(content).items() if value == MASK]
    return _with(content, {place: kept[place] for place in masks if place in kept})


def variables(content: object) -> list[str]:
    """Return the names of the environment variables that content names."""
    return sorted(set(_variables(content)))


def unset_variables(content: object) -> list[str]:
    return [name for name in variables(content) if name not in os.environ]


def filled(content: object) -> object:
    """Return content with the variables' values, to check the rest of it; `UNSET` stands for those that have none."""
    if isinstance(content, str):
        return VARIABLE.sub(lambda match: os.environ.get(match["name"], UNSET), content)
    if isinstance(content, Mapping):
        return {name: filled(value) for name, value in content.items()}
    return [filled(value) for value in content] if isinstance(content, Sequence) else content


def without_values(text: str, content: object) -> str:
    """Return a message about content without the values of the variables that it names: errors repeat what they were given."""
    values = [(os.environ.get(name, ""), name) for name in variables(content)]
    for value, name in sorted(values, key=lambda pair: len(pair[0]), reverse=True):
        if len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, f"${{{name}}}")
    return text


def _variables(content: object) -> Iterator[str]:
    if isinstance(content, str):
        yield from (match["name"] for match in VARIABLE.finditer(content))
    elif isinstance(content, Mapping):
        for value in content.values():
            yield from _variables(value)
    elif isinstance(content, Sequence):
        for value in content:
            yield from _variables(value)


def _at_secrets(content: Mapping[str, object]) -> Iterator[tuple[Place, str]]:
    try:
        schema = component("connectors", str(content.get("connector"))).Options
    except ConfigurationError:
        # Of a connector that is not installed nobody knows what is secret: then everything is.
        yield from _every_text(content["options"], ("options",))
        return
    yield from _of_model(schema, content["options"], ("options",))


def _of_model(schema: type[BaseModel], value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if not isinstance(value, Mapping):
        return
    for name, field in schema.model_fields.items():
        if name in value:
            yield from _of_type(field.annotation, value[name], (*place, name))


def _of_type(annotation: Any, value: object, place: Place) -> Iterator[tuple[Place, str]]:
    parts = list(_parts(annotation))
    if SecretStr in parts:
        yield from _every_text(value, place)
    for part in parts:
        if isinstance(part, type) and issubclass(part, BaseModel):
            yield from _of_model(part, value, place)


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield a type and, of unions and containers, the types in it."""
    yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)


def _every_text(value: object, place: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _every_text(inner, (*place, str(name)))
    elif isinstance(value, Sequence):
        for position, inner in enumerate(value):
            yield from _every_text(inner, (*place, position))


def _with(content: Mapping[str, object], changes: Mapping[Place, str]) -> dict[str, object]:
    copied = {name: _copied(value) for name, value in content.items()}
    for place, value in changes.items():
        inside: Any = copied
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = value
    return copied


def _copied(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _copied(inner) for name, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list | tuple) else value
