"""Other engines, doing what aika does: one step of one engine a process, whose result is a line of JSON.

Started by ``against_peers.py`` with the Python of an environment that has ``requirements-peers.txt``. Every engine is used as
its documentation shows, with the index that it recommends at that size, and gets the same chunks, vectors and questions.
Each ranking is 200 chunks deep, as aika's, and ten texts are returned.
"""

import argparse
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from made_material import DEPTH, DIMENSIONS, HITS, Floats, Material, percentiles, resident_mb, windows

LONGEST_SECONDS = 15.0
"""Questions are asked until this time is over, at least ten of them: some engines take seconds for one."""


class System(Protocol):
    """An engine over a folder of its own. What it cannot do raises `NotImplementedError`."""

    def build(self, material: Material) -> None: ...

    def open(self) -> None: ...

    def ingest(self, texts: Iterator[str]) -> None:
        """Take files' texts so that they are found by words."""
        ...

    def add(self, text: str) -> None: ...

    def lexical(self, text: str) -> list[str]: ...

    def dense(self, vector: Sequence[float]) -> list[str]: ...

    def hybrid(self, text: str, vector: Sequence[float]) -> list[str]: ...


class Haystack:
    """InMemoryDocumentStore: BM25 and embedding retriever, joined by reciprocal ranks."""

    def __init__(self, folder: Path) -> None:
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self.file = folder / "haystack.json"
        self.store = InMemoryDocumentStore(return_embedding=False)
        self.retrievers = InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        self.joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=HITS)

    def build(self, material: Material) -> None:
        from haystack import Document

        for _, texts, vectors in material.batches(2_000):
            self.store.write_documents(
                [Document(content=text, embedding=vector.tolist()) for text, vector in zip(texts, vectors, strict=True)]
            )
        self.store.save_to_disk(str(self.file))
        self._connect()

    def open(self) -> None:
        self.store = type(self.store).load_from_disk(str(self.file))
        self._connect()

    def ingest(self, texts: Iterator[str]) -> None:
        from haystack import Document
        from haystack.components.preprocessors import DocumentSplitter
        from haystack.document_stores.types import DuplicatePolicy

        splitter = DocumentSplitter(split_by="word", split_length=180)
        for batch in batched(texts, 1_000):
            pieces = splitter.run(documents=[Document(content=text) for text in batch])["documents"]
            self.store.write_documents(pieces, policy=DuplicatePolicy.SKIP)
        self._connect()

    def add(self, text: str) -> None:
        self.ingest(iter([text]))

    def lexical(self, text: str) -> list[str]:
        return [hit.content for hit in self.by_words.run(query=text)["documents"]]

    def dense(self, vector: Sequence[float]) -> list[str]:
        return [hit.content for hit in self.by_vector.run(query_embedding=list(vector))["documents"]]

    def hybrid(self, text: str, vector: Sequence[float]) -> list[str]:
        found = [
            self.by_words.run(query=text)["documents"],
            self.by_vector.run(query_embedding=list(vector))["documents"],
        ]
        return [hit.content for hit in self.joiner.run(documents=found)["documents"]]

    def _connect(self) -> None:
        words, vectors = self.retrievers
        self.by_words, self.by_vector = words(self.store, top_k=DEPTH), vectors(self.store, top_k=DEPTH)


class Chroma:
    """A persistent collection with its default index (HNSW). It ranks by vectors only."""

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings

        self.client = chromadb.PersistentClient(str(folder / "chroma"), Settings(anonymized_telemetry=False))

    def build(self, material: Material) -> None:
        self.collection = self.client.create_collection("chunks", embedding_function=None)
        for first, texts, vectors in material.batches(2_000):
            ids = [str(first + i) for i in range(len(texts))]
            self.collection.add(ids=ids, documents=texts, embeddings=vectors)

    def open(self) -> None:
        self.collection = self.client.get_collection("chunks", embedding_function=None)

    def dense(self, vector: Sequence[float]) -> list[str]:
        found = self.collection.query(query_embeddings=[list(vector)], n_results=DEPTH)["documents"]
        return (found or [[]])[0][:HITS]

    def ingest(self, texts: Iterator[str]) -> None:
        raise NotImplementedError

    def add(self, text: str) -> None:
        raise NotImplementedError

    def lexical(self, text: str) -> list[str]:
        raise NotImplementedError

    def hybrid(self, text: str, vector: Sequence[float]) -> list[str]:
        raise NotImplementedError


class Lance:
    """A LanceDB table with its own full-text index, and a vector index above 50,000 rows; joined by reciprocal ranks."""

    def __init__(self, folder: Path) -> None:
        import lancedb
        import pyarrow as pa
        from lancedb.rerankers import RRFReranker

        self.database = lancedb.connect(str(folder / "lance"))
        self.reranker = RRFReranker()
        self.table: Any = None
        self.arrow = pa

    def build(self, material: Material) -> None:
        rows = 0
        for _, texts, vectors in material.batches(10_000):
            self._write(self._rows(texts, vectors))
            rows += len(texts)
        self.table.create_fts_index("text")
        if rows >= 50_000:
            # Below, the documentation recommends the exact search.
            self.table.create_index(metric="cosine", index_type="IVF_HNSW_SQ")
        self.table.optimize()

    def open(self) -> None:
        self.table = self.database.open_table("chunks")

    def ingest(self, texts: Iterator[str]) -> None:
        for batch in batched(texts, 5_000):
            pieces = [piece for text in batch for piece in windows(text)]
            self._write(self.arrow.table({"text": pieces}))
        self.table.create_fts_index("text", replace=True)

    def add(self, text: str) -> None:
        self.table.add(self.arrow.table({"text": [text]}))

    def lexical(self, text: str) -> list[str]:
        return self._texts(self.table.search(text, query_type="fts"))

    def dense(self, vector: Sequence[float]) -> list[str]:
        return self._texts(self.table.search(list(vector), query_type="vector").metric("cosine"))

    def hybrid(self, text: str, vector: Sequence[float]) -> list[str]:
        found = self.table.search(query_type="hybrid").vector(list(vector)).text(text).metric("cosine")
        return self._texts(found.rerank(self.reranker))

    def _texts(self, search: Any) -> list[str]:
        return search.limit(DEPTH).to_arrow()["text"].to_pylist()[:HITS]

    def _write(self, rows: Any) -> None:
        if self.table is None:
            self.table = self.database.create_table("chunks", rows)
        else:
            self.table.add(rows)

    def _rows(self, texts: list[str], vectors: Floats) -> Any:
        flat = self.arrow.array(vectors.reshape(-1))
        return self.arrow.table({"text": texts, "vector": self.arrow.FixedSizeListArray.from_arrays(flat, DIMENSIONS)})


class Bm25s:
    """Ranks by words only, over scores computed beforehand; what is added later needs the whole index anew."""

    def __init__(self, folder: Path) -> None:
        import bm25s
        import Stemmer

        self.bm25s, self.folder = bm25s, folder / "bm25s"
        self.stemmer = Stemmer.Stemmer("english")
        self.texts: list[str] = []

    def build(self, material: Material) -> None:
        self._index(list(material.texts()))
        self.index.save(str(self.folder), corpus=self.texts)

    def open(self) -> None:
        self.index = self.bm25s.BM25.load(str(self.folder), load_corpus=True, mmap=True, show_progress=False)
        self.texts = []

    def ingest(self, texts: Iterator[str]) -> None:
        self._index([piece for text in texts for piece in windows(text)])

    def add(self, text: str) -> None:
        self._index([*self.texts, text])

    def lexical(self, text: str) -> list[str]:
        tokens = self._tokens([text])
        found, _ = self.index.retrieve(tokens, corpus=self.texts or None, k=DEPTH, show_progress=False)
        return [hit if isinstance(hit, str) else hit["text"] for hit in found[0][:HITS]]

    def dense(self, vector: Sequence[float]) -> list[str]:
        raise NotImplementedError

    def hybrid(self, text: str, vector: Sequence[float]) -> list[str]:
        raise NotImplementedError

    def _index(self, texts: list[str]) -> None:
        self.texts = texts
        self.index = self.bm25s.BM25()
        self.index.index(self._tokens(texts), show_progress=False)

    def _tokens(self, texts: list[str]) -> Any:
        return self.bm25s.tokenize(texts, stopwords="en", stemmer=self.stemmer, show_progress=False)


SYSTEMS: dict[str, Callable[[Path], System]] = {
    "haystack": Haystack, "chromadb": Chroma, "lancedb": Lance, "bm25s": Bm25s,
}  # fmt: skip


def batched(items: Iterator[str], size: int) -> Iterator[list[str]]:
    batch: list[str] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def build(system: System, material: Material) -> dict[str, Any]:
    started = time.perf_counter()
    system.build(material)
    return {"build_s": time.perf_counter() - started}


def search(system: System, material: Material) -> dict[str, Any]:
    """Open what was built and ask: milliseconds, and the memory after it."""
    system.open()
    questions, vectors = material.questions(), material.question_vectors().tolist()
    calls: dict[str, Callable[[int], object]] = {
        "lexical": lambda number: system.lexical(questions[number]),
        "dense": lambda number: system.dense(vectors[number]),
        "whole": lambda number: system.hybrid(questions[number], vectors[number]),
    }
    measured = {name: asked(call, len(questions)) for name, call in calls.items()}
    return {**measured, "rss": resident_mb()}


def asked(call: Callable[[int], object], count: int) -> tuple[float, float] | None:
    try:
        for number in range(min(3, count)):
            call(number)
    except NotImplementedError:
        return None
    taken: list[float] = []
    for number in range(count):
        started = time.perf_counter()
        call(number)
        taken.append(time.perf_counter() - started)
        if sum(taken) > LONGEST_SECONDS and number >= 10:
            break
    return percentiles(taken)


def first(system: System, material: Material) -> dict[str, Any]:
    """Open and ask one question; the caller takes the time of the whole process."""
    system.open()
    text, vector = material.questions()[0], material.question_vectors()[0].tolist()
    for call in (lambda: system.hybrid(text, vector), lambda: system.lexical(text), lambda: system.dense(vector)):
        try:
            assert call()
            break
        except NotImplementedError:
            continue
    return {}


def files(system: System, folder: Path) -> dict[str, Any]:
    """Read a folder, then one file more, then the folder again."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md")))
    try:
        started = time.perf_counter()
        system.ingest(texts)
        system.lexical("release notes")
        ingest = time.perf_counter() - started
    except NotImplementedError:
        return {}
    taken = []
    for number in range(3):
        word = f"zq{uuid.uuid4().hex[:10]}"
        started = time.perf_counter()
        system.add(f"# Note {number}\n\nThe word is {word}.\n")
        assert any(word in hit for hit in system.lexical(word))
        taken.append(time.perf_counter() - started)
    return {"ingest_s": ingest, "findable_s": sorted(taken)[1], "rss": resident_mb()}


def again(system: System, folder: Path) -> dict[str, Any]:
    """Read a folder twice; only an engine that recognizes what it has can gain by it."""
    if not isinstance(system, Haystack):
        return {}
    system.ingest(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md")))
    started = time.perf_counter()
    system.ingest(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md")))
    return {"again_s": time.perf_counter() - started}


STEPS: dict[str, Callable[[System, Any], dict[str, Any]]] = {
    "build": lambda system, path: build(system, Material(path)),
    "search": lambda system, path: search(system, Material(path)),
    "first": lambda system, path: first(system, Material(path)),
    "files": files,
    "again": again,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("system", choices=SYSTEMS)
    parser.add_argument("step", choices=STEPS)
    parser.add_argument("material", type=Path)
    parser.add_argument("store", type=Path)
    chosen = parser.parse_args()
    chosen.store.mkdir(parents=True, exist_ok=True)
    system = SYSTEMS[chosen.system](chosen.store)
    sys.stdout.write(json.dumps(STEPS[chosen.step](system, chosen.material)) + "\n")


if __name__ == "__main__":
    main()
