"""Embeddings from a server: the client is real, the server computes hashed bags of words."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from scripted_server import Exchange, Reply, ScriptedServer

from aika.domain.errors import ConfigurationError, PermanentError, TransientError
from aika.models.openai_embeddings import OpenAiEmbedder
from aika.registry import Surroundings, open_component
from aika.testing.contracts.embedder import EmbedderContract
from aika.testing.fakes import FakeEmbedder


def hashed(text: str) -> list[float]:
    embedder = FakeEmbedder(dimensions=32)
    coroutine = embedder.embed([text], role="document")
    try:
        coroutine.send(None)
    except StopIteration as finished:
        return (finished.value[0] * 3).tolist()  # servers need not scale their vectors
    raise AssertionError("the fake does not wait")


def embeddings(exchange: Exchange) -> Reply:
    texts = json.loads(exchange.body)["input"]
    if any(text == "" for text in texts):
        return Reply(400, b'{"error": "empty input"}')
    rows = [{"index": number, "embedding": hashed(text), "object": "embedding"} for number, text in enumerate(texts)]
    # In any order: the index says which is which.
    return Reply(body=json.dumps({"object": "list", "data": rows[::-1], "model": "m"}).encode())


@pytest.fixture
def answering(http_server: ScriptedServer) -> ScriptedServer:
    http_server.answer = embeddings
    return http_server


@pytest.fixture
def options(answering: ScriptedServer) -> dict[str, Any]:
    return {"base_url": f"{answering.url}/v1", "model": "m", "batch": 3, "max_chars": 2_000}


class TestOpenAiEmbedder(EmbedderContract):
    @pytest_asyncio.fixture
    async def embedder(
        self, options: dict[str, Any], empty_surroundings: Surroundings
    ) -> AsyncIterator[OpenAiEmbedder]:
        async with open_component("embedders", "openai", options, empty_surroundings) as opened:
            yield opened


async def test_texts_are_sent_in_batches_with_their_prefix(
    answering: ScriptedServer, options: dict[str, Any], empty_surroundings: Surroundings
) -> None:
    options |= {"document_prefix": "passage: ", "dimensions": 32, "api_key": "secret-key"}

    async with open_component("embedders", "openai", options, empty_surroundings) as embedder:
        answering.seen.clear()
        await embedder.embed([f"text {number}" for number in range(7)], role="document")

    bodies = [json.loads(exchange.body) for exchange in answering.seen]
    assert sorted(len(body["input"]) for body in bodies) == [1, 3, 3]
    assert all(text.startswith("passage: text") for body in bodies for text in body["input"])
    assert {(body["model"], body["dimensions"]) for body in bodies} == {("m", 32)}
    assert {exchange.target for exchange in answering.seen} == {"/v1/embeddings"}
    assert {exchange.headers["authorization"] for exchange in answering.seen} == {"Bearer secret-key"}


async def test_the_key_comes_from_the_named_variable(
    answering: ScriptedServer,
    options: dict[str, Any],
    empty_surroundings: Surroundings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OUR_EMBEDDING_KEY", "from-the-environment")
    options |= {"api_key_env": "OUR_EMBEDDING_KEY"}

    async with open_component("embedders", "openai", options, empty_surroundings):
        pass

    assert answering.seen[0].headers["authorization"] == "Bearer from-the-environment"


async def test_a_variable_that_is_not_set_is_named(options: dict[str, Any], empty_surroundings: Surroundings) -> None:
    options |= {"api_key_env": "NOT_SET_ANYWHERE"}

    with pytest.raises(ConfigurationError, match="NOT_SET_ANYWHERE is not set"):
        async with open_component("embedders", "openai", options, empty_surroundings):
            pass


def vectors(*rows: list[float]) -> Callable[[Exchange], Reply]:
    data = [{"index": number, "embedding": row} for number, row in enumerate(rows)]
    return lambda _: Reply(body=json.dumps({"data": data}).encode())


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (lambda _: Reply(401), ConfigurationError, "answered 401"),
        (lambda _: Reply(500), TransientError, "answered 500"),
        (lambda _: Reply(body=b"<html>"), PermanentError, "OpenAI's format"),
        (vectors([1.0, 0.0], [0.0, 1.0]), PermanentError, "2 vectors for 1 texts"),
        (vectors([0.0, 0.0]), PermanentError, "no direction"),
        (vectors(), PermanentError, "0 vectors for 1 texts"),
    ],
)
async def test_a_server_that_does_not_answer_with_vectors_is_told_at_the_start(
    answering: ScriptedServer,
    options: dict[str, Any],
    empty_surroundings: Surroundings,
    answer: Callable[[Exchange], Reply],
    error: type[Exception],
    words: str,
) -> None:
    answering.answer = answer

    with pytest.raises(error, match=words):
        async with open_component("embedders", "openai", options, empty_surroundings):
            pass


async def test_the_fingerprint_follows_the_model_and_not_the_address(
    options: dict[str, Any], empty_surroundings: Surroundings
) -> None:
    async def fingerprint(**changed: Any) -> str:
        async with open_component("embedders", "openai", options | changed, empty_surroundings) as embedder:
            return str(embedder.fingerprint)

    assert await fingerprint() == await fingerprint(base_url=options["base_url"] + "/")
    assert await fingerprint() != await fingerprint(model="other")
    assert await fingerprint() != await fingerprint(query_prefix="query: ")


async def test_vectors_are_scaled_to_length_one(options: dict[str, Any], empty_surroundings: Surroundings) -> None:
    async with open_component("embedders", "openai", options, empty_surroundings) as embedder:
        vectors_of_texts = await embedder.embed(["harbour"], role="query")

    assert np.allclose(np.linalg.norm(vectors_of_texts, axis=1), 1)
