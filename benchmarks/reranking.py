"""What the second stage gains and what it costs, on test collections: the first stage alone beside it reranked.

    python benchmarks/reranking.py ../shared/data/govuk ../shared/data/irc-ubuntu --work bench --topics 100

Prints nDCG@10 of the held-out half of the topics, and the time that reranking takes: *cold* when no passage was seen before,
*warm* when all were. ``--work`` keeps the vectors of the first stage between runs.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from made_material import percentiles
from rich.console import Console
from rich.table import Table

from aika.application.evaluation import open_retrieval_system
from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Chunk
from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Hit, Query
from aika.evaluation.collections import TestCollection, load_collection
from aika.evaluation.halves import half_of
from aika.evaluation.measures import Comparison, compare, measure
from aika.evaluation.retrieval import RetrievalSystem, index_documents, parse_collection
from aika.protocols import Reranker
from aika.registry import Surroundings, open_component
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.reranking import Reranking
from aika.settings import load_settings

DOCUMENT_DEPTH = 100
CHUNK_DEPTH = 400


@dataclass(frozen=True)
class Ranked:
    """A topic with what the first stage found for it."""

    id: str
    query: Query
    hits: list[Hit]


@dataclass(frozen=True)
class Outcome:
    """A depth's rankings, and the seconds that each took."""

    runs: dict[str, list[str]]
    cold: list[float]
    warm: list[float]


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collections", nargs="+", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--engine", default="late-interaction")
    parser.add_argument("--half", default="held out", choices=["tune", "held out"])
    parser.add_argument("--topics", type=int, default=100, help="at most so many a collection")
    parser.add_argument("--depths", type=int, nargs="+", default=[10, 20, 40])
    chosen = parser.parse_args()
    table = Table(title=f"{chosen.engine}, nDCG@10 of topics {chosen.half}")
    for column in ("collection", "topics", "depth", "first stage", "reranked", "difference", "p", "cold ms", "warm ms"):
        table.add_column(column, justify="left" if column == "collection" else "right")
    for place in chosen.collections:
        for row in await measured(load_collection(place), chosen):
            table.add_row(*row)
            print(" | ".join(row), flush=True)
    Console(width=140).print(table)


async def measured(collection: TestCollection, chosen: argparse.Namespace) -> list[list[str]]:
    async with open_retrieval_system(load_settings(chosen.work)) as system:
        topics, keys = await first_stage(collection, system, chosen)
    judged = {topic.id: collection.judgments[topic.id] for topic in topics}
    before = {topic.id: documents(topic.hits, keys) for topic in topics}
    rows = []
    for depth in chosen.depths:
        # A fresh engine for each depth: what an earlier one computed would make this one look fast.
        place = Surroundings(chosen.work, load_settings(chosen.work).data_path, TechnicalAnalyzer())
        async with open_component("rerankers", chosen.engine, {}, place) as engine:
            outcome = await reranked(engine, topics, keys, depth)
        rows.append(row_of(collection.name, depth, difference(outcome.runs, before, judged), outcome))
    return rows


async def first_stage(
    collection: TestCollection, system: RetrievalSystem, chosen: argparse.Namespace
) -> tuple[list[Ranked], dict[DocumentId, str]]:
    entries, _ = await parse_collection(collection, system.intake)
    await index_documents({entry.document.id: entry.chunks for entry in entries}, system)
    chunks: dict[ChunkId, Chunk] = {chunk.id: chunk for entry in entries for chunk in entry.chunks}
    keys = {entry.document.id: collection.judged_id(entry.document.key) for entry in entries}
    rankers = [LexicalRanker(system.index), DenseRanker(system.index, system.embedder)]
    ranker = HybridRanker(rankers, system.rewriter, system.options, expander=system.expander)
    topics = [topic for topic in collection.judged_topics if half_of(topic.id) == chosen.half][: chosen.topics]
    ranked = []
    for topic in topics:
        query = Query(topic.text, UNRESTRICTED, history=topic.history)
        found = await ranker.rank(query, k=CHUNK_DEPTH)
        ranked.append(Ranked(topic.id, query, [Hit(chunks[one.chunk], one.score) for one in found]))
    return ranked, keys


async def reranked(engine: Reranker, topics: Sequence[Ranked], keys: dict[DocumentId, str], depth: int) -> Outcome:
    stage = Reranking(engine, depth=depth, seconds=600)
    runs, times = {}, []
    for _ in range(2):
        taken = []
        for topic in topics:
            started = time.perf_counter()
            done = await stage.reorder(topic.query, topic.hits)
            taken.append(time.perf_counter() - started)
            runs[topic.id] = documents(done.hits, keys)
        times.append(taken)
    return Outcome(runs, *times)


def documents(hits: Sequence[Hit], keys: dict[DocumentId, str]) -> list[str]:
    return list(dict.fromkeys(keys[hit.chunk.document.id] for hit in hits))[:DOCUMENT_DEPTH]


def difference(
    runs: dict[str, list[str]], before: dict[str, list[str]], judged: dict[str, object]
) -> tuple[float, float, Comparison]:
    after_by_topic, before_by_topic = (measure(one, judged)["nDCG@10"] for one in (runs, before))
    after, first = ([values[topic] for topic in runs] for values in (after_by_topic, before_by_topic))
    return float(np.mean(first)), float(np.mean(after)), compare(after, first)


def row_of(name: str, depth: int, found: tuple[float, float, Comparison], outcome: Outcome) -> list[str]:
    first, after, against = found
    cold, warm = (" / ".join(f"{value:.0f}" for value in percentiles(taken)) for taken in (outcome.cold, outcome.warm))
    change = f"{against.difference:+.3f} ({against.low:+.3f} to {against.high:+.3f})"
    cells = (len(outcome.runs), depth, f"{first:.3f}", f"{after:.3f}", change, f"{against.p:.3f}", cold, warm)
    return [name, *map(str, cells)]


if __name__ == "__main__":
    asyncio.run(main())
