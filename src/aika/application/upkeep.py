"""Keeping current by itself: files that declare sources are noticed, and sources are synced as often as they ask for."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from aika.application.declarations import Changes, Declarations
from aika.domain.errors import AikaError
from aika.domain.identifiers import SourceId
from aika.domain.sources import Source, SyncReport
from aika.protocols import Clock

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often it is checked whether something is due."""
_LONGEST_WAIT = timedelta(hours=1)
"""Between two tries of a source that fails, where it is refreshed more often than that."""


class Tended(Protocol):
    """What upkeep looks after."""

    declarations: Declarations

    async def last_syncs(self) -> Mapping[SourceId, SyncReport | None]: ...

    async def submit_sync(self, id: SourceId, *, allow_removals: bool = False) -> str: ...

    async def sync_overlooked(self) -> None: ...

    async def forget_unconfigured(self) -> dict[SourceId, int]: ...


@dataclass(slots=True)
class Upkeep:
    """Looks for what is due. `run` does so until cancelled."""

    tended: Tended
    clock: Clock
    discovery_refresh: timedelta
    _files: object = None
    _discovered_at: datetime | None = None
    _failures: dict[SourceId, int] = field(default_factory=dict)
    _counted: dict[SourceId, datetime] = field(default_factory=dict)

    async def run(self) -> None:
        """Look every `LOOK_SECONDS`. A failure is logged and the next look tries again."""
        self.begin()
        while True:
            try:
                await self.look()
            except AikaError as error:
                logger.warning("upkeep failed, it goes on", extra={"reason": str(error)})
            await asyncio.sleep(LOOK_SECONDS)

    def begin(self) -> None:
        """Take the declarations as they are for known."""
        self._files = self.tended.declarations.fingerprint()

    async def look(self) -> Changes:
        """Do what is due now, and return how the declarations changed."""
        await self._discover()
        changes = await self._reread()
        await self._refresh()
        await self.tended.sync_overlooked()
        return changes

    async def _discover(self) -> None:
        declarations, now = self.tended.declarations, self.clock.now()
        if not declarations.settings.discovery:
            return
        if self._discovered_at is None or now - self._discovered_at >= self.discovery_refresh:
            await declarations.discover()
            self._discovered_at = now

    async def _reread(self) -> Changes:
        """A source that was added or changed is synced, one whose file is gone is forgotten with all it knew."""
        declarations = self.tended.declarations
        files = await asyncio.to_thread(declarations.fingerprint)
        if files == self._files:
            return Changes()
        self._files = files
        changes = await asyncio.to_thread(declarations.reload)
        for error in declarations.errors:
            logger.warning("a source's file is wrong", extra={"reason": str(error)})
        for error in declarations.company_rules.errors:
            logger.warning("a file of ranking rules is wrong", extra={"reason": str(error)})
        if changes.removed:
            await self.tended.forget_unconfigured()
        for name in changes.changed:
            await self.tended.submit_sync(name)
        return changes

    async def _refresh(self) -> None:
        now = self.clock.now()
        refreshed = {name: source for name, source in self.tended.declarations.sources.items() if source.refresh}
        if not refreshed:
            return
        last = await self.tended.last_syncs()
        for name, source in sorted(refreshed.items()):
            if self._is_due(source, last.get(name), now):
                await self.tended.submit_sync(name)

    def _is_due(self, source: Source, last: SyncReport | None, now: datetime) -> bool:
        if last is None:
            return True
        if last.finished_at is None or source.refresh is None:
            return False  # it runs
        return now - last.started_at >= self._wait(source, source.refresh, last)

    def _wait(self, source: Source, refresh: timedelta, last: SyncReport) -> timedelta:
        """Return the pause after a sync: twice as long after each failure in a row, so that a dead server is left alone."""
        if last.phase.is_good:
            self._failures.pop(source.id, None)
            return refresh
        if self._counted.get(source.id) != last.started_at:
            self._counted[source.id] = last.started_at
            self._failures[source.id] = self._failures.get(source.id, 0) + 1
        doublings = min(self._failures[source.id], 10)
        return max(refresh, min(refresh * (1 << doublings), _LONGEST_WAIT))
