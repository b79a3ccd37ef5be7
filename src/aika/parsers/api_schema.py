"""JSON Schema in words: what type a value has, and which fields an object."""

from collections.abc import Iterator
from dataclasses import dataclass

from aika.parsers.values import at, is_true, listed, pairs, text, text_at, texts

_DEPTH = 3
"""Levels of objects inside objects that are written out; below, the type's name has to do."""
_MOST = 200
"""Fields written out for one object, a bound for generated descriptions."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Looks up ``$ref`` within one description."""

    root: object

    def resolved(self, value: object) -> object:
        """Return what a reference stands for, and anything else as it is. What is not in this file stays a reference."""
        for _ in range(_DEPTH):
            target = text_at(value, "$ref")
            if not target.startswith("#/"):
                return value
            keys = [key.replace("~1", "/").replace("~0", "~") for key in target[2:].split("/")]
            found = at(self.root, *keys)
            if found is None:
                return value
            value = found
        return value


def type_words(schema: object, depth: int = 0) -> str:
    """Return a type as a person would say it: ``array of Order``, ``string (date-time)``, ``one of: open, closed``."""
    if target := text_at(schema, "$ref"):
        return target.rpartition("/")[2]
    if depth > _DEPTH:
        return "value"
    for key, word in (("oneOf", "one of"), ("anyOf", "any of"), ("allOf", "all of")):
        if options := listed(at(schema, key)):
            return f"{word} {', '.join(type_words(option, depth + 1) for option in options[:20])}"
    kind = " or ".join(texts(at(schema, "type")))
    if kind == "array" or at(schema, "items") is not None:
        return f"array of {type_words(at(schema, 'items'), depth + 1)}"
    values = texts(at(schema, "enum"))
    form = text_at(schema, "format")
    words = f"{kind or ('object' if at(schema, 'properties') else 'value')}{f' ({form})' if form else ''}"
    words += f", one of: {', '.join(values[:50])}" if values else ""
    default = text(at(schema, "default"))
    return f"{words}, default {default}" if default else words


def fields(schema: object, reference: Reference) -> list[str]:
    """Return a list item for each field of an object, those of objects inside it under dotted names."""
    found: list[str] = []
    for line in _fields(schema, reference, "", 0):
        if len(found) == _MOST:
            found.append("- further fields are left out here")
            break
        found.append(line)
    return found


def _fields(schema: object, reference: Reference, prefix: str, depth: int) -> Iterator[str]:
    if depth > _DEPTH:
        return
    for part in listed(at(schema, "allOf")):
        yield from _fields(reference.resolved(part), reference, prefix, depth + 1)
    required = texts(at(schema, "required"))
    for name, field in pairs(at(schema, "properties")):
        needed = ", required" if name in required else ""
        gone = ", deprecated" if is_true(at(field, "deprecated")) else ""
        described = " ".join(text_at(field, "description").split())
        shown = f"- `{prefix}{name}` ({type_words(field)}{needed}{gone})"
        yield f"{shown}: {described}" if described else shown
        inner = at(field, "items") if at(field, "items") is not None else field
        if not text_at(inner, "$ref"):
            yield from _fields(inner, reference, f"{prefix}{name}.", depth + 1)
    if depth == 0 and at(schema, "items") is not None:
        yield from _fields(at(schema, "items"), reference, prefix, depth + 1)
