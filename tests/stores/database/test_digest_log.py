"""Which owner was told of which findings, and the scores of each day, on both engines."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from aika.domain.access import UNRESTRICTED
from aika.domain.digests import DigestRecord, DigestState, Medium, Recipient
from aika.domain.findings import BrokenQuestion, Cause, Finding, FindingKind, FindingState
from aika.domain.identifiers import FindingId
from aika.domain.scores import DayScore
from aika.stores.database.database import Database

MOMENT = datetime(2026, 11, 2, 8, tzinfo=UTC)
A, B = FindingId("a"), FindingId("b")


def record(
    id: str = "one", *findings: FindingId, occasion: datetime = MOMENT, begun_at: datetime = MOMENT
) -> DigestRecord:
    return DigestRecord(
        id=id,
        owner="Payments Team",
        occasion=occasion,
        recipient=Recipient(Medium.SLACK, "#payments"),
        state=DigestState.SENDING,
        findings=findings or (A,),
        begun_at=begun_at,
    )


async def test_a_digest_is_claimed_once(database: Database) -> None:
    log = database.digests

    assert await log.claim(record("one"))
    assert not await log.claim(record("two"))
    await log.settle("one", DigestState.SENT)
    assert not await log.claim(record("three"))

    kept = await log.of_owner("payments  team", occasion=MOMENT)
    assert kept is not None
    assert (kept.id, kept.state, kept.findings, kept.tries) == ("one", DigestState.SENT, (A,), 1)


async def test_of_many_who_claim_at_once_one_does(database: Database) -> None:
    claims = await asyncio.gather(*(database.digests.claim(record(f"{number}")) for number in range(4)))

    assert sum(claims) == 1


async def test_a_finding_is_in_one_digest_to_an_owner(database: Database) -> None:
    log = database.digests

    assert await log.claim(record("one", A))
    assert not await log.claim(record("two", B, A, occasion=MOMENT + timedelta(hours=1)))

    assert await log.told("PAYMENTS TEAM") == {A}
    assert await log.told("search team") == set()


async def test_what_waits_is_claimed_again_when_its_time_has_come(database: Database) -> None:
    log, later = database.digests, MOMENT + timedelta(minutes=5)
    await log.claim(record("one"))
    await log.settle("one", DigestState.WAITING, reason="down", retry_at=later)

    assert await log.told("payments team") == set()
    assert not await log.claim(record("two", begun_at=later - timedelta(seconds=1)))
    assert await log.claim(record("three", begun_at=later))

    kept = await log.last("payments team")
    assert kept is not None
    assert (kept.id, kept.tries, kept.reason, kept.retry_at) == ("three", 2, "", None)


async def test_what_failed_is_new_again_and_is_not_claimed_again(database: Database) -> None:
    log = database.digests
    await log.claim(record("one"))
    await log.settle("one", DigestState.FAILED, reason="no such channel")

    assert not await log.claim(record("two"))
    assert await log.claim(record("three", occasion=MOMENT + timedelta(weeks=1)))
    assert [failed.reason for failed in await log.in_state(DigestState.FAILED)] == ["no such channel"]


async def test_a_resolved_finding_is_new_again(database: Database) -> None:
    log = database.digests
    for finding, state in ((A, FindingState.RESOLVED), (B, FindingState.OPEN)):
        await database.findings.add(_finding(finding, state))
    await log.claim(record("one", A, B))

    await log.forget_resolved()

    assert await log.told("payments team") == {B}


async def test_a_day_s_scores_are_kept_once(database: Database) -> None:
    scores, today = database.scores, date(2026, 11, 2)
    assert await scores.last_day() is None

    await scores.record(today - timedelta(days=1), [DayScore("owner", "payments", 70, 3, 2)])
    await scores.record(today, [DayScore("owner", "payments", 80, 3, 1), DayScore("source", "handbook", 90, 9, 1)])
    await scores.record(today, [DayScore("owner", "payments", 85, 3, 1)])

    assert await scores.last_day() == today
    history = await scores.since(date(2026, 11, 1), level="owner")
    assert [(score.day, score.score) for score in history] == [(date(2026, 11, 1), 70), (today, 85)]


def _finding(id: FindingId, state: FindingState) -> Finding:
    question = BrokenQuestion("Why?", MOMENT, Cause.UNANSWERED, asker="x", scope=UNRESTRICTED)
    return Finding(
        id=id,
        key=id,
        kind=FindingKind.NO_DOCUMENT,
        state=state,
        title="",
        reason="",
        source=None,
        document=None,
        owner=None,
        exhibits=(),
        questions=(question,),
        suggestion=None,
        created_at=MOMENT,
        changed_at=MOMENT,
    )
