"""The cluster's index keeps the contract, tested on the client's local mode."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aika.domain.access import UNRESTRICTED
from aika.domain.errors import ConfigurationError, ConflictError, TransientError
from aika.protocols import IndexPosition, IndexShelf
from aika.registry import Surroundings, check_options
from aika.stores.index.cluster import QdrantEngine
from aika.testing.contracts.index import IndexContract
from aika.testing.contracts.index_makers import DIMENSIONS, PlainAnalyzer, ids, places, put
from aika.testing.makers import make_document


def surroundings(path: Path) -> Surroundings:
    return Surroundings(base_dir=path, data_dir=path, analyzer=PlainAnalyzer())


class TestClusterIndex(IndexContract):
    @pytest.fixture
    async def shelf(self, tmp_path: Path) -> AsyncIterator[IndexShelf]:
        async with QdrantEngine.open(QdrantEngine.Options(url=":memory:"), surroundings(tmp_path)) as shelf:
            yield shelf


async def test_an_index_is_found_again_by_the_next_process(tmp_path: Path) -> None:
    options = QdrantEngine.Options(path=Path("qdrant"))
    async with QdrantEngine.open(options, surroundings(tmp_path)) as shelf:
        async with shelf.open("first", dimensions=DIMENSIONS) as index:
            (chunk,) = await put(index, make_document(), "alpha", degrees=(0,))
            await index.checkpoint(IndexPosition(findable=3, embedded=2))

    async with QdrantEngine.open(options, surroundings(tmp_path)) as shelf:
        async with shelf.open("first", dimensions=DIMENSIONS) as index:
            assert await index.position() == IndexPosition(findable=3, embedded=2)
            assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(chunk)


async def test_a_generation_of_other_dimensions_is_refused(tmp_path: Path) -> None:
    async with QdrantEngine.open(QdrantEngine.Options(url=":memory:"), surroundings(tmp_path)) as shelf:
        async with shelf.open("first", dimensions=DIMENSIONS):
            pass

        with pytest.raises(ConflictError, match="4 dimensions, not of 8"):
            async with shelf.open("first", dimensions=8):
                pass


async def test_a_server_that_does_not_answer_is_a_passing_failure(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="does not answer"):
        async with QdrantEngine.open(QdrantEngine.Options(url="http://127.0.0.1:9", timeout=2), surroundings(tmp_path)):
            pass


def test_a_server_has_to_be_named() -> None:
    with pytest.raises(ConfigurationError, match="name the server"):
        check_options("indexes", "qdrant", {})
