"""The embedded index keeps the contract, also across processes and compactions."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import pytest

from aika.domain.access import UNRESTRICTED
from aika.domain.errors import PermanentError, StoreLockedError, TransientError
from aika.protocols import IndexPosition, IndexShelf
from aika.registry import Surroundings
from aika.stores.index import edge
from aika.stores.index.edge import EdgeIndex, EdgeShelf, QdrantEdgeEngine
from aika.testing.contracts.index import IndexContract
from aika.testing.contracts.index_makers import DIMENSIONS, PlainAnalyzer, ids, places, put, towards
from aika.testing.makers import make_document


@asynccontextmanager
async def opened_shelf(path: Path) -> AsyncIterator[EdgeShelf]:
    surroundings = Surroundings(base_dir=path, data_dir=path, analyzer=PlainAnalyzer())
    async with QdrantEdgeEngine.open(QdrantEdgeEngine.Options(), surroundings) as shelf:
        yield shelf


@asynccontextmanager
async def opened_index(path: Path) -> AsyncIterator[EdgeIndex]:
    async with opened_shelf(path) as shelf, shelf.open("first", dimensions=DIMENSIONS) as index:
        assert isinstance(index, EdgeIndex)
        yield index


def shards(path: Path) -> set[str]:
    return {shard.name for shard in path.glob("index/qdrant-edge/first/shard-*")}


async def copy_made(path: Path) -> None:
    """Return when a compaction has begun to copy: writes that follow come after the copy."""
    while len(shards(path)) < 2:  # noqa: ASYNC110  # the files are the only sign
        await asyncio.sleep(0)


class TestEdgeIndex(IndexContract):
    @pytest.fixture
    async def shelf(self, tmp_path: Path) -> AsyncIterator[IndexShelf]:
        async with opened_shelf(tmp_path) as shelf:
            yield shelf


class TestAcrossProcesses:
    async def test_an_index_is_found_again_by_the_next_process(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path) as index:
            (chunk,) = await put(index, make_document(), "alpha", degrees=(0,))
            await index.checkpoint(IndexPosition(findable=3, embedded=2))

        async with opened_index(tmp_path) as index:
            assert await index.position() == IndexPosition(findable=3, embedded=2)
            assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(chunk)

    async def test_a_second_process_is_refused(self, tmp_path: Path) -> None:
        async with opened_shelf(tmp_path):
            with pytest.raises(StoreLockedError, match="in use by process"):
                async with opened_shelf(tmp_path):
                    pass

    async def test_vectors_of_other_dimensions_are_refused_at_opening(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path):
            pass

        async with opened_shelf(tmp_path) as shelf:
            with pytest.raises(PermanentError, match="rebuild"):
                async with shelf.open("first", dimensions=8):
                    pass

    async def test_a_damaged_position_says_what_to_do(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path):
            pass
        (tmp_path / "index/qdrant-edge/first/state.json").write_text("{")

        async with opened_shelf(tmp_path) as shelf:
            with pytest.raises(PermanentError, match="Delete it"):
                async with shelf.open("first", dimensions=DIMENSIONS):
                    pass

    async def test_leftovers_of_a_crash_are_deleted_at_opening(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path):
            (serving,) = shards(tmp_path)
        (tmp_path / "index/qdrant-edge/first/shard-leftover").mkdir()
        (tmp_path / "index/qdrant-edge/deleted-1").mkdir()
        (tmp_path / "index/qdrant-edge/half-made").mkdir()

        async with opened_shelf(tmp_path) as shelf, shelf.open("first", dimensions=DIMENSIONS):
            assert await shelf.generations() == {"first"}

        assert shards(tmp_path) == {serving}
        assert not (tmp_path / "index/qdrant-edge/deleted-1").exists()
        assert not (tmp_path / "index/qdrant-edge/half-made").exists()


class TestCompaction:
    async def test_what_was_found_is_found_after_it(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path) as index:
            (chunk,) = await put(index, make_document(), "alpha", degrees=(0,))
            await index.checkpoint(IndexPosition(findable=3, embedded=2))
            (before,) = shards(tmp_path)

            await index.compact()

            (after,) = shards(tmp_path)
            assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(chunk)
            assert places(await index.search_vector(towards(0), k=5, scope=UNRESTRICTED)) == ids(chunk)
            assert await index.position() == IndexPosition(findable=3, embedded=2)
        assert after != before

    async def test_searches_and_writes_go_on_meanwhile(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path) as index:
            await put(index, make_document("removed"), "removed")
            await put(index, make_document("shrinks"), "shrinks one", "shrinks two", degrees=(0, 1))
            compaction = asyncio.create_task(index.compact())
            await copy_made(tmp_path)

            await index.remove([make_document("removed").id])
            (shrunk,) = await put(index, make_document("shrinks"), "shrinks", degrees=(5,))
            (added,) = await put(index, make_document("added"), "added")
            during = await index.search_text("added", k=5, scope=UNRESTRICTED)
            await compaction

            assert places(during) == ids(added)
            assert await index.search_text("removed", k=5, scope=UNRESTRICTED) == []
            assert places(await index.search_text("shrinks", k=5, scope=UNRESTRICTED)) == ids(shrunk)
            assert places(await index.search_vector(towards(0), k=5, scope=UNRESTRICTED)) == ids(shrunk)
            assert places(await index.search_text("added", k=5, scope=UNRESTRICTED)) == ids(added)
            assert await index.count() == 2

    async def test_what_was_written_meanwhile_outlives_the_process(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path) as index:
            compaction = asyncio.create_task(index.compact())
            await copy_made(tmp_path)
            (added,) = await put(index, make_document("added"), "added")
            await compaction
            await index.checkpoint(IndexPosition(findable=1))

        async with opened_index(tmp_path) as index:
            assert places(await index.search_text("added", k=5, scope=UNRESTRICTED)) == ids(added)

    async def test_a_failed_one_leaves_the_index_as_it_was(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with opened_index(tmp_path) as index:
            (chunk,) = await put(index, make_document(), "alpha")
            before = shards(tmp_path)
            monkeypatch.setattr(sys, "executable", failing_python(tmp_path))

            with pytest.raises(TransientError, match="status 3: out of memory"):
                await index.compact()

            assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(chunk)
            assert shards(tmp_path) == before

    async def test_a_cancelled_one_leaves_the_index_as_it_was(self, tmp_path: Path) -> None:
        async with opened_index(tmp_path) as index:
            (chunk,) = await put(index, make_document(), "alpha")
            before = shards(tmp_path)
            compaction = asyncio.create_task(index.compact())
            await copy_made(tmp_path)

            compaction.cancel()
            with pytest.raises(asyncio.CancelledError):
                await compaction

            assert shards(tmp_path) == before
            await index.compact()
            assert places(await index.search_text("alpha", k=5, scope=UNRESTRICTED)) == ids(chunk)

    async def test_one_cancelled_while_it_copies_leaves_the_index_as_it_was(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copying, go_on, copied = Event(), Event(), Event()

        def slow_copy(source: Path, target: Path) -> None:
            copying.set()
            go_on.wait()
            monkeypatch.undo()  # it calls itself for each folder in it
            shutil.copytree(source, target)
            copied.set()

        async with opened_index(tmp_path) as index:
            await put(index, make_document(), "alpha")
            before = shards(tmp_path)
            monkeypatch.setattr(shutil, "copytree", slow_copy)
            compaction = asyncio.create_task(index.compact())
            await asyncio.to_thread(copying.wait)

            compaction.cancel()
            await index.search_text("alpha", k=5, scope=UNRESTRICTED)  # time enough to clean up too early
            go_on.set()
            with pytest.raises(asyncio.CancelledError):
                await compaction

            await asyncio.to_thread(copied.wait)
            assert shards(tmp_path) == before

    async def test_it_is_due_once_much_was_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(edge, "UNINDEXED_CHUNKS", 2)
        async with opened_index(tmp_path) as index:
            before = await index.compaction_due()
            await put(index, make_document(), "alpha", "beta", "gamma")
            written = await index.compaction_due()
            await index.compact()
            after = await index.compaction_due()

        assert (before, written, after) == (False, True, False)


def failing_python(folder: Path) -> str:
    script = folder / "python"
    script.write_text("#!/bin/sh\necho 'out of memory' >&2\nexit 3\n")
    script.chmod(0o755)
    return str(script)
