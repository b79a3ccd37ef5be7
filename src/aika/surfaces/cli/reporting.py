"""Writing the HTML report of a run, with the runs before it."""

from pathlib import Path

from rich.console import Console

from aika.application.evaluation_inputs import run_records
from aika.domain.errors import ConfigurationError
from aika.evaluation.comparison import RunComparison, compare_runs
from aika.evaluation.pages.page import write_report
from aika.evaluation.records import RunRecords
from aika.evaluation.runs import Record, Run
from aika.settings import Settings, load_settings


def report(name: str, *, against: str | None, out: Path | None, folder: Path) -> None:
    """Write a recorded run's report and say where it is."""
    settings = load_settings(folder)
    records = run_records(settings)
    other = None if against is None else records.load(against)
    place = report_of(records.load(name), settings, out, against=other)
    Console().print(f"Report: {place}", highlight=False, soft_wrap=True)


def report_of(run: Run, settings: Settings, out: Path | None, *, against: Run | None = None) -> Path:
    """Write a run's report, by default beside its record, and return where it is.

    It shows what changed since the run ``against``, by default the last one before it on the same topics.
    """
    records = run_records(settings)
    record = run.record
    earlier = [
        each
        for each in records.listing(collection=record.collection, kind=record.kind)
        if each.started_at < record.started_at and each.id != record.id
    ]
    place = out or settings.data_path / "evaluation" / "reports" / f"{record.id}.html"
    compared = compare_runs(against, run) if against is not None else _since(records, earlier, run)
    return write_report(run, place, history=earlier, compared=compared).resolve()


def _since(records: RunRecords, earlier: list[Record], run: Run) -> RunComparison | None:
    same = [each for each in earlier if each.digest == run.record.digest]
    if not same:
        return None
    try:
        return compare_runs(records.load(same[-1].id), run)
    except ConfigurationError:
        # Two runs may share no topic, such as the two halves: then there is nothing to compare.
        return None
