"""What every log of digests must do."""

import asyncio
from datetime import UTC, datetime, timedelta

from aika.domain.digests import DigestRecord, DigestState, Medium, Recipient
from aika.domain.identifiers import FindingId
from aika.protocols import DigestLog

MOMENT = datetime(2026, 11, 2, 8, tzinfo=UTC)
A, B = FindingId("a"), FindingId("b")


def make_record(
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


class DigestLogContract:
    """Inherit from it and provide the fixture ``digest_log``: a new, empty log for each test."""

    async def test_a_digest_is_claimed_once(self, digest_log: DigestLog) -> None:
        assert await digest_log.claim(make_record("one"))
        assert not await digest_log.claim(make_record("two"))
        await digest_log.settle("one", DigestState.SENT)
        assert not await digest_log.claim(make_record("three"))

        kept = await digest_log.of_owner("payments  team", occasion=MOMENT)
        assert kept is not None
        assert (kept.id, kept.state, kept.findings, kept.tries) == ("one", DigestState.SENT, (A,), 1)

    async def test_of_many_who_claim_at_once_one_does(self, digest_log: DigestLog) -> None:
        claims = await asyncio.gather(*(digest_log.claim(make_record(f"{number}")) for number in range(4)))

        assert sum(claims) == 1

    async def test_a_finding_is_in_one_digest_to_an_owner(self, digest_log: DigestLog) -> None:
        assert await digest_log.claim(make_record("one", A))
        assert not await digest_log.claim(make_record("two", B, A, occasion=MOMENT + timedelta(hours=1)))

        assert await digest_log.told("PAYMENTS TEAM") == {A}
        assert await digest_log.told("search team") == set()

    async def test_what_waits_is_claimed_again_when_its_time_has_come(self, digest_log: DigestLog) -> None:
        later = MOMENT + timedelta(minutes=5)
        await digest_log.claim(make_record("one"))
        await digest_log.settle("one", DigestState.WAITING, reason="down", retry_at=later)

        assert await digest_log.told("payments team") == set()
        assert not await digest_log.claim(make_record("two", begun_at=later - timedelta(seconds=1)))
        assert await digest_log.claim(make_record("three", begun_at=later))

        kept = await digest_log.last("payments team")
        assert kept is not None
        assert (kept.id, kept.tries, kept.reason, kept.retry_at) == ("three", 2, "", None)

    async def test_what_failed_is_new_again_and_is_not_claimed_again(self, digest_log: DigestLog) -> None:
        await digest_log.claim(make_record("one"))
        await digest_log.settle("one", DigestState.FAILED, reason="no such channel")

        assert not await digest_log.claim(make_record("two"))
        assert await digest_log.claim(make_record("three", occasion=MOMENT + timedelta(weeks=1)))
        assert [failed.reason for failed in await digest_log.in_state(DigestState.FAILED)] == ["no such channel"]

    async def test_what_may_have_arrived_counts_as_told(self, digest_log: DigestLog) -> None:
        await digest_log.claim(make_record("one"))
        await digest_log.settle("one", DigestState.UNCERTAIN)

        assert await digest_log.told("payments team") == {A}
