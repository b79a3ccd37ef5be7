"""Sources are made, changed, looked into and removed through the API, and their files say so."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
import yaml
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient
from aika.client.source_models import NamedDraft
from aika.domain.identifiers import SourceId
from aika.settings import load_settings
from aika.surfaces.api.app import create_app

RUNBOOKS = """\
# What to do when something breaks.
connector: filesystem
purpose: Runbooks
owner: Platform
readers: [everyone]
managers: [group:platform]
options:
  path: docs  # beside aika.toml
"""
TOKEN = "glpat-of-the-harbor"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("harbor")
    for name in ("docs", "more", "sources"):
        (folder / name).mkdir()
    (folder / "docs" / "deploy.md").write_text(
        "# Deploying\n\nRun `ferry deploy`.\n\n## Rolling back\n\nRun `ferry back`.\n"
    )
    (folder / "docs" / "berths.md").write_text("# Berths\n\nThere are nine berths.\n")
    (folder / "more" / "tides.md").write_text("# Tides\n\nHigh water comes twice a day.\n")
    (folder / "more" / "map.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "sources" / "runbooks.yaml").write_text(RUNBOOKS)
    data = folder / ".aika"
    data.mkdir()
    (data / "models").symlink_to(embedder_graphs)
    fixed = {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["group:board"], "refresh": "1h"}
    async with open_aika(load_settings(folder, sources={"fixed": fixed})) as opened:
        for source in opened.sources:
            await opened.sync(source)
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(aika: Aika) -> AsyncIterator[httpx.AsyncClient]:
    async with connected(aika) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def manager(aika: Aika) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody of the platform team, who is no administrator."""
    _, secret = await aika.create_key("platform", principals=["group:platform"], sources=None)
    async with connected(aika, secret) as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reader(aika: Aika) -> AsyncIterator[httpx.AsyncClient]:
    _, secret = await aika.create_key("reader", principals=["everyone"], sources=None)
    async with connected(aika, secret) as client:
        yield client


pytestmark = pytest.mark.asyncio(loop_scope="module")


def draft(id: str = "tides", **more: object) -> dict[str, object]:
    content = {"connector": "filesystem", "options": {"path": "more"}, "readers": ["everyone"], "owner": "Harbor"}
    return {"id": id, **content, **more}


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.02)


def events(reply: httpx.Response) -> list[dict[str, Any]]:
    return [json.loads(line[6:]) for line in reply.text.splitlines() if line.startswith("data: ")]


class TestChoosing:
    async def test_every_connector_has_a_title_and_a_form(self, http: httpx.AsyncClient) -> None:
        connectors = {one["name"]: one for one in (await http.get("/v1/connectors")).json()}

        assert connectors["filesystem"]["title"] == "Folder"
        assert connectors["filesystem"]["reads_server"]
        assert not connectors["slack"]["reads_server"]
        for one in connectors.values():
            assert one["title"]
            assert one["summary"]
            assert set(one["first"]) <= set(one["options"].get("properties", {}))


class TestChecking:
    async def test_a_wrong_form_is_told_field_by_field(self, http: httpx.AsyncClient) -> None:
        wrong = draft("Tides!", options={"path": "more", "max_file_bytes": -1}, refresh="often")
        reply = (await http.post("/v1/sources/check", json=wrong)).json()

        assert reply["connected"] is None
        assert {problem["field"] for problem in reply["problems"]} == {"id", "options.max_file_bytes", "refresh"}

    async def test_a_secret_must_be_a_variable_that_is_set(
        self, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("HARBOR_TOKEN", raising=False)
        unset, written = (
            draft(connector="git", options={"url": "https://git.invalid/harbor", "token": token}, connect=False)
            for token in ("${HARBOR_TOKEN}", TOKEN)
        )
        replies = [(await http.post("/v1/sources/check", json=one)).json() for one in (unset, written)]

        assert ["HARBOR_TOKEN is not set" in reply["problems"][0]["message"] for reply in replies] == [True, False]
        assert "not kept in files" in replies[1]["problems"][0]["message"]
        assert TOKEN not in json.dumps(replies)

    async def test_what_a_variable_holds_stands_in_no_message(
        self, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HARBOR_TOKEN", TOKEN)
        tried = draft(connector="github", options={"repositories": ["${HARBOR_TOKEN}"]}, connect=False)
        reply = await http.post("/v1/sources/check", json=tried)

        assert reply.json()["problems"]
        assert TOKEN not in reply.text

    async def test_a_place_that_is_there_is_looked_at(self, http: httpx.AsyncClient) -> None:
        reply = (await http.post("/v1/sources/check", json=draft())).json()

        assert reply["connected"] is True
        assert (reply["look"]["found"], reply["look"]["whole"], reply["look"]["unreadable"]) == (2, True, 1)
        assert any("refresh" in warning for warning in reply["warnings"])

    async def test_a_place_that_is_not_there_is_said_with_what_to_do(self, http: httpx.AsyncClient) -> None:
        reply = (await http.post("/v1/sources/check", json=draft(options={"path": "nowhere"}))).json()

        assert reply["connected"] is False
        assert "correct the source's path" in reply["error"]

    async def test_a_preview_reads_documents_and_keeps_nothing(self, http: httpx.AsyncClient, aika: Aika) -> None:
        told = events(await http.post("/v1/sources/preview", json=draft()))

        read = [event["document"] for event in told if event["type"] == "read"]
        assert [(one["title"], one["owner"]["name"], one["readers"], one["chunks"]) for one in read] == [
            ("Tides", "Harbor", ["everyone"], 1)
        ]
        assert [event["key"] for event in told if event["type"] == "unreadable"] == ["map.pdf"]
        assert told[-1]["type"] == "looked"
        assert await aika.database.catalogue.known(SourceId("tides")) == {}


class TestSteering:
    async def test_one_is_made_synced_changed_and_removed_without_a_restart(
        self, http: httpx.AsyncClient, aika: Aika
    ) -> None:
        made = await http.post("/v1/sources", json=draft(refresh="1h"))
        path = aika.settings.base_dir / "sources" / "tides.yaml"
        content = yaml.safe_load(path.read_text())
        await until(lambda: ended(http))
        listed = (await http.get("/v1/sources/tides/documents")).json()["documents"]
        problems = (await http.get("/v1/sources/tides/problems")).json()
        settings = {**made.json()["settings"], "purpose": "When the water comes"}
        changed = await http.put(
            "/v1/sources/tides/settings", json=settings, headers={"If-Match": f'"{made.json()["version"]}"'}
        )
        late = await http.put(
            "/v1/sources/tides/settings", json=settings, headers={"If-Match": f'"{made.json()["version"]}"'}
        )
        removed = await http.delete("/v1/sources/tides", headers={"If-Match": changed.headers["ETag"]})

        assert made.status_code == 201, made.text
        assert content == {**{k: v for k, v in draft().items() if k != "id"}, "refresh": "1h"}
        assert [one["key"] for one in listed] == ["tides.md"]
        assert [(one["id"], one["count"], one["documents"][0]["key"]) for one in problems["causes"]] == [
            ("damaged", 1, "map.pdf")
        ]
        assert (changed.status_code, late.status_code) == (200, 409)
        assert changed.json()["settings"]["purpose"] == "When the water comes"
        assert removed.json() == {"documents": 1}
        assert not path.exists()
        assert (await http.get("/v1/sources/tides")).status_code == 404

    async def test_a_name_is_taken_once(self, http: httpx.AsyncClient) -> None:
        for id_ in ("runbooks", "fixed"):
            assert (await http.post("/v1/sources", json=draft(id_))).status_code == 409

    async def test_a_wrong_one_is_not_written(self, http: httpx.AsyncClient, aika: Aika) -> None:
        reply = await http.post("/v1/sources", json=draft("wrong", options={"folder": "more"}))

        assert reply.status_code == 422
        assert "options.path: is missing" in reply.json()["detail"]
        assert not (aika.settings.base_dir / "sources" / "wrong.yaml").exists()

    async def test_comments_stay_when_a_file_is_changed(self, http: httpx.AsyncClient, aika: Aika) -> None:
        read = (await http.get("/v1/sources/runbooks/settings")).json()
        reply = await http.put(
            "/v1/sources/runbooks/settings",
            json={**read["settings"], "promise": None, "contact": "#platform"},
            headers={"If-Match": f'"{read["version"]}"'},
        )

        assert reply.json()["yaml"] == f"{RUNBOOKS}contact: '#platform'\n"
        assert aika.sources[SourceId("runbooks")].owner is not None

    async def test_a_secret_that_is_written_out_is_masked_and_stays(self, http: httpx.AsyncClient, aika: Aika) -> None:
        path = aika.settings.base_dir / "sources" / "site.yaml"
        options = f"  start: ['http://127.0.0.1:9/']\n  authorization: Bearer {TOKEN}\n"
        path.write_text(f"connector: web\noptions:\n{options}")
        await asyncio.to_thread(aika.declarations.reload)
        read = await http.get("/v1/sources/site/settings")
        reply = await http.put(
            "/v1/sources/site/settings",
            json={**read.json()["settings"], "purpose": "The site"},
            headers={"If-Match": read.headers["ETag"]},
        )
        kept = path.read_text()
        await http.delete("/v1/sources/site", headers={"If-Match": reply.headers["ETag"]})

        assert TOKEN not in read.text + reply.text
        assert reply.status_code == 200, reply.text
        assert f"Bearer {TOKEN}" in kept

    async def test_one_of_the_settings_file_says_where_to_change_it(self, http: httpx.AsyncClient) -> None:
        read = (await http.get("/v1/sources/fixed/settings")).json()
        reply = await http.put(
            "/v1/sources/fixed/settings", json=read["settings"], headers={"If-Match": f'"{read["version"]}"'}
        )

        assert (read["home"], read["fields"], read["settings"]["refresh"]) == ("settings", [], "1h")
        assert "[sources.fixed]" in read["remedy"]
        assert (reply.status_code, "[sources.fixed]" in reply.json()["detail"]) == (409, True)


async def ended(http: httpx.AsyncClient) -> bool:
    last = (await http.get("/v1/sources/tides")).json()["last_sync"]
    return last is not None and last["phase"] == "succeeded"


class TestWhoMay:
    async def test_a_manager_changes_what_is_theirs_and_no_more(
        self, http: httpx.AsyncClient, manager: httpx.AsyncClient
    ) -> None:
        read = (await manager.get("/v1/sources/runbooks/settings")).json()
        version = {"If-Match": f'"{read["version"]}"'}
        wider = {**read["settings"], "readers": ["everyone", "guests"]}
        replies = [
            await manager.put("/v1/sources/runbooks/settings", json=wider, headers=version),
            await manager.put(
                "/v1/sources/runbooks/settings", json={**read["settings"], "promise": "1d"}, headers=version
            ),
            await manager.post("/v1/sources/runbooks/sync"),
            await manager.get("/v1/sources/runbooks/syncs"),
            await manager.get("/v1/sources/fixed/settings"),
            await manager.post("/v1/sources/check", json=draft()),
            await manager.delete("/v1/sources/runbooks", headers=version),
        ]

        assert "readers" not in read["fields"]
        assert [reply.status_code for reply in replies] == [403, 200, 202, 200, 403, 403, 403]
        assert (await http.get("/v1/sources/runbooks")).json()["promise_seconds"] == 86_400

    async def test_a_manager_sees_how_the_source_stands(self, manager: httpx.AsyncClient) -> None:
        listed = {one["id"]: one for one in (await manager.get("/v1/sources")).json()}

        assert listed.keys() == {"runbooks"}
        assert listed["runbooks"]["managed"]
        assert (listed["runbooks"]["documents"], listed["runbooks"]["last_sync"] is None) == (2, False)

    async def test_a_reader_sees_documents_and_no_workings(self, reader: httpx.AsyncClient) -> None:
        statuses = {
            path: (await reader.get(f"/v1/sources/runbooks/{path}")).status_code
            for path in ("documents", "syncs", "problems", "settings")
        }

        assert statuses == {"documents": 200, "syncs": 403, "problems": 403, "settings": 403}

    async def test_what_one_may_not_know_is_told_as_what_does_not_exist(self, reader: httpx.AsyncClient) -> None:
        for part in ("", "/documents", "/syncs", "/problems", "/settings"):
            replies = [await reader.get(f"/v1/sources/{name}{part}") for name in ("fixed", "other")]

            assert replies[0].status_code == replies[1].status_code
            assert replies[0].text.replace("fixed", "other") == replies[1].text


class TestLeafing:
    async def test_a_page_says_where_the_next_one_begins(self, http: httpx.AsyncClient) -> None:
        first = (await http.get("/v1/sources/runbooks/documents?limit=1")).json()
        second = (await http.get(f"/v1/sources/runbooks/documents?limit=1&after={first['next']}")).json()

        assert [page["documents"][0]["key"] for page in (first, second)] == ["berths.md", "deploy.md"]
        assert second["next"] is None

    async def test_words_of_the_title_and_the_key_find_documents(self, http: httpx.AsyncClient) -> None:
        found = {
            words: [
                one["key"] for one in (await http.get(f"/v1/sources/runbooks/documents?q={words}")).json()["documents"]
            ]
            for words in ("DEPLOYING", "berths md", "harbor", "100%25")
        }

        assert found == {"DEPLOYING": ["deploy.md"], "berths md": ["berths.md"], "harbor": [], "100%25": []}

    async def test_the_last_changed_come_first_where_that_is_asked_for(self, http: httpx.AsyncClient) -> None:
        first = (await http.get("/v1/sources/runbooks/documents?order=changed&limit=1")).json()
        second = (await http.get(f"/v1/sources/runbooks/documents?order=changed&after={first['next']}")).json()

        assert first["documents"][0]["change"] > second["documents"][0]["change"]

    async def test_of_a_document_one_learns_its_chunks_its_neighbors_and_why_one_may_read_it(
        self, http: httpx.AsyncClient, reader: httpx.AsyncClient
    ) -> None:
        listed = (await http.get("/v1/sources/runbooks/documents?q=deploy")).json()["documents"]
        about, seen = [(await one.get(f"/v1/documents/{listed[0]['id']}/about")).json() for one in (http, reader)]

        assert [chunk["position"] for chunk in about["chunks"]] == list(range(len(about["chunks"])))
        assert [one["key"] for one in about["before"]] == ["berths.md"]
        assert about["reasons"] == [{"kind": "everyone", "group": None}]
        assert about["readers"] == [{"principal": "everyone", "people": None}]
        assert seen["readers"] is None
        assert seen["cited"]["answers"] == 0


async def test_the_python_client_steers_sources(aika: Aika) -> None:
    draft_ = NamedDraft(id="tides-by-client", connector="filesystem", options={"path": "more"}, readers=["everyone"])
    async with AsyncAikaClient("http://aika.test", transport=httpx.ASGITransport(create_app(aika))) as client:
        made = await client.create_source(draft_)
        changed = await client.change_source(
            draft_.id, made.settings.model_copy(update={"purpose": "The water"}), version=made.version
        )
        removed = await client.remove_source(draft_.id, version=changed.version)
        found = await client.source_documents("runbooks", words="deploy", limit=1)
        about = await client.about_document(found.documents[0].id)

    assert changed.settings.purpose == "The water"
    assert removed.documents <= 1
    assert about.document.key == "deploy.md"
    # Also a sync that was under way when the source went leaves nothing of it.
    await until(lambda: forgotten(aika, SourceId(draft_.id)))


async def forgotten(aika: Aika, id: SourceId) -> bool:
    return aika.progress(id) is None and id not in await aika.database.catalogue.sources()
