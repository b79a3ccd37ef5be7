"""What a statement may say otherwise than its source, and what not: amounts, places, polarity, strength."""

from collections.abc import Sequence

import pytest

from aika.answering.second_opinion import SecondOpinion
from aika.answering.verification import NOT_FOUND, CitationVerifier, VerificationOptions
from aika.domain.access import UNRESTRICTED
from aika.domain.answers import Draft, Origin
from aika.domain.errors import TransientError
from aika.domain.queries import Hit, Query
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.makers import make_chunk, make_document

PASSAGES = (
    "Tokens expire after one hour. Uploads of 2 GB or less are kept for 14 days, larger ones for 1,500 minutes at most.",
    (
        "About 4,870,000 letters were sorted in March 2024, and nearly half of the parcels. "
        "Returns take between 5 and 7 working days."
    ),
    "The scheduler calls the broker before the export. Ferries run from Turku to Mariehamn. Harbor fees are paid by the Skipper.",
    (
        "Admins must approve every deletion. Guests may comment on drafts. "
        "Some reports are stored in Oslo, and all invoices in Bergen."
    ),
    "Caching is disabled on staging and the Nightly job is unsupported there. The limit was raised to 25% in the second phase.",
    (
        "Marta Lindgren leads Payments and Jonas Ek leads Search. "
        "Payments must keep at least 90 days of logs, Search at most 30 days."
    ),
    "On 3 April 2026 the Ledger moved to version 2.8.0. The port opens at 7:30 am unless a storm warning is out.",
)
TRUE = (
    "Tokens expire after 60 minutes [1].",
    "Tokens expire after 1 h [1].",
    "Uploads of at most 2 GB are kept for two weeks [1].",
    "Larger uploads are kept for at most 25 hours [1].",
    "About 4.9 million letters were sorted in March 2024 [2].",
    "Nearly 50% of the parcels were sorted in March 2024 [2].",
    "Returns take 5–7 working days [2].",
    "The broker is called by the scheduler before the export [3].",
    "Before the export, the scheduler calls the broker [3].",
    "The Skipper pays Harbor fees [3].",
    "All invoices are stored in Bergen [4].",
    "Every deletion must be approved by admins [4].",
    "Caching is not enabled on staging [5].",
    "The Nightly job is not supported on staging [5].",
    "In the second phase the limit was raised to 25 percent [5].",
    "Jonas Ek leads Search and Marta Lindgren leads Payments [6].",
    "Payments must keep logs for 90 days or more [6].",
    "On 04/03/2026 the Ledger moved to version v2.8.0 [7].",
    "The port opens at 7:30 unless a storm warning is out [7].",
)
FALSE = (
    "Tokens expire after 90 minutes [1].",
    "Tokens expire after one day [1].",
    "Uploads of 2 TB or less are kept for 14 days [1].",
    "Uploads of 2 GB or more are kept for 14 days [1].",
    "About 5.9 million letters were sorted in March 2024 [2].",
    "Returns take between 5 and 7 weeks [2].",
    "Returns take between 5 and 9 working days [2].",
    "The broker calls the scheduler before the export [3].",
    "The scheduler calls the broker after the export [3].",
    "Ferries run from Mariehamn to Turku [3].",
    "Admins may approve every deletion [4].",
    "Guests must comment on drafts [4].",
    "All reports are stored in Oslo [4].",
    "Some reports are stored in Bergen, and all invoices in Oslo [4].",
    "Only guests may comment on drafts [4].",
    "Caching is enabled on staging [5].",
    "The Nightly job is supported there [5].",
    "The limit was raised to 25 in the second phase [5].",
    "The limit was lowered to 25% in the second phase [5].",
    "Jonas Ek leads Payments and Marta Lindgren leads Search [6].",
    "Marta Lindgren leads Search [6].",
    "Payments must keep at most 90 days of logs [6].",
    "Payments must keep at least 30 days of logs [6].",
    "On 4 May 2026 the Ledger moved to version 2.8.0 [7].",
    "On 3 April 2026 the Ledger moved to version 2.9.0 [7].",
    "The port opens at 7:30 pm unless a storm warning is out [7].",
    "The port does not open at 7:30 am unless a storm warning is out [7].",
)


class Saying:
    """A language model that always says the same, and remembers what it was asked."""

    def __init__(self, reply: str | Exception) -> None:
        self.reply = reply
        self.asked: list[str] = []

    async def complete(self, instructions: str, text: str, *, max_tokens: int) -> str:
        self.asked.append(text)
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


def draft(text: str, passages: Sequence[str] = PASSAGES) -> Draft:
    hits = tuple(
        Hit(make_chunk(passage, document=make_document(f"page-{number}.md")), 1.0 / number)
        for number, passage in enumerate(passages, start=1)
    )
    return Draft(Query("?", UNRESTRICTED), text, Origin.GENERATED, hits)


async def checked(text: str, options: VerificationOptions | None = None, *, model: Saying | None = None) -> Draft:
    opinion = None if model is None else SecondOpinion(model)
    return await CitationVerifier(TechnicalAnalyzer(), None, options, second_opinion=opinion).verify(draft(text))


@pytest.mark.parametrize("sentence", TRUE)
async def test_what_says_the_same_in_another_way_keeps_its_citation(sentence: str) -> None:
    found = await checked(sentence)

    assert len(found.citations) == 1
    assert found.statements_dropped == 0


@pytest.mark.parametrize("sentence", FALSE)
async def test_what_says_another_thing_in_nearly_the_same_words_is_dropped(sentence: str) -> None:
    found = await checked(sentence)

    assert (found.text, found.citations) == ("", ())
    assert found.statements_dropped == 1


async def test_an_unsupported_sentence_can_be_marked_where_it_stands() -> None:
    found = await checked(
        "Tokens expire after one hour [1]. Tokens are blue [1].", VerificationOptions(unsupported="mark")
    )

    assert found.text == f"Tokens expire after one hour. [1] Tokens are blue {NOT_FOUND}."
    assert len(found.citations) == 1


async def test_a_marked_row_of_a_table_stays_a_row() -> None:
    table = "| what | how long |\n|---|---|\n| Tokens expire after | one hour [1] |\n| Badges expire after | nine years [1] |"

    found = await checked(table, VerificationOptions(unsupported="mark"))

    assert found.text.endswith(f"| Badges expire after | nine years {NOT_FOUND} |")


async def test_a_text_of_nothing_but_unsupported_sentences_is_no_answer_even_where_they_are_marked() -> None:
    found = await checked("Tokens are blue [1].", VerificationOptions(unsupported="mark"))

    assert found.text == ""


async def test_a_second_opinion_lets_a_free_rewording_pass() -> None:
    model = Saying("Yes.")

    found = await checked(
        "Somebody with admin rights has to approve before anything is removed by deletion [4].", model=model
    )

    assert len(model.asked) == 1
    assert len(found.citations) == 1


async def test_a_second_opinion_takes_out_what_only_shares_words() -> None:
    found = await checked("Guests may comment on the harbor drafts of ships [4].", model=Saying("NO"))

    assert found.citations == ()


@pytest.mark.parametrize("sentence", ["Tokens expire after 90 minutes [1].", "Caching is enabled on staging [5]."])
async def test_no_second_opinion_is_asked_for_on_what_exact_rules_object_to(sentence: str) -> None:
    model = Saying("YES")

    found = await checked(sentence, model=model)

    assert (found.citations, model.asked) == ((), [])


async def test_a_model_that_fails_leaves_the_rules_their_say() -> None:
    sentence = "Guests may comment on the harbor drafts of ships [4]."

    found = await checked(sentence, model=Saying(TransientError("no answer")))

    assert found.citations == (await checked(sentence)).citations
