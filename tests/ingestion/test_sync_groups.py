"""What a sync does with the groups that a source tells of."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from ingestion_library import Library

from aika.application.wiring import build_intake
from aika.domain.documents import RawDocument
from aika.domain.errors import TransientError
from aika.domain.identifiers import PrincipalId, SourceId
from aika.domain.sources import Checkpoint, Cursor, Event, Failed, Found, Lent, Members, Source, SyncPhase, SyncReport
from aika.ingestion.sync import Syncer
from aika.protocols import Connector

SLACK, WIKI = SourceId("slack"), SourceId("wiki")
ALICE, BOB = PrincipalId("user:alice@example.org"), PrincipalId("user:bob@example.org")
PAYMENTS, SEARCH = PrincipalId("slack:T1:PAYMENTS"), PrincipalId("slack:T1:SEARCH")


async def test_members_are_recorded(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE, BOB), members(SEARCH, BOB))

    assert await library.database.directory.expand([ALICE]) == {ALICE, PAYMENTS}
    assert await library.database.directory.expand([BOB]) == {BOB, PAYMENTS, SEARCH}


async def test_someone_who_left_is_out_after_the_next_sync_though_no_document_changed(library: Library) -> None:
    await synced(library, found("thread"), members(PAYMENTS, ALICE, BOB))
    before = await library.database.catalogue.sequence()

    report = await synced(library, found("thread"), members(PAYMENTS, BOB))

    assert (report.unchanged, report.changed) == (1, 0)
    assert await library.database.catalogue.sequence() == before
    assert await library.database.directory.expand([ALICE]) == {ALICE}


async def test_a_group_that_a_complete_listing_leaves_out_is_gone(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE), members(SEARCH, ALICE))

    await synced(library, members(SEARCH, ALICE))

    assert await library.database.directory.expand([ALICE]) == {ALICE, SEARCH}


async def test_a_group_that_an_incremental_run_leaves_out_stays(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE), members(SEARCH, ALICE))

    await synced(library, members(SEARCH, BOB), complete=False)

    assert await library.database.directory.expand([ALICE]) == {ALICE, PAYMENTS}


async def test_a_group_whose_members_cannot_be_told_keeps_those_it_had(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE), members(SEARCH, ALICE))

    report = await synced(library, Failed(PAYMENTS, "the token may not list its members"), members(SEARCH, BOB))

    assert (report.phase, report.failed) == (SyncPhase.SUCCEEDED, 1)
    assert await library.database.directory.expand([ALICE]) == {ALICE, PAYMENTS}


async def test_a_source_that_fails_on_the_way_drops_no_group(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE), members(SEARCH, ALICE))

    report = await synced(library, members(SEARCH, BOB), TransientError("the server is down"))

    assert report.phase is SyncPhase.FAILED
    assert await library.database.directory.expand([ALICE]) == {ALICE, PAYMENTS}


async def test_a_table_of_many_accounts_is_recorded_whole(library: Library) -> None:
    accounts = [PrincipalId(f"github:{number}") for number in range(1_200)]

    await synced(library, *(members(account, ALICE) for account in accounts))

    assert await library.database.directory.expand([ALICE]) == {ALICE, *accounts}


async def test_groups_of_other_sources_are_left_alone(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE))

    await synced(library, members(SEARCH, ALICE), source=WIKI)

    assert await library.database.directory.expand([ALICE]) == {ALICE, PAYMENTS, SEARCH}


async def test_a_source_that_seems_empty_still_loses_its_groups(library: Library) -> None:
    await synced(library, found("thread"), members(PAYMENTS, ALICE))

    report = await synced(library, complete=True)

    # Its documents stay, because too many seem to be gone; that is no reason to let someone in who may have left.
    assert report.phase is SyncPhase.REFUSED
    assert await library.database.directory.expand([ALICE]) == {ALICE}


async def test_a_source_that_may_not_say_who_is_in_a_group_makes_nobody_a_member(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE))
    told: list[Event | TransientError] = [members(PAYMENTS, BOB), Checkpoint(Cursor("x"), complete=True)]

    await syncer(library, told).sync(Source(WIKI, "told", lent=Lent(frozenset(), frozenset(), groups=False)))

    assert await library.database.directory.people(PAYMENTS) == {ALICE}


async def test_forgetting_a_source_forgets_its_groups(library: Library) -> None:
    await synced(library, members(PAYMENTS, ALICE))
    await synced(library, members(SEARCH, ALICE), source=WIKI)

    await syncer(library, []).forget(SLACK)

    assert await library.database.directory.expand([ALICE]) == {ALICE, SEARCH}


def members(group: PrincipalId, *people: PrincipalId) -> Members:
    return Members(group, frozenset(people))


def found(key: str) -> Found:
    async def load() -> RawDocument:
        return RawDocument(key, b"Something was said.", f"{key}.txt", readers=frozenset({PAYMENTS}))

    return Found(key, "1", load)


async def synced(
    library: Library, *events: Event | TransientError, source: SourceId = SLACK, complete: bool = True
) -> SyncReport:
    """Sync a source that tells these events and then how far it was read."""
    told = [*events, Checkpoint(Cursor("x"), complete=complete)]
    return await syncer(library, told).sync(Source(source, "told"))


def syncer(library: Library, events: Sequence[Event | TransientError]) -> Syncer:
    @asynccontextmanager
    async def connect(_: Source) -> AsyncIterator[Connector]:
        yield Told(events)

    database = library.database
    return Syncer(database.catalogue, database.directory, database.sync_log, connect, build_intake(), library.clock)


class Told:
    """A connector that yields what it was given, and raises what is an error."""

    def __init__(self, events: Sequence[Event | TransientError]) -> None:
        self._events = events

    async def read(self, since: Cursor | None) -> AsyncIterator[Event]:
        for event in self._events:
            if isinstance(event, TransientError):
                raise event
            yield event
