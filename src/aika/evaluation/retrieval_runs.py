"""A finished evaluation of retrieval as a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from aika.domain.documents import Document
from aika.evaluation.retrieval import RetrievalReport, SystemReport
from aika.evaluation.runs import (
    Configuration,
    Found,
    Record,
    Run,
    RunKind,
    SystemOutcome,
    TopicRow,
    latency,
    run_id,
)
from aika.evaluation.slices import slices_of
from aika.evaluation.topics import TestCollection, Topic
from aika.protocols import Entry

MAIN = ("full", "hybrid")
"""What a run of retrieval is about, the first of these that was measured: the ranking that answers are written from."""
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When and with what a run was made."""

    configuration: Configuration
    started_at: datetime
    seconds: float


def retrieval_run(
    report: RetrievalReport, collection: TestCollection, entries: Sequence[Entry], circumstances: Circumstances
) -> Run:
    """Return what is recorded of an evaluation. ``entries`` are the documents that were searched."""
    main = next(name for name in (*MAIN, *report.systems) if name in report.systems)
    systems = {main: report.systems[main], **report.systems}
    documents: dict[str, Document] = {}
    for entry in entries:
        # Of several documents with one judged id, such as the messages of a conversation, the first stands for all.
        documents.setdefault(collection.judged_document(entry.document), entry.document)
    configuration = circumstances.configuration
    record = Record(
        id=run_id(circumstances.started_at, collection.digest, configuration.fingerprint, "retrieval"),
        kind=RunKind.RETRIEVAL,
        collection=report.collection,
        digest=collection.digest,
        configuration=configuration,
        started_at=circumstances.started_at,
        seconds=circumstances.seconds,
        n=report.n,
        systems={name: SystemOutcome(s.measures, latency([*s.seconds.values()])) for name, s in systems.items()},
        facts={"documents": report.documents, "chunks": report.chunks, **_stages(report)},
        notes=report.notes,
    )
    rows = tuple(_row(topic, collection, documents, systems) for topic in collection.judged_topics)
    return Run(record, rows)


def _stages(report: RetrievalReport) -> dict[str, float]:
    return {f"seconds to {stage}": seconds for stage, seconds in report.seconds.items()}


def _row(
    topic: Topic,
    collection: TestCollection,
    documents: Mapping[str, Document],
    systems: Mapping[str, SystemReport],
) -> TopicRow:
    grades = collection.judgments[topic.id]
    relevant = [name for name, grade in grades.items() if grade > 0]
    main = next(iter(systems))
    found = {name: list(system.rankings.get(topic.id, ())) for name, system in systems.items()}
    ranks = {name: {key: rank for rank, key in enumerate(keys, start=1)} for name, keys in found.items()}
    return TopicRow(
        id=topic.id,
        text=topic.text,
        slices=slices_of(topic, [documents[name] for name in relevant if name in documents]),
        values={
            name: {measure: values[topic.id] for measure, values in system.by_topic.items() if topic.id in values}
            for name, system in systems.items()
        },
        rankings={
            name: tuple(_found(key, documents, grades, ranks) for key in keys[:_SHOWN]) for name, keys in found.items()
        },
        missed=tuple(sorted(name for name in relevant if name not in ranks[main])),
        expected=(*topic.nuggets, *topic.answers),
        milliseconds={name: 1000 * s.seconds[topic.id] for name, s in systems.items() if topic.id in s.seconds},
    )


def _found(
    key: str, documents: Mapping[str, Document], grades: Mapping[str, int], ranks: Mapping[str, Mapping[str, int]]
) -> Found:
    document = documents.get(key)
    return Found(
        document=key,
        title="" if document is None else document.title,
        url=None if document is None else document.url,
        grade=grades.get(key),
        reason=", ".join(f"{name} {places[key]}" for name, places in ranks.items() if key in places),
        ranks={name: places[key] for name, places in ranks.items() if key in places},
    )
