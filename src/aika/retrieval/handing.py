"""Passages that are handed over with a question, ranked among those that are found."""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aika.domain.access import Scope
from aika.domain.errors import AikaError
from aika.domain.identifiers import ChunkId
from aika.domain.queries import Explanation, Handed, Hit, Move, Query, Retrieval
from aika.protocols import Analyzer, Embedder, Retriever

logger = logging.getLogger(__name__)

_WINDOW = 400
_WINDOWS = 3
"""A passage is as near as the nearest of its first windows of so many characters. A whole page has one vector for all that it
says, and would lose against every message of one sentence."""
_LEAST_SHARE = 0.5
"""Of the nearest passage's nearness. What is further away than that is no evidence, and would only make the answer private."""
_SHARED = 0.5
"""Of the evidence, at most this share is handed over, where enough else was found. A message that asks the same is nearer to
a question than any page that answers it."""


@dataclass(frozen=True, slots=True)
class HandingRetriever:
    """Finds evidence as another retriever does, and puts what is handed over where it belongs among it.

    Both are measured alike: by the words of the question that they hold, and by their vectors. Neither changes its own order.
    What the asker may not read is left out, and so is everything where more than one person will see the answer.
    """

    inner: Retriever
    embedder: Embedder | None
    analyzer: Analyzer

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        if query.handing is None:
            return await self.inner.retrieve(query, k=k)
        found, handed = await self._both(query, k=k)
        known = {hit.chunk.document.url for hit in found.hits}
        new = [hit for hit in _admitted(handed.hits, query.scope) if hit.chunk.document.url not in known]
        notes = (*found.notes, *handed.notes)
        if not new:
            return replace(found, notes=notes)
        nearness = await self._nearness(found.query, [*found.hits[:k], *new])
        hits = _merged(found.hits, new, nearness, k=k)
        theirs = {hit.chunk.id for hit in new}
        came = {hit.chunk.id: place for place, hit in enumerate(hits, start=1) if hit.chunk.id in theirs}
        if not came:
            return replace(found, notes=notes)
        moves = {chunk: Explanation(moves=(_move(place),)) for chunk, place in came.items()}
        marked = (handed.mark, *notes) if handed.mark else notes
        return replace(found, hits=hits, explanations={**found.explanations, **moves}, notes=marked, private=True)

    async def _both(self, query: Query, *, k: int) -> tuple[Retrieval, Handed]:
        """Ask both at the same time, or one after the other where the question does not stand alone."""
        handing = query.handing
        if handing is None:
            raise ValueError("nobody hands anything over")
        if query.history:
            found = await self.inner.retrieve(query, k=k)
            return found, await handing(found.query)
        async with asyncio.TaskGroup() as group:
            finding = group.create_task(self.inner.retrieve(query, k=k))
            looking = group.create_task(_looked_up(query))
        return finding.result(), looking.result()

    async def _nearness(self, question: str, hits: Sequence[Hit]) -> dict[ChunkId, float]:
        """Return how near each passage is to the question, 0..2: the share of its words, and the cosine of the vectors."""
        shares = await asyncio.to_thread(self._shares, question, hits)
        try:
            cosines = await self._cosines(question, hits)
        except AikaError as error:
            logger.warning("passages are compared by words alone", extra={"error": type(error).__name__})
            cosines = [0.0 for _ in hits]
        return {hit.chunk.id: share + cosine for hit, share, cosine in zip(hits, shares, cosines, strict=True)}

    def _shares(self, question: str, hits: Sequence[Hit]) -> list[float]:
        """Return the weighted share of the question's terms that each passage holds. Those that few of them hold count more."""
        asked = set(self.analyzer.terms(question))
        held = [asked & set(self.analyzer.terms(hit.chunk.passage)) for hit in hits]
        holders = Counter(term for terms in held for term in terms)
        weights = {term: math.log(1 + (len(hits) - holders[term] + 0.5) / (holders[term] + 0.5)) for term in asked}
        total = sum(weights.values())
        return [sum(weights[term] for term in terms) / total if total else 0.0 for terms in held]

    async def _cosines(self, question: str, hits: Sequence[Hit]) -> list[float]:
        if self.embedder is None:
            return [0.0 for _ in hits]
        windows = [_windows(hit) for hit in hits]
        texts = [question, *(text for each in windows for text in each)]
        # A question waits for it, and like is compared with like.
        vectors = await self.embedder.embed(texts, role="query")
        cosines = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
        ends = np.cumsum([len(each) for each in windows])
        return [float(part.max()) for part in np.split(cosines, ends[:-1])]


async def _looked_up(query: Query) -> Handed:
    return Handed() if query.handing is None else await query.handing(query.text)


def _admitted(handed: Sequence[Hit], scope: Scope) -> list[Hit]:
    """Return what may be shown. A scope that restricts nobody is nobody's own, and a shared one shows nothing private.

    The other limits of a scope choose among what aika knows; these are the asker's own.
    """
    audience = scope.audience
    if audience is None or len(audience) != 1:
        return []
    return [hit for hit in handed if audience[0] & hit.chunk.document.readers]


def _windows(hit: Hit) -> list[str]:
    text = hit.chunk.text
    title = hit.chunk.document.title
    starts = range(0, max(1, min(len(text), _WINDOW * _WINDOWS)), _WINDOW)
    return [f"{title}: {text[start : start + _WINDOW]}" for start in starts]


def _merged(
    found: Sequence[Hit], handed: Sequence[Hit], nearness: Mapping[ChunkId, float], *, k: int
) -> tuple[Hit, ...]:
    own = list(found[:k])
    least = _LEAST_SHARE * max(nearness[hit.chunk.id] for hit in [*own, *handed])
    near = [hit for hit in handed if nearness[hit.chunk.id] >= least]
    # Ties keep the order in which they were handed over.
    near.sort(key=lambda hit: -nearness[hit.chunk.id])
    near = near[: max(int(k * _SHARED), k - len(own))]
    merged: list[Hit] = []
    while len(merged) < k and (own or near):
        # The ranking knows more than this comparison: a hit stands for all that follow it.
        best = max((nearness[hit.chunk.id] for hit in own), default=-1.0)
        if near and nearness[near[0].chunk.id] > best:
            # No score of the ranking's: that of the place, so that scores fall.
            score = own[0].score if own else (merged[-1].score if merged else 0.0)
            merged.append(replace(near.pop(0), score=score))
        else:
            merged.append(own.pop(0))
    return tuple(merged)


def _move(place: int) -> Move:
    return Move("handed", None, place, "handed over with the question")
