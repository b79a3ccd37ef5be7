"""How a reranker's scores and the first ranking's become one ranking."""

from collections.abc import Sequence

from aika.domain.queries import Hit


def blended(hits: Sequence[Hit], scores: Sequence[float], *, weight: float, k: int) -> list[Hit]:
    """Return the ``k`` best hits by the weighted mean of two scores, each mapped onto 0..1 over these hits.

    ``weight`` is the share of ``scores``, one a hit; the first ranking's own scores have the rest. The convex combination of
    the first stage (see `aika.retrieval.fusion`). What ties keeps its order.
    """
    own, earlier = _normalised(scores), _normalised([hit.score for hit in hits])
    both = [weight * score + (1 - weight) * before for score, before in zip(own, earlier, strict=True)]
    order = sorted(range(len(hits)), key=lambda number: -both[number])
    return [Hit(hits[number].chunk, both[number]) for number in order[:k]]


def _normalised(scores: Sequence[float]) -> list[float]:
    least, greatest = min(scores, default=0.0), max(scores, default=0.0)
    if greatest == least:
        return [0.0] * len(scores)
    return [(score - least) / (greatest - least) for score in scores]
