"""What keeps a ranking from saying one thing many times."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from aika.domain.documents import Chunk
from aika.domain.identifiers import ChunkId, DocumentId
from aika.domain.queries import Hit

_SHINGLE = 4
"""Words in a row. Fewer take two pages from one template for copies; more miss a copy with scattered edits."""
_WORDS = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A hit that says what another hit says."""

    hit: Hit
    kept: ChunkId


def without_duplicates(hits: Sequence[Hit], *, overlap: float) -> tuple[list[Hit], list[Duplicate]]:
    """Return the hits whose text is not that of a hit before them, and the others.

    Texts are the same where they share at least ``overlap`` (0..1) of their runs of four words, case and punctuation
    aside. Of the same text in two documents the newer document's is kept, at the better one's place.
    """
    kept: list[Hit] = []
    shingles: list[frozenset[str]] = []
    duplicates: list[Duplicate] = []
    for hit in hits:
        own = _shingles(hit.chunk.text)
        at = next((i for i, other in enumerate(shingles) if _resemblance(own, other) >= overlap), None)
        if at is None:
            kept.append(hit)
            shingles.append(own)
        elif own == shingles[at] and _is_newer(hit.chunk, kept[at].chunk):
            duplicates.append(Duplicate(kept[at], kept=hit.chunk.id))
            kept[at] = Hit(hit.chunk, kept[at].score)
        else:
            duplicates.append(Duplicate(hit, kept=kept[at].chunk.id))
    return kept, duplicates


def spread(hits: Sequence[Hit], *, per_document: int) -> list[Hit]:
    """Return the hits with those beyond ``per_document`` of one document after all others."""
    seen: Counter[DocumentId] = Counter()
    first: list[Hit] = []
    later: list[Hit] = []
    for hit in hits:
        seen[hit.chunk.document.id] += 1
        (first if seen[hit.chunk.document.id] <= per_document else later).append(hit)
    return first + later


def _shingles(text: str) -> frozenset[str]:
    words = _WORDS.findall(text.casefold())
    return frozenset(" ".join(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1)))


def _resemblance(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of runs that both have (Broder, "On the resemblance and containment of documents", 1997)."""
    if min(len(one), len(other)) < 0.5 * max(len(one), len(other)):
        return 0.0
    # Without the union: building it took most of the time of a search's last stages.
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _is_newer(one: Chunk, other: Chunk) -> bool:
    dates = one.document.modified_at, other.document.modified_at
    return dates[0] is not None and dates[1] is not None and dates[0] > dates[1]
