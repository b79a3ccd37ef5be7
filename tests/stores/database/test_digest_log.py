"""Which owner was told of which findings, and the scores of each day, on both engines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from aika.domain.findings import FindingState
from aika.domain.scores import DayScore
from aika.protocols import DigestLog
from aika.stores.database.database import Database
from aika.testing.contracts.digest_log import DigestLogContract, make_record
from aika.testing.contracts.findings import make_finding


class TestDigestLog(DigestLogContract):
    @pytest.fixture
    def digest_log(self, database: Database) -> DigestLog:
        return database.digests


async def test_a_resolved_finding_is_new_again(database: Database) -> None:
    resolved = await database.findings.add(replace(make_finding("a"), state=FindingState.RESOLVED))
    still_open = await database.findings.add(make_finding("b"))
    await database.digests.claim(make_record("one", resolved.id, still_open.id))

    await database.digests.forget_resolved()

    assert await database.digests.told("payments team") == {still_open.id}


async def test_a_day_s_scores_are_kept_once(database: Database) -> None:
    scores, today = database.scores, date(2026, 11, 2)
    assert await scores.last_day() is None

    await scores.record(today - timedelta(days=1), [DayScore("owner", "payments", 70, 3, 2)])
    await scores.record(today, [DayScore("owner", "payments", 80, 3, 1), DayScore("source", "handbook", 90, 9, 1)])
    await scores.record(today, [DayScore("owner", "payments", 85, 3, 1)])

    assert await scores.last_day() == today
    history = await scores.since(date(2026, 11, 1), level="owner")
    assert [(score.day, score.score) for score in history] == [(date(2026, 11, 1), 70), (today, 85)]
