"""Fusion: several rankings of chunks become one."""

from collections.abc import Mapping, Sequence

from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Candidate


def fuse(rankings: Mapping[str, Sequence[Candidate]], weights: Mapping[str, float]) -> list[Candidate]:
    """Return the weighted mean of the rankings' scores, each mapped onto 0..1, as one ranking.

    The convex combination of Bruch, Gai and Ingber (ACM TOIS 42(1), 2023), with each ranking's own least and greatest
    score as its bounds. A chunk that a ranking does not have gets 0 from it: it lies below everything that the ranking
    has. Weights of rankings that are absent are shared among the others; a ranking without a weight counts nothing.
    """
    total = sum(weights.get(name, 0.0) for name, ranking in rankings.items() if ranking)
    if total <= 0:
        return []
    scores: dict[ChunkId, float] = {}
    candidates: dict[ChunkId, Candidate] = {}
    for name, ranking in rankings.items():
        share = weights.get(name, 0.0) / total
        for candidate, score in zip(ranking, _normalised(ranking), strict=True):
            candidates.setdefault(candidate.chunk, candidate)
            scores[candidate.chunk] = scores.get(candidate.chunk, 0.0) + share * score
    # Ties break on the id, so that the same rankings always fuse the same way.
    best_first = sorted(scores, key=lambda chunk: (-scores[chunk], chunk))
    return [Candidate(chunk, candidates[chunk].document, scores[chunk]) for chunk in best_first]


def best_of_each_document(ranking: Sequence[Candidate]) -> list[Candidate]:
    """Return each document's first candidate, in the ranking's order."""
    best: dict[DocumentId, Candidate] = {}
    for candidate in ranking:
        best.setdefault(candidate.document, candidate)
    return list(best.values())


def _normalised(ranking: Sequence[Candidate]) -> list[float]:
    if not ranking:
        return []
    greatest = max(candidate.score for candidate in ranking)
    least = min(candidate.score for candidate in ranking)
    if greatest == least:
        # One candidate, or none better than another: the ranking prefers all of these to the rest.
        return [1.0] * len(ranking)
    return [(candidate.score - least) / (greatest - least) for candidate in ranking]
