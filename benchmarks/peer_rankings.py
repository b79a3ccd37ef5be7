"""Other retrieval libraries, each as its documentation recommends: one step of one library a process.

Started by ``quality_against_peers.py`` with the Python of an environment that has the library. ``split`` writes the texts that
the library wants embedded; ``rank`` gets their vectors and writes, for every question, the documents that it finds.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

DOCUMENTS = 100
"""In a ranking."""
PIECES = 1_000
"""Looked up to find so many documents."""
WORDS, OVERLAP = 150, 50
"""Of a piece, where a library leaves the splitting to its users: what Haystack's tutorial on hybrid retrieval takes."""

Pieces = list[tuple[str, str]]
"""A document's key and one of its texts."""


class Bm25s:
    """bm25s: Lucene's BM25 over whole documents, English stop words, stemmed."""

    def split(self, documents: Pieces) -> Pieces:
        return documents

    def build(self, pieces: Pieces, vectors: Any) -> None:
        import bm25s
        import Stemmer

        self.module, self.stemmer = bm25s, Stemmer.Stemmer("english")
        self.ids = [key for key, _ in pieces]
        self.index = bm25s.BM25(method="lucene")
        tokens = bm25s.tokenize([text for _, text in pieces], stopwords="en", stemmer=self.stemmer, show_progress=False)
        self.index.index(tokens, show_progress=False)

    def rank(self, text: str, vector: Any) -> list[str]:
        tokens = self.module.tokenize([text], stopwords="en", stemmer=self.stemmer, show_progress=False)
        k = min(PIECES, len(self.ids))
        found, scores = self.index.retrieve(tokens, k=k, show_progress=False)
        return [self.ids[number] for number, score in zip(found[0], scores[0], strict=True) if score > 0]


class Chroma:
    """Chroma's default index (HNSW), by vectors."""

    def split(self, documents: Pieces) -> Pieces:
        return windows(documents)

    def build(self, pieces: Pieces, vectors: Any) -> None:
        import chromadb
        from chromadb.config import Settings

        self.ids = [key for key, _ in pieces]
        client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
        self.collection = client.create_collection("pieces", embedding_function=None)
        for start in range(0, len(pieces), 5_000):
            some = range(start, min(len(pieces), start + 5_000))
            self.collection.add(ids=[str(number) for number in some], embeddings=vectors[start : start + 5_000])

    def rank(self, text: str, vector: Any) -> list[str]:
        found = self.collection.query(query_embeddings=[vector.tolist()], n_results=min(PIECES, len(self.ids)))
        return [self.ids[int(number)] for number in found["ids"][0]]


class Haystack:
    """Haystack's hybrid pipeline: its in-memory BM25 and embedding retrievers, joined by reciprocal ranks."""

    def split(self, documents: Pieces) -> Pieces:
        from haystack import Document
        from haystack.components.preprocessors import DocumentSplitter

        splitter = DocumentSplitter(split_by="word", split_length=WORDS, split_overlap=OVERLAP)
        wrapped = [Document(content=text, meta={"of": key}) for key, text in documents if text.strip()]
        return [(piece.meta["of"], piece.content) for piece in splitter.run(documents=wrapped)["documents"]]

    def build(self, pieces: Pieces, vectors: Any) -> None:
        from haystack import Document
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore(return_embedding=False)
        store.write_documents(
            [
                Document(id=str(number), content=text, embedding=vector.tolist(), meta={"of": key})
                for number, ((key, text), vector) in enumerate(zip(pieces, vectors, strict=True))
            ]
        )
        self.words = InMemoryBM25Retriever(store, top_k=PIECES)
        self.meaning = InMemoryEmbeddingRetriever(store, top_k=PIECES)
        self.joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=PIECES)

    def rank(self, text: str, vector: Any) -> list[str]:
        found = [
            self.words.run(query=text)["documents"],
            self.meaning.run(query_embedding=vector.tolist())["documents"],
        ]
        return [hit.meta["of"] for hit in self.joiner.run(documents=found)["documents"]]


class LlamaIndex:
    """LlamaIndex's hybrid: BM25Retriever and a vector index under QueryFusionRetriever, in the mode that is given."""

    def __init__(self, mode: str) -> None:
        self.mode = mode

    def split(self, documents: Pieces) -> Pieces:
        from llama_index.core.node_parser import SentenceSplitter

        # Its default of 1,024 tokens is longer than the embedder reads.
        splitter = SentenceSplitter(chunk_size=256, chunk_overlap=20)
        return [(key, piece) for key, text in documents for piece in splitter.split_text(text)]

    def build(self, pieces: Pieces, vectors: Any) -> None:
        from llama_index.core import VectorStoreIndex
        from llama_index.core.base.embeddings.base import BaseEmbedding
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever

        known: dict[str, list[float]] = {}

        class Known(BaseEmbedding):
            """Gives the vector of the question that is asked."""

            def _get_query_embedding(self, query: str) -> list[float]:
                return known[query]

            async def _aget_query_embedding(self, query: str) -> list[float]:
                return known[query]

            def _get_text_embedding(self, text: str) -> list[float]:
                return known[text]

        self.known = known
        nodes = [
            TextNode(id_=str(number), text=text, embedding=vector.tolist(), metadata={"of": key},
                     excluded_embed_metadata_keys=["of"], excluded_llm_metadata_keys=["of"])
            for number, ((key, text), vector) in enumerate(zip(pieces, vectors, strict=True))
        ]  # fmt: skip
        depth = min(PIECES, len(nodes))
        index = VectorStoreIndex(nodes, embed_model=Known())
        self.retriever = QueryFusionRetriever(
            [index.as_retriever(similarity_top_k=depth),
             BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=depth)],
            mode=self.mode, num_queries=1, similarity_top_k=depth, use_async=False, llm=MockLLM(),
        )  # fmt: skip

    def rank(self, text: str, vector: Any) -> list[str]:
        self.known[text] = vector.tolist()
        return [hit.node.metadata["of"] for hit in self.retriever.retrieve(text)]


class Txtai:
    """txtai's hybrid index: its BM25 and its vectors, half and half."""

    def split(self, documents: Pieces) -> Pieces:
        return windows(documents)

    def build(self, pieces: Pieces, vectors: Any) -> None:
        from txtai import Embeddings

        self.ids = [key for key, _ in pieces]
        self.known = {text: vector for (_, text), vector in zip(pieces, vectors, strict=True)}

        # A function, because txtai calls anything else without its texts.
        def known_vectors(texts: Sequence[str]) -> Any:
            return np.stack([self.known[text] for text in texts]).astype(np.float32)

        self.index = Embeddings(method="external", transform=known_vectors, hybrid=True, content=False)
        self.index.index([(number, text, None) for number, (_, text) in enumerate(pieces)])

    def rank(self, text: str, vector: Any) -> list[str]:
        self.known[text] = vector
        return [self.ids[int(number)] for number, _ in self.index.search(text, min(PIECES, len(self.ids)))]


SYSTEMS: dict[str, Callable[[], Any]] = {
    "bm25s": Bm25s,
    "chromadb": Chroma,
    "haystack": Haystack,
    "llamaindex-rrf": lambda: LlamaIndex("reciprocal_rerank"),
    "llamaindex-relative": lambda: LlamaIndex("relative_score"),
    "txtai": Txtai,
}


def windows(documents: Pieces) -> Pieces:
    """Cut documents into pieces of `WORDS` words that overlap."""
    pieces: Pieces = []
    for key, text in documents:
        words = text.split()
        starts = range(0, max(1, len(words) - OVERLAP), WORDS - OVERLAP)
        pieces.extend((key, " ".join(words[start : start + WORDS])) for start in starts)
    return pieces


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", choices=["split", "rank"])
    parser.add_argument("system", choices=sorted(SYSTEMS))
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    folder, system = given.folder, SYSTEMS[given.system]()
    pieces_file = folder / f"{given.system}.pieces.json"
    if given.step == "split":
        documents = [tuple(row) for row in json.loads((folder / "documents.json").read_text())]
        pieces_file.write_text(json.dumps(system.split(documents)))
        return
    pieces = [tuple(row) for row in json.loads(pieces_file.read_text())]
    vectors = np.load(folder / f"{given.system}.vectors.npy")
    questions = json.loads((folder / "questions.json").read_text())
    asked = np.load(folder / "questions.npy")
    system.build(pieces, vectors)
    run, seconds = {}, []
    for (key, text), vector in zip(questions, asked, strict=True):
        started = time.perf_counter()
        found = system.rank(text, vector)
        seconds.append(time.perf_counter() - started)
        run[key] = list(dict.fromkeys(found))
    said = {"run": run, "milliseconds": 1000 * float(np.median(seconds))}
    (folder / f"{given.system}.run.json").write_text(json.dumps(said))


if __name__ == "__main__":
    main()
