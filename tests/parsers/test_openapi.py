"""OpenAPI and Swagger: one readable section an operation and a schema."""

import json

import pytest
import yaml

from aika.domain.documents import BlockKind, Kind, Parsed, RawDocument
from aika.parsers.structured_data import StructuredDataParser
from aika.protocols import Parser
from aika.testing.contracts.parser import ParserContract, assert_sound

ORDERS = {
    "openapi": "3.1.0",
    "info": {"title": "Orders API", "version": "2.4.0", "description": "Takes and returns orders."},
    "servers": [{"url": "https://api.example/v2"}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "summary": "Show an order",
                "operationId": "showOrder",
                "deprecated": True,
                "responses": {
                    "200": {
                        "description": "The order.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    },
                    "404": {"$ref": "#/components/responses/Missing"},
                },
            },
        },
        "/orders": {
            "post": {
                "summary": "Place an order",
                "description": "Idempotent by its key.",
                "security": [{"token": []}],
                "parameters": [
                    {
                        "name": "Idempotency-Key",
                        "in": "header",
                        "required": True,
                        "schema": {"type": "string", "format": "uuid"},
                        "description": "The same key never orders twice.",
                    }
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["items"],
                                "properties": {
                                    "items": {
                                        "type": "array",
                                        "items": {"type": "object", "properties": {"sku": {"type": "string"}}},
                                    },
                                    "speed": {"type": "string", "enum": ["slow", "fast"]},
                                },
                            }
                        }
                    }
                },
                "responses": {"201": {"description": "Placed."}},
            }
        },
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}},
        "responses": {"Missing": {"description": "There is no such order."}},
        "schemas": {
            "Order": {
                "type": "object",
                "description": "What was bought.",
                "required": ["id"],
                "properties": {
                    "id": {"type": "integer", "description": "Counts up."},
                    "next": {"$ref": "#/components/schemas/Order"},
                },
            }
        },
    },
}
SWAGGER = {
    "swagger": "2.0",
    "info": {"title": "Old API"},
    "host": "api.example",
    "basePath": "/v1",
    "paths": {
        "/pets": {
            "post": {
                "parameters": [{"in": "body", "name": "pet", "schema": {"$ref": "#/definitions/Pet"}}],
                "responses": {"200": {"description": "Saved", "schema": {"$ref": "#/definitions/Pet"}}},
            }
        }
    },
    "definitions": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}},
}


def parsed(content: object, *, as_yaml: bool = False) -> Parsed:
    text = yaml.safe_dump(content, sort_keys=False) if as_yaml else json.dumps(content)
    path = "api/orders.yaml" if as_yaml else "api/orders.json"
    return StructuredDataParser().parse(RawDocument(key=path, path=path, content=text.encode()))


def section(document: Parsed, heading: str) -> str:
    found = [block for block in document.body.blocks if block.heading_path == (heading,)]
    return "\n".join(document.body.text[block.start : block.end] for block in found)


class TestOpenApiKeepsTheContract(ParserContract):
    @pytest.fixture
    def parser(self) -> Parser:
        return StructuredDataParser()

    @pytest.fixture
    def samples(self) -> list[RawDocument]:
        return [
            RawDocument(key="a", path="a.json", content=json.dumps(ORDERS).encode()),
            RawDocument(key="b", path="b.yaml", content=yaml.safe_dump(SWAGGER).encode()),
        ]


@pytest.mark.parametrize("as_yaml", [False, True])
class TestOperations:
    def test_an_operation_is_a_section(self, as_yaml: bool) -> None:
        document = parsed(ORDERS, as_yaml=as_yaml)

        assert "Idempotent by its key." in section(document, "POST /orders — Place an order")
        assert document.kind is Kind.API
        assert document.title == "Orders API"
        assert document.attributes["api_version"] == "2.4.0"

    def test_parameters_say_where_they_go_and_whether_they_must(self, as_yaml: bool) -> None:
        text = section(parsed(ORDERS, as_yaml=as_yaml), "POST /orders — Place an order")

        assert "- `Idempotency-Key` (header, string (uuid), required): The same key never orders twice." in text

    def test_fields_of_the_request_are_listed_with_those_inside(self, as_yaml: bool) -> None:
        text = section(parsed(ORDERS, as_yaml=as_yaml), "POST /orders — Place an order")

        assert "- `items` (array of object, required)" in text
        assert "- `items.sku` (string)" in text
        assert "- `speed` (string, one of: slow, fast)" in text

    def test_references_to_parameters_and_responses_are_followed(self, as_yaml: bool) -> None:
        text = section(parsed(ORDERS, as_yaml=as_yaml), "GET /orders/{id} — Show an order")

        assert "- `id` (path, integer, required)" in text
        assert "- `200`: The order. — Order" in text
        assert "- `404`: There is no such order." in text
        assert "This operation is deprecated." in text

    def test_a_schema_is_a_section(self, as_yaml: bool) -> None:
        text = section(parsed(ORDERS, as_yaml=as_yaml), "Schema Order")

        assert "What was bought." in text
        assert "- `id` (integer, required): Counts up." in text
        assert "- `next` (Order)" in text

    def test_swagger_is_read_too(self, as_yaml: bool) -> None:
        document = parsed(SWAGGER, as_yaml=as_yaml)

        assert "Request body: Pet" in section(document, "POST /pets")
        assert "- `200`: Saved — Pet" in section(document, "POST /pets")
        assert "api.example/v1" in document.body.text


def test_sections_of_a_yaml_file_open_at_their_lines() -> None:
    document = parsed(ORDERS, as_yaml=True)
    lines = yaml.safe_dump(ORDERS, sort_keys=False).split("\n")

    heading = next(block for block in document.body.blocks if block.kind is BlockKind.HEADING)

    assert heading.anchor is not None
    assert lines[int(heading.anchor.removeprefix("L")) - 1].strip() == "get:"


def test_a_schema_that_holds_itself_ends() -> None:
    node: dict[str, object] = {"type": "object", "properties": {}}
    node["properties"] = {"child": {"allOf": [{"$ref": "#/components/schemas/Node"}]}}
    node["allOf"] = [{"$ref": "#/components/schemas/Node"}]

    document = parsed({"openapi": "3.0.0", "paths": {}, "components": {"schemas": {"Node": node}}})

    assert_sound(document)


@pytest.mark.parametrize(
    "strange",
    [
        {"openapi": "3.0.0", "paths": []},
        {"openapi": "3.0.0", "paths": {"/a": None, "/b": {"get": None}, "/c": {"get": {"parameters": {"a": 1}}}}},
        {"openapi": 3, "paths": {"/a": {"get": {"responses": {"200": "ok"}, "tags": "x", "requestBody": 7}}}},
        {"swagger": "2.0", "definitions": {"A": None, "B": {"properties": [1], "enum": {"a": 1}, "type": ["a", None]}}},
    ],
)
def test_descriptions_that_break_the_rules_are_read_as_far_as_they_go(strange: object) -> None:
    assert_sound(parsed(strange))


SECURED = {
    "openapi": "3.0.0",
    "info": {
        "title": "Ledger",
        "x-slack": "#ledger",
        "contact": {"name": "Ledger team", "email": "ledger@acme.example"},
    },
    "tags": [{"name": "entries", "description": "What was booked."}],
    "security": [{"oauth": ["entries:read"]}],
    "paths": {
        "/entries": {
            "get": {
                "parameters": [{"name": "from", "in": "query", "example": "2026-01-01", "description": "First day"}],
                "responses": {"200": {"content": {"application/json": {"example": [{"amount": 7}]}}}},
            },
            "post": {
                "security": [],
                "requestBody": {
                    "content": {"application/json": {"examples": {"one": {"summary": "A fee", "value": {"amount": 2}}}}}
                },
            },
        }
    },
    "components": {
        "securitySchemes": {
            "oauth": {"type": "oauth2", "flows": {"implicit": {"scopes": {"entries:read": "See what was booked"}}}}
        }
    },
}


class TestWhoMayAndHow:
    def test_the_contact_is_the_owner(self) -> None:
        document = parsed(SECURED)

        assert {"- Owner: Ledger team", "- Slack: #ledger"} <= set(document.body.text.splitlines())
        assert (document.attributes["owner"], document.attributes["email"]) == ("Ledger team", "ledger@acme.example")

    def test_an_operation_names_the_scopes_it_needs(self) -> None:
        document = parsed(SECURED)

        assert "Authentication: oauth (scopes entries:read)." in section(document, "GET /entries")
        assert "Authentication: none is needed." in section(document, "POST /entries")
        assert "- scope `entries:read`: See what was booked" in document.body.text

    def test_examples_are_shown_with_what_they_are_of(self) -> None:
        document = parsed(SECURED)

        assert "First day. For example `2026-01-01`." in section(document, "GET /entries")
        assert 'Example response 200:\n[\n  {\n    "amount": 7' in section(document, "GET /entries")
        assert 'Example request (A fee):\n{\n  "amount": 2' in section(document, "POST /entries")

    def test_groups_of_operations_are_described(self) -> None:
        assert "- Operations `entries`: What was booked." in parsed(SECURED).body.text

    def test_an_example_of_endless_aliases_is_left_out(self) -> None:
        lines = ["x0: &x0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
        lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 10)]
        lines += ["openapi: 3.0.0", "paths: {/a: {get: {responses: {'200': {content: {json: {example: *x9}}}}}}}"]

        raw = RawDocument(key="a", path="a.yaml", content="\n".join(lines).encode())

        assert "Example" not in StructuredDataParser().parse(raw).body.text
