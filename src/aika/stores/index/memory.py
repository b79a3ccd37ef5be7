"""The index in memory: exact, dependent on nothing, gone with the process. For tests, and for a few thousand documents.

What it finds is the reference for the other engines.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aika import registry
from aika.domain.access import Scope
from aika.domain.documents import Chunk, Document
from aika.domain.errors import ConflictError
from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Candidate
from aika.protocols import Analyzer, Index, IndexPosition, Matrix, Vector
from aika.stores.index.bm25 import TermWeights, inverse_document_frequency, weigh_chunk, weigh_question
from aika.stores.index.filters import FINGERPRINT
from aika.stores.index.generations import Generations, check_generation, check_vectors

Scores = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]


class MemoryEngine:
    """Keeps indexes in memory."""

    class Options(registry.Options):
        pass

    @classmethod
    @asynccontextmanager
    async def open(cls, _options: Options, surroundings: registry.Surroundings) -> AsyncIterator["MemoryShelf"]:
        yield MemoryShelf(surroundings.analyzer)


class MemoryShelf:
    """Keeps its indexes as long as it lives, open or not."""

    fingerprint = FINGERPRINT

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._indexes: dict[str, MemoryIndex] = {}
        self._open = Generations()

    def open(self, generation: str, *, dimensions: int) -> AbstractAsyncContextManager[Index]:
        check_generation(generation)
        return self._opened(generation, dimensions)

    async def generations(self) -> set[str]:
        return set(self._indexes)

    async def drop(self, generation: str) -> None:
        self._open.refuse(generation, to="drop")
        self._indexes.pop(generation, None)

    @asynccontextmanager
    async def _opened(self, generation: str, dimensions: int) -> AsyncIterator[Index]:
        with self._open.opened(generation):
            index = self._indexes.setdefault(generation, MemoryIndex(self._analyzer, dimensions))
            if index.dimensions != dimensions:
                raise ConflictError(
                    f"the index generation {generation!r} holds vectors of {index.dimensions} dimensions, not of "
                    f"{dimensions}: build a new generation"
                )
            yield index


@dataclass(frozen=True, slots=True)
class _Row:
    chunk: ChunkId
    document: DocumentId
    weights: TermWeights


class MemoryIndex:
    """An inverted index and a matrix."""

    def __init__(self, analyzer: Analyzer, dimensions: int) -> None:
        self.dimensions = dimensions
        self._analyzer = analyzer
        self._position = IndexPosition()
        self._rows: dict[int, _Row] = {}
        self._rows_of: dict[DocumentId, list[int]] = {}
        self._free: list[int] = []
        self._postings: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self._documents: dict[DocumentId, Document] = {}
        self._vectors = np.zeros((0, dimensions), dtype=np.float32)
        self._embedded = np.zeros(0, dtype=bool)
        self._findable_chunks = 0

    async def replace(self, document: DocumentId, chunks: Sequence[Chunk], vectors: Matrix | None) -> None:
        await self.replace_many([(document, chunks, vectors)])

    async def replace_many(self, documents: Sequence[tuple[DocumentId, Sequence[Chunk], Matrix | None]]) -> None:
        for _, chunks, vectors in documents:
            check_vectors(chunks, vectors, self.dimensions)
        for document, chunks, vectors in documents:
            self._remove(document)
            self._documents.update({chunk.document.id: chunk.document for chunk in chunks})
            self._rows_of[document] = [
                self._add(chunk, None if vectors is None else vectors[i]) for i, chunk in enumerate(chunks)
            ]

    async def remove(self, ids: Collection[DocumentId]) -> None:
        for document in ids:
            self._remove(document)

    async def search_text(self, text: str, *, k: int, scope: Scope) -> list[Candidate]:
        scores: Scores = np.zeros(len(self._embedded))
        query = weigh_question(text, self._analyzer)
        for term, weight in zip(query.indices, query.values, strict=True):
            postings = self._postings.get(term, {})
            idf = inverse_document_frequency(self._findable_chunks, len(postings))
            rows = np.fromiter(postings.keys(), dtype=np.int64, count=len(postings))
            scores[rows] += weight * idf * np.fromiter(postings.values(), dtype=np.float64, count=len(postings))
        return self._best(np.flatnonzero(scores > 0), scores, k=k, scope=scope)

    async def search_vector(self, vector: Vector, *, k: int, scope: Scope) -> list[Candidate]:
        # Rounded, because the same vector in another row can differ in the last bit, and would not tie.
        scores: Scores = (self._vectors @ vector).astype(np.float64).round(6)
        return self._best(np.flatnonzero(self._embedded), scores, k=k, scope=scope)

    async def count(self) -> int:
        return len(self._rows)

    async def checkpoint(self, position: IndexPosition) -> None:
        self._position = position

    async def position(self) -> IndexPosition:
        return self._position

    def _best(self, rows: Rows, scores: Scores, *, k: int, scope: Scope) -> list[Candidate]:
        found = [(row, self._rows[row]) for row in rows.tolist()]
        admitted = {id_ for id_ in {row.document for _, row in found} if scope.admits(self._documents[id_])}
        candidates = (
            Candidate(row.chunk, row.document, float(scores[number]))
            for number, row in found
            if row.document in admitted
        )
        return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.chunk))[:k]

    def _add(self, chunk: Chunk, vector: Vector | None) -> int:
        number = self._free.pop() if self._free else self._grown()
        weights = weigh_chunk(chunk, self._analyzer)
        self._rows[number] = _Row(chunk.id, chunk.document.id, weights)
        for term, weight in zip(weights.indices, weights.values, strict=True):
            self._postings[term][number] = weight
        self._findable_chunks += bool(weights.indices)
        self._embedded[number] = vector is not None
        if vector is not None:
            self._vectors[number] = vector
        return number

    def _remove(self, document: DocumentId) -> None:
        self._documents.pop(document, None)
        for number in self._rows_of.pop(document, []):
            weights = self._rows.pop(number).weights
            self._forget_terms(number, weights.indices)
            self._findable_chunks -= bool(weights.indices)
            self._embedded[number] = False
            self._free.append(number)

    def _forget_terms(self, number: int, terms: Iterable[int]) -> None:
        for term in terms:
            del self._postings[term][number]
            if not self._postings[term]:
                del self._postings[term]

    def _grown(self) -> int:
        """Make room, doubling it, and return the first free row."""
        size = len(self._embedded)
        more = max(64, size)
        self._embedded = np.concatenate([self._embedded, np.zeros(more, dtype=bool)])
        self._vectors = np.concatenate([self._vectors, np.zeros((more, self.dimensions), dtype=np.float32)])
        self._free.extend(range(size + more - 1, size, -1))
        return size
