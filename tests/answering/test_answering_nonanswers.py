"""Texts that say that the documents do not say, in whatever wording."""

import pytest

from aika.answering.nonanswers import MOSTLY, says_nothing

NON_ANSWERS = (
    "The passages do not mention a price.",
    "The documents do not include information on how long it takes.",
    "I couldn't find anything about that.",
    "There is no information about the price in the provided context.",
    "The document doesn't provide a specific method for it.",
    "None of the passages say who owns it.",
    "The provided text is silent on this matter.",
    "The price is not specified in the documents.",
    "It is unclear from the sources who decides.",
    "I do not have specific information on this.",
    "Unfortunately, the answer to that is not available.",
    "Based on the context, I cannot determine the date.",
    "This is not stated.",
    "The retention period cannot be determined from these pages.",
    "Sorry, nothing in the documents covers this.",
    "No passage answers this question.",
    "The sources make no mention of a deadline.",
    "The context lacks information on that.",
    "Nothing about refunds is mentioned.",
    "I’m not sure. The passages don’t say. [1]",
)
ANSWERS = (
    "The service does not provide refunds.",
    "Secrets are not included in the backup.",
    "You cannot restart the job without approval.",
    "There is no limit on uploads.",
    "The API does not support pagination. Use cursors.",
    "The status page is not available to guests.",
    "Documents that do not have an owner are archived.",
    "The record must not contain personal data.",
    "Pages do not list private repositories.",
    "Refunds take 14 days. [1]",
)


@pytest.mark.parametrize("text", NON_ANSWERS)
def test_a_text_that_says_that_the_documents_do_not_say_is_no_answer(text: str) -> None:
    assert says_nothing(text) >= MOSTLY


@pytest.mark.parametrize("text", ANSWERS)
def test_a_text_that_denies_something_is_an_answer(text: str) -> None:
    assert says_nothing(text) == 0.0


def test_a_reservation_before_an_answer_counts_for_its_share() -> None:
    text = "The passages do not give a date. Refunds take 14 days. Ask the finance team. Use the form."

    assert says_nothing(text) == 0.25


def test_what_a_document_itself_says_it_does_not_say_is_an_answer() -> None:
    text = "The policy does not cover contractors; no information is kept about them. [1]"

    assert says_nothing(text, {1: "There is no information about contractors in this policy."}) == 0.0
    assert says_nothing(text, {1: "Contractors sign another policy."}) == 1.0


def test_no_text_says_nothing() -> None:
    assert says_nothing("") == 1.0
