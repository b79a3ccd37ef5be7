"""An evaluation's outcome, for people and for programs."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aika.evaluation.measures import Comparison, Estimate
from aika.evaluation.retrieval import RetrievalReport, SystemReport

JsonReport = dict[str, "str | int | float | list[str] | JsonReport"]


def as_json(report: RetrievalReport) -> JsonReport:
    """Return what ``json.dumps`` takes: each system's measures as ``{"value", "low", "high"}``, and how it was obtained."""
    systems: JsonReport = {name: _measures(system) for name, system in report.systems.items()}
    return {
        "collection": report.collection,
        "n": report.n,
        "documents": report.documents,
        "chunks": report.chunks,
        **systems,
        "hybrid_against": {
            name: {"difference": c.difference, "low": c.low, "high": c.high, "p": c.p}
            for name, c in report.comparisons.items()
        },
        "milliseconds": {name: system.milliseconds for name, system in report.systems.items()},
        "seconds": dict(report.seconds),
        "notes": list(report.notes),
    }


def as_table(report: RetrievalReport) -> RenderableType:
    """Return what a rich console prints."""
    table = Table(title=f"{report.collection}: {report.n} topics, {report.documents} documents, {report.chunks} chunks")
    table.add_column("ranking")
    names = list(next(iter(report.systems.values())).measures)
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("ms", justify="right")
    for name, system in report.systems.items():
        cells = [_cell(system.measures[measure]) for measure in names]
        table.add_row(name, *cells, f"{system.milliseconds:.0f}")
    lines = [_sentence(name, comparison) for name, comparison in report.comparisons.items()]
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    return Group(table, *(Text(line) for line in (*lines, *report.notes, stages)))


def _measures(system: SystemReport) -> JsonReport:
    return {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in system.measures.items()}


def _cell(estimated: Estimate) -> str:
    return f"{estimated.value:.3f} ({estimated.low:.3f} to {estimated.high:.3f})"


def _sentence(name: str, comparison: Comparison) -> str:
    return (
        f"hybrid against {name}: {comparison.difference:+.3f} nDCG@10 "
        f"({comparison.low:+.3f} to {comparison.high:+.3f}, p = {comparison.p:.3f})"
    )
