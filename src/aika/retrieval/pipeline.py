"""The whole of retrieval: the first stage, then a closer look at the texts it found."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aika.domain.documents import Chunk
from aika.domain.errors import InvalidRequestError
from aika.domain.queries import Candidate, Hit, Query, Retrieval
from aika.protocols import Analyzer
from aika.retrieval.diversity import spread, without_duplicates
from aika.retrieval.explain import Account
from aika.retrieval.hybrid import FirstStage, HybridRanker
from aika.retrieval.passages import Texts, readable
from aika.retrieval.stages import Stage

_DEPTH_FACTOR = 6
"""Candidates looked up for each hit wanted: enough for what the later stages take out."""
_LEAST_DEPTH = 40
"""Candidates looked up at least: the later stages choose from them."""


@dataclass(slots=True)
class HybridRetriever:
    """Finds evidence: first stage, further stages, duplicates, diversity, readable passages.

    A chunk that the catalogue no longer has, or that the scope does not admit, is not among the hits. No text is longer
    than its passage limit, and no hit lies inside another.
    """

    ranker: HybridRanker
    catalogue: Texts
    analyzer: Analyzer
    """The index's: it decides which of the question's words a passage has."""
    stages: Sequence[Stage] = ()
    """In order: source routing, the reranker, ranking rules."""
    name: str = "full"
    """As evaluations call what `rank` returns."""

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        """Return the first ``k`` chunks as all stages order them, for evaluations that look deep.

        The stages see as many hits as they do when a few are wanted; what lies below follows in the order of the first stage,
        so that scores of the two parts cannot be compared. No chunk is left out for what it shares with another, and none
        is widened.
        """
        ranked = await self.ranker.first_stage(query, depth=max(k, _LEAST_DEPTH))
        with self.ranker.observe("hydrate"):
            hits = await self._hydrated(ranked, depth=_LEAST_DEPTH)
        hits, _ = await self._reordered(ranked.query, hits, Account(ranked.query.text, self.analyzer))
        first = [Candidate(hit.chunk.id, hit.chunk.document.id, hit.score) for hit in hits]
        return [*first, *ranked.fused[_LEAST_DEPTH:]][:k]

    async def retrieve(self, query: Query, *, k: int) -> Retrieval:
        if k < 1:
            raise InvalidRequestError(f"the number of hits must be at least 1, not {k}")
        depth = max(_DEPTH_FACTOR * k, _LEAST_DEPTH)
        ranked = await self.ranker.first_stage(query, depth=depth)
        account = Account(ranked.query.text, self.analyzer)
        with self.ranker.observe("hydrate"):
            hits = await self._hydrated(ranked, depth=depth)
        # An index that has yet to follow a change of readers ranks what may not be read any more: a gap would tell of it.
        gone = {candidate.chunk for candidate in ranked.fused[:depth]} - {hit.chunk.id for hit in hits}
        for name, ranking in (*ranked.rankings.items(), ("fused", ranked.fused)):
            account.ranked(name, [candidate for candidate in ranking if candidate.chunk not in gone])
        hits, notes = await self._reordered(ranked.query, hits, account)
        with self.ranker.observe("diversify"):
            hits = await asyncio.to_thread(self._diversified, hits, account)
        with self.ranker.observe("context"):
            hits = await self._passages(ranked.query, hits, account, k=k)
        return Retrieval(
            query=ranked.query.text,
            hits=tuple(hits),
            explanations=account.explanations(hits),
            notes=(*ranked.notes, *notes),
        )

    async def _hydrated(self, ranked: FirstStage, *, depth: int) -> list[Hit]:
        wanted = ranked.fused[:depth]
        chunks = await self.catalogue.chunks([candidate.chunk for candidate in wanted], scope=ranked.query.scope)
        return [Hit(chunks[c.chunk], c.score) for c in wanted if c.chunk in chunks]

    async def _reordered(self, query: Query, hits: list[Hit], account: Account) -> tuple[list[Hit], tuple[str, ...]]:
        notes: list[str] = []
        for stage in self.stages if hits else ():
            with self.ranker.observe(stage.name):
                done = await stage.reorder(query, hits)
            account.reordered(stage.name, hits, done.hits, stage.purpose, done.reasons)
            hits = list(done.hits)
            notes += done.notes
        return hits, tuple(notes)

    def _diversified(self, hits: list[Hit], account: Account) -> list[Hit]:
        distinct, duplicates = without_duplicates(hits, overlap=self.ranker.options.duplicate_overlap)
        account.removed("duplicates", hits, {duplicate.hit.chunk.id: duplicate.kept for duplicate in duplicates})
        spread_out = spread(distinct, per_document=self.ranker.options.per_document)
        account.reordered("diversity", distinct, spread_out, "other documents come before more of the same one")
        return spread_out

    async def _passages(self, query: Query, hits: Sequence[Hit], account: Account, *, k: int) -> list[Hit]:
        """Return the first ``k`` hits, each readable alone and none inside another."""
        chosen: list[Hit] = []
        for place, hit in enumerate(hits, start=1):
            if len(chosen) == k:
                break
            holder = next((other for other in chosen if _holds(other.chunk, hit.chunk)), None)
            if holder is not None:
                account.taken_out("context", hit, place, f"already part of the passage of {holder.chunk.id}")
                continue
            passage = await readable(
                hit.chunk, self.catalogue, scope=query.scope, max_chars=self.ranker.options.passage_chars
            )
            chosen.append(Hit(passage, hit.score))
        return chosen


def _holds(passage: Chunk, chunk: Chunk) -> bool:
    same = passage.document.id == chunk.document.id
    return same and passage.start <= chunk.start and chunk.end <= passage.end
