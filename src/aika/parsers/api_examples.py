"""The examples of requests and responses that an API's description gives."""

import json
from collections.abc import Iterable, Iterator

from aika.parsers.api_schema import Reference
from aika.parsers.values import at, listed, pairs, text_at

_MOST = 4
"""Examples of one request or response."""
_LONGEST = 2_000
"""Characters. A longer example fills the evidence and says no more."""

_encoder = json.JSONEncoder(indent=2, ensure_ascii=False)


def examples(operation: object, reference: Reference) -> Iterator[str]:
    """Yield the examples of an operation's request and responses, each with a line that says what it is."""
    yield from _of_contents("Example request", reference.resolved(at(operation, "requestBody")), reference)
    for parameter in listed(at(operation, "parameters")):
        if text_at(parameter, "in") == "body":
            yield from _shown("Example request", [("", at(parameter, "schema", "example"))])
    for status, named in pairs(at(operation, "responses")):
        response = reference.resolved(named)
        yield from _of_contents(f"Example response {status}", response, reference)
        # Swagger 2 has them here, by media type.
        yield from _shown(f"Example response {status}", pairs(at(response, "examples")))


def _of_contents(what: str, holder: object, reference: Reference) -> Iterator[str]:
    for _, content in pairs(at(holder, "content")):
        schema = reference.resolved(at(content, "schema"))
        single = at(content, "example") if at(content, "example") is not None else at(schema, "example")
        named = ((name, reference.resolved(example)) for name, example in pairs(at(content, "examples")))
        told = [(text_at(example, "summary") or name, at(example, "value")) for name, example in named]
        yield from _shown(what, [("", single), *told])


def _shown(what: str, named: Iterable[tuple[str, object]]) -> Iterator[str]:
    given = [(name, value) for name, value in named if value is not None]
    for name, value in given[:_MOST]:
        written = value if isinstance(value, str) else _written(value)
        if written and len(written) <= _LONGEST:
            yield f"{what}{f' ({name})' if name else ''}:\n{written}"


def _written(value: object) -> str:
    """Return a value as JSON; empty where it is too long."""
    written = ""
    try:
        # Piece by piece, since a few lines of YAML's aliases can stand for billions of values.
        for piece in _encoder.iterencode(value):
            written += piece
            if len(written) > _LONGEST:
                return ""
    except RecursionError:
        return ""
    return written
