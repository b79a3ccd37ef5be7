"""An evaluation's outcome, for people and for programs."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aika.evaluation.measures import Comparison, Estimate
from aika.evaluation.owners import Miss, OwnersReport, Share
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


def owners_as_json(report: OwnersReport) -> JsonReport:
    """Return what ``json.dumps`` takes: exact answers in all, by half and by type, and each miss."""
    return {
        "collection": report.collection,
        **_shared(report.all),
        "halves": {name: _shared(share) for name, share in report.halves.items()},
        "types": {name: _shared(share) for name, share in report.sorts.items()},
        "milliseconds": report.milliseconds,
        "misses": {
            miss.topic: {
                "question": miss.question,
                "expected": list(miss.expected),
                "lacking": list(miss.lacking),
                "wrong": list(miss.wrong),
                "answer": miss.answer,
            }
            for miss in report.misses
        },
    }


def owners_as_table(report: OwnersReport) -> RenderableType:
    """Return what a rich console prints: the shares, then every miss."""
    table = Table(title=f"{report.collection}: exactly the right owner, channel, people or status")
    for column in ("questions", "exact", "n", "share"):
        table.add_column(column, justify="left" if column == "questions" else "right")
    for name, share in {"all": report.all, **report.halves, **report.sorts}.items():
        table.add_row(name, str(share.exact), str(share.n), f"{100 * share.value:.1f} %")
    timing = Text(f"{report.milliseconds:.0f} ms an answer (median)")
    return Group(table, timing, *(Text(line) for miss in report.misses for line in _miss_lines(miss)))


def _shared(share: Share) -> JsonReport:
    return {"exact": share.exact, "n": share.n, "share": share.value}


def _miss_lines(miss: Miss) -> list[str]:
    said = " ".join(miss.answer.split())
    lines = [f"missed {miss.topic}: {miss.question}", f"  expected {', '.join(miss.expected)}"]
    lines += [f"  lacks {', '.join(miss.lacking)}"] if miss.lacking else []
    lines += [f"  has {', '.join(miss.wrong)}"] if miss.wrong else []
    return [*lines, f"  answered {said}" if said else "  no answer"]


def _measures(system: SystemReport) -> JsonReport:
    return {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in system.measures.items()}


def _cell(estimated: Estimate) -> str:
    return f"{estimated.value:.3f} ({estimated.low:.3f} to {estimated.high:.3f})"


def _sentence(name: str, comparison: Comparison) -> str:
    return (
        f"hybrid against {name}: {comparison.difference:+.3f} nDCG@10 "
        f"({comparison.low:+.3f} to {comparison.high:+.3f}, p = {comparison.p:.3f})"
    )
