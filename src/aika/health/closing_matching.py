"""Whether a document that changed comes near a question, before the whole question is asked again."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from aika.domain.access import Scope
from aika.domain.identifiers import DocumentId
from aika.domain.selection import Selection
from aika.ingestion.generations import Generation
from aika.protocols import Analyzer, Catalogue

_LOOKED_AT = 3
# Both lenient on purpose: a miss leaves a gap open that is filled, a false alarm costs one question.
LEAST_COVERAGE = 0.34
"""Of the question's terms, in one passage."""
LEAST_SIMILARITY = 0.35
"""Cosine. Questions and the passages that answer them are seldom below."""


@dataclass(frozen=True, slots=True)
class Matching:
    """Compares a question with the passages of some documents, by words and by meaning: two searches, and nothing written."""

    catalogue: Catalogue
    analyzer: Analyzer
    serving: Callable[[], Generation]

    async def matches(self, question: str, documents: Collection[DocumentId], *, scope: Scope) -> bool:
        """Return whether one of the documents could answer, of those that the scope admits."""
        only = scope.narrowed(selection=Selection(documents=frozenset(documents)))
        return await self._by_words(question, only) or await self._by_meaning(question, only)

    async def _by_words(self, question: str, scope: Scope) -> bool:
        wanted = set(self.analyzer.terms(question))
        found = await self.serving().index.search_text(question, k=_LOOKED_AT, scope=scope)
        chunks = await self.catalogue.chunks([candidate.chunk for candidate in found], scope=scope)
        covered = (len(wanted & set(self.analyzer.terms(chunk.passage))) for chunk in chunks.values())
        return bool(wanted) and max(covered, default=0) / len(wanted) >= LEAST_COVERAGE

    async def _by_meaning(self, question: str, scope: Scope) -> bool:
        generation = self.serving()
        [vector] = await generation.embedder.embed([question], role="query")
        found = await generation.index.search_vector(vector, k=_LOOKED_AT, scope=scope)
        chunks = await self.catalogue.chunks([candidate.chunk for candidate in found], scope=scope)
        if not chunks:
            return False
        passages = await generation.embedder.embed([chunk.passage for chunk in chunks.values()], role="document")
        return float(np.max(passages @ vector)) >= LEAST_SIMILARITY
