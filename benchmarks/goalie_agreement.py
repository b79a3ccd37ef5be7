"""Fits the measure of agreement between the goalie's answers and people's, and reports how well it tells them apart.

    python benchmarks/goalie_agreement.py RAW WORK [--each 400] [--fit agreement.json]

``RAW`` holds the exports as they were published. Two people's answers to one question are positive, an answer to the most similar
question of somebody else (near) and to any other (random) are negative. Coefficients are fitted on the tuning half of irc-ubuntu
alone; each set's cut-off is chosen on its own tuning half, where one in twenty near pairs passes, and everything is reported on
the held-out half. Nothing is chosen or fitted on herb. ``WORK`` keeps what was measured: a rerun goes on where it was stopped.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import numpy as np
from goalie_material import SETS, asking, channels

from aika.answering.fitting import Example, FittingOptions, fit
from aika.answering.logistic import LogisticModel
from aika.application.wiring import open_embedder
from aika.evaluation.calibration import auroc, wilson
from aika.evaluation.halves import half_of
from aika.goalie.agreement import SIGNS, shipped_model
from aika.goalie.likeness import Likeness, Rarity, sample_of
from aika.goalie.yardstick import FALSE_AGREEMENT, pairs
from aika.ingestion.generations import EmbedderChoice
from aika.protocols import Embedder
from aika.registry import Surroundings
from aika.retrieval.lexical import TechnicalAnalyzer

FITTED_ON = "irc-ubuntu"
CHOSEN_ON = ("irc-ubuntu", "devchat")
Row = dict[str, object]
MOST_TEXTS = 20_000


@asynccontextmanager
async def embedder(work: Path) -> AsyncIterator[Embedder]:
    """Open the default embedder, its graphs kept in the folder."""
    async with AsyncExitStack() as stack:
        surroundings = Surroundings(work, work, TechnicalAnalyzer())
        yield await stack.enter_async_context(open_embedder(EmbedderChoice("minilm", {}), surroundings))


async def measured(raw: Path, work: Path, name: str, each: int, opened: Embedder) -> list[Row]:
    """Return the pairs of a set with their signals, without their texts."""
    kept = work / f"agreement-{name}-{each}.jsonl"
    if not kept.exists():
        found = channels(raw, name, work)
        analyzer = TechnicalAnalyzer()
        texts = [message.text for channel in found for message in channel.messages]
        likeness = Likeness(analyzer, opened, Rarity(analyzer, sample_of(texts, MOST_TEXTS)))
        rows: list[Row] = []
        for pair in await pairs(asking(found), opened, limit=each):
            signals = await likeness.signals(pair.asked, pair.said, pair.other)
            if signals:
                rows.append({"question": pair.question, "kind": pair.kind, "signals": signals})
        kept.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]


def scores(model: LogisticModel, rows: Sequence[Row], kind: str, half: str) -> np.ndarray:  # type: ignore[type-arg]  # floats
    wanted = [row for row in rows if row["kind"] == kind and half_of(str(row["question"])) == half]
    return np.array([score_of(model, row) for row in wanted])


def score_of(model: LogisticModel, row: Row) -> float:
    signals = row["signals"]
    assert isinstance(signals, dict)
    return 0.0 if signals["denied"] else model.probability(signals)


def fitted(rows: Sequence[Row]) -> LogisticModel:
    """Fit to one half, positives and negatives of the same weight."""
    examples = [
        Example(row["signals"], row["kind"] == "same", 1.0 if row["kind"] == "same" else 0.5)  # type: ignore[arg-type]  # read from JSON
        for row in rows
        if half_of(str(row["question"])) == "tune"
    ]
    empty = LogisticModel(0.0, dict.fromkeys(SIGNS, 0.0), {})
    return fit(examples, empty, FittingOptions(spread=3.0, signs=SIGNS))


def cut_off_of(model: LogisticModel, rows: Sequence[Row]) -> float:
    return float(np.quantile(scores(model, rows, "near", "tune"), 1 - FALSE_AGREEMENT, method="higher"))


def share(values: np.ndarray, cut_off: float) -> str:  # type: ignore[type-arg]  # floats
    count = int((values >= cut_off).sum())
    low, high = wilson(count, len(values))
    return f"{count / len(values):.1%} ({low:.1%}–{high:.1%}) of {len(values)}"


def report(model: LogisticModel, by_set: dict[str, list[Row]]) -> None:
    print("| set | AUROC, any other | AUROC, most similar | cut-off | two people | most similar | any other |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, rows in by_set.items():
        same, random, near = (scores(model, rows, kind, "held out") for kind in ("same", "random", "near"))
        cells = [f"{area(same, random):.3f}", f"{area(same, near):.3f}"]
        cut_off = cut_off_of(model, rows)
        cells += [f"{cut_off:.3f}", *(share(values, cut_off) for values in (same, near, random))]
        print(f"| {name} | " + " | ".join(cells) + " |")


def area(positive: np.ndarray, negative: np.ndarray) -> float:  # type: ignore[type-arg]  # floats
    truth = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    return auroc(np.concatenate([positive, negative]), truth)


def written(model: LogisticModel, by_set: dict[str, list[Row]]) -> str:
    """Return the model as it ships, with the strictest cut-off of the sets that one may be chosen on."""
    cut_off = max(cut_off_of(model, by_set[name]) for name in CHOSEN_ON)

    def counted(kind: str) -> list[int]:
        values = np.concatenate([scores(model, by_set[name], kind, "held out") for name in CHOSEN_ON])
        return [int((values >= cut_off).sum()), len(values)]

    about = {
        "fitted_on": "the tuning half of irc-ubuntu (Kummerfeld et al. 2019, CC-BY-4.0)",
        "cut_off": "5 % of answers to the most similar other question pass on the tuning half of the strictest of two channels",
        "made_by": "benchmarks/goalie_agreement.py",
    }
    fields = {"intercept": model.intercept, "coefficients": model.coefficients, "references": model.references}
    found = {"about": about, "cut_off": cut_off, "people": counted("same"), "others": counted("near"), "model": fields}
    return json.dumps(_rounded(found), indent=2) + "\n"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return value


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("raw", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--each", type=int, default=400)
    parser.add_argument("--fit", type=Path)
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    by_set = {}
    async with embedder(given.work) as opened:
        for name in SETS:
            by_set[name] = await measured(given.raw, given.work, name, given.each, opened)
            print(f"{name}: {len(by_set[name])} pairs", flush=True)
    model = shipped_model().model if given.fit is None else fitted(by_set[FITTED_ON])
    report(model, by_set)
    if given.fit is not None:
        given.fit.write_text(written(model, by_set), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
