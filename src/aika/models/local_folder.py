"""An embedder from a folder: a BERT-like model as sentence-transformers saves it, or its ONNX export.

Needs ``tokenizer.json`` and ``config.json``, and ``model.onnx`` (also in ``onnx/``) or ``model.safetensors``. Weights in
safetensors are rebuilt once into the fused graph of the built-in models.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError
from tokenizers import Tokenizer

from aika.domain.errors import ConfigurationError
from aika.models.artifacts import Recipe, prepared, sha256_of
from aika.models.encoder import Encoder, LocalEmbedder, Pooling, Prefixes, open_encoder, open_local_embedder
from aika.models.precision import Precision, best_precision
from aika.registry import Options, Surroundings

GRAPHS: dict[Precision, str] = {"int8": "int8.onnx", "fp32": "fp32.onnx"}
ONNX_FILES = ("model.onnx", "onnx/model.onnx")
WEIGHTS = "model.safetensors"
POSITION_OFFSET = {"bert": 0, "roberta": 2, "xlm-roberta": 2}
"""By model type: how many positions come before a text's first token. RoBERTa's count from behind the padding's id."""
FORMAT = 1
"""Counts the ways in which this module has built graphs."""


class _Config(BaseModel):
    model_type: str
    hidden_act: str = "gelu"
    num_hidden_layers: int = 0
    num_attention_heads: int = 0
    max_position_embeddings: int = 512
    layer_norm_eps: float = 1e-12
    position_embedding_type: str = "absolute"


class _Pooling(BaseModel):
    pooling_mode_cls_token: bool = False
    pooling_mode_mean_tokens: bool = True


@dataclass(frozen=True, slots=True)
class _Folder:
    path: Path
    config: _Config
    pooling: Pooling
    tokenizer: Tokenizer


class LocalFolderEmbedder:
    """Opens an embedder from a folder."""

    class Options(Options):
        path: Path = Field(description="The folder with the model.")
        max_tokens: int = Field(default=256, ge=16, le=8_192, description="What a text has beyond this is ignored.")
        pooling: Literal["auto", "mean", "cls"] = Field(
            default="auto", description="auto: as the folder says, or mean."
        )
        precision: Literal["auto", "int8", "fp32"] = Field(
            default="auto",
            description="Of a graph made from safetensors. auto: int8 where this processor computes it well.",
        )
        query_prefix: str = ""
        document_prefix: str = ""
        threads: int | None = Field(default=None, ge=1, description="Threads that embed documents. Unset: one a core.")

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: "LocalFolderEmbedder.Options", surroundings: Surroundings
    ) -> AsyncIterator[LocalEmbedder]:
        """Read the folder, and build a graph on the first start. Raises `ConfigurationError` that says what is missing."""
        path = surroundings.base_dir / options.path.expanduser()
        encoder, fingerprint = await asyncio.to_thread(_load, options, path, surroundings.data_dir / "models")
        async with open_local_embedder(
            encoder,
            fingerprint=fingerprint,
            prefixes=Prefixes(options.query_prefix, options.document_prefix),
            threads=options.threads,
        ) as embedder:
            yield embedder


def _load(options: LocalFolderEmbedder.Options, path: Path, models_dir: Path) -> tuple[Encoder, str]:
    folder = _read(options, path)
    if options.max_tokens > folder.config.max_position_embeddings - POSITION_OFFSET.get(folder.config.model_type, 0):
        raise ConfigurationError(
            f"embedder.options.max_tokens: {path} reads at most {folder.config.max_position_embeddings} tokens"
        )
    exported = next((path / name for name in ONNX_FILES if (path / name).is_file()), None)
    source = exported or path / WEIGHTS
    if not source.is_file():
        raise ConfigurationError(f"{path} has none of {', '.join((*ONNX_FILES, WEIGHTS))}")
    content = sha256_of(source)
    parts = (FORMAT, content, sha256_of(path / "tokenizer.json"), folder.pooling, options.max_tokens)
    prefixes = (options.query_prefix, options.document_prefix)
    fingerprint = f"local-{hashlib.sha256(repr((*parts, *prefixes)).encode()).hexdigest()[:16]}"
    if exported is not None:
        return _encoder(folder, exported, options), fingerprint
    return _from_weights(folder, options, models_dir / f"local-r{FORMAT}-{content[:16]}"), fingerprint


def _from_weights(folder: _Folder, options: LocalFolderEmbedder.Options, target: Path) -> Encoder:
    built = prepared(
        target.parent, Recipe(target.name, tuple(GRAPHS.values()), lambda building: _build(folder, building))
    )

    def open_graph(precision: Precision) -> Encoder:
        return _encoder(folder, built / GRAPHS[precision], options)

    return open_graph(best_precision(built, open_graph) if options.precision == "auto" else options.precision)


def _encoder(folder: _Folder, graph: Path, options: LocalFolderEmbedder.Options) -> Encoder:
    return open_encoder(graph, folder.tokenizer, max_tokens=options.max_tokens, pooling=folder.pooling)


def _read(options: LocalFolderEmbedder.Options, path: Path) -> _Folder:
    if not path.is_dir():
        raise ConfigurationError(f"embedder.options.path: there is no folder {path}")
    try:
        config = _Config.model_validate_json((path / "config.json").read_bytes())
        tokenizer: Tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    except (OSError, ValidationError) as error:
        raise ConfigurationError(f"{path}/config.json cannot be read: {error}") from error
    except Exception as error:  # tokenizers raises nothing more special
        raise ConfigurationError(f"{path}/tokenizer.json cannot be read: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return _Folder(path, config, _pooling(path) if options.pooling == "auto" else options.pooling, tokenizer)


def _pooling(path: Path) -> Pooling:
    declared = path / "1_Pooling" / "config.json"
    if not declared.is_file():
        return "mean"
    try:
        pooling = _Pooling.model_validate_json(declared.read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(f"{declared} cannot be read: {error}") from error
    if pooling.pooling_mode_cls_token == pooling.pooling_mode_mean_tokens:
        raise ConfigurationError(f"{declared} asks for a pooling that aika does not know. Set embedder.options.pooling")
    return "cls" if pooling.pooling_mode_cls_token else "mean"


def _build(folder: _Folder, building: Path) -> None:
    # Deferred: they import onnx and its quantizer, which only the first start needs.
    from aika.models.bert_graph import BertShape, write_fused_graph, write_int8_graph
    from aika.models.safetensors import read_safetensors

    config = folder.config
    if (
        config.model_type not in POSITION_OFFSET
        or config.hidden_act != "gelu"
        or config.position_embedding_type != "absolute"
    ):
        raise ConfigurationError(
            f"{folder.path} holds a model of type {config.model_type} ({config.hidden_act}, "
            f"{config.position_embedding_type} positions). From safetensors aika builds "
            f"{', '.join(POSITION_OFFSET)} with gelu and absolute positions; export others to {ONNX_FILES[0]}"
        )
    weights = {
        name.removeprefix("bert.").removeprefix("roberta."): value
        for name, value in read_safetensors(folder.path / WEIGHTS).items()
    }
    positions = "embeddings.position_embeddings.weight"
    if positions in weights:
        weights[positions] = weights[positions][POSITION_OFFSET[config.model_type] :]
    shape = BertShape(config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps)
    write_fused_graph(weights, shape, building / GRAPHS["fp32"])
    write_int8_graph(building / GRAPHS["fp32"], building / GRAPHS["int8"])
