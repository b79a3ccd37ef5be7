"""Measuring with progress, and what becomes of what was measured: the table, the record, the report, the gate."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from aika.application.evaluation import open_answering_system
from aika.application.evaluation_inputs import run_records, settings_with
from aika.application.measuring import Asked, measure_retrieval
from aika.evaluation.collections import load_collection
from aika.evaluation.gate import (
    baseline_of,
    below_baseline,
    below_floors,
    read_baseline,
    read_floor,
    write_baseline,
)
from aika.evaluation.owners import evaluate_owners
from aika.evaluation.report import JsonReport, as_json, as_table, owners_as_json, owners_as_table
from aika.evaluation.retrieval import parse_collection
from aika.evaluation.runs import Run
from aika.settings import Settings, load_settings
from aika.surfaces.cli.evaluation_options import Ending
from aika.surfaces.cli.reporting import report_of

_Shown = Callable[[str, int, int], None]
_SECONDS_BETWEEN_LINES = 20


async def retrieval(asked: Asked, ending: Ending) -> bool:
    """Measure retrieval on a test collection, and end as asked. Return whether the run passed its gate."""
    settings = settings_with(ending.folder, ending.changes)
    # Progress goes where it does not mix with the report.
    with bars(Console(stderr=True)) as progress:
        run, report = await measure_retrieval(asked, settings, progress)
    return finish(run, settings, ending, table=as_table(report), numbers=as_json(report))


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


def finish(run: Run, settings: Settings, ending: Ending, *, table: RenderableType, numbers: JsonReport) -> bool:
    """Print, record, report and judge a finished run. Return whether it passed.

    ``table`` is for people, ``numbers`` is what ``--json`` prints, with the run's id and the gate's verdict added.
    """
    failures = _judged(run, settings, ending)
    if ending.record:
        run = run_records(settings).add(run)
    report = _reported(run, settings, ending)
    if ending.write_baseline is not None:
        write_baseline(ending.write_baseline, baseline_of(run))
    if ending.as_json:
        gate: JsonReport = {"passed": int(not failures), "failures": failures}
        added: JsonReport = {"run": run.record.id, "report": str(report or ""), "gate": gate}
        sys.stdout.write(json.dumps({**numbers, **added}, indent=2) + "\n")
    else:
        Console().print(table)
    _say(run, ending, report, failures)
    return not failures


def _judged(run: Run, settings: Settings, ending: Ending) -> list[str]:
    """Return what keeps a run from passing, a sentence each."""
    failures = below_floors(run, [read_floor(text) for text in ending.fail_under])
    if ending.baseline is not None:
        baseline = read_baseline(ending.baseline)
        failures += below_baseline(run, baseline, tolerance=ending.tolerance, called=str(ending.baseline))
    if ending.fail_below_last is not None:
        records = run_records(settings)
        before = records.listing(collection=run.record.collection, kind=run.record.kind)
        if before:
            last = records.load("last", among=before)
            failures += below_baseline(
                run, baseline_of(last), tolerance=ending.fail_below_last, called=f"run {last.record.id}"
            )
    return failures


def _reported(run: Run, settings: Settings, ending: Ending) -> Path | None:
    """Write the HTML report and return where it is, ``None`` where neither it nor a record is asked for."""
    if not ending.record and ending.report is None:
        return None
    return report_of(run, settings, ending.report)


def _say(run: Run, ending: Ending, report: Path | None, failures: list[str]) -> None:
    # Beside the numbers, which another program may be reading.
    console = Console(stderr=ending.as_json)
    if ending.record:
        console.print(f"Recorded as {run.record.id}: aika eval history", highlight=False, soft_wrap=True)
    if report is not None:
        console.print(f"Report: {report}", highlight=False, soft_wrap=True)
    if ending.write_baseline is not None:
        console.print(f"Wrote the baseline {ending.write_baseline}", highlight=False, soft_wrap=True)
    for failure in failures:
        console.print(f"[red]Failed:[/red] {escape(failure)}", highlight=False, soft_wrap=True)
    held = bool(ending.fail_under) or ending.baseline is not None or ending.fail_below_last is not None
    if held and not failures:
        console.print("[green]Passed:[/green] no measure is worse than it may be.", highlight=False)


@contextmanager
def bars(console: Console) -> Iterator[_Shown]:
    """Show one bar for each thing that is told to be under way; a line now and then where nobody watches a terminal."""
    if not console.is_terminal:
        yield _lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True) as progress:

        def show(what: str, done: int, total: int) -> None:
            if what not in shown:
                shown[what] = progress.add_task(what, total=total)
            progress.update(shown[what], completed=done, total=total)

        yield show


def _lines(console: Console) -> _Shown:
    said: dict[str, float] = {}

    def show(what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - said.setdefault(what, now) >= _SECONDS_BETWEEN_LINES:
            said[what] = now
            console.print(f"{what}: {done} of {total}", highlight=False, soft_wrap=True)

    return show
