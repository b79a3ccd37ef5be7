"""Bringing the catalogue up to date with a source."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from aika.domain.documents import RawDocument
from aika.domain.errors import AikaError, ConflictError, PermanentError, TransientError, UnreadableDocumentError
from aika.domain.identifiers import DocumentId, PrincipalId, SourceId, document_id
from aika.domain.sources import (
    Checkpoint,
    Event,
    Failed,
    Found,
    Members,
    Notification,
    Removed,
    Source,
    SyncPhase,
    SyncReport,
    UnreadableDocument,
)
from aika.ingestion.parsing import Intake, content_hash
from aika.ingestion.planning import plan_removals
from aika.protocols import Catalogue, Clock, Directory, Entry, Known, Notified, OpenConnector, SyncLog

_BATCH = 64
"""Documents recorded in one transaction."""
_GROUPS_BATCH = 500
"""Groups recorded in one transaction: a table of accounts has thousands."""
_BATCH_SECONDS = 1.0
"""A batch is recorded after this time though it is not full, so that a slow source's documents can be found soon."""

logger = logging.getLogger(__name__)

OnProgress = Callable[[SyncReport], None]
Note = Callable[[SyncReport, list[UnreadableDocument]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class SyncLimits:
    parse_timeout: float = 120.0
    """Seconds for one document."""
    max_removed_share: float = 0.5
    loads_at_once: int = 4


@dataclass(frozen=True, slots=True)
class Syncer:
    """Reads sources into the catalogue. Unchanged documents cost a comparison; a killed sync starts again and skips them.

    At most one sync of a source may run at a time: the caller sees to that.
    """

    catalogue: Catalogue
    directory: Directory
    log: SyncLog
    open_connector: OpenConnector
    intake: Intake
    clock: Clock
    limits: SyncLimits = SyncLimits()

    async def sync(
        self, source: Source, *, on_progress: OnProgress | None = None, allow_removals: bool = False
    ) -> SyncReport:
        """Bring the catalogue up to date and return what was done; a source that cannot be read is a failed report.

        ``allow_removals`` removes even when almost everything seems to be gone.
        """
        last = await self.log.last(source.id)
        report = SyncReport(
            source=source.id,
            phase=SyncPhase.RUNNING,
            started_at=self.clock.now(),
            expected=last.seen if last and last.seen else None,
        )
        await self.log.begin(report)

        async def note(report: SyncReport, unreadable: list[UnreadableDocument]) -> None:
            await self.log.update(report, unreadable)
            if on_progress is not None:
                on_progress(report)

        run = _Run(self, source, report, note, watch=on_progress)
        try:
            await run.read(allow_removals=allow_removals)
        except AikaError as error:
            await run.finish(SyncPhase.FAILED, str(error))
        except BaseException:
            # Cancelled, or a bug: what was recorded so far stands, and the log says that the sync did not end well.
            with suppress(AikaError):
                await asyncio.shield(run.finish(SyncPhase.FAILED, "the sync was interrupted; run it again to continue"))
            raise
        return run.report

    async def apply(self, source: Source, notification: Notification) -> SyncReport:
        """Take in what a source says has changed, and return what was done.

        Raises `AuthenticationError` where the notification does not prove to be the source's, `ConflictError` where the
        source's connector takes none, and `TransientError` where what has changed cannot be read now: a sync finds it later.
        """
        async with self.open_connector(source) as connector:
            if not isinstance(connector, Notified):
                raise ConflictError(f"the connector {source.connector!r} takes no notifications; sync instead")
            return await self._take_in(source, connector.notice(notification))

    async def put(self, source: Source, raw: RawDocument) -> SyncReport:
        """Add or replace one document that was handed over. Raises `UnreadableDocumentError` with the reason."""

        async def load() -> RawDocument:
            return raw

        async def given() -> AsyncIterator[Event]:
            yield Found(raw.key, content_hash(raw), load)

        failures: list[UnreadableDocument] = []
        report = await self._take_in(source, given(), failures)
        if failures and report.failed:
            raise UnreadableDocumentError(failures[0].reason)
        return report

    async def drop(self, source: Source, key: str) -> bool:
        """Remove one document; return whether there was one."""
        return await self.catalogue.remove([document_id(source.id, key)]) > 0

    async def _take_in(
        self, source: Source, events: AsyncIterator[Event], failures: list[UnreadableDocument] | None = None
    ) -> SyncReport:
        async def note(_: SyncReport, unreadable: list[UnreadableDocument]) -> None:
            for item in unreadable:
                logger.warning("a changed document could not be read", extra={"source": source.id, "key": item.key})
            if failures is not None:
                failures.extend(unreadable)

        now = self.clock.now()
        run = _Run(self, source, SyncReport(source=source.id, phase=SyncPhase.RUNNING, started_at=now), note)
        run.known = await self.catalogue.known(source.id)
        pipeline = self.intake.pipeline(source)
        async for event in events:
            await run.take(event, pipeline)
        await run.record()
        await run.finish(SyncPhase.SUCCEEDED, "")
        return run.report

    async def forget(self, source: SourceId) -> int:
        """Remove everything of a source that is no longer configured; return how many documents there were."""
        known = await self.catalogue.known(source)
        removed = await self.catalogue.remove([entry.document for entry in known.values()])
        await self.directory.forget(source)
        await self.log.forget(source)
        return removed


@dataclass(slots=True)
class _Run:
    """One sync under way."""

    syncer: Syncer
    source: Source
    report: SyncReport
    note: Note
    known: dict[str, Known] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    groups: set[PrincipalId] = field(default_factory=set)
    members: dict[PrincipalId, frozenset[PrincipalId]] = field(default_factory=dict)
    """Of groups that wait to be recorded: only as long as nothing but groups is told."""
    failed: set[str] = field(default_factory=set)
    removed: list[DocumentId] = field(default_factory=list)
    waiting: list[Found] = field(default_factory=list)
    unreadable: list[UnreadableDocument] = field(default_factory=list)
    watch: OnProgress | None = None
    """Is told of every document that is begun. Nothing is stored of it."""

    async def read(self, *, allow_removals: bool) -> None:
        syncer = self.syncer
        self.known = await syncer.catalogue.known(self.source.id)
        pipeline = syncer.intake.pipeline(self.source)
        stale = any(known.pipeline != pipeline for known in self.known.values())
        # Entries made by another pipeline must all be read again, which a cursor would skip.
        since = None if stale else await syncer.log.cursor(self.source.id)
        complete = False
        loop = asyncio.get_running_loop()
        due = loop.time() + _BATCH_SECONDS
        async with syncer.open_connector(self.source) as connector:
            async for event in connector.read(since):
                await self.take(event, pipeline)
                if isinstance(event, Checkpoint):
                    complete = event.complete
                    await syncer.log.save_cursor(self.source.id, event.cursor)
                # Also where nothing waits: whoever watches sees that unchanged documents are gone through.
                if len(self.waiting) >= _BATCH or loop.time() >= due:
                    await self.record()
                    due = loop.time() + _BATCH_SECONDS
        await self.record()
        await self._settle(complete=complete, allow_removals=allow_removals)

    async def take(self, event: Event, pipeline: str) -> None:
        """Note an event. What is found waits to be recorded in batches, at the latest at a checkpoint or the end."""
        if not isinstance(event, Members) or len(self.members) >= _GROUPS_BATCH:
            await self._record_members()
        match event:
            case Found():
                self._found(event, pipeline)
            case Removed(key):
                self.waiting = [found for found in self.waiting if found.key != key]
                self.removed.append(document_id(self.source.id, key))
            case Failed(key, reason):
                self._fail(key, reason)
            case Members(group, members):
                if self.source.lent is None or self.source.lent.groups:
                    self.groups.add(group)
                    self.members[group] = members
            case Checkpoint():
                await self.record()

    def _found(self, event: Found, pipeline: str) -> None:
        self.seen.add(event.key)
        if self.removed:
            # It is back: what was said first no longer holds.
            back = document_id(self.source.id, event.key)
            self.removed = [document for document in self.removed if document != back]
        known = self.known.get(event.key)
        if known is not None and known.version == event.version and known.pipeline == pipeline:
            self._count(seen=1, unchanged=1)
        else:
            self._count(seen=1)
            self.waiting.append(event)

    async def record(self) -> None:
        """Load, parse and record what waits."""
        await self._record_members()
        waiting, self.waiting = self.waiting, []
        at_once = asyncio.Semaphore(self.syncer.limits.loads_at_once)
        taken = await asyncio.gather(*(self._take(event, at_once) for event in waiting))
        entries = [entry for entry in taken if isinstance(entry, Entry)]
        catalogue = self.syncer.catalogue
        if entries:
            await catalogue.record(entries)
            new = sum(entry.document.key not in self.known for entry in entries)
            self._count(added=new, changed=len(entries) - new)
        touched = {known.document: version for known, version in (pair for pair in taken if isinstance(pair, tuple))}
        if touched:
            await catalogue.touch(touched)
            self._count(unchanged=len(touched))
        if self.removed:
            self._count(removed=await catalogue.remove(self.removed))
            self.removed = []
        await self._report()

    async def _record_members(self) -> None:
        members, self.members = self.members, {}
        if members:
            await self.syncer.directory.record(self.source.id, members)

    async def _take(self, event: Found, at_once: asyncio.Semaphore) -> Entry | tuple[Known, str] | None:
        """Return the new entry, or the known one with its new version where the content is the same."""
        limits = self.syncer.limits
        try:
            async with at_once:
                self._begin(event.key)
                return await asyncio.wait_for(self._load_and_take(event), limits.parse_timeout)
        except TimeoutError:
            self._fail(
                event.key, f"reading it took longer than {limits.parse_timeout:g} s (setting sync.parse_timeout)"
            )
        except (UnreadableDocumentError, TransientError, PermanentError) as error:
            self._fail(event.key, str(error))
        return None

    def _begin(self, key: str) -> None:
        self.report = replace(self.report, reading=key)
        if self.watch is not None:
            self.watch(self.report)

    async def _load_and_take(self, event: Found) -> Entry | tuple[Known, str]:
        raw = await event.load()
        intake, known = self.syncer.intake, self.known.get(event.key)
        if (
            known is not None
            and known.pipeline == intake.pipeline(self.source)
            and known.content_hash == content_hash(raw)
        ):
            return known, event.version
        entry, warnings = await asyncio.to_thread(intake.take, self.source, raw, version=event.version)
        if warnings:
            self._count(warnings=len(warnings))
            self.unreadable.extend(UnreadableDocument(event.key, f"note: {warning}") for warning in warnings)
        return entry

    def _fail(self, key: str, reason: str) -> None:
        self.failed.add(key)
        self.unreadable.append(UnreadableDocument(key, reason))
        self._count(failed=1)

    async def _settle(self, *, complete: bool, allow_removals: bool) -> None:
        if not complete:
            await self.finish(SyncPhase.SUCCEEDED, "")
            return
        # What could not be told this time stays as it was: the key of a group that failed is its name.
        still = self.groups | {PrincipalId(key) for key in self.failed}
        await self.syncer.directory.keep_only(self.source.id, still)
        share = self.syncer.limits.max_removed_share
        gone = plan_removals(self.known, seen=self.seen, failed=self.failed, max_share=share)
        if gone.refused and not allow_removals:
            await self.finish(SyncPhase.REFUSED, _refusal(self.source, len(gone.keys), len(self.known)))
            return
        removed = await self.syncer.catalogue.remove([self.known[key].document for key in gone.keys])
        self._count(removed=removed)
        await self.finish(SyncPhase.SUCCEEDED, "")

    async def finish(self, phase: SyncPhase, message: str) -> None:
        # Also where the run failed: who lost access must not keep it until the next one.
        await self._record_members()
        now = self.syncer.clock.now()
        self.report = replace(self.report, phase=phase, message=message, finished_at=now, reading="")
        await self._report()

    async def _report(self) -> None:
        unreadable, self.unreadable = self.unreadable, []
        await self.note(self.report, unreadable)

    def _count(self, **more: int) -> None:
        self.report = replace(self.report, **{name: getattr(self.report, name) + by for name, by in more.items()})


def _refusal(source: Source, gone: int, known: int) -> str:
    return (
        f"{gone} of {known} documents of {source.id!r} seem to be gone; nothing was removed. "
        f"Check that the source is reachable and its options are right. If they are really gone: "
        f"aika sync {source.id} --allow-removals"
    )
