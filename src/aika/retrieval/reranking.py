"""The second stage: the first hits, looked at more closely within a budget of time."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from aika.domain.errors import AikaError
from aika.domain.queries import Hit, Query
from aika.protocols import Reranker
from aika.retrieval.stages import Reordered

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reranking:
    """Reorders the first ``depth`` hits with a reranker. The first ranking stands where that fails or takes too long."""

    reranker: Reranker
    depth: int = 40
    seconds: float = 1.5
    name: str = "rerank"
    purpose: str = "a closer look at question and passage"

    async def reorder(self, query: Query, hits: Sequence[Hit]) -> Reordered:
        try:
            async with asyncio.timeout(self.seconds):
                first = await self.reranker.rerank(query, hits[: self.depth], k=self.depth)
        except (AikaError, TimeoutError) as error:
            logger.warning("the reranker was left out", extra={"reason": type(error).__name__})
            return Reordered(hits, notes=("The reranker was unavailable; the first ranking stands.",))
        return Reordered((*first, *hits[self.depth :]))
