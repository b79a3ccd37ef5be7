"""The catalog's files: which are read, what they say of one another, and what is not lost when one breaks."""

import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import yaml
from synced_source import SyncedSource, synced_source

from aika.connectors.backstage_catalog.connector import BackstageCatalogConnector, BackstageCatalogOptions
from aika.domain.documents import Kind, Owner, Parsed
from aika.domain.errors import ConfigurationError
from aika.domain.sources import Event, Failed, Members, SyncPhase
from aika.parsers.structured_data import StructuredDataParser
from aika.registry import Surroundings, check_options
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, checkpoint, found, versions

TEAM = {"type": "team", "children": [], "members": ["ann"], "profile": {"displayName": "Payments"}}
ANN = {"memberOf": ["payments"], "profile": {"displayName": "Ann Lee", "email": "Ann@acme.example"}}


def entity(kind: str, name: str, spec: object = None, **metadata: object) -> str:
    said = {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": name, **metadata}, "spec": spec}
    return yaml.safe_dump(said, allow_unicode=True)


def write(folder: Path, **files: str) -> None:
    """Write one catalog file a folder."""
    for name, text in files.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "catalog-info.yaml").write_text(text, "utf-8")


def connector(folder: Path, **options: object) -> AbstractAsyncContextManager[BackstageCatalogConnector]:
    chosen = BackstageCatalogOptions.model_validate({"path": folder, **options})
    return BackstageCatalogConnector.open(chosen, Surroundings(folder, folder, TechnicalAnalyzer()))


async def events_of(folder: Path, **options: object) -> list[Event]:
    async with connector(folder, **options) as opened:
        return [event async for event in opened.read(None)]


async def parsed(folder: Path, key: str, **options: object) -> Parsed:
    raw = await found(await events_of(folder, **options), key).load()
    return StructuredDataParser().parse(raw)


def failures(events: list[Event]) -> dict[str, str]:
    return {event.key: event.reason for event in events if isinstance(event, Failed)}


class CatalogFolder:
    """A folder of catalog files that a test can change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folders: dict[str, Path] = {}

    async def add(self, name: str, text: str) -> str:
        key = f"component:default/{name}".lower()
        self._folders[key] = self._folder / str(len(self._folders))
        self._write(key, entity("Component", name, {"type": "service"}, description=text))
        return key

    async def change(self, key: str, text: str) -> None:
        self._write(key, entity("Component", key.partition("/")[2], {"type": "service"}, description=text))

    async def remove(self, key: str) -> None:
        (self._folders[key] / "catalog-info.yaml").unlink()

    async def spoil(self, key: str) -> None:
        self._write(key, entity("Component", key.partition("/")[2], "not what a spec is"))

    def connect(self) -> AbstractAsyncContextManager[BackstageCatalogConnector]:
        return connector(self._folder)

    def _write(self, key: str, text: str) -> None:
        self._folders[key].mkdir(exist_ok=True)
        (self._folders[key] / "catalog-info.yaml").write_text(text, "utf-8")


class TestCatalogFilesKeepTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, tmp_path: Path) -> CatalogFolder:
        return CatalogFolder(tmp_path)


class TestRelations:
    async def test_a_component_says_who_depends_on_it_in_another_file(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            shop=entity("Component", "shop", {"dependsOn": ["component:ledger"]}, title="Shop"),
            ledger=entity("Component", "ledger", {"owner": "payments"}),
        )

        document = await parsed(tmp_path, "component:default/ledger")

        assert "Component ledger is a dependency of component shop (Shop)." in document.body.text
        assert document.attributes["dependency_of"] == ("shop",)

    async def test_a_component_is_reached_through_the_team_that_owns_it(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            ledger=entity("Component", "ledger", {"owner": "payments"}),
            team=entity("Group", "payments", TEAM, annotations={"acme.example/slack-channel": "ask-payments"}),
        )

        document = await parsed(tmp_path, "component:default/ledger")

        assert {"- Owner: payments (Payments)", "- Slack: #ask-payments"} <= set(document.body.text.splitlines())
        assert document.attributes["owner"] == "payments"
        assert document.attributes["slack"] == "#ask-payments"

    async def test_a_group_lists_members_whether_it_or_the_user_says_so(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            team=entity("Group", "payments", TEAM),
            ann=entity("User", "ann", ANN),
            ben=entity("User", "ben", {"memberOf": ["group:default/payments"]}),
        )

        document = await parsed(tmp_path, "group:default/payments")

        assert "- Members: ann (Ann Lee), ben" in document.body.text
        assert document.attributes["members"] == ("ann", "ben")

    async def test_names_without_a_namespace_are_of_the_entitys_own(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            a=entity("Component", "ledger", {"owner": "payments"}, namespace="bank"),
            b=entity("Group", "payments", {"type": "team"}, namespace="bank"),
        )

        document = await parsed(tmp_path, "group:bank/payments")

        assert "Group payments owns component bank/ledger." in document.body.text

    async def test_a_user_is_a_person(self, tmp_path: Path) -> None:
        write(tmp_path, ann=entity("User", "ann", ANN))

        document = await parsed(tmp_path, "user:default/ann")

        assert document.kind is Kind.PERSON
        assert "Ann Lee is a member of payments." in document.body.text

    async def test_kinds_of_the_companys_own_are_read_as_well(self, tmp_path: Path) -> None:
        said = entity("Queue", "orders", {"owner": "payments"}).replace("backstage.io/v1alpha1", "acme.example/v1")
        write(tmp_path, queue=said)

        document = await parsed(tmp_path, "queue:default/orders")

        assert (document.kind, document.attributes["owner"]) == (Kind.CATALOG, "payments")
        assert "Queue orders is owned by payments." in document.body.text

    async def test_a_changed_contact_of_the_owner_is_a_new_version_of_what_it_owns(self, tmp_path: Path) -> None:
        write(tmp_path, a=entity("Component", "ledger", {"owner": "payments"}), b=entity("Group", "payments", TEAM))
        before = versions(await events_of(tmp_path))["component:default/ledger"]

        write(tmp_path, b=entity("Group", "payments", {**TEAM, "profile": {"email": "pay@acme.example"}}))

        assert versions(await events_of(tmp_path))["component:default/ledger"] != before


class TestGroups:
    async def test_a_group_has_its_members_by_email_and_the_groups_below_it(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            top=entity("Group", "bank", {"type": "division", "children": ["payments"]}),
            team=entity("Group", "payments", TEAM),
            ann=entity("User", "ann", ANN),
            guest=entity("User", "guest", {"memberOf": ["payments"]}),
        )

        groups = {event.group: event.members for event in await events_of(tmp_path) if isinstance(event, Members)}

        assert groups == {
            "group:bank": {"group:payments"},
            "group:payments": {"user:ann@acme.example", "backstage:guest"},
        }

    async def test_groups_below_can_be_left_out(self, tmp_path: Path) -> None:
        write(tmp_path, top=entity("Group", "bank", {"type": "division", "children": ["payments"]}))

        events = await events_of(tmp_path, child_groups=False)

        assert [event.members for event in events if isinstance(event, Members)] == [frozenset()]


class TestFiles:
    async def test_files_that_a_location_names_are_read(self, tmp_path: Path) -> None:
        write(tmp_path, root=entity("Location", "all", {"targets": ["./more/*.yaml", "single.yaml"]}))
        (tmp_path / "root" / "more").mkdir()
        (tmp_path / "root" / "more" / "one.yaml").write_text(entity("System", "one"))
        (tmp_path / "root" / "single.yaml").write_text(entity("System", "two"))

        assert set(versions(await events_of(tmp_path))) == {"system:default/one", "system:default/two"}

    async def test_the_folder_may_be_named_by_a_detour(self, tmp_path: Path) -> None:
        (tmp_path / "sources").mkdir()
        (tmp_path / "catalog").mkdir()
        write(tmp_path / "catalog", root=entity("Location", "all", {"targets": ["../more.yaml"]}))
        (tmp_path / "catalog" / "more.yaml").write_text(entity("System", "one"))

        assert list(versions(await events_of(tmp_path, path="sources/../catalog"))) == ["system:default/one"]

    @pytest.mark.parametrize(
        "target", ["/*.yaml", "**more/[", "a\0b.yaml", "https://git.example/a.yaml", "../../../*.yaml"]
    )
    async def test_a_target_that_makes_no_sense_is_one_failure(self, tmp_path: Path, target: str) -> None:
        write(tmp_path, root=entity("Location", "all", {"targets": [target]}), good=entity("System", "one"))

        events = await events_of(tmp_path)

        assert list(versions(events)) == ["system:default/one"]
        assert list(failures(events)) == [target]

    async def test_a_location_that_leads_out_of_the_folder_is_reported_and_not_read(self, tmp_path: Path) -> None:
        inside = tmp_path / "inside"
        inside.mkdir()
        (tmp_path / "secret.yaml").write_text(entity("System", "secret"))
        targets = ["../../secret.yaml", "https://git.example/catalog-info.yaml"]
        write(inside, root=entity("Location", "all", {"targets": targets}))

        events = await events_of(inside)

        assert versions(events) == {}
        assert list(failures(events)) == targets
        assert failures(await events_of(inside, outside_targets="ignore")) == {}

    async def test_a_link_that_leads_out_of_the_folder_is_not_followed(self, tmp_path: Path) -> None:
        inside = tmp_path / "inside"
        inside.mkdir()
        (tmp_path / "secret.txt").write_text("type Query { secret: String }")
        (inside / "definition.txt").symlink_to(tmp_path / "secret.txt")
        spec = {"type": "graphql", "definition": {"$text": "../definition.txt"}}
        write(inside, api=entity("API", "orders", spec))

        document = await parsed(inside, "api:default/orders")

        assert "secret" not in document.body.text

    async def test_locations_that_name_each_other_end(self, tmp_path: Path) -> None:
        write(
            tmp_path,
            one=entity("Location", "one", {"targets": ["../two/catalog-info.yaml"]}),
            two=entity("Location", "two", {"targets": ["../one/catalog-info.yaml"]}),
        )

        assert versions(await events_of(tmp_path, kinds=["Location"])).keys() == {
            "location:default/one",
            "location:default/two",
        }

    async def test_several_entities_of_one_file_are_documents_of_their_own(self, tmp_path: Path) -> None:
        write(tmp_path, team=f"{entity('Group', 'payments', TEAM)}---\n{entity('User', 'ann', ANN)}")

        assert set(versions(await events_of(tmp_path))) == {"group:default/payments", "user:default/ann"}

    async def test_a_definition_is_read_from_the_file_beside_it(self, tmp_path: Path) -> None:
        write(tmp_path, api=entity("API", "orders", {"type": "openapi", "definition": {"$text": "./orders.yaml"}}))
        described = {
            "openapi": "3.0.0",
            "info": {"title": "Orders"},
            "paths": {"/orders": {"get": {"summary": "List"}}},
        }
        (tmp_path / "api" / "orders.yaml").write_text(yaml.safe_dump(described))

        document = await parsed(tmp_path, "api:default/orders")

        assert document.kind is Kind.API
        assert "## GET /orders — List" in document.body.text

    async def test_an_api_without_its_definition_keeps_its_owner_and_the_failure_is_told(self, tmp_path: Path) -> None:
        spec = {"type": "openapi", "owner": "payments", "definition": {"$text": "./gone.yaml"}}
        write(tmp_path, api=entity("API", "orders", spec))

        events = await events_of(tmp_path)

        assert "./gone.yaml" in failures(events)["api/catalog-info.yaml#api:default/orders"]
        assert (await parsed(tmp_path, "api:default/orders")).attributes["owner"] == "payments"

    async def test_a_second_entity_of_the_same_name_is_refused_as_in_backstage(self, tmp_path: Path) -> None:
        write(tmp_path, a=entity("System", "shop"), b=entity("System", "Shop"))

        events = await events_of(tmp_path)

        assert list(versions(events)) == ["system:default/shop"]
        assert "a/catalog-info.yaml already" in failures(events)["b/catalog-info.yaml#system:default/shop"]

    async def test_a_template_of_an_entity_is_no_document(self, tmp_path: Path) -> None:
        write(tmp_path, skeleton=entity("Component", "${{ values.name }}"))

        events = await events_of(tmp_path)

        assert (versions(events), failures(events)) == ({}, {})

    async def test_links_open_the_page_in_backstage(self, tmp_path: Path) -> None:
        write(tmp_path, shop=entity("Component", "Shop", namespace="web"))

        event = found(await events_of(tmp_path, app_url="https://backstage.example/"), "component:web/shop")

        assert (await event.load()).url == "https://backstage.example/catalog/web/component/shop"

    async def test_links_open_the_file_without_backstage(self, tmp_path: Path) -> None:
        write(tmp_path, shop=entity("Component", "shop"))

        events = await events_of(tmp_path, link_template="https://git.example/{path}")

        raw = await found(events, "component:default/shop").load()
        assert raw.url == "https://git.example/shop/catalog-info.yaml"

    @pytest.mark.parametrize("text", ["a: &a [*a]", "[" * 200_000, "a: {{ values }}}", "\tkey: value"])
    async def test_a_hostile_or_broken_file_is_one_failure(self, tmp_path: Path, text: str) -> None:
        write(tmp_path, bad=text, good=entity("System", "shop"))

        events = await events_of(tmp_path)

        assert list(versions(events)) == ["system:default/shop"]
        assert [key.partition("#")[0] for key in failures(events)] == ["bad/catalog-info.yaml"]

    async def test_aliases_that_stand_for_billions_of_values_are_refused(self, tmp_path: Path) -> None:
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
        write(tmp_path, bad="\n".join(lines))

        assert "too many values" in failures(await events_of(tmp_path))["bad/catalog-info.yaml"]

    async def test_a_folder_that_is_not_there_is_a_configuration_error(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigurationError, match="nowhere"):
            await events_of(tmp_path / "nowhere")

    @pytest.mark.parametrize("options", [{}, {"path": ".", "url": "https://backstage.example"}])
    def test_one_place_is_needed(self, options: dict[str, object]) -> None:
        with pytest.raises(ConfigurationError, match="either path"):
            check_options("connectors", "backstage-catalog", options)


class TestSyncing:
    @pytest.fixture
    async def source(self, tmp_path: Path) -> AsyncIterator[SyncedSource]:
        options = {"path": str(tmp_path / "catalog")}
        async with synced_source(
            tmp_path, "backstage-catalog", options, readers=frozenset({"group:payments"})
        ) as source:
            yield source

    async def test_a_file_that_breaks_keeps_its_entities_as_they_were(
        self, tmp_path: Path, source: SyncedSource
    ) -> None:
        folder = tmp_path / "catalog"
        folder.mkdir()
        write(folder, team=entity("Group", "payments", TEAM), shop=entity("Component", "shop", description="Sells."))
        await source.sync()

        write(folder, shop="a: [")
        report = await source.sync()

        assert (report.phase, report.removed) == (SyncPhase.SUCCEEDED, 0)
        assert await source.find("sells") == ["component:default/shop"]

    async def test_the_owner_is_recorded_with_how_to_reach_them(self, tmp_path: Path, source: SyncedSource) -> None:
        folder = tmp_path / "catalog"
        folder.mkdir()
        team = entity("Group", "payments", TEAM, annotations={"acme.example/slack-channel": "ask-payments"})
        write(folder, team=team, shop=entity("Component", "shop", {"owner": "payments"}))
        await source.sync()

        document = await source.document("component:default/shop")

        assert document.owner == Owner("payments", "#ask-payments", "the catalog")
        assert (await source.document("group:default/payments")).owner is None

    async def test_a_removed_file_is_gone(self, tmp_path: Path, source: SyncedSource) -> None:
        folder = tmp_path / "catalog"
        folder.mkdir()
        write(folder, one=entity("System", "one"), two=entity("System", "two"), three=entity("System", "three"))
        await source.sync()

        (folder / "three" / "catalog-info.yaml").unlink()

        assert (await source.sync()).removed == 1

    async def test_who_joins_a_group_may_read_what_it_may_read(self, tmp_path: Path, source: SyncedSource) -> None:
        folder = tmp_path / "catalog"
        folder.mkdir()
        team = {"type": "team", "children": []}
        write(folder, team=entity("Group", "payments", team), shop=entity("Component", "shop", description="Sells."))
        await source.sync()
        before = await source.find("sells", by="user:ann@acme.example")

        write(folder, ann=entity("User", "ann", ANN))
        await source.sync()

        assert before == []
        assert await source.find("sells", by="user:ann@acme.example") == ["component:default/shop"]

    async def test_the_cursor_holds_what_each_file_has(self, tmp_path: Path) -> None:
        write(tmp_path, shop=entity("Component", "shop"))

        cursor = checkpoint(await events_of(tmp_path)).cursor

        assert json.loads(cursor) == {"files": {"shop/catalog-info.yaml": ["component:default/shop"]}}
