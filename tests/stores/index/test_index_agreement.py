"""All engines find the same, in the same order, whatever the scope."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Chunk, Document, Owner
from aika.domain.identifiers import ChunkId
from aika.domain.queries import Candidate
from aika.protocols import Index, Matrix
from aika.registry import Surroundings, open_component
from aika.stores.index.edge import EdgeIndex
from aika.testing.contracts.index_makers import PlainAnalyzer, chunks_of
from aika.testing.makers import make_document
from aika.testing.selections import KINDS, PRINCIPALS, SOURCES, scopes

DIMENSIONS = 16
WORDS = [f"word{number}" for number in range(60)]
FOLDERS = ["", "docs/", "docs/ops/", "ops/runbooks/"]
TAGS = ["api", "on-call", "ägypten"]

questions = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


def corpus() -> list[tuple[Document, list[Chunk], Matrix]]:
    chance = random.Random(0)  # noqa: S311  # no secret
    made = []
    for number in range(120):
        document = make_document(
            f"{chance.choice(FOLDERS)}{number}.md",
            source=chance.choice(SOURCES),
            kind=chance.choice(KINDS),
            readers=chance.sample(PRINCIPALS, chance.randint(0, 3)),
            attributes={"tags": tuple(chance.sample(TAGS, chance.randint(0, 2)))},
        )
        document = replace(document, owner=chance.choice([None, Owner("Payments"), Owner("other", "#payments-help")]))
        texts = [" ".join(chance.choices(WORDS, k=chance.randint(3, 40))) for _ in range(chance.randint(1, 4))]
        vectors = np.random.default_rng(number).standard_normal((len(texts), DIMENSIONS)).astype(np.float32)
        unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        made.append((document, chunks_of(document, *texts), unit))
    return made


CORPUS = corpus()
DOCUMENT_OF = {chunk.id: document for document, chunks, _ in CORPUS for chunk in chunks}
ALL = len(DOCUMENT_OF)


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["memory", "qdrant-edge", "qdrant-edge, compacted", "qdrant"]
)
async def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Index]:
    async with AsyncExitStack() as stack:
        yield await opened(request.param, tmp_path_factory.mktemp("index"), stack)


async def opened(engine: str, path: Path, stack: AsyncExitStack) -> Index:
    """Return an index of the engine that holds the corpus."""
    name, _, compacted = engine.partition(", ")
    surroundings = Surroundings(base_dir=path, data_dir=path, analyzer=PlainAnalyzer())
    options = {"url": ":memory:"} if name == "qdrant" else {}
    shelf = await stack.enter_async_context(open_component("indexes", name, options, surroundings))
    index: Index = await stack.enter_async_context(shelf.open("only", dimensions=DIMENSIONS))
    await index.replace_many([(document.id, chunks, vectors) for document, chunks, vectors in CORPUS])
    if compacted:
        assert isinstance(index, EdgeIndex)
        await index.compact()
    return index


def admitted(ranking: list[ChunkId], scope: Scope) -> list[ChunkId]:
    documents = {chunk: DOCUMENT_OF[chunk] for chunk in ranking}
    return [chunk for chunk, document in documents.items() if scope.admits(document)]


async def by_words(index: Index, question: str, *, k: int, scope: Scope) -> list[ChunkId]:
    return [hit.chunk for hit in await index.search_text(question, k=k, scope=scope)]


async def by_vector(index: Index, seed: int, *, k: int, scope: Scope) -> list[ChunkId]:
    vector = np.random.default_rng(seed).standard_normal(DIMENSIONS).astype(np.float32)
    return [hit.chunk for hit in await index.search_vector(vector / np.linalg.norm(vector), k=k, scope=scope)]


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=questions, seed=st.integers(0, 5), scope=scopes(resolved=True), k=st.integers(1, 30))
async def test_a_filtered_search_is_the_unfiltered_one_without_what_the_scope_hides(
    index: Index, question: str, seed: int, scope: Scope, k: int
) -> None:
    words = await by_words(index, question, k=ALL, scope=UNRESTRICTED)
    vectors = await by_vector(index, seed, k=ALL, scope=UNRESTRICTED)

    assert await by_words(index, question, k=k, scope=scope) == admitted(words, scope)[:k]
    assert await by_vector(index, seed, k=k, scope=scope) == admitted(vectors, scope)[:k]


@pytest.mark.asyncio(loop_scope="module")
async def test_rankings_are_those_of_the_memory_index(index: Index, tmp_path: Path) -> None:
    questions = [" ".join(WORDS[start : start + 1 + start % 3]) for start in range(0, 57, 3)]
    async with AsyncExitStack() as stack:
        reference = await opened("memory", tmp_path, stack)

        for question in questions:
            expected = await reference.search_text(question, k=ALL, scope=UNRESTRICTED)
            assert_same_order(expected, await index.search_text(question, k=ALL, scope=UNRESTRICTED))
        for vector in np.eye(DIMENSIONS, dtype=np.float32):
            expected = await reference.search_vector(vector, k=ALL, scope=UNRESTRICTED)
            assert_same_order(expected, await index.search_vector(vector, k=ALL, scope=UNRESTRICTED))


def assert_same_order(expected: list[Candidate], found: list[Candidate]) -> None:
    """Assert that both have the same chunks in the same order, where scores differ by more than rounding."""
    score = {candidate.chunk: candidate.score for candidate in expected}
    assert {candidate.chunk for candidate in found} == score.keys()
    in_reference = [score[candidate.chunk] for candidate in found]
    assert all(later <= earlier + 1e-3 for earlier, later in pairwise(in_reference))
