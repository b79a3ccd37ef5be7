"""Measuring with progress, and printing what was measured."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from aika.application.evaluation import open_answering_system, open_retrieval_system
from aika.evaluation.collections import load_collection
from aika.evaluation.owners import evaluate_owners
from aika.evaluation.report import as_json, as_table, owners_as_json, owners_as_table
from aika.evaluation.retrieval import evaluate_retrieval, parse_collection
from aika.settings import load_settings


async def retrieval(
    collection: Path, *, qrels: Path | None, corpus: Path | None, folder: Path, as_json_lines: bool
) -> None:
    """Measure retrieval on a test collection and print the report."""
    loaded = load_collection(collection, qrels=qrels, corpus=corpus)
    # Progress goes where it does not mix with the report.
    with bars(Console(stderr=True)) as progress:
        async with open_retrieval_system(load_settings(folder)) as system:
            report = await evaluate_retrieval(loaded, system, progress=progress)
    if as_json_lines:
        sys.stdout.write(json.dumps(as_json(report), indent=2) + "\n")
    else:
        Console().print(as_table(report))


async def owners(collection: Path, *, corpus: Path | None, folder: Path, as_json_lines: bool) -> None:
    """Measure how exactly questions for owners, channels, people and standings are answered, and print the misses."""
    loaded = load_collection(collection, corpus=corpus, with_attributes=True)
    with bars(Console(stderr=True)) as progress:
        async with open_answering_system(load_settings(folder)) as system:
            entries, _ = await parse_collection(loaded, system.intake, progress=progress)
            await system.database.catalogue.record(entries)
            report = await evaluate_owners(loaded.name, loaded.topics, system.answerer, progress=progress)
    if as_json_lines:
        sys.stdout.write(json.dumps(owners_as_json(report), indent=2) + "\n")
    else:
        Console().print(owners_as_table(report))


@contextmanager
def bars(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Show one bar for each thing that is told to be under way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True) as progress:

        def show(what: str, done: int, total: int) -> None:
            if what not in shown:
                shown[what] = progress.add_task(what, total=total)
            progress.update(shown[what], completed=done, total=total)

        yield show
