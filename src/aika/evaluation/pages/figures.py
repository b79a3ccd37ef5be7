"""Which plots a run has, by what was measured."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from xml.etree.ElementTree import Element

import numpy as np

from aika.evaluation.calibration import Calibration, calibration
from aika.evaluation.confidence import RIGHT, UNION
from aika.evaluation.pages.plots import Axis, Line, histogram, lines, reliability
from aika.evaluation.runs import Record, Run, RunKind, TopicRow
from aika.evaluation.slices import sliced

_OUTCOMES = {RIGHT: "right", "acceptable": "rated as faithful", "answerable": "can be answered"}
"""What says in a row whether it was right, and how a plot calls it."""
_DEPTH = 10
_MOST_POINTS = 400
_RISK_AXES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def main_measure(record: Record) -> str:
    """Return the measure that a reader looks at first."""
    measures = record.systems[record.system].measures
    for name in ("nDCG@10", "nugget recall", "correct", "auroc", "answered"):
        if name in measures:
            return name
    return next(iter(measures), "")


def confidence_of(run: Run) -> tuple[Calibration, str] | None:
    """Return how good the confidences of a run's topics are, and what counts as right; ``None`` where none is known."""
    return _confidence_of(run.topics, run.record.system)


def _confidence_of(topics: Sequence[TopicRow], system: str) -> tuple[Calibration, str] | None:
    rows = [row.values.get(system, {}) for row in topics]
    for outcome, said in _OUTCOMES.items():
        known = [row for row in rows if "confidence" in row and outcome in row]
        if known:
            right = [row[outcome] > 0 for row in known]
            told = {name for name in _OUTCOMES if name != RIGHT and any(name in row for row in known)}
            also = _OUTCOMES[told.pop()] if outcome == RIGHT and len(told) == 1 else said
            return calibration([row["confidence"] for row in known], right), also
    return None


def figures(run: Run, history: Sequence[Record]) -> list[Element]:
    """Return a run's plots."""
    found: list[Element] = []
    name = main_measure(run.record)
    if run.record.kind is not RunKind.CONFIDENCE and name and (values := [*run.values(name).values()]):
        found.append(histogram(values, title=f"{name} by topic", label=name))
    if run.record.kind is RunKind.RETRIEVAL:
        found += _precision_recall(run)
    else:
        support = [*run.values("sentence support").values()]
        if support:
            found.append(histogram(support, title="Support of sentences by answer", label="mean support"))
    confident = confidence_of(run)
    if confident is not None:
        found += _confidence(*confident, _parts(run))
    drawn = _history(run.record, history, name)
    return [*found, drawn] if drawn is not None else found


def _parts(run: Run) -> dict[str, tuple[Calibration, str]]:
    """Return the collections of a union, each with how good the confidence is there."""
    found = {}
    for dimension, name, rows in sliced(run.topics):
        confident = _confidence_of(rows, run.record.system) if dimension == UNION else None
        if confident is not None:
            found[name] = confident
    return found


def _confidence(found: Calibration, said: str, parts: Mapping[str, tuple[Calibration, str]]) -> list[Element]:
    """Return reliability and risk by coverage, of a union also of each of its collections."""
    drawn = [Line(_thinned(found.risk_coverage), "all together" if parts else "aika")]
    drawn += [Line(_thinned(part.risk_coverage), name) for name, (part, _) in parts.items()]
    highest = max(risk for line in drawn for _, risk in line.points)
    high = next(top for top in _RISK_AXES if top >= min(highest, 1.0))
    ticks = tuple((high * step / 5, f"{high * step / 5:.0%}") for step in range(6))
    curve = lines(
        "Risk and coverage",
        f"of the most confident questions, the share that is not right; {1 - found.positives / found.n:.0%} over all",
        Axis("share of questions answered"),
        Axis("share not right", 0.0, high, ticks),
        drawn[:4],
        stepped=True,
    )
    plots = [reliability(found.bins, title="Reliability", right=said), curve]
    return plots + [
        reliability(c.bins, title=f"Reliability on {name}", right=word) for name, (c, word) in parts.items()
    ]


def _thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    step = max(1, len(points) // _MOST_POINTS)
    return [*points[:-1:step], points[-1]]


def _precision_recall(run: Run) -> list[Element]:
    """Return mean precision over mean recall at the ranks 1 to 10, a line for each system."""
    drawn = []
    for system in run.record.systems:
        curves = []
        for row in run.topics:
            hits = [float((found.grade or 0) > 0) for found in row.rankings.get(system, ())][:_DEPTH]
            recall = row.values.get(system, {}).get(f"R@{_DEPTH}")
            if recall is None:
                continue
            hits += [0.0] * (_DEPTH - len(hits))
            total = sum(hits) / recall if recall else 1.0
            so_far = [*accumulate(hits)]
            curves.append([(count / total, count / rank) for rank, count in enumerate(so_far, start=1)])
        if curves:
            means = np.asarray(curves).mean(axis=0)
            drawn.append(Line([(float(r), float(p)) for r, p in means], system, dots=True))
    if not drawn:
        return []
    plot = lines(
        "Precision and recall",
        f"means at the ranks 1 to {_DEPTH}, from left to right",
        Axis("recall"),
        Axis("precision"),
        drawn[:4],
    )
    return [plot]


def _history(record: Record, history: Sequence[Record], measure: str) -> Element | None:
    same = [r for r in history if r.collection == record.collection and r.kind is record.kind and r.id != record.id]
    runs = [r for r in sorted([*same, record], key=lambda each: each.started_at) if r.started_at <= record.started_at]
    found = [(r, r.systems[r.system].measures[measure]) for r in runs if measure in r.systems[r.system].measures]
    if len(found) < 2:
        return None
    low = max(0.0, min(value.low for _, value in found) - 0.05)
    high = max(value.high for _, value in found) + 0.05
    first, last = found[0][0].started_at, found[-1][0].started_at
    return lines(
        f"{measure} over time",
        f"{len(found)} runs on this collection, with 95 % intervals",
        Axis("run", 0, len(found) - 1, ((0, f"{first:%d %b %Y}"), (len(found) - 1, f"{last:%d %b %Y}"))),
        Axis(measure, low, min(1.0, high) if high <= 1.05 else high),
        [Line([(n, v.value) for n, (_, v) in enumerate(found)], measure, True, [(v.low, v.high) for _, v in found])],
    )
