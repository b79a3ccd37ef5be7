"""The tokenizer of BERT's uncased English models, from its public vocabulary."""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

VOCABULARY = "bert-uncased-vocabulary.txt.gz"
"""Published by Google with BERT under the Apache licence, see NOTICE. One token a line; the line's number is its id."""


def bert_uncased_tokenizer() -> Tokenizer:
    """Return the tokenizer. It neither truncates nor pads, and frames each text with ``[CLS]`` and ``[SEP]``.

    Texts that spell such a mark are read as text: only the frame is made of special tokens.
    """
    vocabulary = {token: number for number, token in enumerate(_tokens())}
    tokenizer = Tokenizer(WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))  # noqa: S106  # a token of the vocabulary
    tokenizer.normalizer = BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, vocabulary[token]) for token in ("[CLS]", "[SEP]")],
    )
    return tokenizer


@lru_cache(maxsize=1)
def english_words() -> frozenset[str]:
    """Return the words of the vocabulary, in lower case: about 20,000 that English texts have most often."""
    return frozenset(token for token in _tokens() if token.isalpha())


@lru_cache(maxsize=1)
def english_word_ranks() -> Mapping[str, int]:
    """Return the same words with their places: the vocabulary has frequent words before rare ones."""
    words = (token for token in _tokens() if token.isalpha())
    return {word: place for place, word in enumerate(words)}


def _tokens() -> list[str]:
    text = gzip.decompress(files("aika.models").joinpath(VOCABULARY).read_bytes()).decode("utf-8")
    return text.removesuffix("\n").split("\n")
