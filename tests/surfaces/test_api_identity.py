"""Who asks: groups as they are now, and front ends that ask for people and channels."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from served_application import connected

from aika.application.aika import Aika
from aika.application.wiring import open_aika
from aika.client import AsyncAikaClient, ChatCompletionRequest
from aika.domain.identifiers import PrincipalId, SourceId
from aika.settings import load_settings
from aika.surfaces.api.app import create_app

# One application for all of them: no test needs another's groups.
pytestmark = pytest.mark.asyncio(loop_scope="module")

BOARD = PrincipalId("group:board")
ALICE, BOB = "alice@example.org", "bob@example.org"
PLAN = "# Project Nightjar\n\nProject Nightjar moves the head office to Turku in spring.\n"
QUESTION = "Where does Project Nightjar move the head office?"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory, embedder_graphs: Path) -> AsyncIterator[Aika]:
    folder = tmp_path_factory.mktemp("company")
    (folder / ".aika").mkdir()
    (folder / ".aika" / "models").symlink_to(embedder_graphs)
    for name, text in (
        ("docs/cache.md", "# Cache\n\nError `CACHE-104` means that the cache is full.\n"),
        ("board/plan.md", PLAN),
    ):
        (folder / name).parent.mkdir()
        (folder / name).write_text(text, encoding="utf-8")
    sources = {
        "handbook": {"connector": "filesystem", "options": {"path": "docs"}, "readers": ["everyone"]},
        "board": {"connector": "filesystem", "options": {"path": "board"}, "readers": ["group:board"]},
    }
    async with open_aika(load_settings(folder, sources=sources)) as aika:
        for source in aika.sources:
            await aika.sync(source)
        await aika.generations.catch_up()
        yield aika


@pytest_asyncio.fixture(loop_scope="module")
async def aika(opened: Aika) -> Aika:
    """The application, in which nobody is in any group."""
    for source in ("people", "slack"):
        await opened.database.directory.forget(SourceId(source))
    return opened


async def sees_the_plan(aika: Aika, token: str | None = None, **headers: str) -> bool:
    names = {f"Aika-{name.capitalize()}": value for name, value in headers.items()}
    async with connected(aika, token) as http:
        reply = await http.post("/v1/search", json={"query": QUESTION}, headers=names)
    assert reply.status_code == 200, reply.text
    return "Turku" in reply.text


async def front_end(aika: Aika) -> str:
    _, secret = await aika.create_key("front end", principals=["everyone"], sources=None, on_behalf=True)
    return secret


async def join(aika: Aika, group: str, *members: str) -> None:
    people = {PrincipalId(member if ":" in member else f"user:{member}") for member in members}
    await aika.database.directory.record(SourceId("people"), {PrincipalId(group): people})


async def test_who_joins_a_group_reads_what_it_reads_and_who_leaves_does_not(aika: Aika) -> None:
    _, alice = await aika.create_key("alice", principals=[f"user:{ALICE}"], sources=None)
    before = await sees_the_plan(aika, alice)

    await join(aika, "slack:T1:BOARD", ALICE)
    await join(aika, BOARD, "slack:T1:BOARD")
    within = await sees_the_plan(aika, alice)
    await join(aika, "slack:T1:BOARD", BOB)
    after = await sees_the_plan(aika, alice)

    assert (before, within, after) == (False, True, False)


async def test_a_front_end_asks_for_the_person_in_front_of_it(aika: Aika) -> None:
    key = await front_end(aika)
    await join(aika, BOARD, ALICE)

    assert await sees_the_plan(aika, key, user="Alice@Example.org")
    assert not await sees_the_plan(aika, key, user=BOB)
    assert not await sees_the_plan(aika, key)


async def test_a_channel_sees_what_all_in_it_may_read(aika: Aika) -> None:
    key = await front_end(aika)
    await join(aika, BOARD, ALICE, BOB)

    assert await sees_the_plan(aika, key, audience=f"{ALICE}, {BOB}")
    assert not await sees_the_plan(aika, key, audience=f"{ALICE}, carol@example.org")
    assert not await sees_the_plan(aika, key, user=ALICE, audience="carol@example.org")
    assert not await sees_the_plan(aika, key, user="carol@example.org", audience=ALICE)


async def test_a_channel_can_be_named_as_the_group_that_its_members_are(aika: Aika) -> None:
    key = await front_end(aika)
    await join(aika, BOARD, ALICE, BOB)
    await aika.database.directory.record(
        SourceId("slack"),
        {
            PrincipalId("slack:T1:C1"): {PrincipalId("slack:T1:U1"), PrincipalId(f"user:{BOB}")},
            PrincipalId("slack:T1:U1"): {PrincipalId(f"user:{ALICE}")},
        },
    )

    among_themselves = await sees_the_plan(aika, key, audience="slack:T1:C1")
    await join(aika, "slack:T1:C1", "carol@example.org")

    assert among_themselves
    assert not await sees_the_plan(aika, key, audience="slack:T1:C1")


async def test_a_channel_of_nobody_known_is_refused(aika: Aika) -> None:
    async with connected(aika, await front_end(aika)) as http:
        replies = [
            await http.get("/v1/sources", headers={"Aika-Audience": value}) for value in ("slack:T1:C9", " , ", "")
        ]

    assert [reply.status_code for reply in replies] == [422, 422, 422]


@pytest.mark.parametrize("headers", [{"Aika-User": ALICE}, {"Aika-Audience": ALICE}])
async def test_a_key_without_the_right_asks_for_nobody_else(aika: Aika, headers: dict[str, str]) -> None:
    _, plain = await aika.create_key("plain", principals=["group:board"], sources=None)

    async with connected(aika, plain) as http:
        reply = await http.post("/v1/search", json={"query": "refund"}, headers=headers)

    assert reply.status_code == 403
    assert "--on-behalf" in reply.json()["detail"]


@pytest.mark.parametrize("name", ["alice", "alice@", "a b@example.org", "group:board", "a@x.org, b@x.org", "everyone"])
async def test_a_user_is_an_e_mail_address_and_nothing_else(aika: Aika, name: str) -> None:
    async with connected(aika, await front_end(aika)) as http:
        reply = await http.get("/v1/sources", headers={"Aika-User": name})

    assert reply.status_code == 422


async def test_asking_for_a_person_is_no_right_to_manage(aika: Aika) -> None:
    _, admin = await aika.create_key("admin", principals=["everyone"], sources=None, admin=True)

    async with connected(aika, admin) as http:
        replies = [await http.get("/v1/keys", headers={"Aika-User": ALICE}), await http.get("/v1/keys")]

    assert [reply.status_code for reply in replies] == [403, 200]


async def test_a_front_ends_sources_bound_everyone_it_asks_for(aika: Aika) -> None:
    _, key = await aika.create_key("bot", principals=["everyone"], sources=["handbook"], on_behalf=True)
    await join(aika, BOARD, ALICE)

    assert not await sees_the_plan(aika, key, user=ALICE)


async def test_a_conversation_is_the_persons_it_was_asked_for(aika: Aika) -> None:
    key = await front_end(aika)
    async with asking(aika, key, ALICE) as alice, asking(aika, key, BOB) as bob:
        reply = await alice.complete_chat(ChatCompletionRequest.from_user_prompt("What does CACHE-104 mean?"))

        assert [found.id for found in (await alice.conversations()).conversations] == [reply.conversation_id]
        assert (await bob.conversations()).conversations == []


async def test_numbers_of_a_source_are_of_what_the_caller_may_read(aika: Aika) -> None:
    _, plain = await aika.create_key("plain", principals=["everyone"], sources=None)
    _, board = await aika.create_key("board", principals=["group:board"], sources=None)

    async with connected(aika, plain) as http:
        everyones = (await http.get("/v1/sources")).json()
        hidden, unknown = await http.get("/v1/sources/board"), await http.get("/v1/sources/bored")
    async with connected(aika, board) as http:
        boards = (await http.get("/v1/sources")).json()

    assert {source["id"]: source["documents"] for source in everyones} == {"handbook": 1}
    assert {source["id"]: source["documents"] for source in boards} == {"handbook": 1, "board": 1}
    assert hidden.json()["detail"].replace("board", "bored") == unknown.json()["detail"]
    assert all(source["last_sync"] is None for source in boards)


async def test_an_administrator_is_told_why_someone_may_read_a_document(aika: Aika) -> None:
    await join(aika, "slack:T1:BOARD", ALICE)
    await join(aika, BOARD, "slack:T1:BOARD")
    async with connected(aika) as http:
        alice = (await http.get("/v1/access", params={"user": ALICE, "document": "board/plan.md"})).json()
        bob = (await http.get("/v1/access", params={"user": BOB, "document": "board/plan.md"})).json()
        public = (await http.get("/v1/access", params={"user": BOB, "document": "handbook/cache.md"})).json()

    assert alice["may_read"]
    assert alice["chain"] == [f"user:{ALICE}", "slack:T1:BOARD", "group:board"]
    assert alice["reason"] == f"user:{ALICE} is in slack:T1:BOARD, which is in group:board, which may read it."
    assert (bob["may_read"], bob["readers"], bob["chain"]) == (False, ["group:board"], [])
    assert "none of its readers" in bob["reason"]
    assert public["chain"] == [f"user:{BOB}", "everyone"]


async def test_only_an_administrator_is_told(aika: Aika) -> None:
    _, plain = await aika.create_key("plain", principals=["group:board"], sources=None)

    async with connected(aika, plain) as http:
        replies = [
            await http.get("/v1/access", params={"user": ALICE, "document": document})
            for document in ("board/plan.md", "board/none.md")
        ]

    assert [reply.status_code for reply in replies] == [403, 403]
    assert replies[0].json() == replies[1].json()


def asking(aika: Aika, key: str, user: str) -> AsyncAikaClient:
    return AsyncAikaClient("http://aika.test", key, transport=httpx.ASGITransport(create_app(aika)), user=user)
