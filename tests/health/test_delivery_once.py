"""Digests are sent when they are due, once each, through crashes and failures."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from digest_material import MONDAY, KeepingCourier, make_finding, opened_copy, recorded

from aika.domain.digests import DigestState, Every, Medium, Recipient, UncertainDeliveryError
from aika.domain.documents import Owner
from aika.domain.errors import NotFoundError, PermanentError, TransientError
from aika.domain.findings import FindingState
from aika.health.delivery import ABANDONED_AFTER, FIRST_PAUSE, DigestSender
from aika.health.digests import DigestComposer
from aika.health.digests_preferences import Preference, Preferences
from aika.stores.database.database import Database
from aika.testing.clock import SetClock
from aika.testing.makers import make_document

LIMITS = make_document("limits.md", title="Limits")
BEFORE = MONDAY - timedelta(hours=1)
WEEK = timedelta(weeks=1)
SEARCH = Owner("search team", contact="#search")


@pytest_asyncio.fixture
async def database(empty_database: Path, tmp_path: Path) -> AsyncIterator[Database]:
    async with opened_copy(empty_database, tmp_path) as opened:
        await recorded(opened, LIMITS)
        yield opened


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY + timedelta(minutes=5))


def sender_of(
    database: Database, clock: SetClock, courier: KeepingCourier, *, preferences: Preferences | None = None
) -> DigestSender:
    return DigestSender(
        findings=database.findings,
        log=database.digests,
        composer=DigestComposer(database.catalogue),
        couriers={courier.medium: courier},
        preferences=preferences or Preferences(media=[courier.medium]),
        clock=clock,
    )


def told(courier: KeepingCourier) -> list[list[str]]:
    return [[entry.finding for entry in digest.entries] for digest in courier.delivered]


class TestWhenItIsDue:
    async def test_what_is_new_is_sent_once_a_week(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        sender = sender_of(database, clock, courier)
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        await sender.look()
        await sender.look()
        await database.findings.add(make_finding("b", LIMITS, created_at=clock.now()))
        await sender.look()
        clock.advance(WEEK)
        await sender.look()
        clock.advance(WEEK)
        await sender.look()

        assert told(courier) == [["a"], ["b"]]
        assert [digest.still_open for digest in courier.delivered] == [0, 1]

    async def test_a_restart_repeats_nothing(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        await sender_of(database, clock, courier).look()
        await sender_of(database, clock, courier).look()

        assert told(courier) == [["a"]]

    async def test_a_server_that_was_down_at_the_moment_sends_when_it_is_up(
        self, database: Database, clock: SetClock
    ) -> None:
        courier = KeepingCourier()
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))
        clock.advance(timedelta(days=3))

        await sender_of(database, clock, courier).look()

        assert told(courier) == [["a"]]

    async def test_the_first_findings_wait_for_the_next_moment(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        await database.findings.add(make_finding("a", LIMITS, created_at=clock.now()))

        await sender_of(database, clock, courier).look()

        assert told(courier) == []

    async def test_never_is_never(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        never = Preferences({"payments team": Preference(Every.NEVER)})
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        await sender_of(database, clock, courier, preferences=never).look()

        assert told(courier) == []

    async def test_each_owner_gets_one_digest_of_their_own(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))
        await database.findings.add(make_finding("b", LIMITS, created_at=BEFORE, owner=SEARCH))
        await database.findings.add(make_finding("c", LIMITS, created_at=BEFORE, owner=None))

        await sender_of(database, clock, courier).look()

        assert {digest.recipient.address: len(digest.entries) for digest in courier.delivered} == {
            "#payments": 1,
            "#search": 1,
        }

    async def test_what_was_resolved_is_news_when_it_comes_back(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        sender = sender_of(database, clock, courier)
        added = await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))
        await sender.look()

        resolved = await database.findings.change(replace(added, state=FindingState.RESOLVED))
        await sender.look()
        await database.findings.change(replace(resolved, state=FindingState.OPEN))
        clock.advance(WEEK)
        await sender.look()

        assert told(courier) == [["a"], ["a"]]


class TestFailures:
    async def test_a_digest_that_could_not_be_sent_is_sent_later(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier(Medium.SLACK, TransientError("down"), TransientError("down"))
        sender = sender_of(database, clock, courier)
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        [first] = await sender.look()
        assert await sender.look() == []
        clock.advance(FIRST_PAUSE)
        [second] = await sender.look()
        clock.advance(2 * FIRST_PAUSE)
        [third] = await sender.look()

        assert [record.state for record in (first, second, third)] == [
            DigestState.WAITING,
            DigestState.WAITING,
            DigestState.SENT,
        ]
        assert third.tries == 3
        assert told(courier) == [["a"]]

    async def test_the_other_side_may_ask_for_a_longer_pause(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier(Medium.SLACK, TransientError("slow down", retry_after=3600))
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        [record] = await sender_of(database, clock, courier).look()

        assert record.retry_at == clock.now() + timedelta(hours=1)

    async def test_a_wrong_address_is_named_and_loses_nothing(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier(Medium.SLACK, PermanentError("no such channel: correct it"))
        sender = sender_of(database, clock, courier)
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        await sender.look()
        [pending] = await sender.preview()
        clock.advance(WEEK)
        await sender.look()

        assert pending.problem == "no such channel: correct it"
        assert told(courier) == [["a"]]

    async def test_what_may_have_arrived_is_not_sent_again(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier(Medium.SLACK, UncertainDeliveryError("no answer"))
        sender = sender_of(database, clock, courier)
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        [record] = await sender.look()
        clock.advance(WEEK)
        await sender.look()

        assert record.state is DigestState.UNCERTAIN
        assert told(courier) == []

    async def test_one_owner_s_failure_keeps_no_other_from_theirs(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier(Medium.SLACK, PermanentError("no such channel"))
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))
        await database.findings.add(make_finding("b", LIMITS, created_at=BEFORE, owner=SEARCH))

        await sender_of(database, clock, courier).look()

        assert told(courier) == [["b"]]

    async def test_a_process_that_dies_while_it_sends_sends_nothing_twice(
        self, database: Database, clock: SetClock
    ) -> None:
        dying = KeepingCourier(Medium.SLACK, KeyError("the process dies"))
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))
        with pytest.raises(KeyError):
            await sender_of(database, clock, dying).look()

        courier = KeepingCourier()
        clock.advance(ABANDONED_AFTER)
        after = sender_of(database, clock, courier)
        await after.look()
        clock.advance(WEEK)
        await database.findings.add(make_finding("b", LIMITS, created_at=clock.now() - timedelta(hours=1)))
        await after.look()

        last = await database.digests.in_state(DigestState.UNCERTAIN)
        assert [record.findings for record in last] == [("a",)]
        assert told(courier) == [["b"]]
        assert courier.delivered[0].still_open == 1

    async def test_two_processes_send_one_digest(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        one, other = sender_of(database, clock, courier), sender_of(database, clock, courier)
        await database.findings.add(make_finding("a", LIMITS, created_at=BEFORE))

        await one.look()
        await other.look()

        assert told(courier) == [["a"]]


class TestByHand:
    async def test_sending_now_tells_what_is_new_and_not_again(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        sender = sender_of(database, clock, courier)
        await database.findings.add(make_finding("a", LIMITS, created_at=clock.now()))

        record = await sender.send_now("Payments Team")
        clock.advance(timedelta(minutes=1))
        again = await sender.send_now("payments team")

        assert record is not None
        assert record.recipient == Recipient(Medium.SLACK, "#payments")
        assert again is None
        assert told(courier) == [["a"]]

    async def test_a_preview_sends_nothing(self, database: Database, clock: SetClock) -> None:
        courier = KeepingCourier()
        sender = sender_of(database, clock, courier)
        await database.findings.add(make_finding("a", LIMITS, created_at=clock.now()))

        [pending] = await sender.preview()

        assert pending.digest is not None
        assert (pending.owner, pending.every, len(pending.digest.entries)) == ("payments team", Every.WEEKLY, 1)
        assert courier.delivered == []

    async def test_an_unknown_owner_is_named_with_those_who_are_known(
        self, database: Database, clock: SetClock
    ) -> None:
        await database.findings.add(make_finding("a", LIMITS))

        with pytest.raises(NotFoundError, match="known: payments team"):
            await sender_of(database, clock, KeepingCourier()).preview("nobody")
