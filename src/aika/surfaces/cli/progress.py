"""Following a sync: what was read, what can be found, how long the rest will take."""

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from aika.client import AsyncAikaClient
from aika.client.models import SourceSummary
from aika.surfaces.cli.printing import sync_summary

_POLL_SECONDS = 0.25


@dataclass(slots=True)
class SyncWatch:
    """Shows one bar a source and one for the vectors, until all is done."""

    client: AsyncAikaClient
    console: Console
    names: Collection[str]
    started: float = field(default_factory=time.time)
    _bars: dict[str, TaskID] = field(default_factory=dict)

    async def follow(self) -> list[SourceSummary]:
        """Return how the sources stand when they are synced, findable and embedded."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=self.console, transient=True) as progress:
            vectors = progress.add_task("searched by meaning", total=None, rate="")
            while True:
                sources = [source for source in await self.client.sources() if source.id in self.names]
                for source in sources:
                    self._show(progress, source)
                self._show_vectors(progress, vectors, sources)
                if all(self._is_done(source) for source in sources):
                    break
                await asyncio.sleep(_POLL_SECONDS)
        for source in sources:
            if source.last_sync is not None:
                self.console.print(sync_summary(source.id, source.last_sync))
                if source.last_sync.message:
                    self.console.print(f"  [yellow]{source.last_sync.message}[/yellow]")
        return sources

    def _show(self, progress: Progress, source: SourceSummary) -> None:
        sync = source.last_sync
        if sync is None or not self._is_ours(source):
            return
        if source.id not in self._bars:
            self._bars[source.id] = progress.add_task(f"reading {source.id}", total=None, rate="")
        seconds = max(time.time() - sync.started_at.timestamp(), 0.001)
        done = sync.phase != "running"
        total = sync.seen if done else max(sync.expected or 0, sync.seen) or None
        progress.update(self._bars[source.id], completed=sync.seen, total=total, rate=f"{sync.seen / seconds:,.0f}/s")

    def _show_vectors(self, progress: Progress, bar: TaskID, sources: list[SourceSummary]) -> None:
        documents = sum(source.documents for source in sources)
        embedded = sum(source.embedded for source in sources)
        rate = embedded / max(time.time() - self.started, 0.001)
        progress.update(bar, completed=embedded, total=documents or None, rate=f"{rate:,.0f}/s")

    def _is_ours(self, source: SourceSummary) -> bool:
        # A second of slack: the server's clock and ours may be read in either order.
        return source.last_sync is not None and source.last_sync.started_at.timestamp() >= self.started - 1

    def _is_done(self, source: SourceSummary) -> bool:
        ended = source.last_sync is not None and source.last_sync.phase != "running" and self._is_ours(source)
        return ended and source.embedded >= source.documents
