"""A syncer that is built when it is needed."""

import asyncio
from collections.abc import Callable

from aika.domain.documents import RawDocument
from aika.domain.identifiers import SourceId
from aika.domain.sources import Notification, Source, SyncReport
from aika.ingestion.sync import OnProgress, Syncer


class SyncerOnDemand:
    """Builds the syncer at its first use. The parsers' packages take a third of the start-up to import, and answering
    needs none of them."""

    def __init__(self, build: Callable[[], Syncer]) -> None:
        self._build = build
        self._built: Syncer | None = None

    async def sync(
        self, source: Source, *, on_progress: OnProgress | None = None, allow_removals: bool = False
    ) -> SyncReport:
        syncer = await self._ready()
        return await syncer.sync(source, on_progress=on_progress, allow_removals=allow_removals)

    async def apply(self, source: Source, notification: Notification) -> SyncReport:
        return await (await self._ready()).apply(source, notification)

    async def put(self, source: Source, raw: RawDocument) -> SyncReport:
        return await (await self._ready()).put(source, raw)

    async def drop(self, source: Source, key: str) -> bool:
        return await (await self._ready()).drop(source, key)

    async def forget(self, source: SourceId) -> int:
        return await (await self._ready()).forget(source)

    async def _ready(self) -> Syncer:
        if self._built is None:
            self._built = await asyncio.to_thread(self._build)
        return self._built
