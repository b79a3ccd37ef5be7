"""Learning a lexicon from chunks, one after the other, in bounded memory."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aika.domain.access import EVERYONE
from aika.domain.documents import Chunk
from aika.domain.identifiers import DocumentId
from aika.protocols import Analyzer
from aika.retrieval.lexicon.abbreviations import definitions
from aika.retrieval.lexicon.lexicon import Lexicon, Meaning

MOST_WORDS = 100_000
"""In a lexicon: about 15 MB. The most frequent ones stay."""
_MOST_COUNTED = 400_000
"""While learning: about 50 MB. Beyond it, words seen once so far are forgotten."""
_MOST_DEFINED = 50_000
"""Short forms while learning. Beyond it, those of one document so far are forgotten."""
_MOST_MEANINGS = 20_000
_MOST_OF_ONE = 4
"""Meanings of one short form."""
_LEAST_SHARE = 0.1
"""Of the documents of the most frequent meaning. What fewer say is a slip or a jest."""
_WITNESSES = 3
_SHORTEST, _LONGEST = 3, 24

_WORD = re.compile(r"[^\W\d_]+")
_NUMERONYM = re.compile(r"(?<![a-z0-9])[a-z]\d{1,2}[a-z](?![a-z0-9])")
_COMPOUND = re.compile(r"[^\W\d_]+(?:[-_][^\W\d_]+){1,3}")
_CAPITALS = re.compile(r"[A-Z][A-Z0-9]+")
_ONLY_LETTERS = {code: " " for code in range(128) if not chr(code).isalpha()}


@dataclass(slots=True)
class _Said:
    """What documents say of one meaning of one short form."""

    spellings: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    witnesses: list[DocumentId] = field(default_factory=list)
    """The first ones by id."""
    newest: DocumentId | None = None

    def add(self, long: str, document: DocumentId) -> None:
        """Count a document once, as its chunks come one after the other."""
        if document != self.newest:
            self.newest = document
            self.documents += 1
            self.spellings[long] += 1
            self.witnesses = sorted({*self.witnesses, document})[:_WITNESSES]


class LexiconLearner:
    """Collects words and definitions. What is learned does not depend on the order, unless there are more words than fit."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._words: Counter[str] = Counter()
        self._capitals: Counter[str] = Counter()
        self._said: defaultdict[str, dict[tuple[str, ...], _Said]] = defaultdict(dict)

    def add(self, chunks: Iterable[Chunk]) -> None:
        """Learn from those that everyone may read, all of a document one after the other. The others are not looked at.

        Takes about 0.3 ms a chunk of 900 characters.
        """
        for chunk in chunks:
            if EVERYONE in chunk.document.readers:
                self._add(chunk)
        if len(self._words) > _MOST_COUNTED:
            self._words = Counter({word: count for word, count in self._words.items() if count > 1})
            self._capitals = Counter({word: count for word, count in self._capitals.items() if count > 1})
        if len(self._said) > _MOST_DEFINED:
            often = {short: known for short, known in self._said.items() if _most(known) > 1}
            self._said = defaultdict(dict, often)

    def learned(self, *, through: int = 0) -> Lexicon:
        meanings = tuple(self._meanings())
        words = dict(sorted(self._words.items(), key=lambda item: (-item[1], item[0]))[:MOST_WORDS])
        for meaning in meanings:
            # Short ones and those with digits are no words to be counted, and yet their number is asked for.
            words.setdefault(meaning.short.lower(), self._capitals[meaning.short])
        ordinary = {
            short.lower()
            for short in {meaning.short for meaning in meanings}
            if short.isupper() and 2 * self._capitals[short] < self._words[short.lower()]
        }
        return Lexicon(words, meanings, frozenset(ordinary), through)

    def _add(self, chunk: Chunk) -> None:
        title = chunk.document.title
        heading = " > ".join((title, *chunk.heading_path))
        text = f"{heading}\n{chunk.text}"
        self._words.update(_words(text.lower()))
        self._capitals.update(set(_CAPITALS.findall(text)))
        for short, long in definitions(text, heading=heading):
            self._define(short, long, chunk.document.id)

    def _define(self, short: str, long: str, document: DocumentId) -> None:
        known = self._said[short]
        key = tuple(dict.fromkeys(self._analyzer.terms(long.replace("-", " "))))
        if key:
            known.setdefault(key, _Said()).add(long, document)

    def _meanings(self) -> Iterator[Meaning]:
        """Yield what enough documents say, those of one short form together."""
        most_first = sorted(self._said.items(), key=lambda item: (-_most(item[1]), item[0]))
        for short, known in sorted(most_first[:_MOST_MEANINGS], key=lambda item: item[0]):
            best_first = sorted(known.items(), key=lambda item: (-item[1].documents, item[0]))[:_MOST_OF_ONE]
            for _, said in best_first:
                if said.documents >= _LEAST_SHARE * _most(known):
                    yield Meaning(short, _usual(said.spellings), said.documents, tuple(said.witnesses))


def _most(known: Mapping[tuple[str, ...], _Said]) -> int:
    return max((said.documents for said in known.values()), default=0)


def _words(text: str) -> set[str]:
    """Return the distinct words of a text in lower case, and names of several words as one word too."""
    # Splitting is several times as fast as a pattern, and most texts allow it.
    found = set(text.translate(_ONLY_LETTERS).split()) if text.isascii() else set(_WORD.findall(text))
    words = {word for word in found if _SHORTEST <= len(word) <= _LONGEST}
    words.update(_NUMERONYM.findall(text))
    for token in text.split():
        if "-" in token or "_" in token:
            joined = (re.sub("[-_]", "", compound) for compound in _COMPOUND.findall(token))
            words.update(word for word in joined if len(word) <= _LONGEST)
    return words


def _usual(spellings: Counter[str]) -> str:
    """Return the most frequent spelling; of several, the one in small letters, then the first by the alphabet."""
    return min(spellings, key=lambda spelling: (-spellings[spelling], spelling != spelling.lower(), spelling))
