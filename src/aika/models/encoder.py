"""Runs a BERT-like encoder in this process: texts in, vectors out.

Each text is one task of one thread, alone in its batch. That is as fast as larger batches on processors (measured: no gain
from 2 to 32 texts), uses every core for many texts, gives a text the same vector whatever is embedded beside it (quantized
activations are scaled by batch), and leaves nothing long for a question to wait behind.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from aika.domain.errors import PermanentError
from aika.models.cores import available_cores
from aika.models.worker_threads import stand_back
from aika.protocols import EmbeddingRole, Matrix, Vector

Result = TypeVar("Result")
Pooling = Literal["mean", "cls"]
"""How token vectors become a text's: their mean, or the first one's."""

QUERY_THREADS = 2
LONGEST_WORD = 100
"""Characters a token, at most, that a text is cut to before it is tokenized."""


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What a model wants before texts of each role."""

    query: str = ""
    document: str = ""

    def of(self, role: EmbeddingRole) -> str:
        return self.query if role == "query" else self.document


NO_PREFIXES = Prefixes()


class Encoder:
    """A transformer with its tokenizer. Thread-safe; create it with `open_encoder`."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        tokenizer: Tokenizer,
        *,
        max_tokens: int,
        pooling: Pooling = "mean",
    ) -> None:
        self._session = session
        self._pooling = pooling
        self._inputs = {value.name for value in session.get_inputs()}
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        self.dimensions = len(self.vector(""))

    def vector(self, text: str) -> Vector:
        """Return the mean of the token vectors, marks at start and end included, or the first; scaled to length 1."""
        states = self._states(self._ids(text))
        return _unit(states[0] if self._pooling == "cls" else states.mean(axis=0))

    def token_vectors(self, text: str) -> Matrix:
        """Return a unit vector for each token of the text, marks at start and end excluded."""
        return _unit(self._states(self._ids(text))[1:-1])

    def tokens(self, text: str) -> list[str]:
        """Return the tokens that `token_vectors` has vectors of, as the vocabulary spells them."""
        return [self._tokenizer.id_to_token(number) or "" for number in self._ids(text)[1:-1]]

    def _ids(self, text: str) -> list[int]:
        ids = self._tokenizer.encode(text[: self._max_tokens * LONGEST_WORD]).ids
        if not ids:
            return [0]  # an empty text, from a tokenizer that adds no marks
        # The last token is the mark that ends a text; it stays when the text is cut.
        return ids if len(ids) <= self._max_tokens else [*ids[: self._max_tokens - 1], ids[-1]]

    def _states(self, ids: list[int]) -> npt.NDArray[np.float32]:
        row = np.array([ids], dtype=np.int64)
        values = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        states: npt.NDArray[np.float32] = self._session.run(None, {name: values[name] for name in self._inputs})[0][0]
        return states


def open_encoder(graph: Path, tokenizer: Tokenizer, *, max_tokens: int, pooling: Pooling = "mean") -> Encoder:
    """Load a graph whose first output is token states. Raises `PermanentError` where onnxruntime cannot run it."""
    options = onnxruntime.SessionOptions()
    # The thread that asks computes. A pool of the session's own would make two cores share one text, which is slower
    # than two texts side by side, and would spin when idle.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return Encoder(session, tokenizer, max_tokens=max_tokens, pooling=pooling)
    except Exception as error:  # onnxruntime's own errors have no common class but this
        raise PermanentError(f"the model {graph} cannot be run: {error}") from error


class TokenEmbedder(Protocol):
    """An embedder that also tells the vectors of single tokens, for late interaction."""

    async def embed_tokens(self, texts: Sequence[str], *, role: EmbeddingRole) -> list[Matrix]:
        """Return for each text the unit vectors of its tokens, in order. Of an empty text there are none."""
        ...


class LocalEmbedder:
    """Embeds in this process, on threads of its own. Create it with `open_local_embedder`."""

    def __init__(self, encoder: Encoder, *, fingerprint: str, prefixes: Prefixes, pools: "_Pools") -> None:
        self.fingerprint = fingerprint
        self.dimensions = encoder.dimensions
        self._encoder = encoder
        self._prefixes = prefixes
        self._pools = pools

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        """Return one unit vector a text, in order. What a text has beyond the model's length is ignored."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        return np.stack(await self._each(self._encoder.vector, texts, role))

    async def embed_tokens(self, texts: Sequence[str], *, role: EmbeddingRole) -> list[Matrix]:
        """Return for each text the unit vectors of its tokens, in order, the role's prefix included."""
        return await self._each(self._encoder.token_vectors, texts, role)

    async def _each(self, compute: Callable[[str], Result], texts: Sequence[str], role: EmbeddingRole) -> list[Result]:
        loop = asyncio.get_running_loop()
        pool, prefix = self._pools.of(role, len(texts)), self._prefixes.of(role)
        remaining = iter(enumerate(texts))
        results: dict[int, Result] = {}

        # A call has a few texts in the pool's queue, never all: calls take turns, and a cancelled one stops at once.
        async def work() -> None:
            for position, text in remaining:
                results[position] = await loop.run_in_executor(pool.executor, compute, prefix + text)

        await asyncio.gather(*(work() for _ in range(min(len(texts), 2 * pool.threads))))
        return [results[position] for position in range(len(texts))]


@asynccontextmanager
async def open_local_embedder(
    encoder: Encoder, *, fingerprint: str, prefixes: Prefixes = NO_PREFIXES, threads: int | None = None
) -> AsyncIterator[LocalEmbedder]:
    """Open an embedder with threads of its own: ``threads`` for documents, or one a core; two more for queries."""
    with (
        _Pool("embed-query", QUERY_THREADS) as question,
        _Pool("embed-compared", QUERY_THREADS, initializer=stand_back) as compared,
        _Pool("embed-document", threads or available_cores(), initializer=stand_back) as documents,
    ):
        pools = _Pools(question, compared, documents)
        yield LocalEmbedder(encoder, fingerprint=fingerprint, prefixes=prefixes, pools=pools)


@dataclass(frozen=True, slots=True)
class _Pools:
    question: "_Pool"
    compared: "_Pool"
    documents: "_Pool"

    def of(self, role: EmbeddingRole, count: int) -> "_Pool":
        """Return the threads for a call: a question comes alone, and everything waits for it."""
        if role == "document":
            return self.documents
        return self.question if count == 1 else self.compared


class _Pool:
    def __init__(self, name: str, threads: int, *, initializer: Callable[[], None] | None = None) -> None:
        self.threads = threads
        self.executor = ThreadPoolExecutor(threads, thread_name_prefix=name, initializer=initializer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # What runs is one text a thread: waiting for it is short, and nothing computes after the embedder is closed.
        self.executor.shutdown(wait=True, cancel_futures=True)


def _unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    unit: npt.NDArray[np.float32] = rows / np.linalg.norm(rows, axis=-1, keepdims=True)
    return unit
