"""Ranking rules tried on a test collection."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from aika.answering.assembly import usual_stages
from aika.answering.pipeline import AnswerOptions, AnswerPipeline
from aika.answering.stating import FactStatement
from aika.application.aika import SystemClock
from aika.application.evaluation import open_retrieval_system
from aika.application.rule_trial import Change, Contender, compare_rules
from aika.domain.access import UNRESTRICTED
from aika.domain.identifiers import DocumentId
from aika.domain.queries import Query, Retrieval
from aika.domain.rules import RankingRule
from aika.evaluation.collections import TestCollection, Topic
from aika.evaluation.measures import measure
from aika.evaluation.retrieval import Progress, RetrievalSystem, index_documents, parse_collection
from aika.facts.finding import FactFinder
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.retrieval.rules import Rules
from aika.settings import Settings
from aika.stores.database.database import Database

_HITS = 30
"""Passages retrieved for a topic: enough for ten documents."""
_MEASURE = "nDCG@10"


@dataclass(frozen=True, slots=True)
class CollectionTrial:
    """What two sets of rules do to the topics of a collection."""

    topics: int
    changes: tuple[Change, ...]
    judged: int
    """Topics that the measure is taken over."""
    ndcg_before: float
    """nDCG@10; 0 where no topic is judged."""
    ndcg_after: float


@dataclass(frozen=True, slots=True)
class CollectionBench:
    """A collection that is indexed and can be asked under any rules."""

    settings: Settings
    collection: TestCollection
    database: Database
    system: RetrievalSystem
    judged_ids: Mapping[DocumentId, str]

    def contender(self, rules: Sequence[RankingRule]) -> Contender:
        system, database, analyzer = self.system, self.database, TechnicalAnalyzer()
        applied = Rules(lambda: rules, analyzer, SystemClock())
        retriever = system.retriever(database.catalogue, rules=(applied,))
        answering = usual_stages(
            retriever,
            analyzer=analyzer,
            embedder=system.embedder,
            stating=FactStatement(FactFinder(database.facts, database.catalogue), database.catalogue),
        )
        options = AnswerOptions(
            evidence=self.settings.retrieval.evidence, min_confidence=self.settings.answers.min_confidence
        )
        return Contender(retriever, AnswerPipeline(answering, analyzer=analyzer, clock=SystemClock(), options=options))

    async def compare(
        self, before: Sequence[RankingRule], after: Sequence[RankingRule], topics: Sequence[Topic], progress: Progress
    ) -> CollectionTrial:
        one, other = self.contender(before), self.contender(after)
        changes: list[Change] = []
        runs: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
        for number, topic in enumerate(topics, start=1):
            query = Query(topic.text, UNRESTRICTED, history=topic.history)
            compared = await compare_rules(query, one, other, evidence=self.settings.retrieval.evidence, k=_HITS)
            runs[0][topic.id], runs[1][topic.id] = self._documents(compared.before), self._documents(compared.after)
            if compared.change is not None:
                changes.append(compared.change)
            progress("asking", number, len(topics))
        judged = {topic.id for topic in self.collection.judged_topics} & {topic.id for topic in topics}
        means = [self._mean({topic: run[topic] for topic in sorted(judged)}) for run in runs]
        return CollectionTrial(len(topics), tuple(changes), len(judged), *means)

    def _documents(self, found: Retrieval) -> list[str]:
        return list(dict.fromkeys(self.judged_ids[hit.chunk.document.id] for hit in found.hits))

    def _mean(self, run: Mapping[str, Sequence[str]]) -> float:
        if not run:
            return 0.0
        return sum(measure(run, self.collection.judgments)[_MEASURE].values()) / len(run)


@asynccontextmanager
async def open_collection_bench(
    settings: Settings, collection: TestCollection, *, progress: Progress
) -> AsyncIterator[CollectionBench]:
    """Index a collection as a deployment would, and yield what can be asked. Needs no lock; vectors are kept."""
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="aika-rules-")))
        database = await stack.enter_async_context(Database.open(f"sqlite:///{scratch / 'aika.db'}"))
        system = await stack.enter_async_context(open_retrieval_system(settings))
        entries, _ = await parse_collection(collection, system.intake, progress=progress)
        await database.catalogue.record(entries)
        await index_documents({entry.document.id: entry.chunks for entry in entries}, system, progress=progress)
        keys = {entry.document.id: collection.judged_id(entry.document.key) for entry in entries}
        yield CollectionBench(settings, collection, database, system, keys)
