"""BERT's weights as an ONNX graph of onnxruntime's fused operators, and that graph quantized to int8.

Imports `onnx` and the quantizer, which are slow to import: only what builds model files imports this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from aika.domain.errors import ConfigurationError

Weights = Mapping[str, npt.NDArray[np.generic]]
"""By the names that PyTorch's BERT gives them, such as ``encoder.layer.0.attention.self.query.weight``."""

FUSED = "com.microsoft"
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
OUTPUT = "last_hidden_state"


@dataclass(frozen=True, slots=True)
class BertShape:
    """What the weights alone do not say."""

    layers: int
    heads: int
    layer_norm_eps: float = 1e-12


def write_fused_graph(weights: Weights, shape: BertShape, path: Path) -> None:
    """Write the model that maps `INPUTS`, each of shape ``(batch, tokens)``, to `OUTPUT` in single precision.

    Raises `ConfigurationError` where a weight is missing.
    """
    graph = _Graph(weights)
    state = graph.embeddings(shape)
    for number in range(shape.layers):
        state = graph.layer(number, state, shape, output=OUTPUT if number == shape.layers - 1 else f"layer{number}")
    onnx.save(graph.model(), path)


def write_int8_graph(source: Path, path: Path) -> None:
    """Quantize the weights of a fused graph to int8, a scale a column; activations are quantized as they come."""
    _quantize(source, path, operators=None)


def write_int8_table_graph(source: Path, path: Path) -> None:
    """Quantize only the tables of embeddings of a fused graph. Everything is computed in single precision."""
    _quantize(source, path, operators=["EmbedLayerNormalization"])


def _quantize(source: Path, path: Path, *, operators: list[str] | None) -> None:
    quantize_dynamic(
        source,
        path,
        op_types_to_quantize=operators,
        weight_type=QuantType.QInt8,
        per_channel=True,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
    )


class _Graph:
    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._initializers: list[onnx.TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []

    def embeddings(self, shape: BertShape) -> str:
        for name in INPUTS:
            self._node("Cast", [name], f"{name}_int32", to=TensorProto.INT32)
        tables = ("word_embeddings", "position_embeddings", "token_type_embeddings")
        inputs = [
            "input_ids_int32",
            "token_type_ids_int32",
            *(self._weight(f"embeddings.{table}.weight") for table in tables),
            *self._norm("embeddings"),
        ]
        self._nodes.append(
            helper.make_node(
                "EmbedLayerNormalization",
                inputs,
                ["embedded", "mask_index"],
                name="embeddings",
                domain=FUSED,
                epsilon=shape.layer_norm_eps,
            )
        )
        return "embedded"

    def layer(self, number: int, state: str, shape: BertShape, *, output: str) -> str:
        prefix = f"encoder.layer.{number}"
        attended = self._attention(prefix, state, shape)
        attended = self._dense(f"{prefix}.attention.output.dense", attended)
        first = self._add_and_norm(
            f"{prefix}.attention.output", (attended, state), f"{prefix}.attended", shape.layer_norm_eps
        )
        inner = self._dense(f"{prefix}.intermediate.dense", first)
        bias = self._weight(f"{prefix}.intermediate.dense.bias")
        inner = self._node("BiasGelu", [inner, bias], f"{prefix}.gelu", domain=FUSED)
        inner = self._dense(f"{prefix}.output.dense", inner)
        return self._add_and_norm(f"{prefix}.output", (inner, first), output, shape.layer_norm_eps)

    def model(self) -> onnx.ModelProto:
        width = self._get("embeddings.LayerNorm.weight").shape[0]
        axes = ["batch", "tokens"]
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in INPUTS],
            [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [*axes, width])],
            self._initializers,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
        # The quantizer logs a warning for models without this mark. The graph is fused already: nothing is left to do.
        helper.set_model_props(model, {"onnx.quant.pre_process": "onnxruntime.quant"})
        return model

    def _attention(self, prefix: str, state: str, shape: BertShape) -> str:
        names = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._get(f"{name}.weight").T for name in names], axis=1)
        bias = np.concatenate([self._get(f"{name}.bias") for name in names])
        inputs = [
            state,
            self._add(f"{prefix}.attention.weight", weight),
            self._add(f"{prefix}.attention.bias", bias),
            "attention_mask_int32",
        ]
        return self._node("Attention", inputs, f"{prefix}.attention", domain=FUSED, num_heads=shape.heads)

    def _dense(self, name: str, state: str) -> str:
        weight = self._add(f"{name}.weight", self._get(f"{name}.weight").T)
        return self._node("MatMul", [state, weight], f"{name}.product")

    def _add_and_norm(self, name: str, states: tuple[str, str], output: str, epsilon: float) -> str:
        inputs = [*states, *self._norm(name), self._weight(f"{name}.dense.bias")]
        return self._node("SkipLayerNormalization", inputs, output, domain=FUSED, epsilon=epsilon)

    def _norm(self, name: str) -> list[str]:
        return [self._weight(f"{name}.LayerNorm.{part}") for part in ("weight", "bias")]

    def _node(self, operator: str, inputs: list[str], output: str, *, domain: str = "", **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def _weight(self, name: str) -> str:
        return self._add(name, self._get(name))

    def _add(self, name: str, value: npt.NDArray[np.float32]) -> str:
        self._initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _get(self, name: str) -> npt.NDArray[np.float32]:
        try:
            return self._weights[name].astype(np.float32)
        except KeyError:
            raise ConfigurationError(
                f"the model has no weights called {name!r}: it is not a BERT-like encoder that aika can run"
            ) from None
