"""Descriptions of APIs: cut by groups of operations, fetched only when they changed."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import yaml
from synced_source import SyncedSource, synced_source
from wire import Asked, Told, served

from aika.connectors.openapi.connector import OpenapiConnector, OpenapiOptions
from aika.domain.documents import Kind, Parsed
from aika.domain.errors import ConfigurationError, NotFoundError, PermanentError
from aika.domain.sources import Event, Failed, SyncPhase
from aika.parsers.structured_data import StructuredDataParser
from aika.registry import Surroundings, check_options
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, found, versions

SHOP = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "3", "description": "Sells things.", "contact": {"name": "Shop team"}},
    "tags": [{"name": "orders", "description": "What was bought"}],
    "security": [{"key": []}],
    "paths": {
        "/orders/{id}": {
            "parameters": [{"$ref": "#/components/parameters/Id"}],
            "get": {
                "tags": ["orders"],
                "summary": "Show an order",
                "responses": {
                    "200": {
                        "description": "It",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    }
                },
            },
        },
        "/v1/refunds": {"post": {"summary": "Pay back"}},
        "/v1/refunds/{id}": {"get": {"summary": "Show a refund"}},
    },
    "components": {
        "parameters": {"Id": {"name": "id", "in": "path", "description": "Of the order"}},
        "schemas": {
            "Order": {"type": "object", "properties": {"lines": {"items": {"$ref": "#/components/schemas/Line"}}}},
            "Line": {"type": "object", "properties": {"sku": {"type": "string"}}},
            "Unused": {"type": "object", "properties": {"nothing": {"type": "string"}}},
        },
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}


def described(text: str) -> str:
    return yaml.safe_dump(
        {"openapi": "3.0.0", "info": {"title": "One", "description": text}, "paths": {"/a": {"get": {}}}},
        allow_unicode=True,
    )


def connector(folder: Path, **options: object) -> AbstractAsyncContextManager[OpenapiConnector]:
    chosen = OpenapiOptions.model_validate(options)
    return OpenapiConnector.open(chosen, Surroundings(folder, folder, TechnicalAnalyzer()))


async def events_of(folder: Path, **options: object) -> list[Event]:
    async with connector(folder, **options) as opened:
        return [event async for event in opened.read(None)]


def failures(events: list[Event]) -> dict[str, str]:
    return {event.key: event.reason for event in events if isinstance(event, Failed)}


class DescriptionFolder:
    """A folder of descriptions that a test can change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def add(self, name: str, text: str) -> str:
        key = f"{name}.openapi.yaml"
        await self.change(key, text)
        return key

    async def change(self, key: str, text: str) -> None:
        (self._folder / key).write_text(described(text), "utf-8")

    async def remove(self, key: str) -> None:
        (self._folder / key).unlink()

    async def spoil(self, key: str) -> None:
        (self._folder / key).write_text("openapi: [")

    def connect(self) -> AbstractAsyncContextManager[OpenapiConnector]:
        return connector(self._folder, path=".")


class TestDescriptionFilesKeepTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, tmp_path: Path) -> DescriptionFolder:
        return DescriptionFolder(tmp_path)


class TestCutting:
    @pytest.fixture
    async def parts(self, tmp_path: Path) -> dict[str, Parsed]:
        (tmp_path / "openapi.json").write_text(json.dumps(SHOP))
        events = await events_of(tmp_path, path="openapi.json", whole_up_to=1)
        loaded = {key: await found(events, key).load() for key in versions(events)}
        return {key: StructuredDataParser().parse(raw) for key, raw in loaded.items()}

    async def test_each_group_of_operations_is_a_document_and_one_introduces_them(
        self, parts: dict[str, Parsed]
    ) -> None:
        assert list(parts) == ["openapi.json", "openapi.json#orders", "openapi.json#refunds"]
        assert {part.kind for part in parts.values()} == {Kind.API}

    async def test_the_introduction_says_what_the_api_is_and_which_operations_there_are(
        self, parts: dict[str, Parsed]
    ) -> None:
        text = parts["openapi.json"].body.text

        assert "Sells things." in text
        assert "- Operations `orders`: What was bought. GET /orders/{id}" in text
        assert "- Operations `refunds`: POST /v1/refunds, GET /v1/refunds/{id}" in text
        assert "- Authentication `key`: apiKey header X-Key" in text

    async def test_a_group_has_all_that_its_operations_refer_to_and_no_more(self, parts: dict[str, Parsed]) -> None:
        text = parts["openapi.json#orders"].body.text

        assert "): Of the order" in text
        assert "## Schema Order" in text
        assert "- `sku` (string)" in text
        assert "Unused" not in text
        assert "refunds" not in text

    async def test_every_group_says_who_owns_the_api_and_how_to_authenticate(self, parts: dict[str, Parsed]) -> None:
        for part in parts.values():
            assert "- Owner: Shop team" in part.body.text
            assert "Authentication `key`" in part.body.text

    async def test_a_small_api_stays_whole_and_keeps_its_lines(self, tmp_path: Path) -> None:
        (tmp_path / "openapi.yaml").write_text(yaml.safe_dump(SHOP))

        events = await events_of(tmp_path, path=".")

        raw = await found(events, "openapi.yaml").load()
        assert list(versions(events)) == ["openapi.yaml"]
        assert any(block.anchor for block in StructuredDataParser().parse(raw).body.blocks)

    async def test_swagger_2_is_cut_too(self, tmp_path: Path) -> None:
        old = {
            "swagger": "2.0",
            "info": {"title": "Old"},
            "paths": {
                "/pets": {"get": {"responses": {"200": {"schema": {"$ref": "#/definitions/Pet"}}}}},
                "/shops": {"get": {}},
            },
            "definitions": {"Pet": {"properties": {"name": {"type": "string"}}}},
        }
        (tmp_path / "swagger.json").write_text(json.dumps(old))

        events = await events_of(tmp_path, path=".", whole_up_to=0)

        raw = await found(events, "swagger.json#pets").load()
        assert "## Schema Pet" in StructuredDataParser().parse(raw).body.text

    async def test_links_open_the_rendered_reference(self, tmp_path: Path) -> None:
        (tmp_path / "openapi.json").write_text(json.dumps(SHOP))
        template = "https://docs.example/#/{group}"

        events = await events_of(tmp_path, path=".", whole_up_to=0, link_template=template)

        assert (await found(events, "openapi.json#orders").load()).url == "https://docs.example/#/orders"

    async def test_what_is_no_description_is_a_failure_that_says_so(self, tmp_path: Path) -> None:
        (tmp_path / "openapi.json").write_text('{"name": "something else"}')

        assert "neither the key openapi nor swagger" in failures(await events_of(tmp_path, path="."))["openapi.json"]

    async def test_a_description_of_endless_references_ends(self, tmp_path: Path) -> None:
        loop = {**SHOP, "components": {"schemas": {"Order": {"$ref": "#/components/schemas/Order"}}}}
        (tmp_path / "openapi.json").write_text(json.dumps(loop))

        assert len(versions(await events_of(tmp_path, path=".", whole_up_to=0))) == 3


class DescriptionServer:
    """Serves descriptions with validators, and nothing without the key."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.key: str | None = None
        self.moved: dict[str, str] = {}
        self.asked: list[Asked] = []
        self.sent: list[int] = []
        self.url = ""

    def put(self, path: str, description: object) -> str:
        self.pages[path] = json.dumps(description).encode()
        return f"{self.url}{path}"

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        told = self._told(asked)
        self.sent.append(told.status)
        return told

    def _told(self, asked: Asked) -> Told:
        if self.key is not None and asked.headers.get("x-key") != self.key:
            return Told.json({"error": "forbidden"}, 403)
        if asked.path in self.moved:
            return Told(302, b"", {"Location": self.moved[asked.path]})
        page = self.pages.get(asked.path)
        if page is None:
            return Told.json({"error": "not found"}, 404)
        etag = f'"{hashlib.sha256(page).hexdigest()}"'
        if asked.headers.get("if-none-match") == etag:
            return Told(304, b"", {"ETag": etag})
        return Told(200, page, {"ETag": etag, "Last-Modified": "Mon, 02 Nov 2026 08:00:00 GMT"})


@pytest.fixture
def server() -> Iterator[DescriptionServer]:
    made = DescriptionServer()
    with served(made) as url:
        made.url = url
        yield made


class TestAddresses:
    async def test_the_key_is_the_address_without_what_may_be_secret(
        self, tmp_path: Path, server: DescriptionServer
    ) -> None:
        url = server.put("/openapi.json", SHOP)

        events = await events_of(tmp_path, urls=[f"{url}?key=hidden"])

        assert list(versions(events)) == [url]
        assert (await found(events, url).load()).url == url

    async def test_headers_are_sent_and_not_carried_elsewhere(self, tmp_path: Path, server: DescriptionServer) -> None:
        server.key = "k1"
        url = server.put("/openapi.json", SHOP)
        server.moved["/old.json"] = url

        events = await events_of(tmp_path, urls=[url], headers={"X-Key": "k1"})
        with pytest.raises(PermanentError, match="answered 302"):
            await events_of(tmp_path, urls=[f"{server.url}/old.json"], headers={"X-Key": "k1"})

        assert list(versions(events)) == [url]

    async def test_a_refused_key_says_what_to_give_and_does_not_show_it(
        self, tmp_path: Path, server: DescriptionServer
    ) -> None:
        server.key = "k1"
        url = server.put("/openapi.json", SHOP)

        with pytest.raises(ConfigurationError, match="token and headers") as caught:
            await events_of(tmp_path, urls=[url], headers={"X-Key": "a wrong key"})

        assert "a wrong key" not in str(caught.value)

    async def test_one_address_that_fails_leaves_the_others(self, tmp_path: Path, server: DescriptionServer) -> None:
        url, gone = server.put("/openapi.json", SHOP), f"{server.url}/gone.json"

        events = await events_of(tmp_path, urls=[gone, url])

        assert list(versions(events)) == [url]
        assert list(failures(events)) == [gone]

    async def test_addresses_that_differ_in_their_query_are_told_apart(
        self, tmp_path: Path, server: DescriptionServer
    ) -> None:
        url = server.put("/openapi.json", SHOP)

        events = await events_of(tmp_path, urls=[f"{url}?group=a", f"{url}?group=b"])

        assert list(versions(events)) == [url, f"{url} (2)"]

    async def test_the_only_address_that_fails_is_the_sources_failure(
        self, tmp_path: Path, server: DescriptionServer
    ) -> None:
        with pytest.raises(NotFoundError, match=re.escape("/gone.json")):
            await events_of(tmp_path, urls=[f"{server.url}/gone.json"])

    def test_a_place_is_needed(self) -> None:
        with pytest.raises(ConfigurationError, match="give path"):
            check_options("connectors", "openapi", {})


class TestSyncing:
    @pytest.fixture
    async def source(self, tmp_path: Path, server: DescriptionServer) -> AsyncIterator[SyncedSource]:
        options = {"urls": [server.put("/openapi.json", SHOP)], "whole_up_to": 0}
        async with synced_source(tmp_path, "openapi", options, readers=frozenset({"everyone"})) as source:
            yield source

    async def test_what_did_not_change_is_not_sent_again(self, server: DescriptionServer, source: SyncedSource) -> None:
        await source.sync()

        report = await source.sync()

        assert (report.seen, report.unchanged, report.removed) == (3, 3, 0)
        assert server.sent == [200, 304]

    async def test_only_the_group_that_changed_is_read_again(
        self, server: DescriptionServer, source: SyncedSource
    ) -> None:
        await source.sync()
        paths = {**SHOP["paths"], "/v1/refunds": {"post": {"summary": "Reimburse"}}}  # type: ignore[dict-item]  # a mapping
        server.put("/openapi.json", {**SHOP, "paths": paths})

        report = await source.sync()

        assert (report.changed, report.unchanged) == (1, 2)
        assert await source.find("reimburse") == [f"{server.url}/openapi.json#refunds"]

    async def test_a_group_that_is_gone_is_removed(self, server: DescriptionServer, source: SyncedSource) -> None:
        await source.sync()
        paths = {path: item for path, item in SHOP["paths"].items() if "orders" not in path}  # type: ignore[attr-defined]  # a mapping
        paths["/stock"] = {"get": {"summary": "Count"}}
        server.put("/openapi.json", {**SHOP, "paths": paths})

        report = await source.sync()

        assert (report.added, report.removed) == (1, 1)

    async def test_a_description_that_breaks_keeps_its_documents(
        self, server: DescriptionServer, source: SyncedSource
    ) -> None:
        await source.sync()
        server.pages["/openapi.json"] = b"<html>Maintenance</html>"

        report = await source.sync()

        assert report.phase is SyncPhase.FAILED
        assert await source.find("refund") != []
