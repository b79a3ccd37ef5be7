"""Whether an answer holds what was expected, after the normalization of SQuAD (Rajpurkar et al., EMNLP 2016)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence


def held(text: str, expected: Sequence[str]) -> bool:
    """Return whether one of the expected answers stands in the text, as words of its own."""
    words = f" {' '.join(_tokens(text))} "
    return any(f" {' '.join(wanted)} " in words for each in expected if (wanted := _tokens(each)))


def token_f1(text: str, expected: Sequence[str]) -> float:
    """Return the harmonic mean of shared words' precision and recall, of the expected answer that is nearest."""
    said = Counter(_tokens(text))
    return max((_f1(said, Counter(_tokens(each))) for each in expected), default=0.0)


def token_recall(text: str, expected: Sequence[str]) -> float:
    """Return the share of an expected answer's words that the text has, of the one that is nearest.

    Adlakha et al. (TACL 2024): it agrees with people on long answers, which F1 punishes for every further word.
    """
    said = Counter(_tokens(text))
    return max(
        (_shared(said, wanted) / wanted.total() for each in expected if (wanted := Counter(_tokens(each)))), default=0.0
    )


def _f1(said: Counter[str], wanted: Counter[str]) -> float:
    shared = _shared(said, wanted)
    return 2 * shared / (said.total() + wanted.total()) if shared else 0.0


def _shared(said: Counter[str], wanted: Counter[str]) -> int:
    return (said & wanted).total()


def _tokens(text: str) -> list[str]:
    # A citation's marker is no part of the answer.
    text = re.sub(r"\s?\[\d{1,3}\]", "", text.lower())
    bare = "".join(" " if unicodedata.category(character)[0] in "PS" else character for character in text)
    return [word for word in bare.split() if word not in {"a", "an", "the"}]
