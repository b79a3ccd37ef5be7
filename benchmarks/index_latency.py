"""How fast the embedded index finds, and what it takes, beside brute force and SQLite's full-text search.

    python benchmarks/index_latency.py 10000 100000

Text is made up: words drawn by Zipf's law from 50,000. Vectors have 384 dimensions of which 40 carry the structure, in 400
clusters, about what sentence embeddings look like; independent random vectors have no neighbours worth finding. Every row is
measured in a process of its own, after a warm-up, so that its memory is its own.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Chunk, Document
from aika.domain.identifiers import PrincipalId, SourceId, document_id
from aika.protocols import IndexPosition, Matrix
from aika.registry import Surroundings
from aika.stores.index.edge import EdgeIndex, QdrantEdgeEngine

DIMENSIONS = 384
WORDS = 50_000
CHUNKS_A_DOCUMENT = 5
QUERIES = 100
K = 200
NARROW = Scope.of([PrincipalId("group:7")])
"""May read one document in fifty, and the one in five that is everyone's."""


@dataclass(frozen=True)
class Row:
    """One line of the table. Milliseconds, megabytes."""

    what: str
    lexical: tuple[float, float] | None = None
    dense: tuple[float, float] | None = None
    lexical_filtered: tuple[float, float] | None = None
    dense_filtered: tuple[float, float] | None = None
    recall: float | None = None
    anonymous: float | None = None
    mapped: float | None = None
    disk: float | None = None


class Words:
    """Words are their own terms."""

    fingerprint = "words"

    def terms(self, text: str) -> list[str]:
        return text.split()


def made_documents(chunks: int) -> Iterator[tuple[Document, list[Chunk], Matrix]]:
    rng = np.random.default_rng(0)
    vectors = made_vectors(chunks, seed=1)
    for first in range(0, chunks, CHUNKS_A_DOCUMENT):
        number = first // CHUNKS_A_DOCUMENT
        readers = {PrincipalId("everyone" if number % 5 == 0 else f"group:{number % 50}")}
        key = f"page-{number}"
        source = SourceId(f"source-{number % 7}")
        document = Document(
            document_id(source, key), source, key, title=" ".join(zipf_words(rng, 5)), readers=frozenset(readers)
        )
        own = vectors[first : first + CHUNKS_A_DOCUMENT]
        texts = [" ".join(zipf_words(rng, int(rng.integers(30, 170)))) for _ in own]
        yield document, [Chunk(document, i, 0, len(text), text) for i, text in enumerate(texts)], own


def zipf_words(rng: np.random.Generator, count: int) -> list[str]:
    return [f"w{rank}" for rank in np.minimum(rng.zipf(1.15, count), WORDS)]


def made_vectors(count: int, *, seed: int) -> Matrix:
    shape = np.random.default_rng(7)
    directions = shape.standard_normal((40, DIMENSIONS)).astype(np.float32) / np.float32(np.sqrt(40))
    centres = shape.standard_normal((400, 40)).astype(np.float32)
    rng = np.random.default_rng(seed)
    latent = centres[rng.integers(0, 400, count)] + 0.6 * rng.standard_normal((count, 40), dtype=np.float32)
    vectors = latent @ directions + 0.35 * rng.standard_normal((count, DIMENSIONS), dtype=np.float32)
    unit: Matrix = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


def made_questions() -> list[str]:
    """Of six words, none among the thirty most frequent, as an analyzer would leave them out."""
    rng = np.random.default_rng(2)
    return [" ".join(f"w{30 + rank}" for rank in np.minimum(rng.zipf(1.15, 6), WORDS)) for _ in range(QUERIES)]


async def opened_and(path: Path, work: Callable[[EdgeIndex], Awaitable[None]]) -> None:
    surroundings = Surroundings(base_dir=path, data_dir=path, analyzer=Words())
    engine = QdrantEdgeEngine.open(QdrantEdgeEngine.Options(), surroundings)
    async with engine as shelf, shelf.open("bench", dimensions=DIMENSIONS) as index:
        assert isinstance(index, EdgeIndex)
        await work(index)


async def build(index: EdgeIndex, chunks: int) -> None:
    started = time.perf_counter()
    batch, stall = [], 0.0
    for number, (document, own, vectors) in enumerate(made_documents(chunks)):
        batch.append((document.id, own, vectors))
        if len(batch) == 100:
            await index.replace_many(batch)
            batch = []
        if number % 2000 == 1999:
            say(f"  {(number + 1) * CHUNKS_A_DOCUMENT:,} chunks written, {time.perf_counter() - started:.0f} s")
    await index.replace_many(batch)
    flushing = time.perf_counter()
    await index.checkpoint(IndexPosition(1, 1))
    stall = time.perf_counter() - flushing
    say(f"  written in {time.perf_counter() - started:.0f} s, of which the checkpoint {stall:.2f} s")


async def compact(index: EdgeIndex) -> None:
    """Rebuild, and say how long and for how long the event loop stood still."""
    started = last = time.perf_counter()
    longest = 0.0
    rebuild = asyncio.create_task(index.compact())
    while not rebuild.done():
        await asyncio.sleep(0.005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await rebuild
    say(f"  compacted in {time.perf_counter() - started:.0f} s; longest standstill {longest * 1000:.0f} ms")


async def measure_edge(index: EdgeIndex, name: str, chunks: int, path: Path, before: tuple[float, float]) -> Row:
    questions, vectors = made_questions(), made_vectors(QUERIES, seed=3)

    async def timed(search: Callable[[int, Scope], Awaitable[object]], scope: Scope) -> tuple[float, float]:
        taken = []
        for round_ in range(2):  # the first warms up
            for number in range(QUERIES):
                started = time.perf_counter()
                await search(number, scope)
                if round_:
                    taken.append(time.perf_counter() - started)
        return percentiles(taken)

    async def by_words(number: int, scope: Scope) -> object:
        return await index.search_text(questions[number], k=K, scope=scope)

    async def by_vector(number: int, scope: Scope) -> object:
        return await index.search_vector(vectors[number], k=K, scope=scope)

    times = [await timed(search, scope) for scope in (UNRESTRICTED, NARROW) for search in (by_words, by_vector)]
    anonymous, mapped = resident()
    found = [[hit.chunk for hit in await index.search_vector(v, k=10, scope=UNRESTRICTED)] for v in vectors]
    return Row(
        name, times[0], times[1], times[2], times[3], recall_of(found, chunks, vectors),
        anonymous - before[0], mapped - before[1], size_of(path),
    )  # fmt: skip


def recall_of(found: list[list[str]], chunks: int, queries: Matrix) -> float:
    exact = np.argsort(-(queries @ made_vectors(chunks, seed=1).T), axis=1)[:, :10]
    chunk_ids = [chunk.id for _, own, _ in made_ids(chunks) for chunk in own]
    wanted = [{chunk_ids[row] for row in rows} for rows in exact.tolist()]
    return float(np.mean([len(set(hits) & want) / 10 for hits, want in zip(found, wanted, strict=True)]))


def made_ids(chunks: int) -> Iterator[tuple[Document, list[Chunk], None]]:
    """Yield the documents of `made_documents` without their text."""
    for first in range(0, chunks, CHUNKS_A_DOCUMENT):
        number = first // CHUNKS_A_DOCUMENT
        source = SourceId(f"source-{number % 7}")
        document = Document(document_id(source, f"page-{number}"), source, f"page-{number}", title="")
        count = min(CHUNKS_A_DOCUMENT, chunks - first)
        yield document, [Chunk(document, i, 0, 0, "") for i in range(count)], None


def measure_numpy(chunks: int) -> Row:
    before = resident()
    vectors = made_vectors(chunks, seed=1)
    queries = made_vectors(QUERIES, seed=3)
    after = resident()

    def search(query: Matrix) -> list[int]:
        scores = vectors @ query
        best = np.argpartition(-scores, min(K, chunks - 1))[:K]
        return best[np.argsort(-scores[best])].tolist()

    taken = [timed_once(lambda query=query: search(query)) for query in queries]
    return Row("numpy, every vector", dense=percentiles(taken), recall=1.0, anonymous=after[0] - before[0])


def measure_sqlite(chunks: int, path: Path) -> Row:
    database = sqlite3.connect(path / "fts.db")
    database.execute("CREATE VIRTUAL TABLE texts USING fts5(text, title, content='')")
    rows = ((chunk.text, document.title) for document, own, _ in made_documents(chunks) for chunk in own)
    database.executemany("INSERT INTO texts (text, title) VALUES (?, ?)", rows)
    database.execute("INSERT INTO texts (texts) VALUES ('optimize')")
    database.commit()
    sql = "SELECT rowid, bm25(texts) AS score FROM texts WHERE texts MATCH ? ORDER BY score LIMIT ?"
    questions = [" OR ".join(question.split()) for question in made_questions()]
    for question in questions:
        database.execute(sql, (question, K)).fetchall()
    taken = [timed_once(lambda q=q: database.execute(sql, (q, K)).fetchall()) for q in questions]
    database.close()
    return Row("SQLite FTS5", lexical=percentiles(taken), disk=size_of(path))


def timed_once(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def percentiles(seconds: list[float]) -> tuple[float, float]:
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000
    return float(p50), float(p95)


def resident() -> tuple[float, float]:
    """Return this process's memory of its own and mapped from files, in MB. The system can take the latter back."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, mapped = (int(status[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return own, mapped


def size_of(path: Path) -> float:
    return sum(file.stat().st_blocks * 512 for file in path.rglob("*") if file.is_file()) / 1e6


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def in_own_process(step: str, chunks: int, path: Path) -> Row | None:
    done = subprocess.run(
        [sys.executable, __file__, str(chunks), "--step", step, "--path", str(path)],
        stdout=subprocess.PIPE, check=True, text=True,
    )  # fmt: skip
    return Row(**json.loads(done.stdout)) if done.stdout else None


def run_step(step: str, chunks: int, path: Path) -> None:
    before = resident()
    rows: list[Row] = []

    async def work(index: EdgeIndex) -> None:
        match step:
            case "build":
                await build(index, chunks)
            case "compact":
                await compact(index)
            case _:
                rows.append(await measure_edge(index, step, chunks, path, before))

    match step:
        case "numpy":
            rows.append(measure_numpy(chunks))
        case "sqlite":
            rows.append(measure_sqlite(chunks, path))
        case _:
            asyncio.run(opened_and(path, work))
    for row in rows:
        print(json.dumps(asdict(row)))


def print_table(chunks: int, rows: list[Row | None]) -> None:
    print(f"\n{chunks:,} chunks, {DIMENSIONS} dimensions, k={K}, {os.cpu_count()} processors; p50 / p95 in ms, MB\n")
    header = ("lexical", "dense", "lexical, narrow", "dense, narrow", "recall@10", "own", "mapped", "disk")
    print("|" + "|".join(("engine", *header)) + "|")
    print("|" + "---|" * (len(header) + 1))
    for row in filter(None, rows):
        times = (row.lexical, row.dense, row.lexical_filtered, row.dense_filtered)
        cells = [f"{pair[0]:.1f} / {pair[1]:.1f}" if pair else "" for pair in times]
        cells.append("" if row.recall is None else f"{row.recall:.3f}")
        cells.extend("" if value is None else f"{value:.0f}" for value in (row.anonymous, row.mapped, row.disk))
        print("|" + "|".join((row.what, *cells)) + "|")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chunks", type=int, nargs="+")
    parser.add_argument("--step", help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        run_step(arguments.step, arguments.chunks[0], arguments.path)
        return
    for chunks in arguments.chunks:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            steps = ("build", "Qdrant Edge, as written", "compact", "Qdrant Edge, compacted")
            rows = [in_own_process(step, chunks, Path(folder)) for step in steps]
            rows += [in_own_process("numpy", chunks, Path(other)), in_own_process("sqlite", chunks, Path(other))]
        print_table(chunks, rows)


if __name__ == "__main__":
    main()
