"""Opens everything that the settings name, and puts it together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from aika.answering.assembly import Judging, usual_stages
from aika.answering.generation import ChatGenerator
from aika.answering.pipeline import AnswerOptions, AnswerPipeline, Stages
from aika.answering.stating import FactStatement
from aika.application.aika import Aika, SystemClock
from aika.application.assistant_files import open_library
from aika.application.citation_checks import citation_verifier
from aika.application.declarations import Declarations
from aika.application.digest_wiring import open_digests
from aika.application.evaluation_desk import EvaluationDesk
from aika.application.freshness import LateSources
from aika.application.goalie_wiring import build_goalies
from aika.application.health_wiring import build_health
from aika.application.insights_wiring import build_insights, open_journal
from aika.application.judging import ReaderOnDemand, open_judging
from aika.application.rule_trial import Contender
from aika.application.second_stage import open_second_stage
from aika.application.sign_in.sessions import build_sign_in
from aika.application.syncing import SyncerOnDemand
from aika.assistants.conversing import Conversing
from aika.assistants.narrowing import Narrowing
from aika.assistants.suggesting import Suggesting
from aika.assistants.topics import LearnedTopics
from aika.assistants.under_way import AnswersUnderWay
from aika.domain.access import UNRESTRICTED
from aika.domain.documents import Kind
from aika.domain.errors import ConfigurationError
from aika.domain.identifiers import SourceId
from aika.domain.queries import Candidate, Query, Retrieval
from aika.domain.rules import RankingRule
from aika.domain.sources import Source
from aika.evaluation.support import SupportMeter, support_by_words
from aika.facts.finding import FactFinder
from aika.http import check_reach, lending
from aika.ingestion.generations import EmbedderChoice, Generation, Generations, Ingredients, open_generations
from aika.ingestion.parsing import ChunkerSet, Intake, ParserSet
from aika.ingestion.sync import Syncer, SyncLimits
from aika.models.wordpiece import english_words
from aika.protocols import (
    Answerer,
    Connector,
    Embedder,
    IndexShelf,
    Retriever,
    Rewriter,
)
from aika.registry import Surroundings, component, names, open_component
from aika.retrieval.dense import DenseRanker
from aika.retrieval.handing import HandingRetriever
from aika.retrieval.hybrid import HybridRanker, RetrievalOptions
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.lexicon.expanding import LexiconExpander
from aika.retrieval.lexicon.keeping import LexiconKeeper
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.rewriting import FollowUpRewriter, ModelRewriter
from aika.retrieval.routing import Experience, SourceRouting
from aika.retrieval.rules import Rules
from aika.retrieval.stages import Stage
from aika.settings import Settings, sign_in_secret, with_secrets
from aika.stores.database.database import Database
from aika.stores.jobs import DurableJobs
from aika.stores.locking import DataDirectoryLock
from aika.stores.remembered_directory import RememberedDirectory
from aika.telemetry.answering import LiveSupport
from aika.telemetry.setup import Telemetry

if TYPE_CHECKING:
    from aika.models.chat import ChatModel


@asynccontextmanager
async def open_aika(settings: Settings, *, fresh_index: bool = False) -> AsyncIterator[Aika]:
    """Open everything that the settings name. With ``fresh_index`` the index is dropped first, to be built again.

    Raises `ConfigurationError` for wrong settings and `StoreLockedError` where another process holds the data directory.
    """
    async with AsyncExitStack() as stack:
        data_dir = settings.data_path
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context(DataDirectoryLock.hold(data_dir))
        url = database_url(settings)
        telemetry = await stack.enter_async_context(
            Telemetry.open(version=version("aika"), capture_content=settings.telemetry.capture_content)
        )
        telemetry.instrument_http_clients()
        database = await stack.enter_async_context(Database.open(url))
        database.conversations = telemetry.conversations(database.conversations)
        database.directory = RememberedDirectory(database.directory)
        surroundings = Surroundings(settings.base_dir, data_dir, TechnicalAnalyzer())
        shelf = await stack.enter_async_context(
            open_component("indexes", settings.index.engine, settings.index.options, surroundings)
        )
        if fresh_index:
            for generation in await shelf.generations():
                await shelf.drop(generation)
        generations = await stack.enter_async_context(_open_generations(settings, database, shelf, surroundings))
        model = await chat_model(settings, surroundings, stack)
        named = await _open_named_models(settings, surroundings, stack)
        lexicon = LexiconKeeper(database.catalogue, surroundings.analyzer, data_dir)
        await lexicon.load()
        asked = None if model is None else telemetry.text_model(model)
        second_stage = await stack.enter_async_context(
            open_second_stage(settings, surroundings, model=asked, wrap=telemetry.reranker)
        )
        clock = SystemClock()
        judging = await stack.enter_async_context(
            open_judging(settings, surroundings, clock=clock, history=database.experience, model=asked)
        )
        parts = _Parts(settings, surroundings, database, telemetry, model, named, lexicon, second_stage, judging)
        declarations = Declarations(settings, lambda name, options: _open_place(name, options, surroundings))
        await asyncio.to_thread(declarations.reload)
        late = LateSources(declarations, database.sync_log, clock)
        ranking = _CurrentRetriever(parts, generations, late, lambda: declarations.rules)
        retriever = telemetry.retriever(ranking)
        answerer = _answerer(parts, retriever, generations.newest.embedder)
        jobs = await stack.enter_async_context(DurableJobs.open(url))
        aika = Aika(
            settings=settings,
            declarations=declarations,
            database=database,
            generations=generations,
            lexicon=lexicon,
            syncer=telemetry.syncer(SyncerOnDemand(partial(_syncer, parts, clock))),
            jobs=jobs,
            retriever=retriever,
            conversing=Conversing(
                answerer,
                database.conversations,
                database.catalogue,
                clock,
                _narrowing(database, generations, data_dir),
                journal=open_journal(settings, database, clock),
            ),
            assistants=open_library(settings, database.assistants, clock),
            clock=clock,
            lock=lock,
            telemetry=telemetry,
            contender=partial(_contender, parts, generations, late),
            reader=judging.reader if isinstance(judging.reader, ReaderOnDemand) else None,
        )
        aika.health = build_health(aika, ranking, surroundings.analyzer)
        aika.digests = await stack.enter_async_context(open_digests(aika, surroundings.analyzer))
        aika.goalies = build_goalies(aika)
        secret = None if settings.sign_in is None else sign_in_secret(settings.sign_in)
        aika.sign_in = await build_sign_in(settings.sign_in, secret, database, clock, authenticate=aika.authenticate)
        # The data directory's lock keeps other processes from a SQLite file: there is nobody to tell.
        shared = None if url.startswith("sqlite") else database.under_way
        aika.under_way = AnswersUnderWay(aika.conversing, shared, clock, at_once=settings.server.answers_at_once)
        stack.push_async_callback(aika.under_way.close)
        aika.suggesting = Suggesting(database.catalogue, database.commonly_asked, english_words, clock)
        aika.insights = build_insights(aika, surroundings.analyzer)
        aika.evaluation = EvaluationDesk(settings, jobs, clock)
        stack.enter_context(telemetry.watching(lambda: aika.source_states(scope=UNRESTRICTED), clock))
        await aika.accept_work()
        yield aika


def _narrowing(database: Database, generations: Generations, data_dir: Path) -> Narrowing:
    folder = data_dir / "topics"
    return Narrowing(
        database.directory,
        LearnedTopics(database.catalogue, database.vectors, lambda: generations.serving, folder),
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the others are built with."""

    settings: Settings
    surroundings: Surroundings
    database: Database
    telemetry: Telemetry
    model: "ChatModel | None"
    named: Mapping[str, "ChatModel"]
    """The models that assistants may name."""
    lexicon: LexiconKeeper
    second_stage: Sequence[Stage]
    judging: Judging


def _contender(parts: _Parts, generations: Generations, late: LateSources, rules: Sequence[RankingRule]) -> Contender:
    """Return what would answer if these were all the ranking rules."""
    retriever = _CurrentRetriever(parts, generations, late, lambda: rules)
    return Contender(retriever, _answerer(parts, retriever, generations.newest.embedder))


class _CurrentRetriever:
    """Retrieves from the generation that serves now."""

    def __init__(
        self,
        parts: _Parts,
        generations: Generations,
        late: LateSources,
        rules: Callable[[], Sequence[RankingRule]],
    ) -> None:
        self._parts = parts
        self._generations = generations
        self._late = late
        self._rules = rules
        self._retrievers: dict[str, HybridRetriever] = {}
        self.name = "full"

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        found = await self._current().retrieve(query, k=k)
        return replace(found, notes=(*found.notes, *self._generations.notes, *await self._late.notes(found.hits)))

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        """Return what stands where, deeper than any answer looks: for verdicts."""
        return await self._current().rank(query, k=k)

    def _current(self) -> HybridRetriever:
        serving = self._generations.serving
        if serving.name not in self._retrievers:
            self._retrievers = {serving.name: self._build(serving)}
        return self._retrievers[serving.name]

    def _build(self, generation: Generation) -> HybridRetriever:
        parts, telemetry, model = self._parts, self._parts.telemetry, self._parts.model
        analyzer = parts.surroundings.analyzer
        follow_ups: Rewriter = FollowUpRewriter(analyzer)
        lexical = LexicalRanker(generation.index)
        dense = DenseRanker(generation.index, telemetry.embedder(generation.embedder))
        first_stage = HybridRanker(
            (telemetry.ranker(lexical), telemetry.ranker(dense)),
            telemetry.rewriter(follow_ups if model is None else ModelRewriter(telemetry.text_model(model), follow_ups)),
            retrieval_options(parts.settings),
            telemetry.observe,
            expander=LexiconExpander(
                lambda: parts.lexicon.current,
                generation.index,
                parts.database.catalogue,
                analyzer,
                english=english_words,
            ),
        )
        rules = Rules(self._rules, analyzer, SystemClock(), parts.database.opinions)
        routing = SourceRouting(Experience(parts.database.accepted, telemetry.embedder(generation.embedder)))
        # Rules come last: a reranker decides by the texts alone, and would put what a rule has moved back in its place.
        return HybridRetriever(first_stage, parts.database.catalogue, analyzer, (routing, *parts.second_stage, rules))


def retrieval_options(settings: Settings) -> RetrievalOptions:
    """Return how retrieval is to work, from what can be configured of it."""
    retrieval = settings.retrieval
    return RetrievalOptions(candidates=retrieval.candidates, dense_weight=retrieval.dense_weight)


def _open_generations(
    settings: Settings, database: Database, shelf: IndexShelf, surroundings: Surroundings
) -> AbstractAsyncContextManager[Generations]:
    return open_generations(
        Ingredients(database.catalogue, database.vectors, shelf, surroundings.analyzer),
        wanted=EmbedderChoice(settings.embedder.engine, settings.embedder.options),
        open_embedder=lambda choice: open_embedder(choice, surroundings),
        folder=surroundings.data_dir / "index",
    )


async def _open_named_models(
    settings: Settings, surroundings: Surroundings, stack: AsyncExitStack
) -> Mapping[str, "ChatModel"]:
    """Return the language models that assistants may name."""
    opened: dict[str, ChatModel] = {}
    for name, one in settings.models.items():
        model = await chat_model(settings.model_copy(update={"model": one}), surroundings, stack)
        if model is None:
            raise ConfigurationError(f"models.{name}.name is not set: which language model is it?")
        opened[name] = model
    return opened


async def chat_model(settings: Settings, surroundings: Surroundings, stack: AsyncExitStack) -> "ChatModel | None":
    """Return the language model that the settings name, ``None`` where they name none."""
    model = settings.model
    if model.name is None:
        if model.base_url is not None:
            raise ConfigurationError("model.base_url is set, but not model.name: what does that server call its model?")
        return None
    # Deferred: the providers' packages take as long to import as everything else together.
    from aika.models.chat import open_model
    from aika.models.providers import ChatOptions

    options = ChatOptions(
        base_url=model.base_url,
        api_key=None if model.api_key is None else model.api_key.get_secret_value(),
        temperature=model.temperature,
        max_tokens=model.max_tokens,
        timeout=model.timeout,
        options=model.options,
    )
    return await stack.enter_async_context(
        open_model(model.name, options, models_dir=surroundings.data_dir / "models", base_dir=surroundings.base_dir)
    )


def _answerer(parts: _Parts, retriever: Retriever, embedder: Embedder) -> Answerer:
    settings, telemetry, model = parts.settings, parts.telemetry, parts.model
    analyzer = parts.surroundings.analyzer
    stages = usual_stages(
        HandingRetriever(retriever, telemetry.embedder(embedder), analyzer),
        analyzer=analyzer,
        embedder=telemetry.embedder(embedder),
        generator=None if model is None else telemetry.generator(ChatGenerator(model, model=model.model)),
        general_questions=settings.model.general_questions,
        stating=FactStatement(FactFinder(parts.database.facts, parts.database.catalogue), parts.database.catalogue),
        named={name: telemetry.generator(ChatGenerator(one, model=one.model)) for name, one in parts.named.items()},
        judging=parts.judging,
        verifier=citation_verifier(
            settings, analyzer, telemetry.embedder(embedder), None if model is None else telemetry.text_model(model)
        ),
    )
    options = AnswerOptions(
        evidence=settings.retrieval.evidence,
        min_confidence=settings.answers.min_confidence,
        old_after_days=settings.answers.old_after_days,
        max_question_chars=settings.server.max_question_chars,
    )
    stages = _traced(stages, telemetry)
    answering = AnswerPipeline(stages, analyzer=analyzer, clock=SystemClock(), options=options)
    # The measure of evaluations, by words alone: a millisecond, and no vectors.
    meter = SupportMeter(analyzer)
    return telemetry.answerer(answering, support=LiveSupport(lambda answer: support_by_words(answer, meter)))


def _traced(stages: Stages, telemetry: Telemetry) -> Stages:
    return replace(
        stages,
        judge=telemetry.judge(stages.judge),
        writer=telemetry.writer(stages.writer),
        verifier=telemetry.verifier(stages.verifier),
        scorer=telemetry.scorer(stages.scorer),
        fallback=None if stages.fallback is None else telemetry.writer(stages.fallback),
        general=None if stages.general is None else telemetry.writer(stages.general),
    )


def _syncer(parts: _Parts, clock: SystemClock) -> Syncer:
    settings = parts.settings
    return Syncer(
        catalogue=parts.database.catalogue,
        directory=parts.database.directory,
        log=parts.database.sync_log,
        open_connector=parts.telemetry.connectors(lambda source: open_connector(source, parts.surroundings)),
        intake=build_intake(),
        clock=clock,
        limits=SyncLimits(parse_timeout=settings.sync.parse_timeout, max_removed_share=settings.sync.max_removed_share),
    )


def build_intake() -> Intake:
    """Return the parsers and chunkers that are installed."""
    parsers = [component("parsers", name)() for name in names("parsers")]
    sections, symbols, threads = (component("chunkers", name)() for name in ("sections", "symbols", "threads"))
    return Intake(
        ParserSet(parsers, fallback=component("parsers", "plaintext")()),
        ChunkerSet(sections, {Kind.CODE: symbols, Kind.CONVERSATION: threads}),
    )


@asynccontextmanager
async def open_connector(source: Source, surroundings: Surroundings) -> AsyncIterator[Connector]:
    """Open the connector of a source, its secrets filled in, with no more reach than was lent to the source."""
    options = with_secrets(source)
    hosts = None if source.lent is None else source.lent.hosts
    if hosts is not None and source.connector == "git":
        # It brings its own HTTP client.
        await check_reach(str(options.get("url")), hosts=hosts)
    async with AsyncExitStack() as stack:
        with lending(hosts):
            opening = open_component("connectors", source.connector, options, surroundings)
            connector: Connector = await stack.enter_async_context(opening)
        yield connector


def _open_place(
    connector: str, options: Mapping[str, object], surroundings: Surroundings
) -> AbstractAsyncContextManager[Connector]:
    """Open a connector that an operator configured outside of any source."""
    place = Source(id=SourceId("discovery"), connector=connector, options=options)
    return open_connector(place, surroundings)


def open_embedder(choice: EmbedderChoice, surroundings: Surroundings) -> AbstractAsyncContextManager[Embedder]:
    return open_component("embedders", choice.engine, choice.options, surroundings)


def database_url(settings: Settings) -> str:
    """Return where the settings keep the state."""
    if settings.database.url is not None:
        return settings.database.url.get_secret_value()
    return f"sqlite:///{settings.data_path / 'aika.db'}"
