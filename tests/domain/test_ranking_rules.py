"""What a rule selects, and what it multiplies a score by."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aika.domain.rules import Decay, RankingRule, is_endorsed
from aika.testing.makers import make_document

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HALF = RankingRule("old sinks", decay=Decay(timedelta(days=180), floor=0.5))


@pytest.mark.parametrize(("days", "kept"), [(-5, 1.0), (0, 1.0), (180, 0.75), (360, 0.625), (36_000, 0.5)])
def test_a_score_decays_by_half_of_what_can_be_lost_in_each_half_life(days: int, kept: float) -> None:
    document = replace(make_document(), modified_at=NOW - timedelta(days=days))

    assert HALF.factor_for(document, now=NOW) == pytest.approx(kept)


def test_a_document_without_a_date_does_not_decay() -> None:
    assert HALF.factor_for(make_document(), now=NOW) == 1


def test_age_counts_from_the_last_change_and_else_from_the_beginning() -> None:
    made = replace(make_document(), created_at=NOW - timedelta(days=180))
    changed = replace(made, modified_at=NOW)

    assert [HALF.factor_for(document, now=NOW) for document in (made, changed)] == [0.75, 1.0]


def test_a_time_without_a_zone_is_read_as_utc() -> None:
    document = replace(make_document(), modified_at=datetime(2026, 11, 1))  # noqa: DTZ001 - what some files say

    assert HALF.factor_for(document, now=NOW) == 1


def test_factor_and_decay_multiply() -> None:
    document = replace(make_document(), modified_at=NOW - timedelta(days=180))

    assert replace(HALF, factor=2.0).factor_for(document, now=NOW) == 1.5


@pytest.mark.parametrize("attributes", [{"verified": "2026-03-01"}, {"endorsed": "true"}, {"verified": ("ann", "bob")}])
def test_a_document_that_says_who_stands_behind_it_is_endorsed(attributes: dict[str, str]) -> None:
    document = make_document(attributes=attributes)

    assert is_endorsed(document)
    assert RankingRule("verified rises", endorsed=True).selects(document)


@pytest.mark.parametrize("attributes", [{}, {"verified": "false"}, {"endorsed": "No"}, {"verified": ""}])
def test_a_document_that_denies_it_or_says_nothing_is_not(attributes: dict[str, str]) -> None:
    document = make_document(attributes=attributes)

    assert not RankingRule("verified rises", endorsed=True).selects(document)
