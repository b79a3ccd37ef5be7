"""How well retrieval ranks a test collection's documents: by words, by vectors, by both, and with every stage."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from statistics import median

import numpy as np

from aika.domain.access import EVERYONE
from aika.domain.documents import Chunk
from aika.domain.errors import ConfigurationError, UnreadableDocumentError
from aika.domain.identifiers import DocumentId, SourceId
from aika.domain.queries import Candidate, Query
from aika.domain.sources import Source
from aika.evaluation.ablation import EntryTexts, StageTimes, ablated, compared_with
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.measures import Comparison, Estimate, compare, estimate, measure
from aika.ingestion.following import digest, passages
from aika.ingestion.parsing import Intake
from aika.protocols import Analyzer, Embedder, Entry, Index, Matrix, Ranker, Rewriter, Vector, VectorStore
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker, Observe, RetrievalOptions
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.lexicon.collected import CollectionExpander
from aika.retrieval.passages import Texts
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.stages import Stage

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""

_CHUNK_DEPTH = 1_000
"""Chunks in a ranking: enough for 100 documents of many chunks each."""
_DOCUMENT_DEPTH = 100
_PARSED_AT_ONCE = 200
_EMBEDDED_AT_ONCE = 64
_INDEXED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class RetrievalSystem:
    """What is evaluated: the parts that a deployment has, and an index of its own."""

    intake: Intake
    embedder: Embedder
    vectors: VectorStore
    """Keeps vectors between runs, so that a second run takes seconds."""
    index: Index
    """Empty and open, with the analyzer of the deployment."""
    rewriter: Rewriter
    options: RetrievalOptions = field(default_factory=RetrievalOptions)
    expander: CollectionExpander | None = None
    """Learns from what is indexed."""
    analyzer: Analyzer = field(default_factory=TechnicalAnalyzer)
    stages: Sequence[Stage] = ()
    """What the deployment does after the first stage, without ranking rules."""

    def retriever(
        self, texts: Texts, *, rules: Sequence[Stage] = (), observe: Observe = nullcontext
    ) -> HybridRetriever:
        """Return what a deployment retrieves with, over this system's index."""
        rankers = (LexicalRanker(self.index), DenseRanker(self.index, self.embedder))
        ranker = HybridRanker(rankers, self.rewriter, self.options, observe, expander=self.expander)
        return HybridRetriever(ranker, texts, self.analyzer, (*self.stages, *rules))


@dataclass(frozen=True, slots=True)
class SystemReport:
    """What one way of ranking reaches."""

    measures: Mapping[str, Estimate]
    by_topic: Mapping[str, Mapping[str, float]]
    """Measure, then topic."""
    milliseconds: float
    """The median of a ranking, the question's embedding included."""
    rankings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The judged ids found for each topic, best first."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """What each topic's ranking took."""


@dataclass(frozen=True, slots=True)
class RetrievalReport:
    """What retrieval reaches on a test collection."""

    collection: str
    n: int
    """Topics that the measures are taken over."""
    documents: int
    chunks: int
    systems: Mapping[str, SystemReport]
    """``hybrid`` (the whole first stage), ``lexical``, ``dense``, ``fusion`` (these two and nothing else) and ``full`` (every
    stage, as deployed, without ranking rules)."""
    seconds: Mapping[str, float]
    """What each stage took."""
    notes: tuple[str, ...] = ()
    comparisons: Mapping[str, Comparison] = field(default_factory=dict)
    """Of ``hybrid`` with each of the others, by nDCG@10."""
    ablation: Mapping[str, SystemReport] = field(default_factory=dict)
    """``full without X`` and ``fusion with X``, for each part X that is on. Empty unless asked for."""
    effects: Mapping[str, Comparison] = field(default_factory=dict)
    """Of each row of the ablation with what it is named after, by nDCG@10."""
    stage_milliseconds: Mapping[str, float] = field(default_factory=dict)
    """The median time of each stage of ``full``."""


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""


async def evaluate_retrieval(
    collection: TestCollection,
    system: RetrievalSystem,
    *,
    entries: Sequence[Entry] | None = None,
    stages: bool = False,
    progress: Progress = _quiet,
) -> RetrievalReport:
    """Index the collection as a deployment would, run its topics, and measure the rankings of documents.

    A document stands where its best chunk stands. ``entries`` are documents that are parsed already, in place of the
    collection's. With ``stages`` each part that is on is also left out, and added alone. Raises `ConfigurationError` where
    no topic is answerable and judged.
    """
    topics = collection.judged_topics
    if not topics:
        raise ConfigurationError(f"{collection.name} has no answerable topic with a relevant document")
    clock = _Stopwatch()
    unreadable: tuple[str, ...] = ()
    if entries is None:
        entries, unreadable = await _parsed(collection, system.intake, progress)
    clock.lap("parse")
    vectors = await _embedded([chunk for entry in entries for chunk in entry.chunks], system, progress)
    clock.lap("embed")
    await _indexed(entries, vectors, system.index, progress)
    await _learned([chunk for entry in entries for chunk in entry.chunks], system)
    clock.lap("index")
    keys = {entry.document.id: collection.judged_document(entry.document) for entry in entries}
    timed = StageTimes()
    full = system.retriever(EntryTexts(entries), observe=timed.observe)

    async def run(rankers: Mapping[str, Ranker]) -> dict[str, SystemReport]:
        return {
            name: await _run(name, ranker, topics, keys, collection.judgments, progress)
            for name, ranker in rankers.items()
        }

    systems = await run(_rankers(full))
    clock.lap("rank")
    ablation = await run(ablated(full)) if stages else {}
    clock.lap("ablate")
    return RetrievalReport(
        collection=collection.name,
        n=len(topics),
        documents=len(entries),
        chunks=sum(len(entry.chunks) for entry in entries),
        systems=systems,
        seconds=clock.laps,
        notes=(*collection.notes, *unreadable),
        comparisons=_comparisons(systems, topics),
        ablation=ablation,
        effects={name: _compared(report, systems[compared_with(name)], topics) for name, report in ablation.items()},
        stage_milliseconds=timed.milliseconds,
    )


class _Stopwatch:
    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now


async def _parsed(
    collection: TestCollection, intake: Intake, progress: Progress
) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the entries, and a note where documents could not be read."""
    source = Source(id=SourceId("collection"), connector="collection", readers=frozenset({EVERYONE}))
    entries: list[Entry] = []
    unreadable: list[str] = []

    def take(start: int) -> None:
        for raw in collection.documents[start : start + _PARSED_AT_ONCE]:
            try:
                entries.append(intake.take(source, raw, version="1")[0])
            except UnreadableDocumentError as error:
                unreadable.append(f"{raw.key}: {error}")

    total = len(collection.documents)
    for start in range(0, total, _PARSED_AT_ONCE):
        await asyncio.to_thread(take, start)
        progress("parsing", min(total, start + _PARSED_AT_ONCE), total)
    note = f"{len(unreadable)} documents could not be read, such as {unreadable[0]}" if unreadable else ""
    return entries, (note,) if note else ()


async def _embedded(chunks: Sequence[Chunk], system: RetrievalSystem, progress: Progress) -> dict[bytes, Vector]:
    texts = {digest(text): text for text in passages(chunks)}
    known = await system.vectors.load(system.embedder.fingerprint, list(texts))
    # The shortest first: texts of one length are embedded without padding.
    missing = sorted(texts.keys() - known.keys(), key=lambda key: (len(texts[key]), key))
    for start in range(0, len(missing), _EMBEDDED_AT_ONCE):
        keys = missing[start : start + _EMBEDDED_AT_ONCE]
        matrix = await system.embedder.embed([texts[key] for key in keys], role="document")
        fresh = dict(zip(keys, matrix, strict=True))
        await system.vectors.save(system.embedder.fingerprint, fresh)
        known.update(fresh)
        progress("embedding", start + len(keys), len(missing))
    return known


async def index_documents(
    documents: Mapping[DocumentId, Sequence[Chunk]], system: RetrievalSystem, *, progress: Progress = _quiet
) -> None:
    """Embed and index documents' chunks, so that they can be found."""
    known = await _embedded([chunk for chunks in documents.values() for chunk in chunks], system, progress)
    listed = list(documents.items())
    for start in range(0, len(listed), _INDEXED_AT_ONCE):
        some = listed[start : start + _INDEXED_AT_ONCE]
        await system.index.replace_many([(document, chunks, _matrix(chunks, known)) for document, chunks in some])
        progress("indexing", start + len(some), len(listed))
    await _learned([chunk for chunks in documents.values() for chunk in chunks], system)


async def _learned(chunks: Sequence[Chunk], system: RetrievalSystem) -> None:
    if system.expander is not None:
        await asyncio.to_thread(system.expander.learn, chunks)


async def parse_collection(
    collection: TestCollection, intake: Intake, *, progress: Progress = _quiet
) -> tuple[list[Entry], tuple[str, ...]]:
    """Return the entries of the documents that can be read, and a note where some cannot."""
    return await _parsed(collection, intake, progress)


async def _indexed(entries: Sequence[Entry], known: Mapping[bytes, Vector], index: Index, progress: Progress) -> None:
    for start in range(0, len(entries), _INDEXED_AT_ONCE):
        some = entries[start : start + _INDEXED_AT_ONCE]
        await index.replace_many([(entry.document.id, entry.chunks, _matrix(entry.chunks, known)) for entry in some])
        progress("indexing", start + len(some), len(entries))


def _matrix(chunks: Sequence[Chunk], known: Mapping[bytes, Vector]) -> Matrix:
    return np.stack([known[digest(text)] for text in passages(chunks)])


def _rankers(full: HybridRetriever) -> dict[str, Ranker]:
    # Only the times of ``full`` are wanted: the others are run without the clock.
    hybrid = replace(full.ranker, observe=nullcontext)
    return {
        "hybrid": hybrid,
        **{ranker.name: ranker for ranker in hybrid.rankers},
        "fusion": replace(hybrid, expander=None),
        "full": full,
    }


async def _run(
    name: str,
    ranker: Ranker,
    topics: Sequence[Topic],
    keys: Mapping[DocumentId, str],
    judgments: Mapping[str, Mapping[str, int]],
    progress: Progress,
) -> SystemReport:
    run: dict[str, list[str]] = {}
    seconds: dict[str, float] = {}
    for number, topic in enumerate(topics, start=1):
        query = Query(topic.text, topic.scope, history=topic.history)
        started = time.perf_counter()
        ranking = await ranker.rank(query, k=_CHUNK_DEPTH)
        seconds[topic.id] = time.perf_counter() - started
        run[topic.id] = _judged_ranking(ranking, keys)
        progress(f"ranking ({name})", number, len(topics))
    by_topic = measure(run, judgments)
    return SystemReport(
        measures={name: estimate([values[topic.id] for topic in topics]) for name, values in by_topic.items()},
        by_topic=by_topic,
        milliseconds=1000 * median(seconds.values()),
        rankings=run,
        seconds=seconds,
    )


def _judged_ranking(ranking: Sequence[Candidate], keys: Mapping[DocumentId, str]) -> list[str]:
    return list(dict.fromkeys(keys[candidate.document] for candidate in ranking))[:_DOCUMENT_DEPTH]


def _comparisons(systems: Mapping[str, SystemReport], topics: Sequence[Topic]) -> dict[str, Comparison]:
    hybrid = systems["hybrid"]
    return {name: _compared(hybrid, other, topics) for name, other in systems.items() if name != "hybrid"}


def _compared(one: SystemReport, other: SystemReport, topics: Sequence[Topic]) -> Comparison:
    values, others = ([report.by_topic["nDCG@10"][topic.id] for topic in topics] for report in (one, other))
    return compare(values, others)
