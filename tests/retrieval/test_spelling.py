"""Words beside known words."""

import pytest

from aika.retrieval.lexicon.spelling import Spelling

WORDS = {
    "configuration": 40,
    "configurations": 2,
    "server": 90,
    "serve": 30,
    "severe": 3,
    "payments": 20,
    "check": 9,
    "out": 9,
    "api": 9,
}


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(WORDS)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("configuraton", "configuration"),
        ("confgiuration", "configuration"),
        ("konfiguration", "configuration"),
        ("confguratoin", "configuration"),
        ("paymnets", "payments"),
        ("ayments", "payments"),
    ],
)
def test_a_slip_is_put_right(spelling: Spelling, word: str, meant: str) -> None:
    assert spelling.nearest(word) == meant


def test_of_two_words_as_near_the_more_frequent_was_meant(spelling: Spelling) -> None:
    assert spelling.nearest("servr") == "server"


@pytest.mark.parametrize("word", ["aip", "chek", "pymnts", "zeppelin", "kanfiguratoin"])
def test_short_words_and_far_ones_have_no_neighbour(spelling: Spelling, word: str) -> None:
    assert spelling.nearest(word) is None


def test_a_word_of_two_words_is_split(spelling: Spelling) -> None:
    assert spelling.split("serverpayments") == ("server", "payments")
    assert spelling.split("serverzeppelin") is None
