"""Two runs side by side: what differs, by how much, and whether chance alone explains it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aika.domain.errors import ConfigurationError
from aika.evaluation.measures import Comparison, compare
from aika.evaluation.runs import Record, Run

_TIE = 1e-9
_CHANGED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Change:
    """A topic whose value changed."""

    topic: str
    text: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class MeasureComparison:
    """One measure of both runs, over the topics that both have."""

    before: float
    after: float
    comparison: Comparison
    """How far the second is above the first."""
    p_corrected: float
    """With Holm's correction over all measures compared: what to believe when one of many looks significant."""
    wins: int
    """Topics on which the second is better."""
    ties: int
    losses: int
    changes: tuple[Change, ...]
    """The topics that changed most, losses and wins alike."""


@dataclass(frozen=True, slots=True)
class RunComparison:
    """How the second run differs from the first."""

    before: Record
    after: Record
    systems: tuple[str, str]
    n: int
    """Topics that both have."""
    measures: Mapping[str, MeasureComparison]
    settings: Mapping[str, tuple[str | None, str | None]]
    """Those that differ, before and after. ``None`` where a run has no such setting."""
    notes: tuple[str, ...]


def compare_runs(
    before: Run, after: Run, *, measures: Sequence[str] | None = None, systems: tuple[str, str] | None = None
) -> RunComparison:
    """Compare measure by measure, by default all that both have, of the systems that the runs are about.

    Raises `ConfigurationError` where the runs are of different kinds or share no topic with a measure.
    """
    one, other = systems or (before.record.system, after.record.system)
    if before.record.kind is not after.record.kind:
        raise ConfigurationError(
            f"{before.record.id} measured {before.record.kind} and {after.record.id} {after.record.kind}: "
            "no measure is theirs both"
        )
    names = measures or _shared(before.record, after.record, one, other)
    texts = {row.id: row.text for row in after.topics}
    compared: dict[str, MeasureComparison] = {}
    topics: set[str] = set()
    for name in names:
        first, second = before.values(name, system=one), after.values(name, system=other)
        both = sorted(first.keys() & second.keys())
        if both:
            topics |= set(both)
            compared[name] = _compared([(topic, texts[topic], first[topic], second[topic]) for topic in both])
    if not compared:
        raise ConfigurationError(f"{before.record.id} and {after.record.id} share no topic that has a measure")
    return RunComparison(
        before=before.record,
        after=after.record,
        systems=(one, other),
        n=len(topics),
        measures=_corrected(compared),
        settings=_differing(before.record, after.record),
        notes=tuple(_notes(before, after, len(topics), len(compared))),
    )


def _shared(before: Record, after: Record, one: str, other: str) -> list[str]:
    for record, system in ((before, one), (after, other)):
        if system not in record.systems:
            known = ", ".join(record.systems)
            raise ConfigurationError(f"{record.id} did not measure {system!r} (it measured: {known})")
    return [name for name in after.systems[other].measures if name in before.systems[one].measures]


def _compared(rows: Sequence[tuple[str, str, float, float]]) -> MeasureComparison:
    first, second = [row[2] for row in rows], [row[3] for row in rows]
    changes = [Change(*row) for row in rows if abs(row[3] - row[2]) > _TIE]
    changes.sort(key=lambda change: (-abs(change.difference), change.topic))
    comparison = compare(second, first)
    wins = sum(change.difference > 0 for change in changes)
    return MeasureComparison(
        before=sum(first) / len(first),
        after=sum(second) / len(second),
        comparison=comparison,
        p_corrected=comparison.p,
        wins=wins,
        ties=len(rows) - len(changes),
        losses=len(changes) - wins,
        changes=tuple(changes[:_CHANGED_SHOWN]),
    )


def _corrected(compared: Mapping[str, MeasureComparison]) -> dict[str, MeasureComparison]:
    """Holm, Scandinavian Journal of Statistics 1979: the smallest p times the number of tests, the next times one less, …"""
    ordered = sorted(compared, key=lambda name: (compared[name].comparison.p, name))
    highest, p_of = 0.0, {}
    for place, name in enumerate(ordered):
        highest = max(highest, min(1.0, compared[name].comparison.p * (len(ordered) - place)))
        p_of[name] = highest
    return {name: replace(found, p_corrected=p_of[name]) for name, found in compared.items()}


def _differing(before: Record, after: Record) -> dict[str, tuple[str | None, str | None]]:
    one = {**before.configuration.settings, **_versions(before)}
    other = {**after.configuration.settings, **_versions(after)}
    return {
        name: (one.get(name), other.get(name))
        for name in sorted(one.keys() | other.keys())
        if one.get(name) != other.get(name)
    }


def _versions(record: Record) -> dict[str, str]:
    return {f"version of {name}": version for name, version in record.configuration.versions.items()}


def _notes(before: Run, after: Run, shared: int, measures: int) -> list[str]:
    notes = []
    if before.record.collection != after.record.collection:
        notes.append(f"the collections are two: {before.record.collection} and {after.record.collection}")
    elif before.record.digest != after.record.digest:
        notes.append("topics or judgments changed between the runs; topics with one id are taken for the same")
    only = len({row.id for row in before.topics} ^ {row.id for row in after.topics})
    if only:
        notes.append(f"{only} topics are in one of the runs only and are left out")
    if before.record.facts.get("documents") != after.record.facts.get("documents"):
        notes.append("the number of documents changed between the runs, and that alone moves measures")
    if measures > 1:
        notes.append(
            f"{measures} measures were compared: believe the corrected p, which allows for looking so often. "
            "The same holds for trying many settings on one collection: keep topics aside for the last look"
        )
    if shared < 30:
        notes.append(f"{shared} topics are few: only large differences can be told from chance")
    return notes
