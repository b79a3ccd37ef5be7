"""Chunks and questions as weighted terms."""

from dataclasses import replace

import pytest

from aika.domain.documents import Chunk, Owner
from aika.stores.index.bm25 import (
    Bm25Fields,
    Field,
    inverse_document_frequency,
    term_number,
    weigh_chunk,
    weigh_question,
)
from aika.testing.contracts.index_makers import PlainAnalyzer
from aika.testing.makers import make_chunk, make_document


def weight(chunk: Chunk, term: str, fields: Bm25Fields | None = None) -> float:
    weights = weigh_chunk(chunk, PlainAnalyzer(), fields or Bm25Fields())
    return dict(zip(weights.indices, weights.values, strict=True)).get(term_number(term), 0.0)


def chunk_with(text: str, *, key: str = "", title: str = "") -> Chunk:
    return make_chunk(text, document=make_document(key, title=title))


def test_the_weight_of_a_word_in_an_average_body_is_plain_bm25() -> None:
    fields = Bm25Fields(body=Field(weight=1, b=0.75, average_length=4), k1=1.2)

    assert weight(chunk_with("alpha alpha beta gamma"), "alpha", fields) == pytest.approx(2.2 * 2 / (1.2 + 2))
    assert weight(chunk_with("alpha beta gamma delta"), "alpha", fields) == pytest.approx(1.0)


def test_a_long_body_is_held_against_its_words() -> None:
    assert weight(chunk_with("alpha" + " filler" * 300), "alpha") < weight(chunk_with("alpha"), "alpha")


def test_a_remark_is_taken_for_no_shorter_than_a_short_paragraph() -> None:
    remark, short, long = (weight(chunk_with("alpha" + " filler" * words), "alpha") for words in (1, 20, 60))

    assert remark == short > long


def test_repeats_count_less_and_less() -> None:
    fields = Bm25Fields(body=Field(weight=1, b=0, average_length=4))
    one, two, three = (weight(chunk_with("alpha " * repeats), "alpha", fields) for repeats in (1, 2, 3))

    assert 0 < three - two < two - one


def test_fields_are_summed_before_they_saturate() -> None:
    fields = Bm25Fields(body=Field(1, 0, 4), title=Field(3, 0, 4), k1=1.2)

    assert weight(chunk_with("alpha", title="alpha"), "alpha", fields) == pytest.approx(2.2 * 4 / (1.2 + 4))


def test_every_field_is_read() -> None:
    document = replace(
        make_document("runbooks/failover", title="Database", attributes={"tags": ("oncall",), "status": "accepted"}),
        owner=Owner(name="Platform"),
        authors=("Grace",),
    )
    chunk = replace(make_chunk("body", document=document), heading_path=("Outer", "Inner"))

    for term in ("body", "outer", "inner", "database", "failover", "oncall", "accepted", "platform", "grace"):
        assert weight(chunk, term) > 0


def test_long_attributes_are_left_out() -> None:
    chunk = make_chunk("body", document=make_document(attributes={"abstract": "prose " * 50}))

    assert weight(chunk, "prose") == 0


def test_a_chunk_without_terms_has_no_weights() -> None:
    assert weigh_chunk(chunk_with("?!"), PlainAnalyzer()).indices == ()


def test_a_question_s_repeats_count_once() -> None:
    weights = weigh_question("error error timeout", PlainAnalyzer())

    assert weights.indices == (term_number("error"), term_number("timeout"))
    assert weights.values == (1.0, 1.0)


def test_term_numbers_are_the_same_on_every_machine() -> None:
    assert (term_number("alpha"), term_number("größe")) == (3029414926, 1489565344)
    assert 0 <= term_number("") < 1 << 32


def test_a_rare_term_tells_more() -> None:
    assert inverse_document_frequency(100, 1) > inverse_document_frequency(100, 50) > 0
    assert inverse_document_frequency(100, 100) > 0


def test_other_constants_have_another_fingerprint() -> None:
    assert Bm25Fields().fingerprint == Bm25Fields().fingerprint
    assert Bm25Fields().fingerprint != Bm25Fields(k1=9.0).fingerprint
