"""What every shelf of indexes must do: a part of `aika.testing.contracts.index.IndexContract`."""

from collections.abc import AsyncIterator

import numpy as np
import pytest

from aika.domain.access import UNRESTRICTED
from aika.domain.errors import AikaError
from aika.protocols import Index, IndexPosition, IndexShelf
from aika.testing.contracts.index_makers import DIMENSIONS, chunks_of, ids, places, put, towards
from aika.testing.makers import make_document


class ShelfContract:
    """The behaviour of `aika.protocols.IndexShelf`."""

    @pytest.fixture
    async def shelf(self) -> AsyncIterator[IndexShelf]:
        raise NotImplementedError("a contract's subclass gives the shelf")
        yield  # makes this an async generator, as the subclass's fixture is  # noqa: PT022

    @pytest.fixture
    async def index(self, shelf: IndexShelf) -> AsyncIterator[Index]:
        async with shelf.open("first", dimensions=DIMENSIONS) as index:
            yield index

    async def test_a_reopened_index_has_what_it_had(self, shelf: IndexShelf) -> None:
        async with shelf.open("first", dimensions=DIMENSIONS) as index:
            (chunk,) = await put(index, make_document(), "alpha", degrees=(0,))
            await index.checkpoint(IndexPosition(findable=5, embedded=5))

        async with shelf.open("first", dimensions=DIMENSIONS) as index:
            assert await index.position() == IndexPosition(findable=5, embedded=5)
            assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(chunk)
            assert places(await index.search_vector(towards(0), k=5, scope=UNRESTRICTED)) == ids(chunk)

    async def test_generations_are_separate(self, shelf: IndexShelf, index: Index) -> None:
        await put(index, make_document(), "alpha", degrees=(0,))
        await index.checkpoint(IndexPosition(findable=1))

        async with shelf.open("second", dimensions=DIMENSIONS) as second:
            assert await second.count() == 0
            assert await second.position() == IndexPosition()
            assert await shelf.generations() == {"first", "second"}

    async def test_generations_may_differ_in_dimensions(self, shelf: IndexShelf, index: Index) -> None:
        document = make_document()

        async with shelf.open("wider", dimensions=8) as wider:
            await wider.replace(document.id, chunks_of(document, "alpha"), np.eye(1, 8, dtype=np.float32))
            assert len(await wider.search_vector(np.eye(1, 8, dtype=np.float32)[0], k=5, scope=UNRESTRICTED)) == 1

    async def test_a_dropped_generation_is_gone(self, shelf: IndexShelf) -> None:
        async with shelf.open("first", dimensions=DIMENSIONS) as index:
            await put(index, make_document(), "alpha")
            await index.checkpoint(IndexPosition(findable=1))

        await shelf.drop("first")

        assert await shelf.generations() == set()
        async with shelf.open("first", dimensions=DIMENSIONS) as index:
            assert await index.count() == 0
            assert await index.position() == IndexPosition()

    async def test_dropping_an_unknown_generation_is_no_error(self, shelf: IndexShelf) -> None:
        await shelf.drop("never-was")

    async def test_an_open_generation_is_neither_dropped_nor_opened_again(
        self, shelf: IndexShelf, index: Index
    ) -> None:
        with pytest.raises(AikaError, match="is open"):
            await shelf.drop("first")
        with pytest.raises(AikaError, match="is open"):
            async with shelf.open("first", dimensions=DIMENSIONS):
                pass

        assert await index.count() == 0

    @pytest.mark.parametrize("name", ["", "..", "a/b", "x" * 200, "ü"])
    async def test_a_generation_has_a_plain_name(self, shelf: IndexShelf, name: str) -> None:
        with pytest.raises(AikaError, match="cannot name an index generation"):
            async with shelf.open(name, dimensions=DIMENSIONS):
                pass
