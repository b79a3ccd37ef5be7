"""How a JSON value is checked against what Slack documents: small checks that are composed into shapes.

A check looks at one value and notes what is wrong with it, with a pointer to it, in the words that Slack uses in
``response_metadata.messages``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in the JSON that is being checked, and the list that complaints about it are added to."""

    pointer: str
    complaints: list[str]

    def at(self, step: str | int) -> "Spot":
        return Spot(f"{self.pointer}/{step}", self.complaints)

    def complain(self, message: str) -> None:
        self.complaints.append(f"[ERROR] {message} [json-pointer:{self.pointer}]")


Check = Callable[[object, Spot], None]
Rule = Callable[[Mapping[str, object], Spot], None]


def string(least: int = 0, most: int | None = None) -> Check:
    def check(value: object, spot: Spot) -> None:
        if not isinstance(value, str):
            spot.complain("must be a string")
        elif len(value) < least:
            spot.complain(f"must be more than {least - 1} characters")
        elif most is not None and len(value) > most:
            spot.complain(f"must be less than {most + 1} characters")

    return check


def url(most: int = 3000) -> Check:
    """A link that Slack opens: with a scheme, and with a host where the scheme is one of the web's."""
    length = string(1, most)

    def check(value: object, spot: Spot) -> None:
        length(value, spot)
        if isinstance(value, str):
            parts = urlsplit(value)
            if not parts.scheme or (parts.scheme in {"http", "https"} and not parts.netloc) or " " in value:
                spot.complain("Invalid URL")

    return check


def boolean(value: object, spot: Spot) -> None:
    if not isinstance(value, bool):
        spot.complain("must be a boolean")


def integer(least: int | None = None, most: int | None = None) -> Check:
    def check(value: object, spot: Spot) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            spot.complain("must be an integer")
        elif (least is not None and value < least) or (most is not None and value > most):
            spot.complain(f"must be between {least} and {most}")

    return check


def one_of(*allowed: str) -> Check:
    def check(value: object, spot: Spot) -> None:
        if value not in allowed:
            spot.complain(f"must be one of: {', '.join(allowed)}")

    return check


def many(item: Check, least: int = 1, most: int | None = None) -> Check:
    def check(value: object, spot: Spot) -> None:
        if not isinstance(value, list):
            spot.complain("must be an array")
            return
        if len(value) < least:
            spot.complain(f"no less than {least} items allowed")
        if most is not None and len(value) > most:
            spot.complain(f"no more than {most} items allowed")
        for index, entry in enumerate(value):
            item(entry, spot.at(index))

    return check


def anything(value: object, spot: Spot) -> None:
    """Accept what Slack fills in itself."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an object may hold. Everything else in it is refused, as Slack does."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    """What several fields must fulfil together."""

    def __call__(self, value: object, spot: Spot) -> None:
        if not isinstance(value, dict):
            spot.complain("must be an object")
            return
        for name, check in self.required.items():
            if name not in value:
                spot.complain(f"missing required field: {name}")
            else:
                check(value[name], spot.at(name))
        for name, check in self.optional.items():
            if name in value:
                check(value[name], spot.at(name))
        for name in value:
            if name not in self.required and name not in self.optional:
                spot.complain(f"invalid additional property: {name}")
        for rule in self.rules:
            rule(value, spot)


def typed(shapes: Mapping[str, Shape], what: str) -> Check:
    """An object whose field ``type`` says which of the shapes it has."""

    def check(value: object, spot: Spot) -> None:
        if not isinstance(value, dict):
            spot.complain("must be an object")
            return
        shape = shapes.get(str(value.get("type")))
        if shape is None:
            spot.complain(f"unsupported type: {value.get('type')} ({what})")
            return
        shape({name: entry for name, entry in value.items() if name != "type"}, spot)

    return check


def any_of(*names: str) -> Rule:
    def rule(value: Mapping[str, object], spot: Spot) -> None:
        if not any(value.get(name) is not None for name in names):
            spot.complain(f"missing required field: one of {', '.join(names)}")

    return rule


def exactly_one_of(*names: str) -> Rule:
    def rule(value: Mapping[str, object], spot: Spot) -> None:
        if sum(name in value for name in names) != 1:
            spot.complain(f"must have exactly one of: {', '.join(names)}")

    return rule
