"""The composition root: settings become objects here, and nowhere else."""

import asyncio
import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from aika.answering.assembly import usual_stages
from aika.answering.generation import ChatGenerator
from aika.answering.pipeline import AnswerOptions, AnswerPipeline
from aika.assistants.conversing import Conversing
from aika.domain.access import Scope
from aika.domain.documents import Body, Document, Kind
from aika.domain.errors import AikaError, ConfigurationError, ConflictError, NotFoundError
from aika.domain.identifiers import ApiKeyId, DocumentId, PrincipalId, SourceId, random_id
from aika.domain.queries import Query, Retrieval
from aika.domain.sources import Source, SourceState, SyncReport, UnreadableDocument
from aika.evaluation.retrieval import RetrievalSystem
from aika.ingestion.generations import EmbedderChoice, Generation, Generations, Ingredients, open_generations
from aika.ingestion.parsing import ChunkerSet, Intake, ParserSet
from aika.ingestion.sync import OnProgress, Syncer, SyncLimits
from aika.models.chat import ChatModel, open_model
from aika.models.providers import ChatOptions
from aika.protocols import (
    Analyzer,
    Answerer,
    ApiKey,
    Connector,
    Count,
    Embedder,
    IndexShelf,
    Jobs,
    Retriever,
    Rewriter,
)
from aika.registry import Surroundings, component, names, open_component
from aika.retrieval.dense import DenseRanker
from aika.retrieval.hybrid import HybridRanker, RetrievalOptions
from aika.retrieval.lexical import LexicalRanker, TechnicalAnalyzer
from aika.retrieval.pipeline import HybridRetriever
from aika.retrieval.rewriting import FollowUpRewriter, ModelRewriter
from aika.settings import Settings, load_sources
from aika.stores.database.database import Database
from aika.stores.jobs import DurableJobs
from aika.stores.locking import DataDirectoryLock

_KEY_PREFIX = "aika_"
_SYNC_JOB = "sync"
_NOTHING = Count(documents=0, chunks=0)


class SystemClock:
    """The time of this machine, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class Aika:
    """Everything that surfaces may use, ready. Made by `open_aika`."""

    settings: Settings
    sources: Mapping[SourceId, Source]
    source_errors: tuple[ConfigurationError, ...]
    database: Database
    generations: Generations
    syncer: Syncer
    jobs: Jobs
    retriever: Retriever
    conversing: Conversing
    clock: SystemClock
    lock: DataDirectoryLock
    _progress: dict[SourceId, SyncReport] = field(default_factory=dict)

    # Asking

    async def search(self, query: Query, *, k: int) -> Retrieval:
        return await self.retriever.retrieve(query, k=k)

    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body]:
        """Raise `NotFoundError` alike for what does not exist and what may not be seen."""
        found = await self.database.catalogue.document(id, scope=scope)
        if found is None:
            raise NotFoundError(f"there is no document {id!r}")
        return found

    # Sources

    def source(self, id: SourceId) -> Source:
        if id not in self.sources:
            known = ", ".join(sorted(self.sources)) or "none"
            raise NotFoundError(f"there is no source called {id!r} (known: {known})")
        return self.sources[id]

    async def submit_sync(self, id: SourceId, *, allow_removals: bool = False) -> str:
        """Accept a sync as durable work and return the work's id. One sync of a source runs at a time."""
        argument = json.dumps({"source": self.source(id).id, "allow_removals": allow_removals})
        return await self.jobs.submit(_SYNC_JOB, argument, key=f"{_SYNC_JOB}:{id}")

    async def sync(
        self, id: SourceId, *, allow_removals: bool = False, on_progress: OnProgress | None = None
    ) -> SyncReport:
        """Sync through the durable queue and return the report when it is done."""
        work = await self.submit_sync(id, allow_removals=allow_removals)
        done = asyncio.ensure_future(self.jobs.wait(work))
        while not done.done():
            await asyncio.wait([done], timeout=0.2)
            if on_progress is not None and id in self._progress:
                on_progress(self._progress[id])
        await done
        report = await self.database.sync_log.last(id)
        if report is None:
            raise ConflictError(f"the sync of {id!r} left no record; run it again")
        return report

    async def forget_unconfigured(self) -> dict[SourceId, int]:
        """Remove the knowledge of sources that are no longer configured; return how many documents each had.

        A source whose file is merely wrong at the moment keeps its documents.
        """
        if self.source_errors:
            return {}
        gone = await self.database.catalogue.sources() - set(self.sources)
        removed = {name: await self.syncer.forget(name) for name in sorted(gone)}
        if removed:
            self.generations.wake()
        return removed

    async def source_states(self, *, scope: Scope) -> list[SourceState]:
        """Return how every source stands that the scope admits, by id."""
        catalogue = self.database.catalogue
        position = (await self.generations.serving.follower.state()).position
        all_counts = await catalogue.counts()
        findable = await catalogue.counts(through=position.findable)
        embedded = await catalogue.counts(through=position.embedded)
        states = []
        for name, source in sorted(self.sources.items()):
            if scope.sources is not None and name not in scope.sources:
                continue
            count = all_counts.get(name, _NOTHING)
            states.append(
                SourceState(
                    source=source,
                    documents=count.documents,
                    chunks=count.chunks,
                    findable=findable.get(name, _NOTHING).documents,
                    embedded=embedded.get(name, _NOTHING).documents,
                    last_sync=self._progress.get(name) or await self.database.sync_log.last(name),
                    last_success_at=await self.database.sync_log.last_success(name),
                )
            )
        return states

    async def unreadable(self, id: SourceId) -> list[UnreadableDocument]:
        return await self.database.sync_log.unreadable(self.source(id).id)

    async def accept_work(self) -> None:
        """Take on durable work, first what an earlier process left unfinished."""
        self.jobs.register(_SYNC_JOB, self._sync_job)

    async def _sync_job(self, argument: str) -> None:
        said = json.loads(argument)
        name = SourceId(said["source"])
        if name not in self.sources:
            return  # its file was removed between the order and the work

        def note(report: SyncReport) -> None:
            self._progress[name] = report
            self.generations.wake()

        try:
            await self.syncer.sync(self.sources[name], on_progress=note, allow_removals=said["allow_removals"])
        finally:
            self._progress.pop(name, None)

    # Keys

    async def create_key(
        self,
        name: str,
        *,
        principals: Collection[str],
        sources: Collection[str] | None,
        admin: bool = False,
        lifetime: timedelta | None = None,
    ) -> tuple[ApiKey, str]:
        """Return the new key and its secret, which is not kept."""
        secret = _KEY_PREFIX + secrets.token_urlsafe(32)
        now = self.clock.now()
        key = ApiKey(
            id=ApiKeyId(random_id()),
            name=name,
            principals=frozenset(PrincipalId(principal) for principal in principals),
            sources=None if sources is None else frozenset(SourceId(source) for source in sources),
            admin=admin,
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
        )
        await self.database.keys.add(key, secret_hash=_hashed(secret))
        return key, secret

    async def authenticate(self, secret: str) -> ApiKey | None:
        """Return the key of a secret, unless it is unknown or has expired."""
        key = await self.database.keys.find(_hashed(secret))
        expired = key is not None and key.expires_at is not None and key.expires_at <= self.clock.now()
        return None if expired else key

    # Operation

    async def problems(self) -> list[str]:
        """Return what keeps this instance from serving, empty when it is ready."""
        try:
            await self.database.check()
            await self.generations.serving.index.count()
        except AikaError as error:
            return [str(error)]
        return []

    @asynccontextmanager
    async def background(self) -> AsyncIterator[None]:
        """Follow the catalogue's log and look after the index while this is open."""
        work = asyncio.create_task(self.generations.run())
        try:
            yield
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


@asynccontextmanager
async def open_aika(settings: Settings, *, fresh_index: bool = False) -> AsyncIterator[Aika]:
    """Open everything that the settings name. With ``fresh_index`` the index is dropped first, to be built again.

    Raises `ConfigurationError` for wrong settings and `StoreLockedError` where another process holds the data directory.
    """
    async with AsyncExitStack() as stack:
        data_dir = settings.data_path
        data_dir.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context(DataDirectoryLock.hold(data_dir))
        url = _database_url(settings)
        database = await stack.enter_async_context(Database.open(url))
        surroundings = Surroundings(settings.base_dir, data_dir, TechnicalAnalyzer())
        shelf = await stack.enter_async_context(
            open_component("indexes", settings.index.engine, settings.index.options, surroundings)
        )
        if fresh_index:
            for generation in await shelf.generations():
                await shelf.drop(generation)
        generations = await stack.enter_async_context(_open_generations(settings, database, shelf, surroundings))
        model = await _open_model(settings, surroundings, stack)
        clock = SystemClock()
        retriever = _CurrentRetriever(settings, database, generations, surroundings.analyzer, model)
        answerer = _answerer(settings, retriever, generations.newest.embedder, surroundings.analyzer, model)
        jobs = await stack.enter_async_context(DurableJobs.open(url))
        sources, errors = load_sources(settings)
        aika = Aika(
            settings=settings,
            sources={source.id: source for source in sources},
            source_errors=tuple(errors),
            database=database,
            generations=generations,
            syncer=_syncer(settings, database, surroundings, clock),
            jobs=jobs,
            retriever=retriever,
            conversing=Conversing(answerer, database.conversations, clock),
            clock=clock,
            lock=lock,
        )
        await aika.accept_work()
        yield aika


class _CurrentRetriever:
    """Retrieves from the generation that serves now."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        generations: Generations,
        analyzer: Analyzer,
        model: ChatModel | None,
    ) -> None:
        self._settings = settings
        self._database = database
        self._generations = generations
        self._analyzer = analyzer
        self._model = model
        self._retrievers: dict[str, Retriever] = {}

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        serving = self._generations.serving
        if serving.name not in self._retrievers:
            self._retrievers = {serving.name: self._build(serving)}
        found = await self._retrievers[serving.name].retrieve(query, k=k)
        return replace(found, notes=(*found.notes, *self._generations.notes))

    def _build(self, generation: Generation) -> Retriever:
        retrieval = self._settings.retrieval
        follow_ups: Rewriter = FollowUpRewriter(self._analyzer)
        first_stage = HybridRanker(
            (LexicalRanker(generation.index), DenseRanker(generation.index, generation.embedder)),
            follow_ups if self._model is None else ModelRewriter(self._model, follow_ups),
            RetrievalOptions(candidates=retrieval.candidates, dense_weight=retrieval.dense_weight),
        )
        return HybridRetriever(first_stage, self._database.catalogue, self._analyzer)


def _open_generations(
    settings: Settings, database: Database, shelf: IndexShelf, surroundings: Surroundings
) -> AbstractAsyncContextManager[Generations]:
    return open_generations(
        Ingredients(database.catalogue, database.vectors, shelf, surroundings.analyzer),
        wanted=EmbedderChoice(settings.embedder.engine, settings.embedder.options),
        open_embedder=lambda choice: _open_embedder(choice, surroundings),
        folder=surroundings.data_dir / "index",
    )


async def _open_model(settings: Settings, surroundings: Surroundings, stack: AsyncExitStack) -> ChatModel | None:
    """Return the language model that the settings name, ``None`` where they name none."""
    model = settings.model
    if model.name is None:
        if model.base_url is not None:
            raise ConfigurationError("model.base_url is set, but not model.name: what does that server call its model?")
        return None
    options = ChatOptions(
        base_url=model.base_url,
        api_key=None if model.api_key is None else model.api_key.get_secret_value(),
        temperature=model.temperature,
        max_tokens=model.max_tokens,
        timeout=model.timeout,
        options=model.options,
    )
    return await stack.enter_async_context(open_model(model.name, options, models_dir=surroundings.data_dir / "models"))


def _answerer(
    settings: Settings, retriever: Retriever, embedder: Embedder, analyzer: Analyzer, model: ChatModel | None
) -> Answerer:
    answers = settings.answers
    stages = usual_stages(
        retriever,
        analyzer=analyzer,
        embedder=embedder,
        generator=None if model is None else ChatGenerator(model, model=model.model),
        general_questions=settings.model.general_questions,
    )
    options = AnswerOptions(
        evidence=settings.retrieval.evidence,
        min_confidence=answers.min_confidence,
        old_after_days=answers.old_after_days,
        max_question_chars=settings.server.max_question_chars,
    )
    return AnswerPipeline(stages, analyzer=analyzer, clock=SystemClock(), options=options)


def _syncer(settings: Settings, database: Database, surroundings: Surroundings, clock: SystemClock) -> Syncer:
    return Syncer(
        catalogue=database.catalogue,
        log=database.sync_log,
        open_connector=lambda source: _open_connector(source, surroundings),
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


def _open_connector(source: Source, surroundings: Surroundings) -> AbstractAsyncContextManager[Connector]:
    return open_component("connectors", source.connector, source.options, surroundings)


def _open_embedder(choice: EmbedderChoice, surroundings: Surroundings) -> AbstractAsyncContextManager[Embedder]:
    return open_component("embedders", choice.engine, choice.options, surroundings)


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
        embedder = await stack.enter_async_context(_open_embedder(choice, lasting))
        passing = Surroundings(settings.base_dir, scratch, analyzer)
        shelf = await stack.enter_async_context(
            open_component("indexes", settings.index.engine, settings.index.options, passing)
        )
        index = await stack.enter_async_context(shelf.open("evaluation", dimensions=embedder.dimensions))
        options = RetrievalOptions(
            candidates=settings.retrieval.candidates, dense_weight=settings.retrieval.dense_weight
        )
        yield RetrievalSystem(build_intake(), embedder, database.vectors, index, FollowUpRewriter(analyzer), options)


def _database_url(settings: Settings) -> str:
    if settings.database.url is not None:
        return settings.database.url.get_secret_value()
    return f"sqlite:///{settings.data_path / 'aika.db'}"


def _hashed(secret: str) -> bytes:
    # A secret of 256 random bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
