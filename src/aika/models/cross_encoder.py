"""Reranks with a cross-encoder from a folder: a model that reads question and passage together and scores the pair.

The folder is as sentence-transformers saves it: ``tokenizer.json``, ``config.json``, and ``model.onnx`` (also in ``onnx/``) or
``model.safetensors``. The model has one output a pair, or two, of which the second speaks for the pair.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnxruntime
from pydantic import Field, ValidationError
from tokenizers import Encoding, Tokenizer

from aika.domain.errors import ConfigurationError, PermanentError
from aika.domain.queries import Hit, Query
from aika.models.artifacts import Recipe, prepared, sha256_of
from aika.models.blending import blended
from aika.models.cores import available_cores
from aika.models.cross_encoder_config import CrossEncoderConfig
from aika.models.encoder import LONGEST_WORD
from aika.models.local_folder import ONNX_FILES, POSITION_OFFSET, WEIGHTS
from aika.models.worker_threads import Workers, open_workers
from aika.registry import Options, Surroundings

QUESTION_SHARE = 0.5
"""Of the tokens: how long a question may be. What a pair has too many of is taken from the passage otherwise."""
FORMAT = 1
"""Counts the ways in which this module has built graphs."""
_KINDS = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


class CrossEncoder:
    """A model of pairs with its tokenizer. Thread-safe; create it with `load_cross_encoder`."""

    def __init__(
        self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer, *, max_tokens: int, padding: int
    ) -> None:
        self._session = session
        # Two: cutting the passage is a setting of the tokenizer, and a question alone has no passage to cut.
        self._alone = Tokenizer.from_str(tokenizer.to_str())
        self._alone.no_truncation()
        self._tokenizer = tokenizer
        self._tokenizer.enable_truncation(max_tokens, strategy="only_second")
        self._max_tokens = max_tokens
        self._padding = padding
        self._kinds = {value.name: _KINDS.get(value.type) for value in session.get_inputs()}

    def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """Return how well each passage answers; higher is better. Computes them all at once."""
        pairs = self._encoded(question, passages)
        width = max(len(pair.ids) for pair in pairs)

        def rows(values: Sequence[Sequence[int]], padding: int) -> npt.NDArray[np.int64]:
            return np.array([[*row, *[padding] * (width - len(row))] for row in values], dtype=np.int64)

        inputs = {
            "input_ids": rows([pair.ids for pair in pairs], self._padding),
            "attention_mask": rows([[1] * len(pair.ids) for pair in pairs], 0),
            "token_type_ids": rows([pair.type_ids for pair in pairs], 0),
        }
        [logits, *_] = self._session.run(None, {name: inputs[name].astype(kind) for name, kind in self._kinds.items()})
        return _relevance(np.asarray(logits, dtype=np.float64), len(passages))

    def _encoded(self, question: str, passages: Sequence[str]) -> list[Encoding]:
        asked = self._shortened(question, int(self._max_tokens * QUESTION_SHARE))
        longest = self._max_tokens * LONGEST_WORD
        return self._tokenizer.encode_batch([(asked, passage[:longest]) for passage in passages])

    def _shortened(self, text: str, tokens: int) -> str:
        offsets = self._alone.encode(text[: tokens * LONGEST_WORD], add_special_tokens=False).offsets
        return text if len(offsets) <= tokens else text[: offsets[tokens - 1][1]]


class CrossEncoderReranker:
    """Reranks with a cross-encoder from a folder, in this process. aika brings none."""

    class Options(Options):
        path: Path = Field(description="The folder with the model.")
        file: str | None = Field(
            default=None, description="The graph in the folder. Unset: ``model.onnx``, ``onnx/model.onnx`` or weights."
        )
        max_tokens: int = Field(
            default=384, ge=32, le=8_192, description="Of question and passage together; the passage's end is left out."
        )
        batch: int = Field(
            default=1, ge=1, le=64, description="Pairs computed at once. On processors more than one gains nothing."
        )
        precision: Literal["fp32", "int8"] = Field(
            default="fp32", description="fp32: the graph as it is. int8: its weights are quantized once, and kept."
        )
        weight: float = Field(default=0.8, ge=0, le=1, description="Its share; the first stage's scores have the rest.")
        threads: int | None = Field(default=None, ge=1, description="Unset: one for each core.")

    @classmethod
    @asynccontextmanager
    async def open(
        cls, options: "CrossEncoderReranker.Options", surroundings: Surroundings
    ) -> AsyncIterator["CrossEncoderReranker"]:
        """Read the folder, and build a graph on the first start. Raises `ConfigurationError` that says what is missing."""
        path = surroundings.base_dir / options.path.expanduser()
        model = await asyncio.to_thread(load_cross_encoder, options, path, surroundings.data_dir / "models")
        with open_workers("rerank", options.threads or available_cores()) as workers:
            yield cls(model, workers, options)

    def __init__(self, model: CrossEncoder, workers: Workers, options: Options) -> None:
        self._model = model
        self._workers = workers
        self._options = options

    async def rerank(self, query: Query, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        """Stops between two batches when it is cancelled."""
        texts = [hit.chunk.passage for hit in hits]
        # Pairs of one length are computed together without padding.
        by_length = sorted(range(len(texts)), key=lambda number: len(texts[number]))
        size = self._options.batch
        batches = [by_length[start : start + size] for start in range(0, len(texts), size)]
        computed = await self._workers.each(
            lambda batch: self._model.scores(query.text, [texts[number] for number in batch]), batches
        )
        scores = {
            number: score
            for batch, own in zip(batches, computed, strict=True)
            for number, score in zip(batch, own, strict=True)
        }
        ordered = [scores[number] for number in range(len(texts))]
        return blended(hits, ordered, weight=self._options.weight, k=k)


def load_cross_encoder(options: CrossEncoderReranker.Options, path: Path, models_dir: Path) -> CrossEncoder:
    """Return the model. Raises `ConfigurationError` where the folder holds none that aika can run."""
    config, tokenizer = _read(path)
    most = config.max_position_embeddings - POSITION_OFFSET.get(config.model_type, 0)
    if options.max_tokens > most:
        raise ConfigurationError(f"reranker.options.max_tokens: {path} reads at most {most} tokens")
    tokenizer.no_padding()
    graph = _graph(options, path, config, models_dir)
    model = CrossEncoder(_session(graph), tokenizer, max_tokens=options.max_tokens, padding=config.pad_token_id or 0)
    # Tried once here: a model that does not score pairs is a mistake in the configuration, not in a question.
    try:
        model.scores("question", ["passage", "another, longer passage"][: options.batch])
    except ConfigurationError:
        raise
    except Exception as error:  # onnxruntime's own errors have no common class but this
        raise ConfigurationError(f"{graph} cannot score a question and a passage: {error}") from error
    return model


def _read(path: Path) -> tuple[CrossEncoderConfig, Tokenizer]:
    if not path.is_dir():
        raise ConfigurationError(f"reranker.options.path: there is no folder {path}")
    try:
        config = CrossEncoderConfig.model_validate_json((path / "config.json").read_bytes())
    except (OSError, ValidationError) as error:
        raise ConfigurationError(f"{path}/config.json cannot be read: {error}") from error
    try:
        return config, Tokenizer.from_file(str(path / "tokenizer.json"))
    except Exception as error:  # tokenizers raises nothing more special
        raise ConfigurationError(f"{path}/tokenizer.json cannot be read: {error}") from error


def _graph(options: CrossEncoderReranker.Options, path: Path, config: CrossEncoderConfig, models_dir: Path) -> Path:
    candidates = (*ONNX_FILES, WEIGHTS) if options.file is None else (options.file,)
    source = next((path / name for name in candidates if (path / name).is_file()), None)
    if source is None:
        raise ConfigurationError(f"{path} has none of {', '.join(candidates)}")
    if source.suffix == ".onnx" and options.precision == "fp32":
        return source
    target = models_dir / f"cross-encoder-r{FORMAT}-{sha256_of(source)[:16]}-{options.precision}"
    name = "model.onnx"

    def build(folder: Path) -> None:
        # Deferred: it imports onnx and its quantizer, which only the first start needs.
        from aika.models.cross_encoder_graph import build_graph

        build_graph(source, config, folder / name, int8=options.precision == "int8")

    return prepared(target.parent, Recipe(target.name, (name,), build)) / name


def _session(graph: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    # The thread that asks computes: see `aika.models.encoder.open_encoder`.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common class but this
        raise PermanentError(f"the model {graph} cannot be run: {error}") from error
    inputs = {value.name: value.type for value in session.get_inputs()}
    unknown = inputs.keys() - {"input_ids", "attention_mask", "token_type_ids"}
    if unknown or not set(inputs.values()) <= _KINDS.keys():
        raise ConfigurationError(f"{graph} wants the inputs {inputs}: it is no model of pairs that aika can run")
    return session


def _relevance(logits: npt.NDArray[np.float64], count: int) -> list[float]:
    rows = logits.reshape(count, -1)
    if rows.shape[1] not in {1, 2}:
        raise ConfigurationError(
            f"the cross-encoder has outputs of shape {logits.shape} for {count} pairs; aika reads one or two a pair"
        )
    if not np.isfinite(rows).all():
        raise PermanentError("the cross-encoder computed no number for a pair")
    scores: list[float] = (rows[:, 0] if rows.shape[1] == 1 else rows[:, 1] - rows[:, 0]).tolist()
    return scores
