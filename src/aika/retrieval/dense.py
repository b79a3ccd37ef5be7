"""The dense side: the ranking by vectors."""

from aika.domain.queries import Candidate, Query
from aika.protocols import Embedder, Index


class DenseRanker:
    """Ranks chunks by how close their vectors are to the question's."""

    name = "dense"

    def __init__(self, index: Index, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder

    async def rank(self, query: Query, *, k: int) -> list[Candidate]:
        vectors = await self._embedder.embed([query.text], role="query")
        return await self._index.search_vector(vectors[0], k=k, scope=query.scope)
