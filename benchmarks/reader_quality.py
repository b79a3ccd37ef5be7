"""Measures the reader that aika carries: does it tell answered questions from those that only look answered?

    python benchmarks/reader_quality.py --collection FOLDER [--half "held out"] [--fit]

Each question is read with the paragraph that it is about. `--fit` fits `aika.models.reader.ODDS` on the tuning half of the
articles that the adapter was not trained on, and prints them.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from reader_examples import KEPT_APART, Example, read_collection
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from aika.models.reader import ODDS, PassageReader, load_reading_model
from aika.registry import Surroundings

RESAMPLES = 1_000


def interval(scores: np.ndarray, answered: np.ndarray) -> str:
    generator = np.random.default_rng(0)
    found = []
    for _ in range(RESAMPLES):
        rows = generator.integers(len(scores), size=len(scores))
        if 0 < answered[rows].sum() < len(rows):
            found.append(roc_auc_score(answered[rows], scores[rows]))
    low, high = np.quantile(found, [0.025, 0.975])
    return f"{roc_auc_score(answered, scores):.3f} ({low:.3f}-{high:.3f})"


async def judged(reader: PassageReader, examples: Sequence[Example]) -> tuple[np.ndarray, float]:
    """Return the log-odds, and the share of answered questions whose found words share some with the answer."""
    scores, right, answered = [], 0, 0
    for example in examples:
        [read] = await reader.read(example.question, [example.passage])
        scores.append(read.log_odds)
        answered += example.answered
        right += example.answered and read.start < example.end and read.end > example.start
    return np.array(scores), right / max(1, answered)


async def latency(reader: PassageReader, examples: Sequence[Example]) -> float:
    """Return the median milliseconds for a question with six passages."""
    took = []
    for at in range(0, 180, 6):
        passages = [example.passage[:700] for example in examples[at : at + 6]]
        began = time.perf_counter()
        await reader.read(f"{examples[at].question} {at}", passages)
        took.append(1000 * (time.perf_counter() - began))
    return statistics.median(took)


def fit(examples: Sequence[Example], models: Path, precision: str) -> None:
    model, _ = load_reading_model(PassageReader.Options(precision=precision), models)
    features = []
    for example in examples:
        question = model.question(example.question)
        readings = [model.reading(question, w.ids) for w in model.windows(0, example.passage, question)]
        best = max(readings, key=lambda reading: ODDS.span * reading.span + ODDS.verdict * reading.verdict)
        features.append((best.span, best.verdict))
    answered = [example.answered for example in examples]
    fitted = LogisticRegression(C=1.0, class_weight="balanced").fit(features, answered)
    span, verdict = fitted.coef_[0]
    print(f"AUROC {interval(fitted.decision_function(features), np.array(answered))}")
    print(f"ODDS = Odds(span={span:.3f}, verdict={verdict:.3f}, offset={fitted.intercept_[0]:.3f})")


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--collection", type=Path, required=True)
    parser.add_argument("--half", default="held out")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--models", type=Path, default=None, help="where the graphs are kept; unset: built anew")
    parser.add_argument("--fit", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        data = arguments.models or Path(temporary)
        if arguments.fit:
            tuning = read_collection(arguments.collection, half="tune")
            fit([example for example in tuning if example.group in KEPT_APART], data / "models", arguments.precision)
            return
        examples = read_collection(arguments.collection, half=arguments.half)
        surroundings = Surroundings(base_dir=data, data_dir=data, analyzer=None)  # type: ignore[arg-type]  # unused
        async with PassageReader.open(PassageReader.Options(precision=arguments.precision), surroundings) as reader:
            scores, right = await judged(reader, examples)
            took = await latency(reader, examples)
    answered = np.array([example.answered for example in examples])
    apart = np.array([example.group in KEPT_APART for example in examples])
    print(f"{arguments.half}: {len(examples)} questions, AUROC {interval(scores, answered)}, words found {right:.3f}")
    print(f"articles not trained on: {apart.sum()}, AUROC {interval(scores[apart], answered[apart])}")
    print(f"six passages: {took:.0f} ms")


if __name__ == "__main__":
    asyncio.run(main())
