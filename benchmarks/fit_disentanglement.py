"""Fits ``aika/connectors/disentanglement/weights.json`` and reports on streams it was not fitted on.

    python benchmarks/fit_disentanglement.py --export EXPORT --gold THREADS_JSONL [--write]

The gold names conversations and no links, so the parent is latent: the likelihood is that of any earlier message of the same
conversation. The features of a conversation as found so far depend on the model; it is fitted in rounds, each on what the
round before makes of the same streams. Needs scipy (it comes with scikit-learn), which aika itself does not.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from disentanglement import ANNOTATED_FROM, Names, Stream, clusters, held_out, load_names, load_streams, quality
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from aika.connectors.disentanglement.features import Candidates, History
from aika.connectors.disentanglement.linking import best_parent, links
from aika.connectors.disentanglement.reading import Names as People
from aika.connectors.disentanglement.reading import read

WEIGHTS = Path(__file__).parents[1] / "src/aika/connectors/disentanglement/weights.json"
ROUNDS = 3
PENALTY = 0.002
"""Of the squared weights, a message."""
# The channel that is fitted on never rests, and so cannot tell what a silence means in the channel of a team: minutes, hours.
BY_HAND = {"silence=0": -1.2, "silence=1": -2.4, "silence=2": -3.4, "silence=3": -4.0}
# More than an hour back, it has only people who come back to what they said: a slow channel has everything there.
LEFT_OUT = "gap=7"
SEEN = 3
"""A feature that so few rows have gets no weight."""
SMALL = 0.01
"""Weights below this are left out of the file."""


@dataclass(slots=True)
class Examples:
    """Rows of binary features: for each message all its candidates, and the beginning of a conversation."""

    numbers: dict[str, int] = field(default_factory=dict)
    indices: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])
    message: list[int] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    messages: int = 0

    def add(self, rows: Sequence[tuple[list[str], bool]]) -> None:
        if not any(right for _, right in rows):
            return
        for names, right in rows:
            fitted = (name for name in names if name not in BY_HAND)
            self.indices.extend(self.numbers.setdefault(name, len(self.numbers)) for name in fitted)
            self.ends.append(len(self.indices))
            self.message.append(self.messages)
            self.right.append(right)
        self.messages += 1


def collect(streams: Sequence[Stream], names: Names, weights: Mapping[str, float]) -> Examples:
    """Return the examples as the model with these weights meets them."""
    examples, people = Examples(), People(names)
    for stream in streams:
        thread_of = {line: number for number, thread in enumerate(stream.gold) for line in thread}
        begins = {min(thread) for thread in stream.gold}
        history = History()
        for line, message in zip(stream.lines, stream.messages, strict=True):
            reading = read(message, people)
            thread = thread_of.get(line)
            if thread is not None and line >= ANNOTATED_FROM:
                candidates = Candidates(history, reading)
                rows = [(candidates.new(), line in begins)]
                for position, index in enumerate(candidates.indexes):
                    rows.append((candidates.pair(position), thread_of.get(stream.lines[index]) == thread))
                examples.add(rows)
            history.add(reading, best_parent(history, reading, weights))
    return examples


def fit(examples: Examples) -> dict[str, float]:
    matrix = csr_matrix(
        (np.ones(len(examples.indices), dtype=np.float64), examples.indices, examples.ends),
        shape=(len(examples.message), len(examples.numbers)),
    )
    frequent = np.asarray(matrix.sum(axis=0)).ravel() > SEEN
    matrix = matrix[:, frequent]
    kept = [name for name, number in examples.numbers.items() if frequent[number]]
    message, right = np.array(examples.message), np.array(examples.right)
    transposed = matrix.T.tocsr()

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        every, all_log = _softmax(scores, message, examples.messages)
        hidden = np.where(right, scores, -np.inf)
        correct, right_log = _softmax(hidden, message, examples.messages)
        value = float((all_log - right_log).sum()) / examples.messages + PENALTY / 2 * float(weights @ weights)
        gradient = transposed @ (every - correct) / examples.messages + PENALTY * weights
        return value, gradient

    found = minimize(loss, np.zeros(matrix.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return {name: round(float(weight), 3) for name, weight in zip(kept, found.x, strict=True) if abs(weight) >= SMALL}


def _softmax(scores: np.ndarray, message: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    top = np.full(count, -np.inf)
    np.maximum.at(top, message, scores)
    shifted = np.exp(scores - top[message])
    sums = np.bincount(message, weights=shifted, minlength=count)
    return shifted / sums[message], np.log(sums) + top


def measured(streams: Sequence[Stream], names: Names, weights: Mapping[str, float]) -> dict[str, float]:
    pairs = [(stream.gold, clusters(stream, links(stream.messages, names, weights=weights))) for stream in streams]
    result = quality(pairs)
    return {
        "variation_of_information": round(result.information, 1),
        "one_to_one": round(result.one_to_one, 1),
        "precision": round(result.precision, 1),
        "recall": round(result.recall, 1),
        "f1": round(result.f1, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--export", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    names = load_names(arguments.export)
    fitted_on, reported_on = held_out(load_streams(arguments.export, arguments.gold))
    weights: dict[str, float] = {}
    for number in range(1, ROUNDS + 1):
        examples = collect(fitted_on, names, weights)
        weights = {**fit(examples), **BY_HAND}
        print(f"round {number}: {examples.messages} messages, {len(weights)} weights", flush=True)
    weights = {name: weight for name, weight in weights.items() if LEFT_OUT not in name.split()}
    quality_fitted, quality_held_out = (measured(streams, names, weights) for streams in (fitted_on, reported_on))
    print("fitted on", quality_fitted)
    print("held out ", quality_held_out)
    if arguments.write:
        record = {
            "about": "Log-linear model of which message a message replies to. Fitted by benchmarks/fit_disentanglement.py.",
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "data": "Kummerfeld et al. 2019, #ubuntu: every other one of 30 streams, in the order of time (CC BY 4.0)",
            "set_by_hand": BY_HAND,
            "messages_fitted": examples.messages,
            "rounds": ROUNDS,
            "fitted_on": quality_fitted,
            "held_out": quality_held_out,
            "weights": dict(sorted(weights.items())),
        }
        WEIGHTS.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
