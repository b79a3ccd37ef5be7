"""The second stage: the first hits, looked at more closely within a budget of time."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aika.domain.errors import AikaError, TransientError
from aika.domain.queries import Hit, Query
from aika.protocols import Reranker
from aika.retrieval.stages import Reordered

logger = logging.getLogger(__name__)

_ABANDONED_AT_MOST = 4
"""Calls that were given up and have not ended yet. A well-made engine ends within one batch; more than this means it hangs."""
_FAILURES_IN_A_ROW = 3
_SHORTEST_REST, _LONGEST_REST = 15.0, 300.0
"""Seconds. The first rest is the shortest one, and every failed trial doubles it."""


@dataclass(slots=True)
class Rest:
    """Keeps an engine that fails again and again out of the way, and lets one call try it when a while has passed.

    A circuit breaker (Nygard, Release It!, 2007). A question then loses nothing to an engine that is known to be down.
    """

    now: Callable[[], float] = time.monotonic
    _failures: int = 0
    _seconds: float = 0.0
    _until: float = -math.inf
    _trying: bool = False

    def admits(self) -> bool:
        """Return whether a call may be made. While the engine is being tried again, only that one call is."""
        if self._failures < _FAILURES_IN_A_ROW and not self._seconds:
            return True
        if self._trying or self.now() < self._until:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        self._failures, self._seconds, self._trying = 0, 0.0, False

    def failed(self, *, retry_after: float | None = None) -> None:
        """Count a failure. A server that names a time is not asked before it, as far as the longest rest goes."""
        trial, self._trying = self._trying, False
        self._failures += 1
        if retry_after is None and not trial and self._failures < _FAILURES_IN_A_ROW:
            return
        self._seconds = min(_LONGEST_REST, max(_SHORTEST_REST, self._seconds * (2 if trial else 1), retry_after or 0.0))
        self._until = self.now() + self._seconds

    def gave_up(self) -> None:
        """Note that a call's asker left: it says nothing about the engine."""
        self._trying = False


@dataclass(slots=True)
class Reranking:
    """Reorders the first ``depth`` hits with a reranker. The first ranking stands where that fails or takes too long.

    A call over time is cancelled and not waited for. Calls that do not end all the same are counted, and while there are
    several no further one is made: an engine that hangs piles up no work. Each place keeps its score, so
    that the hits that were not looked at still compare.
    """

    reranker: Reranker
    depth: int = 20
    seconds: float = 1.5
    name: str = "rerank"
    purpose: str = "a closer look at question and passage"
    rest: Rest = field(default_factory=Rest)
    _abandoned: set[asyncio.Future[list[Hit]]] = field(default_factory=set)

    async def reorder(self, query: Query, hits: Sequence[Hit]) -> Reordered:
        first = hits[: self.depth]
        if len(first) < 2:
            return Reordered(hits)
        if len(self._abandoned) >= _ABANDONED_AT_MOST or not self.rest.admits():
            return Reordered(hits, notes=("The reranker failed repeatedly and is left out for now.",))
        call = asyncio.ensure_future(self.reranker.rerank(query, first, k=len(first)))
        try:
            await asyncio.wait({call}, timeout=self.seconds)
        except asyncio.CancelledError:
            self.rest.gave_up()
            self._abandon(call)
            raise
        if not call.done():
            self._abandon(call)
            return self._left_out(hits, TimeoutError(f"over {self.seconds:g} s"))
        failure = asyncio.CancelledError() if call.cancelled() else call.exception()
        if failure is not None:
            return self._left_out(hits, failure)
        self.rest.succeeded()
        return Reordered((*_in_its_place(first, call.result()), *hits[self.depth :]))

    def _left_out(self, hits: Sequence[Hit], failure: BaseException) -> Reordered:
        self.rest.failed(retry_after=failure.retry_after if isinstance(failure, TransientError) else None)
        if isinstance(failure, AikaError | TimeoutError):
            logger.warning("the reranker was left out", extra={"reason": str(failure)})
        else:
            # A mistake in the engine. It stays the engine's failure: the first ranking still answers.
            logger.error("the reranker was left out", exc_info=failure)
        why = "took too long" if isinstance(failure, TimeoutError) else "was unavailable"
        return Reordered(hits, notes=(f"The reranker {why}; the first ranking stands.",))

    def _abandon(self, call: asyncio.Future[list[Hit]]) -> None:
        self._abandoned.add(call)
        call.add_done_callback(self._forget)
        call.cancel()

    def _forget(self, call: asyncio.Future[list[Hit]]) -> None:
        self._abandoned.discard(call)
        if not call.cancelled() and (failure := call.exception()) is not None:
            logger.debug("an abandoned call of the reranker failed", extra={"reason": type(failure).__name__})


def _in_its_place(first: Sequence[Hit], returned: Sequence[Hit]) -> list[Hit]:
    """Return the first ranking's hits in the order of those returned. Each place keeps its score.

    What the reranker did not return comes last, in its old order; what it made up is ignored.
    """
    known = {hit.chunk.id: hit.chunk for hit in first}
    wanted = dict.fromkeys(hit.chunk.id for hit in returned if hit.chunk.id in known)
    ordered = [known[chunk] for chunk in dict.fromkeys((*wanted, *known))]
    scores = sorted((hit.score for hit in first), reverse=True)
    return [Hit(chunk, score) for chunk, score in zip(ordered, scores, strict=True)]
