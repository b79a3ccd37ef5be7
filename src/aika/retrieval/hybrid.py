"""The first stage: rewrite the question, rank by words and by vectors at the same time, and fuse."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from aika.domain.errors import TransientError
from aika.domain.queries import Candidate, Query
from aika.protocols import Ranker, Rewriter
from aika.retrieval.fusion import fuse
from aika.retrieval.lexical import names_exactly
from aika.retrieval.lexicon.expanding import Expander, expanded

logger = logging.getLogger(__name__)

_EXACT_SHARE = 0.5
"""How much of its weight the dense ranking keeps where a question names something exactly. Small embedders see little in
``ERR-031``. Neutral on the measured collections, which have few such questions; without it, a code that one chat message
explains is lost behind pages about its neighbours."""

Observe = Callable[[str], AbstractContextManager[object]]
"""Called with a stage's name around the stage, for spans and timings."""


@dataclass(frozen=True, slots=True)
class RetrievalOptions:
    """How wide the net is, and what is done with the catch."""

    candidates: int = 200
    """Chunks in each first-stage ranking."""
    dense_weight: float = 0.5
    """0..1: the share of the dense ranking in the fusion. The lexical one has the rest. Half and half was best, or within
    .01 of it, on every collection measured."""
    ranking_seconds: float = 15.0
    """A ranking that takes longer is left out, unless none is ready."""
    duplicate_overlap: float = 0.9
    """0..1: from which share of common text on a passage repeats another."""
    per_document: int = 3
    """Hits of one document before those of all others."""
    passage_chars: int = 2_400
    """How long a passage may become by what is added to make it readable."""


@dataclass(frozen=True, slots=True)
class FirstStage:
    """What the first stage found."""

    query: Query
    """As run: it stands alone and has no history."""
    rankings: Mapping[str, Sequence[Candidate]]
    fused: Sequence[Candidate]
    notes: tuple[str, ...]


@dataclass(slots=True)
class HybridRanker:
    """Ranks chunks by words and by vectors.

    A ranking that fails is left out with a note; only when all fail does the question.
    """

    rankers: Sequence[Ranker]
    rewriter: Rewriter
    options: RetrievalOptions = RetrievalOptions()
    observe: Observe = nullcontext
    name: str = "hybrid"
    expander: Expander | None = None

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        return list((await self.first_stage(query, depth=k)).fused[:k])

    async def first_stage(self, query: Query, *, depth: int) -> FirstStage:
        """Return the rankings and what they make together, each at least ``depth`` long where there is that much."""
        with self.observe("rewrite"):
            text = await self.rewriter.rewrite(query)
        notes = [] if text == query.text else [f"The question was read as: {text}"]
        with self.observe("expand"):
            expansion = await expanded(self.expander, replace(query, text=text, history=()))
        alone = replace(query, text=expansion.question, history=())
        by_words = {"lexical": replace(alone, text=expansion.wording)}
        with self.observe("rank"):
            rankings, failures = await self._rankings(alone, by_words, depth=max(depth, self.options.candidates))
        with self.observe("fuse"):
            dense = self.options.dense_weight * (_EXACT_SHARE if names_exactly(text) else 1.0)
            fused = fuse(rankings, {"dense": dense, "lexical": 1 - dense}, depth=self.options.candidates)
        return FirstStage(alone, rankings, fused, (*notes, *expansion.notes, *failures))

    async def _rankings(
        self, query: Query, own: Mapping[str, Query], *, depth: int
    ) -> tuple[dict[str, list[Candidate]], list[str]]:
        """Return the rankings that are there, each of its own query where it has one, and a note for each that is not."""
        outcomes = await asyncio.gather(
            *(self._one(ranker, own.get(ranker.name, query), depth) for ranker in self.rankers), return_exceptions=True
        )
        rankings: dict[str, list[Candidate]] = {}
        failures: list[Exception] = []
        notes: list[str] = []
        for ranker, outcome in zip(self.rankers, outcomes, strict=True):
            if isinstance(outcome, list):
                rankings[ranker.name] = outcome
                continue
            if not isinstance(outcome, Exception):
                raise outcome
            # Whatever it is, it stays this ranking's failure: the others still answer.
            logger.error("a ranking failed", exc_info=outcome, extra={"ranking": ranker.name})
            failures.append(outcome)
            notes.append(f"The {ranker.name} ranking was unavailable; the others were used.")
        if failures and not rankings:
            raise failures[0]
        return rankings, notes

    async def _one(self, ranker: Ranker, query: Query, depth: int) -> list[Candidate]:
        seconds = self.options.ranking_seconds
        try:
            async with asyncio.timeout(seconds):
                return await ranker.rank(query, k=depth)
        except TimeoutError as error:
            raise TransientError(
                f"the {ranker.name} ranking took longer than {seconds:g} seconds; try again"
            ) from error
