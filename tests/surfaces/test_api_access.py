"""Who may see what over HTTP."""

from datetime import timedelta

import httpx
import pytest
from served_application import connected

from aika.application.aika import Aika
from aika.client import AsyncAikaClient, SearchRequest
from aika.domain.access import UNRESTRICTED
from aika.domain.errors import ConfigurationError
from aika.settings import Settings
from aika.surfaces.api.serving import check_exposure

SECRET_QUESTION = {"messages": [{"role": "user", "content": "Where does Project Nightjar move the head office?"}]}


async def secret_document(aika: Aika) -> str:
    documents = await aika.database.catalogue.documents(scope=UNRESTRICTED)
    return next(document.id for document in documents if document.source == "board")


async def test_no_trace_of_a_document_that_the_asker_may_not_read(http: httpx.AsyncClient, aika: Aika) -> None:
    secret = await secret_document(aika)

    answers = [
        await http.post("/v1/chat/complete", json=SECRET_QUESTION),
        await http.post("/v1/chat/completions", json=SECRET_QUESTION),
        await http.post("/v1/search", json={"query": "Nightjar head office", "explain": True}),
        await http.get(f"/v1/documents/{secret}"),
    ]

    assert not any("Turku" in answer.text or "plan.md" in answer.text for answer in answers)
    assert answers[-1].status_code == 404


async def test_a_reader_gets_the_answer(aika: Aika) -> None:
    _, secret = await aika.create_key("board", principals=["group:board"], sources=None)

    async with connected(aika, secret) as http:
        answer = (await http.post("/v1/chat/complete", json=SECRET_QUESTION)).json()

    assert "Turku" in answer["text"]


async def test_a_keys_sources_bound_what_it_sees(aika: Aika) -> None:
    _, secret = await aika.create_key("board", principals=["group:board"], sources=["board"])

    async with connected(aika, secret) as http:
        found = (await http.post("/v1/search", json={"query": "refund cache office"})).json()
        asked_wider = (await http.post("/v1/search", json={"query": "refund", "sources": ["handbook"]})).json()

    assert {hit["document"]["source"] for hit in found["hits"]} == {"board"}
    assert asked_wider["hits"] == []


async def test_a_wrong_key_is_refused(aika: Aika) -> None:
    async with connected(aika, "aika_wrong") as http:
        reply = await http.get("/v1/sources")

    assert reply.status_code == 401
    assert reply.headers["www-authenticate"] == "Bearer"
    assert "aika keys create" in reply.json()["detail"]


async def test_an_expired_key_is_refused(aika: Aika) -> None:
    _, secret = await aika.create_key("old", principals=["everyone"], sources=None, lifetime=timedelta(seconds=-1))

    async with connected(aika, secret) as http:
        assert (await http.get("/v1/sources")).status_code == 401


async def test_managing_needs_an_admin_key(aika: Aika) -> None:
    _, secret = await aika.create_key("plain", principals=["everyone"], sources=None)

    async with connected(aika, secret) as http:
        replies = [await http.post("/v1/sources/handbook/sync"), await http.get("/v1/keys")]

    assert [reply.status_code for reply in replies] == [403, 403]


async def test_where_keys_are_required_nobody_asks_without(aika: Aika) -> None:
    server = aika.settings.server.model_copy(update={"require_key": True})
    aika.settings = aika.settings.model_copy(update={"server": server})

    async with connected(aika) as http:
        assert (await http.post("/v1/search", json={"query": "refund"})).status_code == 401
        assert (await http.get("/healthz")).status_code == 200


def test_an_open_address_without_keys_does_not_start(settings: Settings) -> None:
    server = settings.server.model_copy(update={"host": "0.0.0.0", "require_key": False})  # noqa: S104 - what must be refused

    with pytest.raises(ConfigurationError, match="aika keys create"):
        check_exposure(settings.model_copy(update={"server": server}))


def test_an_open_address_requires_keys_by_default(settings: Settings) -> None:
    server = settings.server.model_copy(update={"host": "0.0.0.0"})  # noqa: S104 - what must be guarded

    assert server.key_required


async def test_a_question_about_the_public_part_is_answered_beside_the_private_one(client: AsyncAikaClient) -> None:
    found = await client.search(SearchRequest(query="refund"))

    assert found.hits[0].document.key == "refunds.md"
