"""Wrappers that trace how documents come in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Protocol, cast

from aika.domain.documents import RawDocument
from aika.domain.identifiers import SourceId
from aika.domain.sources import Cursor, Event, Notification, Source, SyncPhase, SyncReport
from aika.protocols import Connector, Notified, OpenConnector
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

    async def apply(self, source: Source, notification: Notification) -> SyncReport: ...

    async def put(self, source: Source, raw: RawDocument) -> SyncReport: ...

    async def drop(self, source: Source, key: str) -> bool: ...

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

    async def apply(self, source: Source, notification: Notification) -> SyncReport:
        attributes = {names.SOURCE: source.id, names.CONNECTOR: source.connector}
        with self._recorder.stage("notice", name=f"notice {source.id}", attributes=attributes) as stage:
            report = await self._inner.apply(source, notification)
            self._count(stage, report)
            return report

    async def put(self, source: Source, raw: RawDocument) -> SyncReport:
        return await self._inner.put(source, raw)

    async def drop(self, source: Source, key: str) -> bool:
        return await self._inner.drop(source, key)

    async def forget(self, source: SourceId) -> int:
        return await self._inner.forget(source)

    def _note(self, stage: Stage, report: SyncReport) -> None:
        stage.set(names.SYNC_PHASE, report.phase.value)
        self._count(stage, report)
        stage.set_content(names.SYNC_MESSAGE, report.message)
        if report.phase is SyncPhase.FAILED:
            stage.fail("sync_failed", report.message)
        self._recorder.metrics.sync_duration.record(
            stage.seconds, {names.SOURCE: report.source, names.SYNC_PHASE: report.phase.value}, context=stage.context
        )

    def _count(self, stage: Stage, report: SyncReport) -> None:
        for name in _COUNTS:
            stage.set(f"{names.SYNC_COUNT}{name}", getattr(report, name))
        for result in _RESULTS:
            if count := getattr(report, result):
                self._recorder.metrics.sync_documents.add(
                    count, {names.SOURCE: report.source, names.SYNC_RESULT: result}
                )


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


class TracedNotifiedConnector(TracedConnector):
    """The same of a connector that can be told of changes. What a notification does is traced as a whole."""

    def __init__(self, inner: "NotifiedConnector", recorder: Recorder, source: Source) -> None:
        super().__init__(inner, recorder, source)
        self._notified = inner

    def notice(self, notification: Notification) -> AsyncIterator[Event]:
        return self._notified.notice(notification)


class NotifiedConnector(Connector, Notified, Protocol):
    """A connector that can be told of changes."""


def traced_connectors(open_connector: OpenConnector, recorder: Recorder) -> OpenConnector:
    """Return what opens the same connectors, each wrapped in a `TracedConnector`."""

    @asynccontextmanager
    async def opened(source: Source) -> AsyncIterator[Connector]:
        async with open_connector(source) as connector:
            if isinstance(connector, Notified):
                yield TracedNotifiedConnector(cast("NotifiedConnector", connector), recorder, source)
            else:
                yield TracedConnector(connector, recorder, source)

    return opened
