"""Runs of evaluations on the wire."""

from collections.abc import Iterable, Mapping

from aika.application.evaluation_desk import Started
from aika.client import evaluation_models as wire
from aika.evaluation.comparison import RunComparison
from aika.evaluation.runs import Found, Record, Run, SystemOutcome, TopicRow

_STAGES = ("lexical", "dense", "fusion", "hybrid", "full")
"""Rankings in the order in which they work on one another. Others follow."""


def summary_of_run(record: Record) -> wire.RunSummary:
    return wire.RunSummary(**_summary(record))


def run_view(run: Run) -> wire.RunView:
    record = run.record
    return wire.RunView(
        **_summary(record),
        settings=dict(record.configuration.settings),
        versions=dict(record.configuration.versions),
        facts=dict(record.facts),
        rows=[topic_view(row, record.system) for row in run.topics],
    )


def topic_view(row: TopicRow, system: str) -> wire.TopicRowView:
    told = row.told.get(system)
    return wire.TopicRowView(
        id=row.id,
        text=row.text,
        values={name: dict(values) for name, values in row.values.items()},
        slices={name: list(slices) for name, slices in row.slices.items()},
        missed=len(row.missed),
        abstained=None if told is None else told.abstained,
    )


def comparison_view(compared: RunComparison, runs: tuple[Run, Run], measure: str) -> wire.RunComparisonView:
    return wire.RunComparisonView(
        before=summary_of_run(compared.before),
        after=summary_of_run(compared.after),
        topics=compared.n,
        measures=[
            wire.MeasureComparisonView(
                name=name,
                before=one.before,
                after=one.after,
                difference=one.comparison.difference,
                low=one.comparison.low,
                high=one.comparison.high,
                p=one.comparison.p,
                p_corrected=one.p_corrected,
                wins=one.wins,
                ties=one.ties,
                losses=one.losses,
            )
            for name, one in compared.measures.items()
        ],
        measure=measure,
        changes=_changes(runs, compared.systems, measure),
        settings=[
            wire.SettingChange(name=name, before=before, after=after)
            for name, (before, after) in compared.settings.items()
        ],
        notes=list(compared.notes),
    )


def trace_view(run: Run, row: TopicRow) -> wire.TopicTrace:
    system = run.record.system
    ids = [topic.id for topic in run.topics]
    place = ids.index(row.id)
    return wire.TopicTrace(
        run=run.record.id,
        system=system,
        topic=topic_view(row, system),
        stages=_stages(row),
        documents=_documents(row, system),
        missed=list(row.missed),
        expected=list(row.expected),
        told=[
            wire.ToldView(
                system=name,
                text=told.text,
                abstained=told.abstained,
                confidence=told.confidence,
                remarks=list(told.remarks),
            )
            for name, told in row.told.items()
        ],
        milliseconds=dict(row.milliseconds),
        previous=ids[place - 1] if place else None,
        next=ids[place + 1] if place + 1 < len(ids) else None,
    )


def started_view(started: Started) -> wire.StartedRun:
    ended = "done" if started.run is not None else "failed"
    return wire.StartedRun(
        collection=started.collection,
        changes=list(started.changes),
        started_at=started.started_at,
        state=ended if started.ended else "running",
        doing=started.doing,
        done=started.done,
        total=started.total,
        run=started.run,
        problem=started.problem,
    )


def _summary(record: Record) -> dict[str, object]:
    return {
        "id": record.id,
        "kind": record.kind.value,
        "collection": record.collection,
        "digest": record.digest,
        "started_at": record.started_at,
        "seconds": record.seconds,
        "topics": record.n,
        "configuration": record.configuration.fingerprint,
        "revision": record.configuration.revision,
        "systems": [_system(name, outcome) for name, outcome in record.systems.items()],
        "notes": list(record.notes),
    }


def _system(name: str, outcome: SystemOutcome) -> wire.SystemView:
    latency = outcome.latency
    return wire.SystemView(
        name=name,
        measures={
            measure: wire.EstimateView(value=one.value, low=one.low, high=one.high)
            for measure, one in outcome.measures.items()
        },
        p50=None if latency is None else latency.p50,
        p95=None if latency is None else latency.p95,
    )


def _changes(runs: tuple[Run, Run], systems: tuple[str, str], measure: str) -> list[wire.TopicChangeView]:
    before, after = (run.values(measure, system=system) for run, system in zip(runs, systems, strict=True))
    texts = {row.id: row.text for row in runs[1].topics}
    changes = [
        wire.TopicChangeView(id=topic, text=texts[topic], before=before[topic], after=value)
        for topic, value in after.items()
        if topic in before
    ]
    return sorted(changes, key=lambda change: (change.after - change.before, change.id))


def _stages(row: TopicRow) -> list[wire.StageRanking]:
    names = [name for name in _STAGES if name in row.rankings]
    names += [name for name in row.rankings if name not in _STAGES]
    found = [found for ranking in row.rankings.values() for found in ranking]
    kept = any(one.ranks for one in found)
    ranks = _kept_ranks(found, names) if kept else _listed_ranks(row.rankings)
    return [wire.StageRanking(name=name, ranks=ranks[name]) for name in names]


def _kept_ranks(found: Iterable[Found], names: Iterable[str]) -> dict[str, dict[str, int]]:
    every = list(found)
    return {name: {one.document: one.ranks[name] for one in every if name in one.ranks} for name in names}


def _listed_ranks(rankings: Mapping[str, Iterable[Found]]) -> dict[str, dict[str, int]]:
    """Return the ranks of runs from before they were kept: those of the first ten."""
    return {
        name: {one.document: rank for rank, one in enumerate(ranking, start=1)} for name, ranking in rankings.items()
    }


def _documents(row: TopicRow, system: str) -> list[wire.TracedDocument]:
    """Return every document once, those of the ranking that the run is about first."""
    order = [system, *(name for name in row.rankings if name != system)]
    found: dict[str, Found] = {}
    for name in order:
        for one in row.rankings.get(name, ()):
            found.setdefault(one.document, one)
    return [
        wire.TracedDocument(
            id=one.document,
            title=one.title,
            url=one.url,
            grade=one.grade,
            reason=one.reason,
            quote=one.quote,
            support=one.support,
        )
        for one in found.values()
    ]
