"""The words, numbers and names of a text, as the measures of answers compare them.

Kept apart from what answering itself compares with, so that a measure does not repeat the mistake that it is to find.
"""

import re
from dataclasses import dataclass

from aika.protocols import Analyzer

NUMBERS_IN_WORDS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty
"""
_NUMBERS = {word: str(number) for number, word in enumerate(NUMBERS_IN_WORDS.split())}
WORDS_TO_IGNORE = """
a about according after all also am an and any are as at be been being both but by can could did do does doing each for from
had has have having he her hers him his how i if in into is it its itself just may me might more most must my of on only or
other our ours out over own same shall she should so some such than that the their theirs them then there these they this
those through to too until up us very was we were what when where which while who whom whose why will with would you your yours
"""
_IGNORED = frozenset(WORDS_TO_IGNORE.split())
_NEGATIONS = frozenset(
    {"no", "not", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "cannot"}
)
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u202f'](?=\d{3}(?!\d))")
_WORD = re.compile(r"\d+(?:[.:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)?")
_SIGNED = re.compile(r"(?<![\w/@#.])[@#]\w[\w./-]*\w")


@dataclass(frozen=True, slots=True)
class Wording:
    """What a text says, without its order."""

    terms: frozenset[str]
    """Stemmed, without words that say nothing by themselves."""
    numbers: frozenset[str]
    """Digits, also of numbers written in words, without separators of thousands."""
    signed: frozenset[str]
    """Channels and handles, with their sign, in lower case."""
    negated: bool


def wording(text: str, analyzer: Analyzer) -> Wording:
    lowered = _THOUSANDS.sub("", text.lower())
    terms: set[str] = set()
    numbers: set[str] = set()
    negated = False
    for word in _WORD.findall(lowered):
        negated = negated or word in _NEGATIONS or word.endswith(("n't", "n’t"))
        if word in _NUMBERS:
            numbers.add(_NUMBERS[word])
        elif word[0].isdigit():
            numbers.add(word)
        elif word not in _IGNORED and word not in _NEGATIONS:
            terms.update(analyzer.terms(word))
    return Wording(frozenset(terms), frozenset(numbers), frozenset(_SIGNED.findall(lowered)), negated)
