"""An index following a made-up catalogue's log: the part of the crash test that is killed.

Run with a data directory, it opens the index and follows the log from where the last checkpoint says, printing a line before
each step, checkpointing and compacting now and then.
"""

import asyncio
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np

from aika.domain.documents import Chunk
from aika.domain.identifiers import DocumentId
from aika.protocols import Index, IndexPosition, Matrix
from aika.registry import Surroundings
from aika.stores.index.edge import EdgeIndex, QdrantEdgeEngine
from aika.testing.contracts.index_makers import PlainAnalyzer
from aika.testing.makers import make_chunk, make_document

DIMENSIONS = 16
CHANGES = 500
DOCUMENTS = 100
WORDS = [f"word{number}" for number in range(40)]
READERS = ["everyone", "user:alice", "user:bob", "group:payments"]

Change = tuple[DocumentId, list[Chunk] | None, Matrix | None]


def change(number: int) -> Change:
    """Return the log's entry of this number, the same every time: a document's new chunks, or its removal."""
    chance = random.Random(number)  # noqa: S311  # no secret
    document = make_document(f"{chance.randrange(DOCUMENTS)}", readers=chance.sample(READERS, chance.randint(0, 2)))
    if chance.random() < 0.2:
        return document.id, None, None
    chunks = [
        make_chunk(" ".join(chance.choices(WORDS, k=12)) + f" version{number}", document=document, position=position)
        for position in range(chance.randint(1, 9))
    ]
    vectors = np.random.default_rng(number).standard_normal((len(chunks), DIMENSIONS)).astype(np.float32)
    return document.id, chunks, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


async def apply(index: Index, first: int, last: int) -> None:
    """Apply the entries ``first`` to ``last`` in order, runs of replacements at once."""
    run: list[tuple[DocumentId, list[Chunk], Matrix | None]] = []
    for number in range(first, last + 1):
        document, chunks, vectors = change(number)
        if chunks is None:
            await index.replace_many(run)
            run = []
            await index.remove([document])
        else:
            run.append((document, chunks, vectors))
    await index.replace_many(run)


async def follow(index: EdgeIndex, seed: int) -> None:
    """Follow the log to its end: batches of random size, with checkpoints and compactions in between."""
    chance = random.Random(seed)  # noqa: S311  # no secret
    done = (await index.position()).findable
    async with asyncio.TaskGroup() as group:
        compaction: asyncio.Task[None] | None = None
        while done < CHANGES:
            last = min(CHANGES, done + chance.randint(1, 20))
            say("write")
            await apply(index, done + 1, last)
            done = last
            if chance.random() < 0.5:
                say("checkpoint")
                await index.checkpoint(IndexPosition(findable=done, embedded=done))
            if chance.random() < 0.1 and (compaction is None or compaction.done()):
                say("compact")
                compaction = group.create_task(index.compact())
    await index.checkpoint(IndexPosition(findable=CHANGES, embedded=CHANGES))
    say("end")


def say(step: str) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()


@asynccontextmanager
async def opened(data_dir: Path) -> AsyncIterator[EdgeIndex]:
    surroundings = Surroundings(base_dir=data_dir, data_dir=data_dir, analyzer=PlainAnalyzer())
    async with QdrantEdgeEngine.open(QdrantEdgeEngine.Options(), surroundings) as shelf:
        async with shelf.open("only", dimensions=DIMENSIONS) as index:
            assert isinstance(index, EdgeIndex)
            yield index


async def main(data_dir: Path, seed: int) -> None:
    async with opened(data_dir) as index:
        await follow(index, seed)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
