"""Two documents disagree where they give different values of the same thing, and nowhere else."""

import pytest

from aika.domain.documents import Chunk, Kind
from aika.health.disagreements_matching import Difference, Matcher
from aika.health.statements import statements_of
from aika.health.statements_values import Sort, values_in
from aika.retrieval.lexical import TechnicalAnalyzer
from aika.testing.makers import make_chunk, make_document

ANALYZER = TechnicalAnalyzer()
MATCHER = Matcher(ANALYZER)
REFUNDS = "Customers can ask for a refund within 14 days after the purchase."
OTHER_REFUNDS = "A refund can be asked for within 30 days after the purchase."


def page(key: str, title: str, text: str, *, kind: Kind = Kind.PAGE) -> Chunk:
    return make_chunk(text, document=make_document(key, title=title, kind=kind))


def differences(one: Chunk, other: Chunk) -> list[Difference]:
    mine, theirs = (statements_of([chunk], ANALYZER) for chunk in (one, other))
    found = (MATCHER.difference(here, there) for here in mine for there in theirs)
    return [difference for difference in found if difference is not None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The checkout database runs PostgreSQL 14.", "The checkout database runs PostgreSQL 15."),
        (
            "Ask questions on checkout in the channel #team-checkout.",
            "Questions on checkout: ask in the channel #help-shop.",
        ),
        ("The on-call shift for checkout starts on Monday.", "The on-call shift for checkout starts on Tuesday."),
        (
            "Expense claims for checkout are due by 5 March 2026.",
            "Claims of expenses for checkout are due by 15 March 2026.",
        ),
        ("The checkout service is owned by Payments.", "The checkout service is owned by Orders."),
        ("The checkout backup starts every night at 01:00.", "The checkout backup starts every night at 3 am."),
        ("Send checkout invoices to care@shop.test.", "Send checkout invoices to billing@shop.test."),
    ],
)
def test_different_values_of_the_same_thing_are_found(one: str, other: str) -> None:
    found = differences(page("a.md", "Checkout", one), page("b.md", "Checkout overview", other))

    assert len(found) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The checkout cache keeps prices for 24 hours.", "The checkout cache keeps prices for one day."),
        (
            "The checkout cache keeps prices for 60 seconds.",
            "The checkout cache keeps fares of parcels for 90 seconds.",
        ),
        ("In production checkout has 6 replicas.", "In staging checkout has 2 replicas."),
        ("The checkout database runs PostgreSQL 14.", "The checkout database runs PostgreSQL 14.2."),
        ("The refund limit of checkout is 50 euros.", "The refund limit of checkout used to be 20 euros."),
        ("The refund limit of checkout is 50 euros.", "For example, the refund limit of checkout is 20 euros."),
        ("Alert when the checkout queue is over 500 jobs.", "The checkout queue has 20 jobs."),
        ("The checkout backup takes at least 20 minutes.", "The checkout backup takes at most 40 minutes."),
        ("Checkout opens the gates at 07:00 each day.", "Checkout closes the gates at 19:00 each day."),
    ],
)
def test_other_things_and_the_same_in_other_words_are_no_disagreement(one: str, other: str) -> None:
    assert differences(page("a.md", "Checkout", one), page("b.md", "Checkout overview", other)) == []


@pytest.mark.parametrize(
    ("key", "other_key"),
    [
        ("docs/v1.2/refunds.md", "docs/v1.3/refunds.md"),
        ("docs/en/refunds.md", "docs/de/refunds.md"),
        ("checkout/refunds.md", "parcels/refunds.md"),
        ("refunds.md", "changelog.md"),
        ("refunds.md", "archive/care.md"),
    ],
)
def test_versions_translations_siblings_and_the_past_are_not_compared(key: str, other_key: str) -> None:
    assert differences(page(key, "Refunds", REFUNDS), page(other_key, "Refunds", OTHER_REFUNDS)) == []


TABLE = "| Time | Amount |\n| --- | --- |\n| Weekday night | €35 |\n"
OTHER_TABLE = "| time | Primary, EUR | Secondary, EUR |\n| --- | --- | --- |\n| weekday night | 40 | 20 |\n"


def test_cells_of_rows_of_the_same_name_are_compared() -> None:
    (found,) = differences(page("pay.md", "On-call", TABLE), page("rota.md", "On-call rota", OTHER_TABLE))

    assert [found.value.key, found.other_value.key] == ["35 euro", "40 euro"]


def test_tables_of_different_things_are_not_compared() -> None:
    assert differences(page("a.md", "Checkout", TABLE), page("b.md", "Parcels", OTHER_TABLE)) == []


def test_sections_on_the_past_state_nothing() -> None:
    text = f"# Refunds\n\nThe rules.\n\n## History\n\n{REFUNDS}\n"

    assert statements_of([page("a.md", "Refunds", text)], ANALYZER) == []


@pytest.mark.parametrize(
    ("text", "sort", "key"),
    [
        ("Keep it for 14 days.", Sort.QUANTITY, "14 day"),
        ("It takes ten working days.", Sort.QUANTITY, "10 working day"),
        ("Up to €1,500 a year.", Sort.QUANTITY, "1500 euro"),
        ("It runs with three replicas.", Sort.QUANTITY, "3 #replica"),
        ("It runs on Node.js 22.1 now.", Sort.VERSION, "22.1"),
        ("Due on 3rd of May 2026.", Sort.DATE, "2026-5-3"),
        ("Due on 2026-05-03.", Sort.DATE, "2026-5-3"),
        ("It starts at 5 pm.", Sort.TIME, "17:00"),
        ("It starts on Mondays.", Sort.WEEKDAY, "monday"),
        ("Ask in #team-checkout.", Sort.CHANNEL, "#team-checkout"),
        ("Write to care@shop.test.", Sort.ADDRESS, "care@shop.test"),
        ("Checkout is owned by the Orders team.", Sort.OWNER, "orders"),
    ],
)
def test_values_are_read_from_prose(text: str, sort: Sort, key: str) -> None:
    assert [(value.sort, value.key) for value in values_in(text)] == [(sort, key)]


@pytest.mark.parametrize("text", ["In 2024 we met.", "See section 3.", "It costs nothing.", "The colour is #ff8800."])
def test_numbers_that_measure_nothing_are_no_values(text: str) -> None:
    assert values_in(text) == []
