"""Text as it is searched for words: without case, accents and layout."""

import re
import unicodedata
from collections.abc import Sequence

_LONGEST = 20_000
# PostgreSQL has neither NUL characters nor lone surrogates in its text type.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_MARKERS = re.compile(r"\[\d{1,3}\]")


def searchable(text: str) -> str:
    """Return the text as words are looked for in it. What is very long is cut."""
    plain = _plain(_UNSTORABLE.sub(" ", _MARKERS.sub(" ", text)))
    return " ".join(plain.split())[:_LONGEST]


def words_of(search: str) -> list[str]:
    """Return what is looked for, each word once."""
    return list(dict.fromkeys(searchable(search).split()))


def has_all(words: Sequence[str], texts: Sequence[str]) -> bool:
    """Return whether each word occurs in one of the texts, which are as they come."""
    plain = [searchable(text) for text in texts]
    return all(any(word in text for text in plain) for word in words)


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))
