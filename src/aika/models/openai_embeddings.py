"""Embeddings from any server that speaks OpenAI's ``/v1/embeddings``: vLLM, TEI, Ollama, llama.cpp, OpenAI itself."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
from pydantic import BaseModel, Field, SecretStr, ValidationError

from aika.domain.errors import ConfigurationError, PermanentError
from aika.http import HttpClient, HttpOptions, host_of, open_http
from aika.models.encoder import Prefixes
from aika.protocols import EmbeddingRole, Matrix
from aika.registry import Options, Surroundings

PROBE = "dimensions"
"""Embedded once at the start, to learn how long the model's vectors are and whether the server answers at all."""
BLANK = " "
"""Sent in place of an empty text, which most servers refuse."""


class _Embedding(BaseModel):
    index: int
    embedding: list[float]


class _Embeddings(BaseModel):
    data: list[_Embedding]


class OpenAiEmbedder:
    """Asks a server. Open it through the registry, as ``openai``."""

    class Options(Options):
        base_url: str = Field(default="https://api.openai.com/v1", description="With its /v1.")
        model: str = Field(description="As the server calls it.")
        api_key: SecretStr | None = Field(default=None, description="Unset: read from the variable api_key_env.")
        api_key_env: str | None = Field(default=None, description="The name of an environment variable with the key.")
        dimensions: int | None = Field(default=None, ge=1, description="Asks for shorter vectors, where a model can.")
        batch: int = Field(default=64, ge=1, le=2_048, description="Texts a request.")
        concurrency: int = Field(default=4, ge=1, le=64, description="Requests at once.")
        max_chars: int = Field(default=24_000, ge=100, description="Of a text; the rest is not sent.")
        query_prefix: str = ""
        document_prefix: str = ""
        timeout: float = Field(default=60, gt=0, description="Seconds.")

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: "OpenAiEmbedder.Options", surroundings: Surroundings
    ) -> AsyncIterator["OpenAiEmbedder"]:
        """Ask for one vector to learn its length. Raises what the server answers where it is not ready."""
        key = _key(options)
        limits = HttpOptions(
            timeout=options.timeout,
            per_host=options.concurrency,
            # The operator wrote this address: it may be one of the own network.
            allowed_hosts=frozenset({host_of(options.base_url)}),
            headers={} if key is None else {"Authorization": f"Bearer {key}"},
        )
        async with open_http(limits) as client:
            embedder = cls(client, options)
            embedder.dimensions = (await embedder.embed([PROBE], role="query")).shape[1]
            yield embedder

    def __init__(self, client: HttpClient, options: Options) -> None:
        self.dimensions = 0
        self.fingerprint = _fingerprint(options)
        self._client = client
        self._options = options
        self._prefixes = Prefixes(options.query_prefix, options.document_prefix)

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        """Return one unit vector a text, in order. Raises `TransientError` while the server is not available."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        prefix = self._prefixes.of(role)
        inputs = [(prefix + text)[: self._options.max_chars].strip() or BLANK for text in texts]
        size = self._options.batch
        parts = [inputs[start : start + size] for start in range(0, len(inputs), size)]
        return np.concatenate(await asyncio.gather(*(self._request(part) for part in parts)))

    async def _request(self, inputs: Sequence[str]) -> Matrix:
        body: dict[str, object] = {"model": self._options.model, "input": list(inputs), "encoding_format": "float"}
        if self._options.dimensions is not None:
            body["dimensions"] = self._options.dimensions
        url = f"{self._options.base_url.rstrip('/')}/embeddings"
        response = await self._client.post(url, body)
        try:
            rows = sorted(_Embeddings.model_validate_json(response.content).data, key=lambda row: row.index)
        except ValidationError as error:
            raise PermanentError(f"{url} did not answer with embeddings in OpenAI's format") from error
        if [row.index for row in rows] != list(range(len(inputs))):
            raise PermanentError(f"{url} answered with {len(rows)} vectors for {len(inputs)} texts")
        return _unit_rows([row.embedding for row in rows], url)


def _unit_rows(rows: Sequence[Sequence[float]], url: str) -> Matrix:
    if len({len(row) for row in rows}) != 1:
        raise PermanentError(f"{url} answered with vectors of different lengths")
    vectors = np.array(rows, dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise PermanentError(f"{url} answered with a vector that has no direction")
    unit: Matrix = vectors / lengths
    return unit


def _key(options: OpenAiEmbedder.Options) -> str | None:
    if options.api_key is not None:
        return options.api_key.get_secret_value()
    if options.api_key_env is None:
        return None
    # The name of the variable is a setting, so the settings cannot have read it.
    key = os.environ.get(options.api_key_env)
    if not key:
        raise ConfigurationError(
            f"embedder.options.api_key_env: the environment variable {options.api_key_env} is not set"
        )
    return key


def _fingerprint(options: OpenAiEmbedder.Options) -> str:
    # Not the address: the same model can move to another server.
    parts = (
        options.model,
        str(options.dimensions),
        str(options.max_chars),
        options.query_prefix,
        options.document_prefix,
    )
    return f"openai-{hashlib.sha256(repr(parts).encode()).hexdigest()[:16]}"
