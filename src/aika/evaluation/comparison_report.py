"""Comparisons and histories, for people and for programs."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import pairwise

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aika.evaluation.comparison import Change, MeasureComparison, RunComparison
from aika.evaluation.gate import LOWER_IS_BETTER
from aika.evaluation.report import JsonReport
from aika.evaluation.runs import Record

_SIGNIFICANT = 0.05
_BARS = "▁▂▃▄▅▆▇█"
_LONGEST_QUESTION = 70
_MEASURES_SHOWN = 3


def comparison_as_json(compared: RunComparison) -> JsonReport:
    """Return what ``json.dumps`` takes."""
    measures: JsonReport = {
        name: {
            "before": one.before,
            "after": one.after,
            "difference": one.comparison.difference,
            "low": one.comparison.low,
            "high": one.comparison.high,
            "p": one.comparison.p,
            "p_corrected": one.p_corrected,
            "wins": one.wins,
            "ties": one.ties,
            "losses": one.losses,
            "changes": {change.topic: {**asdict(change), "difference": change.difference} for change in one.changes},
        }
        for name, one in compared.measures.items()
    }
    settings: JsonReport = {
        name: {"before": before or "", "after": after or ""} for name, (before, after) in compared.settings.items()
    }
    return {
        "before": compared.before.id,
        "after": compared.after.id,
        "systems": list(compared.systems),
        "n": compared.n,
        "measures": measures,
        "settings": settings,
        "notes": list(compared.notes),
    }


def comparison_as_table(compared: RunComparison, *, changes_of: str | None = None) -> RenderableType:
    """Return what a rich console prints. ``changes_of`` is the measure whose topics are named, by default the first."""
    title = f"{compared.after.collection}: {compared.n} topics that both runs have"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("measure")
    for column in ("before", "after", "change", "95 % interval", "p", "Holm", "+/=/-"):
        table.add_column(column, justify="right", no_wrap=True)
    for name, one in compared.measures.items():
        found = one.comparison
        table.add_row(
            name,
            f"{one.before:.3f}",
            f"{one.after:.3f}",
            f"{found.difference:+.3f}",
            f"{found.low:+.3f} to {found.high:+.3f}",
            f"{found.p:.3f}",
            f"{one.p_corrected:.3f}",
            "/".join(map(str, _better_and_worse(name, one))),
        )
    name = changes_of or next(iter(compared.measures))
    lines = [f"before: {_described(compared.before, compared.systems[0])}"]
    lines += [f"after: {_described(compared.after, compared.systems[1])}"]
    lines += [f"  {setting}: {_or_unset(was)} → {_or_unset(now)}" for setting, (was, now) in compared.settings.items()]
    lines += [_verdict(name, compared.measures[name])]
    lines += _changes(name, compared.measures[name].changes)
    lines += [
        "p: a randomisation test, Holm: p corrected for the number of measures; +, =, -: topics that became better …"
    ]
    return Group(table, *(Text(line) for line in (*lines, *(f"Note: {note}" for note in compared.notes))))


def history_as_json(records: Iterable[Record]) -> JsonReport:
    """Return what ``json.dumps`` takes: every run by its id, oldest first."""
    return {
        record.id: {
            "kind": record.kind.value,
            "collection": record.collection,
            "digest": record.digest,
            "configuration": record.configuration.fingerprint,
            "settings": dict(record.configuration.settings),
            "versions": dict(record.configuration.versions),
            "started_at": record.started_at.isoformat(),
            "seconds": record.seconds,
            "n": record.n,
            "system": record.system,
            "systems": {
                system: {name: {"value": e.value, "low": e.low, "high": e.high} for name, e in outcome.measures.items()}
                for system, outcome in record.systems.items()
            },
        }
        for record in records
    }


def history_as_table(records: Sequence[Record]) -> RenderableType:
    """Return what a rich console prints: a table for each collection and kind of run, with a line of bars for each measure."""
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        groups.setdefault((record.collection, record.kind.value), []).append(record)
    return Group(*(part for (name, kind), runs in groups.items() for part in _history(f"{name}: {kind}", runs)))


def _history(title: str, runs: Sequence[Record]) -> Iterator[RenderableType]:
    names = list(runs[-1].systems[runs[-1].system].measures)[:_MEASURES_SHOWN]
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False)
    table.add_column("run", no_wrap=True)
    for column in (*names, "topics", "seconds"):
        table.add_column(column, justify="right", no_wrap=True)
    for record in runs:
        cells = [_value(record, name) for name in names]
        table.add_row(record.id, *cells, str(record.n), f"{record.seconds:.0f}")
    yield table
    for name in names:
        values = [r.systems[r.system].measures[name].value for r in runs if name in r.systems[r.system].measures]
        if len(values) > 1:
            yield Text(f"{name:>12} {bars(values)}  {values[0]:.3f} → {values[-1]:.3f}")
    for before, after in pairwise(runs):
        if changed := ", ".join(_changed(before, after)):
            yield Text(f"{after.id} changed {changed}")


def bars(values: Sequence[float]) -> str:
    """Return a line of bars, the lowest value the lowest one."""
    low, high = min(values), max(values)
    if high == low:
        return _BARS[len(_BARS) // 2] * len(values)
    return "".join(_BARS[round((value - low) / (high - low) * (len(_BARS) - 1))] for value in values)


def _value(record: Record, name: str) -> str:
    found = record.systems[record.system].measures.get(name)
    return "" if found is None else f"{found.value:.3f}"


def _changed(before: Record, after: Record) -> Iterator[str]:
    one, other = before.configuration, after.configuration
    for name in sorted(one.settings.keys() | other.settings.keys()):
        if one.settings.get(name) != other.settings.get(name):
            yield f"{name} = {_or_unset(other.settings.get(name))}"
    for name in sorted(one.versions.keys() | other.versions.keys()):
        if one.versions.get(name) != other.versions.get(name):
            yield f"{name} {other.versions.get(name, 'gone')}"
    if before.digest != after.digest:
        yield "topics or judgments"
    if before.facts.get("documents") != after.facts.get("documents"):
        yield "documents"


def _described(record: Record, system: str) -> str:
    return f"{system} of {record.id} ({record.started_at.astimezone():%Y-%m-%d %H:%M})"


def _better_and_worse(name: str, one: MeasureComparison) -> tuple[int, int, int]:
    return (one.losses, one.ties, one.wins) if name in LOWER_IS_BETTER else (one.wins, one.ties, one.losses)


def _verdict(name: str, one: MeasureComparison) -> str:
    difference = one.comparison.difference * (-1 if name in LOWER_IS_BETTER else 1)
    if not difference:
        return f"{name} is the same."
    side = "better" if difference > 0 else "worse"
    if one.p_corrected < _SIGNIFICANT:
        return f"{name} is {side}, and chance alone seldom does that (corrected p = {one.p_corrected:.3f})."
    return f"{name} is {side} here, but chance alone could do that (corrected p = {one.p_corrected:.3f})."


def _changes(name: str, changes: Sequence[Change]) -> list[str]:
    if not changes:
        return []
    lines = [f"The topics whose {name} changed most:"]
    return lines + [
        f"  {change.difference:+.2f}  {change.before:.2f} → {change.after:.2f}  {change.topic}  {_short(change.text)}"
        for change in changes
    ]


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST_QUESTION else f"{flat[:_LONGEST_QUESTION]}…"


def _or_unset(value: str | None) -> str:
    return "unset" if value is None else value
