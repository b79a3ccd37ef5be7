"""What surfaces may use of aika."""

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aika.application.declarations import Declarations
from aika.application.digesting import Digests
from aika.application.evaluation_desk import EvaluationDesk
from aika.application.goalies import Goalies
from aika.application.health import Health
from aika.application.insights import InsightsBoard
from aika.application.judging import ReaderOnDemand
from aika.application.rule_trial import Contender
from aika.application.sign_in.sessions import SignIn
from aika.application.signing import HEADER, check_signature
from aika.application.upkeep import Upkeep
from aika.assistants.conversing import Conversing
from aika.assistants.library import AssistantLibrary
from aika.assistants.suggesting import Suggesting
from aika.assistants.under_way import AnswersUnderWay
from aika.domain.access import Scope
from aika.domain.documents import Body, Document, RawDocument
from aika.domain.errors import (
    AikaError,
    AuthenticationError,
    ConfigurationError,
    ConflictError,
    NotFoundError,
    PermanentError,
)
from aika.domain.findings import Complaint
from aika.domain.identifiers import ApiKeyId, DocumentId, PrincipalId, SourceId, random_id
from aika.domain.queries import Query, Retrieval
from aika.domain.rules import RankingRule
from aika.domain.sources import Notification, Source, SourceState, SyncReport, UnreadableDocument
from aika.ingestion.generations import Generations
from aika.protocols import (
    ApiKey,
    Count,
    Jobs,
    Retriever,
)
from aika.retrieval.lexicon.keeping import LexiconKeeper
from aika.settings import Settings, webhook_secret
from aika.stores.database.database import Database
from aika.stores.locking import DataDirectoryLock
from aika.telemetry.setup import Telemetry
from aika.telemetry.syncing import SourceSyncer

logger = logging.getLogger(__name__)

KEY_PREFIX = "aika_"
"""What the secret of every API key begins with."""
PUSH = "push"
"""The connector of sources that take documents handed over through the API."""
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
    declarations: Declarations
    database: Database
    generations: Generations
    lexicon: LexiconKeeper
    syncer: SourceSyncer
    jobs: Jobs
    retriever: Retriever
    conversing: Conversing
    assistants: AssistantLibrary
    clock: SystemClock
    lock: DataDirectoryLock
    telemetry: Telemetry
    contender: Callable[[Sequence[RankingRule]], Contender]
    """Makes what would answer if these were all the ranking rules."""
    reader: ReaderOnDemand | None
    """What reads passages for the answer itself."""
    health: Health = field(init=False)
    """Set by `open_aika`: it asks what this answers."""
    digests: Digests = field(init=False)
    """Set by `open_aika`."""
    goalies: Goalies = field(init=False)
    """Set by `open_aika`."""
    sign_in: SignIn = field(init=False)
    """Set by `open_aika`."""
    under_way: AnswersUnderWay = field(init=False)
    """Set by `open_aika`."""
    suggesting: Suggesting = field(init=False)
    """Set by `open_aika`."""
    insights: InsightsBoard = field(init=False)
    """Set by `open_aika`."""
    evaluation: EvaluationDesk = field(init=False)
    """Set by `open_aika`."""
    _progress: dict[SourceId, SyncReport] = field(default_factory=dict)
    _again: set[SourceId] = field(default_factory=set)
    """Sources to sync once more: they changed while a sync was under way."""

    @property
    def sources(self) -> Mapping[SourceId, Source]:
        return self.declarations.sources

    @property
    def source_errors(self) -> tuple[ConfigurationError, ...]:
        return self.declarations.errors

    # Asking

    async def search(self, query: Query, *, k: int) -> Retrieval:
        return await self.retriever.retrieve(query, k=k)

    async def document(self, id: DocumentId, *, scope: Scope) -> tuple[Document, Body]:
        """Raise `NotFoundError` alike for what does not exist and what may not be seen."""
        found = await self.database.catalogue.document(id, scope=scope)
        if found is None:
            raise NotFoundError(f"there is no document {id!r}")
        return found

    async def complain(self, complaint: Complaint, *, asker: PrincipalId | None = None) -> None:
        """Accept that an answer was bad that is in no kept conversation. It is examined in the background."""
        await self.health.complain(complaint, asker=asker)

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

    async def sync(self, id: SourceId, *, allow_removals: bool = False) -> SyncReport:
        """Sync through the durable queue and return the report when it is done."""
        await self.jobs.wait(await self.submit_sync(id, allow_removals=allow_removals))
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

    async def forget_source(self, id: SourceId) -> int:
        """Remove the documents of a source that is no longer declared; return how many there were.

        A sync of it that is under way stops at its next report, and removes what it recorded meanwhile.
        """
        removed = await self.syncer.forget(id)
        self.generations.wake()
        return removed

    def progress(self, id: SourceId) -> SyncReport | None:
        """Return how far the sync is that is under way in this process."""
        return self._progress.get(id)

    async def source_states(self, *, scope: Scope) -> list[SourceState]:
        """Return how every source stands of which the scope admits a document, by id, counting only what it admits.

        A scope that restricts nobody's reading has its empty sources too.
        """
        catalogue = self.database.catalogue
        position = (await self.generations.serving.follower.state()).position
        all_counts = await catalogue.counts(scope=scope)
        findable = await catalogue.counts(scope=scope, through=position.findable)
        embedded = await catalogue.counts(scope=scope, through=position.embedded)
        states = []
        for name, source in sorted(self.sources.items()):
            if scope.sources is not None and name not in scope.sources:
                continue
            if scope.audience is not None and name not in all_counts:
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
                    last_success_at=(success := await self.database.sync_log.last_success(name)),
                    lag=None if success is None else self.clock.now() - success,
                )
            )
        return states

    async def unreadable(self, id: SourceId) -> list[UnreadableDocument]:
        return await self.database.sync_log.unreadable(self.source(id).id)

    async def accept_work(self) -> None:
        """Take on durable work, first what an earlier process left unfinished."""
        self.jobs.register(_SYNC_JOB, self._sync_job)
        self.health.accept_work()
        self.evaluation.accept_work()

    async def _sync_job(self, argument: str) -> None:
        said = json.loads(argument)
        name = SourceId(said["source"])
        if name not in self.sources:
            return  # its file was removed between the order and the work

        def note(report: SyncReport) -> None:
            if name not in self.sources:
                raise _SourceRemovedError(f"the source {name!r} was removed while it was synced")
            before, self._progress[name] = self._progress.get(name), report
            if before is None or _recorded(before) != _recorded(report):
                self.generations.wake()

        try:
            again = True
            while again and name in self.sources:
                self._again.discard(name)
                await self.syncer.sync(self.sources[name], on_progress=note, allow_removals=said["allow_removals"])
                again = name in self._again
        except _SourceRemovedError:
            await self.forget_source(name)
        finally:
            self._progress.pop(name, None)

    async def last_syncs(self) -> dict[SourceId, SyncReport | None]:
        """Return the last sync of every source that has a place in the schedule."""
        log = self.database.sync_log
        return {name: await log.last(name) for name, source in self.sources.items() if source.refresh is not None}

    # Changes that sources tell of

    async def notify(self, id: SourceId, notification: Notification) -> SyncReport | None:
        """Take in what a source says has changed, and return what was done; ``None`` where a sync will find out.

        Raises `AuthenticationError` where the notification cannot prove to be the source's.
        """
        source = self.source(id)
        if HEADER in notification.headers:
            check_signature(_secret_of(source), notification, now=self.clock.now())
            await self.sync_changed(id)
            return None
        report = await self.syncer.apply(source, notification)
        self.generations.wake()
        if report.failed or id in self._progress:
            # What cannot be read now is found later; and a sync under way may put back what has changed since it listed it.
            await self.sync_changed(id)
        return report

    async def sync_changed(self, id: SourceId) -> None:
        """Sync a source that has changed, also where a sync of it is under way that began before."""
        self._again.add(id)  # for the one under way, if there is one
        await self.submit_sync(id)

    async def sync_overlooked(self) -> None:
        """Sync what changed just as its last sync ended."""
        self._again &= self.sources.keys()  # one whose file was removed meanwhile has nothing to catch up with
        for name in self._again - self._progress.keys():
            await self.submit_sync(name)

    async def put_document(self, id: SourceId, raw: RawDocument) -> SyncReport:
        """Add or replace a document of a source that others hand documents to."""
        report = await self.syncer.put(self._pushed(id), raw)
        self.generations.wake()
        return report

    async def drop_document(self, id: SourceId, key: str) -> None:
        """Raise `NotFoundError` where there is no such document."""
        if not await self.syncer.drop(self._pushed(id), key):
            raise NotFoundError(f"the source {id!r} has no document {key!r}")
        self.generations.wake()

    async def put_group(self, id: SourceId, group: PrincipalId, members: Collection[PrincipalId]) -> None:
        """Record who is in a group of a source that others hand documents to. No members forgets the group."""
        await self.database.directory.record(self._pushed(id).id, {group: members})

    def _pushed(self, id: SourceId) -> Source:
        source = self.source(id)
        if source.connector != PUSH:
            raise ConflictError(
                f"the source {id!r} is read by the connector {source.connector!r}; "
                f"only a source with 'connector: {PUSH}' takes documents that are handed over"
            )
        return source

    # Keys

    async def create_key(
        self,
        name: str,
        *,
        principals: Collection[str],
        sources: Collection[str] | None,
        admin: bool = False,
        on_behalf: bool = False,
        lifetime: timedelta | None = None,
    ) -> tuple[ApiKey, str]:
        """Return the new key and its secret, which is not kept."""
        secret = KEY_PREFIX + secrets.token_urlsafe(32)
        now = self.clock.now()
        key = ApiKey(
            id=ApiKeyId(random_id()),
            name=name,
            principals=frozenset(PrincipalId(principal) for principal in principals),
            sources=None if sources is None else frozenset(SourceId(source) for source in sources),
            admin=admin,
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
            on_behalf=on_behalf,
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
        """Follow the catalogue's log, look after the index, learn the documents' words, and have the reader ready before the
        first question while this is open."""
        async with _running(self.generations.run()), _running(self.lexicon.run()), _running(self._ready_reader()):
            yield

    async def _ready_reader(self) -> None:
        if self.reader is None:
            return
        try:
            await self.reader.ready()
        except AikaError as error:
            logger.warning("the reader of passages cannot be opened, questions will fail", extra={"reason": str(error)})

    @asynccontextmanager
    async def upkeep(self) -> AsyncIterator[None]:
        """Notice changed declarations, sync sources as often as they ask for, look after findings, and tell owners of them
        while this is open."""
        upkeep = Upkeep(self, self.clock, timedelta(seconds=self.settings.sync.discovery_refresh))
        care = _running(self.health.run()), _running(self.digests.run()), _running(self.insights.run())
        async with _running(upkeep.run()), care[0], care[1], care[2], _running(self.sign_in.run()):
            yield


def _recorded(report: SyncReport) -> int:
    return report.added + report.changed + report.removed


class _SourceRemovedError(PermanentError):
    """Ends a sync whose source is gone."""


@asynccontextmanager
async def _running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _secret_of(source: Source) -> str:
    secret = webhook_secret(source)
    if secret is None:
        raise AuthenticationError(f"the source {source.id!r} has no webhook_secret, so no notification can be checked")
    return secret


def _hashed(secret: str) -> bytes:
    # A secret of 256 random bits needs no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).digest()
