"""A changed embedder builds a new index beside the old one, which serves until the new one is complete."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from ingestion_library import Library

from aika.domain.access import UNRESTRICTED
from aika.ingestion.generations import EmbedderChoice, Generations, Ingredients, open_generations
from aika.protocols import Embedder, IndexShelf
from aika.registry import open_component
from aika.testing.fakes import FakeEmbedder

FIRST, SECOND = EmbedderChoice("first", {}), EmbedderChoice("second", {})


@asynccontextmanager
async def open_fake(choice: EmbedderChoice) -> AsyncIterator[Embedder]:
    yield FakeEmbedder(dimensions=32 if choice == FIRST else 48, fingerprint=choice.engine)


@pytest.fixture
async def shelf(library: Library) -> AsyncIterator[IndexShelf]:
    async with open_component("indexes", "memory", {}, library.surroundings) as opened:
        yield opened


def generations_of(
    library: Library, shelf: IndexShelf, choice: EmbedderChoice
) -> AbstractAsyncContextManager[Generations]:
    database = library.database
    ingredients = Ingredients(database.catalogue, database.vectors, shelf, library.surroundings.analyzer)
    return open_generations(
        ingredients, wanted=choice, open_embedder=open_fake, folder=library.surroundings.data_dir / "index"
    )


async def findable(generations: Generations, words: str) -> bool:
    return bool(await generations.serving.index.search_text(words, k=5, scope=UNRESTRICTED))


async def test_the_old_index_serves_until_the_new_one_is_complete(library: Library, shelf: IndexShelf) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    async with generations_of(library, shelf, FIRST) as generations:
        await generations.catch_up()
        old = generations.serving.name

    async with generations_of(library, shelf, SECOND) as generations:
        assert generations.serving.name == old
        assert generations.building is not None
        assert await findable(generations, "canary")

        await generations.catch_up()

        assert generations.serving.name != old
        assert generations.building is None
        assert await findable(generations, "canary")


async def test_after_the_switch_the_old_index_is_dropped(library: Library, shelf: IndexShelf) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    for choice in (FIRST, SECOND, SECOND):
        async with generations_of(library, shelf, choice) as generations:
            await generations.catch_up()

    assert len(await shelf.generations()) == 1


async def test_an_interrupted_build_goes_on_where_it_was(library: Library, shelf: IndexShelf) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    await library.sync()
    async with generations_of(library, shelf, FIRST) as generations:
        await generations.catch_up()
    async with generations_of(library, shelf, SECOND):
        pass

    async with generations_of(library, shelf, SECOND) as generations:
        assert generations.building is not None
        await generations.catch_up()
        assert await findable(generations, "canary")


async def test_a_removal_reaches_both_indexes(library: Library, shelf: IndexShelf) -> None:
    library.write("deploy.md", "# Deploying\n\nWait for the canary.\n")
    library.write("expenses.md", "# Expenses\n\nKeep your receipts.\n")
    await library.sync()
    async with generations_of(library, shelf, FIRST) as generations:
        await generations.catch_up()
    async with generations_of(library, shelf, SECOND) as generations:
        assert generations.building is not None
        await generations.building.follower.step()
        (library.folder / "expenses.md").unlink()
        await library.syncer().sync(library.source)

        await generations.catch_up()

        assert not await findable(generations, "receipts")
