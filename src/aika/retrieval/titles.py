"""Titles and paths: a document whose name has the question's words is likelier to be about them."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from aika.domain.documents import Document
from aika.domain.identifiers import DocumentId
from aika.domain.queries import Hit, Query
from aika.protocols import Analyzer
from aika.retrieval.stages import Reordered

_WEIGHT = 0.3
"""Of the share, beside a first-stage score of 0..1. Chosen on the tuning halves of six collections, where it gained on govuk,
kubernetes-org and mtrag and lost nothing on the others."""


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """Adds to each hit's score the share of the question's words that the document's title has, or its path.

    A word counts the more, the fewer of the hits' documents have it in their names (inverse document frequency, Spärck Jones
    1972), so that what all names share tells nothing.
    """

    analyzer: Analyzer
    name: str = "titles"
    purpose: str = "its title or path has more of the question's words"

    async def reorder(self, query: Query, hits: Sequence[Hit]) -> Reordered:
        asked = frozenset(self.analyzer.terms(query.text))
        documents = {hit.chunk.document.id: hit.chunk.document for hit in hits}
        shares = self._shares(asked, documents.values())
        moved = [replace(hit, score=_mixed(hit.score, shares[hit.chunk.document.id])) for hit in hits]
        moved.sort(key=lambda hit: -hit.score)
        return Reordered(moved)

    def _shares(self, asked: frozenset[str], documents: Collection[Document]) -> dict[DocumentId, float]:
        """Return how much of the question each document's better name has, 0..1."""
        names = {
            document.id: tuple(asked.intersection(self.analyzer.terms(name)) for name in (document.title, document.key))
            for document in documents
        }
        having = Counter(term for title, path in names.values() for term in title | path)
        weights = {term: math.log(1 + len(documents) / (having[term] + 0.5)) for term in sorted(asked)}
        total = sum(weights.values())
        if total == 0:
            return dict.fromkeys(names, 0.0)
        return {
            document: max(sum(weights[term] for term in sorted(name)) for name in both) / total
            for document, both in names.items()
        }


def _mixed(score: float, share: float) -> float:
    """Return both together, on the scale of the score."""
    return (score + _WEIGHT * share) / (1 + _WEIGHT)
