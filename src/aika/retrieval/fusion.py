"""Fusion: several rankings of chunks become one."""

from collections.abc import Mapping, Sequence

from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Candidate


def fuse(rankings: Mapping[str, Sequence[Candidate]], weights: Mapping[str, float], *, depth: int) -> list[Candidate]:
    """Return the weighted mean of the rankings' scores, each mapped onto 0..1, as one ranking.

    The convex combination of Bruch, Gai and Ingber (ACM TOIS 42(1), 2023), with the least and the greatest score among
    each ranking's first ``depth`` as its bounds. A chunk that a ranking has further down, or not at all, gets 0 from it.
    Weights of rankings that are absent are shared among the others; a ranking without a weight counts nothing.
    """
    total = sum(weights.get(name, 0.0) for name, ranking in rankings.items() if ranking)
    if total <= 0:
        return []
    scores: dict[ChunkId, float] = {}
    best_ranks: dict[ChunkId, int] = {}
    candidates: dict[ChunkId, Candidate] = {}
    for name, ranking in rankings.items():
        share = weights.get(name, 0.0) / total
        if share == 0:
            continue
        for rank, (candidate, score) in enumerate(zip(ranking, _normalised(ranking, depth), strict=True)):
            chunk = candidate.chunk
            candidates.setdefault(chunk, candidate)
            scores[chunk] = scores.get(chunk, 0.0) + share * score
            best_ranks[chunk] = min(rank, best_ranks.get(chunk, rank))
    # Ties break on the better rank, then on the id, so that the same rankings always fuse the same way.
    best_first = sorted(scores, key=lambda chunk: (-scores[chunk], best_ranks[chunk], chunk))
    return [Candidate(chunk, candidates[chunk].document, scores[chunk]) for chunk in best_first]


def best_of_each_document(ranking: Sequence[Candidate]) -> list[Candidate]:
    """Return each document's first candidate, in the ranking's order."""
    best: dict[DocumentId, Candidate] = {}
    for candidate in ranking:
        best.setdefault(candidate.document, candidate)
    return list(best.values())


def _normalised(ranking: Sequence[Candidate], depth: int) -> list[float]:
    bounding = [candidate.score for candidate in ranking[:depth]]
    if not bounding:
        return []
    least, greatest = min(bounding), max(bounding)
    if greatest == least:
        # One candidate, or none better than another: the ranking prefers all of these to the rest.
        return [1.0 if candidate.score >= least else 0.0 for candidate in ranking]
    return [max(0.0, (candidate.score - least) / (greatest - least)) for candidate in ranking]
