"""Rerank APIs: the client is real; the server takes exactly what each API's documentation allows."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from scripted_server import Exchange, Reply, ScriptedServer

from aika.domain.errors import ConfigurationError, PermanentError, TransientError
from aika.models.rerank_api import ApiReranker
from aika.registry import Surroundings, open_component
from aika.testing.contracts.reranker import QUESTION, TEXTS, RerankerContract, ranking

SHAPES = ("cohere", "jina", "tei")
KEY = "rk-secret"
FIELDS: dict[str, tuple[str, set[str], set[str]]] = {
    "cohere": ("/v2/rerank", {"model", "query", "documents"}, {"top_n", "max_tokens_per_doc"}),
    "jina": ("/v1/rerank", {"model", "query", "documents"}, {"top_n", "return_documents"}),
    "tei": ("/rerank", {"query", "texts"}, {"truncate", "raw_scores", "return_text"}),
}
"""By shape: the path, what a request must hold, and what it may."""


def strict(shape: str, score: Callable[[str], float]) -> Callable[[Exchange], Reply]:
    """Return a server of a shape that refuses what the real one would refuse."""
    path, needed, allowed = FIELDS[shape]

    def answer(exchange: Exchange) -> Reply:
        if (exchange.method, exchange.target) != ("POST", path):
            return Reply(404)
        if exchange.headers.get("authorization") != f"Bearer {KEY}":
            return Reply(401, b'{"message": "no key"}')
        if exchange.headers.get("content-type") != "application/json":
            return Reply(415)
        body = json.loads(exchange.body)
        if not needed <= body.keys() <= needed | allowed:
            return Reply(422, b'{"message": "fields"}')
        texts = body["texts" if shape == "tei" else "documents"]
        if not texts or not all(isinstance(text, str) for text in texts) or (shape == "tei" and len(texts) > 32):
            return Reply(422, b'{"message": "texts"}')
        # Best first, as all three answer.
        ranked = sorted(((score(text), number) for number, text in enumerate(texts)), reverse=True)
        return Reply(body=json.dumps(reply_of(shape, ranked)).encode())

    return answer


def reply_of(shape: str, ranked: list[tuple[float, int]]) -> Any:
    if shape == "tei":
        return [{"index": number, "score": value} for value, number in ranked]
    results = [{"index": number, "relevance_score": value} for value, number in ranked]
    if shape == "jina":
        return {"model": "m", "usage": {"total_tokens": 9}, "results": results}
    return {"id": "x", "results": results, "meta": {"api_version": {"version": "2"}}}


def by_ferries(text: str) -> float:
    return text.count("ferry") - len(text) / 1e6


def options_of(shape: str, server: ScriptedServer, **more: Any) -> dict[str, Any]:
    model = {} if shape == "tei" else {"model": "rerank-m"}
    return {"shape": shape, "base_url": server.url, "api_key": KEY, **model, **more}


async def order(place: Surroundings, options: dict[str, Any], *texts: str) -> list[str]:
    async with open_component("rerankers", "api", options, place) as reranker:
        return [hit.chunk.text for hit in await reranker.rerank(QUESTION, ranking(*texts), k=len(texts))]


class ShapeContract(RerankerContract):
    shape: str

    @pytest_asyncio.fixture
    async def reranker(self, http_server: ScriptedServer, surroundings: Surroundings) -> AsyncIterator[ApiReranker]:
        http_server.answer = strict(self.shape, by_ferries)
        async with open_component("rerankers", "api", options_of(self.shape, http_server), surroundings) as opened:
            yield opened


class TestCohere(ShapeContract):
    shape = "cohere"


class TestJina(ShapeContract):
    shape = "jina"


class TestTei(ShapeContract):
    shape = "tei"


@pytest.mark.parametrize("shape", SHAPES)
class TestEveryShape:
    async def test_the_server_s_scores_decide(
        self, shape: str, http_server: ScriptedServer, surroundings: Surroundings
    ) -> None:
        http_server.answer = strict(shape, by_ferries)

        ordered = await order(surroundings, options_of(shape, http_server), "bus", "ferry", "ferry ferry")

        assert ordered == ["ferry ferry", "ferry", "bus"]
        assert json.loads(http_server.seen[0].body)["query"] == QUESTION.text

    async def test_many_passages_go_in_several_requests(
        self, shape: str, http_server: ScriptedServer, surroundings: Surroundings
    ) -> None:
        http_server.answer = strict(shape, by_ferries)
        texts = ["ferry " * (number + 1) for number in range(70)]

        ordered = await order(surroundings, options_of(shape, http_server), *texts)

        assert ordered == texts[::-1]
        assert len(http_server.seen) == 3

    async def test_a_server_that_asks_to_wait_is_asked_once(
        self, shape: str, http_server: ScriptedServer, surroundings: Surroundings
    ) -> None:
        http_server.replies = [Reply(429, b"{}", {"Retry-After": "17"})]

        with pytest.raises(TransientError) as failure:
            await order(surroundings, options_of(shape, http_server), "a", "b")

        assert failure.value.retry_after == 17
        assert len(http_server.seen) == 1

    async def test_a_failure_that_may_pass_is_tried_once_more(
        self, shape: str, http_server: ScriptedServer, surroundings: Surroundings
    ) -> None:
        good = reply_of(shape, [(0.9, 1), (0.1, 0)])
        http_server.replies = [Reply(503), Reply(body=json.dumps(good).encode())]

        assert await order(surroundings, options_of(shape, http_server), "a", "b") == ["b", "a"]

    async def test_wrong_credentials_are_a_wrong_setting(
        self, shape: str, http_server: ScriptedServer, surroundings: Surroundings
    ) -> None:
        http_server.answer = strict(shape, by_ferries)

        with pytest.raises(ConfigurationError, match="credentials"):
            await order(surroundings, options_of(shape, http_server, api_key="wrong"), "a", "b")

    @pytest.mark.parametrize(
        "ranked",
        [
            [(0.5, 0)],
            [(0.5, 0), (0.4, 0)],
            [(0.5, 0), (0.4, 2)],
            [(0.5, 0), (0.4, -1)],
            [(0.5, 0), (float("nan"), 1)],
            [(0.5, 0), (0.4, 1), (0.3, 2)],
        ],
        ids=["one missing", "one twice", "one unknown", "one negative", "no number", "one too many"],
    )
    async def test_scores_that_are_not_one_a_passage_are_refused(
        self, shape: str, http_server: ScriptedServer, surroundings: Surroundings, ranked: list[tuple[float, int]]
    ) -> None:
        http_server.replies = [Reply(body=json.dumps(reply_of(shape, ranked)).encode())]

        with pytest.raises(PermanentError, match=r"scores for|did not answer"):
            await order(surroundings, options_of(shape, http_server), "a", "b")

    @pytest.mark.parametrize(
        "body", [b"", b"<html>", b"{}", b"[1]", b'{"results": null}', b'{"results": [{"index": 0}]}']
    )
    async def test_an_answer_of_another_form_is_refused(
        self, shape: str, http_server: ScriptedServer, surroundings: Surroundings, body: bytes
    ) -> None:
        http_server.replies = [Reply(body=body)]

        with pytest.raises(PermanentError, match="did not answer as an API"):
            await order(surroundings, options_of(shape, http_server), "a", "b")


async def test_long_passages_are_cut(http_server: ScriptedServer, surroundings: Surroundings) -> None:
    http_server.answer = strict("tei", by_ferries)

    await order(surroundings, options_of("tei", http_server, max_chars=100), "x" * 9_000, *TEXTS)

    assert max(map(len, json.loads(http_server.seen[0].body)["texts"])) == 100


@pytest.mark.parametrize(
    ("options", "said"),
    [({"shape": "tei"}, "base_url"), ({"shape": "cohere"}, "model"), ({"shape": "jina"}, "model")],
)
async def test_what_a_shape_needs_is_named(options: dict[str, Any], said: str, surroundings: Surroundings) -> None:
    with pytest.raises(ConfigurationError, match=said):
        await order(surroundings, options, "a")


async def test_a_key_is_in_no_error_and_no_representation(
    http_server: ScriptedServer, surroundings: Surroundings
) -> None:
    http_server.replies = [Reply(400, b"bad")]
    options = ApiReranker.Options.model_validate(options_of("tei", http_server))

    with pytest.raises(PermanentError) as failure:
        await order(surroundings, options_of("tei", http_server), "a", "b")

    assert KEY not in f"{failure.value}{failure.value!r}{options!r}"
