"""The catalog's API: paging, versions by etag, groups, tokens, against a server that is as strict as Backstage."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from synced_source import SyncedSource, synced_source
from wire import Asked, Told, rate_limited, served

from aika.connectors.backstage_catalog.connector import BackstageCatalogConnector, BackstageCatalogOptions
from aika.domain.documents import Kind
from aika.domain.errors import ConfigurationError
from aika.domain.sources import Event, Failed, Members, SyncPhase
from aika.parsers.structured_data import StructuredDataParser
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, found, versions

TOKEN = "a static token"


class Backstage:
    """A catalog that stitches entities as Backstage does: final relations, and an etag over all of an entity."""

    largest_page = 2

    def __init__(self) -> None:
        self.entities: dict[str, dict[str, object]] = {}
        self.hidden: set[str] = set()
        """Listed, but not given whole: they vanish in between."""
        self.asked: list[Asked] = []
        self.refusals: list[Told] = []
        self.tokens = {TOKEN}
        self.url = ""

    def put(self, kind: str, name: str, *, relations: object = (), spec: object = None, **metadata: object) -> str:
        ref = f"{kind}:default/{name}".lower()
        said: dict[str, object] = {
            "apiVersion": "backstage.io/v1alpha1",
            "kind": kind,
            "metadata": {"namespace": "default", "name": name, "uid": ref, **metadata},
            "spec": spec or {},
            "relations": [{"type": kind, "targetRef": target} for kind, target in relations],  # type: ignore[attr-defined]  # pairs
        }
        said["metadata"]["etag"] = hashlib.sha256(json.dumps(said).encode()).hexdigest()  # type: ignore[index]  # a mapping
        self.entities[ref] = said
        return ref

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Told.json({"error": {"name": "AuthenticationError", "message": "Missing credentials"}}, 401)
        match asked.method, asked.path:
            case "GET", "/api/catalog/entities/by-query":
                return self._page(asked.query)
            case "POST", "/api/catalog/entities/by-refs":
                refs = json.loads(asked.body)["entityRefs"]
                return Told.json({"items": [None if ref in self.hidden else self.entities.get(ref) for ref in refs]})
        return Told.json({"error": {"name": "NotFoundError"}}, 404)

    def _page(self, query: dict[str, str]) -> Told:
        after = json.loads(b64decode(query["cursor"]))["after"] if "cursor" in query else ""
        rest = [ref for ref in sorted(self.entities) if ref > after]
        shown = rest[: min(int(query.get("limit", "20")), self.largest_page)]
        cursor = b64encode(json.dumps({"after": shown[-1]}).encode()).decode() if len(rest) > len(shown) else None
        fields = query["fields"].split(",")
        items = [_selected(self.entities[ref], fields) for ref in shown]
        page = {"nextCursor": cursor} if cursor else {}
        return Told.json({"items": items, "totalItems": len(self.entities), "pageInfo": page})

    def count(self, path: str) -> int:
        return sum(asked.path.endswith(path) for asked in self.asked)


def _selected(entity: dict[str, object], fields: list[str]) -> dict[str, object]:
    chosen: dict[str, object] = {}
    for field in fields:
        outer, _, inner = field.partition(".")
        value = entity.get(outer)
        if not inner:
            chosen[outer] = value
        elif isinstance(value, dict) and inner in value:
            chosen.setdefault(outer, {})[inner] = value[inner]  # type: ignore[index]  # a mapping, as the line above made it
    return chosen


@pytest.fixture
def backstage() -> Iterator[Backstage]:
    server = Backstage()
    with served(server) as url:
        server.url = url
        yield server


def connector(url: str, **options: object) -> AbstractAsyncContextManager[BackstageCatalogConnector]:
    chosen = BackstageCatalogOptions.model_validate({"url": url, "token": TOKEN, **options})
    return BackstageCatalogConnector.open(chosen, Surroundings(Path(), Path(), TechnicalAnalyzer()))


async def events_of(url: str, **options: object) -> list[Event]:
    async with connector(url, **options) as opened:
        return [event async for event in opened.read(None)]


class CatalogPlace:
    """A running catalog that a test can change."""

    def __init__(self, server: Backstage) -> None:
        self._server = server

    async def add(self, name: str, text: str) -> str:
        return self._server.put("Component", name, description=text)

    async def change(self, key: str, text: str) -> None:
        self._server.put("Component", key.partition("/")[2], description=text)

    async def remove(self, key: str) -> None:
        del self._server.entities[key]

    async def spoil(self, key: str) -> None:
        self._server.hidden.add(key)

    def connect(self) -> AbstractAsyncContextManager[BackstageCatalogConnector]:
        return connector(self._server.url)


class TestCatalogApiKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, backstage: Backstage) -> CatalogPlace:
        return CatalogPlace(backstage)


class TestListing:
    async def test_every_page_is_read(self, backstage: Backstage) -> None:
        refs = {backstage.put("Component", f"c{number}") for number in range(5)}

        assert set(versions(await events_of(backstage.url))) == refs
        assert backstage.count("by-query") == 3

    async def test_the_listing_asks_for_no_definitions(self, backstage: Backstage) -> None:
        backstage.put("API", "orders", spec={"definition": "large"})

        await events_of(backstage.url)

        assert all("definition" not in asked.target for asked in backstage.asked)

    async def test_entities_are_loaded_by_the_batch(self, backstage: Backstage) -> None:
        refs = [backstage.put("Component", f"c{number}") for number in range(5)]
        async with connector(backstage.url) as opened:
            events = [event async for event in opened.read(None)]

            for ref in refs:
                await found(events, ref).load()

        assert backstage.count("by-refs") == 1

    async def test_an_api_is_loaded_with_its_definition_and_links_to_its_page(self, backstage: Backstage) -> None:
        ref = backstage.put("API", "orders", spec={"type": "graphql", "definition": "type Order { id: ID }"})
        async with connector(backstage.url, app_url="https://portal.example") as opened:
            raw = await found([event async for event in opened.read(None)], ref).load()

        document = StructuredDataParser().parse(raw)
        assert (document.kind, raw.url) == (Kind.API, "https://portal.example/catalog/default/api/orders")
        assert "type Order { id: ID }" in document.body.text

    async def test_an_entity_tells_the_contacts_of_its_owner(self, backstage: Backstage) -> None:
        ref = backstage.put("Component", "shop", relations=[("ownedBy", "group:default/payments")])
        backstage.put("Group", "payments", annotations={"pagerduty.com/service-id": "PX1"})
        async with connector(backstage.url) as opened:
            raw = await found([event async for event in opened.read(None)], ref).load()

        assert StructuredDataParser().parse(raw).attributes["on_call"] == "PagerDuty service PX1"

    async def test_a_new_contact_of_the_owner_is_a_new_version(self, backstage: Backstage) -> None:
        ref = backstage.put("Component", "shop", relations=[("ownedBy", "group:default/payments")])
        backstage.put("Group", "payments")
        before = versions(await events_of(backstage.url))[ref]

        backstage.put("Group", "payments", annotations={"acme/slack-channel": "pay"})

        assert versions(await events_of(backstage.url))[ref] != before

    async def test_groups_have_their_members(self, backstage: Backstage) -> None:
        members = [
            ("hasMember", "user:default/ann"),
            ("hasMember", "user:default/bot"),
            ("parentOf", "group:default/x"),
        ]
        backstage.put("Group", "payments", relations=members)
        backstage.put("User", "ann", spec={"profile": {"email": "Ann@acme.example"}})

        groups = [event for event in await events_of(backstage.url) if isinstance(event, Members)]

        members_of = {"user:ann@acme.example", "backstage:bot", "group:x"}
        assert [(event.group, event.members) for event in groups] == [("group:payments", members_of)]

    async def test_an_entity_that_is_none_is_its_own_failure(self, backstage: Backstage) -> None:
        good, bad = backstage.put("Component", "shop"), backstage.put("Component", "stall")
        backstage.entities[bad]["metadata"] = {"namespace": "default", "name": "stall", "links": "none"}

        events = await events_of(backstage.url)

        assert list(versions(events)) == [good]
        assert [event.key for event in events if isinstance(event, Failed)] == [bad]


class TestRefusals:
    async def test_a_refused_token_says_which_token_is_needed(self, backstage: Backstage) -> None:
        with pytest.raises(ConfigurationError, match=r"backend\.auth\.externalAccess") as caught:
            await events_of(backstage.url, token="an old token")

        assert "an old token" not in str(caught.value)

    async def test_an_address_without_a_catalog_is_told(self, backstage: Backstage) -> None:
        with pytest.raises(ConfigurationError, match="the option url"):
            await events_of(f"{backstage.url}/elsewhere")

    async def test_a_busy_server_is_asked_again(self, backstage: Backstage) -> None:
        ref = backstage.put("Component", "shop")
        backstage.refusals = [rate_limited()]

        assert set(versions(await events_of(backstage.url))) == {ref}


class TestSyncing:
    @pytest.fixture
    async def source(self, tmp_path: Path, backstage: Backstage) -> AsyncIterator[SyncedSource]:
        options = {"url": backstage.url, "token": TOKEN}
        async with synced_source(tmp_path, "backstage-catalog", options, readers=frozenset({"everyone"})) as source:
            yield source

    async def test_only_what_changed_is_loaded_again(self, backstage: Backstage, source: SyncedSource) -> None:
        backstage.put("Component", "shop", description="Sells.")
        backstage.put("Component", "ledger", description="Counts.")
        await source.sync()
        first = await source.sync()
        backstage.put("Component", "shop", description="Trades.")
        second = await source.sync()

        assert (first.changed, first.unchanged, second.changed) == (0, 2, 1)
        assert backstage.count("by-refs") == 2
        assert await source.find("trades") == ["component:default/shop"]

    async def test_an_unregistered_entity_is_gone(self, backstage: Backstage, source: SyncedSource) -> None:
        refs = [backstage.put("Component", name, description="Sells.") for name in ("shop", "stall", "store")]
        await source.sync()
        del backstage.entities[refs[0]]

        assert (await source.sync()).removed == 1
        assert sorted(await source.find("sells")) == refs[1:]

    async def test_a_token_that_expires_loses_nothing(self, backstage: Backstage, source: SyncedSource) -> None:
        ref = backstage.put("Component", "shop", description="Sells.")
        await source.sync()
        backstage.tokens.clear()

        report = await source.sync()

        assert report.phase is SyncPhase.FAILED
        assert await source.find("sells") == [ref]
