"""Wrappers that trace how documents come in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Protocol

from aika.domain.identifiers import SourceId
from aika.domain.sources import Cursor, Event, Source, SyncPhase, SyncReport
from aika.protocols import Connector, OpenConnector
from aika.telemetry import names
from aika.telemetry.stages import Recorder, Stage, followed

_RESULTS = ("added", "changed", "unchanged", "removed", "failed")
_COUNTS = tuple(field.name for field in fields(SyncReport) if field.type in (int, "int"))


class SourceSyncer(Protocol):
    """Brings the catalogue up to date with sources."""

    async def sync(
        self,
        source: Source,
        *,
        on_progress: Callable[[SyncReport], None] | None = None,
        allow_removals: bool = False,
    ) -> SyncReport: ...

    async def forget(self, source: SourceId) -> int: ...


class TracedSyncer:
    """Makes a span of every sync, named after its source, and counts what became of the documents."""

    def __init__(self, inner: SourceSyncer, recorder: Recorder) -> None:
        self._inner = inner
        self._recorder = recorder

    async def sync(
        self,
        source: Source,
        *,
        on_progress: Callable[[SyncReport], None] | None = None,
        allow_removals: bool = False,
    ) -> SyncReport:
        attributes = {names.SOURCE: source.id, names.CONNECTOR: source.connector}
        with self._recorder.stage("sync", name=f"sync {source.id}", attributes=attributes) as stage:
            report = await self._inner.sync(source, on_progress=on_progress, allow_removals=allow_removals)
            self._note(stage, report)
            return report

    async def forget(self, source: SourceId) -> int:
        return await self._inner.forget(source)

    def _note(self, stage: Stage, report: SyncReport) -> None:
        stage.set(names.SYNC_PHASE, report.phase.value)
        for name in _COUNTS:
            stage.set(f"{names.SYNC_COUNT}{name}", getattr(report, name))
        stage.set_content(names.SYNC_MESSAGE, report.message)
        if report.phase is SyncPhase.FAILED:
            stage.fail("sync_failed", report.message)
        metrics = self._recorder.metrics
        metrics.sync_duration.record(
            stage.seconds, {names.SOURCE: report.source, names.SYNC_PHASE: report.phase.value}, context=stage.context
        )
        for result in _RESULTS:
            if count := getattr(report, result):
                metrics.sync_documents.add(count, {names.SOURCE: report.source, names.SYNC_RESULT: result})


class TracedConnector:
    """Makes a span of reading a source: from the first event to the last, with the number of each kind."""

    def __init__(self, inner: Connector, recorder: Recorder, source: Source) -> None:
        self._inner = inner
        self._recorder = recorder
        self._source = source

    def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        counts: dict[str, int] = {}

        def begin() -> Stage:
            attributes = {names.SOURCE: self._source.id, names.CONNECTOR: self._source.connector}
            return self._recorder.stage("read", attributes=attributes)

        def note(stage: Stage, event: Event) -> None:
            kind = type(event).__name__.lower()
            counts[kind] = counts.get(kind, 0) + 1
            stage.set(f"{names.EVENT_COUNT}{kind}", counts[kind])

        return followed(begin, self._inner.read(since), note)


def traced_connectors(open_connector: OpenConnector, recorder: Recorder) -> OpenConnector:
    """Return what opens the same connectors, each wrapped in a `TracedConnector`."""

    @asynccontextmanager
    async def opened(source: Source) -> AsyncIterator[Connector]:
        async with open_connector(source) as connector:
            yield TracedConnector(connector, recorder, source)

    return opened
