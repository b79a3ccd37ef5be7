"""Sources tell of changes: webhooks and documents that are handed over."""

import base64
from pathlib import Path

import httpx
import pytest
from served_application import connected

from aika.application.aika import Aika
from aika.application.signing import HEADER, sign
from aika.application.wiring import open_aika
from aika.domain.identifiers import SourceId
from aika.domain.sources import Notification
from aika.settings import Settings

SECRET = "correct horse battery staple"
NOTES = {"connector": "push", "readers": ["everyone"], "owner": "Harbour", "contact": "#harbour"}


@pytest.fixture
def settings(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("HANDBOOK_SECRET", SECRET)
    handbook = settings.sources["handbook"].model_copy(update={"webhook_secret": "${HANDBOOK_SECRET}"})
    notes = type(handbook).model_validate(NOTES)
    return settings.model_copy(update={"sources": settings.sources | {"handbook": handbook, "notes": notes}})


async def found(http: httpx.AsyncClient, aika: Aika, words: str) -> list[str]:
    await aika.generations.catch_up()
    hits = (await http.post("/v1/search", json={"query": words})).json()["hits"]
    return [hit["document"]["key"] for hit in hits if words.lower() in hit["text"].lower()]


class TestDocumentsHandedOver:
    async def test_one_is_found_at_once_and_gone_at_once(self, http: httpx.AsyncClient, aika: Aika) -> None:
        address = "/v1/sources/notes/documents/berths/7.md"
        put = await http.put(address, json={"text": "# Berth 7\n\nBerth 7 is closed for dredging."})
        there = await found(http, aika, "dredging")
        deleted = await http.delete(address)

        assert (put.status_code, deleted.status_code) == (204, 204)
        assert there == ["berths/7.md"]
        assert await found(http, aika, "dredging") == []

    async def test_the_second_version_replaces_the_first(self, http: httpx.AsyncClient, aika: Aika) -> None:
        await http.put("/v1/sources/notes/documents/7.md", json={"text": "Berth 7 is closed for dredging."})
        await http.put("/v1/sources/notes/documents/7.md", json={"text": "Berth 7 is open after dredging."})

        assert await found(http, aika, "closed for dredging") == []
        assert await found(http, aika, "open after dredging") == ["7.md"]

    async def test_it_is_read_by_whom_it_names(self, http: httpx.AsyncClient, aika: Aika) -> None:
        await http.put(
            "/v1/sources/notes/documents/7.md", json={"text": "Berth 7 hides gold.", "readers": ["group:board"]}
        )

        _, secret = await aika.create_key("board", principals=["group:board"], sources=None)
        assert await found(http, aika, "hides gold") == []
        async with connected(aika, secret) as board:
            assert await found(board, aika, "hides gold") == ["7.md"]

    async def test_it_outlives_a_sync_of_its_source(self, http: httpx.AsyncClient, aika: Aika) -> None:
        await http.put("/v1/sources/notes/documents/7.md", json={"text": "Berth 7 is closed for dredging."})

        await aika.sync(SourceId("notes"))

        assert await found(http, aika, "dredging") == ["7.md"]

    @pytest.mark.parametrize(
        ("body", "says"),
        [
            ({}, "exactly one of 'text' and 'content_base64'"),
            ({"text": "a", "content_base64": "YQ=="}, "exactly one of"),
            ({"content_base64": "not base64!"}, "not base64"),
            ({"text": "a", "kind": "rumour"}, "unknown kind 'rumour'"),
            ({"content_base64": base64.b64encode(b"%PDF-1.7 broken").decode(), "path": "a.pdf"}, "PDF"),
        ],
    )
    async def test_a_wrong_one_is_refused_with_the_reason(
        self, http: httpx.AsyncClient, body: dict[str, str], says: str
    ) -> None:
        reply = await http.put("/v1/sources/notes/documents/7", json=body)

        assert reply.status_code == 422
        assert says in reply.json()["detail"]

    async def test_a_source_that_is_read_takes_none(self, http: httpx.AsyncClient) -> None:
        reply = await http.put("/v1/sources/handbook/documents/7.md", json={"text": "Berth 7 is closed."})

        assert reply.status_code == 409
        assert "connector: push" in reply.json()["detail"]

    async def test_a_key_of_another_source_may_not(self, settings: Settings) -> None:
        required = settings.model_copy(update={"server": settings.server.model_copy(update={"require_key": True})})
        async with open_aika(required) as aika:
            _, secret = await aika.create_key("board", principals=["everyone"], sources=["board"], admin=True)
            _, plain = await aika.create_key("plain", principals=["everyone"], sources=None)
            async with connected(aika, secret) as other, connected(aika, plain) as reader:
                replies = [
                    await client.put("/v1/sources/notes/documents/7.md", json={"text": "Berth 7 is closed."})
                    for client in (other, reader)
                ]

        assert [reply.status_code for reply in replies] == [404, 403]


async def test_an_administrator_of_some_sources_grants_nothing_beyond_them(settings: Settings) -> None:
    required = settings.model_copy(update={"server": settings.server.model_copy(update={"require_key": True})})
    group = {"members": ["mallory@example.org"]}
    async with open_aika(required) as aika:
        _, secret = await aika.create_key("notes", principals=["everyone"], sources=["notes"], admin=True)
        async with connected(aika, secret) as client:
            replies = [
                await client.post("/v1/keys", json={"name": "more", "admin": True}),
                await client.get("/v1/keys"),
                await client.put("/v1/sources/notes/groups/group:board", json=group),
                await client.get("/v1/sources", headers={"Aika-User": "mallory@example.org"}),
            ]

    assert [reply.status_code for reply in replies] == [403, 403, 403, 403]


class TestWebhooks:
    async def test_a_signed_one_starts_a_sync(self, http: httpx.AsyncClient, aika: Aika, tmp_path: Path) -> None:
        (tmp_path / "docs" / "tides.md").write_text("# Tides\n\nThe spring tide comes on Monday.\n", encoding="utf-8")
        signature = sign(SECRET, b"{}", now=aika.clock.now())

        reply = await http.post("/v1/hooks/handbook", content=b"{}", headers={"Aika-Signature": signature})
        await aika.sync(SourceId("handbook"))

        assert (reply.status_code, reply.json()["sync"]) == (200, True)
        assert await found(http, aika, "spring tide") == ["tides.md"]

    async def test_every_wrong_one_gets_the_same_answer(self, http: httpx.AsyncClient, aika: Aika) -> None:
        now = aika.clock.now()
        old = now.replace(year=now.year - 1)
        attempts = {
            "handbook": sign("wrong", b"{}", now=now),
            "notes": sign(SECRET, b"{}", now=now),
            "unheard-of": sign(SECRET, b"{}", now=now),
        }
        replies = [
            await http.post(f"/v1/hooks/{source}", content=b"{}", headers={"Aika-Signature": signature})
            for source, signature in attempts.items()
        ]
        replies.append(
            await http.post(
                "/v1/hooks/handbook", content=b"{}", headers={"Aika-Signature": sign(SECRET, b"{}", now=old)}
            )
        )
        replies.append(await http.post("/v1/hooks/handbook", content=b"{}"))

        assert {reply.status_code for reply in replies} == {401}
        assert len({reply.text for reply in replies}) == 1

    async def test_one_for_a_source_whose_file_was_removed_is_forgotten(self, aika: Aika) -> None:
        signature = sign(SECRET, b"{}", now=aika.clock.now())
        await aika.notify(SourceId("handbook"), Notification({HEADER: signature}, b"{}"))
        aika.declarations.sources.pop(SourceId("handbook"))

        await aika.sync_overlooked()

        assert SourceId("handbook") not in aika.sources
