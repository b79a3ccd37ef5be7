"""An embedder from a folder: a tiny model with random weights, made here, in both of the forms that are read."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio

from aika.domain.errors import ConfigurationError
from aika.models.bert_graph import BertShape, write_fused_graph
from aika.models.encoder import LocalEmbedder
from aika.models.safetensors import read_safetensors
from aika.models.wordpiece import bert_uncased_tokenizer
from aika.registry import Surroundings, open_component
from aika.testing.contracts.embedder import EmbedderContract

WIDTH, INNER, LAYERS, HEADS, POSITIONS = 32, 64, 2, 4, 128
CONFIG = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "max_position_embeddings": POSITIONS,
}


def make_weights() -> dict[str, np.ndarray]:
    random = np.random.default_rng(7)
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (30_522, WIDTH),
        "embeddings.position_embeddings.weight": (POSITIONS, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
    }
    square = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense")
    for layer in range(LAYERS):
        names = {f"encoder.layer.{layer}.{name}": (WIDTH, WIDTH) for name in square}
        names[f"encoder.layer.{layer}.intermediate.dense"] = (INNER, WIDTH)
        names[f"encoder.layer.{layer}.output.dense"] = (WIDTH, INNER)
        for name, shape in names.items():
            shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    weights = {name: random.normal(0, 0.1, shape).astype(np.float32) for name, shape in shapes.items()}
    norms = ["embeddings", *(f"encoder.layer.{n}.{p}output" for n in range(LAYERS) for p in ("attention.", ""))]
    for norm in norms:
        weights[f"{norm}.LayerNorm.weight"] = np.ones(WIDTH, np.float32)
        weights[f"{norm}.LayerNorm.bias"] = np.zeros(WIDTH, np.float32)
    return weights


def safetensors(tensors: dict[str, np.ndarray]) -> bytes:
    names = {np.dtype("float32"): "F32", np.dtype("float16"): "F16", np.dtype("uint16"): "BF16"}
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, value in tensors.items():
        place = [len(data), len(data) + value.nbytes]
        header[name] = {"dtype": names[value.dtype], "shape": list(value.shape), "data_offsets": place}
        data += value.tobytes()
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def write_folder(folder: Path, *, pooling: str | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    bert_uncased_tokenizer().save(str(folder / "tokenizer.json"))
    if pooling is not None:
        (folder / "1_Pooling").mkdir()
        modes = {f"pooling_mode_{name}": name.startswith(pooling) for name in ("cls_token", "mean_tokens")}
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(modes), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def weights_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_folder(tmp_path_factory.mktemp("local") / "weights")
    (folder / "model.safetensors").write_bytes(
        safetensors({f"bert.{name}": value for name, value in make_weights().items()})
    )
    return folder


@pytest.fixture(scope="session")
def onnx_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_folder(tmp_path_factory.mktemp("local") / "onnx", pooling="cls")
    write_fused_graph(make_weights(), BertShape(LAYERS, HEADS), folder / "model.onnx")
    return folder


class TestFromWeights(EmbedderContract):
    @pytest_asyncio.fixture
    async def embedder(self, weights_folder: Path, surroundings: Surroundings) -> AsyncIterator[LocalEmbedder]:
        options = {"path": str(weights_folder), "max_tokens": 64, "precision": "int8"}
        async with open_component("embedders", "local", options, surroundings) as opened:
            yield opened


class TestFromOnnx(EmbedderContract):
    @pytest_asyncio.fixture
    async def embedder(self, onnx_folder: Path, surroundings: Surroundings) -> AsyncIterator[LocalEmbedder]:
        options = {"path": str(onnx_folder), "max_tokens": 64, "pooling": "mean"}
        async with open_component("embedders", "local", options, surroundings) as opened:
            yield opened


async def vectors(surroundings: Surroundings, **options: Any) -> np.ndarray:
    async with open_component("embedders", "local", options, surroundings) as embedder:
        return await embedder.embed(["the ferry leaves", "refunds take a week"], role="document")


async def test_both_forms_of_a_model_give_the_same_vectors(
    weights_folder: Path, onnx_folder: Path, surroundings: Surroundings
) -> None:
    options: dict[str, Any] = {"max_tokens": 64, "pooling": "mean"}

    rebuilt = await vectors(surroundings, path=str(weights_folder), precision="fp32", **options)
    exported = await vectors(surroundings, path=str(onnx_folder), **options)

    assert np.allclose(rebuilt, exported, atol=1e-5)


async def test_the_folders_own_pooling_is_used(onnx_folder: Path, surroundings: Surroundings) -> None:
    as_declared = await vectors(surroundings, path=str(onnx_folder), max_tokens=64)
    first_token = await vectors(surroundings, path=str(onnx_folder), max_tokens=64, pooling="cls")
    mean = await vectors(surroundings, path=str(onnx_folder), max_tokens=64, pooling="mean")

    assert np.allclose(as_declared, first_token)
    assert not np.allclose(as_declared, mean, atol=1e-2)


async def test_a_relative_path_starts_at_the_settings_folder(empty_surroundings: Surroundings) -> None:
    folder = write_folder(empty_surroundings.base_dir / "model")
    write_fused_graph(make_weights(), BertShape(LAYERS, HEADS), folder / "model.onnx")

    assert (await vectors(empty_surroundings, path="model", max_tokens=64)).shape == (2, WIDTH)


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"config.json": None}, "config.json cannot be read"),
        ({"tokenizer.json": b"{"}, "tokenizer.json cannot be read"),
        ({}, "has none of model.onnx"),
        ({"model.onnx": b"no graph"}, "cannot be run"),
        ({"model.safetensors": b"\xff" * 40}, "not a safetensors file"),
        ({"model.safetensors": safetensors({"x": np.zeros(3, np.float32)})}, "has no weights called"),
        (
            {"config.json": json.dumps(CONFIG | {"model_type": "t5"}).encode(), "model.safetensors": b"12345678"},
            "type t5",
        ),
    ],
)
async def test_what_is_wrong_with_a_folder_is_said(
    empty_surroundings: Surroundings, broken: dict[str, bytes | None], words: str
) -> None:
    folder = write_folder(empty_surroundings.base_dir / "model")
    for name, content in broken.items():
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)

    with pytest.raises(Exception, match=words) as caught:
        await vectors(empty_surroundings, path="model", max_tokens=64)

    assert type(caught.value).__module__ == "aika.domain.errors"


async def test_more_tokens_than_the_model_has_positions_is_refused(
    weights_folder: Path, surroundings: Surroundings
) -> None:
    with pytest.raises(ConfigurationError, match="at most 128 tokens"):
        await vectors(surroundings, path=str(weights_folder), max_tokens=256)


def test_short_number_types_are_read(tmp_path: Path) -> None:
    numbers = np.array([[1.5, -2.0], [0.25, 3.0]], np.float32)
    upper_halves = (numbers.view(np.uint32) >> 16).astype(np.uint16)
    (tmp_path / "x").write_bytes(safetensors({"half": numbers.astype(np.float16), "brain": upper_halves}))

    tensors = read_safetensors(tmp_path / "x")

    assert tensors["half"].tolist() == tensors["brain"].tolist() == numbers.tolist()
