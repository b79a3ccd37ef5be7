"""aika, doing what the peers do: one step a process, whose result is a line of JSON. Started by ``against_peers.py``.

Chunks are recorded in the catalogue and their vectors in the vector store under the embedder's fingerprint; the index follows
the log as it does in a deployment. What is asked over HTTP goes to ``aika serve`` in a process of its own.
"""

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
from made_material import CHUNKS_A_DOCUMENT, HITS, Material, percentiles, processor_seconds, resident_mb

from aika.application.wiring import open_aika
from aika.domain.access import EVERYONE, UNRESTRICTED, Scope
from aika.domain.documents import Block, BlockKind, Body, Chunk, Document
from aika.domain.errors import TransientError
from aika.domain.identifiers import SourceId, document_id
from aika.domain.queries import Query
from aika.ingestion.following import IndexFollower, digest
from aika.protocols import Embedder, EmbeddingRole, Entry, Matrix
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker
from aika.retrieval.lexical import LexicalRanker
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.rewriting import FollowUpRewriter
from aika.settings import Settings, SourceSettings

SOURCE = SourceId("files")
ASKER = Scope.of([])
ROUNDS = 2
"""The first warms up."""
_DOCUMENTS_AT_ONCE = 200
_LISTENS = re.compile(r"http://127\.0\.0\.1:\d+")


class EmbeddingApart(Embedder):
    """Never ready: the index finds by words, and no processor time goes into vectors."""

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions
        self.fingerprint = "apart"

    async def embed(self, texts: object, *, role: EmbeddingRole) -> Matrix:
        raise TransientError("embedding is measured apart", retry_after=3600)


def settings_of(store: Path, files: Path | None = None) -> Settings:
    options = {} if files is None else {SOURCE: _source(files)}
    return Settings(base_dir=store, sources=options)


def _source(files: Path) -> SourceSettings:
    return SourceSettings(connector="filesystem", options={"path": str(files)}, readers=["everyone"])


def _configure(store: Path, files: Path) -> None:
    """Declare the source: a server removes what it knows of sources that are not configured."""
    (store / "sources").mkdir(exist_ok=True, parents=True)
    source = _source(files).model_dump(mode="json")
    (store / "sources" / f"{SOURCE}.yaml").write_text(json.dumps(source), encoding="utf-8")


async def build(material: Material, store: Path) -> dict[str, Any]:
    _configure(store, store)
    async with open_aika(settings_of(store)) as aika:
        recording = time.perf_counter()
        for entries, vectors in made_entries(material):
            await aika.database.catalogue.record(entries)
            await aika.database.vectors.save(aika.generations.serving.embedder.fingerprint, vectors)
        following = time.perf_counter()
        follower = aika.generations.serving.follower
        steps = 0
        while await follower.step():
            steps += 1
            if steps % 200 == 0:
                say(f"aika: change {(await follower.state()).position.findable:,} indexed")
        compacting = time.perf_counter()
        await aika.generations.catch_up()
        done = time.perf_counter()
    return {
        "record_s": following - recording, "follow_s": compacting - following, "compact_s": done - compacting,
        "build_s": done - recording,
    }  # fmt: skip


def made_entries(material: Material) -> Iterator[tuple[list[Entry], dict[bytes, Any]]]:
    for first, texts, vectors in material.batches(CHUNKS_A_DOCUMENT * _DOCUMENTS_AT_ONCE):
        entries, known = [], {}
        for start in range(0, len(texts), CHUNKS_A_DOCUMENT):
            own = texts[start : start + CHUNKS_A_DOCUMENT]
            entry = _entry(f"page-{(first + start) // CHUNKS_A_DOCUMENT}.md", own)
            entries.append(entry)
            known.update((digest(chunk.passage), vectors[start + chunk.position]) for chunk in entry.chunks)
        yield entries, known


def _entry(key: str, texts: list[str]) -> Entry:
    document = Document(document_id(SOURCE, key), SOURCE, key, title=key, readers=frozenset({EVERYONE}))
    chunks, start = [], 0
    for position, text in enumerate(texts):
        chunks.append(Chunk(document, position, start, start + len(text), text))
        start += len(text) + 2
    blocks = tuple(Block(BlockKind.PARAGRAPH, chunk.start, chunk.end) for chunk in chunks)
    return Entry(
        document, Body("\n\n".join(texts), blocks), tuple(chunks), version="1", pipeline="made", content_hash=key
    )


async def stages(material: Material, store: Path) -> dict[str, Any]:
    """Time every stage in this process, then `Aika.search` as a whole."""
    questions, vectors = material.questions(), material.question_vectors()
    taken: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def observe(stage: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        taken[stage].append(time.perf_counter() - started)

    async with open_aika(settings_of(store)) as aika:
        index, embedder = aika.generations.serving.index, aika.generations.serving.embedder
        rewriter = FollowUpRewriter(aika.generations.ingredients.analyzer)
        rankers = (LexicalRanker(index), DenseRanker(index, embedder))
        ranker = HybridRanker(rankers, rewriter, observe=observe)
        retriever = HybridRetriever(ranker, aika.database.catalogue, aika.generations.ingredients.analyzer)
        for _ in range(ROUNDS):
            taken.clear()
            for text, vector in zip(questions, vectors, strict=True):
                with observe("lexical"):
                    await index.search_text(text, k=200, scope=ASKER)
                with observe("dense"):
                    await index.search_vector(vector, k=200, scope=ASKER)
                with observe("embed"):
                    await embedder.embed([text], role="query")
                found = await retriever.retrieve(Query(text, ASKER), k=HITS)
                assert len(found.hits) == HITS
        for text in questions:
            with observe("search"):
                await aika.search(Query(text, ASKER), k=HITS)
    return {"stages": {stage: percentiles(times) for stage, times in taken.items()}}


async def search(material: Material, store: Path) -> dict[str, Any]:
    """Ask ``/v1/search`` one question after another, then eight at a time."""
    async with served(store) as (client, server):
        await _until(lambda: _ready(client))
        questions, taken = material.questions(), []
        for round_ in range(ROUNDS):
            before = processor_seconds(server)
            for text in questions:
                started = time.perf_counter()
                await _found_all(client, text)
                if round_:
                    taken.append(time.perf_counter() - started)
        busy = 1000 * (processor_seconds(server) - before) / len(questions)
        started = time.perf_counter()
        at_once = asyncio.Semaphore(8)

        async def one(text: str) -> None:
            async with at_once:
                await _searched(client, text)

        await asyncio.gather(*map(one, questions))
        rate = len(questions) / (time.perf_counter() - started)
        answers = [await _answered(client, text) for text in questions[:30]]
        return {
            "whole": percentiles(taken),
            "busy": busy,
            "a_second": rate,
            "answer": percentiles(answers),
            "rss": resident_mb(server),
        }


async def first(material: Material, store: Path) -> dict[str, Any]:
    """Start the server and take its first answer: the time from starting the process, and to when it listens."""
    started = time.perf_counter()
    async with served(store) as (client, server):
        listening = time.perf_counter() - started
        await _answered(client, material.questions()[0])
        return {"first_s": time.perf_counter() - started, "listening_s": listening, "busy_s": processor_seconds(server)}


async def files(folder: Path, store: Path) -> dict[str, Any]:
    """Sync a folder with embedding kept apart; then serve it, and wait for one file more."""
    result: dict[str, Any] = {}
    async with open_aika(settings_of(store, folder)) as aika:
        serving = aika.generations.serving
        follower = IndexFollower(
            aika.database.catalogue, serving.index, aika.database.vectors, EmbeddingApart(serving.embedder.dimensions)
        )
        task = asyncio.create_task(follower.run())
        started = time.perf_counter()
        await aika.syncer.sync(aika.source(SOURCE), on_progress=lambda _: follower.wake())
        result["sync_s"] = time.perf_counter() - started
        follower.wake()
        await _until(lambda: _findable(follower))
        result["ingest_s"] = time.perf_counter() - started
        counts = (await aika.database.catalogue.counts(scope=UNRESTRICTED))[SOURCE]
        result |= {"documents": counts.documents, "chunks": counts.chunks, "rss": resident_mb()}
        task.cancel()
        await asyncio.wait([task])
    return result


async def newest(folder: Path, store: Path) -> dict[str, Any]:
    """Serve a small folder and take the time from writing a file, and ordering a sync, until its word is found."""
    _configure(store, folder)
    taken = []
    async with served(store) as (client, _):
        await _synced(client)
        for number in range(3):
            word = f"zq{uuid.uuid4().hex[:10]}"
            started = time.perf_counter()
            (folder / f"note-{number}.md").write_text(f"# Note\n\nThe word is {word}.\n", encoding="utf-8")
            (await client.post(f"/v1/sources/{SOURCE}/sync")).raise_for_status()

            async def found(word: str = word) -> bool:
                hits = (await _searched(client, word))["hits"]
                return any(word in json.dumps(hit) for hit in hits)

            await _until(found)
            taken.append(time.perf_counter() - started)
            await _synced(client, order=False)
    return {"findable_s": sorted(taken)[1]}


async def again(folder: Path, store: Path) -> dict[str, Any]:
    """Sync an unchanged folder: as a plain call, and through the durable queue as the API does."""
    async with open_aika(settings_of(store, folder)) as aika:
        await aika.syncer.sync(aika.source(SOURCE))
        plain = await _seconds(lambda: aika.syncer.sync(aika.source(SOURCE)))
        queued = await _seconds(lambda: aika.sync(SOURCE))
        return {"again_s": queued, "again_plain_s": plain}


async def _seconds(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


async def _synced(client: httpx.AsyncClient, *, order: bool = True) -> None:
    if order:
        (await client.post(f"/v1/sources/{SOURCE}/sync")).raise_for_status()

    async def done() -> bool:
        said = (await client.get("/v1/sources")).json()[0]
        phase = (said["last_sync"] or {}).get("phase")
        return phase == "succeeded" and said["findable"] >= said["documents"]

    await _until(done)


async def _findable(follower: IndexFollower) -> bool:
    return (await follower.state()).findable


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    while not await true():  # noqa: ASYNC110 - what is waited for happens in another process
        await asyncio.sleep(0.01)


async def _searched(client: httpx.AsyncClient, text: str) -> dict[str, Any]:
    reply = await client.post("/v1/search", json={"query": text, "k": HITS})
    found: dict[str, Any] = reply.raise_for_status().json()
    return found


async def _found_all(client: httpx.AsyncClient, text: str) -> None:
    assert len((await _searched(client, text))["hits"]) == HITS


async def _answered(client: httpx.AsyncClient, text: str) -> float:
    started = time.perf_counter()
    question = {"messages": [{"role": "user", "content": text}]}
    (await client.post("/v1/chat/complete", json=question)).raise_for_status()
    return time.perf_counter() - started


@asynccontextmanager
async def served(store: Path) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """Start ``aika serve`` and yield a client of it and its process id."""
    command = [sys.executable, "-m", "aika.surfaces.cli.main", "serve", "--port", "0", "--dir", str(store)]
    server = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        while not (said := _LISTENS.search((await server.stdout.readline()).decode())):
            if server.stdout.at_eof():
                raise RuntimeError("aika serve ended before it listened")
        async with httpx.AsyncClient(base_url=said.group(), timeout=300) as client:
            yield client, server.pid
    finally:
        server.terminate()
        await server.wait()


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


STEPS: dict[str, Callable[[Any, Path], Awaitable[dict[str, Any]]]] = {
    "build": lambda path, store: build(Material(path), store),
    "stages": lambda path, store: stages(Material(path), store),
    "search": lambda path, store: search(Material(path), store),
    "first": lambda path, store: first(Material(path), store),
    "files": files,
    "newest": newest,
    "again": again,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("material", type=Path)
    parser.add_argument("store", type=Path)
    chosen = parser.parse_args()
    chosen.store.mkdir(parents=True, exist_ok=True)
    print(json.dumps(asyncio.run(STEPS[chosen.step](chosen.material, chosen.store))))


if __name__ == "__main__":
    main()
