"""What a digest says, and what it keeps to itself."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from digest_material import MONDAY, broken, make_edit, make_finding, opened_copy, recorded

from aika.domain.digests import Digest, DigestEntry, Every, Medium, Recipient
from aika.domain.findings import Finding, FindingState
from aika.domain.identifiers import FindingId
from aika.health.digests import MOST_ENTRIES, Addressed, DigestComposer, Told
from aika.stores.database.database import Database
from aika.testing.makers import make_document

ADDRESSED = Addressed("payments team", Recipient(Medium.SLACK, "#payments"), Every.WEEKLY)
LIMITS = make_document("limits.md", title="Limits")
SECRET = make_document("secret.md", title="Takeover of Initech", readers=["group:board"])
BOARD_PAGE = make_document("board.md", title="Board page", readers=["group:board"])


@pytest_asyncio.fixture
async def database(empty_database: Path, tmp_path: Path) -> AsyncIterator[Database]:
    async with opened_copy(empty_database, tmp_path) as opened:
        await recorded(opened, LIMITS, SECRET, BOARD_PAGE)
        yield opened


async def composed(database: Database, findings: Sequence[Finding], *, told: Sequence[str] = ()) -> Digest | None:
    known = Told({FindingId(finding) for finding in told}, MONDAY)
    return await DigestComposer(database.catalogue).compose("1", ADDRESSED, findings, known, now=MONDAY)


async def entry_of(database: Database, finding: Finding) -> DigestEntry:
    digest = await composed(database, [finding])
    assert digest is not None
    [entry] = digest.entries
    return entry


class TestContent:
    async def test_an_entry_says_what_is_wrong_whom_it_cost_and_what_to_do(self, database: Database) -> None:
        questions = [broken("What is the limit?", asker="a"), broken("How much is it?", asker="b")]
        finding = make_finding(document=LIMITS, questions=questions, suggestion=make_edit())

        entry = await entry_of(database, finding)

        assert (entry.title, entry.reason, entry.people) == ("Limits", finding.reason, 2)
        assert (entry.quote, entry.url) == ("The limit is 30.", LIMITS.url)
        assert entry.questions == ("What is the limit?", "How much is it?")
        assert entry.suggestion == make_edit()

    async def test_questions_that_pass_again_are_left_out(self, database: Database) -> None:
        questions = [broken("Fixed?", passes=True), broken("Broken?")]

        entry = await entry_of(database, make_finding(document=LIMITS, questions=questions))

        assert entry.questions == ("Broken?",)

    async def test_many_questions_are_counted(self, database: Database) -> None:
        questions = [broken(f"Question {number}?") for number in range(5)]

        entry = await entry_of(database, make_finding(document=LIMITS, questions=questions))

        assert (len(entry.questions), entry.more_questions) == (3, 2)

    async def test_a_gap_names_what_is_missing_and_no_document(self, database: Database) -> None:
        entry = await entry_of(database, make_finding(gap=True, title="No document answers: What is the limit?"))

        assert (entry.title, entry.url, entry.quote) == ("No document answers: What is the limit?", None, "")


class TestOtherDocuments:
    async def test_a_document_that_all_readers_may_read_is_named(self, database: Database) -> None:
        entry = await entry_of(database, make_finding(document=BOARD_PAGE, others=[LIMITS, SECRET]))

        assert sorted(mention.title for mention in entry.mentions) == ["Limits", "Takeover of Initech"]

    async def test_of_a_document_that_not_all_readers_may_read_nothing_is_told(self, database: Database) -> None:
        finding = make_finding(
            document=LIMITS,
            others=[SECRET],
            title="“Limits” disagrees: the takeover",
            reason="The page on the takeover of Initech says 14.",
            suggestion=make_edit(after="The limit is 14 after the takeover."),
            questions=[broken("What is the limit after the takeover?")],
        )

        digest = await composed(database, [finding])

        assert digest is not None
        assert "takeover" not in repr(digest).lower()
        [entry] = digest.entries
        assert (entry.title, entry.people, entry.more_questions) == ("“Limits”: outdated", 1, 1)

    async def test_readers_are_judged_as_they_are_now(self, database: Database) -> None:
        was_open = make_document("secret.md", title="Takeover of Initech")

        entry = await entry_of(database, make_finding(document=LIMITS, others=[was_open], reason="Takeover."))

        assert entry.mentions == ()
        assert "Takeover" not in entry.reason

    async def test_a_finding_on_a_document_that_is_gone_is_left_out(self, database: Database) -> None:
        assert await composed(database, [make_finding(document=make_document("gone.md"))]) is None


class TestSelection:
    async def test_what_was_told_is_counted_and_not_repeated(self, database: Database) -> None:
        findings = [make_finding("old", LIMITS), make_finding("new", LIMITS)]

        digest = await composed(database, findings, told=["old"])

        assert digest is not None
        assert [entry.finding for entry in digest.entries] == ["new"]
        assert digest.still_open == 1

    async def test_nothing_new_is_no_digest(self, database: Database) -> None:
        assert await composed(database, [make_finding("old", LIMITS)], told=["old"]) is None

    async def test_what_somebody_has_accepted_is_not_news(self, database: Database) -> None:
        assert await composed(database, [make_finding(document=LIMITS, state=FindingState.ACCEPTED)]) is None

    async def test_what_came_after_the_moment_waits_for_the_next(self, database: Database) -> None:
        assert await composed(database, [make_finding(document=LIMITS, created_at=MONDAY + timedelta(1))]) is None

    async def test_a_long_digest_is_cut_and_says_how_many_are_missing(self, database: Database) -> None:
        findings = [make_finding(f"{number:02}", LIMITS) for number in range(MOST_ENTRIES + 12)]

        digest = await composed(database, findings)

        assert digest is not None
        assert [entry.finding for entry in digest.entries] == [f"{number:02}" for number in range(MOST_ENTRIES)]
        assert digest.more == 12
