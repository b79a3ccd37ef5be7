"""The lexical side: how text becomes terms, and the ranking by words."""

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]  # the package carries no types

from aika.domain.queries import Candidate, Query
from aika.protocols import Index

_FUNCTION_WORDS = """
a am an and are arent as at be been but by cant did didnt do does doesnt dont for from had has have how i if im in into is
isnt it its ive me my no not of on or our so such that thats the their then there these they this to us was we were what
whats when where which who why will with wont would you your
"""
STOPWORDS = frozenset(_FUNCTION_WORDS.split())
"""Words without a topic. Kept short: on the measured collections a longer list gained nothing, and words such as ``can``,
``off`` or ``all`` are commands and options elsewhere."""

# More distinct words than a large source has; what bounds the memory is the number, about 100 bytes each.
_CACHED_WORDS = 200_000
# Longer runs without a space are data (keys, encoded files) or scripts that write none, and do not come twice.
_LONGEST_CACHED = 64
# A whole path or identifier is worth a term of its own; a longer run is not something that a person types.
_LONGEST_WHOLE = 80

# Scripts that write no spaces between words, or (Hangul) attach particles to them: Thai, Lao, Myanmar, Khmer, kana, Han.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    "\U00020000-\U0003ffff"
)
# Python's \w leaves out the vowel signs of Indic scripts, which are inside words.
_WORD = r"[^\W_]"
_PART = re.compile(rf"[{_UNSPACED}]+|(?:(?![{_UNSPACED}])(?:{_WORD}|[\u0900-\u0963\u0966-\u0dff]))+")
_ASCII_PART = re.compile(r"[A-Za-z0-9]+")
_COMPOUND = re.compile(
    rf"(?P<sigil>(?<![\w/&])[#@](?=\w))?{_WORD}(?:[\w\u0900-\u0dff]|[.'\-/:@+#~](?=[\w/]))*(?:\+\+|(?<=\b[A-Za-z])\#)?"
)
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_IS_CAMEL = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]{2}")
_VERSION = re.compile(r"v?(\d+(?:\.\d+)+)(.*)", re.IGNORECASE)
_SCHEME = re.compile(r"(?:https?|ftp|ssh|git|slack|mailto):/*(?:www\.)?", re.IGNORECASE)
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u0652]")
_POSSESSIVE = re.compile(r"'[sS](?![^\W_])")
_APOSTROPHES = str.maketrans("\u2019\u2018\u02bc\u2010\u2011\u2212", "''\u0027---")


# An error code, snake_case, camelCase, a flag, a path.
_EXACT_NAME = re.compile(
    r"(?<![\w-])(?:[A-Za-z]{2,}[-_]\d{2,}|\w+_\w+|[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w+|--[a-z][\w-]+|~?(?:/[\w.-]+){2,})(?![\w-])"
)
_SHORT_QUESTION = 8
"""Words. A longer one describes, and names things by the way."""


def names_exactly(question: str) -> bool:
    """Return whether a short question names something by its exact name: an error code, an identifier, a flag, a path."""
    return len(question.split()) <= _SHORT_QUESTION and _EXACT_NAME.search(question) is not None


class TechnicalAnalyzer:
    """Turns text into stemmed English words, and the names that engineers use into their parts and their whole.

    Case and accents are ignored. ``AssetManager``, ``asset_manager`` and ``asset-manager`` share all their terms. Scripts
    written without spaces become overlapping pairs of characters. A term depends on the text between two spaces only.
    """

    fingerprint = "technical-1"

    def __init__(self) -> None:
        self._cache: dict[str, tuple[str, ...]] = {}

    def terms(self, text: str) -> list[str]:
        cache = self._cache
        found: list[str] = []
        for token in _folded(text).split():
            terms = cache.get(token)
            if terms is None:
                terms = tuple(_terms(token))
                if len(token) <= _LONGEST_CACHED:
                    if len(cache) >= _CACHED_WORDS:
                        cache.clear()
                    cache[token] = terms
            found += terms
        return found


class LexicalRanker:
    """Ranks chunks by the words that they share with the question."""

    name = "lexical"

    def __init__(self, index: Index) -> None:
        self._index = index

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        return await self._index.search_text(query.text, k=k, scope=query.scope)


def _folded(text: str) -> str:
    """Return the text without compatibility variants and accents, in its case."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    return unicodedata.normalize("NFKC", _ACCENTS.sub("", decomposed))


def _terms(token: str) -> Iterator[str]:
    """Yield the terms of a run of characters without spaces."""
    token = _SCHEME.sub("", token)
    for match in _COMPOUND.finditer(token):
        whole = match.group()
        if match["sigil"]:
            yield whole.lower().rstrip("-/:.'")
            whole = whole[1:]
        if version := _VERSION.fullmatch(whole):
            yield from _version(version[1])
            whole = version[2]
            if not whole:
                continue
        yield from _compound(whole)


def _version(numbers: str) -> Iterator[str]:
    """Yield ``1.27.3`` and the releases it belongs to (``1.27``), so that either finds the other."""
    parts = numbers.split(".")
    for length in range(2, len(parts) + 1):
        yield ".".join(parts[:length])


def _compound(whole: str) -> Iterator[str]:
    """Yield the parts of an identifier, and the identifier as one term where it has several.

    A path gives the terms of its segments and one term more.
    """
    if whole.endswith(("++", "#")):
        yield whole.lower()
        whole = whole.rstrip("+#")
        if len(whole) == 1:
            return
    segments = [segment for segment in whole.split("/") if segment]
    for segment in segments:
        yield from _identifier(segment)
    if len(segments) > 1 and len(whole) <= _LONGEST_WHOLE:
        yield "".join(_parts(whole)).lower()


def _identifier(name: str) -> Iterator[str]:
    parts = _parts(name)
    humps = [hump for part in parts for hump in _humps(part)]
    for hump in humps:
        yield from _word(hump)
    if len(humps) > 1 and len(name) <= _LONGEST_WHOLE:
        joined = "".join(parts).lower()
        yield joined if any(character.isdigit() for character in joined) else _stem(joined)


def _parts(name: str) -> list[str]:
    name = _POSSESSIVE.sub("", name).replace("'", "")
    return (_ASCII_PART if name.isascii() else _PART).findall(name)


def _humps(part: str) -> list[str]:
    return _HUMP.findall(part) if part.isascii() and _IS_CAMEL.search(part) else [part]


def _word(part: str) -> Iterator[str]:
    if part[0] > "\u0e00" and re.match(f"[{_UNSPACED}]", part):
        yield from (part[at : at + 2] for at in range(max(1, len(part) - 1)))
        return
    word = part.casefold()
    if word in STOPWORDS:
        return
    yield _stem(word) if word.isalpha() else word


@lru_cache(maxsize=_CACHED_WORDS)
def _stem(word: str) -> str:
    return str(_stemmers.own.stemWord(word))


class _Stemmers(threading.local):
    """One a thread: a stemmer keeps the word it is at, and two threads would take each other's apart."""

    def __init__(self) -> None:
        self.own = snowballstemmer.stemmer("english")


_stemmers = _Stemmers()
