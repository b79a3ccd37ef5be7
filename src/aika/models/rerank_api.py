"""Reranks by a hosted or self-hosted API of one of the three shapes that have spread: Cohere's, Jina's, or TEI's."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, Field, FiniteFloat, SecretStr, TypeAdapter, ValidationError

from aika.domain.errors import ConfigurationError, PermanentError, TransientError
from aika.domain.queries import Hit, Query
from aika.http import HttpClient, HttpOptions, Response, host_of, open_http
from aika.models.blending import blended
from aika.registry import Options, Surroundings

Shape = Literal["cohere", "jina", "tei"]


class _Relevance(BaseModel):
    index: int
    relevance_score: FiniteFloat


class _Results(BaseModel):
    results: list[_Relevance]


class _Rank(BaseModel):
    index: int
    score: FiniteFloat


_ranks = TypeAdapter(list[_Rank])


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    hosted_at: str | None
    needs_model: bool


_PLACES: dict[Shape, _Place] = {
    "cohere": _Place("/v2/rerank", "https://api.cohere.com", needs_model=True),
    "jina": _Place("/v1/rerank", "https://api.jina.ai", needs_model=True),
    "tei": _Place("/rerank", None, needs_model=False),
}


class ApiReranker:
    """Reranks by an API of Cohere's, Jina's or TEI's shape, hosted or your own."""

    class Options(Options):
        shape: Shape = Field(
            description="``cohere`` (``/v2/rerank``), ``jina`` (``/v1/rerank``: also vLLM, llama.cpp, Infinity), or ``tei`` "
            "(``/rerank``: text-embeddings-inference)."
        )
        base_url: str | None = Field(
            default=None, description="Without the path above. Unset: the provider's own; TEI has none."
        )
        model: str | None = Field(default=None, description="As the server calls it. TEI serves one and needs no name.")
        api_key: SecretStr | None = Field(default=None, description="Best as ``${NAME}``, an environment variable.")
        weight: float = Field(default=0.8, ge=0, le=1, description="Its share; the first stage's scores have the rest.")
        max_chars: int = Field(default=4_000, ge=100, description="Of a passage; the rest is not sent.")
        batch: int = Field(default=32, ge=1, le=1_000, description="Passages a request.")
        concurrency: int = Field(default=8, ge=1, le=64, description="Requests at once.")
        timeout: float = Field(
            default=10, gt=0, description="Seconds. The reranker's own time limit usually comes first."
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, options: "ApiReranker.Options", surroundings: Surroundings) -> AsyncIterator["ApiReranker"]:
        """Check the options. The server is not asked before the first question."""
        place = _PLACES[options.shape]
        base_url = options.base_url or place.hosted_at
        if base_url is None:
            raise ConfigurationError(f"reranker.options.base_url: the shape {options.shape!r} has no usual address")
        if place.needs_model and options.model is None:
            raise ConfigurationError(f"reranker.options.model: the shape {options.shape!r} needs a model's name")
        key = options.api_key
        limits = HttpOptions(
            timeout=options.timeout,
            total_timeout=options.timeout,
            # The stage above decides when the server is asked again; waiting here would only use up its time.
            attempts=1,
            per_host=options.concurrency,
            # The operator wrote this address: it may be one of the own network.
            allowed_hosts=frozenset({host_of(base_url)}),
            headers={} if key is None else {"Authorization": f"Bearer {key.get_secret_value()}"},
        )
        async with open_http(limits) as client:
            yield cls(client, f"{base_url.rstrip('/')}{place.path}", options)

    def __init__(self, client: HttpClient, url: str, options: Options) -> None:
        self._client = client
        self._url = url
        self._options = options

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        """Raise `TransientError` while the server is not available, `PermanentError` where its answer makes no sense."""
        if not hits:
            return []
        texts = [hit.chunk.passage[: self._options.max_chars] for hit in hits]
        size = self._options.batch
        parts = [texts[start : start + size] for start in range(0, len(texts), size)]
        scores = await asyncio.gather(*(self._scores(query.text, part) for part in parts))
        return blended(hits, [score for part in scores for score in part], weight=self._options.weight, k=k)

    async def _scores(self, question: str, texts: Sequence[str]) -> list[float]:
        response = await self._asked(self._body(question, texts))
        try:
            found = self._read(response)
        except ValidationError as error:
            raise PermanentError(
                f"{self._url} did not answer as an API of the shape {self._options.shape!r}"
            ) from error
        if sorted(index for index, _ in found) != list(range(len(texts))):
            raise PermanentError(f"{self._url} answered with {len(found)} scores for {len(texts)} passages")
        return [score for _, score in sorted(found)]

    async def _asked(self, body: dict[str, object]) -> Response:
        try:
            return await self._client.post(self._url, body)
        except TransientError as error:
            if error.retry_after is not None:
                raise
        # Once more: a connection that was kept open may have been closed by the other side meanwhile.
        return await self._client.post(self._url, body)

    def _body(self, question: str, texts: Sequence[str]) -> dict[str, object]:
        match self._options.shape:
            case "tei":
                return {"query": question, "texts": list(texts), "truncate": True}
            case "cohere":
                return {"model": self._options.model, "query": question, "documents": list(texts), "top_n": len(texts)}
            case "jina":
                body = {"model": self._options.model, "query": question, "documents": list(texts)}
                return {**body, "top_n": len(texts), "return_documents": False}

    def _read(self, response: Response) -> list[tuple[int, float]]:
        if self._options.shape == "tei":
            return [(rank.index, rank.score) for rank in _ranks.validate_json(response.content)]
        return [(row.index, row.relevance_score) for row in _Results.model_validate_json(response.content).results]
