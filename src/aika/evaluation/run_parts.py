"""What the runs of answers and of confidence are put together from."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.table import Table

from aika.evaluation.measures import Estimate
from aika.evaluation.report import JsonReport
from aika.evaluation.retrieval_runs import Circumstances
from aika.evaluation.runs import Record, Run, RunKind, SystemOutcome, TopicRow, run_id


@dataclass(frozen=True, slots=True)
class About:
    """What a run was made on."""

    collection: str
    digest: str
    notes: tuple[str, ...] = ()


def finished(
    kind: RunKind,
    about: About,
    circumstances: Circumstances,
    systems: Mapping[str, SystemOutcome],
    rows: tuple[TopicRow, ...],
    facts: Mapping[str, float],
) -> Run:
    """Return the run. The first of the systems is the one that it is about."""
    started = circumstances.started_at
    record = Record(
        id=run_id(started, kind, about.collection, about.digest, circumstances.configuration.fingerprint),
        kind=kind,
        collection=about.collection,
        digest=about.digest,
        configuration=circumstances.configuration,
        started_at=started,
        seconds=circumstances.seconds,
        n=len(rows),
        systems=systems,
        facts=facts,
        notes=about.notes,
    )
    return Run(record, rows)


def measures_table(title: str, outcome: SystemOutcome) -> Table:
    """Return what a rich console prints: each measure with its interval."""
    table = Table(title=title)
    table.add_column("measure")
    table.add_column("value (95 % interval)", justify="right")
    for name, value in outcome.measures.items():
        table.add_row(name, cell(value))
    if outcome.latency is not None:
        table.add_row("milliseconds, p50 and p95", f"{outcome.latency.p50:.0f} and {outcome.latency.p95:.0f}")
    return table


def cell(value: Estimate) -> str:
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"


def estimates_as_json(measures: Mapping[str, Estimate]) -> JsonReport:
    return {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in measures.items()}
