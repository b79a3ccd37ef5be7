"""A source that is a folder, with the real catalogue and index that it is synced into."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

from aika.application.wiring import build_intake
from aika.domain.access import EVERYONE, UNRESTRICTED
from aika.domain.identifiers import SourceId
from aika.domain.queries import Candidate
from aika.domain.sources import Source, SyncReport
from aika.ingestion.following import IndexFollower
from aika.ingestion.sync import Syncer, SyncLimits
from aika.protocols import Connector, Index
from aika.registry import Surroundings, open_component
from aika.stores.database.database import Database
from aika.testing.clock import SetClock


@dataclass(slots=True)
class Library:
    """A folder that is synced into a real database and followed by a real index."""

    folder: Path
    database: Database
    index: Index
    surroundings: Surroundings
    follower: IndexFollower
    clock: SetClock = field(default_factory=SetClock)

    def write(self, key: str, text: str) -> None:
        path = self.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    async def sync(self, *, allow_removals: bool = False, limits: SyncLimits | None = None) -> SyncReport:
        report = await self.syncer(limits).sync(self.source, allow_removals=allow_removals)
        await self.follower.catch_up()
        return report

    def syncer(self, limits: SyncLimits | None = None) -> Syncer:
        def connect(source: Source) -> AbstractAsyncContextManager[Connector]:
            return open_component("connectors", source.connector, source.options, self.surroundings)

        return Syncer(
            self.database.catalogue,
            self.database.directory,
            self.database.sync_log,
            connect,
            build_intake(),
            self.clock,
            limits or SyncLimits(),
        )

    @property
    def source(self) -> Source:
        return Source(
            id=SourceId("handbook"),
            connector="filesystem",
            options={"path": str(self.folder)},
            readers=frozenset({EVERYONE}),
        )

    async def find(self, words: str) -> list[str]:
        """Return the keys of the documents that have these words, best first."""
        hits: list[Candidate] = await self.index.search_text(words, k=20, scope=UNRESTRICTED)
        chunks = await self.database.catalogue.chunks([hit.chunk for hit in hits], scope=UNRESTRICTED)
        return list(dict.fromkeys(chunks[hit.chunk].document.key for hit in hits if hit.chunk in chunks))
