"""Dashboards and alert rules, against a Grafana that pages, and that checks tokens and permissions."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from synced_source import SyncedSource, synced_source
from wire import Asked, Told, rate_limited, served

from aika.connectors.grafana.connector import GrafanaConnector, GrafanaOptions
from aika.domain.documents import RawDocument
from aika.domain.errors import ConfigurationError
from aika.domain.sources import Event, Failed, Members, SyncPhase
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.connector import ConnectorContract, found, versions

TOKEN = "a service account token"
ALL = frozenset(
    {
        *("dashboards:read", "dashboards.permissions:read", "folders.permissions:read", "orgs:read", "org.users:read"),
        *("teams:read", "teams.permissions:read", "alert.provisioning:read"),
    }
)
VIEWERS = {"role": "Viewer", "permission": 1, "teamId": 0, "userId": 0, "userLogin": "", "userEmail": ""}


class Grafana:
    """An organization with pages of two."""

    largest_page = 2

    def __init__(self) -> None:
        self.dashboards: dict[str, dict[str, object]] = {}
        self.folder_of: dict[str, str] = {}
        self.folders = {"f1": "Payments"}
        self.permissions: dict[str, list[dict[str, object]]] = {}
        self.rules: list[dict[str, object]] = []
        self.users = [
            {"login": "ann", "email": "Ann@acme.example", "role": "Viewer"},
            {"login": "ben", "email": "ben@acme.example", "role": "Admin"},
            {"login": "gone", "email": "gone@acme.example", "role": "Viewer", "isDisabled": True},
        ]
        self.teams: dict[int, list[str]] = {}
        self.hidden: set[str] = set()
        self.broken: set[str] = set()
        self.granted = set(ALL)
        self.tokens = {TOKEN}
        self.asked: list[Asked] = []
        self.refusals: list[Told] = []
        self.url = ""

    def put(self, uid: str, title: str, **model: object) -> str:
        self.dashboards[uid] = {"uid": uid, "title": title, "panels": [], **model}
        return f"dashboard:{uid}"

    def __call__(self, asked: Asked) -> Told:
        self.asked.append(asked)
        if self.refusals:
            return self.refusals.pop(0)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Told.json({"message": "Invalid API key"}, 401)
        return self._answer(asked)

    def _answer(self, asked: Asked) -> Told:
        told = Told.json({"message": "Not found"}, 404)
        place = asked.path.removeprefix("/api/").split("/")
        match place:
            case ["search"]:
                told = Told.json(self._hits(asked.query))
            case ["dashboards", "uid", uid]:
                told = self._dashboard(uid)
            case ["dashboards", "uid", uid, "permissions"]:
                told = self._if("dashboards.permissions:read", self.permissions.get(uid, [VIEWERS]))
            case ["folders", uid, "permissions"]:
                told = self._if("folders.permissions:read", self.permissions.get(uid, [VIEWERS]))
            case ["org"]:
                told = self._if("orgs:read", {"id": 1, "name": "Acme"})
            case ["org", "users"]:
                told = self._if("org.users:read", self.users)
            case ["teams", "search"]:
                told = self._if("teams:read", self._teams(asked.query))
            case ["teams", team, "members"]:
                told = self._if("teams.permissions:read", [{"login": login} for login in self.teams[int(team)]])
            case ["v1", "provisioning", "alert-rules"]:
                told = self._if("alert.provisioning:read", self.rules)
        return told

    def _if(self, permission: str, value: object) -> Told:
        if permission not in self.granted:
            return Told.json({"message": f"You'll need additional permissions: {permission}"}, 403)
        return Told.json(value)

    def _hits(self, query: dict[str, str]) -> list[dict[str, object]]:
        assert query["type"] == "dash-db"
        size = min(int(query["limit"]), self.largest_page)
        start = (int(query["page"]) - 1) * size
        return [self._hit(uid) for uid in sorted(self.dashboards)[start : start + size]]

    def _hit(self, uid: str) -> dict[str, object]:
        model, folder = self.dashboards[uid], self.folder_of.get(uid)
        place = {"folderUid": folder, "folderTitle": self.folders[folder]} if folder else {}
        return {"uid": uid, "title": model["title"], "url": f"/d/{uid}/x", "tags": model.get("tags", []), **place}

    def _dashboard(self, uid: str) -> Told:
        if uid not in self.dashboards:
            return Told.json({"message": "Dashboard not found"}, 404)
        if uid in self.hidden:
            return Told.json({"message": "Access denied"}, 403)
        if uid in self.broken:
            return Told.json({"dashboard": "none"})
        meta = {
            "url": f"/d/{uid}/x",
            "updated": "2026-10-01T10:00:00+02:00",
            "updatedBy": "ann",
            "createdBy": "Anonymous",
        }
        return Told.json({"dashboard": self.dashboards[uid], "meta": {**meta, "created": "0001-01-01T00:00:00Z"}})

    def _teams(self, query: dict[str, str]) -> dict[str, object]:
        size = min(int(query["perpage"]), self.largest_page)
        start = (int(query["page"]) - 1) * size
        return {
            "totalCount": len(self.teams),
            "teams": [{"id": team} for team in sorted(self.teams)[start : start + size]],
        }


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    made = Grafana()
    with served(made) as url:
        made.url = url
        yield made


def connector(url: str, **options: object) -> AbstractAsyncContextManager[GrafanaConnector]:
    chosen = GrafanaOptions.model_validate({"url": url, "token": TOKEN, **options})
    return GrafanaConnector.open(chosen, Surroundings(Path(), Path(), TechnicalAnalyzer()))


async def events_of(grafana: Grafana, **options: object) -> list[Event]:
    async with connector(grafana.url, **options) as opened:
        return [event async for event in opened.read(None)]


async def loaded(grafana: Grafana, key: str, **options: object) -> RawDocument:
    async with connector(grafana.url, **options) as opened:
        return await found([event async for event in opened.read(None)], key).load()


class DashboardPlace:
    """A Grafana that a test can change."""

    def __init__(self, server: Grafana) -> None:
        self._server = server

    async def add(self, name: str, text: str) -> str:
        return self._server.put(f"u{len(self._server.dashboards)}", name, description=text)

    async def change(self, key: str, text: str) -> None:
        self._server.dashboards[key.partition(":")[2]]["description"] = text

    async def remove(self, key: str) -> None:
        del self._server.dashboards[key.partition(":")[2]]

    async def spoil(self, key: str) -> None:
        self._server.hidden.add(key.partition(":")[2])

    def connect(self) -> AbstractAsyncContextManager[GrafanaConnector]:
        return connector(self._server.url)


class TestGrafanaKeepsTheContract(ConnectorContract):
    @pytest.fixture
    async def place(self, grafana: Grafana) -> DashboardPlace:
        return DashboardPlace(grafana)


class TestDashboards:
    async def test_every_page_is_read(self, grafana: Grafana) -> None:
        keys = {grafana.put(f"d{number}", "D") for number in range(5)}

        assert set(versions(await events_of(grafana))) == keys

    async def test_a_panel_is_a_section_with_its_query_and_a_link_that_opens_it(self, grafana: Grafana) -> None:
        target = {
            "refId": "A",
            "expr": "rate(errors[5m])",
            "datasource": {"type": "prometheus"},
            "legendFormat": "errors",
        }
        panel = {"id": 4, "type": "timeseries", "title": "Errors", "description": "How many fail.", "targets": [target]}
        key = grafana.put("d1", "Checkout", panels=[panel])

        text = (await loaded(grafana, key)).content.decode()

        assert "## Errors\n\nHow many fail." in text
        assert "Query A of prometheus (shown as errors):\n\n```\nrate(errors[5m])\n```" in text
        assert f"- Open: {grafana.url}/d/d1/x?viewPanel=4" in text

    async def test_panels_in_rows_are_read_in_both_shapes(self, grafana: Grafana) -> None:
        row = {"type": "row", "title": "Traffic", "panels": [{"id": 1, "type": "stat", "title": "Requests"}]}
        old = {"title": "Load", "panels": [{"id": 2, "type": "graph", "title": "CPU"}]}
        key = grafana.put("d1", "Host", panels=[row], rows=[old])

        raw = await loaded(grafana, key)

        assert raw.attributes["panels"] == ("CPU", "Requests")
        assert "- Row: Traffic" in raw.content.decode()

    async def test_variables_links_tags_and_folder_are_told(self, grafana: Grafana) -> None:
        variable = {"name": "region", "label": "Region", "type": "query", "query": {"query": "label_values(region)"}}
        link = {"title": "Runbook", "url": "https://wiki.example/checkout"}
        key = grafana.put(
            "d1", "Checkout", tags=["team:payments", "slo"], templating={"list": [variable]}, links=[link]
        )
        grafana.folder_of["d1"] = "f1"

        raw = await loaded(grafana, key)

        lines = set(raw.content.decode().splitlines())
        assert {"- Owner: payments", "- Folder: Payments", "- Tags: team:payments, slo"} <= lines
        variable_line = "- The variable `$region` (Region) can be chosen, its values come from `label_values(region)`"
        assert variable_line in lines
        assert "- Link Runbook: https://wiki.example/checkout" in lines

    async def test_owner_authors_and_dates_come_from_grafana(self, grafana: Grafana) -> None:
        raw = await loaded(grafana, grafana.put("d1", "Checkout", tags=["owner:payments"]))

        assert raw.owner is not None
        assert (raw.owner.name, raw.authors) == ("payments", ("ann",))
        assert (raw.modified_at, raw.created_at) == (datetime(2026, 10, 1, 8, tzinfo=UTC), None)

    async def test_a_dashboard_that_makes_no_sense_is_its_own_failure(self, grafana: Grafana) -> None:
        good, bad = grafana.put("a", "Good"), grafana.put("b", "Bad")
        grafana.broken.add("b")

        events = await events_of(grafana)

        assert list(versions(events)) == [good]
        assert [event.key for event in events if isinstance(event, Failed)] == [bad]

    async def test_a_text_panel_shows_its_text(self, grafana: Grafana) -> None:
        key = grafana.put("d1", "Help", panels=[{"id": 1, "type": "text", "options": {"content": "Ask in #pay."}}])

        assert "Ask in #pay." in (await loaded(grafana, key)).content.decode()

    async def test_folders_and_tags_choose(self, grafana: Grafana) -> None:
        inside, _, tagged = (grafana.put(uid, "D", tags=["slo"] if uid == "c" else []) for uid in "abc")
        grafana.folder_of["a"] = "f1"

        assert set(versions(await events_of(grafana, folders=["Payments"]))) == {inside}
        assert set(versions(await events_of(grafana, tags=["slo"]))) == {tagged}

    async def test_links_open_the_address_that_people_use(self, grafana: Grafana) -> None:
        raw = await loaded(grafana, grafana.put("d1", "D"), public_url="https://grafana.example/")

        assert raw.url == "https://grafana.example/d/d1/x"


def rule(**more: object) -> dict[str, object]:
    return {
        "uid": "r1",
        "title": "Too many errors",
        "folderUID": "f1",
        "ruleGroup": "checkout",
        "condition": "B",
        "for": "5m",
        "data": [{"refId": "A", "model": {"expr": "rate(errors[5m]) > 1"}}],
        "annotations": {"summary": "Orders fail.", "runbook_url": "https://wiki.example/errors"}
        | {"__dashboardUid__": "d1", "__panelId__": "4"},
        "labels": {"team": "payments", "severity": "page", "tier": 1},
        **more,
    }


class TestAlertRules:
    async def test_a_rule_tells_its_query_runbook_owner_and_panel(self, grafana: Grafana) -> None:
        grafana.rules = [rule()]

        raw = await loaded(grafana, "alert:r1")

        text = raw.content.decode()
        assert "Orders fail." in text
        assert "rate(errors[5m]) > 1" in text
        lines = {"- Owner: payments", "- Runbook: https://wiki.example/errors", "- Label severity: page"}
        assert lines | {f"- Panel: {grafana.url}/d/d1?viewPanel=4"} <= set(text.splitlines())

    async def test_rules_are_read_by_whom_may_see_their_folder(self, grafana: Grafana) -> None:
        grafana.rules = [rule()]
        grafana.permissions["f1"] = [{"teamId": 7, "permission": 1}]

        raw = await loaded(grafana, "alert:r1")

        assert raw.readers is not None
        assert {reader.rpartition("/org/1/")[2] for reader in raw.readers} == {"role/admin", "team/7"}

    async def test_rules_that_may_not_be_listed_are_a_failure_that_says_what_to_grant(self, grafana: Grafana) -> None:
        key = grafana.put("d1", "D")
        grafana.granted.discard("alert.provisioning:read")

        events = await events_of(grafana)

        failures = {event.key: event.reason for event in events if isinstance(event, Failed)}
        assert list(versions(events)) == [key]
        assert "alert.provisioning:read" in failures["alert-rules"]

    async def test_rules_can_be_left_out(self, grafana: Grafana) -> None:
        grafana.rules = [rule()]

        assert versions(await events_of(grafana, alerts=False)) == {}


class TestReaders:
    async def test_roles_hold_who_has_them_or_more_and_teams_their_members(self, grafana: Grafana) -> None:
        grafana.teams = {3: ["ann", "gone"], 4: [], 5: ["ben"]}

        members = [event for event in await events_of(grafana) if isinstance(event, Members)]

        prefix = f"grafana:{grafana.url.removeprefix('http://')}/org/1/"
        ann, ben = f"{prefix}user/ann", f"{prefix}user/ben"
        assert {event.group: event.members for event in members} == {
            ann: {"user:ann@acme.example"},
            ben: {"user:ben@acme.example"},
            f"{prefix}role/viewer": {ann, ben},
            f"{prefix}role/editor": {ben},
            f"{prefix}role/admin": {ben},
            f"{prefix}team/3": {ann},
            f"{prefix}team/4": set(),
            f"{prefix}team/5": {ben},
        }

    async def test_permissions_that_may_not_be_read_end_the_sync_and_say_what_to_grant(self, grafana: Grafana) -> None:
        grafana.put("d1", "D")
        grafana.granted.discard("dashboards.permissions:read")

        with pytest.raises(ConfigurationError, match=r"dashboards\.permissions:read"):
            await events_of(grafana)

    async def test_without_permissions_the_sources_file_decides(self, grafana: Grafana) -> None:
        grafana.granted = {"dashboards:read", "alert.provisioning:read"}

        raw = await loaded(grafana, grafana.put("d1", "D"), permissions=False)

        assert raw.readers is None

    async def test_a_refused_token_says_which_is_needed(self, grafana: Grafana) -> None:
        with pytest.raises(ConfigurationError, match="service account") as caught:
            await events_of(grafana, token="an old token")

        assert "an old token" not in str(caught.value)

    async def test_a_busy_grafana_is_asked_again(self, grafana: Grafana) -> None:
        key = grafana.put("d1", "D")
        grafana.refusals = [rate_limited()]

        assert set(versions(await events_of(grafana))) == {key}


class TestSyncing:
    @pytest.fixture
    async def source(self, tmp_path: Path, grafana: Grafana) -> AsyncIterator[SyncedSource]:
        async with synced_source(tmp_path, "grafana", {"url": grafana.url, "token": TOKEN}) as source:
            yield source

    async def test_a_dashboard_is_found_by_whom_grafana_shows_it(self, grafana: Grafana, source: SyncedSource) -> None:
        key = grafana.put("d1", "Checkout", description="Orders per minute")
        grafana.permissions["d1"] = [{"userLogin": "ann", "permission": 1}]
        await source.sync()
        seen = await source.find("orders", by="user:ann@acme.example")
        grafana.permissions["d1"] = []
        await source.sync()

        assert seen == [key]
        assert await source.find("orders", by="user:ann@acme.example") == []
        assert await source.find("orders", by="user:ben@acme.example") == [key]

    async def test_who_leaves_a_team_may_read_no_more_and_nothing_is_read_again(
        self, grafana: Grafana, source: SyncedSource
    ) -> None:
        key = grafana.put("d1", "Checkout", description="Orders per minute")
        grafana.permissions["d1"] = [{"teamId": 3, "permission": 1}]
        grafana.teams = {3: ["ann"]}
        await source.sync()
        before = await source.find("orders", by="user:ann@acme.example")
        grafana.teams = {3: []}
        report = await source.sync()

        assert (before, report.changed) == ([key], 0)
        assert await source.find("orders", by="user:ann@acme.example") == []

    async def test_a_second_sync_loads_nothing_and_a_deleted_dashboard_is_gone(
        self, grafana: Grafana, source: SyncedSource
    ) -> None:
        for uid in "abc":
            grafana.put(uid, f"Board {uid}")
        await source.sync()
        second = await source.sync()
        del grafana.dashboards["a"]
        third = await source.sync()

        assert (second.unchanged, third.removed, third.unchanged) == (3, 1, 2)

    async def test_rules_stay_when_they_may_not_be_listed_for_a_while(
        self, grafana: Grafana, source: SyncedSource
    ) -> None:
        grafana.put("d1", "Checkout")
        grafana.rules = [rule()]
        await source.sync()
        grafana.granted.discard("alert.provisioning:read")
        await source.sync()

        report = await source.sync()

        assert (report.phase, report.removed) == (SyncPhase.SUCCEEDED, 0)
        assert await source.find("errors", by="user:ben@acme.example") == ["alert:r1"]

    async def test_the_token_is_nowhere_in_what_is_stored(self, grafana: Grafana, source: SyncedSource) -> None:
        key = grafana.put("d1", "Checkout")
        await source.sync()

        document = await source.document(key)

        assert TOKEN not in json.dumps({name: str(value) for name, value in document.attributes.items()})
        assert TOKEN not in str(document.url)
