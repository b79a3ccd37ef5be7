"""A generated sentence that differs from its source in one exact thing is not given out as supported."""

import pytest

from aika.answering.verification import CitationVerifier
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Draft, Origin
from aika.domain.queries import Hit, Query
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.makers import make_chunk, make_document

PASSAGES = (
    "The export job runs every night at 02:30 and takes about 45 minutes. It writes to `s3://ledger-exports/daily`.",
    "Refunds are sent within 14 days. Refunds above €2,500 need the approval of Marta Lindgren from Finance.",
    "Do not restart `queue-broker` during the nightly export. Restart `cache-proxy` first, then drain the queue.",
    "The limit is 120 requests per minute for partners. Partners must sign requests with HMAC-SHA256.",
    "Support for API version 2.4.1 ends on 30 June 2026. Version 3.0.0 is required from 1 July 2026.",
    "Backups are kept for 35 days and encrypted with the key `kms-backup-7`. Never copy a backup to a laptop.",
    "The office in Tampere opens at 7:30 and closes at 19:00. Guests must be announced before Thursday.",
    "Passwords need at least 14 characters. Accounts are locked after 5 failed attempts for 20 minutes.",
)

TRUE = (
    ("The export job runs every night at 02:30 [1].", 1),
    ("The export takes about 45 minutes [1].", 1),
    ("The export job writes to `s3://ledger-exports/daily` [1].", 1),
    ("Refunds are sent within 14 days [2].", 2),
    ("Refunds above €2,500 need the approval of Marta Lindgren [2].", 2),
    ("Do not restart `queue-broker` during the nightly export [3].", 3),
    ("Restart `cache-proxy` first, then drain the queue [3].", 3),
    ("Partners have a limit of 120 requests per minute [4].", 4),
    ("Support for API version 2.4.1 ends on 30 June 2026 [5].", 5),
    ("Support for API version 2.4.1 ends on June 30, 2026 [5].", 5),
    ("Support for API version 2.4.1 ends on 2026-06-30 [5].", 5),
    ("Backups are kept for 35 days [6].", 6),
    ("Never copy a backup to a laptop [6].", 6),
    ("The office in Tampere opens at 7:30 [7].", 7),
    ("Passwords need at least 14 characters [8].", 8),
    ("Accounts are locked for 20 minutes after 5 failed attempts [8].", 8),
    ("Accounts are locked for twenty minutes after five failed attempts [8].", 8),
)

WRONG_NUMBER = (
    "The export job runs every night at 03:30 [1].",
    "The export takes about 54 minutes [1].",
    "Refunds are sent within 41 days [2].",
    "Refunds above €25,000 need the approval of Marta Lindgren [2].",
    "Refunds above €2,50 need the approval of Marta Lindgren [2].",
    "The limit is 1200 requests per minute for partners [4].",
    "The limit is 12 requests per minute for partners [4].",
    "Backups are kept for 53 days [6].",
    "Backups are kept for thirty days [6].",
    "Passwords need at least 12 characters [8].",
    "Accounts are locked after 3 failed attempts [8].",
    "Accounts are locked after 5 failed attempts for 30 minutes [8].",
    "The office in Tampere opens at 8:30 [7].",
    "The office in Tampere closes at 18:00 [7].",
)

WRONG_UNIT = (
    "The export takes about 45 hours [1].",
    "The export takes about 45 seconds [1].",
    "Refunds are sent within 14 weeks [2].",
    "Refunds above $2,500 need the approval of Marta Lindgren [2].",
    "Backups are kept for 35 months [6].",
    "Backups are kept for 35 years [6].",
    "Accounts are locked after 5 failed attempts for 20 hours [8].",
)

WRONG_DATE = (
    "Support for API version 2.4.1 ends on 31 July 2026 [5].",
    "Support for API version 2.4.1 ends on 30 July 2026 [5].",
    "Support for API version 2.4.1 ends on 30 June 2027 [5].",
    "Support for API version 2.4.1 ends on 2026-06-03 [5].",
    "Version 3.0.0 is required from 1 August 2026 [5].",
    "Guests must be announced before Friday [7].",
    "Guests must be announced before Monday [7].",
)

WRONG_NAME = (
    "Refunds above €2,500 need the approval of Marta Lundgren [2].",
    "Refunds above €2,500 need the approval of Anna Lindgren [2].",
    "Refunds above €2,500 need the approval of Marta Lindgren from Legal [2].",
    "The office in Helsinki opens at 7:30 [7].",
    "Support for API version 2.4.2 ends on 30 June 2026 [5].",
    "Support for API version 1.4.1 ends on 30 June 2026 [5].",
    "Do not restart `queue-worker` during the nightly export [3].",
    "Restart `cache-broker` first, then drain the queue [3].",
    "Backups are encrypted with the key `kms-backup-8` [6].",
    "Partners must sign requests with HMAC-SHA512 [4].",
    "The export job writes to `s3://ledger-exports/weekly` [1].",
    "The export job writes to `s3://ledger-imports/daily` [1].",
)

WRONG_POLARITY = (
    "Restart `queue-broker` during the nightly export [3].",
    "You should restart `queue-broker` during the nightly export [3].",
    "Do not restart `cache-proxy` first [3].",
    "Copy a backup to a laptop [6].",
    "Always copy a backup to a laptop [6].",
    "Refunds are not sent within 14 days [2].",
    "Refunds below €2,500 need the approval of Marta Lindgren [2].",
    "Partners must not sign requests with HMAC-SHA256 [4].",
    "Passwords need at most 14 characters [8].",
    "Guests must be announced after Thursday [7].",
    "Guests must not be announced before Thursday [7].",
    "Backups are kept for 35 days and are not encrypted [6].",
    "The office in Tampere closes at 7:30 [7].",
    "Version 3.0.0 is optional from 1 July 2026 [5].",
    "Accounts are never locked after 5 failed attempts [8].",
)

MOVED = (
    ("The export job runs every night at 02:30 [2].", 1),
    ("Refunds are sent within 14 days [1].", 2),
    ("Do not restart `queue-broker` during the nightly export [8].", 3),
    ("Partners must sign requests with HMAC-SHA256 [3].", 4),
    ("Backups are kept for 35 days [5].", 6),
    ("Passwords need at least 14 characters [6].", 8),
    ("The office in Tampere opens at 7:30 [9].", 7),
    ("Support for API version 2.4.1 ends on 30 June 2026 [4].", 5),
)


async def verified(text: str) -> Draft:
    hits = tuple(
        Hit(make_chunk(passage, document=make_document(f"page-{number}.md")), 1.0 / number)
        for number, passage in enumerate(PASSAGES, start=1)
    )
    draft = Draft(Query("?", UNRESTRICTED), text, Origin.GENERATED, hits)
    return await CitationVerifier(TechnicalAnalyzer(), None).verify(draft)


@pytest.mark.parametrize(("sentence", "passage"), TRUE)
async def test_a_sentence_that_agrees_keeps_its_citation(sentence: str, passage: int) -> None:
    draft = await verified(sentence)

    assert [citation.document.key for citation in draft.citations] == [f"page-{passage}.md"]
    assert draft.citations[0].quote in PASSAGES[passage - 1]
    assert draft.citations_removed == 0


@pytest.mark.parametrize("sentence", [*WRONG_NUMBER, *WRONG_UNIT, *WRONG_DATE, *WRONG_NAME, *WRONG_POLARITY])
async def test_a_corrupted_sentence_is_dropped_and_its_marker_counted(sentence: str) -> None:
    draft = await verified(sentence)

    assert (draft.text, draft.citations, draft.citations_removed) == ("", (), 1)


@pytest.mark.parametrize("sentence", [*WRONG_NUMBER[:3], *WRONG_NAME[:3], *WRONG_POLARITY[:3]])
async def test_a_corrupted_sentence_does_not_take_the_true_one_with_it(sentence: str) -> None:
    draft = await verified(f"Never copy a backup to a laptop [6]. {sentence}")

    assert draft.text == "Never copy a backup to a laptop. [1]"
    assert draft.citations_removed == 1


@pytest.mark.parametrize(("sentence", "passage"), MOVED)
async def test_a_citation_of_the_wrong_passage_is_removed_and_the_right_one_attached(
    sentence: str, passage: int
) -> None:
    draft = await verified(sentence)

    assert [citation.document.key for citation in draft.citations] == [f"page-{passage}.md"]
    assert draft.citations_removed == 1
