"""Asking over HTTP."""

import json

import httpx
import pytest

from aika.application.aika import Aika
from aika.client import (
    AikaRequestError,
    AsyncAikaClient,
    ChatCompletionRequest,
    CompletedEvent,
    FeedbackRequest,
    Outcome,
    RetrievedEvent,
    SearchRequest,
    StartedEvent,
)
from aika.domain.access import UNRESTRICTED
from aika.domain.identifiers import DocumentId


def ask(prompt: str, **more: str) -> ChatCompletionRequest:
    return ChatCompletionRequest.from_user_prompt(prompt, **more)


async def test_an_answer_quotes_its_document_word_for_word(client: AsyncAikaClient, aika: Aika) -> None:
    answer = await client.complete_chat(ask("How do I roll back the checkout service?"))

    assert answer.outcome is Outcome.ANSWER
    assert "ferry rollback checkout" in answer.text
    assert answer.citations
    for citation in answer.citations:
        _, body = await aika.document(DocumentId(citation.document.id), scope=UNRESTRICTED)
        assert body.text[citation.start : citation.end] == citation.quote


async def test_what_the_documents_do_not_say_is_not_answered(client: AsyncAikaClient) -> None:
    reply = await client.complete_chat(ask("How do I bake sourdough bread at high altitude?"))

    assert reply.outcome is Outcome.ABSTENTION
    assert reply.confidence.band == "low"
    assert reply.citations == []


async def test_a_stream_ends_with_the_judged_answer(client: AsyncAikaClient) -> None:
    events = [event async for event in client.stream_chat(ask("Within how many days can customers claim a refund?"))]

    assert [type(event) for event in events[:2]] == [StartedEvent, RetrievedEvent]
    assert isinstance(events[-1], CompletedEvent)
    assert "30 days" in events[-1].completion.text


async def test_a_follow_up_is_understood_from_its_conversation(client: AsyncAikaClient) -> None:
    first = await client.complete_chat(ask("How do I deploy the checkout service?"))

    second = await client.complete_chat(ask("And how do I roll it back?", conversation_id=first.conversation_id))

    assert "ferry rollback checkout" in second.text
    assert len((await client.conversation(first.conversation_id)).turns) == 2


async def test_another_persons_conversation_does_not_exist(client: AsyncAikaClient, aika: Aika) -> None:
    mine = await client.complete_chat(ask("How do I deploy the checkout service?"))
    _, secret = await aika.create_key("other", principals=["user:other"], sources=None)

    with pytest.raises(AikaRequestError) as raised:
        await other_client(aika, secret).conversation(mine.conversation_id)

    assert raised.value.problem.status == 404


async def test_feedback_is_kept_and_replaces_what_was_said_before(client: AsyncAikaClient, aika: Aika) -> None:
    answer = await client.complete_chat(ask("What does CACHE-104 mean?"))

    await client.give_feedback(answer.id, FeedbackRequest(rating="not_helpful", comment="too short"))
    await client.give_feedback(answer.id, FeedbackRequest(rating="helpful"))

    kept = await aika.database.conversations.feedback(answer.id)  # type: ignore[arg-type]  # ids are strings on the wire
    assert [(item.rating, item.comment) for item in kept] == [("helpful", "")]


async def test_feedback_on_nothing_is_an_error(client: AsyncAikaClient) -> None:
    with pytest.raises(AikaRequestError) as raised:
        await client.give_feedback("no-such-answer", FeedbackRequest(rating="helpful"))

    assert raised.value.problem.status == 404


async def test_a_question_that_is_too_long_is_refused_with_the_limit(http: httpx.AsyncClient) -> None:
    reply = await http.post("/v1/chat/complete", json={"messages": [{"role": "user", "content": "why " * 50_000}]})

    assert reply.status_code == 422
    assert reply.headers["content-type"] == "application/problem+json"
    assert "8,000" in reply.json()["detail"]


async def test_a_body_of_two_megabytes_is_refused(http: httpx.AsyncClient) -> None:
    reply = await http.post("/v1/chat/complete", json={"messages": [{"role": "user", "content": "x" * 2_000_000}]})

    assert reply.status_code == 413
    assert reply.headers["content-type"] == "application/problem+json"


async def test_a_misspelt_field_is_named(http: httpx.AsyncClient) -> None:
    reply = await http.post("/v1/chat/complete", json={"messages": [{"role": "user", "content": "Hi"}], "sorces": []})

    assert reply.status_code == 422
    assert "sorces" in reply.json()["detail"]


async def test_asking_no_source_finds_nothing(client: AsyncAikaClient) -> None:
    found = await client.search(SearchRequest(query="refund", sources=[]))

    assert found.hits == []


async def test_search_explains_where_a_hit_stood_in_each_ranking(client: AsyncAikaClient) -> None:
    found = await client.search(SearchRequest(query="CACHE-104", explain=True))

    assert found.hits[0].document.key == "cache.md"
    assert found.hits[0].explanation is not None
    assert found.hits[0].explanation.places["lexical"].rank == 1
    assert found.hits[0].explanation.matched_terms


async def test_openai_clients_get_footnotes_and_annotations(http: httpx.AsyncClient) -> None:
    asked = {"model": "aika", "messages": [{"role": "user", "content": "What does CACHE-104 mean?"}]}

    reply = (await http.post("/v1/chat/completions", json=asked)).json()

    message = reply["choices"][0]["message"]
    annotation = message["annotations"][0]["url_citation"]
    assert "[1] [" in message["content"]
    assert message["content"][annotation["start_index"] : annotation["end_index"]] == "[1]"
    assert annotation["url"].startswith("file://")


async def test_openai_streams_are_chunks_that_end_with_done(http: httpx.AsyncClient) -> None:
    asked = {"model": "aika", "stream": True, "messages": [{"role": "user", "content": "What does CACHE-104 mean?"}]}

    reply = await http.post("/v1/chat/completions", json=asked)

    lines = [line for line in reply.text.splitlines() if line]
    text = "".join(json.loads(line[6:])["choices"][0]["delta"].get("content", "") for line in lines[:-1])
    assert lines[-1] == "data: [DONE]"
    assert "cache is full" in text


async def test_the_models_of_openai_list_aika(http: httpx.AsyncClient) -> None:
    assert [model["id"] for model in (await http.get("/v1/models")).json()["data"]] == ["aika"]


def other_client(aika: Aika, secret: str) -> AsyncAikaClient:
    from aika.surfaces.api.app import create_app

    return AsyncAikaClient("http://aika.test", secret, transport=httpx.ASGITransport(create_app(aika)))
