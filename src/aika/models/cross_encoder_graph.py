"""Builds the graphs of cross-encoders that are not run as they are: from safetensors, or quantized.

Imports `onnx` and the quantizer, which are slow to import: only what builds model files imports this module.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from aika.domain.errors import ConfigurationError
from aika.models.bert_graph import OUTPUT, BertShape, Weights, write_fused_graph, write_int8_graph
from aika.models.cross_encoder_config import CrossEncoderConfig
from aika.models.local_folder import POSITION_OFFSET
from aika.models.safetensors import read_safetensors

HEADS = {
    "bert": ("pooler.dense", "classifier"),
    "roberta": ("classifier.dense", "classifier.out_proj"),
    "xlm-roberta": ("classifier.dense", "classifier.out_proj"),
}
"""By model type: the layer before the tanh over the first token, and the one after it."""


def build_graph(source: Path, config: CrossEncoderConfig, path: Path, *, int8: bool) -> None:
    """Write the graph of an exported model or of weights, quantized where that is asked for."""
    single = source
    if source.suffix != ".onnx":
        single = path.with_name("single.onnx") if int8 else path
        _write_from_weights(source, config, single)
    if int8:
        write_int8_graph(single, path)
        if single != source:
            single.unlink()


def _write_from_weights(source: Path, config: CrossEncoderConfig, path: Path) -> None:
    if config.model_type not in HEADS or config.hidden_act != "gelu" or config.position_embedding_type != "absolute":
        raise ConfigurationError(
            f"{source} holds a model of type {config.model_type} ({config.hidden_act}). From safetensors aika builds "
            f"{', '.join(HEADS)} with gelu and absolute positions; export others to model.onnx"
        )
    weights = {
        name.removeprefix("bert.").removeprefix("roberta."): value for name, value in read_safetensors(source).items()
    }
    positions = "embeddings.position_embeddings.weight"
    if positions in weights:
        weights[positions] = weights[positions][POSITION_OFFSET[config.model_type] :]
    shape = BertShape(config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps)
    write_fused_graph(weights, shape, path)
    _add_head(path, weights, HEADS[config.model_type])


def _add_head(path: Path, weights: Weights, layers: tuple[str, str]) -> None:
    """Make the graph's output the logits: a dense layer over the first token, tanh, and a dense layer."""
    model = onnx.load(path)
    graph = model.graph
    first = numpy_helper.from_array(np.array(0, dtype=np.int64), "first_token")
    parts = [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")]
    missing = [name for name in parts if name not in weights]
    if missing:
        raise ConfigurationError(f"the model has no weights called {missing[0]!r}: it is no cross-encoder")
    graph.initializer.extend(
        [
            first,
            *(numpy_helper.from_array(np.ascontiguousarray(weights[name], dtype=np.float32), name) for name in parts),
        ]
    )
    graph.node.extend(
        [
            helper.make_node("Gather", [OUTPUT, "first_token"], ["first"], name="first", axis=1),
            helper.make_node("Gemm", ["first", *parts[:2]], ["dense"], name="head.dense", transB=1),
            helper.make_node("Tanh", ["dense"], ["pooled"], name="head.tanh"),
            helper.make_node("Gemm", ["pooled", *parts[2:]], ["logits"], name="head.out", transB=1),
        ]
    )
    labels = int(weights[parts[2]].shape[0])
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", labels]))
    onnx.save(model, path)
