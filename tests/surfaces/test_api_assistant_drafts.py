"""Assistants while somebody writes them: what is wrong with a draft, what its filter leaves, and asking it unsaved."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.identifiers import PrincipalId, SourceId
from aika.settings import load_settings

# One application for all of them: what each makes is taken away when it is done.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ALICE, BOB = "alice@example.org", "bob@example.org"
QUESTION = "How do I deploy the app?"
DOCUMENTS = {
    "backend/deploy.md": "---\ntags: [release]\nowner: platform\n---\n# Deploying the app\n\n"
    "Run `ferry deploy app` to deploy the app to the cluster.\n",
    "backend/oncall.md": "# On call\n\nWhoever is on call carries the pager from Monday to Monday.\n",
    "ios/deploy.md": "# Deploying the app\n\nUpload the app with `fastlane beta` to deploy it to TestFlight.\n",
    "board/plan.md": "---\ntags: [turku]\n---\n# Project Nightjar\n\nProject Nightjar moves the head office to Turku.\n",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def aika(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("drafts")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    for name, text in DOCUMENTS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    readers = {"backend": "everyone", "ios": "everyone", "board": "group:board"}
    sources = {
        name: {"connector": "filesystem", "options": {"path": name}, "readers": [reader], "purpose": f"All of {name}"}
        for name, reader in readers.items()
    }
    (folder / "assistants").mkdir()
    (folder / "assistants" / "phones.yaml").write_text("# By hand.\nknowledge:\n  sources: [ios]\n", encoding="utf-8")
    async with open_aika(load_settings(folder, sources=sources)) as opened:
        for source in opened.sources:
            await opened.sync(source)
        await opened.generations.catch_up()
        members = {PrincipalId("group:backend"): {PrincipalId(f"user:{ALICE}")}}
        await opened.database.directory.record(SourceId("people"), members)
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def alice(aika: Aika) -> AsyncIterator[httpx.AsyncClient]:
    """In the backend group, and no administrator."""
    async for opened in client_of(aika, ALICE):
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def bob(aika: Aika) -> AsyncIterator[httpx.AsyncClient]:
    """In no group."""
    async for opened in client_of(aika, BOB):
        yield opened


async def client_of(aika: Aika, address: str) -> AsyncIterator[httpx.AsyncClient]:
    _, secret = await aika.create_key(address, principals=[f"user:{address}"], sources=None)
    async with connected(aika, secret) as opened:
        yield opened


async def check(person: httpx.AsyncClient, yaml: str, **more: Any) -> dict[str, Any]:
    reply = await person.post("/v1/assistants/check", json={"yaml": yaml, **more})
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def tried(person: httpx.AsyncClient, yaml: str, question: str = QUESTION) -> httpx.Response:
    return await person.post("/v1/assistants/try", json={"yaml": yaml, "question": question})


async def test_a_form_offers_what_its_reader_may_read_and_nothing_else(alice: httpx.AsyncClient) -> None:
    form = (await alice.get("/v1/assistants/form")).json()

    assert [(one["id"], one["documents"]) for one in form["sources"]] == [("backend", 2), ("ios", 1)]
    assert form["tags"] == [{"value": "release", "documents": 1}]
    assert form["owners"] == [{"value": "platform", "documents": 1}]
    assert form["groups"] == ["group:backend"]
    assert (form["me"], form["anyone"]) == (f"user:{ALICE}", False)
    assert "turku" not in json.dumps(form)


async def test_a_draft_says_by_line_and_place_what_is_wrong(alice: httpx.AsyncClient) -> None:
    yaml = "name: Deploys\npurpse: Releasing.\nknowledge:\n  sources: [backend]\n  kinds: [pages]\nvisibility: secret\n"

    found = await check(alice, yaml)

    told = [(one["line"], one["place"], one["message"]) for one in found["problems"]]
    assert told[0] == (2, ["purpse"], "is no known key. Do you mean purpose?")
    assert told[1][:2] == (5, ["knowledge", "kinds", 0])
    assert told[2][:2] == (6, ["visibility"])
    assert "private, group or public" in told[2][2]
    assert (found["valid"], found["effect"]) == (False, None)
    assert found["values"] == {"name": "Deploys"}
    assert found["unreadable"] == ["purpse", "knowledge", "visibility"]


@pytest.mark.parametrize(
    ("yaml", "line", "said"),
    [
        ("name: [", 1, "not YAML"),
        ("name: a\nname: b\n", 2, "written twice"),
        ("- one\n- two\n", 1, "keys and values"),
        ("name: &a Deploys\npurpose: *a\n", 1, "anchors"),
        ("name: " + "[" * 40 + "]" * 40, 1, "nested too deeply"),
    ],
)
async def test_what_is_no_draft_at_all_is_said_in_words(
    alice: httpx.AsyncClient, yaml: str, line: int, said: str
) -> None:
    found = await check(alice, yaml)

    assert [problem["line"] for problem in found["problems"]] == [line]
    assert said in found["problems"][0]["message"]
    assert found["yaml"] == yaml


async def test_what_changes_in_the_form_is_written_where_it_stands(alice: httpx.AsyncClient) -> None:
    yaml = "# Ours.\nname: Deploys # short\nknowledge:\n  # the services\n  sources: [backend]\ngreeting: Hello.\n"
    changes = {"knowledge": {"sources": ["backend", "ios"]}, "greeting": "", "purpose": "How we release."}

    found = await check(alice, yaml, changes=changes)

    assert found["yaml"] == (
        "# Ours.\nname: Deploys # short\nknowledge:\n  # the services\n  sources: [backend, ios]\n"
        "purpose: How we release.\n"
    )
    assert found["values"]["purpose"] == "How we release."
    assert found["valid"]


async def test_an_empty_draft_only_lacks_a_name(alice: httpx.AsyncClient) -> None:
    found = await check(alice, "# yaml-language-server: …\n", changes={"purpose": "Everything."})

    assert found["yaml"] == "# yaml-language-server: …\npurpose: Everything.\n"
    assert [problem["place"] for problem in found["problems"]] == [["name"]]
    assert not found["valid"]


async def test_comments_of_one_that_was_made_in_the_browser_stay(alice: httpx.AsyncClient) -> None:
    written = "# Ours.\nname: Kept # short\n# what for\npurpose: Releasing.\ngreeting: Hello.\n"
    values = {"name": "Kept", "purpose": "Releasing.", "greeting": "Hello."}
    made = (await alice.post("/v1/assistants", json={**values, "yaml": written})).json()
    as_written = (await alice.get(f"/v1/assistants/{made['id']}/yaml")).text

    changed = {"name": "Kept", "purpose": "Releasing.", "greeting": "Hi."}
    await alice.put(f"/v1/assistants/{made['id']}", json=changed, headers={"If-Match": '"1"'})

    assert as_written == written
    assert (await alice.get(f"/v1/assistants/{made['id']}/yaml")).text == written.replace("Hello.", "Hi.")


async def test_what_somebody_writes_beside_the_values_changes_none_of_them(alice: httpx.AsyncClient) -> None:
    beside = "# Ours.\nname: Other\nvisibility: public\n"

    made = (await alice.post("/v1/assistants", json={"name": "Beside", "yaml": beside})).json()

    assert (made["name"], made["visibility"]) == ("Beside", "private")
    assert (await alice.get(f"/v1/assistants/{made['id']}/yaml")).text == "# Ours.\nname: Beside\n"


async def test_a_filter_says_how_many_documents_of_which_sources_its_reader_has_left(alice: httpx.AsyncClient) -> None:
    effect = (await check(alice, "name: Deploys\nknowledge:\n  paths: ['**deploy.md']\n"))["effect"]

    assert (effect["documents"], effect["readable"]) == (2, 3)
    assert [(one["id"], one["documents"], one["readable"]) for one in effect["sources"]] == [
        ("backend", 1, 2),
        ("ios", 1, 1),
    ]
    assert {one["title"] for one in effect["sample"]} == {"Deploying the app"}


async def test_a_source_that_may_not_be_read_and_one_that_is_not_there_are_told_alike(alice: httpx.AsyncClient) -> None:
    hidden, unknown = [
        await check(alice, f"name: Deploys\nknowledge:\n  sources: [{source}]\n") for source in ("board", "nowhere")
    ]

    assert hidden["effect"]["documents"] == 0
    assert json.dumps(hidden).replace("board", "…") == json.dumps(unknown).replace("nowhere", "…")
    assert hidden["problems"][0]["doubt"]
    assert hidden["valid"]


async def test_only_groups_that_one_is_in_can_be_shared_with(alice: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    yaml = "name: Deploys\nvisibility: group\ngroups: [group:backend]\n"

    assert (await check(alice, yaml))["valid"]
    refused = await check(bob, yaml)
    assert not refused["valid"]
    assert refused["problems"][0]["line"] == 3
    assert "not in it" in refused["problems"][0]["message"]


async def test_what_does_not_go_together_yet_stays_in_the_form_and_can_be_tried(alice: httpx.AsyncClient) -> None:
    yaml = "visibility: group\nknowledge:\n  sources: [ios]\n"

    found, asked = await check(alice, yaml), await tried(alice, yaml)

    assert found["values"]["visibility"] == "group"
    assert found["problems"][0]["place"] == ["visibility"]
    assert "fastlane beta" in asked.json()["completion"]["text"]


async def test_a_name_that_is_taken_is_told_while_it_is_written(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient
) -> None:
    made = (await alice.post("/v1/assistants", json={"name": "Runbooks"})).json()

    again, itself, others = [
        await check(alice, "name: RUNBOOKS\n"),
        await check(alice, "name: Runbooks\n", id=made["id"]),
        await check(bob, f"name: Runbooks\nowner: {ALICE}\n"),
    ]

    assert "name of another assistant" in again["problems"][0]["message"]
    assert itself["valid"]
    assert [problem["place"] for problem in others["problems"]] == [["owner"]]  # and nothing of what alice has
    assert made["created_at"] is not None
    assert (await bob.post("/v1/assistants/check", json={"yaml": "", "id": made["id"]})).status_code == 404
    await alice.delete(f"/v1/assistants/{made['id']}", headers={"If-Match": '"1"'})


async def test_two_drafts_answer_the_same_question_each_from_its_own_pages(
    aika: Aika, alice: httpx.AsyncClient
) -> None:
    made_before = await aika.database.assistants.listing()

    backend, phones = [
        (await tried(alice, f"knowledge:\n  sources: [{source}]\n")).json() for source in ("backend", "ios")
    ]

    assert "ferry deploy app" in backend["completion"]["text"]
    assert "fastlane beta" in phones["completion"]["text"]
    assert (backend["effect"]["documents"], phones["effect"]["documents"]) == (2, 1)
    assert await aika.database.assistants.listing() == made_before
    assert (await alice.get("/v1/conversations")).json()["conversations"] == []


async def test_a_draft_never_shows_what_its_writer_may_not_read(alice: httpx.AsyncClient) -> None:
    question = "Where does Project Nightjar move the head office?"

    reply = await tried(alice, "knowledge:\n  sources: [board]\n", question)
    learned = await tried(alice, f"owner: {BOB}\ntopic:\n  questions: ['{question}']\n", question)

    assert reply.json()["completion"]["outcome"] == "abstention"
    assert "Turku" not in reply.text
    assert learned.status_code == 200
    assert "Turku" not in learned.text


async def test_a_draft_with_a_topic_says_what_the_topic_leaves(alice: httpx.AsyncClient) -> None:
    yaml = "topic:\n  documents: [backend/oncall.md]\n"

    reply = (await tried(alice, yaml, "Who carries the pager?")).json()

    assert reply["effect"]["topic"]
    assert reply["effect"]["documents"] < reply["effect"]["readable"]


async def test_a_tried_answer_streams_after_the_filters_effect(alice: httpx.AsyncClient) -> None:
    body = {"yaml": "knowledge:\n  sources: [ios]\n", "question": QUESTION, "stream": True}

    async with alice.stream("POST", "/v1/assistants/try", json=body) as reply:
        lines = [line async for line in reply.aiter_lines() if line.startswith("data: ")]
    events = [json.loads(line[6:]) for line in lines]

    assert events[0]["type"] == "effect"
    assert events[0]["effect"]["documents"] == 1
    assert events[-1]["type"] == "completed"
    assert "fastlane" in events[-1]["completion"]["text"]


async def test_a_wrong_draft_is_not_asked(alice: httpx.AsyncClient) -> None:
    reply = await tried(alice, "name: x\nmodel: none\n")

    assert reply.status_code == 422
    assert reply.json()["detail"].startswith("line 2: model: ")


async def test_an_assistant_is_exported_as_the_file_that_it_would_be(aika: Aika, alice: httpx.AsyncClient) -> None:
    made = (
        await alice.post("/v1/assistants", json={"name": "Run books", "knowledge": {"sources": ["backend"]}})
    ).json()

    exported = await alice.get(f"/v1/assistants/{made['id']}/yaml")
    refused = await alice.get("/v1/assistants/file:phones/yaml")
    async with connected(aika) as admin:
        verbatim = await admin.get("/v1/assistants/file:phones/yaml")

    assert exported.text == "name: Run books\nknowledge:\n  sources: [backend]\n"
    assert exported.headers["content-disposition"] == 'attachment; filename="run-books.yaml"'
    assert refused.status_code == 403
    assert verbatim.text.startswith("# By hand.\n")
    await alice.delete(f"/v1/assistants/{made['id']}", headers={"If-Match": '"1"'})
