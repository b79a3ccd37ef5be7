"""Measuring with progress, for the command line and for runs that are started in the web app."""

import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from aika.application.evaluation import open_retrieval_system
from aika.application.evaluation_inputs import configuration_of, deployed
from aika.evaluation.collections import find_collection, load_collection
from aika.evaluation.retrieval import RetrievalReport, evaluate_retrieval, parse_collection
from aika.evaluation.retrieval_runs import Circumstances, retrieval_run
from aika.evaluation.runs import Run
from aika.protocols import Entry
from aika.settings import Settings

Shown = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be measured on."""

    collection: Path
    qrels: Path | None = None
    corpus: Path | None = None
    stages: bool = False
    """Whether each part of retrieval is also left out, and added alone."""


async def measure_retrieval(asked: Asked, settings: Settings, progress: Shown) -> tuple[Run, RetrievalReport]:
    """Measure retrieval with these settings."""
    started_at, started = datetime.now(UTC), time.perf_counter()
    place = find_collection(asked.collection, beside=settings.base_dir)
    collection = load_collection(place, qrels=asked.qrels, corpus=asked.corpus)
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(open_retrieval_system(settings))
        entries: list[Entry]
        if collection.deployed:
            there = await stack.enter_async_context(deployed(settings))
            entries = await there.entries(collection)
            collection = await there.prepared(collection, entries)
            system = replace(system, vectors=there.vectors(system.vectors))
        else:
            entries, unreadable = await parse_collection(collection, system.intake, progress=progress)
            collection = replace(collection, notes=(*collection.notes, *unreadable))
        report = await evaluate_retrieval(collection, system, entries=entries, stages=asked.stages, progress=progress)
    circumstances = Circumstances(configuration_of(settings), started_at, time.perf_counter() - started)
    return retrieval_run(report, collection, entries, circumstances), report


async def measured_run(place: Path, settings: Settings, progress: Shown) -> Run:
    """Measure retrieval on the collection at a place, and return the run alone."""
    run, _ = await measure_retrieval(Asked(place), settings, progress)
    return run
