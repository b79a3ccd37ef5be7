"""What an index that follows the log does while vectors are being computed."""

import asyncio
from collections.abc import Sequence

from ingestion_library import Library

from aika.ingestion.following import IndexFollower
from aika.protocols import EmbeddingRole, Matrix
from aika.testing.fakes import FakeEmbedder
from aika.testing.makers import make_entries


class HeldEmbedder(FakeEmbedder):
    """Embeds when it is let go, and says that it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.go = asyncio.Event()

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        self.asked.set()
        await self.go.wait()
        return await super().embed(texts, role=role)


async def test_words_are_found_while_vectors_of_earlier_documents_are_computed(library: Library) -> None:
    catalogue, embedder = library.database.catalogue, HeldEmbedder()
    follower = IndexFollower(catalogue, library.index, library.database.vectors, embedder)
    first, second = make_entries("first.md", "second.md")
    await catalogue.record([first])
    following = asyncio.create_task(follower.catch_up())
    await embedder.asked.wait()

    await catalogue.record([second])
    follower.wake()
    async with asyncio.timeout(10):
        while not (await follower.state()).findable:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)

    assert "second.md" in await library.find("second")
    assert not following.done()
    embedder.go.set()
    await following
    assert (await follower.state()).complete


async def test_following_that_is_cancelled_leaves_no_embedding_behind(library: Library) -> None:
    catalogue, embedder = library.database.catalogue, HeldEmbedder()
    follower = IndexFollower(catalogue, library.index, library.database.vectors, embedder)
    await catalogue.record(make_entries("first.md"))
    following = asyncio.create_task(follower.catch_up())
    await embedder.asked.wait()

    following.cancel()
    await asyncio.wait([following])

    assert asyncio.all_tasks() == {asyncio.current_task()}
