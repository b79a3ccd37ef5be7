"""A finished evaluation of the confidence as a run, and as what programs and people read."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aika.evaluation.alone import Alone, verdict
from aika.evaluation.answering import SYSTEM
from aika.evaluation.calibration import Bin, Calibration, Threshold
from aika.evaluation.confidence import Beside, ConfidenceReport
from aika.evaluation.report import JsonReport
from aika.evaluation.retrieval_runs import Circumstances
from aika.evaluation.run_parts import About, cell, estimates_as_json, finished, measures_table
from aika.evaluation.runs import Run, RunKind, SystemOutcome, fingerprint
from aika.evaluation.topics import TestCollection

MEASURES = ("auroc", "ece", "brier", "coverage_at_95")
SIGNAL = "signal "
"""What the name of a signal begins with among a run's systems."""
TOGETHER = "all together"
"""The confidence's AUROC over the questions that have a signal."""
_MOST_POINTS = 200


def confidence_run(
    report: ConfidenceReport, collections: Sequence[TestCollection], circumstances: Circumstances
) -> Run:
    """Return the run, with what counts as right in its notes, and what stands beside the confidence as further systems."""
    digests = [collection.digest for collection in collections]
    digest = digests[0] if len(digests) == 1 else fingerprint(digests)
    notes = (f"right: {report.right}", *report.notes)
    if report.signals:
        notes = (*notes, verdict(report.signals))
    systems = {SYSTEM: report.outcome}
    systems |= {name: SystemOutcome(dict(beside.other.measures)) for name, beside in report.beside.items()}
    for one in report.signals:
        systems[f"{SIGNAL}{one.name}"] = SystemOutcome({"auroc": one.auroc, TOGETHER: one.together})
    return finished(
        RunKind.CONFIDENCE, About(report.collection, digest, notes), circumstances, systems, report.rows, {}
    )


def calibration_as_json(found: Calibration, right: str) -> JsonReport:
    """Return ``auroc``, ``ece``, ``brier`` and ``coverage_at_95`` with intervals, what counts as right, and the curves.

    A measure that is undefined, such as the AUROC of questions of one kind, has ``null`` for its numbers.
    """
    nothing: JsonReport = {"value": None, "low": None, "high": None}
    step = max(1, len(found.risk_coverage) // _MOST_POINTS)
    curve = [*found.risk_coverage[:-1:step], found.risk_coverage[-1]]
    return {
        **dict.fromkeys(MEASURES, nothing),
        **estimates_as_json(found.measures),
        "n": found.n,
        "positives": found.positives,
        "right": right,
        "bins": {str(number): _bin(each) for number, each in enumerate(found.bins, start=1)},
        "thresholds": {f"{each.threshold:.2f}": _threshold(each) for each in found.thresholds},
        "risk_coverage": [[coverage, risk] for coverage, risk in curve],
    }


def confidence_as_json(report: ConfidenceReport) -> JsonReport:
    """Return the measures at the top; of a union, each collection's under ``collections``."""
    also: JsonReport = {right: calibration_as_json(found, right) for right, found in report.also.items()}
    latency = report.outcome.latency
    milliseconds: JsonReport = {} if latency is None else {"p50": latency.p50, "p95": latency.p95}
    found: JsonReport = {
        "collection": report.collection,
        **calibration_as_json(report.calibration, report.right),
        "also": also,
        "signals": {one.name: _alone_as_json(one) for one in report.signals},
        "signals_in_words": verdict(report.signals),
        "baselines": {name: _beside_as_json(each) for name, each in report.beside.items()},
        "milliseconds": milliseconds,
        "notes": list(report.notes),
    }
    if report.parts:
        parts: JsonReport = {part.collection: confidence_as_json(part) for part in report.parts}
        found["collections"] = parts
    return found


def confidence_as_table(report: ConfidenceReport) -> RenderableType:
    """Return the measures, what each threshold comes to, the signals alone and the baselines; of a union, of each part first."""
    parts: list[RenderableType] = [confidence_as_table(part) for part in report.parts]
    title = f"{report.collection}: right means that {report.right} ({report.calibration.n} questions)"
    parts.append(measures_table(title, report.outcome))
    for right, found in report.also.items():
        said = ", ".join(f"{name} {value.value:.3f}" for name, value in found.measures.items())
        parts.append(Text(f"Where right means that {right}: {said}"))
    parts += [_thresholds(report.calibration), Text(at_95(report.calibration))]
    if report.signals:
        parts += [_signals(report.signals), Text(verdict(report.signals))]
    if report.beside:
        parts.append(_baselines(report))
    return Group(*parts, *(Text(note) for note in report.notes))


def at_95(found: Calibration) -> str:
    """Return in a sentence how much is answered where 95 % must be right."""
    reached = found.measures["coverage_at_95"]
    if not reached.value:
        return "No threshold answers any question with 95 % right."
    return (
        f"With 95 % right, {reached.value:.1%} of the questions are answered ({reached.low:.1%} to {reached.high:.1%})."
    )


def _thresholds(found: Calibration) -> Table:
    table = Table(title="At threshold t, aika answers p % of the questions with q % right (95 % intervals)")
    for column in ("t", "p answered", "q right"):
        table.add_column(column, justify="right")
    for each in found.thresholds:
        right = "" if each.right is None else _share(each.right, each.right_between)
        table.add_row(f"{each.threshold:.2f}", _share(each.answered, each.answered_between), right)
    return table


def _signals(signals: Sequence[Alone]) -> Table:
    table = Table(title="Each signal alone, and all together over the same questions (AUROC)")
    for column in ("signal", "n", "alone", "together", "gain"):
        table.add_column(column, justify="left" if column == "signal" else "right")
    for one in signals:
        name = f"{one.name} (against)" if one.against else one.name
        gain = f"{one.gain.value:+.3f} ({one.gain.low:+.3f} to {one.gain.high:+.3f})"
        table.add_row(name, str(one.n), cell(one.auroc), f"{one.together.value:.3f}", gain)
    return table


def _baselines(report: ConfidenceReport) -> Table:
    table = Table(title="What could stand in its place, and the confidence over the same questions")
    for column in ("", "n", "AUROC", "ECE", "Brier", "coverage at 95 %"):
        table.add_column(column, justify="right" if column else "left")
    for name, each in report.beside.items():
        for label, found in ((name, each.other), ("  the confidence", each.confidence)):
            cells = [cell(found.measures[one]) if one in found.measures else "" for one in MEASURES]
            table.add_row(label, str(found.n), *cells)
    return table


def _alone_as_json(one: Alone) -> JsonReport:
    estimates = estimates_as_json({"auroc": one.auroc, "together": one.together, "gain": one.gain})
    return {**estimates, "n": one.n, "against": int(one.against)}


def _beside_as_json(each: Beside) -> JsonReport:
    return {
        **estimates_as_json(each.other.measures),
        "n": each.other.n,
        "confidence": estimates_as_json(each.confidence.measures),
    }


def _bin(each: Bin) -> JsonReport:
    return {"confidence": each.confidence, "right": each.right, "n": each.n}


def _threshold(each: Threshold) -> JsonReport:
    low, high = each.answered_between
    found: JsonReport = {"answered": each.answered, "answered_low": low, "answered_high": high}
    if each.right is None:
        return found
    low, high = each.right_between
    return {**found, "right": each.right, "right_low": low, "right_high": high}


def _share(value: float, between: tuple[float, float]) -> str:
    return f"{value:.1%} ({between[0]:.1%} to {between[1]:.1%})"
