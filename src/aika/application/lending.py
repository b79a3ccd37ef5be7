"""What a source may use that was declared where no operator reviews every change: a team's own repository.

Its file must not read this machine, sign in with what aika's account happens to hold, reach what only this machine can, name
secrets of others, or say who is in which group, except where the operator lends it that right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from aika.domain.errors import ConfigurationError
from aika.domain.sources import Lent, Source
from aika.registry import component
from aika.settings import DiscoverySettings

FORBIDDEN = frozenset({"filesystem", "people"})
"""One reads this machine, the other says who is who."""


def lent_source(source: Source, name: str, place: DiscoverySettings) -> Source:
    """Return a source that was found in a place, with no more rights than the place has. Raises `ConfigurationError`."""
    by_name = source.connector in place.connectors
    if not by_name and (place.connectors or source.connector in FORBIDDEN):
        raise ConfigurationError(
            f"{source.declared_in}: files of {name!r} may not use the connector {source.connector!r}; "
            f"an operator can allow it with 'connectors' in [discovery.{name}]"
        )
    if not by_name and (wrong := next(_reaches_into(source), None)) is not None:
        raise ConfigurationError(
            f"{source.declared_in}: the option {wrong} would use files or keys of the machine that aika runs on; "
            f"an operator can allow it with 'connectors' in [discovery.{name}]"
        )
    lent = Lent(frozenset(place.secrets), frozenset(host.lower() for host in place.hosts), place.groups)
    return replace(source, lent=lent)


def _reaches_into(source: Source) -> Iterator[str]:
    """Yield the options that name files of this machine, or sign in with the keys of aika's account."""
    yield from _paths(component("connectors", source.connector).Options, source.options)
    url = source.options.get("url")
    if source.connector == "git" and not str(url).startswith(("https://", "http://")):
        yield "url"


def _paths(schema: type[BaseModel], options: Mapping[str, object]) -> Iterator[str]:
    for name, field in schema.model_fields.items():
        value = options.get(name)
        for part in _parts(field.annotation):
            if part is Path and value is not None:
                yield name
            if isinstance(part, type) and issubclass(part, BaseModel) and isinstance(value, Mapping):
                yield from (f"{name}.{inner}" for inner in _paths(part, value))


def _parts(annotation: Any) -> Iterator[Any]:
    """Yield a type and, of unions and containers, the types in it."""
    yield annotation
    for inner in get_args(annotation):
        yield from _parts(inner)
