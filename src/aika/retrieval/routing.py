"""Routing: which sources can know, predicted from the question."""

import asyncio
import logging
import math
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from aika.domain.conversations import AcceptedQuestion
from aika.domain.errors import AikaError
from aika.domain.identifiers import ChunkId, SourceId
from aika.domain.queries import Hit, Query
from aika.protocols import Embedder, Matrix
from aika.retrieval.stages import Reordered

logger = logging.getLogger(__name__)

_MOST_QUESTIONS = 2_000
_FRESH_SECONDS = 60.0
_NEIGHBOURS = 20
_LEAST_SIMILARITY = 0.5
_SHARPNESS = 4
_DOUBT = 0.3
"""In neighbours: how much experience weighs as much as what the first stage found."""
_STRENGTH = 0.5
"""How much of its score a hit of a source that surely cannot know loses. It and the numbers above were chosen on the tuning
halves of five collections put into one index of eleven sources, with the other tuning questions as accepted ones."""
_DEPTH = 50
_TEMPERATURE = 0.05
_COVERED = 0.9


class AcceptedQuestions(Protocol):
    """Remembers what people accepted."""

    async def newest(self, limit: int) -> Sequence[AcceptedQuestion]:
        """Return at most so many, newest first."""
        ...


class Experience:
    """What accepted answers teach about sources: similar questions are answered from similar places.

    A rating takes up to a minute to count. Thread-safe within one event loop.
    """

    def __init__(
        self, accepted: AcceptedQuestions, embedder: Embedder, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._accepted = accepted
        self._embedder = embedder
        self._seconds = seconds
        self._questions: Sequence[AcceptedQuestion] = ()
        self._vectors: Matrix | None = None
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def of(self, question: str) -> tuple[Mapping[SourceId, float], float]:
        """Return how likely each source is the one, and how much experience says so: 0 is none, 1 much."""
        await self._refresh()
        if self._vectors is None:
            return {}, 0.0
        asked = (await self._embedder.embed([question], role="query"))[0]
        similarities = self._vectors @ asked
        nearest = np.argsort(-similarities, kind="stable")[:_NEIGHBOURS]
        weights: defaultdict[SourceId, float] = defaultdict(float)
        for number in nearest[similarities[nearest] >= _LEAST_SIMILARITY]:
            sources = self._questions[number].sources
            for source in sources:
                weights[source] += float(similarities[number]) ** _SHARPNESS / len(sources)
        total = sum(weights.values())
        if total == 0:
            return {}, 0.0
        return {source: weight / total for source, weight in weights.items()}, total / (total + _DOUBT)

    async def _refresh(self) -> None:
        async with self._reading:
            if self._read_at is not None and self._seconds() - self._read_at < _FRESH_SECONDS:
                return
            known = {} if self._vectors is None else dict(zip(self._texts(), self._vectors, strict=True))
            self._questions = await self._accepted.newest(_MOST_QUESTIONS)
            new = [text for text in self._texts() if text not in known]
            if new:
                known.update(zip(new, await self._embedder.embed(new, role="query"), strict=True))
            self._vectors = np.stack([known[text] for text in self._texts()]) if self._questions else None
            self._read_at = self._seconds()

    def _texts(self) -> list[str]:
        return [question.text for question in self._questions]


@dataclass(frozen=True, slots=True)
class Route:
    """Which sources can know."""

    likelihoods: Mapping[SourceId, float]
    """Of every source with a hit; together 1."""
    chosen: tuple[SourceId, ...]
    """The likeliest that together are likely to hold the answer: few where that is clear, more where it is not."""
    certainty: float
    """0..1: how much of this is experience, and not only what the first stage found."""


@dataclass(frozen=True, slots=True)
class SourceRouting:
    """Puts hits of the sources that can know before those of sources that probably cannot.

    The evidence is what the first stage found, as in resource selection by a sample of hits (Si and Callan, "Relevant
    document distribution estimation", SIGIR 2003), and what accepted answers teach. Only experience changes the ranking: it is
    the part that the first stage does not know. Nothing is left out, so that a wrong prediction costs places and no
    answers. An assistant's knowledge is chosen already: with one, this stage does nothing.
    """

    experience: Experience
    name: str = "route"
    purpose: str = "similar questions were answered from other sources"

    async def reorder(self, query: Query, hits: Sequence[Hit]) -> Reordered:
        if query.assistant is not None or len({hit.chunk.document.source for hit in hits}) < 2:
            return Reordered(hits)
        found = await self.route(query, hits)
        if found.certainty == 0:
            return Reordered(hits)
        likeliest = max(found.likelihoods.values())
        factors = {
            source: 1 - _STRENGTH * found.certainty * (1 - share / likeliest)
            for source, share in found.likelihoods.items()
        }
        moved = [replace(hit, score=hit.score * factors[hit.chunk.document.source]) for hit in hits]
        moved.sort(key=lambda hit: -hit.score)
        return Reordered(moved, _reasons(moved, factors, found), _notes(found, factors))

    async def route(self, query: Query, hits: Sequence[Hit]) -> Route:
        """Predict which of the hits' sources can know."""
        try:
            learned, certainty = await self.experience.of(query.text)
        except AikaError as error:
            logger.warning("what accepted answers teach was left out", extra={"reason": type(error).__name__})
            learned, certainty = {}, 0.0
        seen = _evidence(hits)
        if not any(source in learned for source in seen):
            learned, certainty = {}, 0.0  # what was learned is about sources that cannot be asked here
        mixed = {
            source: certainty * learned.get(source, 0.0) + (1 - certainty) * share for source, share in seen.items()
        }
        total = sum(mixed.values())
        likelihoods = {source: share / total for source, share in mixed.items()}
        return Route(likelihoods, _enough(likelihoods), certainty)


def _evidence(hits: Sequence[Hit]) -> dict[SourceId, float]:
    """Return each source's share of the first hits, by their scores."""
    best = max((hit.score for hit in hits), default=0.0)
    shares: defaultdict[SourceId, float] = defaultdict(float)
    for hit in hits[:_DEPTH]:
        shares[hit.chunk.document.source] += math.exp((hit.score - best) / _TEMPERATURE)
    for hit in hits[_DEPTH:]:
        shares[hit.chunk.document.source] += 0.0
    total = sum(shares.values())
    return {source: share / total for source, share in shares.items()}


def _enough(likelihoods: Mapping[SourceId, float]) -> tuple[SourceId, ...]:
    chosen: list[SourceId] = []
    covered = 0.0
    for source in sorted(likelihoods, key=lambda source: (-likelihoods[source], source)):
        if covered >= _COVERED:
            break
        chosen.append(source)
        covered += likelihoods[source]
    return tuple(chosen)


def _reasons(hits: Sequence[Hit], factors: Mapping[SourceId, float], found: Route) -> dict[ChunkId, str]:
    likely = ", ".join(found.chosen)
    return {
        hit.chunk.id: f"similar questions were answered from {likely} (×{factors[hit.chunk.document.source]:.2f})"
        for hit in hits
        if factors[hit.chunk.document.source] < 1
    }


def _notes(found: Route, factors: Mapping[SourceId, float]) -> tuple[str, ...]:
    if len(found.chosen) == len(factors):
        return ()
    return (f"Looked first in {' and '.join(found.chosen)}, where similar questions were answered.",)
