"""A text as a row of words, each with what kind of word it is."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from aika.answering.quantities import number_value
from aika.protocols import Analyzer

_WORD = re.compile(
    r"(?P<n>\d+(?:[.,:]\d+)*(?![\w/-]*[A-Za-z/]))|(?P<p>%)|(?P<w>[#@]?\w(?:[\w'’./:@+#\\-]*[\w+#])?)|(?P<b>[.!?;:](?=\s|$)|[,()\[\]|\"“”]|[–—])"
)
_COUNTED = re.compile(r"(\d+(?:[.,]\d+)*)-([a-z]+)")
"""A number and what it counts, in one word: "a 14-day trial"."""
_MONTH_NAMES = "january february march april may june july august september october november december"
_MONTHS = {name[:3]: name for name in _MONTH_NAMES.split()}
_FUNCTION_WORDS = """
a an the of in on at by for with to from into onto as and or nor so that this these those there it its he she they them him her
his their we us our you your i me my is are was were be been being am do does did has have had having will would shall which who
whom whose what such also then than if when while where because since though although however therefore thus hence about within
"""
_DENYING_WORDS = "not never no none nobody nothing cannot neither nor without hardly barely"
_DENYING = frozenset(_DENYING_WORDS.split())
FUNCTION = frozenset(_FUNCTION_WORDS.split())


class Kind(StrEnum):
    WORD = "word"
    NAME = "name"
    NUMBER = "number"
    FUNCTION = "function"
    BREAK = "break"
    """Punctuation."""


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    """As written, without a possessive ending."""
    stem: str
    kind: Kind
    initial: bool = False
    """Whether it begins a sentence."""

    @property
    def lower(self) -> str:
        return self.text.lower()


def row(text: str, analyzer: Analyzer) -> list[Token]:
    """Return the words and the punctuation in order. Text in code marks must have lost them."""
    found: list[Token] = []
    initial = True
    for match in _WORD.finditer(text):
        if match["b"]:
            found.append(Token(match["b"], match["b"], Kind.BREAK))
            initial = match["b"] in ".!?:"
            continue
        if match["p"]:
            found.append(Token("percent", stem("percent", analyzer), Kind.WORD))
            continue
        word = match["n"] or re.sub(r"['’]s?$", "", match["w"])
        counted = _COUNTED.fullmatch(word)
        if counted:
            found.append(Token(counted[1], f"{number_value(counted[1]) or 0:.10g}", Kind.NUMBER, initial))
            initial, word = False, counted[2]
        month = _month(word)
        value = number_value(word)
        if month is not None:
            found.append(Token(word, month, Kind.WORD, initial))
        elif value is not None:
            found.append(Token(word, f"{value:.10g}", Kind.NUMBER, initial))
        else:
            found.append(Token(word, stem(word, analyzer), _kind(word, initial=initial), initial))
        initial = False
    return found


def _month(word: str) -> str | None:
    """Return the month's short name: ``Nov`` and ``November`` are one word. ``may`` in lower case is another."""
    short = word[:3].lower()
    named = word[:1].isupper() and len(word) > 2 and _MONTHS.get(short, "").startswith(word.lower())
    return short if named else None


def with_known_names(tokens: Sequence[Token], known: Collection[str]) -> list[Token]:
    """Return the row with the first words of sentences as names where they are known to be names."""
    return [
        Token(each.text, each.stem, Kind.NAME, each.initial)
        if each.initial and each.kind is Kind.WORD and each.text[:1].isupper() and each.lower in known
        else each
        for each in tokens
    ]


def stem(word: str, analyzer: Analyzer) -> str:
    """Return one term for the word: a name of several parts has its parts joined."""
    terms = analyzer.terms(word)
    return terms[0] if len(terms) == 1 else "-".join(terms) if terms else word.lower()


def is_denial(token: Token) -> bool:
    """Return whether the word denies what follows it."""
    lowered = token.lower.replace("’", "'")
    return lowered in _DENYING or (lowered.endswith("n't") and len(lowered) > 3)


def _kind(word: str, *, initial: bool) -> Kind:
    if word.lower() in FUNCTION:
        return Kind.FUNCTION
    shaped = bool(re.search(r"[a-z][A-Z]|^[A-Z]{2,}\d*s?$|[_@/#\d]|\w\.\w", word))
    if shaped or (word[:1].isupper() and not initial):
        return Kind.NAME
    return Kind.WORD
