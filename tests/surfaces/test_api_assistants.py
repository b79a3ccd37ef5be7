"""Assistants over HTTP: who sees which, which one a name means, and that none widens what its asker may read."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.domain.identifiers import AssistantId, PrincipalId, SourceId
from aika.settings import load_settings

# One application for all of them: what each makes is taken away when it is done.
pytestmark = pytest.mark.asyncio(loop_scope="module")

ALICE, BOB = "alice@example.org", "bob@example.org"
QUESTION = "How do I deploy the app?"
DOCUMENTS = {
    "backend/deploy.md": "# Deploying the app\n\nRun `ferry deploy app` to deploy the app to the cluster.\n",
    "ios/deploy.md": "# Deploying the app\n\nUpload the app with `fastlane beta` to deploy it to TestFlight.\n",
    "board/plan.md": "# Project Nightjar\n\nProject Nightjar moves the head office to Turku in spring.\n",
}
BACKEND = "purpose: For backend engineers.\nknowledge:\n  sources: [backend]\nexamples:\n  - How do I deploy the app?\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("company")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    (folder / "assistants").mkdir()
    for name, text in DOCUMENTS.items():
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    readers = {"backend": "everyone", "ios": "everyone", "board": "group:board"}
    sources = {
        name: {"connector": "filesystem", "options": {"path": name}, "readers": [reader]}
        for name, reader in readers.items()
    }
    async with open_aika(load_settings(folder, sources=sources)) as aika:
        for source in aika.sources:
            await aika.sync(source)
        await aika.generations.catch_up()
        await aika.database.directory.record(
            SourceId("people"), {PrincipalId("group:backend"): {PrincipalId(f"user:{ALICE}")}}
        )
        yield aika


@pytest_asyncio.fixture(loop_scope="module")
async def aika(opened: Aika) -> AsyncIterator[Aika]:
    """The application without any assistants."""
    yield opened
    for record in await opened.database.assistants.listing():
        await opened.database.assistants.delete(record.id, version=record.version)
    for path in folder_of(opened).iterdir():
        path.unlink()


def folder_of(aika: Aika) -> Path:
    return aika.settings.base_dir / "assistants"


def declare(aika: Aika, name: str, text: str) -> None:
    (folder_of(aika) / f"{name}.yaml").write_text(text, encoding="utf-8")


class Person:
    """Somebody who asks through a key of their own."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def make(self, name: str, **fields: Any) -> dict[str, Any]:
        reply = await self.http.post("/v1/assistants", json={"name": name, **fields})
        assert reply.status_code == 201, reply.text
        made: dict[str, Any] = reply.json()
        return made

    async def names(self) -> list[str]:
        return [one["name"] for one in (await self.http.get("/v1/assistants")).json()]

    async def ask(self, assistant: str | None, question: str = QUESTION, **more: Any) -> httpx.Response:
        body = {"messages": [{"role": "user", "content": question}], "assistant": assistant, **more}
        return await self.http.post("/v1/chat/complete", json=body)

    async def search(self, assistant: str, query: str = QUESTION) -> httpx.Response:
        return await self.http.post("/v1/search", json={"query": query, "assistant": assistant, "explain": True})


@pytest_asyncio.fixture(loop_scope="module")
async def alice(aika: Aika) -> AsyncIterator[Person]:
    """In the backend group, and no administrator."""
    async for person in person_of(aika, ALICE):
        yield person


@pytest_asyncio.fixture(loop_scope="module")
async def bob(aika: Aika) -> AsyncIterator[Person]:
    """In no group."""
    async for person in person_of(aika, BOB):
        yield person


@pytest_asyncio.fixture(loop_scope="module")
async def admin(aika: Aika) -> AsyncIterator[Person]:
    async with connected(aika) as http:
        yield Person(http)


async def person_of(aika: Aika, address: str) -> AsyncIterator[Person]:
    _, secret = await aika.create_key(address, principals=[f"user:{address}"], sources=None)
    async with connected(aika, secret) as http:
        yield Person(http)


async def test_two_assistants_answer_the_same_question_each_from_its_own_pages(aika: Aika, bob: Person) -> None:
    declare(aika, "backend", BACKEND)
    declare(aika, "ios", "knowledge:\n  sources: [ios]\n")

    backend, ios = [(await bob.ask(name)).json() for name in ("Backend", "iOS")]

    assert "ferry deploy app" in backend["text"]
    assert "fastlane" not in backend["text"]
    assert "fastlane beta" in ios["text"]
    assert "ferry" not in ios["text"]
    assert (backend["assistant"], ios["assistant"]) == ("file:backend", "file:ios")


async def test_search_through_an_assistant_finds_what_it_may_know(aika: Aika, bob: Person) -> None:
    declare(aika, "backend", BACKEND)

    found = (await bob.search("backend")).json()

    assert {hit["document"]["source"] for hit in found["hits"]} == {"backend"}


async def test_a_file_is_noticed_when_it_comes_changes_and_goes(aika: Aika, bob: Person) -> None:
    before = await bob.names()
    declare(aika, "backend", BACKEND)
    declared = (await bob.http.get("/v1/assistants")).json()
    declare(aika, "backend", "name: Server side\n")
    renamed = await bob.names()
    (folder_of(aika) / "backend.yaml").unlink()

    assert before == []
    assert [(one["name"], one["purpose"]) for one in declared] == [("backend", "For backend engineers.")]
    assert renamed == ["Server side"]
    assert await bob.names() == []
    assert (await bob.ask("Server side")).status_code == 404


async def test_a_wrong_file_stops_its_own_assistant_and_no_other(aika: Aika, bob: Person, admin: Person) -> None:
    declare(aika, "backend", BACKEND)
    declare(aika, "ios", "purpose: iOS.\n")
    assert await bob.names() == ["backend", "ios"]

    declare(aika, "backend", "knowledge:\n  source: [backend]\n")
    told, mended = await bob.ask("backend"), await admin.ask("backend")

    assert (told.status_code, mended.status_code) == (409, 409)
    assert "operators can mend it" in told.json()["detail"]
    assert "knowledge.source" not in told.json()["detail"]
    assert "knowledge.source" in mended.json()["detail"]
    assert (await bob.ask("ios")).status_code == 200


async def test_only_administrators_hear_of_a_file_that_never_was_right(aika: Aika, bob: Person, admin: Person) -> None:
    declare(aika, "secret", "visibility: secret\n")

    assert (await bob.ask("secret")).json()["detail"].startswith("there is no assistant 'secret'")
    assert "visibility" in (await admin.ask("secret")).json()["detail"]


@pytest.mark.parametrize("spelling", ["runbooks", "RUNBOOKS", " Run\u00adbooks ".replace("\u00ad", ""), "Ｒunbooks"])
async def test_a_name_means_its_assistant_however_it_is_spelt(alice: Person, spelling: str) -> None:
    made = await alice.make("Runbooks")

    assert (await alice.ask(spelling)).json()["assistant"] == made["id"]


async def test_own_comes_before_group_before_public(aika: Aika, alice: Person, bob: Person, admin: Person) -> None:
    declare(aika, "deploy", "knowledge:\n  sources: [ios]\n")
    public = (await alice.ask("deploy")).json()["assistant"]
    groups = await admin.make("Deploy", groups=["group:backend"])
    in_group = (await alice.ask("deploy")).json()["assistant"]
    own = await alice.make("DEPLOY")

    assert public == "file:deploy"
    assert in_group == groups["id"]
    assert (await alice.ask("deploy")).json()["assistant"] == own["id"]
    assert (await alice.ask("file:deploy")).json()["assistant"] == "file:deploy"
    assert (await bob.ask("deploy")).json()["assistant"] == "file:deploy"


async def test_a_name_of_two_that_are_equally_near_lists_both(
    aika: Aika, alice: Person, bob: Person, admin: Person
) -> None:
    declare(aika, "deploy", "owner: group:backend\n")
    made = await admin.make("Deploy", visibility="public")
    await bob.make("deploy")

    reply = await admin.ask("deploy")
    alices = await alice.ask("deploy")

    assert alices.json()["assistant"] == "file:deploy"  # of her group
    assert reply.status_code == 200  # his own
    declare(aika, "deploy", "purpose: Of nobody in particular.\n")
    reply = await alice.ask("deploy")
    assert reply.status_code == 409
    assert reply.json()["candidates"] == sorted(["file:deploy", made["id"]])
    assert "Say which one by its id" in reply.json()["detail"]


async def test_somebody_elses_private_assistant_does_not_exist(alice: Person, bob: Person) -> None:
    made = await alice.make("Layoffs", purpose="Who goes.", instructions="Be kind.")
    written = {"name": "Layoffs"}

    by_name = [await bob.ask("Layoffs"), await bob.ask("Nothing")]
    by_id = [
        [
            await bob.ask(one),
            await bob.search(one),
            await bob.http.get(f"/v1/assistants/{one}"),
            await bob.http.put(f"/v1/assistants/{one}", json=written, headers={"If-Match": '"1"'}),
            await bob.http.delete(f"/v1/assistants/{one}", headers={"If-Match": '"1"'}),
        ]
        for one in (made["id"], "00000000-0000-4000-8000-000000000000")
    ]

    assert await bob.names() == []
    assert by_name[0].text.replace("Layoffs", "…") == by_name[1].text.replace("Nothing", "…")
    for hidden, unknown in zip(*by_id, strict=True):
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.text.replace(made["id"], "…") == unknown.text.replace("00000000-0000-4000-8000-000000000000", "…")


async def test_an_assistant_never_shows_what_its_asker_may_not_read(aika: Aika, bob: Person, admin: Person) -> None:
    declare(aika, "board", "knowledge:\n  sources: [board, backend]\n")
    question = "Where does Project Nightjar move the head office?"

    answer, found = await bob.ask("board", question), await bob.search("board", question)
    seen = (await bob.http.get("/v1/assistants/file:board")).json()

    assert "Turku" not in answer.text + found.text
    assert seen["knowledge"]["sources"] == ["backend"]
    assert seen["documents"] == 1
    assert (seen["definition"], seen["declared_in"]) == (None, None)
    assert (await admin.http.get("/v1/assistants/file:board")).json()["definition"]["knowledge"]["sources"][
        0
    ] == "board"


async def test_a_channel_asks_only_what_everyone_in_it_may_ask(aika: Aika, alice: Person) -> None:
    made = await alice.make("Runbooks", groups=["group:backend"])
    _, key = await aika.create_key("front end", principals=["everyone"], sources=None, on_behalf=True)

    async with connected(aika, key) as http:
        body = {"messages": [{"role": "user", "content": QUESTION}], "assistant": "runbooks"}
        hers = await http.post("/v1/chat/complete", json=body, headers={"Aika-User": ALICE})
        theirs = await http.post("/v1/chat/complete", json=body, headers={"Aika-Audience": f"{ALICE}, {BOB}"})

    assert hers.json()["assistant"] == made["id"]
    assert theirs.status_code == 404


async def test_a_follow_up_is_put_to_the_conversations_assistant(aika: Aika, bob: Person) -> None:
    declare(aika, "ios", "knowledge:\n  sources: [ios]\n")
    first = (await bob.ask("ios")).json()

    second = (await bob.ask(None, "And how do I deploy it?", conversation_id=first["conversation_id"])).json()
    kept = (await bob.http.get(f"/v1/conversations/{first['conversation_id']}")).json()

    assert "ferry" not in second["text"]
    assert kept["assistant"] == "file:ios"
    assert [turn["completion"]["assistant"] for turn in kept["turns"]] == ["file:ios", "file:ios"]


async def test_a_conversation_whose_assistant_is_gone_goes_on_when_that_is_said(aika: Aika, bob: Person) -> None:
    declare(aika, "ios", "knowledge:\n  sources: [ios]\n")
    conversation = (await bob.ask("ios")).json()["conversation_id"]
    (folder_of(aika) / "ios.yaml").unlink()

    refused = await bob.ask(None, conversation_id=conversation)
    goes_on = await bob.ask(None, conversation_id=conversation, without_assistant=True)

    assert refused.status_code == 404
    assert "without_assistant" in refused.json()["detail"]
    assert goes_on.status_code == 200
    assert goes_on.json()["assistant"] is None


async def test_a_conversation_keeps_the_assistant_that_it_was_begun_with(aika: Aika, bob: Person) -> None:
    declare(aika, "ios", "knowledge:\n  sources: [ios]\n")
    declare(aika, "backend", BACKEND)
    conversation = (await bob.ask("ios")).json()["conversation_id"]

    other = await bob.ask("backend", conversation_id=conversation)
    both = await bob.ask("ios", conversation_id=conversation, without_assistant=True)

    assert other.status_code == 409
    assert both.status_code == 422
    assert (await bob.ask("IOS", conversation_id=conversation)).status_code == 200


async def test_openais_clients_choose_an_assistant_as_a_model(aika: Aika, bob: Person) -> None:
    declare(aika, "ios", "knowledge:\n  sources: [ios]\n")
    body = {"messages": [{"role": "user", "content": QUESTION}]}

    models = (await bob.http.get("/v1/models")).json()["data"]
    answer = (await bob.http.post("/v1/chat/completions", json={**body, "model": "aika/iOS"})).json()
    unknown = await bob.http.post("/v1/chat/completions", json={**body, "model": "aika/android"})

    assert [model["id"] for model in models] == ["aika", "aika/ios"]
    assert "fastlane" in answer["choices"][0]["message"]["content"]
    assert answer["model"] == "aika/iOS"
    assert unknown.status_code == 404


async def test_of_two_changes_to_one_version_the_second_is_refused(alice: Person) -> None:
    made = await alice.make("Runbooks", purpose="first")
    path, match = f"/v1/assistants/{made['id']}", {"If-Match": '"1"'}

    changed = await alice.http.put(path, json={"name": "Runbooks", "purpose": "second"}, headers=match)
    late = await alice.http.put(path, json={"name": "Runbooks", "purpose": "third"}, headers=match)
    blind = await alice.http.put(path, json={"name": "Runbooks"})

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (late.status_code, blind.status_code) == (409, 422)
    assert (await alice.http.get(path)).json()["purpose"] == "second"
    assert (await alice.http.delete(path, headers={"If-Match": '"2"'})).status_code == 204
    assert await alice.names() == []


async def test_members_of_the_owning_group_and_administrators_change_an_assistant_and_others_do_not(
    alice: Person, bob: Person, admin: Person
) -> None:
    made = await admin.make("Runbooks", owner="group:backend", visibility="public")
    path = f"/v1/assistants/{made['id']}"

    async def change(person: Person, version: int) -> int:
        reply = await person.http.put(path, json={"name": "Runbooks"}, headers={"If-Match": f'"{version}"'})
        return reply.status_code

    assert await change(bob, 1) == 403
    assert await change(alice, 1) == 200
    assert await change(admin, 2) == 200


@pytest.mark.parametrize(
    ("fields", "status", "reason"),
    [
        ({"model": "gpt"}, 422, "not among [models]"),
        ({"knowledge": {"source": ["backend"]}}, 422, "knowledge.source"),
        ({"rules": [{"name": "new", "factor": 0}]}, 422, "rules.0.factor"),
        ({"topic": {"documents": ["nowhere"]}}, 422, "SOURCE/KEY"),
        ({"visibility": "group"}, 422, "needs groups"),
        ({"name": "a/b"}, 422, "name"),
        ({"owner": "everyone"}, 422, "cannot own it"),
        ({"owner": f"user:{ALICE}"}, 403, "you are not in"),
        ({"groups": ["group:backend"]}, 403, "you are not in group:backend"),
    ],
)
async def test_an_assistant_that_cannot_be_is_refused_with_the_reason(
    bob: Person, fields: dict[str, Any], status: int, reason: str
) -> None:
    reply = await bob.http.post("/v1/assistants", json={"name": "Runbooks", **fields})

    assert reply.status_code == status
    assert reason in reply.json()["detail"]


async def test_a_files_assistant_is_changed_in_its_file(aika: Aika, admin: Person) -> None:
    declare(aika, "backend", BACKEND)

    reply = await admin.http.delete("/v1/assistants/file:backend", headers={"If-Match": '"1"'})

    assert reply.status_code == 409
    assert "file" in reply.json()["detail"]


async def test_what_was_written_comes_back_to_whoever_may_change_it(aika: Aika, alice: Person) -> None:
    written: dict[str, Any] = {
        "name": "Runbooks",
        "instructions": "Be brief.",
        "knowledge": {"paths": ["**/deploy.md"]},
        "rules": [{"name": "fresh", "decay": {"half_life": "90d"}}],
        "topic": {"questions": ["How do I deploy?"]},
    }
    made = (await alice.http.post("/v1/assistants", json=written)).json()

    read = (await alice.http.get(f"/v1/assistants/{made['id']}")).json()

    definition = {name: value for name, value in read["definition"].items() if name in written}
    assert definition == written
    record = await aika.database.assistants.find(AssistantId(made["id"]))
    assert record is not None
    assert record.owner == f"user:{ALICE}"
