"""Reranks by late interaction: each word of the question looks for its best match among the words of a passage.

MaxSim of Khattab and Zaharia (ColBERT, SIGIR 2020) over the token vectors of the bundled embedder, which was not trained for
it. Token vectors are computed on demand, kept as int8 and forgotten when there are too many.
"""

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from aika.domain.queries import Hit, Query
from aika.models.blending import blended
from aika.models.cores import available_cores
from aika.models.encoder import Encoder
from aika.models.minilm import MiniLmEmbedder, load_encoder
from aika.models.worker_threads import Workers, open_workers
from aika.protocols import Analyzer, Matrix
from aika.registry import Options, Surroundings

_LARGEST = 127
_BYTES_BESIDE = 200
"""What an entry of the cache takes beside its numbers, roughly."""


@dataclass(frozen=True, slots=True)
class CompactVectors:
    """Unit vectors of a passage's tokens, in a quarter of the space."""

    values: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]

    @classmethod
    def of(cls, vectors: Matrix) -> "CompactVectors":
        scales = np.abs(vectors).max(axis=1, keepdims=True, initial=1e-9) / _LARGEST
        return cls(np.round(vectors / scales).astype(np.int8), scales[:, 0].astype(np.float32))

    @property
    def bytes(self) -> int:
        return self.values.nbytes + self.scales.nbytes + _BYTES_BESIDE

    def best_matches(self, question: Matrix) -> npt.NDArray[np.float32]:
        """Return for each token of the question the cosine of the nearest token; 0 where the passage has none."""
        # Not ``@``: for matrices this small the threads of BLAS wait for one another longer than they compute, on a busy
        # machine six hundred times as long.
        products = np.einsum("qd,td->qt", question, self.values.astype(np.float32))
        similarities: npt.NDArray[np.float32] = products * self.scales
        best: npt.NDArray[np.float32] = similarities.max(axis=1, initial=0.0)
        return best


class VectorCache:
    """Keeps what was used last, up to so many bytes. Thread-safe."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._entries: OrderedDict[bytes, CompactVectors] = OrderedDict()
        self._lock = threading.Lock()
        self.bytes = 0

    def get(self, key: bytes) -> CompactVectors | None:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: bytes, vectors: CompactVectors) -> None:
        with self._lock:
            if key in self._entries:
                return
            self._entries[key] = vectors
            self.bytes += vectors.bytes
            while self.bytes > self._most_bytes:
                self.bytes -= self._entries.popitem(last=False)[1].bytes


class LateInteractionReranker:
    """Reranks by the bundled embedder's token vectors: no download, no key, one computation a passage it does not know."""

    class Options(Options):
        weight: float = Field(default=0.3, ge=0, le=1, description="Its share; the first stage's scores have the rest.")
        max_tokens: int = Field(default=256, ge=16, le=512, description="What a passage has beyond this is ignored.")
        cache_mb: int = Field(
            default=256, ge=0, description="For token vectors of passages: about 16 passages of 160 tokens a megabyte."
        )
        threads: int | None = Field(default=None, ge=1, description="Unset: one for each core.")
        precision: Literal["auto", "int8", "fp32"] = Field(
            default="auto", description="auto: int8 where this processor computes it well, as checked once."
        )

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: "LateInteractionReranker.Options", surroundings: Surroundings
    ) -> AsyncIterator["LateInteractionReranker"]:
        """Open the encoder, whose graphs are built on the first start."""
        model = MiniLmEmbedder.Options(max_tokens=options.max_tokens, precision=options.precision)
        encoder = await asyncio.to_thread(load_encoder, model, surroundings.data_dir / "models")
        with open_workers("rerank", options.threads or available_cores()) as workers:
            yield cls(encoder, surroundings.analyzer, workers, options)

    def __init__(self, encoder: Encoder, analyzer: Analyzer, workers: Workers, options: Options) -> None:
        self._encoder = encoder
        self._analyzer = analyzer
        self._workers = workers
        self._options = options
        self.cache = VectorCache(options.cache_mb * 1_000_000)

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        """Return the hits by mixed scores. What was computed before it was cancelled is kept for the next time."""
        if not hits:
            return []
        [question] = await self._workers.each(self._question, [query.text])
        scores = await self._workers.each(lambda hit: self._score(question, hit.chunk.passage), hits)
        return blended(hits, scores, weight=self._options.weight, k=k)

    def _question(self, text: str) -> Matrix:
        """Return the vectors of the tokens that say something; of all, where none does."""
        vectors = self._encoder.token_vectors(text)
        tokens = self._encoder.tokens(text)
        telling = [bool(self._analyzer.terms(token.removeprefix("##"))) for token in tokens]
        return vectors[telling] if any(telling) else vectors

    def _score(self, question: Matrix, passage: str) -> float:
        if not len(question):
            return 0.0
        key = hashlib.blake2b(passage.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        vectors = self.cache.get(key)
        if vectors is None:
            vectors = CompactVectors.of(self._encoder.token_vectors(passage))
            self.cache.put(key, vectors)
        return float(vectors.best_matches(question).mean())
