"""What every sync log must do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aika.domain.identifiers import SourceId
from aika.domain.sources import Cursor, SyncPhase, SyncReport, UnreadableDocument
from aika.protocols import SyncLog

HANDBOOK, WIKI = SourceId("handbook"), SourceId("wiki")
MORNING = datetime(2026, 3, 1, 8, 0, 0, 123_456, tzinfo=UTC)


def make_report(
    source: SourceId = HANDBOOK, *, phase: SyncPhase = SyncPhase.RUNNING, after: int = 0, seen: int = 0
) -> SyncReport:
    """Return the report of a sync that began some minutes after the morning."""
    started = MORNING + timedelta(minutes=after)
    finished = None if phase is SyncPhase.RUNNING else started + timedelta(seconds=30)
    return SyncReport(source, phase, started, finished, seen=seen)


class SyncLogContract:
    """Inherit from it and provide the fixture ``sync_log``: a new, empty one for each test."""

    async def test_a_source_that_was_never_synced_has_no_record(self, sync_log: SyncLog) -> None:
        assert await sync_log.cursor(HANDBOOK) is None
        assert await sync_log.last(HANDBOOK) is None
        assert await sync_log.last_success(HANDBOOK) is None
        assert await sync_log.unreadable(HANDBOOK) == []

    async def test_a_cursor_is_the_sources_own_and_can_be_cleared(self, sync_log: SyncLog) -> None:
        await sync_log.save_cursor(HANDBOOK, Cursor("old"))
        await sync_log.save_cursor(HANDBOOK, Cursor('{"at": "größe\\u0000"}'))
        await sync_log.save_cursor(WIKI, Cursor(""))

        assert await sync_log.cursor(HANDBOOK) == '{"at": "größe\\u0000"}'
        assert await sync_log.cursor(WIKI) == ""
        await sync_log.save_cursor(HANDBOOK, None)
        assert await sync_log.cursor(HANDBOOK) is None

    async def test_the_last_report_comes_back_whole(self, sync_log: SyncLog) -> None:
        running = replace(make_report(), expected=9)
        done = replace(
            make_report(phase=SyncPhase.FAILED, seen=7),
            added=1,
            changed=2,
            unchanged=3,
            removed=4,
            failed=5,
            warnings=6,
            message="the server said: \0 größe",
        )

        await sync_log.begin(running)
        assert await sync_log.last(HANDBOOK) == running
        await sync_log.update(done, [])

        assert await sync_log.last(HANDBOOK) == done
        assert await sync_log.last(WIKI) is None

    async def test_the_last_success_outlives_later_failures(self, sync_log: SyncLog) -> None:
        success = make_report(phase=SyncPhase.SUCCEEDED)
        await sync_log.begin(make_report())
        await sync_log.update(success, [])

        for minutes in range(1, 55):
            await sync_log.begin(make_report(after=minutes))
            await sync_log.update(make_report(phase=SyncPhase.REFUSED, after=minutes), [])

        assert await sync_log.last_success(HANDBOOK) == success.finished_at
        assert await sync_log.last(HANDBOOK) == make_report(phase=SyncPhase.REFUSED, after=54)

    async def test_a_sync_left_running_is_replaced(self, sync_log: SyncLog) -> None:
        await sync_log.begin(make_report())
        await sync_log.update(make_report(seen=3), [UnreadableDocument("a", "corrupt")])

        await sync_log.begin(make_report(after=5))

        assert await sync_log.last(HANDBOOK) == make_report(after=5)
        assert await sync_log.unreadable(HANDBOOK) == []

    async def test_what_could_not_be_read_adds_up_over_one_sync(self, sync_log: SyncLog) -> None:
        await sync_log.begin(make_report())
        await sync_log.update(make_report(), [UnreadableDocument("b", "too large"), UnreadableDocument("a", "corrupt")])

        await sync_log.update(make_report(), [UnreadableDocument("a", "encrypted"), UnreadableDocument("c", "\0")])

        assert await sync_log.unreadable(HANDBOOK) == [
            UnreadableDocument("a", "encrypted"),
            UnreadableDocument("b", "too large"),
            UnreadableDocument("c", "\0"),
        ]

    async def test_a_new_sync_starts_without_the_last_ones_unreadable_documents(self, sync_log: SyncLog) -> None:
        await sync_log.begin(make_report())
        await sync_log.update(make_report(phase=SyncPhase.SUCCEEDED), [UnreadableDocument("a", "corrupt")])

        await sync_log.begin(make_report(after=1))

        assert await sync_log.unreadable(HANDBOOK) == []

    async def test_a_forgotten_source_leaves_nothing(self, sync_log: SyncLog) -> None:
        for source in (HANDBOOK, WIKI):
            await sync_log.begin(make_report(source))
            await sync_log.update(make_report(source, phase=SyncPhase.SUCCEEDED), [UnreadableDocument("a", "corrupt")])
            await sync_log.save_cursor(source, Cursor("here"))

        await sync_log.forget(HANDBOOK)

        assert await sync_log.cursor(HANDBOOK) is None
        assert await sync_log.last(HANDBOOK) is None
        assert await sync_log.unreadable(HANDBOOK) == []
        assert await sync_log.cursor(WIKI) == "here"
        assert await sync_log.last_success(WIKI) is not None
