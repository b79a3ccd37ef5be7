"""What each part of retrieval adds, in nDCG@10 over the held-out half of each collection, and what it costs.

Run with the folders of test collections. Vectors are kept in the data directory of ``--dir``, whose ``aika.toml`` says what is
on: with ``[reranker]`` there, the second stage is in the table too.
"""

import argparse
import asyncio
from collections.abc import Iterator
from pathlib import Path

from aika.application.evaluation import open_retrieval_system
from aika.evaluation.ablation import compared_with
from aika.evaluation.collections import load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.measures import compare, estimate
from aika.evaluation.retrieval import RetrievalReport, SystemReport, evaluate_retrieval
from aika.settings import load_settings

MEASURE = "nDCG@10"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("collections", nargs="+", type=Path)
    asked.add_argument(
        "--qrels", type=Path, help="Other judgments than qrels.tsv, for a collection that is judged twice."
    )
    asked.add_argument("--dir", type=Path, default=Path(), help="The folder of aika.toml.")
    asked.add_argument("--all", action="store_true", help="All topics: for collections that nothing was tuned on.")
    options = asked.parse_args()
    for folder in options.collections:
        report = asyncio.run(_measured(folder, options.qrels, options.dir))
        print("\n".join(_lines(report, every=options.all)), flush=True)


async def _measured(folder: Path, qrels: Path | None, directory: Path) -> RetrievalReport:
    collection = load_collection(folder, qrels=qrels)
    async with open_retrieval_system(load_settings(directory)) as system:
        return await evaluate_retrieval(collection, system, stages=True)


def _lines(report: RetrievalReport, *, every: bool) -> Iterator[str]:
    topics = [topic for topic in report.systems["full"].by_topic[MEASURE] if every or half_of(topic) != "tune"]
    yield f"\n### {report.collection}: {len(topics)} topics\n"
    yield "| ranking | nDCG@10 | R@10 | R@100 | RR | against | p | ms |"
    yield "|---|---|--:|--:|--:|--:|--:|--:|"
    baselines = dict.fromkeys(report.systems, "fusion") | {row: compared_with(row) for row in report.ablation}
    for name, system in {**report.systems, **report.ablation}.items():
        yield _row(name, system, report.systems[baselines[name]], topics)
    stages = ", ".join(f"{stage} {milliseconds:.1f}" for stage, milliseconds in report.stage_milliseconds.items())
    yield f"\nMedian milliseconds of the stages: {stages}."


def _row(name: str, system: SystemReport, baseline: SystemReport, topics: list[str]) -> str:
    def values(of: SystemReport, measure: str) -> list[float]:
        return [of.by_topic[measure][topic] for topic in topics]

    reached = estimate(values(system, MEASURE))
    others = (f"{estimate(values(system, measure)).value:.3f}" for measure in ("R@10", "R@100", "RR"))
    difference = compare(values(system, MEASURE), values(baseline, MEASURE))
    cells = (
        name,
        f"{reached.value:.3f} ({reached.low:.3f} to {reached.high:.3f})",
        *others,
        f"{difference.difference:+.3f}",
        f"{difference.p:.3f}",
        f"{system.milliseconds:.0f}",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
