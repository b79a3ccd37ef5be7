"""The tokenizer behaves as BERT's."""

import pytest

from aika.models.wordpiece import bert_uncased_tokenizer

tokenizer = bert_uncased_tokenizer()


def test_the_vocabulary_is_berts() -> None:
    assert tokenizer.get_vocab_size() == 30_522
    known = {"[PAD]": 0, "[UNK]": 100, "[CLS]": 101, "[SEP]": 102, "[MASK]": 103, "the": 1996, "##s": 2015}
    assert {token: tokenizer.token_to_id(token) for token in known} == known


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Hello, world!", [101, 7592, 1010, 2088, 999, 102]),
        ("", [101, 102]),
        ("hello world", [101, 7592, 2088, 102]),
    ],
)
def test_known_texts_have_known_ids(text: str, ids: list[int]) -> None:
    assert tokenizer.encode(text).ids == ids


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("unaffable", ["una", "##ffa", "##ble"]),
        ("Café NAÏVE", ["cafe", "naive"]),
        ("人民", ["人", "民"]),
        ("a" * 101, ["[UNK]"]),
        ("[SEP]", ["[", "sep", "]"]),
    ],
)
def test_words_are_cut_into_known_pieces(text: str, tokens: list[str]) -> None:
    assert tokenizer.encode(text).tokens[1:-1] == tokens


def test_nothing_is_truncated_or_padded() -> None:
    assert len(tokenizer.encode("word " * 2_000).ids) == 2_002
    assert tokenizer.truncation is None
    assert tokenizer.padding is None
