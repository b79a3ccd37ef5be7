"""An embedder through the package ``fastembed``: many models, downloaded from a hub at the first start."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
from pydantic import Field

from aika.domain.errors import ConfigurationError, MissingExtraError
from aika.models.cores import available_cores
from aika.protocols import EmbeddingRole, Matrix
from aika.registry import Options, Surroundings

SLICE = 16
"""Texts at a time: what a question has to wait for at most."""


class FastembedOptions(Options):
    """Which model, and how it is run."""

    model: str = Field(default="BAAI/bge-small-en-v1.5", description="A name of fastembed's list of text models.")
    threads: int | None = Field(default=None, ge=1, description="Unset: one a core.")
    offline: bool = Field(default=False, description="Use only what was downloaded before.")


class FastembedEmbedder:
    """Runs a model of fastembed's list. Open it through the registry, as ``fastembed``."""

    Options = FastembedOptions

    @classmethod
    @asynccontextmanager
    async def open(cls, options: FastembedOptions, surroundings: Surroundings) -> AsyncIterator["FastembedEmbedder"]:
        """Load the model, downloading it into the data directory where it is not there."""
        try:
            from fastembed import TextEmbedding
        except ImportError as error:
            raise MissingExtraError("the embedder 'fastembed'", extra="fastembed") from error

        def load() -> Any:  # fastembed's class, which may be missing
            return TextEmbedding(
                options.model,
                cache_dir=str(surroundings.data_dir / "models" / "fastembed"),
                threads=options.threads or available_cores(),
                local_files_only=options.offline,
            )

        try:
            model = await asyncio.to_thread(load)
        except Exception as error:  # fastembed and its hub client raise many kinds
            raise ConfigurationError(
                f"fastembed cannot load {options.model!r}: {error}. It needs its hub at the first start"
            ) from error
        with ThreadPoolExecutor(1, thread_name_prefix="fastembed") as executor:
            embedder = cls(model, executor, name=options.model)
            embedder.dimensions = (await embedder.embed(["dimensions"], role="query")).shape[1]
            yield embedder

    def __init__(self, model: Any, executor: ThreadPoolExecutor, *, name: str) -> None:
        self.fingerprint = f"fastembed-{name}"
        self.dimensions = 0
        self._model = model
        self._executor = executor

    async def embed(self, texts: Sequence[str], *, role: EmbeddingRole) -> Matrix:
        """Return one unit vector a text, in order."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        loop = asyncio.get_running_loop()
        parts = [list(texts[start : start + SLICE]) for start in range(0, len(texts), SLICE)]
        return np.concatenate([await loop.run_in_executor(self._executor, self._vectors, part, role) for part in parts])

    def _vectors(self, texts: list[str], role: EmbeddingRole) -> Matrix:
        embed = self._model.query_embed if role == "query" else self._model.passage_embed
        vectors = np.array(list(embed(texts)), dtype=np.float32)
        unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit
