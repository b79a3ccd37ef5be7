"""Finished evaluations of answers and of confidence as runs, and as what programs and people read."""

from collections.abc import Mapping
from dataclasses import replace

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aika.evaluation.agreement import Agreement
from aika.evaluation.answering import SYSTEM
from aika.evaluation.answers import AnswersReport, answer_measures
from aika.evaluation.calibration import Bin, Calibration, Threshold
from aika.evaluation.confidence import ANSWERABLE, ConfidenceReport
from aika.evaluation.measures import Estimate
from aika.evaluation.rated import RatersReport
from aika.evaluation.report import JsonReport
from aika.evaluation.retrieval_runs import Circumstances
from aika.evaluation.runs import Record, Run, RunKind, SystemOutcome, TopicRow, run_id
from aika.evaluation.slices import sliced
from aika.evaluation.topics import TestCollection

_SLICE_MEASURES = ("nugget recall", "correct", "sentence support", "cited relevant", "answered", "abstained")


def answers_run(
    report: AnswersReport, collection: TestCollection, circumstances: Circumstances, *, documents: int
) -> Run:
    return _run(
        RunKind.ANSWERS, report.outcome, report.rows, collection, circumstances, {"documents": float(documents)}
    )


def confidence_run(report: ConfidenceReport, collection: TestCollection, circumstances: Circumstances) -> Run:
    """Return the run. What counts as right is told in its notes."""
    run = _run(RunKind.CONFIDENCE, report.outcome, report.rows, collection, circumstances, {})
    notes = (f"right: {report.right}", *report.notes, *run.record.notes)
    return replace(run, record=replace(run.record, notes=notes))


def answers_as_json(report: AnswersReport) -> JsonReport:
    """Return each measure as ``{"value", "low", "high"}``, the slices, and the confidence in the layout of its own command."""
    latency = report.outcome.latency
    milliseconds: JsonReport = {} if latency is None else {"p50": latency.p50, "p95": latency.p95}
    return {
        "n": report.n,
        "measures": _estimates(report.outcome.measures),
        "confidence": calibration_as_json(report.calibration, ANSWERABLE),
        "slices": {
            f"{dimension} {name}": {"n": len(rows), **_estimates(answer_measures(rows))}
            for dimension, name, rows in sliced(report.rows)
        },
        "milliseconds": milliseconds,
    }


def calibration_as_json(found: Calibration, right: str) -> JsonReport:
    """Return ``auroc``, ``ece``, ``brier`` and ``coverage_at_95`` with intervals, what counts as right, and the curves."""
    return {
        **_estimates(found.measures),
        "n": found.n,
        "positives": found.positives,
        "right": right,
        "bins": {str(number): _bin(each) for number, each in enumerate(found.bins, start=1)},
        "thresholds": {f"{each.threshold:.2f}": _threshold(each) for each in found.thresholds},
    }


def confidence_as_json(report: ConfidenceReport) -> JsonReport:
    also: JsonReport = {right: calibration_as_json(found, right) for right, found in report.also.items()}
    return {
        "collection": report.collection,
        **calibration_as_json(report.calibration, report.right),
        "also": also,
        "notes": list(report.notes),
    }


def agreement_as_json(report: RatersReport) -> JsonReport:
    people: JsonReport = {quality: dict(found) for quality, found in report.people.items()}
    agreements: JsonReport = {
        quality: {name: {"n": found.n, **_estimates(found.measures)} for name, found in by_scorer.items()}
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
    table = _measures_table(f"{collection}: {report.n} topics", report.outcome)
    by_slice = Table(title="Slices")
    shown = [name for name in _SLICE_MEASURES if name in report.outcome.measures]
    for column in ("slice", "n", *shown):
        by_slice.add_column(column, justify="left" if column == "slice" else "right")
    for dimension, name, rows in sliced(report.rows):
        found = answer_measures(rows)
        cells = [f"{found[each].value:.2f}" if each in found else "" for each in shown]
        by_slice.add_row(f"{dimension} {name}", str(len(rows)), *cells)
    return Group(table, by_slice)


def confidence_as_table(report: ConfidenceReport) -> RenderableType:
    """Return the measures, and what each threshold comes to."""
    title = f"{report.collection}: right means that {report.right} ({report.calibration.n} questions)"
    also = [Text(f"Where right means that {right}: {_in_words(found)}") for right, found in report.also.items()]
    table = Table(title="Answering from a confidence on")
    for column in ("from", "answered", "right"):
        table.add_column(column, justify="right")
    for each in report.calibration.thresholds:
        right = "" if each.right is None else f"{each.right:.1%}"
        table.add_row(f"{each.threshold:.2f}", f"{each.answered:.1%}", right)
    return Group(_measures_table(title, report.outcome), *also, table, *(Text(note) for note in report.notes))


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


def _bin(each: Bin) -> JsonReport:
    return {"confidence": each.confidence, "right": each.right, "n": each.n}


def _threshold(each: Threshold) -> JsonReport:
    return {"answered": each.answered} if each.right is None else {"answered": each.answered, "right": each.right}


def _agreement_cells(found: Agreement) -> list[str]:
    names = ("spearman", "kendall", "auroc", "same", "kappa")
    return [_cell(found.measures[name]) if name in found.measures else "" for name in names]


def _measures_table(title: str, outcome: SystemOutcome) -> Table:
    table = Table(title=title)
    table.add_column("measure")
    table.add_column("value (95 % interval)", justify="right")
    for name, value in outcome.measures.items():
        table.add_row(name, _cell(value))
    if outcome.latency is not None:
        table.add_row("milliseconds, p50 and p95", f"{outcome.latency.p50:.0f} and {outcome.latency.p95:.0f}")
    return table


def _in_words(found: Calibration) -> str:
    return ", ".join(f"{name} {value.value:.3f}" for name, value in found.measures.items())


def _cell(value: Estimate) -> str:
    return f"{value.value:.3f} ({value.low:.3f} to {value.high:.3f})"


def _estimates(measures: Mapping[str, Estimate]) -> JsonReport:
    return {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in measures.items()}


def _run(
    kind: RunKind,
    outcome: SystemOutcome,
    rows: tuple[TopicRow, ...],
    collection: TestCollection,
    circumstances: Circumstances,
    facts: dict[str, float],
) -> Run:
    started = circumstances.started_at
    digest = collection.digest
    record = Record(
        id=run_id(started, kind, collection.name, digest, circumstances.configuration.fingerprint),
        kind=kind,
        collection=collection.name,
        digest=digest,
        configuration=circumstances.configuration,
        started_at=started,
        seconds=circumstances.seconds,
        n=len(rows),
        systems={SYSTEM: outcome},
        facts=facts,
        notes=collection.notes,
    )
    return Run(record, rows)
