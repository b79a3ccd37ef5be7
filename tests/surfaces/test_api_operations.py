"""Sources, health, errors and the description of the API."""

from dataclasses import replace
from pathlib import Path

import httpx

from aika.answering.logistic import INSTALLED, load_models, written
from aika.application.aika import Aika
from aika.client import AsyncAikaClient
from aika.surfaces.api.description import description

ROOT = Path(__file__).parents[2]


def test_the_committed_description_is_the_codes() -> None:
    assert (ROOT / "openapi.json").read_text(encoding="utf-8") == description(), "run: make openapi.json"


async def test_a_ready_server_says_so(client: AsyncAikaClient) -> None:
    assert (await client.readiness()).status == "ready"


async def test_sources_say_how_far_they_are(client: AsyncAikaClient) -> None:
    source = await client.source("handbook")

    assert (source.documents, source.findable, source.embedded) == (4, 4, 4)
    assert source.last_sync is not None
    assert source.last_sync.phase == "succeeded"


async def test_administrators_see_what_could_not_be_read(client: AsyncAikaClient, aika: Aika) -> None:
    (aika.settings.base_dir / "docs" / "broken.pdf").write_bytes(b"%PDF-1.7 not really")

    await aika.sync("handbook")  # type: ignore[arg-type]  # ids are strings on the wire

    unreadable = (await client.source("handbook")).unreadable
    assert [item.key for item in unreadable] == ["broken.pdf"]
    assert unreadable[0].reason


async def test_an_unknown_source_is_a_problem_that_names_it(http: httpx.AsyncClient) -> None:
    reply = await http.get("/v1/sources/nosuch")

    assert reply.status_code == 404
    assert reply.json()["title"] == "Not found"
    assert "nosuch" in reply.json()["detail"]


async def test_an_unknown_path_is_a_problem_too(http: httpx.AsyncClient) -> None:
    reply = await http.get("/v1/nothing")

    assert (reply.status_code, reply.headers["content-type"]) == (404, "application/problem+json")


async def test_keys_are_made_listed_and_deleted(http: httpx.AsyncClient) -> None:
    made = (await http.post("/v1/keys", json={"name": "ci"})).json()

    listed = (await http.get("/v1/keys")).json()
    deleted = await http.delete(f"/v1/keys/{made['id']}")

    assert [key["name"] for key in listed] == ["ci"]
    assert "secret" not in listed[0]
    assert deleted.status_code == 204
    assert (await http.get("/v1/keys")).json() == []


async def test_the_models_of_the_confidence_say_where_they_come_from(aika: Aika, http: httpx.AsyncClient) -> None:
    shipped = (await http.get("/v1/confidence")).json()
    own = replace(load_models(), about={"date": "2026-11-22", "data": "ratings", "fitted": {}})
    (aika.settings.data_path / INSTALLED).write_text(written(own), encoding="utf-8")

    fitted = (await http.get("/v1/confidence")).json()

    assert (shipped["in_use"], fitted["in_use"], fitted["date"]) == ("shipped", "fitted here", "2026-11-22")
    assert shipped["models"].keys() == {"evidence", "extracted", "generated"}
    assert fitted["models"] == shipped["models"]
