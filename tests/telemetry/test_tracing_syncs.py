"""Syncs are traced and counted, and how sources stand can be read off gauges."""

import asyncio
from datetime import timedelta
from pathlib import Path

from opentelemetry.trace import StatusCode
from recorded import Recorded
from traced_system import System, open_system

from aika.domain.access import EVERYONE
from aika.domain.answers import Feedback, Rating
from aika.domain.errors import TransientError
from aika.domain.identifiers import AnswerId, PrincipalId, SourceId
from aika.domain.sources import Source, SourceState
from aika.telemetry import names
from aika.telemetry.setup import Telemetry
from aika.testing.clock import SetClock


def make_state(*, documents: int, findable: int, embedded: int, synced_ago: timedelta | None) -> SourceState:
    return SourceState(
        source=Source(id=SourceId("handbook"), connector="filesystem"),
        documents=documents,
        chunks=documents,
        findable=findable,
        embedded=embedded,
        last_sync=None,
        last_success_at=None if synced_ago is None else SetClock().now() - synced_ago,
    )


async def test_a_sync_is_one_span_with_its_counts(system: System, recorded: Recorded) -> None:
    await system.sync()

    span = recorded.span("sync timetables")
    assert {
        names.SOURCE: "timetables",
        names.CONNECTOR: "filesystem",
        names.SYNC_PHASE: "succeeded",
        "aika.sync.seen": 1,
        "aika.sync.added": 1,
        "aika.sync.failed": 0,
    }.items() <= dict(span.attributes or {}).items()
    assert recorded.span("read").attributes["aika.connector.events.found"] == 1
    assert recorded.span("read").parent.span_id == span.context.span_id


async def test_documents_are_counted_by_what_became_of_them(system: System, recorded: Recorded) -> None:
    await system.sync()
    (system.folder / "more.md").write_text("# More\n\nThe harbour has a second pier.\n", encoding="utf-8")
    await system.sync()

    assert recorded.values(names.SYNC_DOCUMENTS) == {"timetables added": 2, "timetables unchanged": 1}
    assert recorded.values(names.SYNC_DURATION) == {"timetables succeeded": 2}


async def test_a_source_that_cannot_be_read_is_a_failed_span(
    tmp_path: Path, telemetry: Telemetry, recorded: Recorded
) -> None:
    async with open_system(tmp_path, telemetry) as system:
        gone = Source(
            id=SourceId("gone"),
            connector="filesystem",
            options={"path": str(tmp_path / "nowhere")},
            readers=frozenset({EVERYONE}),
        )
        await system.syncer.sync(gone)

    span = recorded.span("sync gone")
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes[names.SYNC_PHASE] == "failed"


async def test_gauges_show_how_sources_stand_when_metrics_are_collected(
    telemetry: Telemetry, recorded: Recorded
) -> None:
    async def states() -> list[SourceState]:
        return [make_state(documents=10, findable=8, embedded=3, synced_ago=timedelta(minutes=2))]

    with telemetry.watching(states, SetClock()):
        found = await asyncio.to_thread(
            lambda: {
                name: recorded.values(name)
                for name in (names.SOURCE_DOCUMENTS, names.NOT_FINDABLE, names.NOT_EMBEDDED, names.SYNC_AGE)
            }
        )
    after = await asyncio.to_thread(recorded.values, names.SOURCE_DOCUMENTS)

    assert found == {
        names.SOURCE_DOCUMENTS: {"handbook": 10},
        names.NOT_FINDABLE: {"handbook": 2},
        names.NOT_EMBEDDED: {"handbook": 7},
        names.SYNC_AGE: {"handbook": 120},
    }
    assert after == {}


async def test_a_source_that_was_never_synced_has_no_age(telemetry: Telemetry, recorded: Recorded) -> None:
    async def states() -> list[SourceState]:
        return [make_state(documents=0, findable=0, embedded=0, synced_ago=None)]

    with telemetry.watching(states, SetClock()):
        assert await asyncio.to_thread(recorded.values, names.SYNC_AGE) == {}


async def test_a_state_that_cannot_be_read_leaves_the_other_metrics_alone(
    telemetry: Telemetry, recorded: Recorded
) -> None:
    async def states() -> list[SourceState]:
        raise TransientError("the database is away")

    with telemetry.observe("fuse"):
        pass
    with telemetry.watching(states, SetClock()):
        assert await asyncio.to_thread(recorded.values, names.STAGE_DURATION) == {"fuse": 1}


async def test_collecting_in_the_event_loop_itself_does_not_wait_for_ever(
    telemetry: Telemetry, recorded: Recorded
) -> None:
    async def states() -> list[SourceState]:
        return [make_state(documents=1, findable=1, embedded=1, synced_ago=None)]

    with telemetry.watching(states, SetClock()):
        assert recorded.values(names.SOURCE_DOCUMENTS) == {}


async def test_feedback_is_counted_by_rating_once_it_is_recorded(
    system: System, telemetry: Telemetry, recorded: Recorded
) -> None:
    class Accepting:
        async def give_feedback(self, feedback: Feedback, *, owner: PrincipalId, by: PrincipalId | None = None) -> None:
            pass

        async def outcome(self, id: AnswerId, *, owner: PrincipalId) -> None:
            return None

    conversations = telemetry.conversations(Accepting())
    for rating in (Rating.HELPFUL, Rating.NOT_HELPFUL, Rating.HELPFUL):
        await conversations.give_feedback(Feedback(AnswerId("a"), rating), owner=PrincipalId("user:ada"))

    assert recorded.values(names.FEEDBACK) == {"helpful": 2, "not_helpful": 1}
