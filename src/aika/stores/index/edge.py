"""The embedded index: Qdrant Edge in this process, files in the data directory. The default.

All calls of one index run in one thread of its own, so that they never overlap and a shard is never closed under a search.
More threads would gain nothing: the engine holds the interpreter lock while it works.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import qdrant_edge

from aika import registry
from aika.domain.access import Scope
from aika.domain.conditions import NEVER
from aika.domain.documents import Chunk
from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Candidate
from aika.protocols import Analyzer, Index, IndexPosition, Matrix, Vector
from aika.stores.index.bm25 import weigh_chunk, weigh_question
from aika.stores.index.edge_compaction import Compaction
from aika.stores.index.edge_folder import GenerationFolder, clean_shelf, generation_names
from aika.stores.index.edge_shard import EdgeShard, make_point, operations
from aika.stores.index.filters import FINGERPRINT, looked_up
from aika.stores.index.generations import Generations, check_generation, check_vectors, last_of_each
from aika.stores.locking import DataDirectoryLock

T = TypeVar("T")

UNINDEXED_CHUNKS = 20_000
"""Searched one by one, this many cost about 3 ms a question: not worth a rebuild."""
_UNINDEXED_SHARE = 0.1
"""A larger index waits for more, because a rebuild reads all of it."""
_CATCH_UP_ROUNDS = 3
"""Before writes have to wait. Each round leaves only what was written during the last."""
_CATCH_UP_DOCUMENTS = 10
"""Carried over in one go; searches come in between."""


class QdrantEdgeEngine:
    """Keeps indexes in the data directory, searched by Qdrant Edge in this process."""

    class Options(registry.Options):
        pass

    @classmethod
    @asynccontextmanager
    async def open(cls, _options: Options, surroundings: registry.Surroundings) -> AsyncIterator["EdgeShelf"]:
        """Raises `StoreLockedError` where another process has the indexes open: the engine itself would not notice."""
        path = surroundings.data_dir / "index" / "qdrant-edge"
        with DataDirectoryLock.hold(path):
            await asyncio.to_thread(clean_shelf, path)
            yield EdgeShelf(path, surroundings.analyzer)


class EdgeShelf:
    """One folder with a folder for each generation."""

    fingerprint = FINGERPRINT

    def __init__(self, path: Path, analyzer: Analyzer) -> None:
        self._path = path
        self._analyzer = analyzer
        self._open = Generations()

    def open(self, generation: str, *, dimensions: int) -> AbstractAsyncContextManager[Index]:
        check_generation(generation)
        return self._opened(generation, dimensions)

    async def generations(self) -> set[str]:
        return await asyncio.to_thread(generation_names, self._path)

    async def drop(self, generation: str) -> None:
        self._open.refuse(generation, to="drop")
        folder = GenerationFolder(self._path / generation)
        if folder.exists:
            await asyncio.to_thread(folder.delete)

    @asynccontextmanager
    async def _opened(self, generation: str, dimensions: int) -> AsyncIterator[Index]:
        folder = GenerationFolder(self._path / generation)
        with self._open.opened(generation):
            executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"index-{generation}")
            index = EdgeIndex(folder, self._analyzer, dimensions, executor)
            try:
                await index.start()
                try:
                    yield index
                finally:
                    await index.stop()
            finally:
                await asyncio.to_thread(executor.shutdown)


class EdgeIndex:
    """One generation, open."""

    def __init__(
        self, folder: GenerationFolder, analyzer: Analyzer, dimensions: int, executor: ThreadPoolExecutor
    ) -> None:
        self._folder = folder
        self._analyzer = analyzer
        self._dimensions = dimensions
        self._executor = executor
        self._writing = asyncio.Lock()
        self._compacting = asyncio.Lock()
        self._state = folder.load_state()
        self._unflushed = False
        self._compaction: Compaction | None = None
        self._shard: EdgeShard

    async def start(self) -> None:
        """Open the shard that serves, or make the first one."""
        self._shard = await self._call(self._load_or_create)

    async def stop(self) -> None:
        """Close it. What was not checkpointed may be lost."""
        await self._on_shard(EdgeShard.close)

    async def replace(self, document: DocumentId, chunks: Sequence[Chunk], vectors: Matrix | None) -> None:
        await self.replace_many([(document, chunks, vectors)])

    async def replace_many(self, documents: Sequence[tuple[DocumentId, Sequence[Chunk], Matrix | None]]) -> None:
        for _, chunks, vectors in documents:
            check_vectors(chunks, vectors, self._dimensions)
        newest = last_of_each(documents)
        # Everything under the lock, so that of two calls for one document the later one has the last word.
        async with self._writing:
            points = await asyncio.to_thread(self._points, newest)
            self._touch(newest)
            # The tail goes before the new chunks come, and a chunk that stays is never away in between.
            keep = [ChunkId(str(point.id)) for point in points]
            await self._on_shard(partial(EdgeShard.delete, documents=newest, keep=keep))
            for operation in operations(points):
                await self._on_shard(partial(EdgeShard.upsert, points=operation))
            self._state = replace(self._state, unindexed=self._state.unindexed + len(points))

    async def remove(self, ids: Collection[DocumentId]) -> None:
        if not ids:
            return
        async with self._writing:
            self._touch(ids)
            await self._on_shard(partial(EdgeShard.delete, documents=ids))

    async def search_text(self, text: str, *, k: int, scope: Scope) -> list[Candidate]:
        weights = weigh_question(text, self._analyzer)
        wanted = looked_up(scope)
        if k < 1 or not weights.indices or wanted == NEVER:
            return []
        return await self._on_shard(partial(EdgeShard.search_text, weights=weights, k=k, wanted=wanted))

    async def search_vector(self, vector: Vector, *, k: int, scope: Scope) -> list[Candidate]:
        wanted = looked_up(scope)
        if k < 1 or wanted == NEVER:
            return []
        return await self._on_shard(partial(EdgeShard.search_vector, vector=vector, k=k, wanted=wanted))

    async def count(self) -> int:
        return await self._on_shard(EdgeShard.count)

    async def checkpoint(self, position: IndexPosition) -> None:
        async with self._writing:
            state = replace(self._state, findable=position.findable, embedded=position.embedded)
            # Flushing first: a remembered position promises that everything before it is on disk.
            await self._flush()
            await asyncio.to_thread(self._folder.save_state, state)
            self._state = state

    async def position(self) -> IndexPosition:
        return self._state.position

    async def compaction_due(self) -> bool:
        """Return whether so much was written since the last `compact` that searches are slower for it."""
        chunks = await self._on_shard(EdgeShard.size)
        return self._state.unindexed > max(UNINDEXED_CHUNKS, _UNINDEXED_SHARE * chunks)

    async def compact(self) -> None:
        """Rebuild the segments of a copy in a child process and switch to it. Searches and writes go on meanwhile; writes
        wait while the files are copied and while the last of them are carried over.

        Takes minutes for 100,000 chunks, and as much disk again. To be over, or cancelled, before the index is closed.
        Raises `TransientError` where the child process fails. The index serves on as it was.
        """
        async with self._compacting:
            try:
                async with self._writing:
                    await self._flush()
                    compaction = await Compaction.begin(self._shard.path, self._folder.new_shard())
                    self._compaction = compaction
                await compaction.optimize()
                rebuilt = await self._call(lambda: EdgeShard.load(compaction.path, self._dimensions))
                await self._catch_up(compaction, rebuilt)
            finally:
                self._compaction = None
                # In the engine's thread, so that a switch that was begun is over.
                await self._call(self._folder.clean)

    async def _catch_up(self, compaction: Compaction, rebuilt: EdgeShard) -> None:
        """Carry over what was written since the copy was made, and switch."""
        try:
            for _ in range(_CATCH_UP_ROUNDS):
                # Taken between writes: a document whose write has begun is noted, and only then written.
                async with self._writing:
                    touched = compaction.take_touched()
                await self._carry_over(touched, rebuilt)
            async with self._writing:
                await self._carry_over(compaction.take_touched(), rebuilt)
                await self._call(lambda: self._switch_to(rebuilt))
        except BaseException:  # also when cancelled: an open shard keeps its files
            await self._call(lambda: None if rebuilt is self._shard else rebuilt.close())
            raise

    async def _carry_over(self, documents: Collection[DocumentId], rebuilt: EdgeShard) -> None:
        ids = sorted(documents)
        for start in range(0, len(ids), _CATCH_UP_DOCUMENTS):
            group = ids[start : start + _CATCH_UP_DOCUMENTS]
            await self._on_shard(partial(rebuilt.take_over, group))

    def _switch_to(self, rebuilt: EdgeShard) -> None:
        """Runs in the engine's thread: no search is under way, and a cancellation cannot stop it halfway."""
        rebuilt.flush()
        self._folder.switch_to(rebuilt.path)
        # At once, whatever fails below: what the file names is what must be written to.
        old, self._shard = self._shard, rebuilt
        self._state = replace(self._state, unindexed=0)
        self._folder.save_state(self._state)
        old.close()

    async def _flush(self) -> None:
        if self._unflushed:
            await self._on_shard(EdgeShard.flush)
            self._unflushed = False

    def _touch(self, documents: Collection[DocumentId]) -> None:
        self._unflushed = True
        if self._compaction is not None:
            self._compaction.touch(documents)

    def _points(self, newest: dict[DocumentId, tuple[Sequence[Chunk], Matrix | None]]) -> list[qdrant_edge.Point]:
        return [
            make_point(chunk, weigh_chunk(chunk, self._analyzer), None if vectors is None else vectors[i])
            for chunks, vectors in newest.values()
            for i, chunk in enumerate(chunks)
        ]

    def _load_or_create(self) -> EdgeShard:
        if self._folder.exists:
            self._folder.clean()
            return EdgeShard.load(self._folder.current(), self._dimensions)
        shard = EdgeShard.create(self._folder.new_shard(), self._dimensions)
        self._folder.switch_to(shard.path)
        return shard

    async def _on_shard(self, call: Callable[[EdgeShard], T]) -> T:
        # The shard is looked up when its turn comes: a compaction may have switched by then.
        return await self._call(lambda: call(self._shard))

    async def _call(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)
