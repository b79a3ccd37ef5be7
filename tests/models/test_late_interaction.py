"""Late interaction, with the real model."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest
import pytest_asyncio

from aika.domain.access import UNRESTRICTED
from aika.domain.queries import Query
from aika.models.late_interaction import CompactVectors, LateInteractionReranker, VectorCache
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.contracts.reranker import QUESTION, TEXTS, RerankerContract, ranking


@pytest.fixture
def place(surroundings: Surroundings) -> Surroundings:
    return Surroundings(surroundings.base_dir, surroundings.data_dir, TechnicalAnalyzer())


@pytest_asyncio.fixture
async def reranker(place: Surroundings) -> AsyncIterator[LateInteractionReranker]:
    async with open_component("rerankers", "late-interaction", {"weight": 1.0}, place) as opened:
        yield opened


class TestLateInteraction(RerankerContract):
    """The contract, on the real model."""


async def test_the_passage_whose_words_answer_comes_first(reranker: LateInteractionReranker) -> None:
    [first, *_] = await reranker.rerank(QUESTION, ranking(*TEXTS), k=len(TEXTS))

    assert first.chunk.text == "The ferry leaves the northern pier at six."


async def test_a_question_of_function_words_alone_is_ranked_by_them(reranker: LateInteractionReranker) -> None:
    reranked = await reranker.rerank(Query("what is it?", UNRESTRICTED), ranking("it is what", "refunds"), k=2)

    assert reranked[0].chunk.text == "it is what"


async def test_a_passage_is_computed_once(place: Surroundings) -> None:
    async with LateInteractionReranker.open(LateInteractionReranker.Options(), place) as reranker:
        await reranker.rerank(QUESTION, ranking(*TEXTS), k=5)
        kept = reranker.cache.bytes
        await reranker.rerank(Query("refunds", UNRESTRICTED), ranking(*TEXTS), k=5)

        assert 0 < kept == reranker.cache.bytes


async def test_a_cancelled_call_keeps_what_it_computed(place: Surroundings) -> None:
    async with LateInteractionReranker.open(LateInteractionReranker.Options(threads=1), place) as reranker:
        many = ranking(*(f"{word} " * 200 for word in "abcdefghijklmnopqrstuvwxyz"))
        call = asyncio.create_task(reranker.rerank(QUESTION, many, k=5))
        while not reranker.cache.bytes:
            await asyncio.wait([call], timeout=0.005)
        call.cancel()
        await asyncio.wait([call])

        assert call.cancelled()
        assert reranker.cache.bytes > 0


def test_compact_vectors_match_as_exact_ones_do() -> None:
    random = np.random.default_rng(3)
    vectors, question = (
        (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        for rows in (random.normal(size=(50, 384)), random.normal(size=(7, 384)))
    )

    found = CompactVectors.of(vectors).best_matches(question)

    assert np.allclose(found, (question @ vectors.T).max(axis=1), atol=0.005)


def test_a_full_cache_forgets_what_was_not_used_for_the_longest() -> None:
    vectors = CompactVectors.of(np.eye(10, 384, dtype=np.float32))
    cache = VectorCache(2 * vectors.bytes)
    cache.put(b"a", vectors)
    cache.put(b"b", vectors)
    cache.get(b"a")

    cache.put(b"c", vectors)

    assert [cache.get(key) is not None for key in (b"a", b"b", b"c")] == [True, False, True]
    assert cache.bytes == 2 * vectors.bytes


def test_a_cache_of_no_size_keeps_nothing() -> None:
    cache = VectorCache(0)

    cache.put(b"a", CompactVectors.of(np.eye(2, 384, dtype=np.float32)))

    assert (cache.get(b"a"), cache.bytes) == (None, 0)
