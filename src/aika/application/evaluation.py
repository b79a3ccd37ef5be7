"""Opens what retrieval and answers are evaluated with."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from aika.answering.assembly import Judging, usual_stages
from aika.answering.generation import ChatGenerator
from aika.answering.logistic import ConfidenceModels
from aika.answering.pipeline import AnswerOptions, AnswerPipeline, Stages
from aika.answering.stating import FactStatement
from aika.application.aika import SystemClock
from aika.application.citation_checks import citation_verifier
from aika.application.evaluation_inputs import Deployed
from aika.application.judging import open_judging
from aika.application.second_stage import open_second_stage
from aika.application.wiring import build_intake, chat_model, open_embedder, retrieval_options
from aika.domain.queries import Query, Retrieval
from aika.evaluation.retrieval import Progress, RetrievalSystem, index_documents
from aika.facts.finding import FactFinder
from aika.ingestion.generations import EmbedderChoice
from aika.ingestion.parsing import Intake
from aika.ingestion.resolving import ResolvingIndex
from aika.models.wordpiece import english_words
from aika.protocols import Answerer, Catalogue, Embedder, Retriever, Rewriter, VectorStore
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.retrieval.lexicon.collected import CollectionExpander
from aika.retrieval.rewriting import FollowUpRewriter
from aika.settings import Settings
from aika.stores.database.database import Database

if TYPE_CHECKING:
    from aika.models.chat import ChatModel


@asynccontextmanager
async def open_retrieval_system(settings: Settings) -> AsyncIterator[RetrievalSystem]:
    """Open what retrieval is evaluated with: the deployment's own parts over an empty index. Needs no lock.

    Vectors are kept in the data directory, so that a second evaluation of a collection takes seconds.
    """
    folder = settings.data_path / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    analyzer = TechnicalAnalyzer()
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(prefix="aika-evaluation-")))
        database = await stack.enter_async_context(Database.open(f"sqlite:///{folder / 'vectors.db'}"))
        choice = EmbedderChoice(settings.embedder.engine, settings.embedder.options)
        lasting = Surroundings(settings.base_dir, settings.data_path, analyzer)
        embedder = await stack.enter_async_context(open_embedder(choice, lasting))
        passing = Surroundings(settings.base_dir, scratch, analyzer)
        shelf = await stack.enter_async_context(
            open_component("indexes", settings.index.engine, settings.index.options, passing)
        )
        index = await stack.enter_async_context(shelf.open("evaluation", dimensions=embedder.dimensions))
        # Only a reranker may ask a language model here.
        model = None if settings.reranker.engine is None else await chat_model(settings, lasting, stack)
        second_stage = await stack.enter_async_context(open_second_stage(settings, lasting, model=model))
        yield RetrievalSystem(
            build_intake(),
            embedder,
            database.vectors,
            index,
            FollowUpRewriter(analyzer),
            retrieval_options(settings),
            CollectionExpander(index, analyzer, english=english_words),
            analyzer,
            second_stage,
        )


@dataclass(frozen=True, slots=True)
class AnsweringSystem:
    """What answers are evaluated with: a database, empty at first unless it is the deployment's, and what answers from it."""

    intake: Intake
    database: Database
    answerer: Answerer
    embedder: Embedder
    stages: Stages
    """What ``answerer`` is made of."""
    extracting: Answerer
    """The same without a language model."""
    extracting_stages: Stages
    vectors: VectorStore
    rewriter: Rewriter


@asynccontextmanager
async def open_settings_model(settings: Settings) -> AsyncIterator["ChatModel | None"]:
    """Open the language model that the settings name, ``None`` where they name none."""
    async with AsyncExitStack() as stack:
        analyzer = TechnicalAnalyzer()
        yield await chat_model(settings, Surroundings(settings.base_dir, settings.data_path, analyzer), stack)


@asynccontextmanager
async def open_answering_system(
    settings: Settings,
    *,
    model: "ChatModel | None" = None,
    deployed: Deployed | None = None,
    progress: Progress | None = None,
    models: ConfidenceModels | None = None,
) -> AsyncIterator[AnsweringSystem]:
    """Open what answers are evaluated with: the deployment's own parts. Needs no lock.

    Without a ``model`` answers are extracts, whatever the settings name. With ``deployed`` they are made from its documents, in
    place of an empty database's. What is recorded is indexed when a question needs it: not at all where records answer all
    questions. With ``models`` confidences are these, in place of the deployment's.
    """
    async with AsyncExitStack() as stack:
        system = await stack.enter_async_context(open_retrieval_system(settings))
        if deployed is None:
            scratch = Path(stack.enter_context(TemporaryDirectory(prefix="aika-evaluation-")))
            database = await stack.enter_async_context(Database.open(f"sqlite:///{scratch / 'aika.db'}"))
        else:
            database, system = deployed.database, replace(system, vectors=deployed.vectors(system.vectors))
        retriever = _IndexedOnDemand(database, _for_any_scope(system, database.catalogue), progress)
        lasting = Surroundings(settings.base_dir, settings.data_path, TechnicalAnalyzer())
        judging = await stack.enter_async_context(open_judging(settings, lasting, clock=SystemClock(), model=model))
        if models is not None:
            judging = replace(judging, models=models)
        parts = _Parts(retriever, database, system, judging)
        stages = _stages(settings, parts, model)
        # Without a model, nobody asks one for its opinion either.
        alone = replace(parts, judging=replace(judging, more=()))
        extracting = stages if model is None else _stages(settings, alone, None)
        yield AnsweringSystem(
            system.intake,
            database,
            _pipeline(settings, stages),
            system.embedder,
            stages,
            extracting=_pipeline(settings, extracting),
            extracting_stages=extracting,
            vectors=system.vectors,
            rewriter=system.rewriter,
        )


def _for_any_scope(system: RetrievalSystem, catalogue: Catalogue) -> RetrievalSystem:
    """Return the system for scopes with patterns of paths too, which no index looks up by itself."""
    index = ResolvingIndex(system.index, catalogue)
    expander = CollectionExpander(index, system.analyzer, english=english_words)
    return replace(system, index=index, expander=expander)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What answers are made with, whoever writes them."""

    retriever: Retriever
    database: Database
    system: RetrievalSystem
    judging: Judging


def _stages(settings: Settings, parts: _Parts, model: "ChatModel | None") -> Stages:
    database, analyzer = parts.database, TechnicalAnalyzer()
    return usual_stages(
        parts.retriever,
        analyzer=analyzer,
        embedder=parts.system.embedder,
        generator=None if model is None else ChatGenerator(model, model=model.model),
        general_questions=settings.model.general_questions,
        stating=FactStatement(FactFinder(database.facts, database.catalogue), database.catalogue),
        judging=parts.judging,
        verifier=citation_verifier(settings, analyzer, parts.system.embedder, model),
    )


def _pipeline(settings: Settings, stages: Stages) -> AnswerPipeline:
    options = AnswerOptions(
        evidence=settings.retrieval.evidence,
        min_confidence=settings.answers.min_confidence,
        old_after_days=settings.answers.old_after_days,
    )
    return AnswerPipeline(stages, analyzer=TechnicalAnalyzer(), clock=SystemClock(), options=options)


class _IndexedOnDemand:
    """Retrieves from what the catalogue holds, indexed at the first question that is searched for."""

    def __init__(self, database: Database, system: RetrievalSystem, progress: Progress | None) -> None:
        self._database = database
        self._system = system
        self._progress = progress
        self._retriever: Retriever | None = None
        self._indexing = asyncio.Lock()

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        async with self._indexing:
            if self._retriever is None:
                self._retriever = await self._indexed()
        return await self._retriever.retrieve(query, k=k)

    async def _indexed(self) -> Retriever:
        system, catalogue = self._system, self._database.catalogue
        changes = await catalogue.changes(after=0, limit=1_000_000)
        documents = {change.document: change.chunks for change in changes if change.chunks}
        if self._progress is None:
            await index_documents(documents, system)
        else:
            await index_documents(documents, system, progress=self._progress)
        return system.retriever(catalogue)
