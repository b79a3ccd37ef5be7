"""Expanding a question by what the lexicon knows of its words."""

import asyncio
import logging
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from aika.domain.access import Scope
from aika.domain.errors import AikaError
from aika.domain.identifiers import DocumentId
from aika.domain.queries import Query
from aika.protocols import Analyzer, Index
from aika.retrieval.lexical import STOPWORDS
from aika.retrieval.lexicon.lexicon import Lexicon, Meaning
from aika.retrieval.lexicon.spelling import SHORTEST_CORRECTED, Spelling, numeronym

logger = logging.getLogger(__name__)

_MOST_CORRECTIONS = 4
"""In one question. One with more unknown words is in another language, or pasted data."""
_MOST_MEANINGS = 3
_MOST_FORMS = 3
_SHORTEST_JOINED = 6
"""Letters. Shorter words are what others happen to spell: ``no one``, ``on to``."""
_LOOKED_AT = 3
"""Chunks, to see whether a word is in any. More than one, because an index may be behind with who reads what."""
_SHORTEST_LOWER = 3
"""Letters of a short form that is known in small letters too."""
_LONGEST_QUESTION = 60
"""Words. What is longer is pasted, and says enough."""

_LETTERS = re.compile(r"[^\W\d_]+")
_ALONE = re.compile(r"(?<![\w./@#])[^\W\d_]+(?!\w)")
_NAMING = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"\S+")
_EDGES = ".,;:?!()[]{}<>\"'`*\u2019\u201c\u201d"
_PLAIN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORT = re.compile(r"[A-Za-z][A-Za-z0-9&]{1,8}")


@dataclass(frozen=True, slots=True)
class Expansion:
    """A question after the lexicon was asked."""

    asked: str
    """As it was put."""
    question: str
    """The same, save that words which no document has are spelled as documents spell them. Names are left."""
    added: tuple[str, ...] = ()
    """Further words to look for: what a short form stands for, the short form of what is named, how a name may be spelled."""
    notes: tuple[str, ...] = ()
    """What was done, in words for people."""

    @property
    def wording(self) -> str:
        """Everything to look for by words: what was asked, as it was put and as it was read, and what was added."""
        return " ".join(dict.fromkeys((self.asked, self.question, *self.added)))


class Expander(Protocol):
    """Makes a question find documents that use other words for the same."""

    async def expand(self, query: Query) -> Expansion: ...


class Admitting(Protocol):
    """Knows who may read what: a part of the catalogue."""

    async def admitted(self, ids: Collection[DocumentId], *, scope: Scope) -> set[DocumentId]: ...


async def expanded(expander: Expander | None, query: Query) -> Expansion:
    """Return the question as an expander reads it; as it was put where there is none, or where it fails."""
    if expander is not None:
        try:
            return await expander.expand(query)
        except AikaError as error:
            logger.warning("a question was not expanded", extra={"reason": str(error)})
    return Expansion(query.text, query.text)


class LexiconExpander:
    """Expands by the lexicon that is current.

    A word is put right only where no document that the asker may read has it, and only to one that such a document has. What
    a short form stands for is told only to who may read a document that says so.
    """

    def __init__(
        self,
        lexicon: Callable[[], Lexicon],
        index: Index,
        catalogue: Admitting,
        analyzer: Analyzer,
        *,
        english: Callable[[], Collection[str]] = frozenset,
    ) -> None:
        self._lexicon = lexicon
        self._index = index
        self._catalogue = catalogue
        self._analyzer = analyzer
        self._english = english
        self._prepared: _Prepared | None = None

    async def expand(self, query: Query) -> Expansion:
        prepared = await self._current()
        if not prepared.lexicon.words or len(query.text.split()) > _LONGEST_QUESTION:
            return Expansion(query.text, query.text)
        meant = await self._meant(query, prepared)
        names = _names(query.text) & meant.keys()
        question = _with_replaced(query.text, {word: meant[word] for word in meant if word not in names})
        forms = {said: form for said, form in _other_forms(question, prepared) if await self._has(form, query.scope)}
        added, told = await self._told(question, query.scope, prepared)
        notes = [f'"{word}" was {"also " * (word in names)}read as "{meant[word]}".' for word in meant]
        # Of two words looked for with a hyphen too, nobody needs to be told.
        notes += [f'"{said}" was also read as "{form}".' for said, form in forms.items() if " " not in said]
        more = (*(meant[name] for name in sorted(names)), *forms.values(), *added)
        return Expansion(query.text, question, more, (*notes, *told))

    async def _current(self) -> "_Prepared":
        lexicon = self._lexicon()
        if self._prepared is None or self._prepared.lexicon is not lexicon:
            self._prepared = await asyncio.to_thread(_prepare, lexicon, self._analyzer)
        return self._prepared

    async def _meant(self, query: Query, prepared: "_Prepared") -> dict[str, str]:
        """Return the question's words, in lower case, that none of the asker's documents has, with what one has instead."""
        unknown = _unknown(query.text, prepared, self._english())
        likely = await asyncio.to_thread(prepared.spelling.likely, unknown) if unknown else {}
        return {
            word: meant
            for word, meant in likely.items()
            if not await self._has(word, query.scope)
            and all([await self._has(part, query.scope) for part in meant.split()])
        }

    async def _has(self, word: str, scope: Scope) -> bool:
        """Return whether a document has the word that the asker may read now, whatever the index knows of that yet."""
        found = await self._index.search_text(word, k=_LOOKED_AT, scope=scope)
        documents = {candidate.document for candidate in found}
        return bool(documents) and bool(await self._catalogue.admitted(documents, scope=scope))

    async def _told(
        self, question: str, scope: Scope, prepared: "_Prepared"
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what short forms of the question stand for and what is short for its words, and notes that say so."""
        added: dict[str, None] = {}
        notes: list[str] = []
        for said, meanings in _asked_about(question, prepared, self._analyzer):
            admitted = await self._catalogue.admitted({w for m in meanings for w in m.witnesses}, scope=scope)
            known = [meaning for meaning in meanings if not admitted.isdisjoint(meaning.witnesses)][:_MOST_MEANINGS]
            others = list(dict.fromkeys(meaning.long if said == meaning.short else meaning.short for meaning in known))
            if others:
                added.update(dict.fromkeys(others))
                notes.append(f"{said} was also read as {' or '.join(others)}.")
        return tuple(added), tuple(notes)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A lexicon as questions are looked up in it."""

    lexicon: Lexicon
    spelling: Spelling
    by_short: Mapping[str, Sequence[Meaning]]
    in_small_letters: Mapping[str, str]
    """Short forms by how they are written in haste."""
    by_terms: Mapping[str, Sequence[tuple[tuple[str, ...], Meaning]]]
    """Long forms as terms, by their first term."""

    def usual_meanings(self, short: str) -> list[Meaning]:
        """Return what a short form stands for, where documents spell it out as often as they shorten it, or more often:
        only then is there something to be found by it."""
        meanings = self.by_short[short]
        documents = sum(meaning.documents for meaning in meanings)
        shortened = self.most_chunks(short)
        # Of a form with several meanings, each has its share of the chunks.
        return [m for m in meanings if self.most_chunks(m.long) * documents >= shortened * m.documents]

    def is_usually_shortened(self, meaning: Meaning) -> bool:
        # The number of chunks with all words of a long form is at most that of its rarest word, and often less.
        return 2 * self.most_chunks(meaning.short) >= self.most_chunks(meaning.long)

    def most_chunks(self, form: str) -> int:
        """Return in how many chunks a form can be at most: in as many as its rarest word."""
        words = (word for word in _NAMING.findall(form.lower()) if word not in STOPWORDS)
        return min((self.spelling.count(word) for word in words), default=0)


def _prepare(lexicon: Lexicon, analyzer: Analyzer) -> _Prepared:
    by_short: defaultdict[str, list[Meaning]] = defaultdict(list)
    by_terms: defaultdict[str, list[tuple[tuple[str, ...], Meaning]]] = defaultdict(list)
    for meaning in lexicon.meanings:
        by_short[meaning.short].append(meaning)
        terms = tuple(analyzer.terms(_apart(meaning.long)))
        if len(terms) > 1:
            by_terms[terms[0]].append((terms, meaning))
    in_small_letters: dict[str, str] = {}
    for short in by_short:
        in_small_letters.setdefault(short.lower(), short)
    return _Prepared(lexicon, Spelling(lexicon.words), by_short, in_small_letters, by_terms)


def _unknown(question: str, prepared: _Prepared, english: Collection[str]) -> list[str]:
    """Return the question's words, in lower case, that are neither known, nor English, nor part of a name with digits,
    dots, underscores or humps."""
    found: dict[str, None] = {}
    for match in _TOKEN.finditer(question):
        token = match[0].strip(_EDGES)
        if not _PLAIN.fullmatch(token) or not (token.islower() or token.istitle() or token.capitalize() == token):
            continue
        for word in token.lower().split("-"):
            if len(word) >= SHORTEST_CORRECTED and not prepared.spelling.count(word) and word not in english:
                found[word] = None
    return list(found) if len(found) <= _MOST_CORRECTIONS else []


def _other_forms(question: str, prepared: _Prepared) -> list[tuple[str, str]]:
    """Return words of the question, in lower case, with how documents write them too: ``check out`` as ``checkout`` or
    ``check-out``, ``k8s`` as ``kubernetes``, and the other way about."""
    spelling = prepared.spelling
    tokens = [match[0].strip(_EDGES).lower() for match in _TOKEN.finditer(question)]
    forms = [
        (f"{first} {second}", first + second)
        for first, second in pairwise(tokens)
        if {first, second}.isdisjoint(STOPWORDS) and _LETTERS.fullmatch(first) and _LETTERS.fullmatch(second)
    ]
    forms = [(apart, one) for apart, one in forms if len(one) >= _SHORTEST_JOINED and spelling.count(one)]
    for token in dict.fromkeys(tokens):
        counted = numeronym(token)
        if counted is not None and 2 * spelling.count(counted) >= max(1, spelling.count(token)):
            forms.append((token, counted))
        elif (word := spelling.counted(token)) is not None and spelling.count(word) >= spelling.count(token):
            forms.append((token, word))
    return forms[:_MOST_FORMS]


def _names(question: str) -> set[str]:
    """Return the words, in lower case, that are written like names: what they name may exist without any document.

    They are looked for in both spellings, and stay in the question as they are.
    """
    return {word.lower() for word in _LETTERS.findall(question)[1:] if word[0].isupper()}


def _with_replaced(question: str, meant: Mapping[str, str]) -> str:
    return _ALONE.sub(lambda match: _in_case(meant.get(match[0].lower(), match[0]), match[0]), question)


def _in_case(word: str, like: str) -> str:
    return word.capitalize() if like[0].isupper() and word != like else word


def _asked_about(question: str, prepared: _Prepared, analyzer: Analyzer) -> Iterator[tuple[str, Sequence[Meaning]]]:
    """Yield each short form of the question with what it can stand for, and each long form with its short ones.

    Where the question has both already, nothing.
    """
    terms = analyzer.terms(_apart(question))
    present = set(terms)
    for match in _TOKEN.finditer(question):
        token = match[0].strip(_EDGES)
        short = _short_form(token, prepared)
        if short is not None:
            meanings = prepared.usual_meanings(short)
            if meanings and not any(present.issuperset(analyzer.terms(_apart(meaning.long))) for meaning in meanings):
                yield short, meanings
    for at, term in enumerate(terms):
        for long, meaning in prepared.by_terms.get(term, ()):
            is_there = tuple(terms[at : at + len(long)]) == long and meaning.short.lower() not in present
            if is_there and prepared.is_usually_shortened(meaning):
                yield meaning.long, [meaning]


def _short_form(token: str, prepared: _Prepared) -> str | None:
    """Return the short form that a word of a question is, however it is written; ``None`` for ordinary words."""
    if not _SHORT.fullmatch(token):
        return None
    singular = token[:-1] if token.endswith("s") and len(token) > 2 else token
    for form in (token, singular):
        if form in prepared.by_short:
            return form
    for form in (token, singular):
        lower = form.lower()
        if len(lower) >= _SHORTEST_LOWER and lower not in STOPWORDS and lower not in prepared.lexicon.ordinary:
            short = prepared.in_small_letters.get(lower)
            if short is not None:
                return short
    return None


def _apart(text: str) -> str:
    """Return the text with names of several words as words of their own."""
    return re.sub(r"(?<=\w)[-_](?=\w)", " ", text)
