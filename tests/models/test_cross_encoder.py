"""A cross-encoder from a folder: tiny models made here, one whose scores are known and one of a real BERT's shape."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import pytest_asyncio
from onnx import TensorProto, helper, numpy_helper
from test_local_folder import CONFIG, WIDTH, make_weights, safetensors

from aika.domain.errors import ConfigurationError
from aika.domain.queries import Query
from aika.models.cross_encoder import CrossEncoderReranker
from aika.models.wordpiece import bert_uncased_tokenizer
from aika.registry import Surroundings, open_component
from aika.testing.contracts.reranker import QUESTION, RerankerContract, ranking


def write_counting_graph(path: Path, word: str, *, outputs: int = 1) -> None:
    """Write a graph that scores a pair by how often a word occurs in its second part, padding not counted."""
    number = bert_uncased_tokenizer().token_to_id(word)
    columns = np.array([[-1.0, 1.0]] if outputs == 2 else [[1.0] * outputs], dtype=np.float32)
    nodes = [
        helper.make_node("Equal", ["input_ids", "wanted"], ["same"]),
        helper.make_node("Cast", ["same"], ["same64"], to=TensorProto.INT64),
        helper.make_node("Mul", ["same64", "attention_mask"], ["seen"]),
        helper.make_node("Mul", ["seen", "token_type_ids"], ["counted"]),
        helper.make_node("ReduceSum", ["counted", "axes"], ["sums"], keepdims=1),
        helper.make_node("Cast", ["sums"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("MatMul", ["floats", "columns"], ["logits"]),
    ]
    graph = helper.make_graph(
        nodes,
        "counting",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
            for name in ("input_ids", "attention_mask", "token_type_ids")
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", outputs])],
        [
            numpy_helper.from_array(np.array(number, dtype=np.int64), "wanted"),
            numpy_helper.from_array(np.array([1], dtype=np.int64), "axes"),
            numpy_helper.from_array(columns, "columns"),
        ],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)


def write_folder(folder: Path, *, max_positions: int = 128) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    config = CONFIG | {"max_position_embeddings": max_positions, "pad_token_id": 0}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    bert_uncased_tokenizer().save(str(folder / "tokenizer.json"))
    return folder


def counting_folder(folder: Path, word: str = "ferry", *, outputs: int = 1, file: str = "model.onnx") -> Path:
    write_folder(folder)
    (folder / file).parent.mkdir(exist_ok=True)
    write_counting_graph(folder / file, word, outputs=outputs)
    return folder


@pytest.fixture(scope="session")
def weights_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    random = np.random.default_rng(11)
    head = {
        "bert.pooler.dense.weight": (WIDTH, WIDTH),
        "bert.pooler.dense.bias": (WIDTH,),
        "classifier.weight": (1, WIDTH),
        "classifier.bias": (1,),
    }
    weights = {f"bert.{name}": value for name, value in make_weights().items()}
    weights |= {name: random.normal(0, 0.5, shape).astype(np.float32) for name, shape in head.items()}
    folder = write_folder(tmp_path_factory.mktemp("cross") / "weights")
    (folder / "model.safetensors").write_bytes(safetensors(weights))
    return folder


async def order(
    surroundings: Surroundings, path: Path, *texts: str, question: Query = QUESTION, **options: Any
) -> list[str]:
    settings = {"path": str(path), "max_tokens": 64, "weight": 1.0} | options
    async with open_component("rerankers", "cross-encoder", settings, surroundings) as reranker:
        return [hit.chunk.text for hit in await reranker.rerank(question, ranking(*texts), k=len(texts))]


class TestFromWeights(RerankerContract):
    @pytest_asyncio.fixture
    async def reranker(self, weights_folder: Path, surroundings: Surroundings) -> AsyncIterator[CrossEncoderReranker]:
        options = {"path": str(weights_folder), "max_tokens": 64, "batch": 2}
        async with open_component("rerankers", "cross-encoder", options, surroundings) as opened:
            yield opened


class TestFromOnnx(RerankerContract):
    @pytest_asyncio.fixture
    async def reranker(self, tmp_path: Path, surroundings: Surroundings) -> AsyncIterator[CrossEncoderReranker]:
        options = {"path": str(counting_folder(tmp_path / "model")), "max_tokens": 64}
        async with open_component("rerankers", "cross-encoder", options, surroundings) as opened:
            yield opened


@pytest.mark.parametrize("outputs", [1, 2])
@pytest.mark.parametrize("batch", [1, 3])
async def test_the_model_s_scores_decide(tmp_path: Path, surroundings: Surroundings, outputs: int, batch: int) -> None:
    folder = counting_folder(tmp_path / "model", outputs=outputs, file="onnx/model.onnx")

    ordered = await order(surroundings, folder, "no boat", "one ferry", "ferry after ferry", "a", batch=batch)

    assert ordered == ["ferry after ferry", "one ferry", "no boat", "a"]


async def test_half_of_the_weight_leaves_the_first_ranking_a_say(tmp_path: Path, surroundings: Surroundings) -> None:
    folder = counting_folder(tmp_path / "model")

    ordered = await order(surroundings, folder, "first", "one ferry", "ferry ferry ferry", weight=0.1)

    assert ordered == ["first", "one ferry", "ferry ferry ferry"]


async def test_a_passage_s_end_is_cut_and_the_question_is_kept(tmp_path: Path, surroundings: Surroundings) -> None:
    folder = counting_folder(tmp_path / "model")
    question = Query("when " * 10, QUESTION.scope)

    early, late = "ferry " + "word " * 60, "word " * 60 + "ferry"
    ordered = await order(surroundings, folder, late, early, question=question)

    assert ordered == [early, late]


async def test_a_question_longer_than_the_model_leaves_room_for_passages(
    tmp_path: Path, surroundings: Surroundings
) -> None:
    folder = counting_folder(tmp_path / "model")

    ordered = await order(surroundings, folder, "boat", "ferry", question=Query("why " * 500, QUESTION.scope))

    assert ordered == ["ferry", "boat"]


async def test_weights_are_quantized_once_and_kept(
    tmp_path: Path, weights_folder: Path, surroundings: Surroundings
) -> None:
    place = Surroundings(tmp_path, tmp_path, surroundings.analyzer)

    await order(place, weights_folder, "a", "b", precision="int8")
    [built] = (tmp_path / "models").glob("cross-encoder-*-int8/model.onnx")
    first = built.stat().st_mtime_ns
    await order(place, weights_folder, "a", "b", precision="int8")

    assert built.stat().st_mtime_ns == first
    assert [path.name for path in built.parent.glob("*.onnx")] == ["model.onnx"]


async def test_a_model_that_does_not_score_pairs_is_refused_at_the_start(
    tmp_path: Path, surroundings: Surroundings
) -> None:
    folder = counting_folder(tmp_path / "model", outputs=3)

    with pytest.raises(ConfigurationError, match="one or two a pair"):
        await order(surroundings, folder, "a", "b")


@pytest.mark.parametrize(
    ("missing", "said"),
    [("model.onnx", "has none of"), ("config.json", "config.json"), ("tokenizer.json", "tokenizer.json")],
)
async def test_what_a_folder_lacks_is_named(
    tmp_path: Path, surroundings: Surroundings, missing: str, said: str
) -> None:
    folder = counting_folder(tmp_path / "model")
    (folder / missing).unlink()

    with pytest.raises(ConfigurationError, match=said):
        await order(surroundings, folder, "a", "b")


async def test_more_tokens_than_the_model_reads_are_refused(tmp_path: Path, surroundings: Surroundings) -> None:
    with pytest.raises(ConfigurationError, match="at most 128 tokens"):
        await order(surroundings, counting_folder(tmp_path / "model"), "a", max_tokens=129)
