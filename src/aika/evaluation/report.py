"""An evaluation's outcome, for people and for programs."""

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aika.evaluation.ablation import compared_with
from aika.evaluation.measures import Comparison, Estimate
from aika.evaluation.owners import Miss, OwnersReport, Share
from aika.evaluation.retrieval import RetrievalReport, SystemReport

JsonReport = dict[str, "str | int | float | list[str] | list[list[float]] | JsonReport | None"]


def as_json(report: RetrievalReport) -> JsonReport:
    """Return what ``json.dumps`` takes: each system's measures as ``{"value", "low", "high"}``, and how it was obtained."""
    systems: JsonReport = {name: _measures(system) for name, system in report.systems.items()}
    return {
        "collection": report.collection,
        "n": report.n,
        "documents": report.documents,
        "chunks": report.chunks,
        **systems,
        "hybrid_against": {name: _difference(comparison) for name, comparison in report.comparisons.items()},
        "milliseconds": {name: system.milliseconds for name, system in report.systems.items()},
        "stage_milliseconds": dict(report.stage_milliseconds),
        "ablation": {
            name: {
                **_measures(system),
                "milliseconds": system.milliseconds,
                "effect": _difference(report.effects[name]),
            }
            for name, system in report.ablation.items()
        },
        "seconds": dict(report.seconds),
        "notes": list(report.notes),
    }


def as_table(report: RetrievalReport) -> RenderableType:
    """Return what a rich console prints."""
    about = f"{report.collection}: {report.n} topics, {report.documents} documents, {report.chunks} chunks"
    lines = [_sentence("hybrid", name, comparison) for name, comparison in report.comparisons.items()]
    parts: list[RenderableType] = [_systems_table(about, report.systems), *map(Text, lines)]
    if report.ablation:
        effects = [_sentence(name, compared_with(name), report.effects[name]) for name in report.ablation]
        parts += [_systems_table("what each part adds", report.ablation), *map(Text, effects)]
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
    question = ", ".join(f"{stage} {milliseconds:.1f} ms" for stage, milliseconds in report.stage_milliseconds.items())
    return Group(*parts, *(Text(line) for line in (*report.notes, stages, f"a question: {question}")))


def _systems_table(title: str, systems: Mapping[str, SystemReport]) -> Table:
    table = Table(title=title)
    table.add_column("ranking")
    names = list(next(iter(systems.values())).measures)
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("ms", justify="right")
    for name, system in systems.items():
        table.add_row(name, *(_cell(system.measures[measure]) for measure in names), f"{system.milliseconds:.0f}")
    return table


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


def _difference(comparison: Comparison) -> JsonReport:
    return {"difference": comparison.difference, "low": comparison.low, "high": comparison.high, "p": comparison.p}


def _sentence(one: str, other: str, comparison: Comparison) -> str:
    return (
        f"{one} against {other}: {comparison.difference:+.3f} nDCG@10 "
        f"({comparison.low:+.3f} to {comparison.high:+.3f}, p = {comparison.p:.3f})"
    )
