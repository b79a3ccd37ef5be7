"""Wrappers that trace how evidence is found."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext

from aika.domain.queries import Candidate, Hit, Query, Retrieval
from aika.protocols import Embedder, EmbeddingRole, Matrix, Ranker, Reranker, Retriever, Rewriter
from aika.telemetry import names
from aika.telemetry.stages import Recorder

_TRACED_BY_WRAPPERS = frozenset({"rewrite", "rerank"})
"""Stages of the pipeline whose components are wrapped, and say more than that time passed."""


class StageObserver:
    """Makes spans of the pipeline's own stages: what is no component that could be wrapped, such as fusion."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def __call__(self, stage: str) -> AbstractContextManager[object]:
        return nullcontext() if stage in _TRACED_BY_WRAPPERS else self._recorder.stage(stage)


class TracedRetriever:
    """Makes a span of the whole of retrieval."""

    def __init__(self, inner: Retriever, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        with self._recorder.stage("retrieve", attributes={names.K: k}) as stage:
            stage.set_content(names.QUESTION, query.text)
            if query.assistant is not None:
                stage.set(names.ASSISTANT, query.assistant.id)
            retrieval = await self._inner.retrieve(query, k=k)
            stage.set(names.HITS, len(retrieval.hits))
            stage.set(names.HIT_CHUNKS, [hit.chunk.id for hit in retrieval.hits])
            stage.set(names.NOTES, len(retrieval.notes))
            stage.set_content(names.HIT_TITLES, [hit.chunk.document.title for hit in retrieval.hits])
            return retrieval


class TracedRewriter:
    """Makes a span of rewriting."""

    def __init__(self, inner: Rewriter, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def rewrite(self, query: Query) -> str:
        with self._recorder.stage("rewrite", attributes={names.HISTORY_MESSAGES: len(query.history)}) as stage:
            rewritten = await self._inner.rewrite(query)
            stage.set(names.REWRITTEN, rewritten != query.text)
            stage.set_content(names.QUESTION_REWRITTEN, rewritten)
            return rewritten


class TracedRanker:
    """Makes a span of one ranking, named after it."""

    def __init__(self, inner: Ranker, recorder: Recorder) -> None:
        self.name = inner.name
        self._inner = inner
        self._recorder = recorder

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        with self._recorder.stage(f"rank {self.name}", attributes={names.K: k}) as stage:
            ranking = await self._inner.rank(query, k=k)
            stage.set(names.CANDIDATES, len(ranking))
            return ranking


class TracedReranker:
    """Makes a span of the second stage."""

    def __init__(self, inner: Reranker, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        with self._recorder.stage("rerank", attributes={names.CANDIDATES: len(hits), names.K: k}) as stage:
            reranked = await self._inner.rerank(query, hits, k=k)
            stage.set(names.HITS, len(reranked))
            return reranked


class TracedEmbedder:
    """Makes a span of every call to an embedder. It has the protocol's powers and no optional ones."""

    def __init__(self, inner: Embedder, recorder: Recorder) -> None:
        self.fingerprint = inner.fingerprint
        self.dimensions = inner.dimensions
        self._inner = inner
        self._recorder = recorder

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        with self._recorder.stage("embed", attributes={names.TEXTS: len(texts), names.ROLE: role}):
            return await self._inner.embed(texts, role=role)
