"""A source that is synced into a real catalogue and index, and asked by people with their real groups."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from prepared_database import database_in

from aika.application.wiring import build_intake
from aika.domain.access import UNRESTRICTED, Scope
from aika.domain.documents import Document
from aika.domain.identifiers import PrincipalId, SourceId, document_id
from aika.domain.sources import Notification, Source, SyncReport, UnreadableDocument
from aika.ingestion.following import IndexFollower
from aika.ingestion.sync import Syncer
from aika.protocols import Connector, Index
from aika.registry import Surroundings, open_component
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.stores.database.database import Database
from aika.testing.clock import SetClock
from aika.testing.fakes import FakeEmbedder


@dataclass(slots=True)
class SyncedSource:
    """A source with what it is synced into."""

    source: Source
    database: Database
    index: Index
    follower: IndexFollower
    syncer: Syncer

    async def sync(self, *, allow_removals: bool = False) -> SyncReport:
        report = await self.syncer.sync(self.source, allow_removals=allow_removals)
        await self.follower.catch_up()
        return report

    async def apply(self, headers: Mapping[str, str], body: bytes) -> SyncReport:
        report = await self.syncer.apply(self.source, Notification(headers, body))
        await self.follower.catch_up()
        return report

    def configure(self, **options: object) -> None:
        """Change the source's options, as an edited file would."""
        self.source = replace(self.source, options={**self.source.options, **options})

    async def find(self, words: str, *, by: str | None = None) -> list[str]:
        """Return the keys of the documents with these words that a person may read, or that there are; best first."""
        scope = UNRESTRICTED
        if by is not None:
            scope = Scope.of(await self.database.directory.expand([PrincipalId(by)]))
        hits = await self.index.search_text(words, k=20, scope=scope)
        chunks = await self.database.catalogue.chunks([hit.chunk for hit in hits], scope=scope)
        return list(dict.fromkeys(chunks[hit.chunk].document.key for hit in hits if hit.chunk in chunks))

    async def document(self, key: str) -> Document:
        found = await self.database.catalogue.document(document_id(self.source.id, key), scope=UNRESTRICTED)
        assert found is not None, f"there is no document {key!r}"
        return found[0]

    async def failures(self) -> list[UnreadableDocument]:
        return await self.database.sync_log.unreadable(self.source.id)


@asynccontextmanager
async def synced_source(
    folder: Path, connector: str, options: Mapping[str, object], *, readers: frozenset[str] | None = None
) -> AsyncIterator[SyncedSource]:
    """Open a source of a connector with an empty database and index in a folder."""
    surroundings = Surroundings(folder, folder, TechnicalAnalyzer())
    embedder = FakeEmbedder()
    allowed = None if readers is None else frozenset(PrincipalId(reader) for reader in readers)
    source = Source(SourceId("company"), connector, options, readers=allowed)

    def connect(source: Source) -> AbstractAsyncContextManager[Connector]:
        return open_component("connectors", source.connector, source.options, surroundings)

    async with (
        Database.open(database_in(folder)) as database,
        open_component("indexes", "memory", {}, surroundings) as shelf,
        shelf.open("test", dimensions=embedder.dimensions) as index,
    ):
        syncer = Syncer(database.catalogue, database.directory, database.sync_log, connect, build_intake(), SetClock())
        follower = IndexFollower(database.catalogue, index, database.vectors, embedder)
        yield SyncedSource(source, database, index, follower, syncer)
