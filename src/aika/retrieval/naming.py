"""Whether a question asks for one document by its name."""

import re
from collections.abc import Sequence
from functools import lru_cache

from aika.domain.documents import Document
from aika.protocols import Analyzer

_NUMBERED = re.compile(r"(?<![^\W_])(?P<kind>[a-z]{2,12}?)s?[-_ #.]{0,2}0*(?P<number>\d{1,6})(?![\w])")
_NAMED_FIRST = re.compile(r"\s*(?P<kind>[a-z]{2,12}?)s?[-_ #.]{0,2}0*(?P<number>\d{1,6})(?!\w)[\s:.,)–—-]*")
_QUOTED = re.compile(r"[\"“”„«»`]([^\"“”„«»`]{3,200})[\"“”„«»`]|(?<!\w)['‘]([^'‘’]{3,200})['’](?!\w)")
_RECORD_WORDS = frozenset(
    """
    adr article decision doc document enhancement guide kep manual page pep policy post proposal record rfc runbook spec
    superseded deprecated obsolete withdrawn rejected replaced retired archived draft outdated old former previous status
    """.split()  # noqa: SIM905 - a list of words is read more easily
)
_WORD = re.compile(r"[a-z]+")
_LEAST_TERMS = 2
"""A title of one word is a topic, not a name."""


class NamedIn:
    """Knows which documents a question names: by the number of a record (``RFC 128``), by the title in quotation marks, or by
    the title together with a word for what it is (``the simpler draft stack proposal``).

    A question that uses the words of a title is not enough: it is how people ask about the topic.
    """

    def __init__(self, question: str, analyzer: Analyzer) -> None:
        folded = question.casefold()
        self._analyzer = analyzer
        self._records = {(found["kind"], found["number"]) for found in _NUMBERED.finditer(folded)}
        self._quoted = [
            tuple(analyzer.terms(one or other)) for one, other in _QUOTED.findall(question) if (one or other).strip()
        ]
        self._speaks_of = _RECORD_WORDS.intersection(_WORD.findall(folded))
        self._terms = tuple(analyzer.terms(question)) if self._speaks_of else ()

    def names(self, document: Document) -> bool:
        if self._records and not self._records.isdisjoint(_records_of(document)):
            return True
        if not self._quoted and not self._terms:
            return False
        written = _NAMED_FIRST.sub("", document.title.casefold(), count=1)
        title = tuple(self._analyzer.terms(written))
        if title and title in self._quoted:
            return True
        if len(title) < _LEAST_TERMS or not _within(title, self._terms):
            return False
        return not self._speaks_of.issubset(_WORD.findall(written))  # a word of the title says nothing of what it is


def _records_of(document: Document) -> frozenset[tuple[str, str]]:
    record = document.attributes.get("record")
    return _records_in((record if isinstance(record, str) else "", document.title, *document.key.split("/")[-2:]))


@lru_cache(maxsize=10_000)
def _records_in(names: Sequence[str]) -> frozenset[tuple[str, str]]:
    found = (_NAMED_FIRST.match(name.casefold()) for name in names)
    return frozenset((match["kind"], match["number"]) for match in found if match)


def _within(some: tuple[str, ...], terms: tuple[str, ...]) -> bool:
    return any(terms[start : start + len(some)] == some for start in range(len(terms) - len(some) + 1))
