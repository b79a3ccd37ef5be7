"""Gaps as a list: put together anew, what cost the most people first."""

from digest_material import broken, make_finding

from aika.domain.documents import Owner
from aika.health.gaps import GapFinder
from aika.health.gaps_listing import regrouped
from aika.models.wordpiece import english_word_ranks
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.fakes import FakeEmbedder

RESET = "How do I reset my VPN password?"
LEAVE = "How many vacation days do I get?"


def finder() -> GapFinder:
    return GapFinder(FakeEmbedder(), TechnicalAnalyzer(), english_word_ranks)


async def test_findings_whose_questions_belong_together_are_one_gap() -> None:
    one = make_finding("one", gap=True, questions=[broken(RESET, asker="a"), broken(RESET, asker="b")])
    other = make_finding("other", gap=True, owner=Owner("it"), questions=[broken("Reset the VPN password", asker="a")])
    leave = make_finding("leave", gap=True, questions=[broken(LEAVE, asker="c")])

    gaps = await regrouped(finder(), [leave, other, one])

    assert [(gap.name, gap.people, gap.findings) for gap in gaps] == [
        (gaps[0].name, 2, ("one", "other")),
        (LEAVE, 1, ("leave",)),
    ]
    assert gaps[0].owner == one.owner


async def test_a_question_that_passes_again_is_no_gap() -> None:
    filled = make_finding(gap=True, questions=[broken(RESET, passes=True)])

    assert await regrouped(finder(), [filled]) == []


async def test_findings_on_documents_are_no_gaps() -> None:
    assert await regrouped(finder(), [make_finding(questions=[broken(RESET)])]) == []
