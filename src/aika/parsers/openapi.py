"""OpenAPI and Swagger descriptions, rendered as a reference: a section an operation, a section a schema."""

from collections.abc import Callable, Iterator

from aika.domain.documents import AttributeValue, BlockKind, Kind, Parsed
from aika.parsers.api_examples import examples
from aika.parsers.api_schema import Reference, fields, type_words
from aika.parsers.values import at, is_true, listed, pairs, text, text_at, texts
from aika.parsers.writing import BodyWriter

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

Locate = Callable[[tuple[str, ...]], str | None]
"""Returns the anchor of the lines that stand under these keys in the file."""


def is_openapi(value: object) -> bool:
    """Return whether a value describes an API, in OpenAPI 3 or Swagger 2."""
    has_version = bool(text_at(value, "openapi") or text_at(value, "swagger"))
    return has_version and any(at(value, key) is not None for key in ("paths", "components", "definitions", "webhooks"))


def render(value: object, locate: Locate = lambda _: None) -> Parsed:
    """Return the description in words. Names, descriptions and paths stand as they are in the file."""
    page = _Page(value, locate)
    page.overview()
    for group in ("paths", "webhooks"):
        for path, item in pairs(at(value, group)):
            page.path(group, path, item)
    for keys in (("components", "schemas"), ("definitions",)):
        for name, schema in pairs(at(value, *keys)):
            page.schema((*keys, name), name, schema)
    return Parsed(page.writer.body(), text_at(value, "info", "title") or None, Kind.API, _attributes(value))


def _attributes(value: object) -> dict[str, AttributeValue]:
    owner = text_at(value, "info", "x-owner") or text_at(value, "x-owner") or text_at(value, "info", "contact", "name")
    said: dict[str, AttributeValue] = {
        "api_version": text_at(value, "info", "version"),
        "owner": owner,
        "recorded_in": "the API's description" if owner else "",
        "slack": text_at(value, "info", "x-slack") or text_at(value, "info", "contact", "x-slack"),
        "email": text_at(value, "info", "contact", "email"),
        "lifecycle": text_at(value, "info", "x-lifecycle"),
    }
    return {name: found for name, found in said.items() if found}


class _Page:
    def __init__(self, root: object, locate: Locate) -> None:
        self.writer = BodyWriter()
        self._root = root
        self._locate = locate
        self._reference = Reference(root)

    def overview(self) -> None:
        version = text_at(self._root, "info", "version")
        self._add((), text_at(self._root, "info", "description"))
        self._add((), f"Version {version}" if version else "")
        servers = [text_at(server, "url") for server in listed(at(self._root, "servers"))]
        host = text_at(self._root, "host")
        servers += [f"{host}{text_at(self._root, 'basePath')}"] if host else []
        self._add((), "Servers: " + ", ".join(filter(None, servers)) if any(servers) else "")
        self._add((), "\n".join(_contact_facts(self._root)), BlockKind.LIST)
        self._add((), "\n".join(self._security_schemes()), BlockKind.LIST)
        self._add((), "\n".join(self._tags()), BlockKind.LIST)

    def path(self, group: str, path: str, item: object) -> None:
        item = self._reference.resolved(item)
        for method, operation in pairs(item):
            if method.lower() in _METHODS:
                anchor = self._locate((group, path, method))
                self._operation(f"{method.upper()} {path}", operation, listed(at(item, "parameters")), anchor)

    def schema(self, keys: tuple[str, ...], name: str, schema: object) -> None:
        heading = (f"Schema {name}",)
        anchor = self._locate(keys)
        self.writer.add(BlockKind.HEADING, f"## {heading[0]}", anchor=anchor)
        self._add(heading, text_at(schema, "description"), anchor=anchor)
        self._add(heading, f"{name} is: {type_words(schema)}", anchor=anchor)
        self._add(heading, "\n".join(fields(schema, self._reference)), BlockKind.LIST, anchor)

    def _operation(self, name: str, operation: object, shared: list[object], anchor: str | None) -> None:
        summary = text_at(operation, "summary")
        heading = (f"{name} — {summary}" if summary else name,)
        self.writer.add(BlockKind.HEADING, f"## {heading[0]}", anchor=anchor)
        self._add(
            heading, "This operation is deprecated." if is_true(at(operation, "deprecated")) else "", anchor=anchor
        )
        self._add(heading, text_at(operation, "description"), anchor=anchor)
        self._add(heading, " ".join(_facts(operation, at(self._root, "security"))), anchor=anchor)
        parameters = [self._reference.resolved(item) for item in (*shared, *listed(at(operation, "parameters")))]
        lines = list(self._parameters(parameters))
        self._add(heading, "\n".join(["Parameters:", *lines]) if lines else "", BlockKind.LIST, anchor)
        self._add(heading, "\n".join(self._request(operation, parameters)), BlockKind.LIST, anchor)
        lines = list(self._responses(operation))
        self._add(heading, "\n".join(["Responses:", *lines]) if lines else "", BlockKind.LIST, anchor)
        for example in examples(operation, self._reference):
            self._add(heading, example, BlockKind.CODE, anchor)

    def _parameters(self, parameters: list[object]) -> Iterator[str]:
        for parameter in parameters:
            place = text_at(parameter, "in")
            if place == "body" or not text_at(parameter, "name"):
                continue
            schema = at(parameter, "schema") or parameter
            words = [place, type_words(schema), "required" if is_true(at(parameter, "required")) else ""]
            described = " ".join(text_at(parameter, "description").split())
            shown = f"- `{text_at(parameter, 'name')}` ({', '.join(filter(None, words))})"
            example = text_at(parameter, "example") or text_at(schema, "example")
            told = ". ".join(filter(None, (described.rstrip("."), f"For example `{example}`" if example else "")))
            yield f"{shown}: {told}{'.' if example or described.endswith('.') else ''}" if told else shown

    def _request(self, operation: object, parameters: list[object]) -> Iterator[str]:
        body = self._reference.resolved(at(operation, "requestBody"))
        contents = [(media, at(content, "schema")) for media, content in pairs(at(body, "content"))]
        contents += [("", at(parameter, "schema")) for parameter in parameters if text_at(parameter, "in") == "body"]
        described = " ".join(text_at(body, "description").split())
        for media, schema in contents:
            shown = f"Request body{f' ({media})' if media else ''}: {type_words(schema)}"
            yield f"{shown}. {described}" if described else shown
            yield from fields(schema, self._reference)

    def _responses(self, operation: object) -> Iterator[str]:
        for status, named in pairs(at(operation, "responses")):
            response = self._reference.resolved(named)
            schemas = [at(content, "schema") for _, content in pairs(at(response, "content"))] or [
                at(response, "schema")
            ]
            described = " ".join(text_at(response, "description").split())
            kind = next((words for schema in schemas if schema is not None and (words := type_words(schema))), "")
            yield f"- `{status}`: {described}{f' — {kind}' if kind else ''}"
            if schemas[0] is not None and not text_at(schemas[0], "$ref"):
                yield from (f"  {line}" for line in fields(schemas[0], self._reference))

    def _security_schemes(self) -> Iterator[str]:
        schemes = at(self._root, "components", "securitySchemes") or at(self._root, "securityDefinitions")
        for name, scheme in pairs(schemes):
            facts = [text_at(scheme, key) for key in ("type", "scheme", "in", "name")]
            described = " ".join(text_at(scheme, "description").split())
            shown = f"- Authentication `{name}`: {' '.join(filter(None, facts))}"
            yield f"{shown}. {described}" if described else shown
            flows = [flow for _, flow in pairs(at(scheme, "flows"))] or [scheme]
            for scope, meaning in (pair for flow in flows for pair in pairs(at(flow, "scopes"))):
                yield f"  - scope `{scope}`: {' '.join(text(meaning).split())}"

    def _tags(self) -> Iterator[str]:
        for tag in listed(at(self._root, "tags")):
            described = " ".join(text_at(tag, "description").split())
            if name := text_at(tag, "name"):
                yield f"- Operations `{name}`{f': {described}' if described else ''}"

    def _add(
        self, heading: tuple[str, ...], text: str, kind: BlockKind = BlockKind.PARAGRAPH, anchor: str | None = None
    ) -> None:
        self.writer.add(kind, text, path=heading, anchor=anchor)


def _contact_facts(root: object) -> Iterator[str]:
    attributes = _attributes(root)
    for name, key in (("Owner", "owner"), ("Slack", "slack"), ("E-mail", "email"), ("Lifecycle", "lifecycle")):
        if key in attributes:
            yield f"- {name}: {attributes[key]}"
    if url := text_at(root, "info", "contact", "url"):
        yield f"- Contact: {url}"
    if url := text_at(root, "externalDocs", "url"):
        yield f"- {text_at(root, 'externalDocs', 'description') or 'Documentation'}: {url}"


def _facts(operation: object, default_security: object) -> Iterator[str]:
    if name := text_at(operation, "operationId"):
        yield f"Operation: {name}."
    if tags := texts(at(operation, "tags")):
        yield f"Tags: {', '.join(tags)}."
    own = at(operation, "security")
    alternatives = listed(default_security if own is None else own)
    needed = [" and ".join(_needs(alternative)) for alternative in alternatives]
    if any(needed):
        yield f"Authentication: {' or '.join(way or 'none' for way in needed)}."
    elif own is not None:
        yield "Authentication: none is needed."


def _needs(alternative: object) -> Iterator[str]:
    for name, scopes in pairs(alternative):
        named = texts(scopes)
        yield f"{name} (scopes {', '.join(named)})" if named else name
