"""Finished evaluations of answers as runs, and as what programs and people read."""

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aika.evaluation.agreement import Agreement
from aika.evaluation.answering import SYSTEM
from aika.evaluation.answers import AnswersReport, answer_measures
from aika.evaluation.confidence import ANSWERABLE
from aika.evaluation.confidence_runs import calibration_as_json
from aika.evaluation.rated import RatersReport
from aika.evaluation.report import JsonReport
from aika.evaluation.retrieval_runs import Circumstances
from aika.evaluation.run_parts import About, cell, estimates_as_json, finished, measures_table
from aika.evaluation.runs import Run, RunKind
from aika.evaluation.slices import sliced
from aika.evaluation.topics import TestCollection

_SLICE_MEASURES = ("nugget recall", "correct", "sentence support", "cited relevant", "answered", "abstained")


def answers_run(
    report: AnswersReport, collection: TestCollection, circumstances: Circumstances, *, documents: int
) -> Run:
    about = About(collection.name, collection.digest, collection.notes)
    systems = {SYSTEM: report.outcome}
    return finished(RunKind.ANSWERS, about, circumstances, systems, report.rows, {"documents": float(documents)})


def answers_as_json(report: AnswersReport) -> JsonReport:
    """Return each measure as ``{"value", "low", "high"}``, the slices, and the confidence in the layout of its own command."""
    latency = report.outcome.latency
    milliseconds: JsonReport = {} if latency is None else {"p50": latency.p50, "p95": latency.p95}
    return {
        "n": report.n,
        "measures": estimates_as_json(report.outcome.measures),
        "confidence": calibration_as_json(report.calibration, ANSWERABLE),
        "slices": {
            f"{dimension} {name}": {"n": len(rows), **estimates_as_json(answer_measures(rows))}
            for dimension, name, rows in sliced(report.rows)
        },
        "milliseconds": milliseconds,
    }


def agreement_as_json(report: RatersReport) -> JsonReport:
    people: JsonReport = {quality: dict(found) for quality, found in report.people.items()}
    agreements: JsonReport = {
        quality: {name: {"n": found.n, **estimates_as_json(found.measures)} for name, found in by_scorer.items()}
        for quality, by_scorer in report.agreements.items()
    }
    return {
        "collection": report.collection,
        "n": report.n,
        "people": people,
        "scorers": agreements,
        "notes": list(report.notes),
    }


def answers_as_table(report: AnswersReport, collection: str) -> RenderableType:
    """Return what a rich console prints: all measures, then a table of slices."""
    table = measures_table(f"{collection}: {report.n} topics", report.outcome)
    by_slice = Table(title="Slices")
    shown = [name for name in _SLICE_MEASURES if name in report.outcome.measures]
    for column in ("slice", "n", *shown):
        by_slice.add_column(column, justify="left" if column == "slice" else "right")
    for dimension, name, rows in sliced(report.rows):
        found = answer_measures(rows)
        cells = [f"{found[each].value:.2f}" if each in found else "" for each in shown]
        by_slice.add_row(f"{dimension} {name}", str(len(rows)), *cells)
    return Group(table, by_slice)


def agreement_as_table(report: RatersReport) -> RenderableType:
    """Return how far each scorer agrees with the median of people's votes, below how far people agree."""
    table = Table(title=f"{report.collection}: {report.n} rated answers")
    for column in ("quality", "scorer", "n", "Spearman", "Kendall", "AUROC", "same vote", "kappa"):
        table.add_column(column, justify="left" if column in {"quality", "scorer"} else "right")
    for quality, people in report.people.items():
        said = ", ".join(f"{name} {value:.3f}" for name, value in people.items())
        table.add_row(quality, f"people with one another: {said}", str(report.n))
        for name, found in report.agreements.get(quality, {}).items():
            table.add_row("", name, str(found.n), *_agreement_cells(found))
    return Group(table, *(Text(note) for note in report.notes))


def _agreement_cells(found: Agreement) -> list[str]:
    names = ("spearman", "kendall", "auroc", "same", "kappa")
    return [cell(found.measures[name]) if name in found.measures else "" for name in names]
