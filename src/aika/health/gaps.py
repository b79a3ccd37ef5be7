"""Gaps: which unanswered questions one new document would answer, and who could write it."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import numpy as np
import numpy.typing as npt

from aika.answering.questions import read_question
from aika.answering.vectors import SentenceVectors
from aika.domain.documents import Document, Owner
from aika.domain.findings import BrokenQuestion, Finding
from aika.domain.queries import Hit
from aika.health.linkage import linked
from aika.protocols import Analyzer, Embedder, Matrix

Likenesses = npt.NDArray[np.float32]

# Fitted by benchmarks/gap_joining.py on tuning halves: pairs of questions that share a relevant document or do not, of two
# companies' questions, of an encyclopedia's and of made-up ones, each set with the same weight.
_BY_VECTOR = 2.93
_BY_TERMS = 11.59
_AT_REST = -4.49
JOINED_FROM = 1.5
"""The least likeness, in log-odds, of the questions of a gap, where all are looked at together."""
JOINED_ALONE_FROM = 2.5
"""The same where a question joins a gap when it comes. Higher, since early on nothing tells which words are common: two
questions that differ in a name look alike, and a gap that is too small is mended when all are looked at together."""

_POOL_PRIOR = 100
"""Questions that are imagined beside the real ones, each without any of their terms: two questions tell little of which words
are common."""
_LAST_RANK = 25_000
"""The rank of a word from which on it counts as rare as one that the list does not have."""
_MOST_CLUSTERED = 3_000
"""Questions. The newest count; likenesses of 3,000 are 36 MB."""
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that one document would answer."""

    name: str
    """Its most central question."""
    members: tuple[int, ...]
    """Places in what was clustered, ascending."""


class GapFinder:
    """Tells which unanswered questions belong together.

    Two questions do when their rare terms agree: companies ask the same question of many things (``who owns …``), so that
    meaning alone puts together what different documents answer. What counts as rare is learned from the questions at hand
    and from the language: words that many gaps have, such as the company's name, say little.
    """

    def __init__(self, embedder: Embedder, analyzer: Analyzer, ranks: Callable[[], Mapping[str, int]]) -> None:
        """``ranks`` returns words of the language with their places, frequent ones first."""
        self._vectors = SentenceVectors(embedder)
        self._analyzer = analyzer
        self._ranks = ranks

    async def joined(self, question: str, gaps: Sequence[Finding]) -> Finding | None:
        """Return the gap that a new question belongs to, ``None`` where it opens a new one.

        It is the one whose questions are most like it on average, if they are enough like it.
        """
        gaps = [gap for gap in gaps if gap.questions]
        if not gaps:
            return None
        texts = [list({_normal(asked.text): asked.text for asked in gap.questions}.values()) for gap in gaps]
        vectors = await self._vectors.of([question, *(text for group in texts for text in group)])
        return await asyncio.to_thread(self._best, question, gaps, texts, vectors)

    async def clusters(self, questions: Sequence[BrokenQuestion]) -> list[Cluster]:
        """Return the gaps among questions, the largest first. The order in which they were asked does not matter.

        Of very many, only the last are looked at, so the newest belong at the end.
        """
        offset = max(0, len(questions) - _MOST_CLUSTERED)
        places: dict[str, list[int]] = {}
        for place, asked in enumerate(questions[offset:], start=offset):
            places.setdefault(_normal(asked.text), []).append(place)
        if not places:
            return []
        # By their text, so that ties break the same way whoever asked first.
        keys = sorted(places)
        texts = [min(questions[place].text for place in places[key]) for key in keys]
        vectors = await self._vectors.of(texts)
        groups, likeness = await asyncio.to_thread(self._grouped, texts, vectors)
        found = []
        for group in groups:
            central = questions[places[keys[_central(group, likeness)]][0]]
            members = sorted(place for at in group for place in places[keys[at]])
            found.append(Cluster(_shortened(central.shown), tuple(members)))
        return sorted(found, key=lambda cluster: (-len(cluster.members), cluster.name))

    async def name(self, questions: Sequence[BrokenQuestion]) -> str:
        """Return the question that is most like the others, to call the gap by, as people may be shown it."""
        distinct = list({_normal(asked.text): asked for asked in reversed(questions)}.values())[::-1]
        if not distinct:
            return ""
        texts = [asked.text for asked in distinct]
        vectors = await self._vectors.of(texts)
        terms = [self._terms(text) for text in texts]
        likeness = await asyncio.to_thread(_likeness, vectors, terms, self._rarities(terms))
        return _shortened(distinct[_central(range(len(texts)), likeness)].shown)

    def _best(
        self, question: str, gaps: Sequence[Finding], texts: Sequence[Sequence[str]], vectors: Matrix
    ) -> Finding | None:
        asked = self._terms(question)
        groups = [[self._terms(text) for text in group] for group in texts]
        rarities = self._rarities([frozenset().union(*group) for group in groups])
        # One row of `_likeness`: there may be thousands of questions, and only the new one is compared.
        by_vector = iter((_BY_VECTOR * (vectors[1:] @ vectors[0])).tolist())
        averages = [
            fmean(next(by_vector) + _BY_TERMS * _agreement_of(asked, terms, rarities) + _AT_REST for terms in group)
            for group in groups
        ]
        best = max(range(len(gaps)), key=lambda at: (averages[at], gaps[at].id))
        return gaps[best] if averages[best] >= JOINED_ALONE_FROM else None

    def _grouped(self, texts: Sequence[str], vectors: Matrix) -> tuple[list[tuple[int, ...]], Likenesses]:
        terms = [self._terms(text) for text in texts]
        likeness = _likeness(vectors, terms, self._rarities(terms))
        groups = linked(likeness, JOINED_FROM)
        # A second time, with terms counted once a gap: what many people asked of one thing made its name look common.
        combined = [frozenset().union(*(terms[at] for at in group)) for group in groups]
        likeness = _likeness(vectors, terms, self._rarities(combined))
        return linked(likeness, JOINED_FROM), likeness

    def _terms(self, text: str) -> frozenset[str]:
        return frozenset(read_question(text, self._analyzer).terms) or frozenset({_normal(text)})

    def _rarities(self, groups: Sequence[Collection[str]]) -> dict[str, float]:
        """Return 0..1 for each term: how rare it is in the language, times how rare among these questions or gaps."""
        counts = Counter(term for group in groups for term in set(group))
        size = len(groups) + _POOL_PRIOR
        return {
            term: self._foreignness.get(term, 1.0) * math.log(size / count) / math.log(size)
            for term, count in counts.items()
        }

    @cached_property
    def _foreignness(self) -> dict[str, float]:
        """By term, for those of the language's words: near 0 for the most frequent. Any other term has 1."""
        found: dict[str, float] = {}
        for word, rank in sorted(self._ranks().items(), key=lambda item: item[1]):
            for term in self._analyzer.terms(word):
                found.setdefault(term, min(1.0, math.log(1 + rank) / math.log(1 + _LAST_RANK)))
        return found


def nearest_documents(hits: Sequence[Hit], *, limit: int = 3) -> tuple[Document, ...]:
    """Return the documents that come nearest to what nothing answers, each once, nearest first."""
    documents = {hit.chunk.document.id: hit.chunk.document for hit in hits}
    return tuple(documents.values())[:limit]


def likely_writer(nearest: Sequence[Document]) -> Owner | None:
    """Return who could write what is missing: who owns most of the nearest documents, the nearest ones counting most."""
    votes: Counter[str] = Counter()
    owners: dict[str, Owner] = {}
    for rank, document in enumerate(nearest, start=1):
        if document.owner is not None:
            # In hundredths of a percent, so that sums are exact and ties are ties.
            votes[document.owner.name] += 10_000 // rank
            owners.setdefault(document.owner.name, document.owner)
    if not votes:
        return None
    return owners[min(votes, key=lambda name: (-votes[name], name))]


def _likeness(vectors: Matrix, terms: Sequence[frozenset[str]], rarities: Mapping[str, float]) -> Likenesses:
    """Return the log-odds that one document would answer both questions, for each pair."""
    return (_BY_VECTOR * (vectors @ vectors.T) + _BY_TERMS * _agreement(terms, rarities) + _AT_REST).astype(np.float32)


def _agreement(terms: Sequence[frozenset[str]], rarities: Mapping[str, float]) -> Likenesses:
    """Return 0..1 for each pair of questions: the cosine of their terms."""
    columns = {term: place for place, term in enumerate(sorted(set().union(*terms)))}
    # Their squares are third powers: a shared name outweighs many shared words. A term that only the new question has is new.
    weights = np.array([rarities.get(term, 1.0) ** 1.5 for term in columns], dtype=np.float32)
    matrix = np.zeros((len(terms), len(columns)), dtype=np.float32)
    for row, group in enumerate(terms):
        matrix[row, [columns[term] for term in group]] = 1
    matrix *= weights
    matrix /= np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), np.float32(1e-9))
    return np.asarray(matrix @ matrix.T, dtype=np.float32)


def _agreement_of(one: frozenset[str], other: frozenset[str], rarities: Mapping[str, float]) -> float:
    """Return what `_agreement` has for two questions."""
    shared, length, other_length = (
        sum(rarities.get(term, 1.0) ** 3 for term in terms) for terms in (one & other, one, other)
    )
    return shared / math.sqrt(max(length * other_length, 1e-18))


def _central(group: Collection[int], likeness: Likenesses) -> int:
    rows = sorted(group)
    return rows[int(np.argmax(likeness[np.ix_(rows, rows)].sum(axis=1)))]


def _normal(text: str) -> str:
    """Return the text by which a question is known: who asks it again with another case or mark says nothing new."""
    return " ".join(text.split()).rstrip("?!. ").lower()


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_NAME else text[: _LONGEST_NAME - 1].rstrip() + "…"
