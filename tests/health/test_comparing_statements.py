"""Whether two statements are about the same matter and give it another value."""

import pytest

from aika.health.comparing import Differing, difference, same_subject
from aika.retrieval.lexical import TechnicalAnalyzer

ANALYZER = TechnicalAnalyzer()


@pytest.mark.parametrize(
    ("one", "other", "kind", "mine", "theirs"),
    [
        ("Logs are kept for 30 days.", "Logs are kept for 14 days.", Differing.NUMBER, "30", "14"),
        ("Deleted files are kept for 14 days.", "We keep deleted files for 30 days.", Differing.NUMBER, "14", "30"),
        (
            "Meetings are on Tuesday at noon.",
            "Meetings are on Thursday at noon.",
            Differing.DATE,
            "Tuesday",
            "Thursday",
        ),
        (
            "Alerts of the crane go to #pier.",
            "Alerts of the crane go to #dock.",
            Differing.IDENTIFIER,
            "#pier",
            "#dock",
        ),
        (
            "Releases are approved by Ada Berg.",
            "Releases are approved by Bo Lund.",
            Differing.NAME,
            "Ada Berg",
            "Bo Lund",
        ),
        (
            "The crane needs Python 3.11.2 to run.",
            "The crane needs Python 3.12.0 to run.",
            Differing.VERSION,
            "3.11.2",
            "3.12.0",
        ),
        ("Guests can book their own rooms.", "Guests cannot book their own rooms.", Differing.DENIAL, "", ""),
    ],
)
def test_another_value_of_the_same_matter_is_a_difference(
    one: str, other: str, kind: Differing, mine: str, theirs: str
) -> None:
    found = difference(one, other, ANALYZER)

    assert found is not None
    assert (found.kind, found.mine, found.theirs) == (kind, mine, theirs)
    assert one[found.start : found.end] == mine


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Alerts for the crane-app go to #pier.", "Alerts for the ferry-app go to #dock."),
        ("Crane parts are ordered with a form.", "Ferry parts are ordered with a form."),
        ("Logs are kept for 30 days.", "Logs are kept for 30 days."),
        ("Step 2: grease the crane with care.", "Step 3: grease the crane with care."),
        ("Logs are kept for 30 days.", "The ferry leaves in 14 days."),
    ],
)
def test_statements_that_agree_or_are_about_other_things_do_not_differ(one: str, other: str) -> None:
    assert difference(one, other, ANALYZER) is None


def test_statements_may_not_differ_in_what_was_asked_about() -> None:
    one, other = "The harbour sells tickets to Turku for 5 euros.", "The harbour sells tickets to Visby for 5 euros."

    assert difference(one, other, ANALYZER) is not None
    assert difference(one, other, ANALYZER, fixed=frozenset({"turku"})) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Vault", "Vault (old)", True),
        ("Vault", "Vault and storage", True),
        ("Vault handbook v1", "Vault v2", True),
        ("Crane team", "Ferry team", False),
    ],
)
def test_pages_are_about_the_same_thing_where_one_title_holds_the_other(one: str, other: str, same: bool) -> None:
    assert same_subject([one], [other], ANALYZER) is same
