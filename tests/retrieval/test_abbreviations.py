"""Short forms and what texts say that they stand for."""

import pytest

from aika.retrieval.lexicon.abbreviations import definitions, spells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We run managed monitoring and alerting (MMA) for you.", ("MMA", "managed monitoring and alerting")),
        ("MMA (Managed Monitoring and Alerting) pages you.", ("MMA", "Managed Monitoring and Alerting")),
        ("MMA = managed monitoring and alerting", ("MMA", "managed monitoring and alerting")),
        ("- **MMA**: the managed monitoring and alerting of the north", ("MMA", "managed monitoring and alerting")),
        ("| MMA | Managed monitoring and alerting | Ada |", ("MMA", "Managed monitoring and alerting")),
        ("| Managed monitoring and alerting | MMA |", ("MMA", "Managed monitoring and alerting")),
        ("MMA stands for managed monitoring and alerting.", ("MMA", "managed monitoring and alerting")),
        ("managed monitoring and alerting, also known as MMA", ("MMA", "managed monitoring and alerting")),
        ("Each team agrees on service level objectives (SLOs).", ("SLO", "service level objectives")),
        ("Ask the Department for Ferries (DfF).", ("DfF", "Department for Ferries")),
        ("A PersistentBerthClaim (PBC) is needed.", ("PBC", "PersistentBerthClaim")),
        ("HyperText Markup Language (HTML)", ("HTML", "HyperText Markup Language")),
        ("a code of conduct committee (CoCC)", ("CoCC", "code of conduct committee")),
    ],
)
def test_a_definition_is_read_as_it_is_written(text: str, expected: tuple[str, str]) -> None:
    assert expected in set(definitions(text))


@pytest.mark.parametrize(
    "text",
    [
        "The harbour crane (MMA) lifts twelve tonnes.",
        "Restart the worker (see below) or wait (OK).",
        "MMA - restart it at once when it fails",
        "Error: the berth is taken",
        "It is late (IT).",
    ],
)
def test_what_the_letters_do_not_confirm_is_no_definition(text: str) -> None:
    assert list(definitions(text)) == []


def test_in_a_glossary_an_entry_is_believed_whose_letters_do_not_fit() -> None:
    row = "| XPR | Nightly ferry report |"

    assert list(definitions(row, heading="Operations > Glossary")) == [("XPR", "Nightly ferry report")]
    assert list(definitions(row, heading="Operations > Rota")) == []


def test_each_word_gives_its_first_letter_and_function_words_need_not() -> None:
    assert spells("mma", ["managed", "monitoring", "and", "alerting"])
    assert spells("paas", ["platform", "as", "a", "service"])
    assert spells("eol", ["end", "of", "life"])
    assert not spells("mma", ["managed", "alerting"])
    assert not spells("mma", ["managed", "monitoring", "big", "alerting"])


def test_a_hostile_line_takes_no_long_time() -> None:
    text = "| A" * 20_000 + "(AAAA" + "a " * 20_000 + "A" * 40_000

    assert list(definitions(text)) == []
