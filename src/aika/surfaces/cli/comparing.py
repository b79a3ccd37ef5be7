"""``aika eval compare`` and ``aika eval history``."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from aika.application.evaluation_inputs import run_records, settings_with
from aika.application.measuring import Asked, measure_retrieval
from aika.domain.errors import ConfigurationError
from aika.evaluation.comparison import RunComparison, compare_runs
from aika.evaluation.comparison_report import (
    comparison_as_json,
    comparison_as_table,
    history_as_json,
    history_as_table,
)
from aika.evaluation.runs import Run, RunKind
from aika.settings import load_settings
from aika.surfaces.cli.measuring import bars


@dataclass(frozen=True, slots=True)
class Compared:
    """What is to be compared with what."""

    runs: tuple[str, ...]
    """Ids: none, one or two. What is missing is measured."""
    asked: Asked | None
    before: tuple[str, ...]
    """Settings of the first, where it is measured."""
    after: tuple[str, ...]
    """Settings of the second."""
    systems: tuple[str, str] | None
    measure: str | None


async def compare(wanted: Compared, *, folder: Path, as_json: bool) -> None:
    """Print how the second differs from the first."""
    records = run_records(load_settings(folder))
    runs = [records.load(name) for name in wanted.runs]
    one = wanted.systems is not None and len(runs) == 1 and not wanted.after
    if one:
        # Two systems of one run.
        runs *= 2
    changes = [wanted.before, wanted.after][len(runs) :]
    for settings in changes:
        runs.append(await _measured(wanted.asked, settings, folder))
    compared = compare_runs(runs[0], runs[1], systems=wanted.systems)
    if wanted.measure is not None and wanted.measure not in compared.measures:
        raise ConfigurationError(f"{wanted.measure!r} is not among {', '.join(compared.measures)}")
    _print(compared, as_json=as_json, measure=wanted.measure)


def history(folder: Path, *, collection: str | None, kind: str | None, as_json: bool) -> None:
    """Print every recorded run."""
    records = run_records(load_settings(folder)).listing(
        collection=collection, kind=None if kind is None else RunKind(kind)
    )
    if as_json:
        sys.stdout.write(json.dumps(history_as_json(records), indent=2) + "\n")
        return
    console = Console()
    if not records:
        console.print("No run is recorded here yet: aika eval retrieval COLLECTION makes the first.")
        return
    console.print(history_as_table(records))


async def _measured(asked: Asked | None, changes: Sequence[str], folder: Path) -> Run:
    if asked is None:
        raise ConfigurationError("name two runs, or a collection to measure: --collection COLLECTION --set NAME=VALUE")
    settings = settings_with(folder, changes)
    with bars(Console(stderr=True)) as progress:
        run, _ = await measure_retrieval(asked, settings, progress)
    return run_records(settings).add(run)


def _print(compared: RunComparison, *, as_json: bool, measure: str | None) -> None:
    if as_json:
        sys.stdout.write(json.dumps(comparison_as_json(compared), indent=2) + "\n")
    else:
        Console().print(comparison_as_table(compared, changes_of=measure))
