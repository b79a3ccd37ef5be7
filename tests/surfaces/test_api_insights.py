"""Insights over HTTP: what is asked anywhere is counted, for those who may know, and never a single person."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.identifiers import PrincipalId, SourceId
from aika.settings import load_settings

# One application for all of them: each looks at what it asked itself.
pytestmark = pytest.mark.asyncio(loop_scope="module")

PEOPLE = [f"{name}@example.org" for name in ("ann", "ben", "cid", "dan", "eve")]
QUESTION = "Within how many days can customers claim a refund?"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("company")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    (folder / "docs").mkdir()
    (folder / "docs" / "refunds.md").write_text(
        "# Refunds\n\nCustomers may claim a refund within 30 days of sailing.\n"
    )
    options = {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]}
    sources = {"handbook": {**options, "managers": ["ann@example.org"]}}
    async with open_aika(load_settings(folder, sources=sources)) as opened:
        await opened.sync(SourceId("handbook"))
        await opened.generations.catch_up()
        team = {PrincipalId("group:care"): [PrincipalId(f"user:{person}") for person in PEOPLE]}
        await opened.database.directory.record(SourceId("people"), team)
        for person in PEOPLE:
            await ask(opened, person)
        yield opened


@pytest.fixture
def watched(aika: Aika, monkeypatch: pytest.MonkeyPatch) -> Aika:
    """The same where others sign in: single people are hidden."""
    shown = aika.settings.insights.model_copy(update={"smallest_group": 3})
    monkeypatch.setattr(aika.insights, "settings", aika.settings.model_copy(update={"insights": shown}))
    return aika


async def ask(aika: Aika, person: str, text: str = QUESTION, **headers: str) -> dict[str, str]:
    body = {"messages": [{"role": "user", "content": text}]}
    async with connected(aika) as http:
        reply = await http.post("/v1/chat/complete", json=body, headers={"Aika-User": person, **headers})
    found: dict[str, str] = reply.raise_for_status().json()
    return found


async def get(aika: Aika, path: str, token: str | None = None) -> httpx.Response:
    async with connected(aika, token) as http:
        return await http.get(path)


async def test_alone_one_sees_every_question_at_once(aika: Aika) -> None:
    found = (await get(aika, "/v1/insights")).json()

    assert (found["smallest_group"], found["alone"]) == (1, True)
    assert found["totals"]["people"] == found["all_users"] == len(PEOPLE)
    assert found["totals"]["answered"]["of"] >= len(PEOPLE)
    assert [part["name"] for part in found["parts"]["source"]] == ["handbook"]


@pytest.mark.parametrize(
    "server", [{"require_key": True}, {"host": "192.0.2.1"}, {"public_url": "https://aika.example"}]
)
async def test_where_others_can_ask_single_people_are_hidden(
    aika: Aika, monkeypatch: pytest.MonkeyPatch, server: dict[str, object]
) -> None:
    reached = aika.settings.model_copy(update={"server": aika.settings.server.model_copy(update=server)})
    monkeypatch.setattr(aika.insights, "settings", reached)

    assert (aika.insights.alone, aika.insights.smallest_group) == (False, 5)


async def test_it_is_told_where_a_question_was_asked(aika: Aika) -> None:
    await ask(aika, PEOPLE[0], **{"Sec-Fetch-Site": "same-origin"})
    await ask(aika, PEOPLE[0], **{"Aika-Surface": "mcp"})
    async with connected(aika) as http:
        body = {"model": "aika", "messages": [{"role": "user", "content": QUESTION}]}
        await http.post("/v1/chat/completions", json=body, headers={"Aika-User": PEOPLE[0]})

    found = (await get(aika, "/v1/insights")).json()
    assert {"web", "api", "mcp", "openai"} <= {part["name"] for part in found["parts"]["surface"]}


async def test_what_was_asked_is_counted_when_its_conversation_is_gone(aika: Aika) -> None:
    answer = await ask(aika, PEOPLE[1])
    async with connected(aika) as http:
        mine = {"Aika-User": PEOPLE[1]}
        await http.post(f"/v1/answers/{answer['id']}/feedback", json={"rating": "helpful"}, headers=mine)
        before = (await http.get("/v1/insights")).json()
        await http.delete(f"/v1/conversations/{answer['conversation_id']}", headers=mine)
        after = (await http.get("/v1/insights")).json()

    assert after["totals"] == before["totals"]
    assert after["acceptance"] == before["acceptance"]
    assert after["acceptance"]["of"] >= 1


async def test_insights_are_narrowed_to_a_team_or_a_source(aika: Aika) -> None:
    team = (await get(aika, "/v1/insights?team=group:care&source=handbook")).json()
    nobody = (await get(aika, "/v1/insights?team=group:nobody")).json()

    assert (team["totals"]["people"], nobody["totals"]["people"]) == (len(PEOPLE), 0)


async def test_a_team_is_told_how_many_of_it_asked(aika: Aika) -> None:
    (care,) = (await get(aika, "/v1/insights/adoption")).json()["teams"]

    assert (care["title"], care["size"], care["users"]) == ("care", len(PEOPLE), len(PEOPLE))


async def test_topics_are_named_by_what_people_asked(aika: Aika) -> None:
    found = (await get(aika, "/v1/insights/topics")).json()

    assert found["topics"][0]["name"] == QUESTION
    assert found["topics"][0]["people"] == len(PEOPLE)


async def test_today_tells_nothing_where_others_sign_in(watched: Aika) -> None:
    found = (await get(watched, "/v1/insights")).json()

    assert (found["smallest_group"], found["totals"]["questions"], found["daily_users"]) == (3, 0, None)
    assert all(point["figures"] is None for point in found["series"])
    assert (await get(watched, "/v1/insights/topics")).json()["topics"] == []


@pytest.mark.parametrize("query", ["team=group:care&source=handbook", "team=group:care&interval=day"])
async def test_narrowing_to_single_people_is_refused(watched: Aika, query: str) -> None:
    assert (await get(watched, f"/v1/insights?{query}")).status_code == 422


async def test_who_manages_a_source_sees_what_cites_it_and_nothing_else(aika: Aika) -> None:
    _, key = await aika.create_key("ann", principals=["user:ann@example.org"], sources=None)
    server = aika.settings.server.model_copy(update={"require_key": True})
    settings = aika.settings
    aika.settings = settings.model_copy(update={"server": server})
    try:
        own = (await get(aika, "/v1/insights", key)).json()
        other = await get(aika, "/v1/insights?source=board", key)
        teams = await get(aika, "/v1/insights/adoption", key)
    finally:
        aika.settings = settings

    assert own["totals"]["questions"] > 0
    assert (own["parts"], own["all_users"]) == ({}, None)
    assert (other.status_code, teams.status_code) == (403, 403)


async def test_who_only_asks_is_told_that_insights_are_not_for_them(aika: Aika) -> None:
    async with connected(aika) as http:
        reply = await http.get("/v1/insights", headers={"Aika-User": PEOPLE[2]})

    assert reply.status_code == 403
    assert "administrators" in reply.json()["detail"]


async def test_tables_are_files_for_spreadsheets(aika: Aika) -> None:
    reply = await get(aika, "/v1/insights/tables/parts")
    rows = reply.text.splitlines()

    assert reply.headers["content-type"].startswith("text/csv")
    assert rows[0].startswith("division,name,title,questions,people")
    assert any(row.startswith("source,handbook,handbook,") for row in rows)


async def test_a_hostile_name_is_no_formula_in_a_table(aika: Aika) -> None:
    async with connected(aika) as http:
        made = await http.post("/v1/assistants", json={"name": "=1+1"}, headers={"Aika-User": PEOPLE[0]})
        body = {"messages": [{"role": "user", "content": QUESTION}], "assistant": made.raise_for_status().json()["id"]}
        await http.post("/v1/chat/complete", json=body, headers={"Aika-User": PEOPLE[0]})

    reply = await get(aika, "/v1/insights/tables/parts")

    cells = [cell for row in csv.reader(io.StringIO(reply.text)) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
